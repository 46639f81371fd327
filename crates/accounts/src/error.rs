//! What can go wrong here. Refusals (a key that is not accepted, a row that is wrong) are answers, not errors.

use domain::calendar::CalendarError;
use domain::rule_pack::RulePackError;
use std::path::PathBuf;
use uuid::Uuid;

/// Something that a person must look at.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// Postgres did not answer, or refused.
    #[error("the accounts database did not carry out a statement")]
    Database(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the accounts schema could not be migrated")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A stored value has a form that this version does not know.
    #[error("{column} holds {value:?}, which this version does not know")]
    UnknownStoredValue {
        /// The column, with its table.
        column: &'static str,
        /// The value; never a secret or personal data.
        value: String,
    },
    /// A published rule pack is no longer read.
    #[error("the published rule pack {0} cannot be read by this version")]
    StoredRulePack(String, #[source] RulePackError),
    /// An imported calendar is no longer read.
    #[error("the imported calendar {0} cannot be read by this version")]
    StoredCalendar(String, #[source] CalendarError),
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes")]
    NoRandomness(#[from] getrandom::Error),
    /// The file of the master key could not be read or written.
    #[error("the master key file {} could not be read or written", .0.display())]
    MasterKeyFile(PathBuf, #[source] std::io::Error),
    /// The file of the master key does not hold a key.
    #[error("the master key file {} must hold exactly 32 bytes in base64", .0.display())]
    MasterKeyMalformed(PathBuf),
    /// Others than its owner may read or write the file of the master key.
    #[error("the master key file {} is open to others (mode {mode:04o}): run chmod 600 on it", path.display())]
    MasterKeyExposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The master key is not the one under which this subject key was wrapped.
    #[error("subject key {0} does not open under this master key: another master key wrapped it")]
    WrongMasterKey(Uuid),
    /// The cipher refused a value, because it is longer than AES-GCM allows.
    #[error("a value is too long to be sealed")]
    TooLongToSeal,
}
