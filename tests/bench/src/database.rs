//! The private Postgres of the run, with everything durable, and its databases.

mod psql;
pub(crate) mod rows;
mod server;

pub(crate) use psql::Psql;
pub(crate) use server::{Database, POOL_CONNECTIONS, Server};
