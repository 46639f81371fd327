//! What the head of the log costs.

use crate::fixture::{command, fresh, stream};

#[tokio::test]
async fn appends_beside_a_transaction_that_stays_open_leave_nothing_behind_that_the_next_ones_must_pass() {
    let fixture = fresh().await;
    let mut open = fixture.pool.begin().await.unwrap();
    sqlx::raw_sql("set transaction isolation level repeatable read; select 1")
        .execute(&mut *open)
        .await
        .unwrap();
    // Versions of a row have places of their own.
    let place = async || {
        let asked = sqlx::query_scalar::<_, String>("select ctid::text from log.log_state");
        asked.fetch_one(&fixture.pool).await.unwrap()
    };
    let before = place().await;
    for number in 1..=20 {
        fixture.log.append(&[command(number, stream(number), 0)]).await.unwrap();
        let several =
            [command(number + 100, stream(number), 1), command(number + 200, stream(number + 200), 0)];
        fixture.log.append(&several).await.unwrap();
        let twice = [command(number + 300, stream(number), 2), command(number + 400, stream(number), 3)];
        fixture.log.append(&twice).await.unwrap();
    }
    assert_eq!(fixture.log.head().await.unwrap().position, 100);
    assert_eq!(place().await, before);
    open.rollback().await.unwrap();
}
