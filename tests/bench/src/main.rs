//! The benchmarks of casebus, in one run on one machine, over servers of their own:
//!
//! 1. [`appends`]: appends per second of the event log against one INSERT per transaction on the same Postgres.
//! 2. [`http`]: from the scheduled arrival of a request that creates a transfer to its place in the read view.
//! 3. [`process`]: seconds to ready and memory of `casebus up --demo`.
//!
//! Rounds are interleaved and medians are told, because absolute figures of a shared machine say little. Everything
//! is bounded in count and time, stays on the loopback, and is stopped by process id at the end.
#![expect(clippy::print_stdout, reason = "a program whose purpose is what it prints")]

mod appends;
mod http;
mod machine;
mod options;
mod process;
mod report;
mod scratch;
mod statistics;

use anyhow::bail;
use clap::Parser;
use machine::Machine;
use options::{Options, Part};
use report::{Report, Section};
use scratch::ScratchFolder;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let mut terminate = signal(SignalKind::terminate())?;
    // Leaving here drops what was started, which ends it.
    tokio::select! {
        done = run(&options) => done,
        interrupted = tokio::signal::ctrl_c() => interrupted.map_err(Into::into).and_then(|()| bail!("interrupted")),
        _ = terminate.recv() => bail!("told to stop"),
    }
}

async fn run(options: &Options) -> anyhow::Result<()> {
    let machine = Machine::look()?;
    let scratch = ScratchFolder::make()?;
    let mut report = Report::default();
    tell(&mut report, machine::section(&machine, scratch.path())?);
    if options.runs(Part::Appends) {
        for section in appends::run(options, scratch.path()).await? {
            tell(&mut report, section);
        }
    }
    if options.runs(Part::Http) {
        let mut system = process::System::start(options, scratch.path()).await?;
        let measured = measure_system(options, &mut system, &mut report).await;
        let stopped = system.stop().await;
        measured?;
        stopped?;
    }
    report.write(options)
}

/// Readiness and idle memory first, because the load changes them.
async fn measure_system(
    options: &Options,
    system: &mut process::System,
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut section = system.ready_and_idle(options).await?;
    let load = http::run(options, system.api()?).await;
    section.rows.extend(system.memory_after_load()?);
    tell(report, section);
    tell(report, load?);
    Ok(())
}

fn tell(report: &mut Report, section: Section) {
    println!("{}", section.as_text());
    report.sections.push(section);
}
