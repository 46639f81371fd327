//! What can go wrong between a folder and a running server.

use std::io;
use std::path::{Path, PathBuf};

/// Why a private server could not be started or stopped. Each sentence names the way out.
#[derive(Debug, thiserror::Error)]
pub enum ServersError {
    /// No folder with `postgres` and `initdb` was found.
    #[error(
        "no PostgreSQL server was found: run deploy/install.sh, or install the package postgresql (14 or newer), \
         or name the folder of its programs"
    )]
    PostgresMissing,
    /// Only a Postgres below 14 was found.
    #[error("PostgreSQL {version} in {} is too old: install 14 or newer, for example with deploy/install.sh", folder.display())]
    PostgresTooOld {
        /// The version that was found.
        version: String,
        /// Where.
        folder: PathBuf,
    },
    /// The data were made by another major version than those installed.
    #[error(
        "the data in {} were made by PostgreSQL {made_by}, which is not installed: install that version, \
         or choose another data folder", folder.display()
    )]
    PostgresOfOtherVersion {
        /// The major version that made the data.
        made_by: String,
        /// The cluster's folder.
        folder: PathBuf,
    },
    /// Running as root, and no account to run Postgres under.
    #[error(
        "Postgres refuses to run as root, and this system has neither a user postgres nor a user nobody: \
         run casebus as an ordinary user"
    )]
    NoAccount,
    /// The account that runs Postgres cannot get to the data folder.
    #[error(
        "running as root, Postgres runs as user {account}, who may not enter {}: choose a data folder such as \
         /var/lib/casebus, or allow it with chmod o+x {}", folder.display(), folder.display()
    )]
    NotReachable {
        /// The user that runs Postgres.
        account: String,
        /// The first folder on the way that refuses it.
        folder: PathBuf,
    },
    /// No nats-server was found.
    #[error(
        "no nats-server was found: run deploy/install.sh, or put nats-server 2.10 or newer on the PATH, \
         or name it in CASEBUS_NATS_SERVER"
    )]
    NatsMissing,
    /// Only a nats-server below 2.10 was found.
    #[error(
        "nats-server {version} in {} is too old, it ignores stream options without a word: run deploy/install.sh, \
         or put nats-server 2.10 or newer on the PATH", path.display()
    )]
    NatsTooOld {
        /// The version that was found.
        version: String,
        /// Where.
        path: PathBuf,
    },
    /// A program was named that does not run or does not say its version.
    #[error("{} does not run here or does not say its version: name another one", path.display())]
    NotAProgram {
        /// The program.
        path: PathBuf,
    },
    /// A folder or file of the server cannot be made, read or written.
    #[error("cannot use {}: make it writable, or choose another data folder", path.display())]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// Another live process holds this folder.
    #[error("another casebus is running on {}: stop it, or choose another data folder", folder.display())]
    InUse {
        /// The data folder.
        folder: PathBuf,
    },
    /// A server left by an earlier run does not end.
    #[error("process {pid} ({server}) of an earlier run still uses {} and does not stop: end it by hand", folder.display())]
    LeftoverStays {
        /// Which server.
        server: &'static str,
        /// Its process id.
        pid: i32,
        /// The data folder.
        folder: PathBuf,
    },
    /// A program could not be started at all.
    #[error("cannot start {}", program.display())]
    Spawn {
        /// The program.
        program: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// A program that prepares something ended with an error.
    #[error("{} failed: {tail}", program.display())]
    ProgramFailed {
        /// The program.
        program: PathBuf,
        /// The end of what it said.
        tail: String,
    },
    /// The port that was asked for is taken.
    #[error("port {port} on 127.0.0.1 is taken: choose another one, or let a free one be chosen")]
    PortTaken {
        /// The port.
        port: u16,
    },
    /// The server ended while it was starting.
    #[error("{server} ended while starting, see {}: {tail}", log.display())]
    Died {
        /// Which server.
        server: &'static str,
        /// Its log.
        log: PathBuf,
        /// The end of the log.
        tail: String,
    },
    /// The server runs but did not become ready.
    #[error("{server} was not ready after {seconds} s, see {}: {tail}", log.display())]
    NotReady {
        /// Which server.
        server: &'static str,
        /// How long it was given.
        seconds: u64,
        /// Its log.
        log: PathBuf,
        /// The end of the log.
        tail: String,
    },
    /// The server did not end when it was told to, and was killed.
    #[error("{server} did not stop within {seconds} s and was killed; the next start recovers its data")]
    Killed {
        /// Which server.
        server: &'static str,
        /// How long it was given.
        seconds: u64,
    },
    /// The operating system gave no random bytes for a password.
    #[error("the operating system gave no random bytes")]
    Random,
    /// The runtime is shutting down.
    #[error("the runtime stopped before the server had started")]
    Interrupted,
}

impl ServersError {
    /// For `map_err` on file operations: names the path.
    pub(crate) fn folder(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        |source| Self::Folder { path: path.to_owned(), source }
    }
}
