//! Who may call, the keys of persons' data, the registry of departments, the rules, and who has read what.
//!
//! Everything stands in the Postgres schema `accounts` and goes through one cloneable handle, [`Accounts`].
//!
//! * [`api_key`]: keys with which departments call the API; shown once, stored hashed.
//! * [`master_key`], [`subject_key`]: personal data travels sealed under a key of the person it is about, and that
//!   key is stored wrapped under the master key. Destroying it makes the data unreadable without touching the log.
//! * [`import`], [`registry`]: the registry of departments and responsibilities, from CSV and back as
//!   [`domain::registry::Registry`].
//! * [`rules`]: published rule packs and imported calendars, and back as [`domain::Rules`].
//! * [`notification`], [`contact`], [`absence`]: what departments say about themselves.
//! * [`reading`]: whether a department ever fetched or opened a transfer; the watch diagnoses with it.
//! * [`read_audit`]: who has read the content of which transfer; only ever added to.
//!
//! Times are given by the caller, because business time may be shifted; only the keys of persons carry the
//! time of the database.

pub mod absence;
pub mod api_key;
mod cache;
pub mod contact;
pub mod error;
mod handle;
pub mod import;
pub mod master_key;
pub mod notification;
pub mod read_audit;
pub mod reading;
pub mod registry;
pub mod rules;
pub mod schema;
pub mod subject_key;

pub use absence::{ABSENCES_MAX, Absence, AbsenceRefusal};
pub use api_key::{ApiKey, AuthenticationRefusal, Caller, CreatedKey, NewKey, Scope};
pub use contact::Contact;
pub use error::AccountsError;
pub use handle::Accounts;
pub use import::{CalendarImport, ImportReport, RowError, RowErrorCode};
pub use master_key::MasterKey;
pub use notification::{NotificationSetting, QUIET_HOURS_MAX, QuietHours};
pub use read_audit::ReadAudit;
pub use reading::Reading;
pub use schema::migrate;
pub use subject_key::{SubjectKey, forget_master_key, has_subject_keys, has_witness, settle_master_key};
