//! Asks the gateway whether it is ready, as anybody else would: `GET /readyz`.

use anyhow::bail;
use relay::{RelayState, RelayStatus};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

/// How long everything together may take to become ready.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often it is asked.
const INTERVAL: Duration = Duration::from_millis(20);
/// How long one answer may take.
const ANSWER_PATIENCE: Duration = Duration::from_secs(5);

/// How long the relay may take to compare the stream with the log; without NATS it cannot.
const LOOK_PATIENCE: Duration = Duration::from_secs(10);

/// How the beginning ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Readiness {
    /// Everything can be asked for.
    Ready,
    /// The relay has halted: nothing is written until a person has acted.
    Halted {
        /// What is wrong.
        reason: String,
    },
}

/// Waits until the relay has compared the stream with the log, or cannot; answers whether writing may begin.
pub(super) async fn relay_has_looked(relay: &RelayStatus) -> bool {
    let mut changes = relay.subscribe();
    let looked = changes.wait_for(|state| !matches!(state, RelayState::Starting));
    // Who waits too long goes on: then the log itself knows whether it is halted.
    let _looked_or_late = timeout(LOOK_PATIENCE, looked).await;
    halted(relay).is_none()
}

fn halted(relay: &RelayStatus) -> Option<String> {
    match relay.current() {
        RelayState::Halted { reason } => Some(reason),
        RelayState::Starting
        | RelayState::Standby
        | RelayState::Relaying { .. }
        | RelayState::Interrupted { .. } => None,
    }
}

/// Waits until the gateway is ready, or answers although the relay has halted.
pub(super) async fn wait(address: SocketAddr, relay: &RelayStatus) -> anyhow::Result<Readiness> {
    let begun = Instant::now();
    loop {
        let answer = timeout(ANSWER_PATIENCE, ask(address)).await;
        let said = match (answer, halted(relay)) {
            (Ok(Ok(text)), _) if is_ok(&text) => return Ok(Readiness::Ready),
            (Ok(Ok(_)), Some(reason)) => return Ok(Readiness::Halted { reason }),
            (Ok(Ok(text)), None) => text,
            (Ok(Err(error)), _) => error.to_string(),
            (Err(_), _) => "no answer".to_owned(),
        };
        if begun.elapsed() > PATIENCE {
            bail!("the gateway is not ready after {} s: {said}", PATIENCE.as_secs());
        }
        sleep(INTERVAL).await;
    }
}

/// An address at which this machine reaches a listener.
pub(super) fn reachable(listener: SocketAddr) -> SocketAddr {
    let ip = match listener.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, listener.port())
}

fn is_ok(answer: &str) -> bool {
    answer.split_whitespace().nth(1) == Some("200")
}

async fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_status_200_is_ready() {
        assert!(is_ok("HTTP/1.1 200 OK\r\n\r\n"));
        assert!(!is_ok("HTTP/1.1 503 Service Unavailable\r\n\r\n200"));
        assert!(!is_ok(""));
    }

    #[test]
    fn a_listener_on_all_addresses_is_reached_on_the_loopback_one() {
        assert_eq!(reachable("0.0.0.0:80".parse().unwrap()), "127.0.0.1:80".parse().unwrap());
        assert_eq!(reachable("[::]:80".parse().unwrap()), "[::1]:80".parse().unwrap());
    }
}
