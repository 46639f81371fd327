//! The bus against a real nats-server.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod connection;
mod department;
mod feed;
mod publisher;
mod stream;
mod support;
