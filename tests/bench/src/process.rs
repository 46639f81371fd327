//! `casebus up --demo` as a process: started, watched until it is ready, measured, stopped by process id.

mod running;

use crate::http::Api;
use crate::machine::kibibytes;
use crate::options::Options;
use crate::report::Section;
use anyhow::{Context, ensure};
use running::Running;
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Ready in less, from a built program.
const READY_SECONDS_EXPECTED: f64 = 10.0;
/// Memory that the process may take while idle with the demonstration loaded.
const IDLE_MIB_EXPECTED: f64 = 100.0;

/// A running casebus with the demonstration.
pub(crate) struct System {
    running: Running,
    folder: PathBuf,
    version: String,
    /// Into an empty folder: makes the database and loads the demonstration.
    first_start: Duration,
    /// Idle after that.
    first_idle_mib: f64,
    /// Into the same folder again.
    second_start: Duration,
}

impl System {
    /// Starts it in an empty folder, stops it, and starts it again on what the first start left.
    pub(crate) async fn start(options: &Options, scratch: &Path) -> anyhow::Result<Self> {
        let program = match &options.casebus {
            Some(program) => program.clone(),
            None => std::env::current_exe()?.with_file_name("casebus"),
        };
        ensure!(
            program.is_file(),
            "{} is missing: build it first, see tests/bench/run.sh",
            program.display()
        );
        let version = running::answer(&program, "--version").await?;
        let folder = scratch.join("system");
        let (first, first_start) = Running::start(&program, &folder).await?;
        let first_idle_mib = idle_memory_mib(options, &first).await?;
        first.stop().await?;
        let (running, second_start) = Running::start(&program, &folder).await?;
        Ok(Self { running, folder, version, first_start, first_idle_mib, second_start })
    }

    /// Where it is asked, and the keys that it wrote.
    pub(crate) fn api(&self) -> anyhow::Result<Api> {
        let path = self.folder.join("demo-keys.json");
        let keys = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Api::new(&self.running.url, &keys)
    }

    /// Seconds to ready, and memory after a while in which nothing was asked of it.
    pub(crate) async fn ready_and_idle(&self, options: &Options) -> anyhow::Result<Section> {
        let (first_idle, idle) = (self.first_idle_mib, idle_memory_mib(options, &self.running).await?);
        let (first, second) = (self.first_start.as_secs_f64(), self.second_start.as_secs_f64());
        let children = self.running.children().await?;
        let row = |name: &str, value: String, expected: String| vec![name.to_owned(), value, expected];
        let mut rows = vec![
            row(
                "start to ready, empty folder",
                format!("{first:.2} s"),
                expected(first, READY_SECONDS_EXPECTED, "s"),
            ),
            row(
                "start to ready, second start",
                format!("{second:.2} s"),
                expected(second, READY_SECONDS_EXPECTED, "s"),
            ),
            row(
                "memory idle, first start (VmRSS)",
                format!("{first_idle:.1} MiB"),
                expected(first_idle, IDLE_MIB_EXPECTED, "MiB"),
            ),
            row(
                "memory idle, second start (VmRSS)",
                format!("{idle:.1} MiB"),
                expected(idle, IDLE_MIB_EXPECTED, "MiB"),
            ),
        ];
        for (name, memory) in &children {
            rows.push(row(&format!("beside it: {name} (VmRSS)"), format!("{memory:.1} MiB"), String::new()));
        }
        Ok(Section {
            title: "Start and memory of `casebus up --demo`".to_owned(),
            columns: ["what", "is", "expected"].map(str::to_owned).to_vec(),
            rows,
            notes: vec![format!(
                "{}; idle is {} s after ready with the demonstration loaded; ready is the first 200 of `/readyz` \
                 with `demo-keys.json` written; the first start makes the database and loads the demonstration.",
                self.version,
                options.idle_duration().as_secs()
            )],
            figures: json!({
                "first_start_seconds": first, "second_start_seconds": second,
                "first_idle_rss_mib": first_idle, "second_idle_rss_mib": idle,
                "children_rss_mib": children,
            }),
        })
    }

    /// Memory of the process now, after the load.
    pub(crate) fn memory_after_load(&self) -> anyhow::Result<Vec<Vec<String>>> {
        let memory = memory_mib(self.running.pid()?)?;
        Ok(vec![vec!["memory after the load (VmRSS)".to_owned(), format!("{memory:.1} MiB"), String::new()]])
    }

    /// Stops it, and says what it logged when it did not stop well.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        self.running.stop().await
    }
}

/// Memory after a while in which nothing was asked of it.
async fn idle_memory_mib(options: &Options, running: &Running) -> anyhow::Result<f64> {
    tokio::time::sleep(options.idle_duration()).await;
    memory_mib(running.pid()?)
}

/// Memory of a process in MiB.
fn memory_mib(pid: u32) -> anyhow::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let resident = kibibytes(&status, "VmRSS").context("the kernel does not tell the memory")?;
    Ok(f64::from(u32::try_from(resident)?) / 1024.0)
}

fn expected(value: f64, most: f64, unit: &str) -> String {
    let verdict = if value < most { "met" } else { "MISSED" };
    format!("< {most} {unit}: {verdict}")
}
