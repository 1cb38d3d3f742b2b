//! Margins → probabilities that can be believed.

use super::solver::probability;

/// A sample as a model judged it that had not seen it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    /// Log-odds before calibration.
    pub(super) margin: f64,
    /// Whether it is to be flagged.
    pub(super) positive: bool,
    /// How much it counts.
    pub(super) weight: f64,
}

/// Fits `slope * margin + intercept` so that its logistic is the share of positives (Platt, "Probabilistic
/// outputs for support vector machines", 1999, with his softened targets).
pub(super) fn fit_platt(seen: &[Seen]) -> (f64, f64) {
    let sum = |wanted: bool| -> f64 {
        let of = seen.iter().filter(|one| one.positive == wanted);
        of.map(|one| one.weight).sum()
    };
    let (positives, negatives) = (sum(true), sum(false));
    let target = |label: bool| {
        if label {
            (positives + 1.0) / (positives + 2.0)
        } else {
            1.0 / (negatives + 2.0)
        }
    };
    let (mut slope, mut intercept) = (1.0, 0.0);
    for _ in 0..100 {
        let (mut ga, mut gb, mut haa, mut hab, mut hbb) = (0.0, 0.0, 1e-9, 0.0, 1e-9);
        for &Seen {
            margin,
            positive,
            weight,
        } in seen
        {
            let p = probability(slope * margin + intercept);
            let (error, curve) = (weight * (p - target(positive)), weight * p * (1.0 - p));
            ga += error * margin;
            gb += error;
            haa += curve * margin * margin;
            hab += curve * margin;
            hbb += curve;
        }
        let determinant = haa * hbb - hab * hab;
        if determinant.abs() < 1e-12 {
            break;
        }
        let (da, db) = (
            (hbb * ga - hab * gb) / determinant,
            (haa * gb - hab * ga) / determinant,
        );
        slope -= da.clamp(-0.5, 0.5);
        intercept -= db.clamp(-0.5, 0.5);
        if da.abs() + db.abs() < 1e-7 {
            break;
        }
    }
    (slope, intercept)
}

/// Expected calibration error: how far stated probabilities are from shares of positives, over ten bins.
pub(super) fn calibration_error(scores: &[(f64, bool)]) -> f64 {
    let mut bins = [(0.0, 0.0, 0.0); 10];
    for &(score, label) in scores {
        let bin = (0..9).rev().find(|&bin| score >= as_f64(bin + 1) / 10.0);
        let (n, sum, hits) = &mut bins[bin.map_or(0, |bin| bin + 1)];
        *n += 1.0;
        *sum += score;
        *hits += f64::from(u8::from(label));
    }
    let apart: f64 = bins.iter().map(|(_, sum, hits)| (sum - hits).abs()).sum();
    apart / as_f64(scores.len().max(1))
}

fn as_f64(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overconfident_margins_are_brought_down() {
        // A margin of 4 says 98 %, but only three of four are positive.
        let margins: Vec<(f64, bool)> = (0..400)
            .map(|i| {
                if i % 2 == 0 {
                    (4.0, i % 8 != 0)
                } else {
                    (-4.0, i % 8 == 1)
                }
            })
            .collect();
        let seen: Vec<Seen> = margins
            .iter()
            .map(|&(margin, positive)| Seen {
                margin,
                positive,
                weight: 1.0,
            })
            .collect();
        let (slope, intercept) = fit_platt(&seen);
        let scores: Vec<(f64, bool)> = margins
            .iter()
            .map(|&(margin, label)| (probability(slope * margin + intercept), label))
            .collect();
        assert!((scores[0].0 - 0.75).abs() < 0.02, "{}", scores[0].0);
        assert!(calibration_error(&scores) < 0.02);
    }
}
