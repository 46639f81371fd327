//! How much is explored: small scopes in the tests, larger ones on request. In all of them the flow holds as it is built.

use crate::flow::scope::{Filling, Operator, Scope};

/// A scope and what it is called.
pub type Named = (&'static str, Scope);

/// Two gateways append three commands, two of them on one stream.
pub const APPENDING: Named =
    ("appending", Scope { commands: &[0, 0, 1], gateways: 2, call_size: 2, faults: 1, ..Scope::SMALLEST });

/// Two relays publish three events.
pub const RELAYING: Named = (
    "relaying",
    Scope { commands: &[0, 0, 0], filling: Filling::ByRelays, relays: 2, faults: 2, ..Scope::SMALLEST },
);

/// Two projectors fold four events.
pub const FOLDING: Named = (
    "folding",
    Scope { commands: &[0; 4], filling: Filling::InOneStep, projectors: 2, faults: 3, ..Scope::SMALLEST },
);

/// From command to view, with two gateways.
pub const WHOLE: Named = (
    "the whole flow",
    Scope {
        commands: &[0, 0],
        gateways: 2,
        filling: Filling::ByRelays,
        relays: 1,
        window: 1,
        projectors: 1,
        batch: 1,
        faults: 1,
        ..Scope::SMALLEST
    },
);

/// The database is restored from an older copy and begins a new epoch, under two relays.
pub const RESTORING: Named = (
    "restoring under relays",
    Scope {
        commands: &[0, 1],
        filling: Filling::ByRelays,
        relays: 2,
        faults: 1,
        failovers: 1,
        operator: Operator::ByTheBook,
        ..Scope::SMALLEST
    },
);

/// The same, with a view.
pub const RESTORING_VIEWS: Named =
    ("restoring under a projector", Scope { relays: 1, projectors: 1, ..RESTORING.1 });

/// The same, with gateways that were not stopped.
pub const FORGOTTEN: Named = (
    "restoring under gateways",
    Scope {
        commands: &[0, 0],
        gateways: 2,
        faults: 2,
        failovers: 1,
        operator: Operator::StopsRelaysOnly,
        ..Scope::SMALLEST
    },
);

/// A standby without the last events takes over, and nobody is told.
pub const UNNOTICED: Named = (
    "an unnoticed failover under relays",
    Scope {
        commands: &[0, 0],
        filling: Filling::ByRelays,
        relays: 2,
        faults: 1,
        failovers: 1,
        operator: Operator::Sleeps,
        ..Scope::SMALLEST
    },
);

/// What the tests explore.
pub const SMALL: [Named; 8] =
    [APPENDING, RELAYING, FOLDING, WHOLE, RESTORING, RESTORING_VIEWS, FORGOTTEN, UNNOTICED];

/// What takes minutes and gigabytes.
pub const DEEP: [Named; 11] = [
    ("appending, three faults", Scope { faults: 3, ..APPENDING.1 }),
    ("appending, four commands", Scope { commands: &[0, 0, 1, 1], ..APPENDING.1 }),
    ("appending, three gateways", Scope { gateways: 3, faults: 0, ..APPENDING.1 }),
    ("relaying, three faults", Scope { faults: 3, ..RELAYING.1 }),
    (
        "relaying, four events in a window of three",
        Scope { commands: &[0; 4], window: 3, faults: 1, ..RELAYING.1 },
    ),
    (
        "folding, five events in batches of three",
        Scope { commands: &[0; 5], batch: 3, faults: 4, ..FOLDING.1 },
    ),
    (
        "the whole flow, two of each",
        Scope { faults: 0, relays: 2, projectors: 2, window: 2, batch: 2, ..WHOLE.1 },
    ),
    ("the whole flow, two relays", Scope { gateways: 1, relays: 2, window: 2, batch: 2, ..WHOLE.1 }),
    ("the whole flow, two projectors", Scope { projectors: 2, window: 2, batch: 2, ..WHOLE.1 }),
    ("restoring under everything", Scope { projectors: 1, ..RESTORING.1 }),
    ("restoring twice", Scope { commands: &[0, 0], failovers: 2, ..RESTORING_VIEWS.1 }),
];
