//! Connections: taken as long as there is room, ended when nothing is sent or taken on them, let go at the stop.

use axum::Router;
use axum::serve::Listener;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use socket2::{SockRef, TcpKeepalive};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// The usual time within which the head of the next request must have come. Longer than clients and proxies keep a connection
/// on which nothing comes, so that it is they who end it.
pub(crate) const HEAD_WITHIN: Duration = Duration::from_mins(2);
/// The usual time within which something must have come on a new connection: one that was only opened takes no room from others for long.
pub(crate) const FIRST_BYTE_WITHIN: Duration = Duration::from_secs(10);
/// How long what was sent may wait until the other side takes it: one that is gone, or does not read, keeps nothing.
const TAKEN_WITHIN: Duration = Duration::from_mins(1);
/// After this time without a word the other side is asked whether it is there.
const ASKED_AFTER: Duration = Duration::from_mins(1);
/// What a connection may hold of requests and answers, beside their bodies.
const BUFFER_BYTES: usize = 128 * 1024;
/// How often it is told that there is no room.
const TOLD_EVERY: Duration = Duration::from_mins(1);

/// On what terms connections are taken.
#[derive(Clone, Copy)]
pub(crate) struct Terms {
    /// How many.
    pub(crate) connections: usize,
    /// Within what time the head of the next request must have come.
    pub(crate) head_within: Duration,
    /// Within what time the first byte of a new connection must have come.
    pub(crate) first_byte_within: Duration,
}

/// Serves until it is told to stop; then until the last request under way is answered. Connections end with it.
pub(crate) async fn serve(mut listener: TcpListener, routes: Router, terms: Terms, stop: &CancellationToken) {
    let mut room = ConnectionRoom { room: Arc::new(Semaphore::new(terms.connections)), told: None };
    let (graceful, mut tasks) = (GracefulShutdown::new(), JoinSet::new());
    loop {
        let accepted = async {
            let place = room.place().await;
            (Listener::accept(&mut listener).await.0, place)
        };
        tokio::select! {
            biased;
            () = stop.cancelled() => break,
            Some(_ended) = tasks.join_next() => {}
            (stream, place) = accepted => {
                tasks.spawn(connection(stream, routes.clone(), graceful.watcher(), place, terms, stop.clone()));
            }
        }
    }
    drop(listener);
    graceful.shutdown().await;
}

/// Room for connections.
struct ConnectionRoom {
    room: Arc<Semaphore>,
    told: Option<Instant>,
}

impl ConnectionRoom {
    /// A place for one more, as soon as there is one. Those who come meanwhile wait outside.
    async fn place(&mut self) -> Option<OwnedSemaphorePermit> {
        if let Ok(place) = self.room.clone().try_acquire_owned() {
            return Some(place);
        }
        if self.told.is_none_or(|told| told.elapsed() > TOLD_EVERY) {
            self.told = Some(Instant::now());
            tracing::warn!("there are as many connections as there is room for; others wait until one ends");
        }
        self.room.clone().acquire_owned().await.ok()
    }
}

/// One connection, from its beginning to its end.
async fn connection(
    stream: TcpStream,
    routes: Router,
    watcher: Watcher,
    _place: Option<OwnedSemaphorePermit>,
    terms: Terms,
    stop: CancellationToken,
) {
    if let Err(error) = prepare(&stream) {
        tracing::debug!(error = &error as &dyn std::error::Error, "a connection keeps its usual settings");
    }
    // A new connection counts as readable until somebody has read from it; so it is looked whether something is there.
    let mut first_byte = [0];
    let came = tokio::select! {
        came = timeout(terms.first_byte_within, stream.peek(&mut first_byte)) => matches!(came, Ok(Ok(1))),
        () = stop.cancelled() => false,
    };
    if !came {
        return;
    }
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(terms.head_within)
        .max_buf_size(BUFFER_BYTES)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes));
    if let Err(error) = watcher.watch(served).await {
        tracing::trace!(error = &error as &dyn std::error::Error, "a connection ended");
    }
}

fn prepare(stream: &TcpStream) -> std::io::Result<()> {
    // Without it a small answer may wait for the acknowledgement of the one before.
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(ASKED_AFTER))?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(TAKEN_WITHIN))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use std::net::SocketAddr;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::time::sleep;

    const SOON: Duration = Duration::from_secs(5);
    const ASK: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";
    /// Times that no test waits for.
    const TERMS: Terms = Terms { connections: 10, head_within: HEAD_WITHIN, first_byte_within: HEAD_WITHIN };

    /// Serves one route on these terms.
    async fn served(terms: Terms) -> (SocketAddr, CancellationToken, JoinSet<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        let routes = Router::new().route("/", get(async || "well"));
        let (mut tasks, told) = (JoinSet::new(), stop.clone());
        tasks.spawn(async move { serve(listener, routes, terms, &told).await });
        (address, stop, tasks)
    }

    async fn ask(stream: &mut TcpStream) -> bool {
        let mut answer = [0; 512];
        stream.write_all(ASK).await.unwrap();
        let read = stream.read(&mut answer).await.unwrap_or(0);
        String::from_utf8_lossy(&answer[..read]).ends_with("well")
    }

    #[tokio::test]
    async fn a_connection_on_which_nothing_comes_ends_and_one_that_is_used_goes_on() {
        let terms = Terms { head_within: Duration::from_millis(600), ..TERMS };
        let (address, _stop, _tasks) = served(terms).await;
        let mut idle = TcpStream::connect(address).await.unwrap();
        assert!(ask(&mut idle).await);
        let mut halted = TcpStream::connect(address).await.unwrap();
        halted.write_all(&ASK[..12]).await.unwrap();
        let mut used = TcpStream::connect(address).await.unwrap();
        for _ in 0..4 {
            assert!(ask(&mut used).await);
            sleep(Duration::from_millis(300)).await;
        }
        for ended in [&mut idle, &mut halted] {
            let mut rest = Vec::new();
            timeout(SOON, ended.read_to_end(&mut rest)).await.expect("it is open").unwrap();
        }
    }

    #[tokio::test]
    async fn a_connection_that_was_only_opened_ends_sooner_than_one_on_which_something_came() {
        let terms = Terms { first_byte_within: Duration::from_millis(300), ..TERMS };
        let (address, _stop, _tasks) = served(terms).await;
        let mut only_opened = TcpStream::connect(address).await.unwrap();
        let mut used = TcpStream::connect(address).await.unwrap();
        assert!(ask(&mut used).await);
        let read = timeout(SOON, only_opened.read(&mut [0; 8])).await.expect("it is open");
        assert_eq!(read.unwrap_or(0), 0, "it ends without a word");
        assert!(ask(&mut used).await, "the other one goes on");
    }

    #[tokio::test]
    async fn more_connections_than_there_is_room_for_wait_until_one_ends() {
        let terms = Terms { connections: 2, ..TERMS };
        let (address, _stop, _tasks) = served(terms).await;
        let mut first = TcpStream::connect(address).await.unwrap();
        let mut second = TcpStream::connect(address).await.unwrap();
        assert!(ask(&mut first).await && ask(&mut second).await);
        let mut third = TcpStream::connect(address).await.unwrap();
        assert!(timeout(Duration::from_millis(400), ask(&mut third)).await.is_err(), "it waits");
        drop(first);
        let mut answer = [0; 512];
        let read = timeout(SOON, third.read(&mut answer)).await.unwrap().unwrap();
        assert!(read > 0, "it is answered");
    }

    #[tokio::test]
    async fn a_connection_whose_other_side_takes_nothing_is_given_up_after_a_minute() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let _caller = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        prepare(&stream).unwrap();
        let socket = SockRef::from(&stream);
        assert!(socket.keepalive().unwrap() && socket.tcp_nodelay().unwrap());
        #[cfg(target_os = "linux")]
        assert_eq!(socket.tcp_user_timeout().unwrap(), Some(TAKEN_WITHIN));
    }

    #[tokio::test]
    async fn at_the_stop_idle_connections_end_at_once() {
        let (address, stop, tasks) = served(TERMS).await;
        let mut idle = TcpStream::connect(address).await.unwrap();
        assert!(ask(&mut idle).await);
        stop.cancel();
        timeout(SOON, tasks.join_all()).await.expect("it serves on");
        assert_eq!(timeout(SOON, idle.read(&mut [0; 8])).await.unwrap().unwrap_or(0), 0);
    }
}
