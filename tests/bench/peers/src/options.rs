//! What the caller asks for.

use crate::peers::PeerName;
use anyhow::Context;
use clap::Parser;
use std::path::PathBuf;
use std::time::Duration;

/// Measures a public event store on Postgres and prints one line of JSON.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// Prints the peers, their versions and the numbers of writers worth trying, one line of JSON each.
    #[arg(long)]
    pub(crate) list: bool,
    /// A database of the Postgres to measure on, whose user may create databases.
    #[arg(long, required_unless_present = "list")]
    database_url: Option<String>,
    /// Whom to measure.
    #[arg(long, value_enum, required_unless_present = "list")]
    peer: Option<PeerName>,
    /// How many append at the same time.
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=4096))]
    writers: u32,
    /// How long what is appended counts, after half a second to warm up.
    #[arg(long, default_value_t = 2.0, value_parser = seconds)]
    seconds: f64,
    /// The unpacked package of message-db; usually beside the build, where build.sh puts it.
    #[arg(long)]
    message_db: Option<PathBuf>,
}

/// One measurement to make.
#[derive(Debug)]
pub(crate) struct Measuring {
    /// Where Postgres is.
    pub(crate) database_url: String,
    /// Whom to measure.
    pub(crate) peer: PeerName,
    /// How many append at the same time.
    pub(crate) writers: u32,
    /// How long it counts.
    pub(crate) counted: Duration,
    /// The unpacked package of message-db.
    pub(crate) message_db: PathBuf,
}

impl Options {
    /// The measurement, unless only the list is wanted.
    pub(crate) fn measuring(&self) -> anyhow::Result<Measuring> {
        Ok(Measuring {
            database_url: self.database_url.clone().context("--database-url is missing")?,
            peer: self.peer.context("--peer is missing")?,
            writers: self.writers,
            counted: Duration::from_secs_f64(self.seconds),
            message_db: self.message_db()?,
        })
    }

    /// The unpacked package of message-db: as given, or `message-db` in the target folder of this program.
    pub(crate) fn message_db(&self) -> anyhow::Result<PathBuf> {
        if let Some(folder) = &self.message_db {
            return Ok(folder.clone());
        }
        let program = std::env::current_exe().context("where this program is")?;
        let target = program.ancestors().nth(2).context("this program stands in no target folder")?;
        Ok(target.join("message-db"))
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.1..=600.0).contains(&seconds) { Ok(seconds) } else { Err("not from 0.1 to 600".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measurement_needs_a_peer_and_a_database_and_a_list_needs_neither() {
        assert!(Options::try_parse_from(["peers", "--list"]).unwrap().list);
        assert!(Options::try_parse_from(["peers", "--peer", "esrs"]).is_err());
        let given = ["peers", "--database-url", "postgres:///", "--peer", "postgres-es", "--writers", "8"];
        let measuring = Options::try_parse_from(given).unwrap().measuring().unwrap();
        assert_eq!((measuring.peer, measuring.writers), (PeerName::PostgresEs, 8));
    }
}
