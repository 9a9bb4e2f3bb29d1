//! A server that keeps the bytes it was sent, exactly, and answers what it was told to.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Waits for one request on a port of its own.
pub struct Capture {
    address: SocketAddr,
    request: JoinHandle<io::Result<String>>,
}

impl Capture {
    /// Starts to listen; the first request gets `answer`, byte for byte.
    ///
    /// # Errors
    ///
    /// No port could be had.
    pub async fn start(answer: impl Into<Vec<u8>>) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let answer = answer.into();
        let request = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await?;
            let request = read_request(&mut stream).await?;
            stream.write_all(&answer).await?;
            stream.shutdown().await?;
            Ok(request)
        });
        Ok(Self { address, request })
    }

    /// The base URL of this server.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The request, from its first byte to the last of its body.
    ///
    /// # Errors
    ///
    /// The connection broke before the request was complete.
    pub async fn request(self) -> io::Result<String> {
        self.request.await.map_err(io::Error::other)?
    }
}

async fn read_request(stream: &mut TcpStream) -> io::Result<String> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = find(&bytes, b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok())
                .unwrap_or(0);
            if bytes.len() >= end + 4 + length {
                return Ok(String::from_utf8_lossy(&bytes).into_owned());
            }
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
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
