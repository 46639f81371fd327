//! A bare axum with one route that reads JSON and writes it back: what the HTTP framework alone allows.

use crate::cpu::Watched;
use crate::http::Connection;
use crate::series::Measured;
use crate::timing::{Work, closed_loop};
use anyhow::ensure;
use axum::routing::post;
use axum::{Json, Router};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

struct Asker {
    connection: Connection,
    request: Vec<u8>,
}

impl Work for Asker {
    async fn once(&mut self) -> anyhow::Result<u32> {
        let response = self.connection.send(&self.request).await?;
        ensure!(response.status == 200, "an echo was answered {}", response.status);
        Ok(1)
    }
}

async fn echo(Json(value): Json<serde_json::Value>) -> Json<serde_json::Value> {
    Json(value)
}

/// Requests in a second over so many connections. The server runs in this process.
pub(crate) async fn measure(
    watched: &Watched,
    connections: usize,
    counted: Duration,
) -> anyhow::Result<Measured> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let mut server = JoinSet::new();
    server.spawn(async move { axum::serve(listener, Router::new().route("/", post(echo))).await });
    let body = serde_json::json!({ "to": "120106-ybj", "title": "诊所超范围执业线索", "urgency": "normal" });
    let body = body.to_string();
    let request = format!(
        "POST / HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut askers = Vec::with_capacity(connections);
    for _ in 0..connections {
        askers.push(Asker {
            connection: Connection::open(address).await?,
            request: request.clone().into_bytes(),
        });
    }
    let done = closed_loop(askers, counted, watched).await?;
    server.shutdown().await;
    Ok(done.measured)
}
