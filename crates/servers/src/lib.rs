//! Private Postgres and nats-server, run as child processes in a folder of ours.
//!
//! `casebus up` and the tests stand on the same real servers that production uses; this crate finds their
//! programs, prepares their folders, starts them, says when they are ready, notices when they die and stops them.
//!
//! What it promises:
//!
//! * Nobody else reaches them: Postgres listens on a unix socket in a folder of mode 0700, nats-server on the
//!   loopback address with a random password.
//! * They do not outlive their owner. Where `setpriv` of util-linux is there, the kernel tells them when the owner
//!   dies, even by SIGKILL; where it is not, the next start finds what was left behind and stops it.
//! * One owner per folder: a lock, held as long as the server value lives, refuses a second one.
//! * What fails says in one sentence what to do about it ([`ServersError`]).
//!
//! No environment variable is read here but PATH; everything else is in [`PostgresOptions`] and [`NatsOptions`].

mod account;
mod child;
mod error;
mod folder;
mod leftover;
mod nats;
mod postgres;
mod programs;

pub use account::can_hold_postgres;
pub use error::ServersError;
pub use folder::create_data_folder;
pub use nats::{NatsOptions, NatsServer};
pub use postgres::{PostgresOptions, PostgresServer};
