//! The master key at a start: made only where nothing is sealed yet, and compared with the one that the database knows.
//!
//! A new key beside old data would work until somebody opens a name, and then seal new ones under the wrong key.

use crate::failure::Failure;
use accounts::{AccountsError, MasterKey};
use anyhow::Context;
use sqlx::PgPool;
use std::path::Path;
use std::time::Duration;

/// How long Postgres may take to answer. On a connection that the network dropped without a word it would be for ever.
const PATIENCE: Duration = Duration::from_secs(20);

/// Reads the key of a database, or makes one where the database has nothing sealed yet.
pub(crate) async fn load_or_create(path: &Path, pool: &PgPool) -> anyhow::Result<MasterKey> {
    if !path.try_exists()? && accounts::has_subject_keys(pool).await? {
        let path = path.display();
        return Err(Failure::new(
            format!(
                "{path} is missing, and the names of persons in this database are sealed under it: restore the file \
                 from its backup"
            ),
            format!("缺少 {path}，而此数据库中的个人信息由它加密：请从备份恢复该文件"),
        )
        .into());
    }
    if !path.try_exists()? {
        accounts::forget_master_key(pool).await?;
    }
    let key = MasterKey::load_or_create(path)?;
    check(&key, path, pool).await?;
    Ok(key)
}

/// Reads the key of a database, as a service or an administrator names it.
pub(crate) async fn load(path: &Path, pool: &PgPool) -> anyhow::Result<MasterKey> {
    let key = MasterKey::load(path)?;
    match check(&key, path, pool).await {
        Err(error) if !error.is::<Failure>() => {
            // The service itself says what is wrong with the database, and waits for it.
            tracing::warn!(
                error = format!("{error:#}"),
                "the master key could not be compared with the database"
            );
        }
        checked => checked?,
    }
    Ok(key)
}

/// Refuses a key that does not open what the database has.
async fn check(key: &MasterKey, path: &Path, pool: &PgPool) -> anyhow::Result<()> {
    let checked = tokio::time::timeout(PATIENCE, accounts::check_master_key(pool, key)).await;
    match checked.context("Postgres does not answer")? {
        Err(AccountsError::WrongMasterKey(_)) => {
            let path = path.display();
            Err(Failure::new(
                format!(
                    "{path} is not the master key of this database: restore the right file from its backup"
                ),
                format!("{path} 不是此数据库的主密钥：请从备份恢复正确的文件"),
            )
            .into())
        }
        checked => Ok(checked?),
    }
}
