//! Designs that are known to be wrong, and what is wrong with them.
//!
//! * [`tail`]: readers of a log whose writers do not wait for each other, by an identity column and by transaction ids.
//! * [`without`]: the flow with one guard less, for each guard that it has.
//! * [`limits`]: what the flow as it is built does not hold out against, and what would help.

pub mod limits;
pub mod tail;
pub mod without;

use crate::flow::Flow;
use crate::flow::design::Design;
use crate::flow::invariant::Invariant;
use crate::flow::scope::Scope;

/// A flow, and what an exploration must find.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The flow.
    pub flow: Flow,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It breaks an invariant.
    Breaks(Invariant),
    /// It never comes to rest again.
    GetsStuck,
}

impl Case {
    /// The flow of a design within a scope. Its actors keep their names, so that a trace can be read.
    fn new(design: Design, scope: Scope, fault: Fault) -> Self {
        Self { flow: flow(design, scope), fault }
    }
}

fn flow(design: Design, scope: Scope) -> Flow {
    Flow { design, scope: Scope { actors_are_alike: false, ..scope }, tolerated: &[] }
}
