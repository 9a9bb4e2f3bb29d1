//! Messages of HTTP/1.1, byte for byte: read by a server, or exchanged over a connection of their own.

use std::cmp::Ordering;
use std::io;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A request or an answer as it was received.
#[derive(Clone, Debug)]
pub struct Message {
    /// For an answer; 0 if there is none.
    pub status: u16,
    /// The first line and the headers.
    pub head: String,
    pub body: String,
}

impl Message {
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

    /// Reads one message to its end and no further, so that the connection can be used again. A message without a
    /// length has no body.
    ///
    /// # Errors
    ///
    /// The connection ends before the message does.
    pub async fn read(stream: &mut TcpStream) -> io::Result<Self> {
        let mut bytes = Vec::new();
        loop {
            if stream.read_buf(&mut bytes).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if let Some(head) = bytes.windows(4).position(|end| end == b"\r\n\r\n") {
                let message = Self::of(&bytes);
                let length = message.header("content-length").unwrap_or("0");
                let length: usize = length.parse().map_err(io::Error::other)?;
                match bytes.len().cmp(&(head + 4 + length)) {
                    Ordering::Less => {}
                    Ordering::Equal => return Ok(message),
                    Ordering::Greater => return Err(io::ErrorKind::InvalidData.into()),
                }
            }
        }
    }

    /// The first line.
    #[must_use]
    pub fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }

    /// Names, in lower case, and values in the order in which they were sent.
    pub fn headers(&self) -> impl Iterator<Item = (String, &str)> {
        let lines = self.head.lines().skip(1);
        lines.map(|line| {
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            (name.to_lowercase(), value.trim())
        })
    }

    /// All values of a header.
    #[must_use]
    pub fn values(&self, name: &str) -> Vec<&str> {
        let headers = self.headers();
        let values = headers.filter(|(other, _)| other.eq_ignore_ascii_case(name));
        values.map(|(_, value)| value).collect()
    }

    /// The value of a header, if it appears once.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        match self.values(name)[..] {
            [value] => Some(value),
            _ => None,
        }
    }

    /// The body as JSON; `null` if it is not JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// The whole as it was sent.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\r\n\r\n{}", self.head, self.body)
    }
}

/// An answer of that status with a JSON body, as bytes.
#[must_use]
pub fn json_answer(status: u16, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status} Status\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Sends a request with these headers, and with `Host` and `Connection: close`, to the host of `url`.
///
/// # Errors
///
/// The host can't be reached, or closes the connection.
pub async fn request(
    url: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> io::Result<Message> {
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
/// The host can't be reached, or closes the connection.
pub async fn send(url: &str, request: &[u8]) -> io::Result<Message> {
    let mut stream = TcpStream::connect(authority(url)).await?;
    stream.write_all(request).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(Message::of(&answer))
}

/// Host and port of an http URL.
#[must_use]
pub fn authority(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}
