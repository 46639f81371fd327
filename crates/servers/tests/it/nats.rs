//! A private nats-server: start, restart, crash, refusals.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;

use servers::{NatsOptions, NatsServer, ServersError};

use crate::support::{Folder, ends, fake_program, kill_9, lives, nats_candidates};

fn options(folder: &Folder) -> NatsOptions {
    let mut options = NatsOptions::new(folder.path().join("nats"));
    options.candidates = nats_candidates();
    options
}

/// Connects with a password and returns the server's first line and its answer to a ping.
fn talk(server: &NatsServer, password: &str) -> (String, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    let connect =
        format!("CONNECT {{\"verbose\":false,\"user\":\"casebus\",\"pass\":\"{password}\"}}\r\nPING\r\n");
    let info = line(&mut stream);
    stream.write_all(connect.as_bytes()).unwrap();
    (info, line(&mut stream))
}

fn line(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut byte = [0_u8; 1];
    while stream.read(&mut byte).unwrap() == 1 && byte != *b"\n" {
        bytes.push(byte[0]);
    }
    String::from_utf8(bytes).unwrap().trim().to_owned()
}

#[tokio::test]
async fn it_starts_with_jetstream_and_only_the_password_opens_it() {
    let folder = Folder::new();
    let server = NatsServer::start(options(&folder)).await.unwrap();
    let (info, answer) = talk(&server, server.password());
    assert!(info.contains("\"jetstream\":true"), "{info}");
    assert!(info.contains("\"max_payload\":1048576"), "{info}");
    assert_eq!(answer, "PONG");
    assert!(talk(&server, "guess").1.contains("Authorization Violation"));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn its_password_is_readable_by_the_owner_alone() {
    let folder = Folder::new();
    let server = NatsServer::start(options(&folder)).await.unwrap();
    let found = fs::metadata(folder.path().join("nats/nats-server.conf")).unwrap();
    assert_eq!(found.permissions().mode() & 0o777, 0o600);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_stop_leaves_no_process_and_it_starts_again_over_the_same_folder() {
    let folder = Folder::new();
    let server = NatsServer::start(options(&folder)).await.unwrap();
    let pid = server.pid();
    server.stop().await.unwrap();
    assert!(!lives(pid));
    let again = NatsServer::start(options(&folder)).await.unwrap();
    assert_eq!(talk(&again, again.password()).1, "PONG");
    again.stop().await.unwrap();
}

#[tokio::test]
async fn after_a_crash_it_comes_back_on_the_same_port_if_asked_to() {
    let folder = Folder::new();
    let server = NatsServer::start(options(&folder)).await.unwrap();
    let mut same = options(&folder);
    same.port = Some(server.port());
    same.password = Some(server.password().to_owned());
    let url = server.url();
    kill_9(server.pid());
    assert!(!server.exited().await.success());
    drop(server);
    let again = NatsServer::start(same).await.unwrap();
    assert_eq!(again.url(), url);
    again.stop().await.unwrap();
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let folder = Folder::new();
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let mut options = options(&folder);
    options.port = Some(taken.local_addr().unwrap().port());
    let refused = NatsServer::start(options).await.unwrap_err();
    assert!(matches!(refused, ServersError::PortTaken { .. }), "{refused}");
}

#[tokio::test]
async fn an_old_server_is_refused_with_the_way_out() {
    let folder = Folder::new();
    let old = folder.path().join("bin/nats-server");
    fake_program(&old, "nats-server: v2.9.10");
    let mut options = options(&folder);
    options.binary = Some(old);
    let refused = NatsServer::start(options).await.unwrap_err().to_string();
    assert!(refused.contains("nats-server 2.9.10"), "{refused}");
    assert!(refused.contains("deploy/install.sh"), "{refused}");
}

#[tokio::test]
async fn an_old_candidate_is_passed_over_for_a_newer_one() {
    let folder = Folder::new();
    let old = folder.path().join("bin/nats-server");
    fake_program(&old, "nats-server: v2.9.10");
    let mut options = options(&folder);
    options.candidates.insert(0, old);
    NatsServer::start(options).await.unwrap().stop().await.unwrap();
}

#[tokio::test]
async fn a_named_server_that_is_not_there_is_refused() {
    let folder = Folder::new();
    let mut options = options(&folder);
    options.binary = Some(folder.path().join("none"));
    let refused = NatsServer::start(options).await.unwrap_err();
    assert!(matches!(refused, ServersError::NotAProgram { .. }), "{refused}");
}

#[tokio::test]
async fn a_server_that_ends_at_once_shows_the_end_of_its_log() {
    let folder = Folder::new();
    let broken = folder.path().join("bin/nats-server");
    fake_program(&broken, "nats-server: v2.11.0 has a bad day");
    let mut options = options(&folder);
    options.binary = Some(broken);
    let refused = NatsServer::start(options).await.unwrap_err();
    assert!(matches!(refused, ServersError::Died { .. }), "{refused}");
    assert!(refused.to_string().contains("has a bad day"), "{refused}");
}

#[tokio::test]
async fn a_dropped_server_ends() {
    let folder = Folder::new();
    let server = NatsServer::start(options(&folder)).await.unwrap();
    let pid = server.pid();
    drop(server);
    assert!(ends(pid));
}
