//! Building the read model again beside the living one, in rows written per second, against COPY of the same rows into
//! tables without indexes.

use super::project::{Projected, SCHEMA};
use crate::database::{Database, rows};
use crate::report::Found;
use crate::row::Figure;
use crate::series::{self, Measured, Series};
use crate::stage::Stage;
use crate::timing::Stopwatch;
use sqlx::{AssertSqlSafe, Connection, Executor};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Where the floor copies to.
const FLOOR_SCHEMA: &str = "floor";

/// Measures all rounds over a read model that holds the whole log.
pub(crate) async fn run(stage: &Stage<'_>, projected: &Projected) -> anyhow::Result<Found> {
    let folder = stage.scratch.join("rebuild");
    fs::create_dir(&folder)?;
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o777))?;
    let floor = Floor::dump(stage, &projected.database, folder).await?;
    let mut rebuild = Series::new("rebuild of the read model, rows written");
    let mut copy = Series::new("COPY of the same rows");
    for _ in stage.rounds() {
        if let Some(measured) = rebuild_all(stage, projected).await? {
            rebuild.push(measured);
        }
        copy.push(floor.measure(stage, projected).await?);
    }
    let figures = Figure::ratio("rebuild_vs_copy", &rebuild, &copy).into_iter().collect();
    let notes = vec![format!(
        "Medians of {} interleaved rounds over {} rows in {} tables; COPY by psql from binary files, one table after the \
         other on one connection, into tables without indexes.",
        stage.options.rounds,
        projected.rows,
        floor.tables.len()
    )];
    Ok(Found { sections: vec![series::section("Rebuilding", "rows", &[rebuild, copy], notes)], figures })
}

/// Builds the read model of `projected.database` again, beside the one that is there, and throws the new one away.
///
/// This is the place of the product's own rebuild. The rate counts `projected.rows` over the time from its start until
/// the new read model could be switched to. Until then there is nothing to measure and the row has no figure.
#[expect(clippy::unused_async, reason = "the rebuild itself will wait")]
async fn rebuild_all(_stage: &Stage<'_>, _projected: &Projected) -> anyhow::Result<Option<Measured>> {
    Ok(None)
}

/// The rows of the read model in files.
struct Floor {
    folder: PathBuf,
    tables: Vec<String>,
}

impl Floor {
    async fn dump(stage: &Stage<'_>, database: &Database, folder: PathBuf) -> anyhow::Result<Self> {
        let mut connection = database.connection().await?;
        let tables = rows::tables(&mut connection, SCHEMA).await?;
        connection.close().await?;
        let statements: Vec<String> = tables
            .iter()
            .map(|table| {
                format!("\\copy {SCHEMA}.{table} to '{}' with (format binary)", file(&folder, table))
            })
            .collect();
        stage.server.psql(database).run(&statements).await?;
        Ok(Self { folder, tables })
    }

    async fn measure(&self, stage: &Stage<'_>, projected: &Projected) -> anyhow::Result<Measured> {
        let mut connection = projected.database.connection().await?;
        connection.execute(AssertSqlSafe(format!("create schema {FLOOR_SCHEMA}"))).await?;
        for table in &self.tables {
            let like = format!("create table {FLOOR_SCHEMA}.{table} (like {SCHEMA}.{table})");
            connection.execute(AssertSqlSafe(like)).await?;
        }
        stage.server.checkpoint().await?;
        let statements: Vec<String> = self
            .tables
            .iter()
            .map(|table| {
                format!(
                    "\\copy {FLOOR_SCHEMA}.{table} from '{}' with (format binary)",
                    file(&self.folder, table)
                )
            })
            .collect();
        let watched = stage.watched();
        let stopwatch = Stopwatch::start(&watched)?;
        stage.server.psql(&projected.database).run(&statements).await?;
        let measured = stopwatch.stop(f64::from(u32::try_from(projected.rows)?))?;
        connection.execute(AssertSqlSafe(format!("drop schema {FLOOR_SCHEMA} cascade"))).await?;
        connection.close().await?;
        Ok(measured)
    }
}

fn file(folder: &Path, table: &str) -> String {
    folder.join(table).display().to_string().replace('\'', "''")
}
