//! The event log on a real Postgres.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

// The package is called casebus-log, for there is another crate `log`; inside the workspace it is `log`.
extern crate casebus_log as log;

mod appending;
mod fixture;
mod former_program;
mod head;
mod losses;
mod model;
mod protection;
mod reading;
mod traces;
mod waiting;
