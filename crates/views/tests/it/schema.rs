//! The schema itself.

use crate::story::{RECEIVER, SENDER, Story, database, fold_all};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Executor, PgPool};
use std::str::FromStr;

#[tokio::test]
async fn every_table_and_every_column_says_what_it_is() {
    let (_database, pool) = database().await;
    let silent: Vec<String> = sqlx::query_scalar(
        "select format('%s.%s', c.relname, a.attname) from pg_class c
           join pg_namespace n on n.oid = c.relnamespace
           join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
          where n.nspname = 'views_1' and c.relkind = 'r' and c.relname not like '\\_%'
            and (col_description(c.oid, a.attnum) is null or obj_description(c.oid, 'pg_class') is null)",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert!(silent.is_empty(), "{silent:?}");
}

#[tokio::test]
async fn migrating_twice_changes_nothing() {
    let (_database, pool) = database().await;
    views::migrate(&pool, None).await.unwrap();
}

#[tokio::test]
async fn the_service_role_folds_and_reads_and_cannot_empty_the_read_model() {
    let (database, owner) = database().await;
    owner.execute("create role views_service login").await.unwrap();
    views::migrate(&owner, Some("views_service")).await.unwrap();
    let options = PgConnectOptions::from_str(&database.url).unwrap().options([("role", "views_service")]);
    let service = PgPool::connect_with(options).await.unwrap();
    let mut story = Story::new();
    story.whole_life(SENDER, RECEIVER);
    story.send(SENDER, RECEIVER);
    assert_eq!(fold_all(&service, &story.events, 3).await.checkpoint.position, 8);
    assert!(views::reset(&service).await.is_err());
}
