//! What departments say about themselves.

use crate::{Fixture, department, minute};
use accounts::{Absence, AbsenceRefusal, Contact, NewKey, NotificationSetting, QuietHours, Scope};
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
    accounts.set_notification_setting(&bureau, setting).await.unwrap();
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
    accounts.set_notification_setting(&bureau, NotificationSetting::default()).await.unwrap();
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
    let note = async |absence: &Absence| accounts.note_absence(absence, minute(1)).await.unwrap();
    let noted = absence(&away, &cover, 1);
    for _ in 0..2 {
        assert_eq!(note(&noted).await, Ok(()));
    }
    assert_eq!(note(&absence(&cover, &away, 1)).await, Err(AbsenceRefusal::IdReused));
    assert_eq!(note(&absence(&away, &stranger, 2)).await, Err(AbsenceRefusal::UnknownCover));
    assert_eq!(note(&absence(&stranger, &cover, 3)).await, Err(AbsenceRefusal::UnknownKey));
    accounts.revoke_key(&cover, minute(1)).await.unwrap();
    assert_eq!(note(&absence(&away, &cover, 4)).await, Err(AbsenceRefusal::UnknownCover));
    let listed = async |text| accounts.absences_from(&department("320100-ybj"), day(text)).await.unwrap();
    assert_eq!(listed("2026-09-18").await, [noted]);
    assert_eq!(listed("2026-09-19").await, []);
}
