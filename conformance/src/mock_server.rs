//! A server that answers from a specification, with its examples or with values made from its schemas, and refuses
//! what the specification does not allow. The program is `conformance serve`.

mod acceptance;
mod answer;
mod answering;
mod chance;
mod cookies;
mod credentials;
mod facets;
mod finding;
mod media;
mod minting;
mod misbehaviour;
mod operation_check;
mod payment_page;
mod preference;
mod quoted_list;
mod refusal;
mod request_log;
mod responses;
mod routing;
mod settings;
mod token_ages;
mod xml;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::serve::Listener;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use self::answer::Answer;
use self::answering::{Responder, lock};
pub use self::chance::fresh_seed;
pub use self::operation_check::UncheckableError;
pub use self::payment_page::{PaymentPageSettings, ReturnUrl, ReturnUrlError};
pub use self::request_log::RequestLog;
pub use self::settings::Settings;
use crate::tls::{Identity, Protocol, TlsListener};
use openapi::document::Document;

/// Connections that wait to be accepted; the operating system may allow fewer.
const BACKLOG: u32 = 4096;

/// A running server; it stops when this is dropped.
pub struct MockServer {
    responder: Arc<Responder>,
    /// Dropping it stops the server.
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

/// Why a server can't be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("failed to listen on {address}: {source}")]
    Listen {
        address: SocketAddr,
        source: io::Error,
    },
    #[error("failed to make the identity of the server: {0}")]
    Identity(#[from] tokio_rustls::rustls::Error),
    #[error(transparent)]
    Specification(#[from] UncheckableError),
}

impl MockServer {
    /// Starts on a free port of the loopback address.
    ///
    /// # Errors
    ///
    /// There is no free port, or a part of the specification can't be checked.
    pub async fn start(document: impl Into<Arc<Document>>) -> Result<Self, StartError> {
        Self::start_with(document, Settings::default()).await
    }

    /// Starts with these settings.
    ///
    /// # Errors
    ///
    /// It can't listen on the address, or a part of the specification can't be checked.
    pub async fn start_with(
        document: impl Into<Arc<Document>>,
        settings: Settings,
    ) -> Result<Self, StartError> {
        let (tcp, address) = listen(settings.address)?;
        let origin = format!("http://{address}");
        Self::serve(tcp, origin, document.into(), settings)
    }

    /// Starts on a free port of the loopback address, with TLS, as `localhost`.
    ///
    /// # Errors
    ///
    /// There is no free port, the identity is not valid, or a part of the specification can't be checked.
    pub async fn start_tls(
        document: impl Into<Arc<Document>>,
        identity: &Identity,
        protocol: Protocol,
    ) -> Result<Self, StartError> {
        let settings = Settings::default();
        let (tcp, address) = listen(settings.address)?;
        let origin = format!("https://localhost:{}", address.port());
        let acceptor = identity.acceptor(protocol)?;
        let listener = TlsListener { tcp, acceptor };
        Self::serve(listener, origin, document.into(), settings)
    }

    fn serve(
        listener: impl Listener,
        origin: String,
        document: Arc<Document>,
        settings: Settings,
    ) -> Result<Self, StartError> {
        let responder = Responder::new(document, settings.clone(), origin)?;
        let (stop, stopped) = oneshot::channel();
        let serving = acceptance::serve(listener, Arc::clone(&responder), settings, stopped);
        Ok(Self {
            responder,
            stop,
            server: tokio::spawn(serving),
        })
    }

    /// Accepts no more connections and waits until the running requests are answered, but no longer than
    /// [`Settings::grace`].
    pub async fn stop(self) {
        drop(self.stop);
        // A server that panicked has stopped too.
        let _ = self.server.await;
    }

    /// The base URL of this server, with the path of one of the servers in the specification.
    #[must_use]
    pub fn url(&self) -> String {
        self.responder.url()
    }

    /// Answers with that status and that example from now on, or with the first example of the status.
    pub fn answer_example(&self, status: u16, name: Option<&str>) {
        self.set(Answer::Documented {
            status: Some(status),
            name: name.map(str::to_owned),
        });
    }

    /// Answers with these bytes from now on, whatever the specification says.
    pub fn answer_raw(&self, status: u16, content_type: &str, body: impl Into<Vec<u8>>) {
        self.answer_with_headers(status, &[("content-type", content_type)], body);
    }

    /// Answers with these headers and these bytes from now on, whatever the specification says. A header that can't
    /// be sent is left out.
    pub fn answer_with_headers(
        &self,
        status: u16,
        headers: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
    ) {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        self.set(Answer::Raw {
            status,
            headers: headers.iter().map(owned).collect(),
            body: body.into(),
        });
    }

    /// Answers 401 from now on to a call without this bearer token.
    pub fn accept_only(&self, token: &str) {
        *lock(&self.responder.accepted) = Some(token.to_owned());
    }

    /// How many calls were answered 401 because they did not carry the token of
    /// [`accept_only`](Self::accept_only).
    #[must_use]
    pub fn rejections(&self) -> usize {
        self.responder.rejections.load(Ordering::SeqCst)
    }

    /// The protocol of the last request, if there was one.
    #[must_use]
    pub fn protocol(&self) -> Option<Protocol> {
        *lock(&self.responder.protocol)
    }

    fn set(&self, answer: Answer) {
        *lock(&self.responder.answer) = answer;
    }
}

fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let listen = || {
        let socket = if address.is_ipv4() {
            TcpSocket::new_v4()?
        } else {
            TcpSocket::new_v6()?
        };
        // As in the standard library: a port can be used while its last connections are still closing.
        #[cfg(unix)]
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        let listener = socket.listen(BACKLOG)?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    listen().map_err(|source| StartError::Listen { address, source })
}
