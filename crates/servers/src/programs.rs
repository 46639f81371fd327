//! Finding the programs of the servers, and their versions.

use std::env;
use std::fmt;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A version of a program: major, minor, patch. What a program does not say counts as zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    pub(crate) major: u32,
    pub(crate) minor: u32,
    pub(crate) patch: u32,
}

impl Version {
    pub(crate) const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self { major, minor, patch }
    }

    /// Reads the first dotted number of a text such as `postgres (PostgreSQL) 15.18 (Debian …)`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let start = text.find(|letter: char| letter.is_ascii_digit())?;
        let end = text[start..]
            .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
            .map_or(text.len(), |length| start + length);
        let mut numbers = text[start..end].split('.').map(|part| part.parse::<u32>().unwrap_or(0));
        Some(Self {
            major: numbers.next()?,
            minor: numbers.next().unwrap_or(0),
            patch: numbers.next().unwrap_or(0),
        })
    }

    /// Asks a program with `--version`.
    pub(crate) fn of(program: &Path) -> Option<Self> {
        Self::parse(&answer(program, "--version")?)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// What a program prints when called with one argument; nothing if it fails.
pub(crate) fn answer(program: &Path, argument: &str) -> Option<String> {
    let said =
        Command::new(program).arg(argument).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    said.status.success().then(|| String::from_utf8_lossy(&said.stdout).into_owned())
}

/// Is this a file that may be executed?
pub(crate) fn is_program(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// The first program of this name on the PATH.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|candidate| is_program(candidate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_programs_print() {
        let cases = [
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", Version::new(15, 18, 0)),
            ("postgres (PostgreSQL) 18beta1", Version::new(18, 0, 0)),
            ("nats-server: v2.9.10", Version::new(2, 9, 10)),
            ("nats-server: v2.12.0-RC.1", Version::new(2, 12, 0)),
        ];
        for (text, version) in cases {
            assert_eq!(Version::parse(text), Some(version), "{text}");
        }
        assert_eq!(Version::parse("no number"), None);
    }

    #[test]
    fn versions_compare_by_number_and_not_by_text() {
        assert!(Version::new(2, 9, 10) < Version::new(2, 10, 0));
    }
}
