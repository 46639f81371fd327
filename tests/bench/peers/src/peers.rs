//! The peers, one file each.

mod disintegrate_postgres;
mod esrs;
mod message_db;
mod postgres_es;

use crate::measurement::{self, Measurement};
use crate::options::Measuring;
use anyhow::Context;
use clap::ValueEnum;
use serde::Serialize;
use std::path::Path;

/// Says which version of a peer was built.
const LOCK: &str = include_str!("../Cargo.lock");

/// Whom to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PeerName {
    /// cqrs-es on Postgres: events go straight to its repository.
    PostgresEs,
    /// cqrs-es on Postgres: each event is the outcome of a command, for which its aggregate is loaded.
    PostgresEsCommand,
    /// esrs: events go straight to its store.
    Esrs,
    /// disintegrate on Postgres.
    DisintegratePostgres,
    /// message-db, all streams in one category.
    MessageDb,
    /// message-db, a category for each writer.
    MessageDbCategories,
}

/// What is printed of a peer in the list.
#[derive(Debug, Serialize)]
pub(crate) struct Listed {
    peer: String,
    version: String,
    writers: &'static [u32],
}

impl PeerName {
    /// All of them.
    pub(crate) fn all() -> &'static [Self] {
        Self::value_variants()
    }

    /// As it is written on the command line and in what is printed.
    pub(crate) fn shown(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// What the list says of it.
    pub(crate) fn listed(self, message_db: &Path) -> anyhow::Result<Listed> {
        Ok(Listed { peer: self.shown(), version: self.version(message_db)?, writers: self.writers() })
    }

    /// The version that is measured.
    pub(crate) fn version(self, message_db: &Path) -> anyhow::Result<String> {
        match self {
            Self::PostgresEs | Self::PostgresEsCommand => locked_version("postgres-es"),
            Self::Esrs => locked_version("esrs"),
            Self::DisintegratePostgres => locked_version("disintegrate-postgres"),
            Self::MessageDb | Self::MessageDbCategories => message_db::version(message_db),
        }
    }

    /// Numbers of writers among which it was best when all were tried, and those where we are compared.
    fn writers(self) -> &'static [u32] {
        match self {
            Self::PostgresEs | Self::Esrs | Self::MessageDbCategories => &[1, 8, 32, 64, 128],
            Self::PostgresEsCommand | Self::MessageDb => &[1, 8, 32, 128],
            // Beyond these, its transactions make each other fail.
            Self::DisintegratePostgres => &[1, 8],
        }
    }
}

/// Measures a peer.
pub(crate) async fn measure(measuring: &Measuring) -> anyhow::Result<Measurement> {
    match measuring.peer {
        PeerName::PostgresEs => measurement::measure::<postgres_es::Repository>(measuring).await,
        PeerName::PostgresEsCommand => measurement::measure::<postgres_es::Framework>(measuring).await,
        PeerName::Esrs => measurement::measure::<esrs::Store>(measuring).await,
        PeerName::DisintegratePostgres => {
            measurement::measure::<disintegrate_postgres::Store>(measuring).await
        }
        PeerName::MessageDb => measurement::measure::<message_db::Functions<false>>(measuring).await,
        PeerName::MessageDbCategories => measurement::measure::<message_db::Functions<true>>(measuring).await,
    }
}

fn locked_version(package: &str) -> anyhow::Result<String> {
    let start = format!("name = \"{package}\"\nversion = \"");
    let (_, rest) = LOCK.split_once(&start).with_context(|| format!("Cargo.lock does not name {package}"))?;
    Ok(rest.split('"').next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_peer_that_is_a_crate_has_a_name_and_a_version() {
        for (name, version) in [(PeerName::PostgresEs, "0.5.0"), (PeerName::Esrs, "0.18.0")] {
            assert_eq!(name.version(Path::new("")).unwrap(), version);
        }
        assert_eq!(PeerName::MessageDbCategories.shown(), "message-db-categories");
    }
}
