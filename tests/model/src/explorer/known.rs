//! The states that were seen, and how each was reached first.

use super::fingerprint;
use std::collections::HashMap;
use std::hash::Hash;

/// Every state seen, in the order in which they were found.
pub(super) struct Known<State> {
    states: Vec<State>,
    reached: Vec<Reached>,
    places: HashMap<u64, usize, fingerprint::Build>,
}

#[derive(Clone, Copy)]
struct Reached {
    /// The place of the state before, and the number of the step among its steps; none for the first state.
    from: Option<(usize, usize)>,
    depth: usize,
}

impl<State: Eq + Hash> Known<State> {
    pub(super) fn new() -> Self {
        Self { states: Vec::new(), reached: Vec::new(), places: HashMap::default() }
    }

    pub(super) fn len(&self) -> usize {
        self.states.len()
    }

    pub(super) fn state(&self, place: usize) -> &State {
        &self.states[place]
    }

    /// The depth of what was found last, which is the greatest.
    pub(super) fn depth(&self) -> usize {
        self.reached.last().map_or(0, |last| last.depth)
    }

    /// The place of a state, and whether it is new.
    pub(super) fn add(&mut self, state: State, from: Option<(usize, usize)>) -> (usize, bool) {
        let mut key = fingerprint::of(&state);
        while let Some(place) = self.places.get(&key) {
            if self.states[*place] == state {
                return (*place, false);
            }
            // Another state has the same fingerprint: it took this key, ours is the next free one.
            key = key.wrapping_add(1);
        }
        let place = self.states.len();
        self.places.insert(key, place);
        self.states.push(state);
        let depth = from.map_or(0, |(before, _)| self.reached[before].depth + 1);
        self.reached.push(Reached { from, depth });
        (place, true)
    }

    /// The numbers of the steps that lead to a state from the first one.
    pub(super) fn way_to(&self, place: usize) -> Vec<usize> {
        let mut way = Vec::new();
        let mut at = place;
        while let Some((before, number)) = self.reached[at].from {
            way.push(number);
            at = before;
        }
        way.reverse();
        way
    }
}
