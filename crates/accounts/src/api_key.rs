//! Keys with which departments call the API.
//!
//! A key reads `cb_<id>_<secret>`. The id is public; the secret, 32 random bytes, is shown once and only its
//! SHA-256 is stored, which is enough for a value that cannot be guessed. What the database says of a key is
//! believed for five seconds: a revocation takes effect at once through the handle that made it, and everywhere
//! within five seconds.

use crate::cache::ShortCache;
use crate::error::AccountsError;
use crate::handle::Accounts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use contract::actor::Role;
use contract::ids::DepartmentId;
use sha2::{Digest, Sha256};
use std::fmt;
use std::time::Duration;
use subtle::ConstantTimeEq;
use tokio::time::timeout;

/// What every key begins with, before its id.
const KEY_PREFIX: &str = "cb_";
/// What the id of every key begins with.
const ID_PREFIX: &str = "k_";
/// How many letters and digits follow in an id.
const ID_LENGTH: usize = 12;
/// How long looking a key up may take.
const LOOKUP_PATIENCE: Duration = Duration::from_secs(3);

/// Which transfers a key may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Those of its own department and, for a supervisor of an office or a government, of its region.
    Own,
    /// Every transfer of this bus: for the bus's administrator.
    All,
}

impl Scope {
    const fn stored(self) -> Option<&'static str> {
        match self {
            Self::Own => None,
            Self::All => Some("all"),
        }
    }

    fn from_stored(stored: Option<&str>) -> Result<Self, AccountsError> {
        match stored {
            None => Ok(Self::Own),
            Some("all") => Ok(Self::All),
            Some(other) => Err(unknown_value("api_key.scope", other)),
        }
    }
}

/// A key to be made. Whether the department exists is for the caller to check.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// The department that will act with it.
    pub department: DepartmentId,
    /// The role in which it will act.
    pub role: Role,
    /// Which transfers it may see.
    pub scope: Scope,
    /// What it is for.
    pub label: String,
    /// From when on it is refused.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A key just made. The only moment at which its secret is known.
pub struct CreatedKey {
    /// The public id.
    pub id: String,
    /// The whole key text, to be handed to the department.
    pub secret: String,
}

impl fmt::Debug for CreatedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreatedKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A key as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// The public id.
    pub id: String,
    /// The department that acts with it.
    pub department: DepartmentId,
    /// The role in which it acts.
    pub role: Role,
    /// Which transfers it may see.
    pub scope: Scope,
    /// What it is for.
    pub label: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// From when on it is refused.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Who calls, once the key was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Caller {
    /// The public id of the key.
    pub key_id: String,
    /// The department that acts.
    pub department: DepartmentId,
    /// The role in which it acts.
    pub role: Role,
    /// Which transfers it may see.
    pub scope: Scope,
}

/// Why a key is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthenticationRefusal {
    /// There is no such key, or its secret is another one.
    #[error("there is no such key")]
    Unknown,
    /// The key was revoked.
    #[error("the key was revoked")]
    Revoked,
    /// The key has expired.
    #[error("the key has expired")]
    Expired,
}

/// What is believed of keys for a short time.
pub(crate) type KeyCache = ShortCache<String, StoredKey>;

/// A key as the database has it.
#[derive(Clone)]
pub(crate) struct StoredKey {
    secret_sha256: Vec<u8>,
    caller: Caller,
    expires_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
}

impl Accounts {
    /// Makes a key.
    pub async fn create_key(&self, new: NewKey, now: DateTime<Utc>) -> Result<CreatedKey, AccountsError> {
        let id = random_id()?;
        let mut random = [0; 32];
        getrandom::fill(&mut random)?;
        let secret = URL_SAFE_NO_PAD.encode(random);
        let secret_sha256 = Sha256::digest(&secret);
        sqlx::query!(
            "INSERT INTO accounts.api_key
                 (id, secret_sha256, department, role, scope, label, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            id,
            secret_sha256.as_slice(),
            new.department.as_str(),
            new.role.name(),
            new.scope.stored(),
            new.label,
            now,
            new.expires_at,
        )
        .execute(&self.pool)
        .await?;
        Ok(CreatedKey { secret: format!("{KEY_PREFIX}{id}_{secret}"), id })
    }

    /// Every key, revoked and expired ones too, the oldest first.
    pub async fn list_keys(&self) -> Result<Vec<ApiKey>, AccountsError> {
        let rows = sqlx::query_as!(
            ListedKey,
            "SELECT id, department, role, scope, label, created_at, expires_at, revoked_at
             FROM accounts.api_key ORDER BY created_at, id"
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(ListedKey::read).collect()
    }

    /// The keys of a department that are valid at a moment, the oldest first.
    pub async fn valid_keys_of(
        &self,
        department: &DepartmentId,
        now: DateTime<Utc>,
    ) -> Result<Vec<ApiKey>, AccountsError> {
        let rows = sqlx::query_as!(
            ListedKey,
            "SELECT id, department, role, scope, label, created_at, expires_at, revoked_at
             FROM accounts.api_key
             WHERE department = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
             ORDER BY created_at, id",
            department.as_str(),
            now,
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(ListedKey::read).collect()
    }

    /// Revokes a key for good; `false` when there is no key of that id. Revoking again keeps the first time.
    pub async fn revoke_key(&self, id: &str, now: DateTime<Utc>) -> Result<bool, AccountsError> {
        let done = sqlx::query!(
            "UPDATE accounts.api_key SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1",
            id,
            now,
        )
        .execute(&self.pool)
        .await?;
        self.shared.keys.forget(&id.to_owned());
        Ok(done.rows_affected() > 0)
    }

    /// Who calls with this key text. The outer error is a failure; the inner one is the answer that the key is
    /// not accepted. A wrong secret is `Unknown`, whatever has become of the key with that id.
    pub async fn authenticate(
        &self,
        text: &str,
        now: DateTime<Utc>,
    ) -> Result<Result<Caller, AuthenticationRefusal>, AccountsError> {
        let Some((id, secret)) = split_key(text) else {
            return Ok(Err(AuthenticationRefusal::Unknown));
        };
        let Some(stored) = self.stored_key(id).await? else {
            return Ok(Err(AuthenticationRefusal::Unknown));
        };
        let offered = Sha256::digest(secret);
        let answer = if !bool::from(offered.as_slice().ct_eq(&stored.secret_sha256)) {
            Err(AuthenticationRefusal::Unknown)
        } else if stored.revoked_at.is_some() {
            Err(AuthenticationRefusal::Revoked)
        } else if stored.expires_at.is_some_and(|expires_at| expires_at <= now) {
            Err(AuthenticationRefusal::Expired)
        } else {
            Ok(stored.caller)
        };
        Ok(answer)
    }

    async fn stored_key(&self, id: &str) -> Result<Option<StoredKey>, AccountsError> {
        let cached = || self.shared.keys.get(&id.to_owned());
        if let Some(stored) = cached() {
            return Ok(Some(stored));
        }
        let _turn = self.shared.key_lookups.acquire().await.expect("nobody closes it");
        // Somebody else may have looked it up meanwhile.
        if let Some(stored) = cached() {
            return Ok(Some(stored));
        }
        let read = self.shared.keys.begin_read();
        let row = sqlx::query!(
            "SELECT id, secret_sha256, department, role, scope, expires_at, revoked_at
             FROM accounts.api_key WHERE id = $1",
            id
        )
        .fetch_optional(&self.pool);
        // On a connection that the network dropped without a word it would keep the turn for ever.
        let row = timeout(LOOKUP_PATIENCE, row).await.map_err(|_| sqlx::Error::PoolTimedOut)??;
        let Some(row) = row else { return Ok(None) };
        let stored = StoredKey {
            secret_sha256: row.secret_sha256,
            caller: Caller {
                key_id: row.id,
                department: stored_department("api_key.department", &row.department)?,
                role: stored_role(&row.role)?,
                scope: Scope::from_stored(row.scope.as_deref())?,
            },
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
        };
        self.shared.keys.keep(id.to_owned(), stored.clone(), read);
        Ok(Some(stored))
    }
}

/// A key as the database lists it, without its secret.
struct ListedKey {
    id: String,
    department: String,
    role: String,
    scope: Option<String>,
    label: String,
    created_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
}

impl ListedKey {
    fn read(self) -> Result<ApiKey, AccountsError> {
        Ok(ApiKey {
            id: self.id,
            department: stored_department("api_key.department", &self.department)?,
            role: stored_role(&self.role)?,
            scope: Scope::from_stored(self.scope.as_deref())?,
            label: self.label,
            created_at: self.created_at,
            expires_at: self.expires_at,
            revoked_at: self.revoked_at,
        })
    }
}

/// The id and the secret of a key text; `None` when it has not the form of one.
fn split_key(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix(KEY_PREFIX)?;
    let (id, secret) = rest.split_at_checked(ID_PREFIX.len() + ID_LENGTH)?;
    let secret = secret.strip_prefix('_')?;
    let letters = id.strip_prefix(ID_PREFIX)?;
    letters.bytes().all(|byte| byte.is_ascii_alphanumeric()).then_some((id, secret))
}

/// `k_` and letters and digits, each equally likely.
fn random_id() -> Result<String, AccountsError> {
    const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut id = String::from(ID_PREFIX);
    let mut random = [0; 32];
    while id.len() < ID_PREFIX.len() + ID_LENGTH {
        getrandom::fill(&mut random)?;
        // Bytes from 248 up would make the first letters likelier than the others.
        let fair = random.iter().filter(|byte| usize::from(**byte) < 4 * ALPHABET.len());
        let missing = ID_PREFIX.len() + ID_LENGTH - id.len();
        id.extend(fair.take(missing).map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()])));
    }
    Ok(id)
}

pub(crate) fn stored_department(column: &'static str, text: &str) -> Result<DepartmentId, AccountsError> {
    DepartmentId::new(text).map_err(|_| unknown_value(column, text))
}

pub(crate) fn stored_role(name: &str) -> Result<Role, AccountsError> {
    Role::from_name(name).ok_or_else(|| unknown_value("api_key.role", name))
}

pub(crate) fn unknown_value(column: &'static str, value: &str) -> AccountsError {
    AccountsError::UnknownStoredValue { column, value: value.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_text_is_taken_apart_even_when_its_secret_has_underscores() {
        assert_eq!(split_key("cb_k_7Hq0aZ9bY8cX_ab_cd-e"), Some(("k_7Hq0aZ9bY8cX", "ab_cd-e")));
        for wrong in
            ["", "cb_", "k_7Hq0aZ9bY8cX_ab", "cb_k_7Hq_ab", "cb_k_7Hq0aZ9bY8cXab", "cb_k_钥钥钥钥_ab"]
        {
            assert_eq!(split_key(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn ids_are_of_letters_and_digits_and_differ() {
        let (first, second) = (random_id().unwrap(), random_id().unwrap());
        assert_eq!(first.len(), ID_PREFIX.len() + ID_LENGTH);
        assert!(first[ID_PREFIX.len()..].bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_ne!(first, second);
    }
}
