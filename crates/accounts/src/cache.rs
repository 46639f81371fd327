//! A small cache in memory whose entries end after five seconds.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long an entry is believed: so long a change made elsewhere may stay unseen here.
pub(crate) const TIME_TO_LIVE: Duration = Duration::from_secs(5);

/// How many entries are kept at most.
const CAPACITY: usize = 4096;

/// Values read from the database, kept for [`TIME_TO_LIVE`] from the moment before they were read.
pub(crate) struct ShortCache<K, V> {
    entries: Mutex<Entries<K, V>>,
}

struct Entries<K, V> {
    by_key: HashMap<K, (V, Instant)>,
    /// Counts what was forgotten, so that a read that began earlier is not kept.
    forgotten: u64,
}

/// The moment before a read from the database.
#[derive(Clone, Copy)]
pub(crate) struct ReadStart {
    at: Instant,
    forgotten: u64,
}

impl<K, V> Default for ShortCache<K, V> {
    fn default() -> Self {
        Self { entries: Mutex::new(Entries { by_key: HashMap::new(), forgotten: 0 }) }
    }
}

impl<K: Eq + Hash, V: Clone> ShortCache<K, V> {
    /// The value, while it is believed.
    pub(crate) fn get(&self, key: &K) -> Option<V> {
        let entries = self.lock();
        let (value, since) = entries.by_key.get(key)?;
        (since.elapsed() < TIME_TO_LIVE).then(|| value.clone())
    }

    /// To be taken before the read whose result is then kept.
    pub(crate) fn begin_read(&self) -> ReadStart {
        ReadStart { at: Instant::now(), forgotten: self.lock().forgotten }
    }

    /// Keeps what a read found, unless something was forgotten since it began.
    pub(crate) fn keep(&self, key: K, value: V, read: ReadStart) {
        let mut entries = self.lock();
        if entries.forgotten != read.forgotten {
            return;
        }
        if entries.by_key.len() >= CAPACITY {
            entries.by_key.retain(|_, (_, since)| since.elapsed() < TIME_TO_LIVE);
        }
        if entries.by_key.len() >= CAPACITY {
            entries.by_key.clear();
        }
        entries.by_key.insert(key, (value, read.at));
    }

    /// Forgets a value that was changed, and every read of it under way.
    pub(crate) fn forget(&self, key: &K) {
        let mut entries = self.lock();
        entries.forgotten += 1;
        entries.by_key.remove(key);
    }

    fn lock(&self) -> MutexGuard<'_, Entries<K, V>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_that_began_before_a_change_is_not_kept() {
        let cache = ShortCache::<&str, i32>::default();
        let read = cache.begin_read();
        cache.forget(&"key");
        cache.keep("key", 1, read);
        assert_eq!(cache.get(&"key"), None);
        cache.keep("key", 2, cache.begin_read());
        assert_eq!(cache.get(&"key"), Some(2));
    }

    #[test]
    fn an_entry_ends_five_seconds_after_its_read_began() {
        let cache = ShortCache::<&str, i32>::default();
        let mut read = cache.begin_read();
        read.at = read.at.checked_sub(TIME_TO_LIVE).unwrap();
        cache.keep("key", 1, read);
        assert_eq!(cache.get(&"key"), None);
    }

    #[test]
    fn a_full_cache_stays_small() {
        let cache = ShortCache::<usize, usize>::default();
        for number in 0..3 * CAPACITY {
            cache.keep(number, number, cache.begin_read());
        }
        assert!(cache.lock().by_key.len() <= CAPACITY);
        assert_eq!(cache.get(&(3 * CAPACITY - 1)), Some(3 * CAPACITY - 1));
    }
}
