//! What the flow as it is built does not hold out against. Each limit names what would help: a guard that is not built, or
//! else a rule for the operator.

use super::{Case, Fault, flow};
use crate::flow::Flow;
use crate::flow::design::{Design, Guard};
use crate::flow::invariant::Invariant;
use crate::flow::scope::{Filling, Mishap, Operator, Scope};

/// A limit.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// In a sentence.
    pub name: &'static str,
    /// What goes wrong as it is built.
    pub as_built: Case,
    /// A flow in which it does not, if there is one.
    pub remedy: Option<Flow>,
}

/// Nobody notices that the log went back, until a relay does.
const ASLEEP: Scope = Scope {
    commands: &[0, 0],
    filling: Filling::ByRelays,
    relays: 2,
    mishaps: &[],
    failovers: 1,
    operator: Operator::Sleeps,
    ..Scope::SMALLEST
};

/// All of them.
pub fn all() -> Vec<Limit> {
    vec![
        slow_message(),
        failover_and_oblivion(),
        failover_under_a_projector(),
        purge_under_load(),
        new_epoch_under_a_relay(),
    ]
}

/// Only the content of a message could tell the server that it belongs to another log. So this is noticed afterwards, by
/// comparing as many messages as may be in flight, and healed by a new epoch.
fn slow_message() -> Limit {
    let design = Design::as_built();
    let mishaps = &[Mishap::SlowMessage, Mishap::Oblivion];
    let scope = Scope { relays: 1, mishaps, faults: 2, ..ASLEEP };
    let tolerated = &[Invariant::OneHistory, Invariant::ShownOnce];
    let tolerant = |design| Flow { tolerated, ..flow(design, scope) };
    Limit {
        name: "a message of lost events that is still on its way mixes two logs, and nobody notices who knew of none of them",
        as_built: Case { flow: tolerant(design), fault: Fault::GetsStuck },
        remedy: Some(tolerant(design.with(Guard::WindowComparison))),
    }
}

fn failover_and_oblivion() -> Limit {
    let scope = Scope { relays: 1, faults: 1, mishaps: &[Mishap::Oblivion], ..ASLEEP };
    let design = Design::as_built();
    Limit {
        name: "when an event is lost before it was published, and with it all who knew of it, its position is given to another one in the same epoch",
        as_built: Case::new(design, scope, Fault::Breaks(Invariant::ShownOnce)),
        remedy: Some(flow(design, Scope { operator: Operator::ByTheBook, ..scope })),
    }
}

fn failover_under_a_projector() -> Limit {
    let scope = Scope { filling: Filling::InOneStep, relays: 0, projectors: 1, ..ASLEEP };
    let design = Design::as_built();
    Limit {
        name: "a batch that is loaded before a failover and written after it folds lost events",
        as_built: Case::new(design, scope, Fault::Breaks(Invariant::ViewIsFold)),
        remedy: Some(flow(design, Scope { operator: Operator::ByTheBook, ..scope })),
    }
}

fn purge_under_load() -> Limit {
    let scope = Scope {
        commands: &[0, 0],
        filling: Filling::ByRelays,
        relays: 1,
        faults: 1,
        mishaps: &[Mishap::Purge],
        ..Scope::SMALLEST
    };
    let design = Design::as_built();
    Limit {
        name: "a stream that lost its beginning stays without it once another event has followed",
        as_built: Case::new(design, scope, Fault::GetsStuck),
        remedy: Some(flow(design.with(Guard::BeginningComparison), scope)),
    }
}

fn new_epoch_under_a_relay() -> Limit {
    let scope = Scope {
        commands: &[0, 0],
        filling: Filling::ByRelays,
        relays: 1,
        failovers: 1,
        operator: Operator::StopsNothing,
        ..Scope::SMALLEST
    };
    let design = Design::as_built();
    Limit {
        name: "a message of the former epoch gets into the stream of a new one that began while a relay was running",
        as_built: Case::new(design, scope, Fault::Breaks(Invariant::OneEpoch)),
        remedy: Some(flow(design, Scope { operator: Operator::ByTheBook, ..scope })),
    }
}
