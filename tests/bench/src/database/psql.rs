//! Postgres' own client, for the floors that it sets.

use super::Database;
use anyhow::{Context, ensure};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::process::Command;

/// The owner of the private server's databases.
const USER: &str = "casebus";

/// `psql` on one database.
pub(crate) struct Psql {
    program: PathBuf,
    socket: PathBuf,
    database: String,
}

impl Psql {
    pub(super) fn new(programs: &Path, socket: &Path, database: &Database) -> Self {
        let beside = programs.join("psql");
        let program = if beside.is_file() { beside } else { PathBuf::from("psql") };
        Self { program, socket: socket.to_owned(), database: database.name.clone() }
    }

    /// Runs statements in order on one connection; what they print is thrown away.
    pub(crate) async fn run(&self, statements: &[String]) -> anyhow::Result<()> {
        let mut command = Command::new(&self.program);
        command.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-U", USER, "-d", &self.database, "-h"]);
        command.arg(&self.socket).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        for statement in statements {
            command.args(["-c", statement]);
        }
        let said = command.kill_on_drop(true).output().await.context("cannot run psql")?;
        ensure!(said.status.success(), "psql: {}", String::from_utf8_lossy(&said.stderr));
        Ok(())
    }
}
