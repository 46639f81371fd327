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
async fn a_read_model_of_the_first_shape_is_emptied_and_its_projector_finds_no_checkpoint() {
    let database = testkit::database_with(|url| async move {
        let pool = PgPool::connect(&url).await?;
        let mut first = sqlx::migrate!();
        first.create_schema("views_1");
        first.dangerous_set_table_name("views_1._sqlx_migrations");
        first.run_to(1, &pool).await?;
        pool.execute("update views_1.checkpoint set position = 40, epoch = 1").await?;
        pool.execute("insert into views_1.clock values (gen_random_uuid(), 'T02', 1, '320100-wjw', 'running', now(), now(), false)")
            .await?;
        pool.close().await;
        Ok(())
    })
    .await;
    let pool = PgPool::connect(&database.url).await.unwrap();
    views::migrate(&pool, None).await.unwrap();
    let checkpoint = views::checkpoint::read(&pool).await.unwrap();
    assert_eq!((checkpoint.position, checkpoint.epoch), (0, 0));
    let of_the_first_shape = "update views_1.checkpoint set position = 1 where view_set = 'views_1'";
    assert_eq!(pool.execute(of_the_first_shape).await.unwrap().rows_affected(), 0);
    let mut story = Story::new();
    story.whole_life(SENDER, RECEIVER);
    assert_eq!(fold_all(&pool, &story.events, 3).await.checkpoint.position, story.position());
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
