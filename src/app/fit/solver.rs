//! L2-regularized logistic regression with bounds on weights, by coordinate descent.
//!
//! Each step minimizes the second-order expansion of the loss in one weight (Yu, Huang and Lin, "Dual
//! coordinate descent methods for logistic regression and maximum entropy models", 2011, section 3: the primal
//! method), cut to the bounds. Deterministic: the same problem gives the same weights.

/// What is to be learned.
#[derive(Debug, Default)]
pub(super) struct Problem {
    /// One a feature.
    pub(super) columns: Vec<Column>,
    /// One a sample: whether it should be flagged.
    pub(super) labels: Vec<bool>,
    /// One a sample: how much it counts.
    pub(super) weights: Vec<f64>,
}

/// The values of one feature.
#[derive(Debug, Clone)]
pub(super) struct Column {
    /// Samples that have it, and its values there.
    pub(super) cells: Vec<(u32, f32)>,
    /// The weight stays at or above.
    pub(super) low: f64,
    /// The weight stays at or below.
    pub(super) high: f64,
}

/// Weights found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Solution {
    pub(super) bias: f64,
    /// One a column.
    pub(super) weights: Vec<f64>,
}

const MAX_ROUNDS: usize = 60;
const ENOUGH: f64 = 2e-3;
/// One step changes a weight by at most this much.
const LONGEST_STEP: f64 = 1.0;

/// Learns from the samples that `learns` names. `penalty` is the price of a weight's square, halved.
pub(super) fn solve(problem: &Problem, penalty: f64, learns: impl Fn(usize) -> bool) -> Solution {
    let learns: Vec<bool> = (0..problem.labels.len()).map(learns).collect();
    let mut margins = vec![0.0_f64; problem.labels.len()];
    let mut solution = Solution {
        bias: 0.0,
        weights: vec![0.0; problem.columns.len()],
    };
    for _ in 0..MAX_ROUNDS {
        let mut change = step_bias(problem, &learns, &mut margins, &mut solution.bias);
        for (column, weight) in problem.columns.iter().zip(&mut solution.weights) {
            let step = step_of(column, *weight, penalty, problem, &learns, &margins);
            if step == 0.0 {
                continue;
            }
            *weight += step;
            change = change.max(step.abs());
            for &(row, value) in &column.cells {
                margins[row as usize] += step * f64::from(value);
            }
        }
        if change < ENOUGH {
            break;
        }
    }
    solution
}

fn step_of(
    column: &Column,
    weight: f64,
    penalty: f64,
    problem: &Problem,
    learns: &[bool],
    margins: &[f64],
) -> f64 {
    let (mut slope, mut curve) = (penalty * weight, penalty);
    for &(row, value) in &column.cells {
        let row = row as usize;
        if !learns[row] {
            continue;
        }
        let (value, p) = (f64::from(value), probability(margins[row]));
        let counts = problem.weights[row];
        slope += counts * value * (p - f64::from(u8::from(problem.labels[row])));
        curve += counts * value * value * p * (1.0 - p);
    }
    let target = weight - slope / curve;
    let step = target.clamp(column.low, column.high) - weight;
    step.clamp(-LONGEST_STEP, LONGEST_STEP)
}

fn step_bias(problem: &Problem, learns: &[bool], margins: &mut [f64], bias: &mut f64) -> f64 {
    let (mut slope, mut curve) = (0.0, 1e-6);
    for (row, margin) in margins.iter().enumerate().filter(|(row, _)| learns[*row]) {
        let p = probability(*margin);
        let counts = problem.weights[row];
        slope += counts * (p - f64::from(u8::from(problem.labels[row])));
        curve += counts * p * (1.0 - p);
    }
    let step = (-slope / curve).clamp(-LONGEST_STEP, LONGEST_STEP);
    *bias += step;
    for margin in margins.iter_mut() {
        *margin += step;
    }
    step.abs()
}

/// Probability of log-odds.
pub(super) fn probability(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(cells: &[(u32, f32)], low: f64) -> Column {
        Column {
            cells: cells.to_vec(),
            low,
            high: f64::INFINITY,
        }
    }

    #[test]
    fn the_slope_of_the_loss_is_zero_at_the_solution() {
        let problem = Problem {
            columns: vec![
                column(&[(0, 1.0), (1, 1.0), (2, 1.0)], f64::NEG_INFINITY),
                column(&[(1, 2.0), (4, 1.0)], f64::NEG_INFINITY),
            ],
            labels: vec![true, true, false, false, false, true],
            weights: vec![1.0; 6],
        };
        let found = solve(&problem, 0.5, |_| true);
        for (index, column) in problem.columns.iter().enumerate() {
            let mut slope = 0.5 * found.weights[index];
            for &(row, value) in &column.cells {
                let margin: f64 = found.bias
                    + problem
                        .columns
                        .iter()
                        .zip(&found.weights)
                        .flat_map(|(c, w)| c.cells.iter().map(move |cell| (cell, w)))
                        .filter(|((at, _), _)| *at == row)
                        .map(|((_, v), w)| f64::from(*v) * w)
                        .sum::<f64>();
                let label = f64::from(u8::from(problem.labels[row as usize]));
                slope += f64::from(value) * (probability(margin) - label);
            }
            assert!(slope.abs() < 0.02, "column {index}: {slope}");
        }
    }

    #[test]
    fn a_weight_stays_within_its_bounds() {
        let problem = Problem {
            columns: vec![column(&[(0, 1.0), (1, 1.0)], 0.0)],
            labels: vec![false, false, true, true],
            weights: vec![1.0; 4],
        };
        assert!(solve(&problem, 0.1, |_| true).weights[0].abs() < 1e-9);
    }

    #[test]
    fn samples_that_are_held_out_teach_nothing() {
        let problem = Problem {
            columns: vec![column(&[(0, 1.0), (1, 1.0)], f64::NEG_INFINITY)],
            labels: vec![true, true, false, false],
            weights: vec![1.0; 4],
        };
        let found = solve(&problem, 0.1, |row| row >= 2);
        assert!(found.weights[0].abs() < 1e-9);
    }
}
