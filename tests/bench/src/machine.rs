//! What the figures were measured on: processor, memory, kernel, versions, settings.

use crate::database::Server;
use crate::options::Options;
use crate::report::Section;
use crate::{casebus, nats};
use anyhow::Context;
use std::fs;

/// The machine, the programs and the settings as a table.
pub(crate) async fn section(options: &Options, server: &Server) -> anyhow::Result<Section> {
    let processors = read("/proc/cpuinfo")?;
    let processor = after_colon(&processors, "model name").unwrap_or("unknown");
    let cores = std::thread::available_parallelism()?.get();
    let memory = kibibytes(&read("/proc/meminfo")?, "MemTotal").unwrap_or_default() / 1024;
    let build = if cfg!(debug_assertions) { "DEBUG: not for quoting" } else { "release" };
    let mut rows = vec![
        ("processor", format!("{cores} × {processor}")),
        ("memory", format!("{memory} MiB")),
        ("kernel", read("/proc/sys/kernel/osrelease")?.trim().to_owned()),
        ("build", build.to_owned()),
        ("casebus", casebus::version(options).await.unwrap_or_else(|_| "not built".to_owned())),
        ("nats-server", nats::version(options).await.unwrap_or_else(|_| "not found".to_owned())),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect::<Vec<_>>();
    rows.extend(
        server.settings().await?.into_iter().map(|(name, value)| (format!("Postgres: {name}"), value)),
    );
    Ok(Section {
        title: "Machine".to_owned(),
        columns: vec!["what".to_owned(), "is".to_owned()],
        figures: serde_json::json!(rows),
        rows: rows.into_iter().map(|(name, value)| vec![name, value]).collect(),
        notes: Vec::new(),
    })
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
