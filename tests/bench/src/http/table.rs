//! The times of the requests as a table.

use super::REQUESTS_PER_SECOND;
use super::round::Round;
use crate::options::Options;
use crate::report::Section;
use crate::statistics::{median, range};
use anyhow::Context;
use hdrhistogram::Histogram;
use serde_json::{Value, json};

/// What is told of the times.
const PERCENTILES: [(&str, f64); 4] = [("p50", 50.0), ("p95", 95.0), ("p99", 99.0), ("p99.9", 99.9)];

/// A time that is told: its name, and where it stands in a round.
type Told = (&'static str, fn(&Round) -> &Histogram<u64>);

const TOLD: [Told; 3] = [
    ("create answered", |round| &round.create),
    ("create → visible", |round| &round.visible),
    ("measuring itself lags", |round| &round.lag),
];

/// Medians over the rounds of each percentile.
pub(crate) fn section(options: &Options, rounds: &[Round]) -> anyhow::Result<Section> {
    let mut rows = Vec::new();
    let mut figures = serde_json::Map::new();
    for (name, histogram) in TOLD {
        let mut row = vec![name.to_owned()];
        let mut told = serde_json::Map::new();
        for (percentile, at) in PERCENTILES {
            let values: Vec<f64> = rounds
                .iter()
                .map(|round| milliseconds(histogram(round), at))
                .collect::<anyhow::Result<_>>()?;
            let (least, most) = range(&values).context("no round")?;
            let middle = median(&values).context("no round")?;
            row.push(format!("{middle:.2} ({least:.2}–{most:.2})"));
            told.insert(percentile.to_owned(), json!(values));
        }
        rows.push(row);
        figures.insert(name.to_owned(), Value::Object(told));
    }
    let failures: u64 = rounds.iter().map(|round| round.failures).sum();
    figures.insert("failures".to_owned(), json!(failures));
    let named = PERCENTILES.iter().map(|(name, _)| format!("{name}, ms"));
    Ok(Section {
        title: format!("HTTP create → visible at {REQUESTS_PER_SECOND} requests/s"),
        columns: std::iter::once("time".to_owned()).chain(named).collect(),
        rows,
        notes: notes(options, rounds, failures),
        figures: Value::Object(figures),
    })
}

fn notes(options: &Options, rounds: &[Round], failures: u64) -> Vec<String> {
    let mut notes = vec![
        format!(
            "Medians (and range) of {} rounds of {} s each; every create is followed by a read with \
             `Casebus-Min-Position`, so casebus answers twice as many requests.",
            options.rounds,
            options.http_duration().as_secs()
        ),
        "Open loop: arrivals by schedule, times from the scheduled arrival, so waiting counts; casebus, Postgres, \
         nats-server and the client share the machine."
            .to_owned(),
        format!("{failures} requests failed."),
    ];
    let first = rounds.iter().find_map(|round| round.first_failure.as_ref());
    notes.extend(first.map(|said| format!("The first failure: {said}")));
    notes
}

fn milliseconds(histogram: &Histogram<u64>, percentile: f64) -> anyhow::Result<f64> {
    let microseconds = histogram.value_at_percentile(percentile);
    Ok(f64::from(u32::try_from(microseconds)?) / 1_000.0)
}
