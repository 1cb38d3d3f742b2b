//! What a small number of cases says of a share.

/// Wilson's score interval for a share at 95 % (E. B. Wilson, JASA 22, 1927).
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of samples are far below 2^52"
)]
pub fn wilson_interval(hits: usize, n: usize) -> (f64, f64) {
    const Z: f64 = 1.959_963_984_540_054;
    if n == 0 {
        return (0.0, 1.0);
    }
    let n_float = n as f64;
    let p = hits as f64 / n_float;
    let denominator = 1.0 + Z * Z / n_float;
    let center = (p + Z * Z / (2.0 * n_float)) / denominator;
    let spread =
        Z * (p * (1.0 - p) / n_float + Z * Z / (4.0 * n_float * n_float)).sqrt() / denominator;
    ((center - spread).max(0.0), (center + spread).min(1.0))
}

/// The value below or at which `percent` of the sorted values lie: the nearest rank (Hyndman and Fan, The American
/// Statistician 50, 1996, definition 1). `None` without values.
pub(super) fn nearest_rank(sorted: &[u64], percent: usize) -> Option<u64> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_agrees_with_published_values() {
        // Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263, 0 of 20, 1 of 29.
        for (hits, n, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let interval = wilson_interval(hits, n);
            assert!((interval.0 - low).abs() < 5e-5, "{interval:?}");
            assert!((interval.1 - high).abs() < 5e-5, "{interval:?}");
        }
        assert_eq!(wilson_interval(0, 0), (0.0, 1.0));
    }

    #[test]
    fn ranks_are_values_that_there_are() {
        let values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        assert_eq!(nearest_rank(&values, 50), Some(5));
        assert_eq!(nearest_rank(&values, 90), Some(9));
        assert_eq!(nearest_rank(&values, 100), Some(10));
        assert_eq!(nearest_rank(&[7], 50), Some(7));
        assert_eq!(nearest_rank(&[7, 9], 90), Some(9));
        assert_eq!(nearest_rank(&[], 50), None);
    }
}
