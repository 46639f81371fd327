//! What the explorer says of the flow, of the flow without each of its guards, and of designs that are known to be wrong.
#![expect(clippy::print_stdout, reason = "each test says how much it explored")]

mod explorer;
mod limits;
mod right;
mod wrong;

use model::explorer::{Finding, Model, Size, Trace, explore};
use model::wrong::{Case, Fault};

/// More states than any scope of a test has.
const MOST_STATES: usize = 1_000_000;

/// Explores, and says what was found.
fn look<M: Model>(name: &str, model: &M) -> Finding<M::Invariant> {
    let finding = explore(model, MOST_STATES);
    println!("{name}: {finding}");
    finding
}

/// The model must hold.
fn holds<M: Model>(name: &str, model: &M) -> Size {
    match look(name, model) {
        Finding::Holds(size) => size,
        other => panic!("{name}: {other}"),
    }
}

/// The model must break this invariant. Answers how.
fn breaks<M: Model>(name: &str, model: &M, expected: M::Invariant) -> Trace {
    match look(name, model) {
        Finding::Broken { invariant, trace, .. } if invariant == expected => trace,
        other => panic!("{name}: {expected:?} should be broken: {other}"),
    }
}

/// The flow must have the fault that it is said to have. Answers how it comes about.
fn fails(name: &str, case: &Case) -> Trace {
    match (case.fault, look(name, &case.flow)) {
        (Fault::Breaks(expected), Finding::Broken { invariant, trace, .. }) if invariant == expected => trace,
        (Fault::GetsStuck, Finding::Stuck { trace, .. }) => trace,
        (expected, other) => panic!("{name}: {expected:?} was expected: {other}"),
    }
}
