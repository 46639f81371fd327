//! A read model that is built beside the serving one has the same rows, and takes its place without a gap.

use crate::rebuild::{dump, eventful};
use crate::story::{RECEIVER, SENDER, Story, database, fold_all};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Executor, PgPool};
use std::str::FromStr;
use views::rebuild::{Copied, LiveLock, Stage, drop_former};
use views::{Checkpoint, Event, Projection, Views, ViewsError, Visibility};

/// Whole streams, a few at a time, as a rebuild copies them in.
async fn fill(pool: &PgPool, stage: &Stage, events: &[Event]) -> Copied {
    let mut events = events.to_vec();
    events.sort_by_key(|event| (event.stream_id, event.version));
    let streams: Vec<_> = events.chunk_by(|one, next| one.stream_id == next.stream_id).collect();
    let mut connection = pool.acquire().await.unwrap();
    let mut copied = Copied::default();
    for streams in streams.chunks(5) {
        copied += stage.fill(&mut connection, streams.concat()).await.unwrap();
    }
    copied
}

async fn switch(pool: &PgPool, position: i64) {
    LiveLock::take(pool).await.unwrap().switch(Checkpoint { position, epoch: 1 }).await.unwrap();
}

/// A story with an event that Postgres refuses, in the middle of its stream.
fn eventful_and_refused() -> Story {
    let mut story = eventful();
    let refused = story.send(SENDER, RECEIVER);
    story.sign(&refused);
    story.later(1);
    story.accept(&refused);
    let at = story.events.len() - 1;
    let body = String::from_utf8(story.events[at].body.clone()).unwrap();
    let last_clock = body.rfind("\"started_at\":\"2026").unwrap();
    let unknowable = format!("{}\"started_at\":\"-9999{}", &body[..last_clock], &body[last_clock + 18..]);
    story.events[at].body = unknowable.into_bytes();
    story.sign_without_clock(&refused);
    story
}

#[tokio::test]
async fn it_has_the_same_rows_byte_for_byte() {
    let story = eventful_and_refused();
    let (_database, pool) = database().await;
    let folded = fold_all(&pool, &story.events, 10).await;
    let reasons: Vec<_> = folded.parked.iter().map(|parked| parked.reason.as_str()).collect();
    assert!(reasons.contains(&"Postgres refuses a value of the event"), "{reasons:?}");
    let served = dump(&pool).await;
    let stage = Stage::beside(&pool).await.unwrap();
    let copied = fill(&pool, &stage, &story.events).await;
    assert_eq!(copied.events, u64::try_from(story.events.len()).unwrap());
    assert_eq!(copied.parked, u64::try_from(folded.parked.len()).unwrap());
    stage.complete(&pool).await.unwrap();
    switch(&pool, story.position()).await;
    let built = dump(&pool).await;
    assert!(served == built, "the rows differ:\n{}", first_difference(&served, &built));
}

fn first_difference(one: &str, other: &str) -> String {
    let differing = one.lines().zip(other.lines()).find(|(one, other)| one != other);
    differing.map_or_else(String::new, |(one, other)| format!("{one}\n{other}"))
}

#[tokio::test]
async fn what_happens_while_it_is_built_is_in_it() {
    let mut story = eventful();
    let (_database, pool) = database().await;
    let first_half = story.events.len() / 2;
    let stage = Stage::beside(&pool).await.unwrap();
    fill(&pool, &stage, &story.events[..first_half]).await;
    stage.complete(&pool).await.unwrap();
    story.whole_life(SENDER, RECEIVER);
    fold_all(&pool, &story.events, 50).await;
    let served = dump(&pool).await;
    let mut connection = pool.acquire().await.unwrap();
    let touched: Vec<_> = story.events[first_half..].iter().map(|event| event.stream_id).collect();
    let mut events = story.events.clone();
    events.retain(|event| touched.contains(&event.stream_id));
    events.sort_by_key(|event| (event.stream_id, event.version));
    // Twice: an attempt that is repeated changes nothing.
    for _ in 0..2 {
        stage.replace(&mut connection, events.clone()).await.unwrap();
    }
    switch(&pool, story.position()).await;
    assert!(dump(&pool).await == served);
}

#[tokio::test]
async fn a_projector_that_was_held_off_goes_on_from_the_new_checkpoint() {
    let mut story = Story::new();
    story.whole_life(SENDER, RECEIVER);
    let (_database, pool) = database().await;
    let mut projection = Projection::begin(Views::new(pool.clone()), 1).await.unwrap();
    projection.fold(&story.events).await.unwrap();
    let before = projection.checkpoint();
    let stage = Stage::beside(&pool).await.unwrap();
    fill(&pool, &stage, &story.events).await;
    stage.complete(&pool).await.unwrap();
    story.send(SENDER, RECEIVER);
    let new = story.events[story.events.len() - 1..].to_vec();
    let lock = LiveLock::take(&pool).await.unwrap();
    let (held_off, ()) = tokio::join!(projection.fold(&new), async {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        lock.switch(before).await.unwrap();
    });
    assert!(matches!(held_off, Err(ViewsError::CheckpointMoved(_))), "{held_off:?}");
    let checkpoint = views::checkpoint::read(&pool).await.unwrap();
    assert_eq!(checkpoint, before);
    let mut projection = Projection::begin(Views::new(pool.clone()), 1).await.unwrap();
    projection.fold(&new).await.unwrap();
    assert_eq!(projection.checkpoint().position, story.position());
    let shown = Views::new(pool).feed(&Visibility::All, 0, 100).await.unwrap();
    assert_eq!(shown.events.len(), story.events.len());
}

#[tokio::test]
async fn rights_functions_and_migrations_are_those_of_the_former_one() {
    let (database, pool) = database().await;
    pool.execute("create role views_beside login").await.unwrap();
    views::migrate(&pool, Some("views_beside")).await.unwrap();
    pool.execute(
        "create role views_reader; grant usage on schema views_1 to views_reader; grant select on views_1.transfer to views_reader",
    )
    .await
    .unwrap();
    let stage = Stage::beside(&pool).await.unwrap();
    stage.complete(&pool).await.unwrap();
    switch(&pool, 0).await;
    let rights = "select array[has_schema_privilege('views_reader', 'views_1', 'usage'),
        has_table_privilege('views_reader', 'views_1.transfer', 'select'),
        has_table_privilege('views_reader', 'views_1.transfer', 'update'),
        has_table_privilege('views_reader', 'views_1.timeline', 'select')]";
    let found: Vec<bool> = sqlx::query_scalar(rights).fetch_one(&pool).await.unwrap();
    assert_eq!(found, [true, true, false, false], "a role that may only read one table");
    let service =
        |right: &str| format!("select has_table_privilege('views_beside', 'views_1.transfer', '{right}')");
    for right in ["select", "insert", "update", "delete"] {
        let query = sqlx::AssertSqlSafe(service(right));
        assert!(sqlx::query_scalar::<_, bool>(query).fetch_one(&pool).await.unwrap(), "{right}");
    }
    views::migrate(&pool, Some("views_beside")).await.unwrap();
    let options = PgConnectOptions::from_str(&database.url).unwrap().options([("role", "views_beside")]);
    let service = PgPool::connect_with(options).await.unwrap();
    let mut story = Story::new();
    story.whole_life(SENDER, RECEIVER);
    fold_all(&service, &story.events, 3).await;
    views::reset(&pool).await.unwrap();
    assert_eq!(views::checkpoint::read(&pool).await.unwrap().position, 0);
    fold_all(&service, &story.events, 3).await;
}

#[tokio::test]
async fn the_former_one_is_kept_until_it_is_dropped_on_command() {
    let (_database, pool) = database().await;
    Stage::beside(&pool).await.unwrap().complete(&pool).await.unwrap();
    switch(&pool, 0).await;
    assert!(matches!(Stage::beside(&pool).await, Err(ViewsError::FormerKept)));
    assert!(drop_former(&pool).await.unwrap());
    assert!(!drop_former(&pool).await.unwrap());
    Stage::beside(&pool).await.unwrap();
    // An attempt that went no further is thrown away by the next one.
    Stage::beside(&pool).await.unwrap();
}

#[tokio::test]
async fn it_has_all_keys_and_indexes() {
    let (_database, pool) = database().await;
    let definitions =
        "select pg_get_indexdef(i.indexrelid) from pg_index i join pg_class c on c.oid = i.indrelid
        join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'views_1' order by 1";
    let before: Vec<String> = sqlx::query_scalar(definitions).fetch_all(&pool).await.unwrap();
    Stage::beside(&pool).await.unwrap().complete(&pool).await.unwrap();
    switch(&pool, 0).await;
    let after: Vec<String> = sqlx::query_scalar(definitions).fetch_all(&pool).await.unwrap();
    assert_eq!(before, after);
    assert!(before.len() > 30);
}
