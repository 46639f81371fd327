//! The checker finds what somebody has changed behind the back of casebus.

use faults::run::{tampered, tampered_read_model};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_changed_in_log_and_read_model_is_found() {
    let changes = [
        ("update views_1.transfer set state = 'closed' where sent_position = 1", "transfers stand otherwise"),
        ("delete from views_1.timeline where position = 2", "events are told otherwise"),
        (
            "alter table log.event disable trigger all; \
             update log.event set body = convert_to(replace(convert_from(body, 'UTF8'), '压力', '改动'), 'UTF8') \
             where position = 1",
            "the message at 1 differs",
        ),
        ("delete from log.event where position = 3", "a hole at 3"),
    ];
    let statements: Vec<&str> = changes.iter().map(|(statement, _)| *statement).collect();
    let found = tampered(&statements).await.unwrap_or_else(|error| panic!("{error:#}"));
    for ((statement, expected), found) in changes.iter().zip(&found) {
        assert!(found.iter().any(|what| what.contains(expected)), "{statement}: {found:#?}");
    }
    assert!(
        found.last().is_some_and(|found| found.iter().any(|what| what.contains("acknowledged and lost")))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_changed_in_lists_counts_and_audience_is_found_when_the_read_model_is_built_anew() {
    let statement = "update views_1.clock set due_at = due_at + interval '1 day' where transfer_id = (
             select id from views_1.transfer where sent_position = 1);
         update views_1.watch_count set transfers = transfers + 1;
         delete from views_1.audience where position = 1";
    let found = tampered_read_model(statement).await.unwrap_or_else(|error| panic!("{error:#}"));
    for table in ["clock", "watch_count", "audience"] {
        assert!(
            found.iter().any(|what| what.contains(&format!(" rows of {table} are others"))),
            "{found:#?}"
        );
    }
}
