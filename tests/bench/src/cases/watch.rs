//! The queries of the watch among many transfers: how much slower they are than among 100,000.
//!
//! What is behind `/v1/watch/unacknowledged`, `/v1/watch/missing-feedback` and `/v1/watch/summary` is asked as an
//! office, as the supervisor of a region and as one who sees everything, with several filters, page after page.

mod fill;
mod questions;

use crate::database::Database;
use crate::latency::Latency;
use crate::report::{Found, Section};
use crate::row::Figure;
use crate::stage::{Stage, turns};
use fill::Filled;
use questions::{Asked, KINDS};
use std::collections::BTreeMap;
use views::Views;

/// The number of transfers to compare with.
const FEW: i64 = 100_000;
/// How often each question is asked in a round.
const REPETITIONS: usize = 8;
/// What is told of the times.
const PERCENTILES: [f64; 2] = [50.0, 99.0];

/// A read model, and the times of what was asked of it.
struct Side {
    database: Database,
    filled: Filled,
    /// All questions together.
    mix: Latency,
    /// Each by itself.
    by_kind: BTreeMap<&'static str, Latency>,
}

/// Measures all rounds in two read models.
pub(crate) async fn run(stage: &Stage<'_>) -> anyhow::Result<Found> {
    let many = stage.options.either(1_000_000, 10_000_000);
    let mut sides = [Side::make(stage, FEW).await?, Side::make(stage, many).await?];
    for round in stage.rounds() {
        for place in turns(round, &[0, 1]) {
            sides[place].measure().await?;
        }
    }
    let [few, many] = sides;
    let ratio = many.mix.median(99.0)? / few.mix.median(99.0)?;
    let section = section(stage, &few, &many)?;
    stage.server.remove(few.database).await?;
    stage.server.remove(many.database).await?;
    Ok(Found { sections: vec![section], figures: vec![Figure::of("watch_large_vs_100k", ratio)] })
}

impl Side {
    async fn make(stage: &Stage<'_>, transfers: i64) -> anyhow::Result<Self> {
        let database = stage.server.fresh_database().await?;
        let filled = fill::fill(&database, transfers).await?;
        stage.server.checkpoint().await?;
        let by_kind = KINDS.into_iter().map(|kind| (kind, Latency::new(kind))).collect();
        Ok(Self { database, filled, mix: Latency::new("all together"), by_kind })
    }

    async fn measure(&mut self) -> anyhow::Result<()> {
        let pool = self.database.pool().await?;
        let views = Views::new(pool.clone());
        // Once for the caches.
        questions::ask_all(&views, &self.filled).await?;
        let mut times: Vec<Asked> = Vec::new();
        for _ in 0..REPETITIONS {
            times.extend(questions::ask_all(&views, &self.filled).await?);
        }
        pool.close().await;
        self.mix.push(times.iter().map(|asked| asked.took))?;
        for (kind, latency) in &mut self.by_kind {
            latency.push(times.iter().filter(|asked| asked.kind == *kind).map(|asked| asked.took))?;
        }
        Ok(())
    }
}

fn section(stage: &Stage<'_>, few: &Side, many: &Side) -> anyhow::Result<Section> {
    let (fewer, more) = (few.filled.transfers, many.filled.transfers);
    let columns = ["question", "p50 ms among few", "p99", "p50 ms among many", "p99", "p99 many ÷ few"];
    let pairs = std::iter::once((&few.mix, &many.mix)).chain(few.by_kind.values().zip(many.by_kind.values()));
    let mut rows = Vec::new();
    let mut figures = Vec::new();
    for (one, other) in pairs {
        let mut row = one.line(&PERCENTILES);
        row.extend(other.line(&PERCENTILES).into_iter().skip(1));
        row.push(format!("{:.2}", other.median(99.0)? / one.median(99.0)?));
        rows.push(row);
        figures.push(serde_json::json!({
            "question": one.name, "p99_ms_few": one.milliseconds(99.0), "p99_ms_many": other.milliseconds(99.0),
        }));
    }
    Ok(Section {
        title: format!("Queries of the watch among {fewer} and {more} transfers"),
        columns: columns.map(str::to_owned).to_vec(),
        rows,
        notes: vec![
            format!(
                "Medians (and range) of {} interleaved rounds; each question {REPETITIONS} times a round, one after the \
                 other, after one that fills the caches. `All together` is the mix of them, in which each counts as often as \
                 it is asked; it decides the row, and a single question may have grown more.",
                stage.options.rounds
            ),
            format!(
                "Open transfers grow in proportion: 5 % of all, {} and {}; nearly a third of them unacknowledged, half \
                 of them with feedback due. 400 departments in 20 regions, each with an office. The tables are filled by \
                 SQL, then vacuumed and analyzed; only those that these questions read.",
                few.filled.open, many.filled.open
            ),
        ],
        figures: serde_json::Value::Array(figures),
    })
}
