//! TLS for the servers here: their own certificates, and a listener.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::serve::Listener;
use rcgen::{CertificateParams, CertifiedIssuer, DnType, KeyPair, date_time_ymd};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::server::TlsStream;

/// The certificate of a server, and the root that signed it.
pub struct Identity {
    /// The root certificate, which a client must trust.
    pub root_pem: String,
    certificate: rcgen::Certificate,
    key: KeyPair,
}

/// Protocol that a server offers in the handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    Http1,
    Http2,
}

impl Protocol {
    fn name(self) -> Vec<u8> {
        match self {
            Self::Http1 => b"http/1.1".to_vec(),
            Self::Http2 => b"h2".to_vec(),
        }
    }
}

impl Identity {
    /// A certificate for `host`, valid now.
    ///
    /// # Errors
    ///
    /// `host` is not a host name.
    pub fn new(host: &str) -> Result<Self, rcgen::Error> {
        Self::signed(host, 2000, 2999)
    }

    /// A certificate for `host` that is no longer valid.
    ///
    /// # Errors
    ///
    /// `host` is not a host name.
    pub fn expired(host: &str) -> Result<Self, rcgen::Error> {
        Self::signed(host, 2000, 2001)
    }

    /// A certificate for `host` that is not valid yet.
    ///
    /// # Errors
    ///
    /// `host` is not a host name.
    pub fn not_valid_yet(host: &str) -> Result<Self, rcgen::Error> {
        Self::signed(host, 2998, 2999)
    }

    fn signed(host: &str, first_year: i32, last_year: i32) -> Result<Self, rcgen::Error> {
        let mut root = CertificateParams::default();
        root.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        root.distinguished_name
            .push(DnType::CommonName, "root of the tests");
        let root = CertifiedIssuer::self_signed(root, KeyPair::generate()?)?;

        let key = KeyPair::generate()?;
        let mut server = CertificateParams::new([host.to_owned()])?;
        server.not_before = date_time_ymd(first_year, 1, 1);
        server.not_after = date_time_ymd(last_year, 1, 1);
        let certificate = server.signed_by(&key, &root)?;
        Ok(Self {
            root_pem: root.pem(),
            certificate,
            key,
        })
    }

    /// Accepts connections as this identity.
    ///
    /// # Errors
    ///
    /// The key does not fit the certificate.
    pub fn acceptor(&self, protocol: Protocol) -> Result<TlsAcceptor, tokio_rustls::rustls::Error> {
        let key = PrivateKeyDer::Pkcs8(self.key.serialize_der().into());
        let mut config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.der().clone()], key)?;
        config.alpn_protocols = vec![protocol.name()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

/// Accepts TLS connections; those whose handshake fails are dropped.
pub struct TlsListener {
    pub tcp: TcpListener,
    pub acceptor: TlsAcceptor,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, address) = Listener::accept(&mut self.tcp).await;
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}
