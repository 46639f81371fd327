//! A schema with the tables of the read model.

use super::history::Copied;
use super::{FORMER, LIVE, NEXT};
use crate::binary::Columns;
use crate::{Event, ViewsError};
use sqlx::migrate::{Migration, Migrator};
use sqlx::{AssertSqlSafe, Executor, PgConnection, PgPool, SqlSafeStr};
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

/// A schema with the tables of the read model.
#[derive(Clone, Debug)]
pub struct Stage {
    pub(super) schema: &'static str,
    pub(super) columns: Arc<Columns>,
    /// The statements that make keys and indexes again.
    indexes: Vec<String>,
}

impl Stage {
    /// An empty read model of this program's shape beside the one that serves, without keys and indexes. What an earlier
    /// attempt left there is thrown away.
    pub async fn beside(pool: &PgPool) -> Result<Self, ViewsError> {
        if exists(pool, FORMER).await? {
            return Err(ViewsError::FormerKept);
        }
        pool.execute(AssertSqlSafe(format!("drop schema if exists {NEXT} cascade"))).await?;
        migrator_into(NEXT).run(pool).await?;
        let indexes = loosen(pool).await?;
        let columns = Arc::new(Columns::load(&mut *pool.acquire().await?, NEXT).await?);
        Ok(Self { schema: NEXT, columns, indexes })
    }

    /// The read model that serves.
    pub async fn serving(pool: &PgPool) -> Result<Self, ViewsError> {
        let columns = Arc::new(Columns::load(&mut *pool.acquire().await?, LIVE).await?);
        Ok(Self { schema: LIVE, columns, indexes: Vec::new() })
    }

    /// Copies in whole streams of which the stage holds nothing.
    pub async fn fill(
        &self,
        connection: &mut PgConnection,
        events: Vec<Event>,
    ) -> Result<Copied, ViewsError> {
        self.copy(connection, events, &BTreeSet::new()).await
    }

    /// Makes keys and indexes, the counts of the watch, and the planner's statistics: after the bulk.
    pub async fn complete(&self, pool: &PgPool) -> Result<(), ViewsError> {
        for statement in &self.indexes {
            pool.execute(AssertSqlSafe(statement.clone())).await?;
        }
        let schema = self.schema;
        let counts = format!("insert into {schema}.watch_count select * from {schema}.counts_of(null)");
        pool.execute(AssertSqlSafe(counts)).await?;
        for table in self.columns.tables() {
            pool.execute(AssertSqlSafe(format!("analyze {}.{table}", self.schema))).await?;
        }
        Ok(())
    }

    /// Builds streams anew from all their events.
    pub async fn replace(
        &self,
        connection: &mut PgConnection,
        events: Vec<Event>,
    ) -> Result<Copied, ViewsError> {
        let streams: BTreeSet<_> = events.iter().map(|event| event.stream_id).collect();
        let streams: Vec<_> = streams.into_iter().collect();
        let known = self.known_positions(connection, &streams).await?;
        self.count_on(connection, &streams, "-").await?;
        self.clear(connection, &streams).await?;
        let copied = self.copy(connection, events, &known).await?;
        self.count_on(connection, &streams, "+").await?;
        Ok(copied)
    }

    /// Takes these transfers out of the counts of the watch, or adds them.
    async fn count_on(
        &self,
        connection: &mut PgConnection,
        transfers: &[Uuid],
        sign: &str,
    ) -> Result<(), ViewsError> {
        let schema = self.schema;
        let moved = format!(
            "select {schema}.count_on(array(
               select row(c.from_department, c.to_department, c.office, c.holder, c.state, c.list, c.copies, null,
                   c.overdue,
                   {sign} c.transfers)::{schema}.watch_count from {schema}.counts_of($1) c))"
        );
        connection.execute(sqlx::query(AssertSqlSafe(moved)).bind(transfers)).await?;
        Ok(())
    }
}

/// Whether a next read model is being built, or was left by an attempt that was broken off.
pub async fn is_begun(pool: &PgPool) -> Result<bool, ViewsError> {
    exists(pool, NEXT).await
}

/// Whether the read model from before the last switch is still there.
pub async fn is_former_kept(pool: &PgPool) -> Result<bool, ViewsError> {
    exists(pool, FORMER).await
}

/// Whether there is such a schema.
pub(super) async fn exists(pool: &PgPool, schema: &str) -> Result<bool, ViewsError> {
    let found = sqlx::query_scalar!(
        r#"select exists (select from pg_namespace where nspname = $1) as "exists!""#,
        schema
    );
    Ok(found.fetch_one(pool).await?)
}

/// The migrations, written for another schema. They keep their checksums, so that they count as applied when the schema
/// takes the name of the one that serves.
fn migrator_into(schema: &'static str) -> Migrator {
    let serving = crate::schema::migrator();
    let migrations = serving.iter().map(|migration| {
        let sql = migration.sql.as_str().replace(&format!("{LIVE}."), &format!("{schema}."));
        Migration { sql: AssertSqlSafe(sql).into_sql_str(), ..migration.clone() }
    });
    let mut migrator = Migrator::with_migrations(migrations.collect());
    migrator.create_schema(schema);
    migrator.dangerous_set_table_name(format!("{schema}._sqlx_migrations"));
    migrator
}

/// Takes keys and indexes off the tables of the next schema; answers the statements that make them again.
async fn loosen(pool: &PgPool) -> Result<Vec<String>, ViewsError> {
    let constraints = sqlx::query!(
        r#"select format('alter table %I.%I add constraint %I %s', n.nspname, c.relname, k.conname, pg_get_constraintdef(k.oid)) as "make!",
             format('alter table %I.%I drop constraint %I', n.nspname, c.relname, k.conname) as "loosen!"
             from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = $1 and k.contype in ('p', 'u') and c.relname not in ('_sqlx_migrations', 'checkpoint')
            order by c.relname, k.conname"#,
        NEXT
    )
    .fetch_all(pool)
    .await?;
    let indexes = sqlx::query!(
        r#"select pg_get_indexdef(i.indexrelid) as "make!", format('drop index %I.%I', n.nspname, x.relname) as "loosen!"
             from pg_index i join pg_class x on x.oid = i.indexrelid join pg_namespace n on n.oid = x.relnamespace
            where n.nspname = $1 and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
            order by x.relname"#,
        NEXT
    )
    .fetch_all(pool)
    .await?;
    let pairs = constraints.into_iter().map(|row| (row.make, row.loosen));
    let pairs: Vec<_> = pairs.chain(indexes.into_iter().map(|row| (row.make, row.loosen))).collect();
    for (_, loosen) in &pairs {
        pool.execute(AssertSqlSafe(loosen.clone())).await?;
    }
    Ok(pairs.into_iter().map(|(make, _)| make).collect())
}
