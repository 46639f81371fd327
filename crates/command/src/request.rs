//! Who asks, under which id, on the strength of which version.

use chrono::{DateTime, Utc};
use contract::actor::Actor;
use contract::ids::{CommandId, DepartmentId};
use contract::traceparent::Traceparent;
use sha2::{Digest, Sha256};

/// What is the same for every command.
#[derive(Clone, Debug)]
pub struct Request {
    /// Id of the command; a repeat has the same.
    pub id: CommandId,
    /// SHA-256 of the request; a repeat has the same.
    pub hash: [u8; 32],
    /// Who acts, as it stands beside the events.
    pub actor: Actor,
    /// For which department.
    pub by: DepartmentId,
    /// Business time.
    pub now: DateTime<Utc>,
    /// The version on which the caller decided, when it says so.
    pub expected_version: Option<i64>,
    /// The trace in which it asks; no part of the request, so a repeat may come in another one.
    pub traceparent: Option<Traceparent>,
}

/// SHA-256 of a request: its route and the exact bytes of its body.
pub fn request_hash(route: &str, body: &[u8]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(route.as_bytes());
    hasher.update([0]);
    hasher.update(body);
    hasher.finalize().into()
}
