//! HTTP/1.1 on one kept connection, one request after the other (RFC 9112).

use anyhow::{Context, ensure};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Room for most answers; it grows for longer ones.
const FIRST_ROOM_BYTES: usize = 16 * 1024;
/// The longest answer that is read.
const LENGTH_MAX_BYTES: usize = 4 * 1024 * 1024;
/// What ends the head.
const HEAD_END: &[u8] = b"\r\n\r\n";

/// A connection that is used again for the next request.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer, as long as no other request is sent.
#[derive(Debug)]
pub(crate) struct Response<'buffer> {
    /// The status code.
    pub(crate) status: u16,
    head: &'buffer str,
    /// The body.
    pub(crate) body: &'buffer [u8],
}

impl Connection {
    /// Opens it.
    pub(crate) async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.with_context(|| format!("cannot reach {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; FIRST_ROOM_BYTES] })
    }

    /// Sends a whole request and reads its answer.
    pub(crate) async fn send(&mut self, request: &[u8]) -> anyhow::Result<Response<'_>> {
        self.stream.write_all(request).await?;
        let mut filled = 0;
        let head_length = loop {
            let read = self.read(filled).await?;
            // The end of the head may lie across the border of what came before.
            let from = filled.saturating_sub(HEAD_END.len() - 1);
            filled += read;
            if let Some(place) = find(&self.buffer[from..filled], HEAD_END) {
                break from + place + HEAD_END.len();
            }
        };
        let head =
            std::str::from_utf8(&self.buffer[..head_length]).context("the head of an answer is no text")?;
        let status = status_in(head).with_context(|| format!("no status line: {head:?}"))?;
        let body_length: usize =
            header_in(head, "content-length").context("an answer without its length")?.parse()?;
        let whole = head_length + body_length;
        ensure!(whole <= LENGTH_MAX_BYTES, "an answer of {whole} bytes");
        while filled < whole {
            filled += self.read(filled).await?;
        }
        ensure!(filled == whole, "{} bytes more than the answer says", filled - whole);
        let head = std::str::from_utf8(&self.buffer[..head_length])?;
        Ok(Response { status, head, body: &self.buffer[head_length..whole] })
    }

    /// Reads what has come behind what is there.
    async fn read(&mut self, filled: usize) -> anyhow::Result<usize> {
        if filled == self.buffer.len() {
            ensure!(filled < LENGTH_MAX_BYTES, "an answer of more than {LENGTH_MAX_BYTES} bytes");
            self.buffer.resize(filled * 2, 0);
        }
        let read = self.stream.read(&mut self.buffer[filled..]).await?;
        ensure!(read > 0, "the connection was closed in the middle of an answer");
        Ok(read)
    }
}

impl Response<'_> {
    /// A header by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header_in(self.head, name)
    }

    /// The body as text, for messages.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(self.body).into_owned()
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// `HTTP/1.1 201 Created`.
fn status_in(head: &str) -> Option<u16> {
    head.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()
}

fn header_in<'head>(head: &'head str, wanted: &str) -> Option<&'head str> {
    let mut lines = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    lines.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    /// Answers one request with these pieces, one write each.
    async fn answered_with(pieces: &'static [&'static [u8]]) -> anyhow::Result<(u16, String, String)> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let mut connection = Connection::open(listener.local_addr()?).await?;
        let answer = async {
            let (mut stream, _) = listener.accept().await?;
            let mut request = [0; 64];
            let length = stream.read(&mut request).await?;
            for piece in pieces {
                stream.write_all(piece).await?;
                stream.flush().await?;
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
            anyhow::Ok(length)
        };
        let (response, length) = tokio::join!(connection.send(b"GET / HTTP/1.1\r\n\r\n"), answer);
        assert_eq!(length?, 18);
        let response = response?;
        Ok((
            response.status,
            response.header("casebus-position").unwrap_or_default().to_owned(),
            response.text(),
        ))
    }

    #[tokio::test]
    async fn an_answer_in_pieces_is_read_whole() {
        let pieces: &[&[u8]] = &[
            b"HTTP/1.1 201 Created\r\nContent-Length: 5\r\nCasebus-Position: 7\r",
            b"\n\r",
            b"\nhel",
            b"lo",
        ];
        assert_eq!(answered_with(pieces).await.unwrap(), (201, "7".to_owned(), "hello".to_owned()));
    }

    #[tokio::test]
    async fn what_is_no_whole_answer_is_an_error() {
        assert!(answered_with(&[b"HTTP/1.1 200 OK\r\n\r\n"]).await.is_err(), "no length");
        assert!(
            answered_with(&[b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab"]).await.is_err(),
            "too much"
        );
    }

    #[test]
    fn headers_are_found_whatever_their_case() {
        let head = "HTTP/1.1 409 Conflict\r\ncontent-LENGTH:  12 \r\n\r\n";
        assert_eq!((status_in(head), header_in(head, "content-length")), (Some(409), Some("12")));
    }
}
