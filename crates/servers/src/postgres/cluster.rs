//! The files of a cluster, made once.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use super::discovery::PostgresPrograms;
use super::{DATABASE, USER};
use crate::ServersError;
use crate::account::Account;
use crate::{child, folder};

/// Makes the cluster and its database if it is not there. It is made beside its place and moved there when it is
/// whole, so that a start that was cut short is begun anew by the next one.
pub(super) fn ensure(
    cluster: &Path,
    programs: &PostgresPrograms,
    account: Option<&Account>,
    durable: bool,
) -> Result<(), ServersError> {
    if cluster.exists() {
        return Ok(());
    }
    let unfinished = cluster.with_extension("unfinished");
    folder::fresh(&unfinished)?;
    if let Some(account) = account {
        account.own(&unfinished)?;
    }
    initialise(&unfinished, programs, account, durable)?;
    create_database(&unfinished, programs, account, durable)?;
    fs::rename(&unfinished, cluster).map_err(ServersError::folder(cluster))
}

fn initialise(
    cluster: &Path,
    programs: &PostgresPrograms,
    account: Option<&Account>,
    durable: bool,
) -> Result<(), ServersError> {
    let username = format!("--username={USER}");
    let mut arguments: Vec<OsString> =
        ["-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", &username, "-D"].map(OsString::from).to_vec();
    arguments.push(cluster.as_os_str().to_owned());
    if !durable {
        arguments.push("--no-sync".into());
    }
    child::run(&programs.initdb(), &arguments, account, cluster, "").map(drop)
}

/// Single-user mode needs no client program and no running server. It goes on after an error, so its words are read.
fn create_database(
    cluster: &Path,
    programs: &PostgresPrograms,
    account: Option<&Account>,
    durable: bool,
) -> Result<(), ServersError> {
    let mut arguments: Vec<OsString> = vec!["--single".into(), "-D".into(), cluster.as_os_str().to_owned()];
    if !durable {
        arguments.extend(["-c".into(), "fsync=off".into()]);
    }
    arguments.push("postgres".into());
    let program = programs.postgres();
    let statement = format!("CREATE DATABASE {DATABASE}\n");
    let said = child::run(&program, &arguments, account, cluster, &statement)?;
    if ["ERROR:", "FATAL:", "PANIC:"].iter().any(|word| said.contains(word)) {
        return Err(ServersError::ProgramFailed { program, tail: folder::last_lines(&said) });
    }
    Ok(())
}
