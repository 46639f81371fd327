//! Ids of the demonstration, derived from the names of its scripts: the same ones however often it is loaded.

use contract::ids::{CommandId, TransferId};

/// Under this name they are derived.
const CALLER: &str = "casebus/demo";

/// The id under which a command of a script is appended.
pub(super) fn command_id(route: &str, name: &str) -> CommandId {
    CommandId::derive(CALLER, route, name)
}

/// The id of the transfer that a step of a script makes.
pub(super) fn linked_id(name: &str, step: usize) -> TransferId {
    TransferId(command_id(&format!("transfer {step}"), name).0)
}
