//! Whether the machine does nothing else. A busy one makes every figure smaller, commits of a single client most: with
//! both cores taken they fall from some thousands a second to some hundreds.

use crate::cpu::{self, Watched};
use crate::database::Server;
use crate::floors::insert;
use crate::report::Section;
use anyhow::Context;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

/// While we sleep, others may use this share of the processors.
const SHARE_ASLEEP_MAX: f64 = 0.10;
/// During the whole run, others, and the kernel for us, may use this share.
const SHARE_RUN_MAX: f64 = 0.15;
/// Of the commits that the disk alone would allow, a single client reaches more than this share on a quiet machine.
const COMMITS_SHARE_MIN: f64 = 0.35;
/// What a commit costs beside the disk: the round trip and the statement.
const COMMIT_OVERHEAD_MICROSECONDS: f64 = 100.0;
/// How long we look.
const LOOK: Duration = Duration::from_secs(2);
/// How often the disk is asked to write through.
const DISK_PROBES: usize = 100;
/// What is written each time: a page of the write-ahead log.
const DISK_PAGE_BYTES: usize = 8_192;

/// What was seen before the run, and where the counters stood.
pub(crate) struct Look {
    share_asleep: f64,
    commits_per_second: f64,
    disk_microseconds: f64,
    started: Instant,
    busy: u64,
    ours: u64,
}

impl Look {
    /// Looks, for some seconds.
    pub(crate) async fn before(server: &Server, folder: &Path) -> anyhow::Result<Self> {
        let busy = cpu::all_busy()?;
        tokio::time::sleep(LOOK).await;
        let share_asleep = share(cpu::all_busy()?.saturating_sub(busy), LOOK);
        let disk_microseconds = disk_microseconds(folder)?;
        let watched = Watched::own();
        let commits = insert::measure(server, &watched, 1, LOOK).await?;
        Ok(Self {
            share_asleep,
            commits_per_second: commits.per_second,
            disk_microseconds,
            started: Instant::now(),
            busy: cpu::all_busy()?,
            ours: cpu::own_and_ended_children()?,
        })
    }

    /// The verdict, once all that we started has ended.
    pub(crate) fn after(&self) -> anyhow::Result<(bool, Section)> {
        let busy = cpu::all_busy()?.saturating_sub(self.busy);
        let ours = cpu::own_and_ended_children()?.saturating_sub(self.ours);
        let share_run = share(busy.saturating_sub(ours), self.started.elapsed());
        let possible = 1_000_000.0 / (self.disk_microseconds + COMMIT_OVERHEAD_MICROSECONDS);
        let least = possible * COMMITS_SHARE_MIN;
        let checks = [
            (
                "others while we slept",
                self.share_asleep <= SHARE_ASLEEP_MAX,
                percent(self.share_asleep, SHARE_ASLEEP_MAX),
            ),
            (
                "commits of a single client",
                self.commits_per_second >= least,
                format!("{:.0}/s, at least {least:.0} on a quiet machine", self.commits_per_second),
            ),
            (
                "others, and the kernel, during the run",
                share_run <= SHARE_RUN_MAX,
                percent(share_run, SHARE_RUN_MAX),
            ),
        ];
        let is_quiet = checks.iter().all(|(_, is_good, _)| *is_good);
        let mut rows: Vec<Vec<String>> = checks
            .into_iter()
            .map(|(name, is_good, value)| {
                vec![name.to_owned(), value, if is_good { "quiet" } else { "NOT QUIET" }.to_owned()]
            })
            .collect();
        let disk = format!("{:.0} µs", self.disk_microseconds);
        rows.push(vec!["write 8 KiB and fdatasync, median".to_owned(), disk, String::new()]);
        let verdict = if is_quiet { "quiet" } else { "NOT QUIET: the figures are not for quoting" };
        rows.push(vec!["verdict".to_owned(), String::new(), verdict.to_owned()]);
        let figures = serde_json::json!({
            "quiet": is_quiet, "others_share_asleep": self.share_asleep, "others_share_run": share_run,
            "single_client_commits_per_second": self.commits_per_second,
            "fdatasync_median_microseconds": self.disk_microseconds, "run_seconds": self.started.elapsed().as_secs(),
        });
        Ok((
            is_quiet,
            Section {
                title: "Was the machine quiet?".to_owned(),
                columns: ["what", "is", "so"].map(str::to_owned).to_vec(),
                rows,
                notes: vec![format!("The run took {} s.", self.started.elapsed().as_secs())],
                figures,
            },
        ))
    }
}

/// CPU microseconds as a share of what all processors had in a time.
fn share(microseconds: u64, time: Duration) -> f64 {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let cores = u32::try_from(cores).map_or(1.0, f64::from);
    Duration::from_micros(microseconds).as_secs_f64() / (time.as_secs_f64() * cores)
}

fn percent(share: f64, most: f64) -> String {
    format!("{:.1} % of the processors, at most {:.0} %", share * 100.0, most * 100.0)
}

/// Median microseconds to write one page and have it on disk: the least that a commit alone can take.
fn disk_microseconds(folder: &Path) -> anyhow::Result<f64> {
    let path = folder.join("disk-probe");
    let mut file = File::create(&path)?;
    let mut taken = Vec::with_capacity(DISK_PROBES);
    for _ in 0..DISK_PROBES {
        let started = Instant::now();
        file.write_all(&[0; DISK_PAGE_BYTES])?;
        file.sync_data()?;
        taken.push(started.elapsed().as_secs_f64() * 1_000_000.0);
    }
    fs::remove_file(path)?;
    crate::statistics::median(&taken).context("the disk was not probed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_core_that_works_all_the_time_is_a_share_of_one_through_the_cores() {
        let cores = std::thread::available_parallelism().unwrap().get();
        let expected = 1.0 / f64::from(u32::try_from(cores).unwrap());
        assert!((share(2_000_000, Duration::from_secs(2)) - expected).abs() < 1e-9);
    }
}
