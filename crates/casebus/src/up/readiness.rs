//! Asks the gateway whether it is ready, as anybody else would: `GET /readyz`.

use anyhow::bail;
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

/// Waits until the gateway is ready.
pub(super) async fn wait(address: SocketAddr) -> anyhow::Result<()> {
    let begun = Instant::now();
    loop {
        let answer = timeout(ANSWER_PATIENCE, ask(address)).await;
        let said = match answer {
            Ok(Ok(text)) if is_ok(&text) => return Ok(()),
            Ok(Ok(text)) => text,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no answer".to_owned(),
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
