//! Medians and spreads.

/// The values of one thing, one from each round.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sample(Vec<f64>);

impl Sample {
    pub fn add(&mut self, value: f64) {
        self.0.push(value);
    }

    /// The middle value, or the mean of the two in the middle. `None` without values.
    pub fn median(&self) -> Option<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        match sorted.len() {
            0 => None,
            count if count % 2 == 1 => Some(sorted[middle]),
            _ => Some(f64::midpoint(sorted[middle - 1], sorted[middle])),
        }
    }

    /// The smallest and the largest value.
    pub fn spread(&self) -> Option<(f64, f64)> {
        let smallest = self.0.iter().copied().reduce(f64::min)?;
        Some((smallest, self.0.iter().copied().reduce(f64::max)?))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl FromIterator<f64> for Sample {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

/// Events a second, from the times at which they happened: the slope of the straight line that fits
/// their number best. `None` for fewer than three, or if all happened at one moment.
pub fn rate(times: &[f64]) -> Option<f64> {
    let count = times.len() as f64;
    let mean_time = times.iter().sum::<f64>() / count;
    let mean_number = (count - 1.0) / 2.0;
    let (mut covariance, mut variance) = (0.0, 0.0);
    for (number, time) in times.iter().enumerate() {
        covariance += (time - mean_time) * (number as f64 - mean_number);
        variance += (time - mean_time).powi(2);
    }
    (times.len() >= 3 && variance > 0.0).then(|| covariance / variance)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(values: &[f64]) -> Sample {
        values.iter().copied().collect()
    }

    #[test]
    fn the_median_is_the_middle_value_whatever_their_order() {
        assert_eq!(sample(&[9.0, 1.0, 5.0]).median(), Some(5.0));
        assert_eq!(sample(&[4.0, 1.0, 2.0, 100.0]).median(), Some(3.0));
        assert_eq!(sample(&[7.0]).median(), Some(7.0));
    }

    #[test]
    fn one_outlier_moves_the_spread_and_not_the_median() {
        let disturbed = sample(&[10.0, 11.0, 12.0, 13.0, 900.0]);
        assert_eq!(disturbed.median(), Some(12.0));
        assert_eq!(disturbed.spread(), Some((10.0, 900.0)));
    }

    #[test]
    fn a_rate_does_not_depend_on_where_the_measurement_ends() {
        // Two threads that need a quarter of a second each, in step.
        let pairs: Vec<f64> = (0..80).map(|n| f64::from(n / 2) * 0.25).collect();
        for end in [77, 78, 79, 80] {
            let rate = rate(&pairs[..end]).unwrap();
            assert!((rate - 8.0).abs() < 0.03, "{rate}");
        }
        assert_eq!((rate(&[1.0, 2.0]), rate(&[1.0, 1.0, 1.0])), (None, None));
    }

    #[test]
    fn nothing_measured_has_neither() {
        assert_eq!((sample(&[]).median(), sample(&[]).spread()), (None, None));
    }
}
