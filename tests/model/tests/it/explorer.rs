//! The explorer itself, on a model whose answers are known.

use crate::look;
use model::explorer::{Finding, Model, Next, Trace, explore};

/// A counter that goes up by one or by three; at rest at the end.
struct Counter {
    forbidden: Option<u8>,
    trap: Option<u8>,
    end: u8,
}

impl Model for Counter {
    type State = u8;
    type Invariant = &'static str;

    fn initial(&self) -> u8 {
        0
    }

    fn next(&self, state: &u8, _in_words: bool) -> Vec<Next<u8>> {
        let ways = if self.trap == Some(*state) { [].as_slice() } else { &[1, 3] };
        let reached = ways.iter().map(|by| (by, state + by)).filter(|(_, to)| *to <= self.end);
        reached.map(|(by, state)| Next { step: format!("plus {by}"), state, is_fault: false }).collect()
    }

    fn broken(&self, state: &u8) -> Option<&'static str> {
        (self.forbidden == Some(*state)).then_some("not this number")
    }

    fn is_at_rest(&self, state: &u8) -> bool {
        *state == self.end
    }
}

const COUNTER: Counter = Counter { forbidden: None, trap: None, end: 20 };

fn trace(steps: &[&str]) -> Trace {
    Trace(steps.iter().map(|step| (*step).to_owned()).collect())
}

#[test]
fn every_state_is_visited_once() {
    let Finding::Holds(size) = look("counter", &COUNTER) else { panic!("it should hold") };
    assert_eq!((size.states, size.steps, size.depth), (21, 38, 8));
}

#[test]
fn the_first_counterexample_is_a_shortest_one() {
    let found = look("forbidden", &Counter { forbidden: Some(7), ..COUNTER });
    let Finding::Broken { trace: found, .. } = found else { panic!("7 should be found") };
    assert_eq!(found.0.len(), 3, "{found}");
}

#[test]
fn a_state_without_a_way_to_rest_is_found() {
    let found = look("trap", &Counter { trap: Some(4), ..COUNTER });
    let Finding::Stuck { trace: found, .. } = found else { panic!("4 should be found") };
    assert_eq!(found, trace(&["plus 1", "plus 3"]));
}

#[test]
fn too_many_states_are_not_called_a_success() {
    assert!(matches!(explore(&COUNTER, 5), Finding::TooLarge(_)));
}
