//! For tests only: a private Postgres with a fresh database per test, private nats-servers, and a clock that stands
//! still until it is told to move.
//!
//! * [`database`] and [`database_with`]: one Postgres per test process, started by the first test that asks; one
//!   database per test, copied from a template that is migrated once.
//! * [`nats`]: a nats-server of the test's own, which it may kill and start again; [`shared_nats`]: one for all
//!   tests of the process, which they must not disturb.
//! * [`TestClock`]: business time under the test's control.
//! * [`LogLines`]: what the program under test logs.
//!
//! Everything here panics with a sentence when it cannot do its work: a test cannot go on without it.
//! Nothing stays behind, also when the test process is killed: the kernel ends the servers, and a small shell that
//! waits for the end of the process removes the files.

mod clock;
mod database;
mod logs;
mod nats;
mod scratch;

pub use clock::TestClock;
pub use database::{TestDatabase, database, database_with};
pub use logs::LogLines;
pub use nats::{TestNats, nats, nats_candidates, shared_nats};
pub use scratch::folder;
