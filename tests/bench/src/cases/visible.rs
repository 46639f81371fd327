//! From a command to its place in the read model, at a fixed rate, against one durable commit at the same rate.
//!
//! Requests arrive by a schedule (an open loop), and times are taken from the scheduled arrival, so that a request
//! which had to wait counts its wait. The reader asks for the position at which the create was written
//! (`Casebus-Min-Position`) until it sees the transfer there. `casebus up` runs everything in one process.

use crate::database::Server;
use crate::floors::insert;
use crate::http::Api;
use crate::latency::Latency;
use crate::open_loop;
use crate::report::{Found, Section};
use crate::row::Figure;
use crate::stage::Stage;
use anyhow::ensure;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Arrivals in a second that decide.
const PER_SECOND: u32 = 200;
/// Another rate, in a full run.
const PER_SECOND_HIGH: u32 = 1_000;
/// Arrivals before those that count: connections are open, plans are made.
const WARM_UP: Duration = Duration::from_secs(2);
/// How long a transfer may take to be seen.
const PATIENCE: Duration = Duration::from_secs(10);
/// What is told of the times.
const PERCENTILES: [f64; 4] = [50.0, 95.0, 99.0, 99.9];

/// The times of one request, from its scheduled arrival.
#[derive(Clone, Copy)]
struct Times {
    /// Until it was sent: how far the measuring itself lags behind.
    lag: Duration,
    /// Until the create was answered.
    create: Duration,
    /// Until a read showed it.
    visible: Duration,
}

/// What was measured at one rate.
struct AtRate {
    per_second: u32,
    lag: Latency,
    create: Latency,
    visible: Latency,
    commit: Latency,
    failures: Vec<String>,
    requests: usize,
}

/// Measures all rounds on a running `casebus up`.
pub(crate) async fn run(stage: &Stage<'_>, api: &Arc<Api>) -> anyhow::Result<Found> {
    requests(api, PER_SECOND, WARM_UP).await?;
    let decisive = measure(stage, api, PER_SECOND).await?;
    let (visible, commit) = (decisive.visible.median(99.0)?, decisive.commit.median(99.0)?);
    // Requests that failed have no time, and may be the slowest.
    let is_whole = decisive.failures.is_empty();
    let figures =
        is_whole.then(|| Figure::of("visible_p99_vs_commit_p99", visible / commit)).into_iter().collect();
    let mut sections = vec![section(stage, &decisive)];
    if !stage.options.quick {
        sections.push(section(stage, &measure(stage, api, PER_SECOND_HIGH).await?));
    }
    Ok(Found { sections, figures })
}

async fn measure(stage: &Stage<'_>, api: &Arc<Api>, per_second: u32) -> anyhow::Result<AtRate> {
    let mut found = AtRate {
        per_second,
        lag: Latency::new("measuring itself lags"),
        create: Latency::new("create answered"),
        visible: Latency::new("create → visible"),
        commit: Latency::new("one INSERT, committed"),
        failures: Vec::new(),
        requests: 0,
    };
    for _ in stage.rounds() {
        let (times, failures) = requests(api, per_second, stage.options.open_loop()).await?;
        found.lag.push(times.iter().map(|times| times.lag))?;
        found.create.push(times.iter().map(|times| times.create))?;
        found.visible.push(times.iter().map(|times| times.visible))?;
        found.requests += times.len() + failures.len();
        found.failures.extend(failures);
        found.commit.push(commits(stage.server, per_second, stage.options.open_loop()).await?)?;
    }
    Ok(found)
}

async fn requests(
    api: &Arc<Api>,
    per_second: u32,
    duration: Duration,
) -> anyhow::Result<(Vec<Times>, Vec<String>)> {
    let ask = |at| one(Arc::clone(api), at);
    open_loop::run(per_second, duration, ask).await
}

async fn one(api: Arc<Api>, at: Instant) -> anyhow::Result<Times> {
    let lag = at.elapsed();
    let created = api.create().await?;
    let create = at.elapsed();
    api.wait_visible(&created, PATIENCE).await?;
    Ok(Times { lag, create, visible: at.elapsed() })
}

/// The times of single durable commits at a rate, on the same Postgres.
async fn commits(server: &Server, per_second: u32, duration: Duration) -> anyhow::Result<Vec<Duration>> {
    let inserters = insert::Shared::open(server).await?;
    let ask = |at: Instant| {
        let inserters = inserters.clone();
        async move {
            inserters.insert_one().await?;
            Ok(at.elapsed())
        }
    };
    let (times, failures) = open_loop::run(per_second, duration, ask).await?;
    inserters.close(server).await?;
    ensure!(failures.is_empty(), "a commit failed: {}", failures[0]);
    Ok(times)
}

fn section(stage: &Stage<'_>, found: &AtRate) -> Section {
    let latencies = [&found.create, &found.visible, &found.commit, &found.lag];
    let columns = std::iter::once("time, ms".to_owned());
    Section {
        title: format!("Create → visible at {} requests/s", found.per_second),
        columns: columns.chain(PERCENTILES.iter().map(|percentile| format!("p{percentile}"))).collect(),
        rows: latencies.iter().map(|latency| latency.line(&PERCENTILES)).collect(),
        notes: notes(stage, found),
        figures: latencies
            .iter()
            .map(|latency| {
                let told = PERCENTILES.map(|at| (format!("p{at}"), latency.milliseconds(at)));
                (
                    latency.name.clone(),
                    serde_json::json!(told.into_iter().collect::<std::collections::BTreeMap<_, _>>()),
                )
            })
            .collect(),
    }
}

fn notes(stage: &Stage<'_>, found: &AtRate) -> Vec<String> {
    let mut notes = vec![
        format!(
            "Medians (and range) of {} rounds of {} s each; every create is followed by a read with \
             `Casebus-Min-Position`, so casebus answers twice as many requests.",
            stage.options.rounds,
            stage.options.open_loop().as_secs()
        ),
        "Open loop: arrivals by schedule, times from the scheduled arrival, so waiting counts. The commits arrive by \
         the same schedule in rounds between, on the same Postgres, while casebus is idle."
            .to_owned(),
        format!("{} of {} requests failed.", found.failures.len(), found.requests),
    ];
    notes.extend(found.failures.first().map(|said| format!("The first failure: {said}")));
    notes
}
