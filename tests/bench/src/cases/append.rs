//! Appends per second: the event log with its one writer against what is written by hand.
//!
//! All run on the same Postgres with everything durable, in turns within each round, each time in a fresh database
//! after a checkpoint, so that nobody pays for what another left. Each writer appends one event at a time and waits
//! until it is durable; every fifth event begins a new stream. After each measurement the rows are counted: what was
//! answered must be there.

mod log_writer;

pub(crate) use log_writer::measure as measure_log;

use crate::database::POOL_CONNECTIONS;
use crate::events::BODY_BYTES;
use crate::floors::{copy, insert, unnest};
use crate::report::Found;
use crate::row::Figure;
use crate::series::{self, Series};
use crate::stage::{Stage, turns};
use crate::statistics::median;

/// How many wait for an append at the same time, and the row of each.
const WRITERS: [(usize, &str); 5] = [
    (1, "append_1_vs_insert"),
    (8, "append_8_vs_insert"),
    (32, "append_32_vs_insert"),
    (128, "append_128_vs_insert"),
    (512, "append_512_vs_insert"),
];
/// Connections of the UNNEST floor; the better of them counts.
const UNNEST_CONNECTIONS: [usize; 2] = [1, 2];

/// Who is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Contender {
    Log(usize),
    Insert(usize),
    Unnest(usize),
    Copy,
}

/// A contender in all rounds.
struct Entry {
    contender: Contender,
    series: Series,
    per_commit: Vec<f64>,
    bytes: Vec<f64>,
}

/// Measures all.
pub(crate) async fn run(stage: &Stage<'_>) -> anyhow::Result<Found> {
    let mut entries: Vec<Entry> = contenders().into_iter().map(Entry::new).collect();
    let places: Vec<usize> = (0..entries.len()).collect();
    for round in stage.rounds() {
        for place in turns(round, &places) {
            entries[place].measure(stage).await?;
        }
    }
    Ok(found(stage, entries))
}

/// Neighbours are compared with each other, so that they run one after the other.
fn contenders() -> Vec<Contender> {
    let pairs =
        WRITERS.iter().flat_map(|(writers, _)| [Contender::Insert(*writers), Contender::Log(*writers)]);
    let unnested = UNNEST_CONNECTIONS.map(Contender::Unnest);
    pairs.chain(unnested).chain([Contender::Copy]).collect()
}

impl Entry {
    fn new(contender: Contender) -> Self {
        let name = match contender {
            Contender::Log(writers) => format!("append, {writers} writers"),
            Contender::Insert(writers) => format!("one INSERT per transaction, {writers} writers"),
            Contender::Unnest(connections) => {
                format!("UNNEST of {} rows, {connections} connections", unnest::ROWS)
            }
            Contender::Copy => format!("COPY of {} rows, 1 connection", copy::ROWS),
        };
        Self { contender, series: Series::new(name), per_commit: Vec::new(), bytes: Vec::new() }
    }

    async fn measure(&mut self, stage: &Stage<'_>) -> anyhow::Result<()> {
        let (server, watched, counted) = (stage.server, stage.watched(), stage.options.counted());
        let measured = match self.contender {
            Contender::Log(writers) => {
                let appended = measure_log(server, &watched, writers, counted).await?;
                self.per_commit.push(appended.per_commit);
                self.bytes.push(appended.bytes_each);
                appended.measured
            }
            Contender::Insert(writers) => insert::measure(server, &watched, writers, counted).await?,
            Contender::Unnest(connections) => unnest::measure(server, &watched, connections, counted).await?,
            Contender::Copy => copy::measure(server, &watched, counted).await?,
        };
        self.series.push(measured);
        Ok(())
    }

    fn into_series(mut self) -> Series {
        if let (Some(per_commit), Some(bytes)) = (median(&self.per_commit), median(&self.bytes)) {
            self.series.beside = format!("{per_commit:.1} events a commit, {bytes:.0} bytes each on disk");
        }
        self.series
    }
}

fn found(stage: &Stage<'_>, entries: Vec<Entry>) -> Found {
    let series_of =
        |wanted| entries.iter().find(|entry| entry.contender == wanted).map(|entry| &entry.series);
    let mut figures: Vec<Figure> = WRITERS
        .iter()
        .filter_map(|(writers, row)| {
            Figure::ratio(row, series_of(Contender::Log(*writers))?, series_of(Contender::Insert(*writers))?)
        })
        .collect();
    let unnested = UNNEST_CONNECTIONS.map(|connections| series_of(Contender::Unnest(connections)));
    let by_median = |one: &&Series, other: &&Series| {
        f64::total_cmp(&one.median().unwrap_or(0.0), &other.median().unwrap_or(0.0))
    };
    let best = unnested.iter().copied().flatten().max_by(by_median);
    for (row, floor) in [("append_512_vs_unnest", best), ("append_512_vs_unnest_1", unnested[0])] {
        let ratio = series_of(Contender::Log(512)).zip(floor);
        figures.extend(ratio.and_then(|(log, floor)| Figure::ratio(row, log, floor)));
    }
    let notes = notes(stage);
    let series: Vec<Series> = entries.into_iter().map(Entry::into_series).collect();
    Found { sections: vec![series::section("Appends", "events", &series, notes)], figures }
}

fn notes(stage: &Stage<'_>) -> Vec<String> {
    vec![
        format!(
            "Medians of {} interleaved rounds of {:.1} s each, every time in a fresh database after a checkpoint; one \
             event of {BODY_BYTES} bytes for each append, streams of five events. Pools of {POOL_CONNECTIONS} \
             connections.",
            stage.options.rounds,
            stage.options.counted().as_secs_f64()
        ),
        "The floors write a table with an identity key and unique (stream, version): no command ids, no dense positions, \
         no guards. Appended are commands of one event, without a number and a trace: the lean way. One command of \
         several events makes its whole call take the other way, which no contender here measures. UNNEST counts with \
         the better of 1 and 2 connections; COPY formats its rows as text while it sends them."
            .to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_both_of_its_contenders() {
        let contenders = contenders();
        for (writers, _) in WRITERS {
            assert!(contenders.contains(&Contender::Log(writers)));
            assert!(contenders.contains(&Contender::Insert(writers)));
        }
        assert_eq!(contenders.len(), 13);
    }
}
