//! The appends as a table.

use super::event_source::BODY_BYTES;
use super::{Contender, FLOOR_CONNECTIONS_MAX, Measurement, POOL_CONNECTIONS, WRITERS};
use crate::options::Options;
use crate::report::Section;
use crate::statistics::{median, range};
use serde_json::{Value, json};

/// Ratio to the floor that is expected, by writers.
const EXPECTED: [(usize, f64); 2] = [(32, 1.0), (128, 2.0)];

/// Medians of the rounds, and the ratio to the better floor.
pub(crate) fn section(options: &Options, measured: &[Measurement]) -> Section {
    let columns = [
        "writers",
        "event log, per s",
        "range",
        "events per commit",
        "floor, per s",
        "range",
        "connections of the floor",
        "ratio",
        "expected",
    ];
    let lines: Vec<(Vec<String>, Value)> =
        WRITERS.into_iter().filter_map(|writers| line(measured, writers)).collect();
    let (rows, figures): (Vec<_>, Vec<_>) = lines.into_iter().unzip();
    Section {
        title: "Appends per second".to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows,
        notes: notes(options),
        figures: Value::Array(figures),
    }
}

fn notes(options: &Options) -> Vec<String> {
    vec![
        format!(
            "Medians of {} interleaved rounds of {:.1} s each, every time in a fresh database after a checkpoint; \
             one event of {BODY_BYTES} bytes for each append, streams of five events.",
            options.rounds,
            options.appends_duration().as_secs_f64()
        ),
        format!(
            "Event log: one `log::Writer` over a pool of {POOL_CONNECTIONS} connections, of which it uses one at a time."
        ),
        format!(
            "Floor: one prepared INSERT per transaction into a table with an identity key and unique (stream, version), \
             without command ids, numbers and dense positions; the better of {POOL_CONNECTIONS} connections and one \
             for each writer up to {FLOOR_CONNECTIONS_MAX}."
        ),
    ]
}

fn line(measured: &[Measurement], writers: usize) -> Option<(Vec<String>, Value)> {
    let log = rates(measured, writers, Contender::GroupCommit);
    let per_commit: Vec<f64> =
        measured.iter().filter(|one| one.writers == writers).filter_map(|one| one.per_commit).collect();
    let floors: Vec<(u32, Vec<f64>)> = connections(measured, writers)
        .into_iter()
        .map(|connections| (connections, rates(measured, writers, Contender::Floor(connections))))
        .collect();
    let (connections, floor) =
        floors.iter().max_by(|one, other| f64::total_cmp(&middle(&one.1), &middle(&other.1)))?;
    let ratio = median(&log)? / median(floor)?;
    let row = vec![
        writers.to_string(),
        format!("{:.0}", median(&log)?),
        shown_range(&log)?,
        format!("{:.1}", median(&per_commit)?),
        format!("{:.0}", median(floor)?),
        shown_range(floor)?,
        connections.to_string(),
        format!("{ratio:.2}"),
        expected(writers, ratio),
    ];
    let figures = json!({
        "writers": writers, "ratio": ratio, "log_per_second": log, "log_events_per_commit": per_commit,
        "floors": floors.iter().map(|(connections, rates)| json!({ "connections": connections, "per_second": rates }))
            .collect::<Vec<_>>(),
    });
    Some((row, figures))
}

fn expected(writers: usize, ratio: f64) -> String {
    match EXPECTED.iter().find(|(at, _)| *at == writers) {
        Some((_, least)) if ratio >= *least => format!("≥ {least}: met"),
        Some((_, least)) => format!("≥ {least}: MISSED"),
        None => "none".to_owned(),
    }
}

fn connections(measured: &[Measurement], writers: usize) -> Vec<u32> {
    let mut connections: Vec<u32> = measured
        .iter()
        .filter(|one| one.writers == writers)
        .filter_map(|one| match one.contender {
            Contender::GroupCommit => None,
            Contender::Floor(connections) => Some(connections),
        })
        .collect();
    connections.sort_unstable();
    connections.dedup();
    connections
}

fn rates(measured: &[Measurement], writers: usize, contender: Contender) -> Vec<f64> {
    let of_it = measured.iter().filter(|one| one.writers == writers && one.contender == contender);
    of_it.map(|one| one.per_second).collect()
}

fn middle(rates: &[f64]) -> f64 {
    median(rates).unwrap_or_default()
}

fn shown_range(rates: &[f64]) -> Option<String> {
    range(rates).map(|(smallest, largest)| format!("{smallest:.0}–{largest:.0}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(contender: Contender, per_second: f64) -> Measurement {
        Measurement { writers: 32, contender, per_second, per_commit: Some(4.0) }
    }

    #[test]
    fn the_log_is_compared_with_the_better_floor() {
        let measured = [
            one(Contender::GroupCommit, 300.0),
            one(Contender::Floor(16), 100.0),
            one(Contender::Floor(32), 200.0),
        ];
        let (row, _) = line(&measured, 32).unwrap();
        assert_eq!(row[6..], ["32", "1.50", "≥ 1: met"]);
    }
}
