//! Folders of the private servers: making them, locking them, and the log files in them.

use std::fmt::Write as _;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::ServersError;
use crate::account;

/// A log larger than this is set aside at the next start.
const LOG_LIMIT_BYTES: u64 = 16 * 1024 * 1024;
/// How much of a log's end an error shows.
const TAIL_BYTES: u64 = 4096;
const TAIL_LINES: usize = 6;

/// Makes a data folder and what is missing above it: private to the owner, but, for root, open to be walked
/// through, because Postgres then runs as another user inside it. Secrets in it need mode 0600 of their own.
///
/// # Errors
/// [`ServersError::Folder`] when it cannot be made.
pub fn create_data_folder(path: &Path) -> Result<(), ServersError> {
    let mode = if account::is_root() { 0o711 } else { 0o700 };
    DirBuilder::new().recursive(true).mode(mode).create(path).map_err(ServersError::folder(path))
}

/// Makes the folder of one server, proves that it is writable, and returns its real path.
pub(crate) fn prepare(path: &Path) -> Result<PathBuf, ServersError> {
    create_data_folder(path)?;
    let real = fs::canonicalize(path).map_err(ServersError::folder(path))?;
    private(&real.join("log"))?;
    Ok(real)
}

/// Makes a folder that only its owner may enter; an existing one stays as it is.
pub(crate) fn private(path: &Path) -> Result<(), ServersError> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(ServersError::folder(path))
}

/// Empties a folder of ours, or makes it.
pub(crate) fn fresh(path: &Path) -> Result<(), ServersError> {
    match fs::remove_dir_all(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(ServersError::folder(path)(error)),
    }
    private(path)
}

/// The right to run a server in a folder. The kernel gives it back when the owner dies, however it dies.
#[derive(Debug)]
pub(crate) struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Takes the folder, or says that somebody has it.
    pub(crate) fn take(folder: &Path) -> Result<Self, ServersError> {
        let path = folder.join("lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(ServersError::folder(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(ServersError::InUse { folder: folder.to_owned() }),
            Err(TryLockError::Error(source)) => Err(ServersError::Folder { path, source }),
        }
    }
}

/// Opens a log for appending; one that has grown too large is first set aside under `.1`.
pub(crate) fn open_log(path: &Path) -> Result<File, ServersError> {
    if fs::metadata(path).is_ok_and(|found| found.len() > LOG_LIMIT_BYTES) {
        let mut aside = path.as_os_str().to_owned();
        aside.push(".1");
        fs::rename(path, aside).map_err(ServersError::folder(path))?;
    }
    OpenOptions::new().create(true).append(true).mode(0o600).open(path).map_err(ServersError::folder(path))
}

/// How long a log is now: a later [`tail`] from here shows only what was added.
pub(crate) fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |found| found.len())
}

/// The last lines of a log after `from`, on one line.
pub(crate) fn tail(path: &Path, from: u64) -> String {
    let text = read_end(path, from).unwrap_or_default();
    let joined = last_lines(&text);
    if joined.is_empty() { "it logged nothing".to_owned() } else { joined }
}

/// The last lines of a text, on one line.
pub(crate) fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines[lines.len().saturating_sub(TAIL_LINES)..].join(" | ")
}

fn read_end(path: &Path, from: u64) -> io::Result<String> {
    let mut file = File::open(path)?;
    let start = file.metadata()?.len().saturating_sub(TAIL_BYTES).max(from);
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Random bytes in hexadecimal, for names and passwords.
pub(crate) fn random_hex<const BYTES: usize>() -> Result<String, ServersError> {
    let mut bytes = [0_u8; BYTES];
    getrandom::fill(&mut bytes).map_err(|_| ServersError::Random)?;
    let mut text = String::with_capacity(BYTES * 2);
    for byte in bytes {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_shows_the_last_lines_on_one_line() {
        assert_eq!(last_lines("1\n2\n\n3\n4\n5\n6\n7\n"), "2 | 3 | 4 | 5 | 6 | 7");
    }

    #[test]
    fn random_hex_has_two_characters_a_byte_and_differs() {
        let first = random_hex::<8>().unwrap();
        assert_eq!(first.len(), 16);
        assert_ne!(first, random_hex::<8>().unwrap());
    }
}
