//! What a projector still has in memory from the batches before: it alone changes it, so it need not be read again.

use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// Transfers that are kept, at most: at about four KiB each some 32 MiB.
const MOST: usize = 8_192;

/// Transfers as the last batches left them, by id.
#[derive(Debug)]
pub(crate) struct Known<Life> {
    lives: HashMap<Uuid, Kept<Life>>,
    /// Counts batches, and how often everything was forgotten.
    now: u64,
}

#[derive(Debug)]
struct Kept<Life> {
    life: Arc<Life>,
    /// The batch that touched it last.
    used: u64,
}

impl<Life> Default for Known<Life> {
    fn default() -> Self {
        Self { lives: HashMap::new(), now: 0 }
    }
}

impl<Life> Known<Life> {
    pub(crate) fn get(&self, id: Uuid) -> Option<Arc<Life>> {
        self.lives.get(&id).map(|kept| Arc::clone(&kept.life))
    }

    /// Keeps what a batch has written; `None` for what must be read again.
    pub(crate) fn note(&mut self, lives: impl Iterator<Item = (Uuid, Option<Life>)>) {
        self.now += 1;
        for (id, life) in lives {
            if let Some(life) = life {
                self.lives.insert(id, Kept { life: Arc::new(life), used: self.now });
            } else {
                self.lives.remove(&id);
            }
        }
        if self.lives.len() > MOST {
            self.forget_older_half();
        }
    }

    /// Forgets everything.
    pub(crate) fn forget(&mut self) {
        self.now += 1;
        self.lives.clear();
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
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_touched_for_long_is_forgotten_first() {
        let mut known = Known::default();
        let ids: Vec<_> = (0..=MOST as u128).map(Uuid::from_u128).collect();
        for batch in ids.chunks(1_000) {
            known.note(batch.iter().map(|id| (*id, Some(id.as_u128()))));
            known.note(std::iter::once((ids[0], Some(7))));
        }
        assert!(known.lives.len() <= MOST);
        assert_eq!(known.get(ids[0]).as_deref(), Some(&7));
        assert_eq!(known.get(ids[1]), None);
        assert_eq!(known.get(ids[MOST]).as_deref(), Some(&ids[MOST].as_u128()));
    }

    #[test]
    fn what_must_be_read_again_is_not_kept() {
        let mut known = Known::default();
        known.note(std::iter::once((Uuid::nil(), Some(1))));
        known.note(std::iter::once((Uuid::nil(), None)));
        assert_eq!(known.get(Uuid::nil()), None);
    }
}
