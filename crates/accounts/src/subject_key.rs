//! One data key per person, under which that person's name and numbers are sealed.

use crate::cache::ShortCache;
use crate::error::AccountsError;
use crate::handle::Accounts;
use crate::master_key::{MasterKey, decrypt, encrypt};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::ids::fresh_id;
use contract::sealed::Sealed;
use sqlx::PgPool;
use std::collections::HashMap;
use std::fmt;
use uuid::Uuid;

/// The key of nobody, under which nothing is sealed: whatever master key opens it is the one of the database.
const WITNESS: Uuid = Uuid::from_u128(1);

/// A person's data key, ready to seal with.
#[derive(Clone)]
pub struct SubjectKey {
    id: Uuid,
    key: [u8; 32],
}

impl SubjectKey {
    /// Its id, as it stands in every value sealed under it.
    pub fn id(&self) -> Uuid {
        self.id
    }
}

impl fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubjectKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What is believed of subject keys for a short time; `None` for one that is destroyed or unknown.
pub(crate) type SubjectKeyCache = ShortCache<Uuid, Option<[u8; 32]>>;

impl Accounts {
    /// Makes a key for one person and stores it, wrapped under the master key.
    pub async fn new_subject_key(&self) -> Result<SubjectKey, AccountsError> {
        self.new_subject_key_of(None).await
    }

    /// Makes one for whoever has this identity number or social credit code, and keeps beside it by what
    /// [`Self::subject_keys_of_the_same`] knows the same one again.
    pub async fn new_subject_key_of(&self, number: Option<&str>) -> Result<SubjectKey, AccountsError> {
        let id = fresh_id();
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        let wrapped = encrypt(&self.shared.master_key.0, id.as_bytes(), &key)?;
        let tag = number.map(|number| self.tag(number));
        sqlx::query!(
            "INSERT INTO accounts.subject_key (id, wrapped, tag) VALUES ($1, $2, $3)",
            id,
            wrapped,
            tag
        )
        .execute(&self.pool)
        .await?;
        Ok(SubjectKey { id, key })
    }

    /// Seals one value. `field` says what it is, like `name`; it must be given again to open the value, so a
    /// sealed value that was moved to another field does not open.
    pub fn seal(&self, key: &SubjectKey, field: &str, plain: &str) -> Result<Sealed, AccountsError> {
        let sealed = encrypt(&key.key, &binding(key.id, field), plain.as_bytes())?;
        Ok(Sealed::new(key.id, &STANDARD.encode(sealed)))
    }

    /// The keys of the same persons and organisations as these, these among them. None of a destroyed key: nothing links
    /// whom it stood for any more.
    pub async fn subject_keys_of_the_same(&self, keys: &[Uuid]) -> Result<Vec<Uuid>, AccountsError> {
        let found = sqlx::query_scalar!(
            "SELECT other.id FROM accounts.subject_key other
             WHERE other.tag IN (SELECT own.tag FROM accounts.subject_key own WHERE own.id = ANY($1))
             ORDER BY other.id",
            keys
        );
        Ok(found.fetch_all(&self.pool).await?)
    }

    /// The same for the same number; it never leaves the database, as whoever could compare it could try numbers out.
    fn tag(&self, number: &str) -> Vec<u8> {
        use sha2::{Digest, Sha256};
        let own =
            Sha256::new().chain_update(self.shared.master_key.0).chain_update(b"suspect tag").finalize();
        Sha256::new().chain_update(own).chain_update(number.as_bytes()).finalize().to_vec()
    }

    /// Opens values, each with its field, with at most one query. `None` stands for a value that cannot be
    /// opened: its key was destroyed or is unknown, it was changed, or it was sealed as another field. A key
    /// destroyed by another process may still open values here for five seconds.
    pub async fn open_all(&self, values: &[(&Sealed, &str)]) -> Result<Vec<Option<String>>, AccountsError> {
        let keys = self.subject_keys(values.iter().filter_map(|(sealed, _)| Some(sealed.parts()?.0))).await?;
        let open = |sealed: &Sealed, field: &str| {
            let (id, data) = sealed.parts()?;
            let key = keys.get(&id)?.as_ref()?;
            let plain = decrypt(key, &binding(id, field), &STANDARD.decode(data).ok()?)?;
            String::from_utf8(plain).ok()
        };
        Ok(values.iter().map(|(sealed, field)| open(sealed, field)).collect())
    }

    /// Destroys a key: what was sealed under it can no longer be opened. `false` when there is no such key.
    ///
    /// Backups and the write-ahead log of the database may hold the wrapped key until they are rotated.
    pub async fn destroy_subject_key(&self, id: Uuid) -> Result<bool, AccountsError> {
        let done = sqlx::query!(
            "UPDATE accounts.subject_key
             SET wrapped = NULL, tag = NULL, destroyed_at = coalesce(destroyed_at, clock_timestamp())
             WHERE id = $1",
            id
        )
        .execute(&self.pool)
        .await?;
        self.shared.subject_keys.forget(&id);
        Ok(done.rows_affected() > 0)
    }

    async fn subject_keys(
        &self,
        ids: impl Iterator<Item = Uuid>,
    ) -> Result<HashMap<Uuid, Option<[u8; 32]>>, AccountsError> {
        let cache = &self.shared.subject_keys;
        let mut keys = HashMap::new();
        let mut missing = Vec::new();
        for id in ids {
            if let Some(key) = cache.get(&id) {
                keys.insert(id, key);
            } else if keys.insert(id, None).is_none() {
                missing.push(id);
            }
        }
        if missing.is_empty() {
            return Ok(keys);
        }
        let read = cache.begin_read();
        let rows = sqlx::query!("SELECT id, wrapped FROM accounts.subject_key WHERE id = ANY($1)", &missing)
            .fetch_all(&self.pool)
            .await?;
        for row in rows {
            let master_key = &self.shared.master_key;
            let key = row.wrapped.map(|wrapped| unwrap_key(master_key, row.id, &wrapped)).transpose()?;
            cache.keep(row.id, key, read);
            keys.insert(row.id, key);
        }
        Ok(keys)
    }
}

/// Whether a database holds a key that a master key must open: then a new master key must not be made.
pub async fn has_subject_keys(pool: &PgPool) -> Result<bool, AccountsError> {
    Ok(newest_wrapped(pool).await?.is_some())
}

/// Whether a service has left a witness of its master key in a database.
pub async fn has_witness(pool: &PgPool) -> Result<bool, AccountsError> {
    Ok(witness(pool).await?.is_some())
}

/// Makes sure that the master key is the one of a database: it must open the newest key that is not destroyed, and the witness,
/// which the first service leaves. So two services with two keys are told apart before anything is sealed.
/// [`AccountsError::WrongMasterKey`] when it is another.
pub async fn settle_master_key(pool: &PgPool, master_key: &MasterKey) -> Result<(), AccountsError> {
    if let Some((id, wrapped)) = newest_wrapped(pool).await? {
        unwrap_key(master_key, id, &wrapped)?;
    }
    let wrapped = match witness(pool).await? {
        Some(wrapped) => wrapped,
        None => leave_witness(pool, master_key).await?,
    };
    unwrap_key(master_key, WITNESS, &wrapped).map(drop)
}

/// Leaves a witness, unless another one was left meanwhile; answers the one that stands.
async fn leave_witness(pool: &PgPool, master_key: &MasterKey) -> Result<Vec<u8>, AccountsError> {
    let mut key = [0; 32];
    getrandom::fill(&mut key)?;
    let own = encrypt(&master_key.0, WITNESS.as_bytes(), &key)?;
    sqlx::query!(
        "INSERT INTO accounts.subject_key (id, wrapped) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING",
        WITNESS,
        own
    )
    .execute(pool)
    .await?;
    Ok(witness(pool).await?.unwrap_or(own))
}

async fn witness(pool: &PgPool) -> Result<Option<Vec<u8>>, AccountsError> {
    let wrapped = sqlx::query_scalar!(
        r#"SELECT wrapped AS "wrapped!" FROM accounts.subject_key WHERE id = $1 AND wrapped IS NOT NULL"#,
        WITNESS
    );
    Ok(wrapped.fetch_optional(pool).await?)
}

/// Lets another master key take the place of one under which nothing is sealed. An act of the owner.
pub async fn forget_master_key(pool: &PgPool) -> Result<(), AccountsError> {
    sqlx::query!("DELETE FROM accounts.subject_key WHERE id = $1", WITNESS).execute(pool).await?;
    Ok(())
}

async fn newest_wrapped(pool: &PgPool) -> Result<Option<(Uuid, Vec<u8>)>, AccountsError> {
    let row = sqlx::query!(
        r#"SELECT id, wrapped AS "wrapped!" FROM accounts.subject_key
           WHERE wrapped IS NOT NULL AND id <> $1 ORDER BY id DESC LIMIT 1"#,
        WITNESS
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|row| (row.id, row.wrapped)))
}

fn unwrap_key(master_key: &MasterKey, id: Uuid, wrapped: &[u8]) -> Result<[u8; 32], AccountsError> {
    decrypt(&master_key.0, id.as_bytes(), wrapped)
        .and_then(|key| key.try_into().ok())
        .ok_or(AccountsError::WrongMasterKey(id))
}

/// What a sealed value is bound to: the 16 bytes of the key's id, then the name of the field.
fn binding(id: Uuid, field: &str) -> Vec<u8> {
    [id.as_bytes().as_slice(), field.as_bytes()].concat()
}
