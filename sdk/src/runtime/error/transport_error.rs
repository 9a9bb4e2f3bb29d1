//! What is told of an error of the HTTP stack. Its own errors quote what peers sent, such as the debug data of
//! HTTP/2 or the URL, so only what comes from a fixed vocabulary is kept.

use std::error::Error as StdError;
use std::fmt;
use std::io;

/// Why an exchange failed, as far as that can be told without quoting anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TransportError {
    Io(io::ErrorKind),
    /// The handshake failed: the certificate is not trusted, most of the time.
    Tls,
    Http2(h2::Reason),
}

impl TransportError {
    /// What is behind an error of the HTTP stack; `None` if it is of another kind.
    pub(crate) fn of(error: &reqwest::Error) -> Option<Self> {
        let mut found = None;
        for source in sources(error) {
            if let Some(error) = source.downcast_ref::<h2::Error>()
                && let Some(reason) = error.reason()
            {
                return Some(Self::Http2(reason));
            }
            if let Some(error) = source.downcast_ref::<io::Error>() {
                // Errors of rustls come as invalid data. The innermost error says most.
                found = Some(match error.kind() {
                    io::ErrorKind::InvalidData => return Some(Self::Tls),
                    kind => Self::Io(kind),
                });
            }
        }
        found
    }

    /// Whether a server said over HTTP/2, of this very stream, that it did not handle the request.
    pub(crate) fn is_refused_stream(error: &reqwest::Error) -> bool {
        sources(error)
            .filter_map(|source| source.downcast_ref::<h2::Error>())
            .any(|error| {
                error.is_reset()
                    && error.is_remote()
                    && error.reason() == Some(h2::Reason::REFUSED_STREAM)
            })
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(kind) => write!(f, "{kind}"),
            Self::Tls => f.write_str("TLS handshake failed"),
            Self::Http2(reason) => write!(f, "HTTP/2 error: {}", reason.description()),
        }
    }
}

impl StdError for TransportError {}

/// What is behind an error, layer by layer.
fn sources(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    let mut next = error.source();
    std::iter::from_fn(move || {
        let source = next?;
        let within = source
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        next = match within {
            // Its own `source` would pass over the error within.
            Some(within) => Some(within),
            None => source.source(),
        };
        Some(source)
    })
}
