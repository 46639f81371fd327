//! The command line.

use clap::{Parser, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

/// Measures casebus on this machine, over servers of its own
#[derive(Parser, Debug)]
#[command(name = "bench")]
pub(crate) struct Options {
    /// Shorter measurements, for a first look
    #[arg(long)]
    pub(crate) quick: bool,
    /// Rounds of every measurement; medians are told
    #[arg(long, value_name = "NUMBER", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=20))]
    pub(crate) rounds: u32,
    /// Only one part
    #[arg(long, value_name = "PART")]
    only: Option<Part>,
    /// Write all figures here as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Write the tables here as Markdown
    #[arg(long, value_name = "FILE")]
    pub(crate) markdown: Option<PathBuf>,
    /// The casebus program; without it, the one beside this program
    #[arg(long, value_name = "FILE")]
    pub(crate) casebus: Option<PathBuf>,
}

/// A part of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// The event log against one INSERT per transaction
    Appends,
    /// `casebus up --demo` under load
    Http,
}

impl Options {
    /// Whether a part is wanted.
    pub(crate) fn runs(&self, part: Part) -> bool {
        self.only.is_none_or(|only| only == part)
    }

    /// How long the appends of one measurement are counted.
    pub(crate) fn appends_duration(&self) -> Duration {
        if self.quick { Duration::from_millis(1_500) } else { Duration::from_secs(4) }
    }

    /// How long requests arrive in one round.
    pub(crate) fn http_duration(&self) -> Duration {
        Duration::from_secs(if self.quick { 5 } else { 20 })
    }

    /// How long nothing is asked of casebus before its memory counts as idle.
    pub(crate) fn idle_duration(&self) -> Duration {
        Duration::from_secs(if self.quick { 3 } else { 10 })
    }
}
