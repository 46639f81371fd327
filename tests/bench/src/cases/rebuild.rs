//! Building the read model again beside the living one, in rows written per second, against COPY of the same rows.
//!
//! Both fill tables without indexes and make keys and indexes after the bulk. The row compares the bulk, from when the
//! tables are made; the whole, with keys and indexes on both sides, stands beside it.

use super::project::{Projected, SCHEMA};
use crate::database::{Database, rows};
use crate::report::Found;
use crate::row::Figure;
use crate::series::{self, Measured, Series};
use crate::stage::{Stage, turns};
use crate::timing::Stopwatch;
use anyhow::ensure;
use log::Log;
use projector::rebuild::{Progress, rebuild};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Where the floor copies to.
const FLOOR_SCHEMA: &str = "floor";
/// Workers of the rebuild: as many as `casebus views rebuild` has by itself.
const WORKERS: usize = 3;

/// The bulk, and the whole with keys and indexes.
struct Both {
    bulk: Measured,
    whole: Measured,
}

#[derive(Clone, Copy)]
enum Contender {
    Rebuild,
    Copy,
}

/// Measures all rounds over a read model that holds the whole log.
pub(crate) async fn run(stage: &Stage<'_>, projected: &Projected) -> anyhow::Result<Found> {
    let folder = stage.scratch.join("rebuild");
    fs::create_dir(&folder)?;
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o777))?;
    let floor = Floor::dump(stage, &projected.database, folder).await?;
    let mut bulk = Series::new("rebuild, the bulk");
    let mut whole = Series::new("rebuild, with keys, indexes, statistics and switch");
    let mut copy = Series::new("COPY of the same rows");
    let mut copy_whole = Series::new("COPY, then the same keys and indexes");
    for round in stage.rounds() {
        for contender in turns(round, &[Contender::Rebuild, Contender::Copy]) {
            let (measured, bulk, whole) = match contender {
                Contender::Rebuild => (rebuild_all(stage, projected).await?, &mut bulk, &mut whole),
                Contender::Copy => (floor.measure(stage, projected).await?, &mut copy, &mut copy_whole),
            };
            bulk.push(measured.bulk);
            whole.push(measured.whole);
        }
    }
    let figures = Figure::ratio("rebuild_vs_copy", &bulk, &copy).into_iter().collect();
    let notes = vec![format!(
        "Medians of {} interleaved rounds over {} events and {} rows in {} tables. The rebuild reads and folds the log \
         with {WORKERS} workers; COPY is psql from binary files, one table after the other on one connection.",
        stage.options.rounds,
        projected.events,
        projected.rows,
        floor.tables.len()
    )];
    let series = [bulk, copy, whole, copy_whole];
    Ok(Found { sections: vec![series::section("Rebuilding", "rows", &series, notes)], figures })
}

/// Builds the read model again beside the one that serves, switches to it, and drops the former one.
async fn rebuild_all(stage: &Stage<'_>, projected: &Projected) -> anyhow::Result<Both> {
    stage.server.checkpoint().await?;
    let pool = projected.database.pool().await?;
    let log = Log::open(pool.clone()).await?;
    let watched = stage.watched();
    let rows = projected.operations()?;
    let begun = Stopwatch::start(&watched)?;
    let (filling, after_bulk) = (Mutex::new(None), Mutex::new(None));
    let tell = |progress: Progress| match progress {
        // The tables are made.
        Progress::Filling { events: 0, .. } => *held(&filling) = Some(Stopwatch::start(&watched)),
        Progress::Indexing => {
            let begun = held(&filling).take();
            *held(&after_bulk) = begun.map(|begun| begun.and_then(|begun| begun.so_far(rows)));
        }
        Progress::Filling { .. } | Progress::CatchingUp { .. } | Progress::Switching => {}
    };
    let rebuilt = rebuild(&log, &pool, WORKERS, tell).await?;
    let whole = begun.so_far(rows)?;
    ensure!(rebuilt.position == projected.events, "the rebuild stands at {}", rebuilt.position);
    ensure!(rebuilt.copied.parked == 0, "{} events were parked", rebuilt.copied.parked);
    views::rebuild::drop_former(&pool).await?;
    pool.close().await;
    let bulk = after_bulk.into_inner().unwrap_or_else(PoisonError::into_inner);
    let bulk = bulk.unwrap_or_else(|| anyhow::bail!("the rebuild did not say when its bulk was done"))?;
    Ok(Both { bulk, whole })
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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

    async fn measure(&self, stage: &Stage<'_>, projected: &Projected) -> anyhow::Result<Both> {
        let mut connection = projected.database.connection().await?;
        let indexes = index_statements(&mut connection).await?;
        connection.execute(AssertSqlSafe(format!("create schema {FLOOR_SCHEMA}"))).await?;
        for table in &self.tables {
            let like = format!("create table {FLOOR_SCHEMA}.{table} (like {SCHEMA}.{table})");
            connection.execute(AssertSqlSafe(like)).await?;
        }
        stage.server.checkpoint().await?;
        // The rebuild waits for the disk only at its end; so does this.
        let mut copies = vec!["set synchronous_commit = off".to_owned()];
        copies.extend(self.tables.iter().map(|table| {
            let file = file(&self.folder, table);
            format!("\\copy {FLOOR_SCHEMA}.{table} from '{file}' with (format binary)")
        }));
        let watched = stage.watched().and_ended("psql");
        let stopwatch = Stopwatch::start(&watched)?;
        stage.server.psql(&projected.database).run(&copies).await?;
        let bulk = stopwatch.so_far(projected.operations()?)?;
        for statement in indexes {
            connection.execute(AssertSqlSafe(statement)).await?;
        }
        let whole = stopwatch.so_far(projected.operations()?)?;
        connection.execute(AssertSqlSafe(format!("drop schema {FLOOR_SCHEMA} cascade"))).await?;
        connection.close().await?;
        Ok(Both { bulk, whole })
    }
}

/// The statements that make the keys and indexes of the read model, for the floor.
async fn index_statements(connection: &mut PgConnection) -> anyhow::Result<Vec<String>> {
    let names = sqlx::query_scalar(
        "select replace(pg_get_indexdef(i.indexrelid), 'ON ' || $1 || '.', 'ON ' || $2 || '.')
           from pg_index i join pg_class c on c.oid = i.indrelid
          where c.relnamespace = $1::regnamespace and c.relname not like '\\_%' order by 1",
    );
    Ok(names.bind(SCHEMA).bind(FLOOR_SCHEMA).fetch_all(connection).await?)
}

fn file(folder: &Path, table: &str) -> String {
    folder.join(table).display().to_string().replace('\'', "''")
}
