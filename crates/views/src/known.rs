//! What a projector still has in memory from the batches before: it alone changes it, so it need not be read again.

use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// Bytes that are kept, at most, as far as they are counted: eight thousand transfers of the usual size.
const MOST: usize = 32 * 1024 * 1024;

/// What takes room in memory.
pub(crate) trait Weighed {
    /// About how many bytes.
    fn weight(&self) -> usize;
}

/// Transfers as the last batches left them, by id.
#[derive(Debug)]
pub(crate) struct Known<Life> {
    lives: HashMap<Uuid, Kept<Life>>,
    /// What all of them weigh.
    weight: usize,
    /// Counts batches, and how often everything was forgotten.
    now: u64,
}

#[derive(Debug)]
struct Kept<Life> {
    life: Arc<Life>,
    weight: usize,
    /// The batch that touched it last.
    used: u64,
}

impl<Life> Default for Known<Life> {
    fn default() -> Self {
        Self { lives: HashMap::new(), weight: 0, now: 0 }
    }
}

impl<Life: Weighed> Known<Life> {
    pub(crate) fn get(&self, id: Uuid) -> Option<Arc<Life>> {
        self.lives.get(&id).map(|kept| Arc::clone(&kept.life))
    }

    /// Keeps what a batch has written; `None` for what must be read again.
    pub(crate) fn note(&mut self, lives: impl Iterator<Item = (Uuid, Option<Life>)>) {
        self.now += 1;
        for (id, life) in lives {
            let former = match life {
                Some(life) => {
                    let weight = life.weight();
                    self.weight += weight;
                    self.lives.insert(id, Kept { life: Arc::new(life), weight, used: self.now })
                }
                None => self.lives.remove(&id),
            };
            self.weight -= former.map_or(0, |former| former.weight);
        }
        if self.weight > MOST {
            self.forget_older_half();
        }
        if self.weight > MOST {
            // Those of the last batch alone are too much.
            self.forget();
        }
    }

    /// Forgets everything.
    pub(crate) fn forget(&mut self) {
        self.now += 1;
        self.lives.clear();
        self.weight = 0;
    }

    /// Changes whenever what is kept does.
    pub(crate) const fn age(&self) -> u64 {
        self.now
    }

    fn forget_older_half(&mut self) {
        let mut used: Vec<_> = self.lives.values().map(|kept| kept.used).collect();
        let middle = used.len() / 2;
        let (_, &mut median, _) = used.select_nth_unstable(middle);
        self.lives.retain(|_, kept| kept.used > median);
        self.weight = self.lives.values().map(|kept| kept.weight).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Something of a weight.
    #[derive(Debug, PartialEq, Eq)]
    struct Thing(u128, usize);

    impl Weighed for Thing {
        fn weight(&self) -> usize {
            self.1
        }
    }

    #[test]
    fn what_was_not_touched_for_long_is_forgotten_first() {
        let mut known = Known::default();
        let weight = MOST / 8_000;
        let ids: Vec<_> = (0..=8_000).map(Uuid::from_u128).collect();
        for batch in ids.chunks(1_000) {
            known.note(batch.iter().map(|id| (*id, Some(Thing(id.as_u128(), weight)))));
            known.note(std::iter::once((ids[0], Some(Thing(7, weight)))));
        }
        assert!(known.weight <= MOST);
        assert_eq!(known.weight, known.lives.len() * weight);
        assert_eq!(known.get(ids[0]).as_deref(), Some(&Thing(7, weight)));
        assert_eq!(known.get(ids[1]), None);
        assert_eq!(known.get(ids[8_000]).as_deref(), Some(&Thing(8_000, weight)));
    }

    #[test]
    fn what_alone_takes_more_room_than_there_is_is_not_kept() {
        let mut known = Known::default();
        known.note((1..4).map(|id| (Uuid::from_u128(id), Some(Thing(id, MOST / 2)))));
        assert_eq!((known.lives.len(), known.weight), (0, 0));
    }

    #[test]
    fn what_must_be_read_again_is_not_kept() {
        let mut known = Known::default();
        known.note(std::iter::once((Uuid::nil(), Some(Thing(1, 1)))));
        known.note(std::iter::once((Uuid::nil(), Some(Thing(2, 3)))));
        assert_eq!(known.weight, 3);
        known.note(std::iter::once((Uuid::nil(), None)));
        assert_eq!((known.get(Uuid::nil()), known.weight), (None, 0));
    }
}
