//! One request over a connection of its own, byte for byte, and what came back.

use std::io;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What a server sent until it closed the connection.
#[derive(Clone, Debug)]
pub struct Received {
    /// 0 if there was no status line.
    pub status: u16,
    /// Status line and headers as they were.
    pub head: String,
    pub body: String,
}

impl Received {
    fn of(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        Self {
            status: status.unwrap_or_default(),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    /// The value of a header, if it is there once.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.head.lines().skip(1).filter_map(|line| {
            let (other, value) = line.split_once(':')?;
            other.eq_ignore_ascii_case(name).then_some(value.trim())
        });
        let value = values.next();
        value.filter(|_| values.next().is_none())
    }

    /// The body as JSON, `null` if it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// Sends a request with these headers, besides `Host` and `Connection: close`, to the host of `url`.
///
/// # Errors
///
/// The host can't be reached, or breaks the connection off.
pub async fn request(
    url: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> io::Result<Received> {
    let mut request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n",
        authority(url)
    );
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    send(url, request.as_bytes()).await
}

/// Sends these bytes and reads until the server closes the connection.
///
/// # Errors
///
/// The host can't be reached, or breaks the connection off.
pub async fn send(url: &str, request: &[u8]) -> io::Result<Received> {
    let mut stream = TcpStream::connect(authority(url)).await?;
    stream.write_all(request).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(Received::of(&answer))
}

/// Reads one answer of known length to its end and no further, so that the connection can be used again.
///
/// # Errors
///
/// The connection ends before the answer does.
pub async fn read_answer(stream: &mut TcpStream) -> io::Result<Received> {
    let mut bytes = Vec::new();
    loop {
        let received = Received::of(&bytes);
        let length = received.header("content-length").map(str::parse);
        if length == Some(Ok(received.body.len())) {
            return Ok(received);
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

/// Host and port of an http URL.
#[must_use]
pub fn authority(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}
