//! The programs of the private servers on this machine, for `casebus doctor`.

use crate::config;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// What nats-server says of its version, where there is one.
pub(super) fn nats_server() -> Option<String> {
    let named = config::named_in_environment("CASEBUS_NATS_SERVER").map(PathBuf::from);
    version(&named.unwrap_or_else(|| PathBuf::from("nats-server")))
}

/// What Postgres says of its version, where there is one.
pub(super) fn postgres() -> Option<String> {
    let named = config::named_in_environment("CASEBUS_POSTGRES_BIN").map(PathBuf::from);
    named
        .into_iter()
        .chain(debian_folders())
        .map(|folder| folder.join("postgres"))
        .find_map(|path| version(&path))
        .or_else(|| version(&PathBuf::from("postgres")))
}

/// The first dotted number in what a program says.
pub(super) fn number(said: &str) -> Vec<u32> {
    let digits =
        |word: &&str| word.trim_start_matches('v').starts_with(|letter: char| letter.is_ascii_digit());
    let word = said.split_whitespace().find(digits).unwrap_or_default().trim_start_matches('v');
    word.split(['.', '-']).map_while(|part| part.parse().ok()).collect()
}

fn debian_folders() -> Vec<PathBuf> {
    let entries = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
    let mut folders: Vec<_> = entries.map(|entry| entry.path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    folders
}

fn version(program: &PathBuf) -> Option<String> {
    let said =
        Command::new(program).arg("--version").stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    said.status.success().then(|| String::from_utf8_lossy(&said.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_number_is_found_in_what_programs_say() {
        assert_eq!(super::number("nats-server: v2.15.1"), [2, 15, 1]);
        assert_eq!(super::number("postgres (PostgreSQL) 15.14 (Debian 15.14-0)"), [15, 14]);
        assert!(super::number("none").is_empty());
    }
}
