//! What departments say about themselves.

use crate::{Fixture, department, minute};
use accounts::{
    ABSENCES_MAX, Absence, AbsenceRefusal, Contact, NewKey, NotificationSetting, QuietHours, Scope,
};
use chrono::{DateTime, NaiveDate, Utc};
use contract::actor::Role;
use uuid::Uuid;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[tokio::test]
async fn it_is_quiet_in_the_hours_that_a_department_named_by_the_clock_in_china() {
    let fixture = Fixture::new().await;
    let (accounts, bureau) = (&fixture.accounts, department("320100-ybj"));
    let late = at("2026-09-16T23:30:00+08:00");
    assert!(!accounts.quiet_now(&bureau, late).await.unwrap());
    let quiet_hours = Some(QuietHours { from: "22:00:00".parse().unwrap(), to: "07:30:00".parse().unwrap() });
    let setting = NotificationSetting { quiet_hours, digest_at: Some("08:30:00".parse().unwrap()) };
    let set = async |setting| {
        accounts.set_notification_setting(&bureau, setting, "k_000000000000", late).await.unwrap();
    };
    set(setting).await;
    assert_eq!(accounts.notification_setting(&bureau).await.unwrap(), setting);
    for (moment, expected) in [
        ("2026-09-16T21:59:59+08:00", false),
        ("2026-09-16T22:00:00+08:00", true),
        ("2026-09-17T07:29:59+08:00", true),
        ("2026-09-17T07:30:00+08:00", false),
    ] {
        assert_eq!(accounts.quiet_now(&bureau, at(moment)).await.unwrap(), expected, "{moment}");
    }
    assert!(!accounts.quiet_now(&department("320100-gaj"), late).await.unwrap());
    set(NotificationSetting::default()).await;
    let said = "SELECT count(*) FROM accounts.notification_setting WHERE set_by = 'k_000000000000'";
    assert_eq!(fixture.count(said).await, 1, "who said it stays on record");
    assert!(!accounts.quiet_now(&bureau, late).await.unwrap());
}

#[tokio::test]
async fn a_hand_over_of_the_contact_holds_from_its_day_and_keeps_the_earlier_one() {
    let fixture = Fixture::new().await;
    let (accounts, bureau) = (&fixture.accounts, department("320100-ybj"));
    let contact = |from: &str, name: &str| Contact {
        department: bureau.clone(),
        from_day: day(from),
        name: name.to_owned(),
        phone: "025-5888-0000".to_owned(),
        set_at: minute(0),
        set_by: "k_000000000000".to_owned(),
    };
    accounts.hand_over_contact(&contact("2026-09-01", "李某")).await.unwrap();
    accounts.hand_over_contact(&contact("2026-10-01", "王某")).await.unwrap();
    accounts.hand_over_contact(&contact("2026-10-01", "王某某")).await.unwrap();
    let on = async |text: &str| accounts.contact_on(&bureau, day(text)).await.unwrap();
    assert_eq!(on("2026-08-31").await, None);
    assert_eq!(on("2026-09-30").await, Some(contact("2026-09-01", "李某")));
    assert_eq!(on("2026-10-01").await, Some(contact("2026-10-01", "王某某")));
    assert_eq!(accounts.contact_on(&department("320100-gaj"), day("2026-10-01")).await.unwrap(), None);
    assert!(!format!("{:?}", on("2026-10-01").await).contains("王某某"), "no log shows a name");
}

#[tokio::test]
async fn a_colleague_of_the_same_department_covers_an_absence() {
    let fixture = Fixture::new().await;
    let accounts = &fixture.accounts;
    let key = async |id: &str, role| {
        let (department, label) = (department(id), String::new());
        let new = NewKey { department, role, scope: Scope::Own, label, expires_at: None };
        accounts.create_key(new, minute(0)).await.unwrap().id
    };
    let (away, cover) = (key("320100-ybj", Role::Clerk).await, key("320100-ybj", Role::Head).await);
    let stranger = key("320100-gaj", Role::Clerk).await;
    let absence = |key_id: &str, cover: &str, id: u128| Absence {
        id: Uuid::from_u128(id),
        department: department("320100-ybj"),
        key_id: key_id.to_owned(),
        covered_by_key_id: cover.to_owned(),
        from_day: day("2026-09-16"),
        until_day: day("2026-09-18"),
        note: "年休假".to_owned(),
    };
    let note_by = async |absence: &Absence, by| accounts.note_absence(absence, by, minute(1)).await.unwrap();
    let note = async |absence: &Absence| note_by(absence, Role::Clerk).await;
    let noted = absence(&away, &cover, 1);
    for _ in 0..2 {
        assert_eq!(note(&noted).await, Ok(()));
    }
    assert_eq!(note(&absence(&cover, &away, 1)).await, Err(AbsenceRefusal::IdReused));
    assert_eq!(note(&absence(&away, &stranger, 2)).await, Err(AbsenceRefusal::UnknownCover));
    assert_eq!(note(&absence(&stranger, &cover, 3)).await, Err(AbsenceRefusal::UnknownKey));
    assert_eq!(note(&absence(&cover, &away, 5)).await, Err(AbsenceRefusal::OfHead));
    assert_eq!(note_by(&absence(&cover, &away, 5), Role::Supervisor).await, Err(AbsenceRefusal::OfHead));
    let ids = |keys: Vec<accounts::ApiKey>| keys.into_iter().map(|key| key.id).collect::<Vec<_>>();
    let valid = async || ids(accounts.valid_keys_of(&department("320100-ybj"), minute(1)).await.unwrap());
    let mut both = [away.clone(), cover.clone()];
    both.sort();
    let mut found = valid().await;
    found.sort();
    assert_eq!(found, both);
    accounts.revoke_key(&cover, minute(1)).await.unwrap();
    assert_eq!(valid().await, std::slice::from_ref(&away));
    assert_eq!(note(&absence(&away, &cover, 4)).await, Err(AbsenceRefusal::UnknownCover));
    let listed = async |text| accounts.absences_from(&department("320100-ybj"), day(text)).await.unwrap();
    assert_eq!(listed("2026-09-18").await, [noted]);
    assert_eq!(listed("2026-09-19").await, []);
}

#[tokio::test]
async fn absences_of_a_department_are_many_but_not_endless_and_two_at_once_are_told_apart() {
    let fixture = Fixture::new().await;
    let (accounts, elsewhere) = (&fixture.accounts, fixture.other_process());
    let key = async || {
        let (department, label) = (department("320100-ybj"), String::new());
        let new = NewKey { department, role: Role::Clerk, scope: Scope::Own, label, expires_at: None };
        accounts.create_key(new, minute(0)).await.unwrap().id
    };
    let (away, cover) = (key().await, key().await);
    let absence = |id: i64, until: &str| Absence {
        id: Uuid::from_u128(u128::try_from(id).unwrap()),
        department: department("320100-ybj"),
        key_id: away.clone(),
        covered_by_key_id: cover.clone(),
        from_day: day("2026-09-01"),
        until_day: day(until),
        note: String::new(),
    };
    let now = at("2026-09-16T10:00:00+08:00");
    let note = async |accounts: &accounts::Accounts, id: i64, until: &str| {
        accounts.note_absence(&absence(id, until), Role::Clerk, now).await.unwrap()
    };
    let (one, other) = tokio::join!(note(accounts, 1, "2026-09-16"), note(&elsewhere, 1, "2026-09-17"));
    assert!(one != other && [one, other].contains(&Err(AbsenceRefusal::IdReused)), "{one:?} {other:?}");
    assert_eq!(note(accounts, 0, "2026-09-15").await, Ok(()), "what is over does not count");
    for id in 2..=ABSENCES_MAX {
        assert_eq!(note(accounts, id, "2026-09-16").await, Ok(()));
    }
    assert_eq!(note(accounts, ABSENCES_MAX + 1, "2026-09-16").await, Err(AbsenceRefusal::TooMany));
    assert_eq!(note(accounts, ABSENCES_MAX, "2026-09-16").await, Ok(()), "a repeat is none more");
}
