//! message-db: functions in Postgres. Its package is not ours to carry; `build.sh` fetches it.
//!
//! `write_message` locks the category of a stream until its transaction ends, so writers wait for each other within
//! a category. Either all streams are in one, as streams of one kind are, or each writer has its own, which is the
//! best that can be made of it.

use crate::event::{Body, EVENT_TYPE, NewEvent, fresh_id};
use crate::peer::{Peer, Setup, Writer};
use anyhow::{Context, ensure};
use serde::Deserialize;
use sqlx::types::Json;
use sqlx::{Executor, PgPool};
use std::path::{Path, PathBuf};

/// Folders of its package in the order in which its own script runs them.
const FOLDERS: [&str; 6] = ["schema", "extensions", "tables", "types", "functions", "indexes"];

const WRITE: &str =
    "select message_store.write_message($1::varchar, $2::varchar, $3::varchar, $4::jsonb, null, $5::bigint)";

/// Its functions.
pub(crate) struct Functions<const CATEGORY_EACH: bool> {
    pool: PgPool,
}

/// Who calls them.
pub(crate) struct Caller {
    pool: PgPool,
    category: String,
}

impl<const CATEGORY_EACH: bool> Peer for Functions<CATEGORY_EACH> {
    const TABLE: &'static str = "message_store.messages";
    type Writer = Caller;

    async fn open(setup: &Setup<'_>) -> anyhow::Result<Self> {
        let name = setup.database.name();
        let pool = setup.database.pool(setup.connections).await?;
        // Its functions name each other without the schema.
        pool.execute(format!("alter database {name} set search_path to message_store, public").as_str())
            .await?;
        pool.close().await;
        let pool = setup.database.pool(setup.connections).await?;
        install(&pool, &setup.message_db.join("database")).await?;
        Ok(Self { pool })
    }

    fn writer(&self, number: u32) -> Caller {
        let category = if CATEGORY_EACH { format!("case{number}") } else { "case".to_owned() };
        Caller { pool: self.pool.clone(), category }
    }
}

impl Writer for Caller {
    async fn append(&mut self, event: NewEvent) -> anyhow::Result<()> {
        let position: i64 = sqlx::query_scalar(WRITE)
            .bind(fresh_id().to_string())
            .bind(format!("{}-{}", self.category, event.stream_id))
            .bind(EVENT_TYPE)
            .bind(Json::<&Body>(&event.body))
            .bind(i64::from(event.before) - 1)
            .fetch_one(&self.pool)
            .await?;
        ensure!(position == i64::from(event.before), "written at {position}, not at {}", event.before);
        Ok(())
    }
}

/// The version that its package tells.
pub(crate) fn version(package: &Path) -> anyhow::Result<String> {
    #[derive(Deserialize)]
    struct Package {
        version: String,
    }
    let file = package.join("package.json");
    let text = std::fs::read(&file).with_context(|| format!("{} (build.sh fetches it)", file.display()))?;
    Ok(serde_json::from_slice::<Package>(&text)?.version)
}

async fn install(pool: &PgPool, folder: &Path) -> anyhow::Result<()> {
    let mut connection = pool.acquire().await?;
    // A function may be made before one that it calls.
    connection.execute("set check_function_bodies to off").await?;
    for file in
        FOLDERS.iter().map(|name| sql_files(&folder.join(name))).collect::<Result<Vec<_>, _>>()?.concat()
    {
        let sql = std::fs::read_to_string(&file)?;
        sqlx::raw_sql(&sql).execute(&mut *connection).await.with_context(|| file.display().to_string())?;
    }
    connection.execute("reset check_function_bodies").await?;
    Ok(())
}

fn sql_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("{} (build.sh fetches it)", folder.display()))?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    files.retain(|file| file.extension().is_some_and(|ending| ending == "sql"));
    files.sort();
    Ok(files)
}
