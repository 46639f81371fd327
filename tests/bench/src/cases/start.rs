//! Seconds to ready and memory of `casebus up --demo` over servers of its own, as somebody meets it who tries it.

use crate::casebus::{Launch, Process, answer, free_address, memory_mib, program};
use crate::report::{Found, Section};
use crate::stage::Stage;
use serde_json::json;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Ready in less, from a built program.
const READY_SECONDS_EXPECTED: f64 = 10.0;
/// Memory that the process may take while idle with the demonstration loaded.
const IDLE_MIB_EXPECTED: f64 = 100.0;

/// A start, and what it came to.
struct Started {
    process: Process,
    took: Duration,
    idle_mib: f64,
}

/// Starts it in an empty folder, stops it, and starts it again on what the first start left.
pub(crate) async fn run(stage: &Stage<'_>) -> anyhow::Result<Found> {
    let folder = stage.scratch.join("start");
    let first = start(stage, &folder).await?;
    first.process.stop().await?;
    let second = start(stage, &folder).await?;
    let children = children_of(second.process.pid()?).await?;
    second.process.stop().await?;
    let row = |name: &str, value: f64, most: f64, unit: &str| {
        vec![name.to_owned(), format!("{value:.2} {unit}"), expected(value, most, unit)]
    };
    let (first_seconds, second_seconds) = (first.took.as_secs_f64(), second.took.as_secs_f64());
    let mut rows = vec![
        row("start to ready, empty folder", first_seconds, READY_SECONDS_EXPECTED, "s"),
        row("start to ready, second start", second_seconds, READY_SECONDS_EXPECTED, "s"),
        row("memory idle, first start (VmRSS)", first.idle_mib, IDLE_MIB_EXPECTED, "MiB"),
        row("memory idle, second start (VmRSS)", second.idle_mib, IDLE_MIB_EXPECTED, "MiB"),
    ];
    for (name, memory) in &children {
        rows.push(vec![
            format!("beside it: {name}, that process alone (VmRSS)"),
            format!("{memory:.1} MiB"),
            String::new(),
        ]);
    }
    let section = Section {
        title: "Start and memory of `casebus up --demo`".to_owned(),
        columns: ["what", "is", "expected"].map(str::to_owned).to_vec(),
        rows,
        notes: vec![format!(
            "Idle is {} s after ready with the demonstration loaded; ready is the first 200 of `/readyz` with \
             `demo-keys.json` written; the first start makes the database and loads the demonstration.",
            idle(stage).as_secs()
        )],
        figures: json!({
            "first_start_seconds": first_seconds, "second_start_seconds": second_seconds,
            "first_idle_rss_mib": first.idle_mib, "second_idle_rss_mib": second.idle_mib,
            "children_rss_mib": children,
        }),
    };
    Ok(Found { sections: vec![section], figures: Vec::new() })
}

/// How long nothing is asked of it before its memory counts as idle.
fn idle(stage: &Stage<'_>) -> Duration {
    Duration::from_secs(stage.options.either(3, 10))
}

async fn start(stage: &Stage<'_>, folder: &Path) -> anyhow::Result<Started> {
    let address = free_address()?;
    let listen = address.to_string();
    let arguments = ["up", "--demo", "--listen", &listen, "--data-dir"].map(OsString::from);
    let nats = stage.options.nats_server.clone().map(PathBuf::into_os_string);
    let launch = Launch {
        program: program(stage.options)?,
        arguments: arguments.into_iter().chain([folder.as_os_str().to_owned()]).collect(),
        environment: nats.into_iter().map(|nats| ("CASEBUS_NATS_SERVER", nats)).collect(),
        output: folder.with_extension("log"),
    };
    let started = Instant::now();
    let mut process = Process::start(launch)?;
    process.wait_ready(address, &folder.join("demo-keys.json")).await?;
    let took = started.elapsed();
    tokio::time::sleep(idle(stage)).await;
    Ok(Started { idle_mib: process.memory_mib()?, process, took })
}

/// Child processes as they name themselves, each with its memory in MiB.
async fn children_of(parent: u32) -> anyhow::Result<Vec<(String, f64)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let Ok(pid) = entry?.file_name().to_string_lossy().parse::<u32>() else { continue };
        // A process may end while the folder is read.
        let Ok(status) = fs::read_to_string(format!("/proc/{pid}/status")) else { continue };
        let its_parent = status.lines().find_map(|line| line.strip_prefix("PPid:"));
        if its_parent.is_some_and(|text| text.trim() == parent.to_string()) {
            let version = answer(Path::new(&format!("/proc/{pid}/exe")), "--version").await?;
            found.push((version, memory_mib(pid, "VmRSS")?));
        }
    }
    found.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(found)
}

fn expected(value: f64, most: f64, unit: &str) -> String {
    let verdict = if value < most { "met" } else { "MISSED" };
    format!("< {most} {unit}: {verdict}")
}
