//! Whether the system can come to rest from wherever it is.

/// The first state from which no way leads to one at rest. `ways` holds for each step where it leads and where it comes
/// from.
pub(super) fn first_without_way(at_rest: &[bool], ways: &[(usize, usize)]) -> Option<usize> {
    let sources = Sources::of(at_rest.len(), ways);
    let mut can_rest = at_rest.to_vec();
    let mut to_visit: Vec<usize> = (0..at_rest.len()).filter(|place| at_rest[*place]).collect();
    while let Some(place) = to_visit.pop() {
        for source in sources.leading_to(place) {
            if !can_rest[*source] {
                can_rest[*source] = true;
                to_visit.push(*source);
            }
        }
    }
    can_rest.iter().position(|can| !can)
}

/// The ways, by where they lead.
struct Sources {
    /// Where the sources of each state end in `sources`; they begin where those of the state before end.
    ends: Vec<usize>,
    sources: Vec<usize>,
}

impl Sources {
    fn of(states: usize, ways: &[(usize, usize)]) -> Self {
        let mut next = vec![0; states + 1];
        for (to, _) in ways {
            next[to + 1] += 1;
        }
        for place in 0..states {
            next[place + 1] += next[place];
        }
        let mut sources = vec![0; ways.len()];
        for (to, from) in ways {
            sources[next[*to]] = *from;
            next[*to] += 1;
        }
        Self { ends: next, sources }
    }

    fn leading_to(&self, place: usize) -> &[usize] {
        let begin = if place == 0 { 0 } else { self.ends[place - 1] };
        &self.sources[begin..self.ends[place]]
    }
}
