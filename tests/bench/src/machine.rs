//! What the figures were measured on, and whether it was quiet.

use crate::report::Section;
use anyhow::Context;
use serde::Serialize;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

/// Above this load average for each core, the machine was not quiet.
const QUIET_LOAD_PER_CORE: f64 = 0.5;
/// How often the disk is asked to write through.
const DISK_PROBES: usize = 100;
/// What is written each time: a page of the write-ahead log.
const DISK_PAGE_BYTES: usize = 8_192;

/// The machine as it stood before the run.
#[derive(Debug, Serialize)]
pub(crate) struct Machine {
    processor: String,
    cores: usize,
    memory_mib: u64,
    kernel: String,
    load_average_1_minute: f64,
}

impl Machine {
    /// Looks at it.
    pub(crate) fn look() -> anyhow::Result<Self> {
        let processors = read("/proc/cpuinfo")?;
        let load = read("/proc/loadavg")?;
        Ok(Self {
            processor: after_colon(&processors, "model name").unwrap_or("unknown").to_owned(),
            cores: std::thread::available_parallelism()?.get(),
            memory_mib: kibibytes(&read("/proc/meminfo")?, "MemTotal").unwrap_or_default() / 1024,
            kernel: read("/proc/sys/kernel/osrelease")?.trim().to_owned(),
            load_average_1_minute: load
                .split(' ')
                .next()
                .unwrap_or_default()
                .parse()
                .context("no load average")?,
        })
    }

    fn quiet_line(&self) -> String {
        let cores = u32::try_from(self.cores).map_or(1.0, f64::from);
        let per_core = self.load_average_1_minute / cores;
        let verdict =
            if per_core > QUIET_LOAD_PER_CORE { "NOT QUIET: the figures are lower bounds" } else { "quiet" };
        format!("{:.2} ({per_core:.2} for each core): {verdict}", self.load_average_1_minute)
    }
}

/// The machine as a table, with what its disk does.
pub(crate) fn section(machine: &Machine, folder: &Path) -> anyhow::Result<Section> {
    let disk = disk_microseconds(folder)?;
    let row = |name: &str, value: String| vec![name.to_owned(), value];
    Ok(Section {
        title: "Machine".to_owned(),
        columns: vec!["what".to_owned(), "is".to_owned()],
        rows: vec![
            row("processor", format!("{} × {}", machine.cores, machine.processor)),
            row("memory", format!("{} MiB", machine.memory_mib)),
            row("kernel", machine.kernel.clone()),
            row(
                "build",
                if cfg!(debug_assertions) { "DEBUG: not for quoting" } else { "release" }.to_owned(),
            ),
            row("load average before the run", machine.quiet_line()),
            row("write 8 KiB and fdatasync, median", format!("{disk} µs")),
        ],
        notes: Vec::new(),
        figures: serde_json::json!({ "machine": machine, "fdatasync_median_microseconds": disk }),
    })
}

/// Median microseconds to write one page and have it on disk: the least that a commit alone can take.
fn disk_microseconds(folder: &Path) -> anyhow::Result<u128> {
    let path = folder.join("disk-probe");
    let mut file = File::create(&path)?;
    let mut taken = Vec::with_capacity(DISK_PROBES);
    for _ in 0..DISK_PROBES {
        let started = Instant::now();
        file.write_all(&[0; DISK_PAGE_BYTES])?;
        file.sync_data()?;
        taken.push(started.elapsed().as_micros());
    }
    fs::remove_file(path)?;
    taken.sort_unstable();
    taken.get(DISK_PROBES / 2).copied().context("the disk was not probed")
}

/// A number of kibibytes in a file of `/proc`, such as `VmRSS:  1234 kB`.
pub(crate) fn kibibytes(text: &str, name: &str) -> Option<u64> {
    after_colon(text, name)?.split(' ').next()?.parse().ok()
}

fn after_colon<'text>(text: &'text str, name: &str) -> Option<&'text str> {
    let line = text.lines().find(|line| line.split(':').next().is_some_and(|start| start.trim() == name))?;
    line.split_once(':').map(|(_, value)| value.trim())
}

fn read(path: &str) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_from_the_words_of_the_kernel() {
        let text = "Name:\tcasebus\nVmHWM:\t   99 kB\nVmRSS:\t   54321 kB\n";
        assert_eq!(kibibytes(text, "VmRSS"), Some(54_321));
        assert_eq!(kibibytes(text, "VmSwap"), None);
    }
}
