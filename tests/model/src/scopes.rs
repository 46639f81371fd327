//! How much is explored: small scopes in the tests, larger ones on request.

use crate::flow::scope::{Filling, Operator, Scope};

/// Two gateways append three commands, two of them on one stream.
pub const APPENDING: Scope =
    Scope { commands: &[0, 0, 1], gateways: 2, call_size: 2, faults: 2, ..Scope::SMALLEST };

/// Two relays publish three events.
pub const RELAYING: Scope =
    Scope { commands: &[0, 0, 0], filling: Filling::ByRelays, relays: 2, faults: 2, ..Scope::SMALLEST };

/// Two projectors fold three events.
pub const FOLDING: Scope =
    Scope { commands: &[0, 0, 0], filling: Filling::InOneStep, projectors: 2, faults: 2, ..Scope::SMALLEST };

/// Two gateways, two relays and two projectors, and whatever goes wrong between them.
pub const WHOLE: Scope = Scope {
    commands: &[0, 0],
    gateways: 2,
    filling: Filling::ByRelays,
    relays: 2,
    projectors: 2,
    faults: 1,
    ..Scope::SMALLEST
};

/// The database is restored from an older copy, by the book.
pub const RESTORING: Scope = Scope {
    commands: &[0, 1],
    filling: Filling::ByRelays,
    relays: 2,
    projectors: 1,
    failovers: 1,
    faults: 1,
    operator: Operator::ByTheBook,
    ..Scope::SMALLEST
};

/// The database is restored, and gateways were not stopped.
pub const FORGOTTEN_GATEWAYS: Scope = Scope {
    commands: &[0, 0, 1],
    gateways: 2,
    failovers: 1,
    faults: 1,
    operator: Operator::StopsRelaysOnly,
    ..Scope::SMALLEST
};
