//! The handle through which everything here is reached.

use crate::api_key::KeyCache;
use crate::master_key::MasterKey;
use crate::reading::RecentReadings;
use crate::subject_key::SubjectKeyCache;
use sqlx::PgPool;
use std::sync::Arc;

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
    pub(crate) subject_keys: SubjectKeyCache,
    pub(crate) readings: RecentReadings,
}

impl Accounts {
    /// A handle on a database whose schema is up to date.
    pub fn new(pool: PgPool, master_key: MasterKey) -> Self {
        let shared = Shared {
            master_key,
            keys: KeyCache::default(),
            subject_keys: SubjectKeyCache::default(),
            readings: RecentReadings::default(),
        };
        Self { pool, shared: Arc::new(shared) }
    }
}
