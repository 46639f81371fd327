//! The handle through which everything here is reached.

use crate::api_key::KeyCache;
use crate::master_key::MasterKey;
use crate::reading::RecentReadings;
use crate::subject_key::SubjectKeyCache;
use sqlx::PgPool;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// How many keys that are not cached are looked up at once: fewer than the pool has connections, however many made-up
/// keys come.
const LOOKUPS_AT_ONCE: usize = 2;

/// A cheap, cloneable handle; clones share their caches.
#[derive(Clone)]
pub struct Accounts {
    pub(crate) pool: PgPool,
    pub(crate) shared: Arc<Shared>,
}

/// What the clones of one handle share.
pub(crate) struct Shared {
    pub(crate) master_key: MasterKey,
    pub(crate) keys: KeyCache,
    /// Who may look a key up now.
    pub(crate) key_lookups: Semaphore,
    pub(crate) subject_keys: SubjectKeyCache,
    pub(crate) readings: RecentReadings,
}

impl Accounts {
    /// A handle on a database whose schema is up to date.
    pub fn new(pool: PgPool, master_key: MasterKey) -> Self {
        let shared = Shared {
            master_key,
            keys: KeyCache::default(),
            key_lookups: Semaphore::new(LOOKUPS_AT_ONCE),
            subject_keys: SubjectKeyCache::default(),
            readings: RecentReadings::default(),
        };
        Self { pool, shared: Arc::new(shared) }
    }
}
