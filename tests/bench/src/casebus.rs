//! casebus as a program: started, watched until it is ready, measured, stopped by process id.

mod house;
mod process;

pub(crate) use house::House;
pub(crate) use process::{Launch, Process, free_address, memory_mib};

use crate::options::Options;
use anyhow::ensure;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::process::Command;

/// The program that is measured.
pub(crate) fn program(options: &Options) -> anyhow::Result<PathBuf> {
    let program = match &options.casebus {
        Some(program) => program.clone(),
        None => std::env::current_exe()?.with_file_name("casebus"),
    };
    ensure!(program.is_file(), "{} is missing: build it first, see tests/bench/run.sh", program.display());
    Ok(program)
}

/// What it says of its version.
pub(crate) async fn version(options: &Options) -> anyhow::Result<String> {
    answer(&program(options)?, "--version").await
}

/// What a program prints when it is called with one argument.
pub(crate) async fn answer(program: &Path, argument: &str) -> anyhow::Result<String> {
    let said = Command::new(program).arg(argument).stdin(Stdio::null()).output().await?;
    ensure!(said.status.success(), "{} {argument} ended with {}", program.display(), said.status);
    Ok(String::from_utf8_lossy(&said.stdout).trim().to_owned())
}
