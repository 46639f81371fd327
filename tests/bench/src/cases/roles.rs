//! Memory and CPU time of each role as a process of its own: at a fixed rate, then as fast as it goes.

use super::http::CONNECTIONS;
use crate::casebus::{House, Process};
use crate::cpu::Watched;
use crate::http::{Api, Creator};
use crate::open_loop;
use crate::report::{Found, Section};
use crate::stage::Stage;
use crate::timing::{Stopwatch, closed_loop};
use anyhow::ensure;
use std::sync::Arc;
use std::time::Duration;

/// The roles beside the gateway.
const OTHERS: [&str; 3] = ["relay", "projector", "watch"];
/// Creates in a second, at the fixed rate.
const PER_SECOND: u32 = 200;
/// How long a transfer may take to be seen.
const PATIENCE: Duration = Duration::from_mins(3);

/// Measures once.
pub(crate) async fn run(stage: &Stage<'_>) -> anyhow::Result<Found> {
    let house = House::build(stage, "roles").await?;
    let mut others = Vec::new();
    for role in OTHERS {
        others.push((role, house.role(role)?));
    }
    let serving = house.gateway().await?;
    let api = Arc::new(serving.api);
    let section = measure(stage, &house, &serving.process, &others, &api).await;
    serving.process.stop().await?;
    for (_, process) in others {
        process.stop().await?;
    }
    house.remove(stage).await?;
    Ok(Found { sections: vec![section?], figures: Vec::new() })
}

async fn measure(
    stage: &Stage<'_>,
    house: &House,
    gateway: &Process,
    others: &[(&'static str, Process)],
    api: &Arc<Api>,
) -> anyhow::Result<Section> {
    let mut watched = house.watched().and("gateway", gateway.pid()?);
    for (role, process) in others {
        watched = watched.and(role, process.pid()?);
    }
    let steady = at_fixed_rate(stage, api, &watched).await?;
    let stopwatch = Stopwatch::start(&watched)?;
    let done =
        closed_loop(Creator::several(api, CONNECTIONS).await?, stage.options.open_loop(), &watched).await?;
    api.wait_visible(&api.latest()?, PATIENCE).await?;
    let fast = stopwatch.so_far(f64::from(u32::try_from(done.all)?))?;
    let memory =
        std::iter::once(("gateway", gateway)).chain(others.iter().map(|(role, process)| (*role, process)));
    let mut rows = Vec::new();
    for (role, process) in memory {
        rows.push(vec![
            role.to_owned(),
            format!("{:.0} MiB", process.peak_memory_mib()?),
            format!("{:.1}", steady.cpu.microseconds_of(role).unwrap_or_default()),
            format!("{:.1}", fast.cpu.microseconds_of(role).unwrap_or_default()),
        ]);
    }
    for server in ["Postgres", "nats-server"] {
        let each = |measured: &crate::series::Measured| {
            format!("{:.1}", measured.cpu.microseconds_of(server).unwrap_or_default())
        };
        rows.push(vec![server.to_owned(), String::new(), each(&steady), each(&fast)]);
    }
    let columns =
        ["process", "memory at its peak", "CPU µs an event, 200/s", "CPU µs an event, as fast as it goes"];
    Ok(Section {
        title: "Each role as a process of its own".to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows,
        notes: vec![format!(
            "{PER_SECOND} creates a second for {} s, then {CONNECTIONS} connections for as long: {:.0} events/s until all \
             are visible. An event stands for its create, its relaying and its place in the read model.",
            stage.options.open_loop().as_secs(),
            fast.per_second
        )],
        figures: serde_json::json!({ "events_per_second": fast.per_second }),
    })
}

async fn at_fixed_rate(
    stage: &Stage<'_>,
    api: &Arc<Api>,
    watched: &Watched,
) -> anyhow::Result<crate::series::Measured> {
    let stopwatch = Stopwatch::start(watched)?;
    let ask = |_| {
        let api = Arc::clone(api);
        async move { api.create().await }
    };
    let (created, failed) = open_loop::run(PER_SECOND, stage.options.open_loop(), ask).await?;
    ensure!(failed.is_empty(), "{} creates failed: {}", failed.len(), failed[0]);
    if let Some(last) = created.iter().max_by_key(|created| created.position) {
        api.wait_visible(last, PATIENCE).await?;
    }
    stopwatch.so_far(f64::from(u32::try_from(created.len())?))
}
