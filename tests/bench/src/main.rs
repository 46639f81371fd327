//! The benchmarks of casebus, in one run on one machine, over servers of their own.
//!
//! * [`cases`]: what is measured, one module each; [`floors`]: what it is measured against.
//! * [`row`]: the rows that decide, with what is asked of each; [`report`]: how they are told.
//! * [`timing`], [`open_loop`], [`latency`], [`cpu`], [`series`]: how rates and times are taken, and the CPU time beside
//!   them.
//! * [`http`], [`casebus`], [`nats`], [`database`]: what is asked, and what it runs over.
//! * [`quiet`]: whether the machine did anything else meanwhile.
//!
//! Rounds are interleaved and medians are told, because absolute figures of a shared machine say little. Everything
//! is bounded in count and time, stays on the loopback, and is stopped by process id at the end.
#![expect(clippy::print_stdout, reason = "a program whose purpose is what it prints")]

mod casebus;
mod cases;
mod cpu;
mod database;
mod events;
mod floors;
mod http;
mod latency;
mod machine;
mod nats;
mod open_loop;
mod options;
mod quiet;
mod report;
mod row;
mod run;
mod scratch;
mod series;
mod stage;
mod statistics;
mod timing;

use anyhow::bail;
use clap::Parser;
use options::Options;
use tokio::signal::unix::{SignalKind, signal};

/// That of casebus: what is measured within this process and its floors allocate as the program does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let mut terminate = signal(SignalKind::terminate())?;
    // Leaving here drops what was started, which ends it.
    tokio::select! {
        done = run::run(&options) => done,
        interrupted = tokio::signal::ctrl_c() => interrupted.map_err(Into::into).and_then(|()| bail!("interrupted")),
        _ = terminate.recv() => bail!("told to stop"),
    }
}
