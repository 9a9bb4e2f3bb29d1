//! A server for measurements, in a process of its own so that its work and its memory are not counted. It answers
//! every request with the same body, at once or when a given number of requests has arrived.
//!
//! The command is `conformance load-server`. It prints its address, and ends when its standard input ends; then it
//! prints what it counted.

use std::convert::{Infallible, identity};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use clap::{Args, ValueEnum};
use http_body_util::combinators::MapFrame;
use http_body_util::{BodyExt as _, Either, Full};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Barrier;

use crate::testing::documented_answer::{DocumentedAnswerError, documented_answer};
use crate::tls::{Identity, Protocol};

/// More streams than any measurement needs: the server sets the limit.
const STREAMS: u32 = 100_000;

/// What the server does.
#[derive(Args, Clone, Debug)]
pub struct LoadServer {
    /// The protocol that it speaks: HTTP/1.1 in clear, or HTTP/2 over TLS.
    #[arg(long, value_enum, default_value_t = Speech::Http1)]
    pub speaks: Speech,
    /// How many requests are answered at once, before any wait.
    #[arg(long, value_name = "REQUESTS", default_value_t = 0)]
    pub at_once: usize,
    /// How many requests must arrive before they are answered together.
    #[arg(long, value_name = "REQUESTS")]
    pub hold: Option<usize>,
    /// The status that it answers with.
    #[arg(long, default_value_t = 200)]
    pub status: u16,
    /// A file with the body that it answers with [default: the documented example].
    #[arg(long, value_name = "FILE")]
    pub body: Option<PathBuf>,
    /// Whether an answer has no length and is sent in chunks.
    #[arg(long)]
    pub chunked: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Speech {
    Http1,
    Http2,
}

/// Why the server could not be started.
#[derive(Debug, thiserror::Error)]
pub enum LoadServerError {
    #[error("failed to make the answer: {0}")]
    Answer(#[from] DocumentedAnswerError),
    #[error("failed to encode the answer: {0}")]
    Encode(#[from] serde_json::Error),
    #[error("failed to read the answer from {}: {source}", path.display())]
    Body { path: PathBuf, source: io::Error },
    #[error("failed to answer with status {0}: it is none")]
    Status(u16),
    #[error("failed to make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    #[error("failed to offer TLS: {0}")]
    Tls(#[from] tokio_rustls::rustls::Error),
    #[error("failed to serve: {0}")]
    Io(#[from] io::Error),
    #[error("failed to understand what the server said of itself: {0:?}")]
    Words(String),
}

/// What the server counted until its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    pub connections: usize,
    pub requests: usize,
    /// The most requests that waited for their answer at the same time.
    pub most_in_flight: usize,
}

/// Serves until the standard input ends.
///
/// # Errors
///
/// There is no free port, or the answer can't be made.
pub async fn run(arguments: LoadServer) -> Result<String, LoadServerError> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let status = StatusCode::from_u16(arguments.status)
        .map_err(|_| LoadServerError::Status(arguments.status))?;
    let body = match arguments.body {
        None => serde_json::to_vec(&documented_answer()?)?,
        Some(path) => {
            std::fs::read(&path).map_err(|source| LoadServerError::Body { path, source })?
        }
    };
    let load = Arc::new(Load {
        status,
        body: body.into(),
        chunked: arguments.chunked,
        at_once: arguments.at_once,
        barrier: arguments.hold.map(Barrier::new),
        connections: AtomicUsize::new(0),
        requests: AtomicUsize::new(0),
        in_flight: AtomicUsize::new(0),
        most_in_flight: AtomicUsize::new(0),
    });
    let (start, acceptor) = match arguments.speaks {
        Speech::Http1 => (json!({"url": format!("http://127.0.0.1:{port}")}), None),
        Speech::Http2 => {
            let identity = Identity::new("localhost")?;
            let url = format!("https://localhost:{port}");
            let start = json!({"url": url, "root": identity.root_pem});
            (start, Some(identity.acceptor(Protocol::Http2)?))
        }
    };
    let mut out = io::stdout();
    writeln!(out, "{start}")?;
    out.flush()?;

    let served = Arc::clone(&load);
    let serving = async move {
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                continue;
            };
            let _ = stream.set_nodelay(true);
            served.connections.fetch_add(1, Ordering::SeqCst);
            let (load, acceptor) = (Arc::clone(&served), acceptor.clone());
            tokio::spawn(async move {
                match acceptor {
                    None => load.serve_http1(stream).await,
                    // A client that aborts the handshake is not served.
                    Some(acceptor) => {
                        if let Ok(stream) = acceptor.accept(stream).await {
                            load.serve_http2(stream).await;
                        }
                    }
                }
            });
        }
    };
    let mut words = Vec::new();
    let mut end = tokio::io::stdin();
    tokio::select! {
        () = serving => {}
        read = end.read_to_end(&mut words) => { read?; }
    }
    Ok(format!("{}\n", load.seen()))
}

/// A body with a known or an unknown length.
type Answer = Either<Full<Bytes>, MapFrame<Full<Bytes>, fn(Frame<Bytes>) -> Frame<Bytes>>>;

/// What all connections share.
struct Load {
    status: StatusCode,
    body: Bytes,
    chunked: bool,
    at_once: usize,
    barrier: Option<Barrier>,
    connections: AtomicUsize,
    requests: AtomicUsize,
    in_flight: AtomicUsize,
    most_in_flight: AtomicUsize,
}

impl Load {
    // A broken connection is the problem of the client, so its result is dropped.
    async fn serve_http1(self: Arc<Self>, io: impl AsyncRead + AsyncWrite + Unpin) {
        let _ = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .serve_connection(TokioIo::new(io), service_fn(|request| self.answer(request)))
            .await;
    }

    async fn serve_http2(self: Arc<Self>, io: impl AsyncRead + AsyncWrite + Unpin) {
        let _ = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS)
            .serve_connection(
                TokioIo::new(io),
                service_fn(|request| {
                    let load = Arc::clone(&self);
                    async move { load.answer(request).await }
                }),
            )
            .await;
    }

    async fn answer(&self, _: Request<Incoming>) -> Result<Response<Answer>, Infallible> {
        let number = self.requests.fetch_add(1, Ordering::SeqCst);
        let in_flight = self.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_in_flight.fetch_max(in_flight, Ordering::SeqCst);
        if let Some(barrier) = self.barrier.as_ref().filter(|_| number >= self.at_once) {
            barrier.wait().await;
        }
        self.in_flight.fetch_sub(1, Ordering::SeqCst);
        let body = Full::new(self.body.clone());
        let mut response = Response::new(if self.chunked {
            // A mapped body does not know its length.
            Answer::Right(body.map_frame(identity))
        } else {
            Answer::Left(body)
        });
        *response.status_mut() = self.status;
        Ok(response)
    }

    fn seen(&self) -> Value {
        json!({
            "connections": self.connections.load(Ordering::SeqCst),
            "requests": self.requests.load(Ordering::SeqCst),
            "most_in_flight": self.most_in_flight.load(Ordering::SeqCst),
        })
    }
}

/// A server that runs in a process of its own, until this is dropped.
pub struct RunningLoadServer {
    process: Child,
    words: BufReader<ChildStdout>,
    /// Base URL of the API on it.
    pub url: String,
    /// Its root certificate, if it speaks TLS.
    pub root_pem: Option<String>,
}

impl RunningLoadServer {
    /// Starts it; `program` is the binary of this package, and `arguments` are those of its subcommand.
    ///
    /// # Errors
    ///
    /// The process can't be started, or ends before it prints its address.
    pub fn start(program: &Path, arguments: &[&str]) -> Result<Self, LoadServerError> {
        let mut process = Command::new(program)
            .arg("load-server")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let words = process
            .stdout
            .take()
            .ok_or_else(|| LoadServerError::Words(String::new()))?;
        let mut server = Self {
            process,
            words: BufReader::new(words),
            url: String::new(),
            root_pem: None,
        };
        let start = server.next_words()?;
        let url = start["url"].as_str();
        server.url = url
            .ok_or_else(|| LoadServerError::Words(start.to_string()))?
            .to_owned();
        server.root_pem = start["root"].as_str().map(str::to_owned);
        Ok(server)
    }

    /// Ends the server and returns what it counted.
    ///
    /// # Errors
    ///
    /// It does not print that.
    pub fn end(mut self) -> Result<Seen, LoadServerError> {
        drop(self.process.stdin.take());
        let seen = self.next_words()?;
        let count = |name: &str| {
            let count = seen[name]
                .as_u64()
                .and_then(|count| usize::try_from(count).ok());
            count.ok_or_else(|| LoadServerError::Words(seen.to_string()))
        };
        Ok(Seen {
            connections: count("connections")?,
            requests: count("requests")?,
            most_in_flight: count("most_in_flight")?,
        })
    }

    fn next_words(&mut self) -> Result<Value, LoadServerError> {
        let mut line = String::new();
        self.words.read_line(&mut line)?;
        serde_json::from_str(&line).map_err(|_| LoadServerError::Words(line))
    }
}

impl Drop for RunningLoadServer {
    fn drop(&mut self) {
        // It ends by itself when nobody has its standard input open any more; its result is not needed here.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}
