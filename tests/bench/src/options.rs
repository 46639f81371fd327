//! The command line.

use clap::{Parser, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

/// Measures casebus on this machine, over servers of its own
#[derive(Parser, Debug)]
#[command(name = "bench")]
pub(crate) struct Options {
    /// Shorter measurements and smaller amounts: all of it in less than ten minutes
    #[arg(long)]
    pub(crate) quick: bool,
    /// Rounds of every measurement; medians are told
    #[arg(long, value_name = "NUMBER", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=20))]
    pub(crate) rounds: u32,
    /// Only these cases, separated by commas
    #[arg(long, value_name = "CASES", value_delimiter = ',')]
    pub(crate) only: Vec<Case>,
    /// Folder of `report.json`, or of `partial.json` with --only
    #[arg(long, value_name = "FOLDER", default_value = "target/bench")]
    pub(crate) out: PathBuf,
    /// Write the tables here as Markdown
    #[arg(long, value_name = "FILE")]
    pub(crate) markdown: Option<PathBuf>,
    /// The casebus program; without it, the one beside this program
    #[arg(long, value_name = "FILE")]
    pub(crate) casebus: Option<PathBuf>,
    /// The program that drives public event stores; without it they are not measured
    #[arg(long, value_name = "FILE")]
    pub(crate) peers: Option<PathBuf>,
    /// The nats-server program; without it, that of the PATH
    #[arg(long, value_name = "FILE", env = "CASEBUS_NATS_SERVER")]
    pub(crate) nats_server: Option<PathBuf>,
}

/// What is measured together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Case {
    /// Appends against hand-written INSERTs
    Append,
    /// Appends against public event stores
    Peers,
    /// Loading a stream of ten events
    Load,
    /// Reading the log in order against COPY
    Read,
    /// The relay against a raw publish
    Relay,
    /// Folding into the read model against a bulk upsert
    Project,
    /// Building the read model again against COPY
    Rebuild,
    /// Commands over HTTP against appends
    Http,
    /// From a command to its place in the read model, at a fixed rate
    Visible,
    /// Everything at once, as fast as it goes
    Pipeline,
    /// The queries of the watch among many transfers
    Watch,
    /// Building a large read model while commands go on
    Beside,
    /// Memory and CPU time of each role as a process of its own
    Roles,
    /// Start and idle memory of `casebus up --demo`
    Start,
}

impl Options {
    /// Whether a case is wanted.
    pub(crate) fn runs(&self, case: Case) -> bool {
        self.only.is_empty() || self.only.contains(&case)
    }

    /// Whether a case is wanted that runs beside nats-server.
    pub(crate) fn needs_nats(&self) -> bool {
        let beside =
            [Case::Relay, Case::Http, Case::Visible, Case::Pipeline, Case::Beside, Case::Roles, Case::Start];
        beside.into_iter().any(|case| self.runs(case))
    }

    /// One in a quick run, another in a full one.
    pub(crate) fn either<T>(&self, quick: T, full: T) -> T {
        if self.quick { quick } else { full }
    }

    /// How long a rate is counted in one round.
    pub(crate) fn counted(&self) -> Duration {
        self.either(Duration::from_millis(1_500), Duration::from_secs(4))
    }

    /// How long requests arrive by schedule in one round.
    pub(crate) fn open_loop(&self) -> Duration {
        Duration::from_secs(self.either(5, 20))
    }
}
