//! Visits every state of a model, breadth first, so that the first counterexample is a shortest one.

mod fingerprint;
mod known;
mod recovery;

use known::Known;
use std::fmt::{self, Debug, Display};
use std::hash::Hash;

/// A system as its states and the steps between them.
pub trait Model {
    /// Everything that is the case at one moment.
    type State: Clone + Eq + Hash;
    /// What must hold in every state.
    type Invariant: Copy + Debug + Display + Eq;

    /// Where it begins.
    fn initial(&self) -> Self::State;
    /// Whatever may happen next; in the same order whenever it is asked for the same state. Only `in_words` do the steps
    /// need their sentences.
    fn next(&self, state: &Self::State, in_words: bool) -> Vec<Next<Self::State>>;
    /// The invariant that a state breaks.
    fn broken(&self, state: &Self::State) -> Option<Self::Invariant>;
    /// Whether all work is done. From every state such a state must be reachable without another fault.
    fn is_at_rest(&self, state: &Self::State) -> bool;
}

/// A step and the state that it leads to.
#[derive(Clone, Debug)]
pub struct Next<State> {
    /// What happens, as a sentence, or nothing if no words were asked for.
    pub step: String,
    /// Where that leads.
    pub state: State,
    /// Whether it is a fault: nothing may depend on that it happens.
    pub is_fault: bool,
}

/// What an exploration found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding<Invariant> {
    /// Every state keeps every invariant, and from every state the system can come to rest.
    Holds(Size),
    /// A state breaks an invariant.
    Broken {
        /// Which one.
        invariant: Invariant,
        /// The shortest way there.
        trace: Trace,
        /// What was explored until then.
        size: Size,
    },
    /// From a state no way leads to rest, unless over another fault.
    Stuck {
        /// The shortest way there.
        trace: Trace,
        /// What was explored.
        size: Size,
    },
    /// There are more states than were allowed; those that were seen keep every invariant.
    TooLarge(Size),
}

/// How much was explored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Different states.
    pub states: usize,
    /// Steps between them.
    pub steps: usize,
    /// Steps on the longest of the shortest ways to a state.
    pub depth: usize,
}

/// What happened, one sentence a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace(pub Vec<String>);

impl Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, step) in self.0.iter().enumerate() {
            writeln!(f, "{:>4}. {step}", number + 1)?;
        }
        Ok(())
    }
}

impl Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} states, {} steps, {} deep", self.states, self.steps, self.depth)
    }
}

impl<Invariant: Display> Display for Finding<Invariant> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Holds(size) => write!(f, "holds ({size})"),
            Self::Broken { invariant, trace, size } => write!(f, "broken: {invariant} ({size})\n{trace}"),
            Self::Stuck { trace, size } => write!(f, "can never come to rest after ({size})\n{trace}"),
            Self::TooLarge(size) => write!(f, "too large to explore ({size})"),
        }
    }
}

/// Explores a model, but no more than so many states.
pub fn explore<M: Model>(model: &M, most_states: usize) -> Finding<M::Invariant> {
    let mut known = Known::new();
    // For each step that is no fault: where it leads, where it comes from.
    let mut ways = Vec::new();
    let mut steps = 0;
    let initial = model.initial();
    let mut broken = model.broken(&initial).map(|invariant| (invariant, 0));
    known.add(initial, None);
    let mut at = 0;
    while at < known.len() && broken.is_none() {
        if known.len() > most_states {
            return Finding::TooLarge(Size { states: known.len(), steps, depth: known.depth() });
        }
        for (number, next) in model.next(known.state(at), false).into_iter().enumerate() {
            steps += 1;
            let (place, is_new) = known.add(next.state, Some((at, number)));
            if !next.is_fault {
                ways.push((place, at));
            }
            if is_new && let Some(invariant) = model.broken(known.state(place)) {
                broken = Some((invariant, place));
                break;
            }
        }
        at += 1;
    }
    let size = Size { states: known.len(), steps, depth: known.depth() };
    if let Some((invariant, place)) = broken {
        return Finding::Broken { invariant, trace: trace(model, &known.way_to(place)), size };
    }
    let at_rest: Vec<bool> = (0..known.len()).map(|place| model.is_at_rest(known.state(place))).collect();
    match recovery::first_without_way(&at_rest, &ways) {
        Some(place) => Finding::Stuck { trace: trace(model, &known.way_to(place)), size },
        None => Finding::Holds(size),
    }
}

/// The steps on a way, in words. They were not kept, so they are taken once more.
fn trace<M: Model>(model: &M, way: &[usize]) -> Trace {
    let mut state = model.initial();
    let mut said = Vec::with_capacity(way.len());
    for number in way {
        let next = model.next(&state, true).swap_remove(*number);
        said.push(next.step);
        state = next.state;
    }
    Trace(said)
}
