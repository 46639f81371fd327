//! Building a large read model beside the living one, while commands and reads go on at a fixed rate.
//!
//! The log holds whole lives, the read model is built once alone, then once more under load in a running `casebus up`.
//! No command and no read may fail. In the end it is built a third time, alone, and every row is compared with those that
//! the second build and the live fold after it have left.

use crate::casebus::House;
use crate::events::{self, Kind};
use crate::http::Api;
use crate::open_loop;
use crate::report::{Found, Section};
use crate::stage::Stage;
use anyhow::{Context, ensure};
use log::Log;
use projector::rebuild::{Rebuilt, rebuild};
use projector::{ProjectorConfig, ProjectorStatus};
use sqlx::{AssertSqlSafe, PgPool};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use views::Views;

/// Commands in a second while it is built.
const PER_SECOND: u32 = 200;
/// Load comes in pieces of so long until the build is done.
const PIECE: Duration = Duration::from_secs(5);
/// How long a transfer may take to be seen.
const PATIENCE: Duration = Duration::from_mins(2);
/// Workers of the rebuild: as many as `casebus views rebuild` has by itself.
const WORKERS: usize = 3;

/// Measures once.
pub(crate) async fn run(stage: &Stage<'_>) -> anyhow::Result<Found> {
    let house = House::build(stage, "beside").await?;
    let pool = house.pool().await?;
    let events = stage.options.either(100_000, 1_000_000);
    events::fill(&Log::open(pool.clone()).await?, Kind::Lives, events).await?;
    let alone = build(&pool).await?;
    let serving = house.up().await?;
    let api = Arc::new(serving.api);
    let (beside, commands) = build_under_load(&pool, &api).await?;
    api.wait_visible(&api.create().await?, PATIENCE).await?;
    serving.process.stop().await?;
    fold_the_rest(&pool).await?;
    let again = build_and_compare(&pool).await?;
    pool.close().await;
    house.remove(stage).await?;
    Ok(Found { sections: vec![section(&[alone, beside, again], commands)], figures: Vec::new() })
}

async fn build(pool: &PgPool) -> anyhow::Result<Rebuilt> {
    let rebuilt = rebuild(&Log::open(pool.clone()).await?, pool, WORKERS, |_| {}).await?;
    views::rebuild::drop_former(pool).await?;
    Ok(rebuilt)
}

/// Builds while commands and reads come; answers how many there were. One that fails ends the measurement.
async fn build_under_load(pool: &PgPool, api: &Arc<Api>) -> anyhow::Result<(Rebuilt, usize)> {
    let mut building = JoinSet::new();
    let owner = pool.clone();
    building.spawn(async move { build(&owner).await });
    let mut commands = 0;
    loop {
        let ask = |_| one(Arc::clone(api));
        let (answered, failed) = open_loop::run(PER_SECOND, PIECE, ask).await?;
        ensure!(failed.is_empty(), "{} requests failed, the first said: {}", failed.len(), failed[0]);
        commands += answered.len();
        if let Some(built) = building.try_join_next() {
            return Ok((built.context("the rebuild panicked")??, commands));
        }
    }
}

/// A command, and a read that must show it.
async fn one(api: Arc<Api>) -> anyhow::Result<()> {
    let created = api.create().await?;
    api.wait_visible(&created, PATIENCE).await
}

/// What the watch may have written last is folded too.
async fn fold_the_rest(pool: &PgPool) -> anyhow::Result<()> {
    let log = Log::open(pool.clone()).await?;
    let head = log.head().await?.position;
    let config = ProjectorConfig::new(log, None, Views::new(pool.clone()));
    let (status, stop): (ProjectorStatus, _) = (config.status.clone(), CancellationToken::new());
    let mut task = JoinSet::new();
    task.spawn(projector::run(config, stop.clone()));
    ensure!(status.wait_for(head, PATIENCE).await, "the projector does not come to the end of the log");
    stop.cancel();
    while let Some(ended) = task.join_next().await {
        ended.context("the projector panicked")??;
    }
    Ok(())
}

/// Builds once more and compares every row with those of the former read model.
async fn build_and_compare(pool: &PgPool) -> anyhow::Result<Rebuilt> {
    let rebuilt = rebuild(&Log::open(pool.clone()).await?, pool, WORKERS, |_| {}).await?;
    let tables: Vec<String> = sqlx::query_scalar(
        "select tablename::text from pg_tables where schemaname = 'views_1' and tablename not in ('checkpoint', '_sqlx_migrations') order by 1",
    )
    .fetch_all(pool)
    .await?;
    for table in tables {
        let query = format!(
            "select (select (count(*), sum(hashtextextended(t::text, 0)::numeric))::text from views_1.{table} t)
                  = (select (count(*), sum(hashtextextended(t::text, 0)::numeric))::text from views_1_former.{table} t)"
        );
        let equal: bool = sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(pool).await?;
        ensure!(equal, "the rows of {table} differ");
    }
    views::rebuild::drop_former(pool).await?;
    Ok(rebuilt)
}

fn section(built: &[Rebuilt; 3], commands: usize) -> Section {
    let names = ["alone", "beside the living, under load", "alone again, and compared"];
    let row = |(name, built): (&str, &Rebuilt)| {
        let events = u32::try_from(built.copied.events).map_or(f64::INFINITY, f64::from);
        vec![
            name.to_owned(),
            built.copied.events.to_string(),
            format!("{:.0}", events / built.filling.as_secs_f64()),
            format!("{:.1}", built.filling.as_secs_f64()),
            format!("{:.1}", built.indexing.as_secs_f64()),
            format!("{} ms", built.switching.as_millis()),
        ]
    };
    Section {
        title: "A large read model, built beside the living one".to_owned(),
        columns: ["build", "events", "events/s", "folding, s", "keys and indexes, s", "projector held off"]
            .map(str::to_owned)
            .to_vec(),
        rows: names.into_iter().zip(built).map(row).collect(),
        notes: vec![format!(
            "While it was built under load, {commands} commands came at {PER_SECOND} a second, each followed by a read that \
             had to show it; none failed. Afterwards all rows of all tables were equal to those of the build that followed."
        )],
        figures: serde_json::json!({
            "events": built.iter().map(|built| built.copied.events).collect::<Vec<_>>(),
            "filling_seconds": built.iter().map(|built| built.filling.as_secs_f64()).collect::<Vec<_>>(),
            "indexing_seconds": built.iter().map(|built| built.indexing.as_secs_f64()).collect::<Vec<_>>(),
            "switching_milliseconds": built.iter().map(|built| built.switching.as_millis().to_string()).collect::<Vec<_>>(),
            "commands_meanwhile": commands,
        }),
    }
}
