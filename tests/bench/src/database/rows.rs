//! How many rows were written in a schema, as Postgres itself counts them, and how wide they are.

use super::Database;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::time::Duration;

/// Backends report what they did when they end, at the latest.
const LOOK_INTERVAL: Duration = Duration::from_millis(100);
/// The count stands when it is the same so often.
const LOOKS: u32 = 5;

/// Rows inserted, updated and deleted so far in all tables of a schema, once nobody else is connected.
pub(crate) async fn written(database: &Database, schema: &str) -> anyhow::Result<i64> {
    let mut connection = database.connection().await?;
    let (mut count, mut same) = (-1, 0);
    while same < LOOKS {
        let now: i64 = sqlx::query_scalar(
            "select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint from pg_stat_user_tables where schemaname = $1",
        )
        .bind(schema)
        .fetch_one(&mut connection)
        .await?;
        same = if now == count { same + 1 } else { 0 };
        count = now;
        tokio::time::sleep(LOOK_INTERVAL).await;
    }
    connection.close().await?;
    Ok(count)
}

/// The tables of a schema that hold rows, without the record of migrations.
pub(crate) async fn tables(connection: &mut PgConnection, schema: &str) -> anyhow::Result<Vec<String>> {
    let names = sqlx::query_scalar(
        "select tablename::text from pg_tables where schemaname = $1 and tablename not like '\\_%' order by 1",
    );
    Ok(names.bind(schema).fetch_all(connection).await?)
}

/// Rows of all tables of a schema, and the mean bytes of one.
pub(crate) async fn held(database: &Database, schema: &str) -> anyhow::Result<(i64, i64)> {
    let mut connection = database.connection().await?;
    let (mut rows, mut bytes) = (0, 0);
    for table in tables(&mut connection, schema).await? {
        let query =
            format!("select count(*), coalesce(sum(pg_column_size(t.*)), 0)::bigint from {schema}.{table} t");
        let (of_it, wide): (i64, i64) =
            sqlx::query_as(AssertSqlSafe(query)).fetch_one(&mut connection).await?;
        rows += of_it;
        bytes += wide;
    }
    connection.close().await?;
    Ok((rows, bytes / rows.max(1)))
}
