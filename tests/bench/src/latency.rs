//! Times of many requests, and their percentiles over the rounds.

use crate::statistics::{median, range};
use anyhow::Context;
use hdrhistogram::Histogram;
use std::time::Duration;

/// The longest time that is told apart, in microseconds.
const MICROSECONDS_MAX: u64 = 600_000_000;
/// Digits to which times are told apart.
const DIGITS: u8 = 3;

/// The times of one thing, one histogram for each round.
pub(crate) struct Latency {
    /// What took so long.
    pub(crate) name: String,
    rounds: Vec<Histogram<u64>>,
}

impl Latency {
    /// No times yet.
    pub(crate) fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), rounds: Vec::new() }
    }

    /// Adds the times of a round.
    pub(crate) fn push(&mut self, times: impl IntoIterator<Item = Duration>) -> anyhow::Result<()> {
        let mut histogram = Histogram::new_with_bounds(1, MICROSECONDS_MAX, DIGITS)?;
        for time in times {
            histogram.record(u64::try_from(time.as_micros())?.clamp(1, MICROSECONDS_MAX))?;
        }
        self.rounds.push(histogram);
        Ok(())
    }

    /// A percentile in milliseconds, round by round.
    pub(crate) fn milliseconds(&self, percentile: f64) -> Vec<f64> {
        let of = |round: &Histogram<u64>| {
            // The longest time is far below 2^32 microseconds.
            u32::try_from(round.value_at_percentile(percentile)).map_or(f64::INFINITY, f64::from) / 1_000.0
        };
        self.rounds.iter().map(of).collect()
    }

    /// The median over the rounds of a percentile, in milliseconds.
    pub(crate) fn median(&self, percentile: f64) -> anyhow::Result<f64> {
        median(&self.milliseconds(percentile)).with_context(|| format!("{}: no round", self.name))
    }

    /// Name and percentiles, each the median over the rounds with its range.
    pub(crate) fn line(&self, percentiles: &[f64]) -> Vec<String> {
        let told = percentiles.iter().map(|percentile| {
            let each = self.milliseconds(*percentile);
            match (median(&each), range(&each)) {
                (Some(middle), Some((least, most))) => format!("{middle:.2} ({least:.2}–{most:.2})"),
                (None, _) | (_, None) => "not measured".to_owned(),
            }
        });
        std::iter::once(self.name.clone()).chain(told).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_the_median_of_those_of_the_rounds() {
        let mut latency = Latency::new("create");
        for slowest in [10, 30, 20] {
            let times = (1..=100).map(|place| Duration::from_millis(if place > 98 { slowest } else { 1 }));
            latency.push(times).unwrap();
        }
        assert!((latency.median(99.0).unwrap() - 20.0).abs() < 0.1);
        assert_eq!(latency.line(&[50.0]), ["create", "1.00 (1.00–1.00)"]);
    }
}
