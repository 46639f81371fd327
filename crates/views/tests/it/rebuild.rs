//! The same log gives the same rows, whatever the batches, whenever it is folded.

use crate::story::{OFFICE, RECEIVER, SENDER, STRANGER, Story, database, fold_all, fold_forgetting, sent};
use contract::clock::{ClockChange, ClockCode, ClockMove, MissedCause, PauseReason, WarningMark};
use contract::event::{
    AssignedInternally, ClocksRecalculated, Facts, ProgressReported, Suspended, Suspension, Terms,
    TimeLimitWarned, TransferEvent, TransferRef, TransferSent, Urged,
};
use contract::kind::TransferKind;
use sqlx::{AssertSqlSafe, PgPool};

/// All rows of all tables, as text, in order; without the generation, which is another one each time.
pub async fn dump(pool: &PgPool) -> String {
    let tables: Vec<String> = sqlx::query_scalar(
        "select tablename::text from pg_tables where schemaname = 'views_1' and tablename not like '\\_%' order by 1",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    assert_eq!(tables.len(), 15);
    let miscounted: i64 = sqlx::query_scalar(
        "select count(*) from (select * from views_1.watch_count except all select * from views_1.counts_of(null)) c",
    )
    .fetch_one(pool)
    .await
    .unwrap();
    assert_eq!(miscounted, 0, "counts of the watch that are not those of its transfers");
    let mut text = String::new();
    for table in tables {
        let query = format!(
            "select coalesce(string_agg(r::text, e'\\n' order by r::text), '')
               from (select to_jsonb(t) - 'generation' as r from views_1.{table} t) rows"
        );
        let rows: String = sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(pool).await.unwrap();
        assert!(!rows.is_empty(), "the story leaves {table} empty");
        text.extend([table, "\n".to_owned(), rows, "\n".to_owned()]);
    }
    text
}

/// What clocks go through, the ladder, facts, an internal hop, a task with copies and its reports.
fn new_acts(story: &mut Story, case: &TransferRef) {
    let (owner, code, run) = (case.to.clone(), ClockCode::T07, 1);
    let due_at = story.now;
    let warned = TimeLimitWarned { code, run, owner: owner.clone(), due_at, mark: WarningMark::Share };
    story.note(case, "casebus", TransferEvent::TimeLimitWarned(warned), vec![]);
    let urged = Urged { department: owner.clone(), code: Some(code), run: Some(run), reason: None };
    story.note(case, "casebus", TransferEvent::Urged(urged), vec![]);
    let until = "2026-12-01".parse().unwrap();
    let (reason, evidence) = (PauseReason::ExpertReview, "评审通知".to_owned());
    // Finer than Postgres keeps it: facts stand as they were written.
    let since = story.now + chrono::TimeDelta::nanoseconds(7);
    let facts = Facts { suspension: Some(Suspension { reason, since, until }), ..Facts::default() };
    let suspended = TransferEvent::Suspended(Suspended { reason, evidence, until });
    story.note_facts(case, owner.as_str(), suspended, facts);
    let pause = ClockChange {
        due_at: None,
        pause_reason: Some(reason),
        ..story.moved(case, code, ClockMove::Paused)
    };
    let recalculated = ClocksRecalculated { calendar: "cn-2027".to_owned() };
    story.note(case, "casebus", TransferEvent::ClocksRecalculated(recalculated), vec![pause]);
    let (unit, due_on) = ("监督科".to_owned(), "2026-11-30".parse().unwrap());
    let assigned = AssignedInternally { department: owner.clone(), unit, due_on, note: None };
    story.note(case, owner.as_str(), TransferEvent::AssignedInternally(assigned), vec![]);

    let terms = Terms { copies: vec![case.from.clone()], ..Terms::default() };
    let sent = TransferSent { terms, ..sent("整改") };
    let task = story.send_as(case.matter, TransferKind::SupervisionTask, OFFICE, owner.as_str(), sent);
    let report = ProgressReported { text: "进展".to_owned(), evidence: vec!["照片".to_owned()] };
    story.note(&task, owner.as_str(), TransferEvent::ProgressReported(report), vec![]);
}

/// Many lives side by side, some late, some silent, some poisoned.
pub fn eventful() -> Story {
    let mut story = Story::new();
    crate::handoffs::tell(&mut story);
    let departments = [SENDER, RECEIVER, OFFICE, STRANGER];
    for round in 0..12 {
        let (from, to) = (departments[round % 4], departments[(round + 1) % 4]);
        let first = story.whole_life(from, to);
        let silent = story.send_in(first.matter, TransferKind::CaseReferral, to, from, "后续");
        let half_way = story.send(from, to);
        story.later(25);
        story.miss(&silent, ClockCode::T02, MissedCause::NotFetched);
        story.sign(&half_way);
        story.accept(&half_way);
        new_acts(&mut story, &half_way);
        if round % 5 == 0 {
            let last = story.events.len() - 1;
            story.events[last].body.truncate(20);
            story.sign_without_clock(&half_way);
        }
        if round % 2 == 0 {
            story.sign(&silent);
        }
    }
    story
}

#[tokio::test]
async fn batches_of_one_and_of_a_thousand_give_the_same_rows() {
    let story = eventful();
    let mut dumps = Vec::new();
    for batch in [1, 3, 1000] {
        let (_database, pool) = database().await;
        fold_all(&pool, &story.events, batch).await;
        dumps.push(dump(&pool).await);
    }
    assert!(dumps[0] == dumps[1] && dumps[1] == dumps[2], "the rows depend on the batches");
}

#[tokio::test]
async fn a_projector_that_remembers_gives_the_same_rows_as_one_that_reads_everything_again() {
    let story = eventful();
    let (_database, pool) = database().await;
    fold_all(&pool, &story.events, 2).await;
    let remembered = dump(&pool).await;
    views::reset(&pool).await.unwrap();
    for batch in [1, 40] {
        fold_forgetting(&pool, &story.events, batch).await;
        assert!(dump(&pool).await == remembered, "in batches of {batch} the rows are others");
        views::reset(&pool).await.unwrap();
    }
}

#[tokio::test]
async fn rows_that_postgres_reads_in_parallel_and_in_any_order_are_all_taken_up() {
    let story = eventful();
    let (database, pool) = database().await;
    fold_all(&pool, &story.events, 40).await;
    let remembered = dump(&pool).await;
    views::reset(&pool).await.unwrap();
    // Large tables and many streams make a parallel plan the cheapest one; so does this.
    for setting in [
        "parallel_setup_cost = 0",
        "parallel_tuple_cost = 0",
        "min_parallel_table_scan_size = 0",
        "min_parallel_index_scan_size = 0",
        "parallel_leader_participation = off",
    ] {
        let statement = format!("alter database {} set {setting}", database.name);
        sqlx::query(AssertSqlSafe(statement)).execute(&pool).await.unwrap();
    }
    let parallel = PgPool::connect(&database.url).await.unwrap();
    fold_forgetting(&parallel, &story.events, 40).await;
    assert!(dump(&pool).await == remembered, "the rows are others");
}

#[tokio::test]
async fn a_read_model_that_was_emptied_is_built_again_as_it_was() {
    let story = eventful();
    let (_database, pool) = database().await;
    fold_all(&pool, &story.events, 10).await;
    let before = dump(&pool).await;
    views::reset(&pool).await.unwrap();
    assert_eq!(views::checkpoint::read(&pool).await.unwrap().position, 0);
    fold_all(&pool, &story.events, 50).await;
    assert!(dump(&pool).await == before);
}

#[tokio::test]
async fn moments_finer_than_postgres_keeps_make_no_difference() {
    let mut dumps = Vec::new();
    let mut story = Story::new();
    story.now += chrono::TimeDelta::nanoseconds(1_999);
    let clue = story.send(SENDER, RECEIVER);
    story.sign(&clue);
    for event in &mut story.events {
        event.occurred_at = "2026-09-21T01:00:00.000001Z".parse().unwrap();
        event.recorded_at = event.occurred_at;
    }
    for batch in [1, 1000] {
        let (_database, pool) = database().await;
        fold_forgetting(&pool, &story.events, batch).await;
        let clocks: Vec<String> = sqlx::query_scalar("select c::text from views_1.clock c order by 1")
            .fetch_all(&pool)
            .await
            .unwrap();
        dumps.push(clocks);
    }
    assert_eq!(dumps[0], dumps[1]);
}
