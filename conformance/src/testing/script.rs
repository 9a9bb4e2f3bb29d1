//! A server over TCP that follows a script, byte for byte and fault for fault, and records what it was sent.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::testing::message::Message;

/// What the server does next on a connection.
#[derive(Clone, Debug)]
pub enum Step {
    /// Reads a request.
    Read,
    /// Sends these bytes.
    Write(Vec<u8>),
    /// Sends these bytes again and again, until the peer closes the connection.
    WriteForEver(Vec<u8>),
    /// Does nothing until the peer closes the connection.
    Stall,
    /// Closes the connection so that the peer gets a reset.
    Reset,
}

/// A running server; it stops when this is dropped.
pub struct ScriptedServer {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Message>>>,
    connections: Arc<AtomicUsize>,
    server: JoinHandle<()>,
}

impl ScriptedServer {
    /// Starts on a free port of the loopback address. The first connection gets the first script, the next one the
    /// next, and all further ones the last. A connection is closed at the end of its script.
    ///
    /// # Errors
    ///
    /// There is no free port.
    pub async fn start(scripts: Vec<Vec<Step>>) -> io::Result<Self> {
        Self::start_for(usize::MAX, scripts).await
    }

    /// Answers the first request with these bytes and accepts no other connection.
    ///
    /// # Errors
    ///
    /// There is no free port.
    pub async fn answering(answer: impl Into<Vec<u8>>) -> io::Result<Self> {
        let script = vec![Step::Read, Step::Write(answer.into())];
        Self::start_and_refuse_after(vec![script]).await
    }

    /// Like [`start`](Self::start), but with one connection for each script: before the last script is played, the
    /// server stops listening, so that further connections are refused.
    ///
    /// # Errors
    ///
    /// There is no free port.
    pub async fn start_and_refuse_after(scripts: Vec<Vec<Step>>) -> io::Result<Self> {
        Self::start_for(scripts.len(), scripts).await
    }

    async fn start_for(connections_at_most: usize, scripts: Vec<Vec<Step>>) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let requests = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(AtomicUsize::new(0));
        let (kept, accepted) = (Arc::clone(&requests), Arc::clone(&connections));
        let server = tokio::spawn(async move {
            // Dropped together with the task, and the connections with it.
            let mut running = tokio::task::JoinSet::new();
            let mut listener = Some(listener);
            while let Some(listening) = &listener
                && let Ok((stream, _)) = listening.accept().await
            {
                let number = accepted.fetch_add(1, Ordering::SeqCst);
                if number + 1 >= connections_at_most {
                    listener = None;
                }
                let script = scripts.get(number).or(scripts.last()).cloned();
                let kept = Arc::clone(&kept);
                running.spawn(async move {
                    // Broken connections are the purpose of the scripts.
                    let _ = play(stream, script.unwrap_or_default(), &kept).await;
                });
            }
            while running.join_next().await.is_some() {}
        });
        Ok(Self {
            address,
            requests,
            connections,
            server,
        })
    }

    /// The base URL of this server.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many requests arrived.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.kept().len()
    }

    /// The first request that was read.
    #[must_use]
    pub fn request(&self) -> Option<Message> {
        self.kept().first().cloned()
    }

    /// All requests that were read, in their order.
    #[must_use]
    pub fn all_requests(&self) -> Vec<Message> {
        self.kept().clone()
    }

    fn kept(&self) -> MutexGuard<'_, Vec<Message>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many connections were made.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for ScriptedServer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn play(
    mut stream: TcpStream,
    script: Vec<Step>,
    requests: &Mutex<Vec<Message>>,
) -> io::Result<()> {
    for step in script {
        match step {
            Step::Read => {
                let request = Message::read(&mut stream).await?;
                let mut requests = requests.lock().unwrap_or_else(PoisonError::into_inner);
                requests.push(request);
            }
            Step::Write(bytes) => stream.write_all(&bytes).await?,
            Step::WriteForEver(bytes) => loop {
                stream.write_all(&bytes).await?;
            },
            Step::Stall => while stream.read(&mut [0; 1024]).await? > 0 {},
            Step::Reset => {
                stream.set_zero_linger()?;
                return Ok(());
            }
        }
    }
    stream.shutdown().await
}
