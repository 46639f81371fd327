//! Keys of departments.

use crate::{Fixture, department, minute};
use accounts::{AuthenticationRefusal, Caller, CreatedKey, NewKey, Scope};
use contract::actor::Role;
use std::time::Duration;

fn clerk() -> NewKey {
    NewKey {
        department: department("320100-ybj"),
        role: Role::Clerk,
        scope: Scope::Own,
        label: "医保局业务系统".to_owned(),
        expires_at: Some(minute(60)),
    }
}

async fn made(fixture: &Fixture, new: NewKey) -> CreatedKey {
    fixture.accounts.create_key(new, minute(0)).await.unwrap()
}

#[tokio::test]
async fn a_new_key_lets_its_department_in() {
    let fixture = Fixture::new().await;
    let key = made(&fixture, clerk()).await;
    assert!(key.secret.starts_with(&format!("cb_{}_", key.id)), "{key:?}");
    let caller = fixture.accounts.authenticate(&key.secret, minute(1)).await.unwrap();
    let expected = Caller {
        key_id: key.id.clone(),
        department: department("320100-ybj"),
        role: Role::Clerk,
        scope: Scope::Own,
    };
    assert_eq!(caller, Ok(expected.clone()));
    assert_eq!(fixture.other_process().authenticate(&key.secret, minute(1)).await.unwrap(), Ok(expected));
}

#[tokio::test]
async fn the_administrators_key_sees_the_whole_bus() {
    let fixture = Fixture::new().await;
    let new = NewKey { role: Role::Supervisor, scope: Scope::All, expires_at: None, ..clerk() };
    let key = made(&fixture, new).await;
    let caller = fixture.accounts.authenticate(&key.secret, minute(1_000_000)).await.unwrap().unwrap();
    assert_eq!((caller.role, caller.scope), (Role::Supervisor, Scope::All));
}

#[tokio::test]
async fn a_wrong_secret_is_unknown_even_where_the_key_is_revoked() {
    let fixture = Fixture::new().await;
    let (key, other) = (made(&fixture, clerk()).await, made(&fixture, clerk()).await);
    let mixed = key.secret.replace(&key.id, &other.id);
    let texts = ["", "cb_", "secret", &mixed, &key.secret[..key.secret.len() - 1], "cb_k_000000000000_x"];
    for text in texts {
        let answer = fixture.accounts.authenticate(text, minute(1)).await.unwrap();
        assert_eq!(answer, Err(AuthenticationRefusal::Unknown), "{text}");
    }
    fixture.accounts.revoke_key(&other.id, minute(1)).await.unwrap();
    let answer = fixture.accounts.authenticate(&mixed, minute(1)).await.unwrap();
    assert_eq!(answer, Err(AuthenticationRefusal::Unknown));
}

#[tokio::test]
async fn a_key_is_refused_from_the_moment_it_expires() {
    let fixture = Fixture::new().await;
    let key = made(&fixture, clerk()).await;
    assert!(fixture.accounts.authenticate(&key.secret, minute(59)).await.unwrap().is_ok());
    let answer = fixture.accounts.authenticate(&key.secret, minute(60)).await.unwrap();
    assert_eq!(answer, Err(AuthenticationRefusal::Expired));
}

#[tokio::test]
async fn a_revoked_key_is_refused_at_once_here_and_within_five_seconds_elsewhere() {
    let fixture = Fixture::new().await;
    let key = made(&fixture, clerk()).await;
    let elsewhere = fixture.other_process();
    for accounts in [&fixture.accounts, &elsewhere] {
        assert!(accounts.authenticate(&key.secret, minute(1)).await.unwrap().is_ok());
    }
    assert!(fixture.accounts.revoke_key(&key.id, minute(2)).await.unwrap());
    let refused = Err(AuthenticationRefusal::Revoked);
    assert_eq!(fixture.accounts.authenticate(&key.secret, minute(2)).await.unwrap(), refused);
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(elsewhere.authenticate(&key.secret, minute(2)).await.unwrap(), refused);
}

#[tokio::test]
async fn revoking_again_keeps_the_first_time_and_an_unknown_key_cannot_be_revoked() {
    let fixture = Fixture::new().await;
    let key = made(&fixture, clerk()).await;
    assert!(fixture.accounts.revoke_key(&key.id, minute(2)).await.unwrap());
    assert!(fixture.accounts.revoke_key(&key.id, minute(9)).await.unwrap());
    assert!(!fixture.accounts.revoke_key("k_000000000000", minute(9)).await.unwrap());
    let listed = fixture.accounts.list_keys().await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].revoked_at, Some(minute(2)));
    assert_eq!((listed[0].label.as_str(), listed[0].created_at), ("医保局业务系统", minute(0)));
}

#[tokio::test]
async fn the_secret_is_stored_nowhere() {
    let fixture = Fixture::new().await;
    let key = made(&fixture, clerk()).await;
    let secret = key.secret.rsplit_once(&format!("{}_", key.id)).unwrap().1;
    let row: String = sqlx::query_scalar("SELECT api_key::text FROM accounts.api_key")
        .fetch_one(&fixture.pool)
        .await
        .unwrap();
    assert!(row.contains(&key.id) && !row.contains(secret), "{row}");
    assert!(!format!("{key:?}").contains(secret));
}

#[tokio::test]
async fn made_up_keys_leave_connections_to_others_and_a_known_key_does_not_wait_for_them() {
    let fixture = Fixture::new().await;
    let key = made(&fixture, clerk()).await;
    let known = async || fixture.accounts.authenticate(&key.secret, minute(1)).await.unwrap();
    assert!(known().await.is_ok());
    let mut lock = fixture.pool.begin().await.unwrap();
    sqlx::query("lock table accounts.api_key in access exclusive mode").execute(&mut *lock).await.unwrap();
    let made_up = async |secret| fixture.accounts.authenticate(secret, minute(1)).await.unwrap();
    let looked_up = async {
        tokio::join!(
            made_up("cb_k_000000000000_x"),
            made_up("cb_k_000000000001_x"),
            made_up("cb_k_000000000002_x"),
            made_up("cb_k_000000000003_x"),
        )
    };
    let beside = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(known().await.is_ok(), "what is believed needs no lookup");
        // One of four connections holds the table, two wait for it.
        let asked = tokio::time::timeout(Duration::from_secs(5), fixture.count("select 1::bigint")).await;
        assert_eq!(asked, Ok(1));
        lock.rollback().await.unwrap();
    };
    let (answers, ()) = tokio::join!(looked_up, beside);
    let unknown = Err(AuthenticationRefusal::Unknown);
    assert_eq!(answers, (unknown.clone(), unknown.clone(), unknown.clone(), unknown));
}
