//! Projecting: the projector folds a log of whole lives into the read model, in rows written per second, against a bulk
//! upsert of rows as wide into one table.
//!
//! The projector is the real one and reads the log in its own batches, as it does whenever it is behind.

use crate::database::{Database, rows};
use crate::events::FilledLog;
use crate::floors::upsert;
use crate::report::Found;
use crate::row::Figure;
use crate::series::{self, Measured, Series};
use crate::stage::Stage;
use crate::timing::Stopwatch;
use anyhow::{Context, bail, ensure};
use log::Log;
use projector::{ProjectorConfig, ProjectorStatus};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use views::Views;

/// How long it may take for all events.
const PATIENCE: Duration = Duration::from_mins(10);
/// The schema of the read model.
pub(super) const SCHEMA: &str = "views_1";

/// A read model that holds the whole log, for the case that builds it again.
pub(crate) struct Projected {
    /// Log and read model.
    pub(crate) database: Database,
    /// Events of the log.
    pub(crate) events: i64,
    /// Rows of the read model.
    pub(crate) rows: i64,
}

impl Projected {
    /// Its number of rows, for rates.
    pub(crate) fn operations(&self) -> anyhow::Result<f64> {
        Ok(f64::from(u32::try_from(self.rows)?))
    }
}

/// Measures all rounds; leaves the read model of the last one.
pub(crate) async fn run(stage: &Stage<'_>, filled: &FilledLog) -> anyhow::Result<(Found, Projected)> {
    let database = stage.server.copy_of(&filled.database).await?;
    let mut by_rows = Series::new("projector, rows written");
    let mut by_events = Series::new("projector, events folded");
    let mut floor = Series::new(format!("bulk upsert, batches of {}", upsert::ROWS));
    let mut written = 0;
    for _ in stage.rounds() {
        let (measured, rows) = project_all(stage, &database, filled).await?;
        let rows_each = f64::from(u32::try_from(rows)?) / filled.operations();
        by_rows.push(measured.in_parts(rows_each));
        by_events.push(measured);
        written = rows;
        let (_, row_bytes) = rows::held(&database, SCHEMA).await?;
        floor.beside = format!("rows of {row_bytes} bytes, half of them new");
        let counted = stage.options.counted();
        floor.push(
            upsert::measure(stage.server, &stage.watched(), usize::try_from(row_bytes)?, counted).await?,
        );
    }
    let (held, row_bytes) = rows::held(&database, SCHEMA).await?;
    by_rows.beside = format!("{written} rows written, {held} rows of {row_bytes} bytes held");
    let figures = Figure::ratio("project_vs_upsert", &by_rows, &floor).into_iter().collect();
    let notes = vec![format!(
        "Medians of {} interleaved rounds over {} events of whole lives (seven events a transfer, some thousands of \
         transfers open at a time), each time into an emptied read model. Rows are what Postgres counted as inserted, \
         updated and deleted in all tables of {SCHEMA}.",
        stage.options.rounds, filled.events
    )];
    let section = series::section("Projecting", "rows or events", &[by_rows, by_events, floor], notes);
    Ok((
        Found { sections: vec![section], figures },
        Projected { database, events: filled.events, rows: held },
    ))
}

/// Folds the whole log; answers the events per second and the rows that were written.
async fn project_all(
    stage: &Stage<'_>,
    database: &Database,
    filled: &FilledLog,
) -> anyhow::Result<(Measured, i64)> {
    let pool = database.pool().await?;
    views::migrate(&pool, None).await?;
    views::reset(&pool).await?;
    pool.close().await;
    let before = rows::written(database, SCHEMA).await?;
    stage.server.checkpoint().await?;

    let pool = database.pool().await?;
    let config = ProjectorConfig::new(Log::open(pool.clone()).await?, None, Views::new(pool.clone()));
    let status = config.status.clone();
    let (stop, mut task) = (CancellationToken::new(), JoinSet::new());
    let watched = stage.watched();
    let stopwatch = Stopwatch::start(&watched)?;
    task.spawn(projector::run(config, stop.clone()));
    folded(&status, filled.events, &mut task).await?;
    let measured = stopwatch.so_far(filled.operations())?;
    stop.cancel();
    while let Some(ended) = task.join_next().await {
        ended.context("the projector panicked")??;
    }
    let parked = Views::new(pool.clone()).checkpoint().await?;
    ensure!(parked.position == filled.events, "the read model stands at {}", parked.position);
    pool.close().await;
    Ok((measured, rows::written(database, SCHEMA).await? - before))
}

async fn folded(
    status: &ProjectorStatus,
    position: i64,
    task: &mut JoinSet<Result<(), projector::ProjectorError>>,
) -> anyhow::Result<()> {
    tokio::select! {
        in_time = status.wait_for(position, PATIENCE) => ensure!(in_time, "the projector does not come to its end"),
        Some(ended) = task.join_next() => bail!("the projector ended: {ended:?}"),
    }
    Ok(())
}
