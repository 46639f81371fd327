//! Private nats-servers.

use crate::casebus::answer;
use crate::options::Options;
use servers::{NatsOptions, NatsServer};
use std::path::{Path, PathBuf};

/// The program that is started.
fn program(options: &Options) -> PathBuf {
    options.nats_server.clone().unwrap_or_else(|| PathBuf::from("nats-server"))
}

/// What it says of its version.
pub(crate) async fn version(options: &Options) -> anyhow::Result<String> {
    answer(&program(options), "--version").await
}

/// One server in a folder.
pub(crate) async fn start(options: &Options, folder: &Path) -> anyhow::Result<NatsServer> {
    let mut settings = NatsOptions::new(folder);
    settings.binary.clone_from(&options.nats_server);
    Ok(NatsServer::start(settings).await?)
}
