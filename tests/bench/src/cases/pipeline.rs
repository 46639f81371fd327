//! Everything at once, as fast as it goes: HTTP create → log → JetStream → views, in one `casebus up`.
//!
//! The time runs from the first request until a read has shown the last of the transfers, so nothing is counted that
//! the read model does not have yet.

use super::http::CONNECTIONS;
use crate::casebus::{House, Process};
use crate::cpu::Watched;
use crate::database::POOL_CONNECTIONS;
use crate::floors::insert;
use crate::http::{Api, Creator};
use crate::report::Found;
use crate::row::Figure;
use crate::series::{self, Series};
use crate::stage::Stage;
use crate::timing::{Stopwatch, closed_loop};
use anyhow::ensure;
use std::time::{Duration, Instant};

/// Writers of the floor.
const WRITERS: usize = 32;
/// How long the read model may take to catch up.
const PATIENCE: Duration = Duration::from_mins(3);

/// What was measured.
struct Measuring {
    everything: Series,
    created: Series,
    insert: Series,
    catching_up: Vec<f64>,
}

/// Measures all rounds on a running `casebus up`.
pub(crate) async fn run(
    stage: &Stage<'_>,
    house: &House,
    process: &Process,
    api: &Api,
) -> anyhow::Result<Found> {
    let watched = house.watched().and("casebus", process.pid()?);
    let mut measuring = Measuring {
        everything: Series::new("create → visible, sustained"),
        created: Series::new("of it: creates answered, while they come"),
        insert: Series::new(format!("one INSERT per transaction, {WRITERS} writers")),
        catching_up: Vec::new(),
    };
    for _ in stage.rounds() {
        measuring.round(stage, api, &watched).await?;
    }
    let peak = process.peak_memory_mib()?;
    let Measuring { mut everything, created, insert, catching_up } = measuring;
    let shown: Vec<String> = catching_up.iter().map(|seconds| format!("{seconds:.1} s")).collect();
    everything.beside = format!("of which catching up {}", shown.join(", "));
    let figures = Figure::ratio("pipeline_vs_insert", &everything, &insert);
    let notes = vec![
        format!(
            "Medians of {} interleaved rounds; creates come for {} s on {CONNECTIONS} connections, the time runs until \
             the last of them is visible. casebus, Postgres, nats-server and the client share the machine.",
            stage.options.rounds,
            load(stage).as_secs()
        ),
        format!(
            "The floor has {POOL_CONNECTIONS} connections and runs between the rounds on the same Postgres."
        ),
        format!("Memory of the casebus process at its peak (VmHWM): {peak:.0} MiB."),
    ];
    let section = series::section("Everything at once", "events", &[everything, created, insert], notes);
    let figures = figures.into_iter().chain([Figure::of("rss_mib", peak)]).collect();
    Ok(Found { sections: vec![section], figures })
}

/// How long creates come.
fn load(stage: &Stage<'_>) -> Duration {
    Duration::from_secs(stage.options.either(5, 20))
}

impl Measuring {
    async fn round(&mut self, stage: &Stage<'_>, api: &Api, watched: &Watched) -> anyhow::Result<()> {
        let floor = insert::measure(stage.server, &stage.watched(), WRITERS, stage.options.counted()).await?;
        self.insert.push(floor);
        let before = api.create().await?;
        api.wait_visible(&before, PATIENCE).await?;
        stage.server.checkpoint().await?;
        let creators = Creator::several(api, CONNECTIONS).await?;
        let stopwatch = Stopwatch::start(watched)?;
        let done = closed_loop(creators, load(stage), watched).await?;
        let answered = Instant::now();
        let last = api.latest()?;
        api.wait_visible(&last, PATIENCE).await?;
        let all = u32::try_from(done.all)?;
        self.everything.push(stopwatch.so_far(f64::from(all))?);
        self.catching_up.push(answered.elapsed().as_secs_f64());
        self.created.push(done.measured);
        let moved = last.position - before.position;
        ensure!(moved >= i64::from(all), "{all} creates were answered, the log grew by {moved}");
        Ok(())
    }
}
