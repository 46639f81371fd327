//! Who has seen what.

use crate::{Fixture, department, minute};
use accounts::{Caller, Reading, Scope};
use contract::actor::Role;
use contract::ids::TransferId;

/// The department whose readings are looked at, with a key.
fn reader() -> Caller {
    Caller {
        key_id: "k_1".to_owned(),
        department: department("320100-ybj"),
        role: Role::Supervisor,
        scope: Scope::Own,
    }
}

/// The reader opens a transfer.
async fn open(fixture: &Fixture, transfer: TransferId, at: i64) {
    let accounts = &fixture.accounts;
    accounts.audit_opened(&reader(), transfer, "GET /v1/transfers/{id}", minute(at)).await.unwrap();
}

#[tokio::test]
async fn a_transfer_that_was_never_fetched_has_no_reading() {
    let fixture = Fixture::new().await;
    let reading = fixture
        .accounts
        .first_reading(&department("320100-ybj"), TransferId::fresh(), minute(0))
        .await
        .unwrap();
    assert_eq!(reading, Reading::default());
}

#[tokio::test]
async fn fetching_is_told_from_opening_and_one_department_from_another() {
    let fixture = Fixture::new().await;
    let (reader, other) = (department("320100-ybj"), department("320100-wjw"));
    let (opened, fetched) = (TransferId::fresh(), TransferId::fresh());
    fixture.accounts.note_fetched(&reader, &[fetched, opened, fetched], minute(1)).await.unwrap();
    open(&fixture, opened, 20).await;
    let of = async |department, transfer| {
        fixture.accounts.first_reading(department, transfer, minute(0)).await.unwrap()
    };
    let expected = Reading { fetched_at: Some(minute(1)), opened_at: Some(minute(20)) };
    assert_eq!(of(&reader, opened).await, expected);
    assert_eq!(of(&reader, fetched).await, Reading { opened_at: None, ..expected });
    assert_eq!(of(&other, opened).await, Reading::default());
}

#[tokio::test]
async fn opening_a_transfer_is_also_fetching_it() {
    let fixture = Fixture::new().await;
    let (reader, transfer) = (department("320100-ybj"), TransferId::fresh());
    open(&fixture, transfer, 1).await;
    let reading = fixture.accounts.first_reading(&reader, transfer, minute(0)).await.unwrap();
    assert_eq!(reading, Reading { fetched_at: Some(minute(1)), opened_at: Some(minute(1)) });
}

#[tokio::test]
async fn only_a_reading_since_the_clock_began_counts() {
    let fixture = Fixture::new().await;
    let (reader, transfer) = (department("320100-ybj"), TransferId::fresh());
    open(&fixture, transfer, 0).await;
    let since_hour = async || fixture.accounts.first_reading(&reader, transfer, minute(60)).await.unwrap();
    assert_eq!(since_hour().await, Reading::default());
    fixture.accounts.note_fetched(&reader, &[transfer], minute(90)).await.unwrap();
    assert_eq!(since_hour().await, Reading { fetched_at: Some(minute(90)), opened_at: None });
    open(&fixture, transfer, 95).await;
    assert_eq!(since_hour().await, Reading { fetched_at: Some(minute(95)), opened_at: Some(minute(95)) });
}

#[tokio::test]
async fn reading_again_soon_writes_nothing() {
    let fixture = Fixture::new().await;
    let (reader, transfer) = (department("320100-ybj"), TransferId::fresh());
    open(&fixture, transfer, 0).await;
    fixture.execute("DELETE FROM accounts.reading").await.unwrap();
    open(&fixture, transfer, 9).await;
    assert_eq!(fixture.accounts.readings_of(transfer, 10).await.unwrap().len(), 2, "the audit has both");
    fixture.accounts.note_fetched(&reader, &[transfer], minute(9)).await.unwrap();
    assert_eq!(fixture.count("SELECT count(*) FROM accounts.reading").await, 0, "nothing was written");
    fixture.accounts.note_fetched(&reader, &[transfer], minute(10)).await.unwrap();
    assert_eq!(fixture.count("SELECT count(*) FROM accounts.reading").await, 1);
}

#[tokio::test]
async fn two_processes_that_note_the_same_list_at_the_same_time_both_succeed() {
    let fixture = Fixture::new().await;
    let elsewhere = fixture.other_process();
    let reader = department("320100-ybj");
    let forward: Vec<_> = (0..500).map(|_| TransferId::fresh()).collect();
    let backward: Vec<_> = forward.iter().rev().copied().collect();
    let (one, two) = tokio::join!(
        fixture.accounts.note_fetched(&reader, &forward, minute(0)),
        elsewhere.note_fetched(&reader, &backward, minute(1)),
    );
    one.unwrap();
    two.unwrap();
    assert_eq!(fixture.count("SELECT count(*) FROM accounts.reading").await, 500);
}

#[tokio::test]
async fn a_reading_stands_in_the_audit_and_can_be_neither_changed_nor_removed() {
    let fixture = Fixture::new().await;
    let transfer = TransferId::fresh();
    let caller = Caller { department: department("320100-lxb"), ..reader() };
    for (route, at) in [("GET /v1/transfers/{id}", 1), ("GET /v1/transfers/{id}/events", 2)] {
        fixture.accounts.audit_read(&caller, transfer, route, minute(at)).await.unwrap();
    }
    let readings = fixture.accounts.readings_of(transfer, 10).await.unwrap();
    let seen: Vec<_> = readings.iter().map(|one| (one.route.as_str(), one.read_at)).collect();
    assert_eq!(seen, [("GET /v1/transfers/{id}/events", minute(2)), ("GET /v1/transfers/{id}", minute(1))]);
    assert_eq!((readings[0].key_id.as_str(), readings[0].role.as_str()), ("k_1", "supervisor"));
    assert_eq!(readings[0].department, department("320100-lxb"));
    for change in [
        "UPDATE accounts.read_audit SET route = ''",
        "DELETE FROM accounts.read_audit",
        "TRUNCATE accounts.read_audit",
    ] {
        let error = fixture.execute(change).await.unwrap_err().to_string();
        assert!(error.contains("append-only"), "{change}: {error}");
    }
    assert!(fixture.accounts.readings_of(TransferId::fresh(), 10).await.unwrap().is_empty());
}
