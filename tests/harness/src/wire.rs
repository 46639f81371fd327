//! A plain NATS client, as a department's own system would be.

use crate::Casebus;
use futures_util::StreamExt;
use serde_json::Value;
use std::time::{Duration, Instant};

/// Messages of one department's subjects.
pub struct Wire {
    received: async_nats::Subscriber,
    other: async_nats::Subscriber,
}

impl Wire {
    /// Subscribes to all that a department sends and all that it receives.
    pub async fn of(casebus: &Casebus, department: &str) -> Self {
        let client = connect(casebus).await;
        let other = client.subscribe(format!("casebus.v1.*.*.{department}.*")).await.unwrap();
        let received = client.subscribe(format!("casebus.v1.*.*.*.{department}")).await.unwrap();
        client.flush().await.unwrap();
        Self { received, other }
    }

    /// The next message: its subject and its CloudEvent.
    pub async fn next(&mut self) -> (String, Value) {
        let next = async {
            tokio::select! {
                message = self.received.next() => message.unwrap(),
                message = self.other.next() => message.unwrap(),
            }
        };
        let message = tokio::time::timeout(Duration::from_secs(10), next).await.expect("no message came");
        (message.subject.to_string(), serde_json::from_slice(&message.payload).unwrap())
    }

    /// The next message of a transfer.
    pub async fn next_of(&mut self, transfer: &str) -> (String, Value) {
        loop {
            let (subject, event) = self.next().await;
            if event["subject"] == transfer {
                return (subject, event);
            }
        }
    }
}

/// Connects to the private nats-server of a casebus, which may just be coming back.
pub(crate) async fn connect(casebus: &Casebus) -> async_nats::Client {
    let connection = casebus.connection();
    let url = connection["nats_url"].as_str().unwrap();
    let (credentials, address) = url.strip_prefix("nats://").unwrap().split_once('@').unwrap();
    let (user, password) = credentials.split_once(':').unwrap();
    let begun = Instant::now();
    loop {
        let options =
            async_nats::ConnectOptions::with_user_and_password(user.to_owned(), password.to_owned());
        match options.connect(address).await {
            Ok(client) => return client,
            Err(error) => {
                assert!(begun.elapsed() < Duration::from_secs(30), "NATS does not come back: {error}");
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
