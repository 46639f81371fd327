//! Personal data under the key of its person.

use crate::Fixture;
use accounts::{Accounts, AccountsError, MasterKey};
use contract::sealed::Sealed;
use std::time::Duration;

const NAME: &str = "李某某";

#[tokio::test]
async fn a_sealed_value_opens_again_also_elsewhere() {
    let fixture = Fixture::new().await;
    let key = fixture.accounts.new_subject_key().await.unwrap();
    let name = fixture.accounts.seal(&key, "name", NAME).unwrap();
    let number = fixture.accounts.seal(&key, "id_number", "11010519491231002X").unwrap();
    assert!(!name.as_str().contains(NAME));
    for accounts in [&fixture.accounts, &fixture.other_process()] {
        let opened = accounts.open_all(&[(&name, "name"), (&number, "id_number")]).await.unwrap();
        assert_eq!(opened, [Some(NAME.to_owned()), Some("11010519491231002X".to_owned())]);
    }
}

#[tokio::test]
async fn the_same_value_is_sealed_differently_each_time() {
    let fixture = Fixture::new().await;
    let key = fixture.accounts.new_subject_key().await.unwrap();
    let (one, two) = (fixture.accounts.seal(&key, "name", NAME), fixture.accounts.seal(&key, "name", NAME));
    assert_ne!(one.unwrap(), two.unwrap());
}

#[tokio::test]
async fn what_cannot_be_opened_does_not_keep_others_from_opening() {
    let fixture = Fixture::new().await;
    let (key, other) = (
        fixture.accounts.new_subject_key().await.unwrap(),
        fixture.accounts.new_subject_key().await.unwrap(),
    );
    let name = fixture.accounts.seal(&key, "name", NAME).unwrap();
    let (_, data) = name.parts().unwrap();
    let under_another_key = Sealed::new(other.id(), data);
    let under_no_key = Sealed::new(uuid::Uuid::from_u128(7), data);
    let shapeless: Sealed = serde_json::from_value("sealed:v1:x".into()).unwrap();
    let not_base64 = Sealed::new(key.id(), "!");
    let opened = fixture
        .accounts
        .open_all(&[
            (&name, "id_number"),
            (&under_another_key, "name"),
            (&under_no_key, "name"),
            (&shapeless, "name"),
            (&not_base64, "name"),
            (&name, "name"),
        ])
        .await
        .unwrap();
    assert_eq!(opened, [None, None, None, None, None, Some(NAME.to_owned())]);
}

#[tokio::test]
async fn a_destroyed_key_opens_nothing_at_once_here_and_within_five_seconds_elsewhere() {
    let fixture = Fixture::new().await;
    let key = fixture.accounts.new_subject_key().await.unwrap();
    let name = fixture.accounts.seal(&key, "name", NAME).unwrap();
    let elsewhere = fixture.other_process();
    for accounts in [&fixture.accounts, &elsewhere] {
        assert!(accounts.open_all(&[(&name, "name")]).await.unwrap()[0].is_some());
    }
    assert!(fixture.accounts.destroy_subject_key(key.id()).await.unwrap());
    assert!(fixture.accounts.destroy_subject_key(key.id()).await.unwrap(), "destroying again is no error");
    assert!(!fixture.accounts.destroy_subject_key(uuid::Uuid::from_u128(7)).await.unwrap());
    assert_eq!(fixture.accounts.open_all(&[(&name, "name")]).await.unwrap(), [None]);
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(elsewhere.open_all(&[(&name, "name")]).await.unwrap(), [None]);
    assert_eq!(fixture.count("SELECT count(*) FROM accounts.subject_key WHERE wrapped IS NOT NULL").await, 0);
}

#[tokio::test]
async fn the_same_number_is_known_again_until_its_key_is_destroyed() {
    let fixture = Fixture::new().await;
    let accounts = &fixture.accounts;
    let new = async |number: Option<&'static str>| accounts.new_subject_key_of(number).await.unwrap().id();
    let number = "11010519491231002X";
    let (one, two, other) = (new(Some(number)).await, new(Some(number)).await, new(Some("other")).await);
    let unknown = new(None).await;
    let same = async |keys: &[uuid::Uuid]| accounts.subject_keys_of_the_same(keys).await.unwrap();
    assert_eq!(same(&[one]).await, [one, two]);
    assert_eq!(same(&[other]).await, [other]);
    assert!(same(&[unknown]).await.is_empty(), "nobody knows whether two unknown ones are the same");
    assert!(accounts.destroy_subject_key(two).await.unwrap());
    assert_eq!(same(&[one]).await, [one]);
    assert!(same(&[two]).await.is_empty());
}

#[tokio::test]
async fn another_master_key_is_an_error_and_not_an_empty_answer() {
    let fixture = Fixture::new().await;
    let key = fixture.accounts.new_subject_key().await.unwrap();
    let name = fixture.accounts.seal(&key, "name", NAME).unwrap();
    let folder = testkit::folder("master-key");
    std::fs::create_dir_all(&folder).unwrap();
    let other = MasterKey::load_or_create(&folder.join("master.key")).unwrap();
    let checked = accounts::settle_master_key(&fixture.pool, &other).await;
    assert!(matches!(checked, Err(AccountsError::WrongMasterKey(id)) if id == key.id()), "{checked:?}");
    accounts::settle_master_key(&fixture.pool, &fixture.master_key).await.unwrap();
    let accounts = Accounts::new(fixture.pool.clone(), other);
    let error = accounts.open_all(&[(&name, "name")]).await.unwrap_err();
    assert!(matches!(error, AccountsError::WrongMasterKey(id) if id == key.id()), "{error}");
}

#[tokio::test]
async fn the_first_master_key_is_the_one_of_the_database_before_anything_is_sealed() {
    let fixture = Fixture::new().await;
    let folder = testkit::folder("second-master-key");
    std::fs::create_dir_all(&folder).unwrap();
    let other = MasterKey::load_or_create(&folder.join("master.key")).unwrap();
    accounts::settle_master_key(&fixture.pool, &fixture.master_key).await.unwrap();
    accounts::settle_master_key(&fixture.pool, &fixture.master_key).await.unwrap();
    let checked = accounts::settle_master_key(&fixture.pool, &other).await;
    assert!(matches!(checked, Err(AccountsError::WrongMasterKey(_))), "{checked:?}");
    assert!(!accounts::has_subject_keys(&fixture.pool).await.unwrap(), "nothing is sealed yet");

    accounts::forget_master_key(&fixture.pool).await.unwrap();
    accounts::settle_master_key(&fixture.pool, &other).await.unwrap();
}

#[tokio::test]
async fn no_key_is_left_to_open_once_all_are_destroyed() {
    let fixture = Fixture::new().await;
    assert!(!accounts::has_subject_keys(&fixture.pool).await.unwrap());
    let key = fixture.accounts.new_subject_key().await.unwrap();
    assert!(accounts::has_subject_keys(&fixture.pool).await.unwrap());
    fixture.accounts.destroy_subject_key(key.id()).await.unwrap();
    assert!(!accounts::has_subject_keys(&fixture.pool).await.unwrap());
}

#[tokio::test]
async fn nothing_that_prints_shows_a_key() {
    let fixture = Fixture::new().await;
    let key = fixture.accounts.new_subject_key().await.unwrap();
    assert_eq!(format!("{key:?}"), format!("SubjectKey {{ id: {}, .. }}", key.id()));
    assert_eq!(format!("{:?}", fixture.master_key), "MasterKey(…)");
}
