//! Imported holiday calendars.

use crate::{Fixture, minute};
use accounts::{CalendarImport, RowErrorCode as Code};
use chrono::NaiveDate;

const NOTICE: &str = "date,kind,holiday\n2027-01-01,off,元旦\n2027-01-02,off,元旦\n2027-02-20,work,春节\n";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn imported(import: CalendarImport) -> (String, Vec<i32>) {
    match import {
        CalendarImport::Imported { version, years } => (version, years),
        CalendarImport::Unchanged { .. } | CalendarImport::Refused(_) | CalendarImport::VersionTaken(_) => {
            panic!("{import:?}")
        }
    }
}

#[tokio::test]
async fn a_notice_becomes_the_calendar_in_force_and_the_earlier_ones_stay() {
    let fixture = Fixture::new().await;
    let accounts = &fixture.accounts;
    let first = accounts.import_calendar(None, NOTICE, minute(0)).await.unwrap();
    assert_eq!(imported(first), ("cn-2027".to_owned(), vec![2027]));
    let rules = fixture.other_process().load_rules().await.unwrap();
    let calendar = rules.calendar();
    assert_eq!(calendar.version(), "cn-2027");
    assert!(calendar.knows(day("2027-06-01")) && calendar.knows(day("2026-06-01")));
    assert!(calendar.is_working_day(day("2027-02-20")) && !calendar.is_working_day(day("2026-10-01")));
    assert!(!rules.calendar_of("cn-2026").knows(day("2027-06-01")), "clocks name the one that counted them");
    assert_eq!(accounts.rules_version().await.unwrap(), 1);
}

#[tokio::test]
async fn the_calendar_in_force_at_a_past_moment_is_the_last_one_imported_by_then() {
    let fixture = Fixture::new().await;
    let accounts = &fixture.accounts;
    imported(accounts.import_calendar(None, NOTICE, minute(1)).await.unwrap());
    let later = format!("{NOTICE}2027-02-05,off,春节\n");
    imported(accounts.import_calendar(None, &later, minute(3)).await.unwrap());
    for (at, version) in [
        (0, None),
        (1, Some("cn-2027")),
        (2, Some("cn-2027")),
        (3, Some("cn-2027-2")),
        (4, Some("cn-2027-2")),
    ] {
        let in_force = accounts.calendar_in_force_at(minute(at)).await.unwrap();
        assert_eq!(in_force.as_deref(), version, "minute {at}");
    }
}

#[tokio::test]
async fn a_taken_version_gets_a_number_unless_it_was_named() {
    let fixture = Fixture::new().await;
    let accounts = &fixture.accounts;
    let import = async |version, day: &str| {
        let text = format!("{NOTICE}{day},off,春节\n");
        accounts.import_calendar(version, &text, minute(0)).await.unwrap()
    };
    assert_eq!(imported(import(None, "2027-02-05").await).0, "cn-2027");
    assert_eq!(imported(import(None, "2027-02-06").await).0, "cn-2027-2");
    assert_eq!(imported(import(None, "2027-02-07").await).0, "cn-2027-3");
    assert_eq!(imported(import(Some("gov-2027"), "2027-02-08").await).0, "gov-2027");
    let taken = import(Some("cn-2026"), "2027-02-09").await;
    assert_eq!(taken, CalendarImport::VersionTaken("cn-2026".to_owned()));
    assert_eq!(accounts.load_rules().await.unwrap().calendar().version(), "gov-2027");
}

#[tokio::test]
async fn the_same_notice_again_changes_nothing() {
    let fixture = Fixture::new().await;
    let accounts = &fixture.accounts;
    imported(accounts.import_calendar(None, NOTICE, minute(0)).await.unwrap());
    let again = accounts.import_calendar(Some("other"), NOTICE, minute(1)).await.unwrap();
    assert_eq!(again, CalendarImport::Unchanged { version: "cn-2027".to_owned() });
    assert_eq!(accounts.rules_version().await.unwrap(), 1);
}

#[tokio::test]
async fn every_wrong_field_is_reported_and_nothing_is_taken() {
    let fixture = Fixture::new().await;
    let text = "date,kind,holiday\n2027-1-1,off,元旦\n2027-02-30,off,元旦\n2027-01-04,work,元旦\n2027-01-05,free,\n\
                2027-01-06,off,\"元旦,节\"\n2027-01-07,off,元旦\n2027-01-07,off,元旦\n2027-01-08,off\n";
    let refused = fixture.accounts.import_calendar(None, text, minute(0)).await.unwrap();
    let CalendarImport::Refused(errors) = refused else { panic!("{refused:?}") };
    let found: Vec<_> = errors.iter().map(|error| (error.line, error.column, error.code)).collect();
    let expected = [
        (2, "date", Code::MalformedDate),
        (3, "date", Code::MalformedDate),
        (4, "kind", Code::NoMakeUpDay),
        (5, "kind", Code::UnknownDayKind),
        (5, "holiday", Code::Empty),
        (6, "holiday", Code::ControlCharacter),
        (8, "date", Code::DuplicateId),
        (9, "", Code::WrongFieldCount),
    ];
    assert_eq!(found, expected);
    for text in ["date,kind,holiday\n", "", "day,kind,holiday\n2027-01-01,off,元旦\n"] {
        let import = fixture.accounts.import_calendar(None, text, minute(0)).await.unwrap();
        assert!(matches!(import, CalendarImport::Refused(_)), "{text}");
    }
    assert_eq!(fixture.accounts.load_rules().await.unwrap().calendar().version(), "cn-2026");
}

#[tokio::test]
async fn a_stored_calendar_that_cannot_be_read_is_left_out_and_nothing_is_built_on_what_is_left() {
    let fixture = Fixture::new().await;
    let accounts = &fixture.accounts;
    imported(accounts.import_calendar(None, NOTICE, minute(0)).await.unwrap());
    fixture
        .execute("INSERT INTO accounts.calendar VALUES ('of-tomorrow', 2, 'half,days', '2026-09-01')")
        .await
        .unwrap();
    assert_eq!(accounts.load_rules().await.unwrap().calendar().version(), "cn-2027");
    let later = format!("{NOTICE}2027-02-05,off,春节\n");
    let error = accounts.import_calendar(None, &later, minute(1)).await.unwrap_err();
    assert!(error.to_string().contains("of-tomorrow"), "{error}");
}
