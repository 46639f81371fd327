//! `JetStream` answers and takes nothing, or an event cannot go out at all.

use crate::support::{World, command, wait_for_end};
use relay::{RelayState, RelayStatus};
use std::time::Duration;
use testkit::LogLines;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Long enough for many attempts, if they followed one another without a pause.
const A_WHILE: Duration = Duration::from_secs(3);
/// So many attempts there are in that time at most, when each pause is twice the one before: after 50 ms, 100 ms, 200 ms, …
const FEW: usize = 8;
/// A limit that no message keeps.
const NOTHING: i64 = 8;
/// As `JetStream` writes it.
const UNLIMITED: i64 = -1;

#[tokio::test]
async fn a_relay_whose_messages_are_refused_is_interrupted_until_there_is_room_and_says_so_once() {
    let world = World::new().await;
    let lines = LogLines::capture();
    let relay = world.relay().await;
    world.append(3).await;
    relay.expect(|state| *state == RelayState::Relaying { acknowledged: 3 }).await;
    limit_messages(&world, NOTHING).await;
    world.append(5).await;
    relay.expect(|state| matches!(state, RelayState::Interrupted { .. })).await;

    let told = told_for_a_while(&relay.status).await;
    assert!(told.iter().all(|state| matches!(state, RelayState::Interrupted { .. })), "{told:?}");
    assert!(told.len() <= FEW, "it does not pause longer and longer: {} attempts", told.len());
    assert_eq!(lines.with("relaying is interrupted").len(), 1);
    assert_eq!(lines.with("\"relaying\"").len(), 1, "it says that it relays while nothing goes out");

    limit_messages(&world, UNLIMITED).await;
    relay.expect(|state| *state == RelayState::Relaying { acknowledged: 8 }).await;
    world.expect_stream_to_equal_log().await;
    assert_eq!(lines.with("relaying is interrupted").len(), 1);
    assert_eq!(lines.with("\"relaying\"").len(), 2);
}

#[tokio::test]
async fn a_relay_that_begins_while_its_messages_are_refused_never_says_that_it_relays() {
    let world = World::new().await;
    world.append(3).await;
    let first = world.relay().await;
    first.expect(|state| *state == RelayState::Relaying { acknowledged: 3 }).await;
    first.stop().await;
    limit_messages(&world, NOTHING).await;
    world.append(1).await;
    let lines = LogLines::capture();
    let relay = world.relay().await;
    relay.expect(|state| matches!(state, RelayState::Interrupted { .. })).await;
    let told = told_for_a_while(&relay.status).await;
    assert!(told.iter().all(|state| matches!(state, RelayState::Interrupted { .. })), "{told:?}");
    assert_eq!(lines.with("\"relaying\"").len(), 0);
}

#[tokio::test]
async fn why_a_relay_has_halted_is_told_once_however_often_it_looks_again() {
    let world = World::new().await;
    let lines = LogLines::capture();
    let mut between_nobody = command();
    between_nobody.events[0].body = b"{}".to_vec();
    world.append(2).await;
    world.log.append(&[between_nobody]).await.unwrap();
    world.append(2).await;
    let relay = world.relay().await;
    let reason = relay.expect_halt().await;
    assert!(reason.contains("the body of event 3 names no sender and receiver"), "{reason}");

    let told = told_for_a_while(&relay.status).await;
    assert!(told.len() > 1, "it does not look again");
    assert!(told.iter().all(|state| *state == RelayState::Halted { reason: reason.clone() }), "{told:?}");
    assert_eq!(lines.with("the relay has halted").len(), 1);
    assert_eq!(lines.with("\"relaying\"").len(), 0, "nothing was acknowledged after the comparison");
    wait_for_end(&world.bus().await, 2).await;
}

/// What a relay says of itself in a while, attempt by attempt.
async fn told_for_a_while(status: &RelayStatus) -> Vec<RelayState> {
    let mut states = status.subscribe();
    let mut told = Vec::new();
    let listening = async {
        while states.changed().await.is_ok() {
            told.push(states.borrow_and_update().clone());
        }
    };
    // It goes on for ever.
    let _ = timeout(A_WHILE, listening).await;
    told
}

/// Limits the size of messages, which casebus neither sets nor looks at: `JetStream` refuses larger ones at once, as it does all
/// when its storage is full.
async fn limit_messages(world: &World, bytes: i64) {
    let stream = &world.bus_config.stream;
    let info = ask(world, &format!("$JS.API.STREAM.INFO.{stream}"), "").await;
    let config = object(&info, "\"config\":");
    let (before, after) = config.split_once("\"max_msg_size\":").unwrap();
    let after = after.trim_start_matches(|character: char| character == '-' || character.is_ascii_digit());
    let limited = format!("{before}\"max_msg_size\":{bytes}{after}");
    let answer = ask(world, &format!("$JS.API.STREAM.UPDATE.{stream}"), &limited).await;
    assert!(answer.contains(&format!("\"max_msg_size\":{bytes}")), "{answer}");
}

/// The JSON object that follows a key; none of its texts has braces.
fn object<'a>(json: &'a str, key: &str) -> &'a str {
    let begins = json.find(key).unwrap() + key.len();
    let mut depth = 0;
    let length = json[begins..].find(|character| {
        depth += i32::from(character == '{') - i32::from(character == '}');
        depth == 0
    });
    &json[begins..=begins + length.unwrap()]
}

/// One request in the protocol of NATS; answers what comes back.
async fn ask(world: &World, subject: &str, payload: &str) -> String {
    let (user, host) = world.nats.url.strip_prefix("nats://").unwrap().rsplit_once('@').unwrap();
    let (user, password) = user.split_once(':').unwrap();
    let mut connection = BufReader::new(TcpStream::connect(host).await.unwrap());
    let request = format!(
        "CONNECT {{\"verbose\":false,\"user\":\"{user}\",\"pass\":\"{password}\"}}\r\nSUB answer 1\r\n\
         PUB {subject} answer {}\r\n{payload}\r\n",
        payload.len()
    );
    connection.write_all(request.as_bytes()).await.unwrap();
    loop {
        let mut line = String::new();
        connection.read_line(&mut line).await.unwrap();
        // MSG <subject> <subscription> <bytes>
        if line.starts_with("MSG ") {
            let length = line.trim_end().rsplit(' ').next().unwrap().parse().unwrap();
            let mut answer = vec![0; length];
            connection.read_exact(&mut answer).await.unwrap();
            return String::from_utf8(answer).unwrap();
        }
        assert!(!line.is_empty() && !line.starts_with("-ERR"), "{line}");
    }
}
