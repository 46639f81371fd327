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

/// Reads the key of a database, or makes one where the database has nothing sealed yet. A `private` database is nobody else's, so
/// there another key may take the place of one that sealed nothing.
pub(crate) async fn load_or_create(path: &Path, pool: &PgPool, private: bool) -> anyhow::Result<MasterKey> {
    if !path.try_exists()? {
        if accounts::has_subject_keys(pool).await? {
            let path = path.display();
            return Err(Failure::new(
                format!(
                    "{path} is missing, and the names of persons in this database are sealed under it: restore the \
                     file from its backup"
                ),
                format!("缺少 {path}，而此数据库中的个人信息由它加密：请从备份恢复该文件"),
            )
            .into());
        }
        if private {
            accounts::forget_master_key(pool).await?;
        } else if accounts::has_witness(pool).await? {
            let path = path.display();
            return Err(Failure::new(
                format!("{path} is missing, and another service of this database has a master key: copy its file there"),
                format!("缺少 {path}，而此数据库的其他服务已有主密钥：请将该文件复制到此处"),
            )
            .into());
        }
    }
    let key = MasterKey::load_or_create(path)?;
    settle(&key, path, pool).await?;
    Ok(key)
}

/// Reads the key of a database, for a service.
pub(crate) async fn load(path: &Path, pool: &PgPool) -> anyhow::Result<MasterKey> {
    let key = MasterKey::load(path)?;
    match settle(&key, path, pool).await {
        Err(error) if !error.is::<Failure>() => {
            // The service itself says what is wrong with the database, and waits for it.
            tracing::warn!(
                error = format!("{error:#}"),
                "the master key could not be compared with the database"
            );
        }
        settled => settled?,
    }
    Ok(key)
}

/// Refuses a key that is not the one of the database.
async fn settle(key: &MasterKey, path: &Path, pool: &PgPool) -> anyhow::Result<()> {
    let settled = tokio::time::timeout(PATIENCE, accounts::settle_master_key(pool, key)).await;
    match settled.context("Postgres does not answer")? {
        Err(AccountsError::WrongMasterKey(_)) => Err(another(path, pool).await?.into()),
        settled => Ok(settled?),
    }
}

/// What is to be done about a key that is another than the one of the database.
async fn another(path: &Path, pool: &PgPool) -> anyhow::Result<Failure> {
    let path = path.display();
    Ok(if accounts::has_subject_keys(pool).await? {
        Failure::new(
            format!("{path} is not the master key of this database: restore the right file from its backup"),
            format!("{path} 不是此数据库的主密钥：请从备份恢复正确的文件"),
        )
    } else {
        Failure::new(
            format!(
                "another master key than {path} was used first with this database, and nothing is sealed under it yet: \
                 use that file everywhere, or let this one take its place as the operator's guide says"
            ),
            format!(
                "此数据库先使用了 {path} 以外的主密钥，尚无数据由其加密：请各处统一使用该文件，或按操作手册改用本文件"
            ),
        )
    })
}
