//! What every case works with.

use crate::cpu::Watched;
use crate::database::Server;
use crate::options::Options;
use std::path::Path;

/// What every case works with.
pub(crate) struct Stage<'run> {
    /// The command line.
    pub(crate) options: &'run Options,
    /// A folder for files and servers, gone after the run.
    pub(crate) scratch: &'run Path,
    /// The Postgres of the run.
    pub(crate) server: &'run Server,
}

impl Stage<'_> {
    /// The processes of a case that needs no others than Postgres.
    pub(crate) fn watched(&self) -> Watched {
        Watched::own().and("Postgres", self.server.pid())
    }

    /// The number of rounds, each with the place of the contender that takes the first turn in it.
    pub(crate) fn rounds(&self) -> impl Iterator<Item = usize> + use<> {
        (0..self.options.rounds).map(|round| usize::try_from(round).unwrap_or_default())
    }
}

/// Contenders in the order of a round: everyone takes the first turn in some round.
pub(crate) fn turns<T: Copy>(round: usize, contenders: &[T]) -> Vec<T> {
    let mut turns = contenders.to_vec();
    if !turns.is_empty() {
        let first = round % turns.len();
        turns.rotate_left(first);
    }
    turns
}

#[cfg(test)]
mod tests {
    use super::turns;

    #[test]
    fn everyone_takes_the_first_turn_in_some_round() {
        let firsts: Vec<u8> = (0..3).map(|round| turns(round, &[1, 2, 3])[0]).collect();
        assert_eq!(firsts, [1, 2, 3]);
        assert!(turns::<u8>(1, &[]).is_empty());
    }
}
