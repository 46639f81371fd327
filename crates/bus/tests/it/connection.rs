//! Which servers are accepted.

use crate::support::config;
use bus::{Bus, BusConfig, BusError, Remedy};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

#[tokio::test]
async fn a_server_that_is_too_old_is_refused_in_one_sentence() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("nats://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || greet_as_old_server(&listener));
    let error = Bus::connect(BusConfig::new(url)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "nats-server 2.9.10 is too old: casebus needs 2.10 or newer, 2.12.7 or newer is advised"
    );
    assert_eq!(error.remedy(), Remedy::Operator);
}

fn greet_as_old_server(listener: &TcpListener) {
    let (mut stream, _) = listener.accept().unwrap();
    stream
        .write_all(b"INFO {\"server_id\":\"old\",\"version\":\"2.9.10\",\"proto\":1,\"headers\":true,\"max_payload\":1048576,\"host\":\"127.0.0.1\",\"port\":1}\r\n")
        .unwrap();
    let lines = BufReader::new(stream.try_clone().unwrap()).lines();
    for line in lines.map_while(Result::ok) {
        if line.starts_with("PING") {
            let _ = stream.write_all(b"PONG\r\n");
        }
    }
}

#[tokio::test]
async fn an_address_where_nobody_listens_is_unreachable() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = Bus::connect(BusConfig::new(format!("nats://u:secret@127.0.0.1:{port}"))).await.unwrap_err();
    assert!(matches!(error, BusError::Unreachable { .. }), "{error:?}");
    assert!(!error.to_string().contains("secret"));
    assert_eq!(error.remedy(), Remedy::Wait);
}

#[tokio::test]
async fn a_wrong_password_is_told_apart_from_an_outage() {
    let nats = testkit::shared_nats().await;
    let wrong = BusConfig { user: Some("casebus".into()), password: Some("wrong".into()), ..config(nats) };
    let error = Bus::connect(wrong).await.unwrap_err();
    assert!(matches!(error, BusError::NotAuthorized { .. }), "{error:?}");
}

#[tokio::test]
async fn user_and_password_in_the_address_are_used() {
    let nats = testkit::shared_nats().await;
    let bus = Bus::connect(config(nats)).await.unwrap();
    assert!(bus.server_version() >= bus::ServerVersion::OLDEST_ACCEPTED);
}
