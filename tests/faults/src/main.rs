//! Attacks casebus with random faults and checks that nothing is lost, doubled or out of order.
#![expect(clippy::print_stdout, reason = "a program whose purpose is what it prints")]

use anyhow::{Context, bail};
use clap::Parser;
use faults::fault::Kind;
use faults::plan::{Wanted, counts, plan};
use faults::random::Random;
use faults::{Class, run};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;
use tokio::signal::unix::{SignalKind, signal};

/// Attacks casebus with random faults under load, over servers of its own
#[derive(Parser, Debug)]
#[command(name = "faults")]
struct Options {
    /// How many schedules
    #[arg(long, default_value_t = 500)]
    schedules: usize,
    /// The seed of everything, to repeat a run; a fresh one without it
    #[arg(long, value_parser = seed)]
    seed: Option<u64>,
    /// Only this kind of fault, one in each schedule
    #[arg(long, value_name = "KIND", value_parser = kind)]
    only: Option<Kind>,
    /// Only deployments of these classes
    #[arg(long, value_name = "CLASS", value_parser = class)]
    class: Vec<Class>,
    /// Only this deployment of the plan, by its number
    #[arg(long, value_name = "NUMBER")]
    deployment: Option<usize>,
    /// Print the plan and run nothing
    #[arg(long)]
    dry_run: bool,
    /// Where logs of what went wrong are kept
    #[arg(long, value_name = "FOLDER")]
    logs: Option<PathBuf>,
}

fn seed(text: &str) -> Result<u64, String> {
    let read = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    read.map_err(|error| error.to_string())
}

fn kind(text: &str) -> Result<Kind, String> {
    let all = || Kind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ");
    Kind::from_name(text).ok_or_else(|| format!("the kinds are {}", all()))
}

fn class(text: &str) -> Result<Class, String> {
    let found = Class::ALL.into_iter().find(|class| class.name() == text);
    found.ok_or_else(|| format!("the classes are {}", Class::ALL.map(Class::name).join(", ")))
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let options = Options::parse();
    let mut terminate = signal(SignalKind::terminate())?;
    // Leaving here drops what was started, which ends it.
    tokio::select! {
        done = attack(&options) => done,
        interrupted = tokio::signal::ctrl_c() => interrupted.map_err(Into::into).and_then(|()| bail!("interrupted")),
        _ = terminate.recv() => bail!("told to stop"),
    }
}

async fn attack(options: &Options) -> anyhow::Result<ExitCode> {
    let seed = options.seed.unwrap_or_else(Random::fresh_seed);
    println!("seed {seed:#x}");
    let wanted =
        Wanted { seed, schedules: options.schedules, only: options.only, classes: options.class.clone() };
    let mut deployments = plan(&wanted);
    if let Some(number) = options.deployment {
        let one = deployments.into_iter().nth(number.saturating_sub(1));
        deployments = vec![one.context("the plan has no such deployment")?];
    }
    let planned = counts(&deployments);
    for kind in Kind::ALL {
        println!(
            "planned {:4} {:22} {}",
            planned.get(kind).copied().unwrap_or_default(),
            kind.name(),
            kind.says()
        );
    }
    if options.dry_run {
        return Ok(ExitCode::SUCCESS);
    }
    let logs = options.logs.clone();
    let logs =
        logs.unwrap_or_else(|| std::env::temp_dir().join(format!("casebus-faults-{}", std::process::id())));
    let begun = Instant::now();
    let report =
        run::run(&deployments, &logs, &|text| println!("[{:6.1}] {text}", begun.elapsed().as_secs_f64()))
            .await?;
    println!("{}", report.table());
    println!("{} in {:.0} s; seed {seed:#x}", report.summary(), begun.elapsed().as_secs_f64());
    for what in report.all_wrong() {
        println!("WRONG {what}");
    }
    Ok(if report.is_well() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
