//! Private nats-servers.

use crate::casebus::answer;
use crate::options::Options;
use std::path::PathBuf;

/// The program that is started.
pub(crate) fn program(options: &Options) -> PathBuf {
    options.nats_server.clone().unwrap_or_else(|| PathBuf::from("nats-server"))
}

/// What it says of its version.
pub(crate) async fn version(options: &Options) -> anyhow::Result<String> {
    answer(&program(options), "--version").await
}
