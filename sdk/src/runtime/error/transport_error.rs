//! What is told of an error of the HTTP stack. Its own errors quote what peers sent, such as the debug data of
//! HTTP/2, the names in a certificate or the URL, so only what comes from a fixed vocabulary is kept.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use crate::runtime::client::resolver::NameNotFound;

/// Why an exchange failed, as far as that can be told without quoting anybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TransportError {
    Name(NameNotFound),
    Io(io::ErrorKind),
    /// The handshake failed, and why, in our own words.
    Tls(&'static str),
    Http2(h2::Reason),
}

impl TransportError {
    /// What is behind an error of the HTTP stack; `None` if it is of another kind.
    pub(crate) fn of(error: &reqwest::Error) -> Option<Self> {
        let mut found = None;
        for source in sources(error) {
            if let Some(error) = source.downcast_ref::<NameNotFound>() {
                return Some(Self::Name(error.clone()));
            }
            #[cfg(feature = "rustls")]
            if let Some(error) = source.downcast_ref() {
                return Some(Self::Tls(handshake_problem(error)));
            }
            if let Some(error) = source.downcast_ref::<h2::Error>()
                && let Some(reason) = error.reason()
            {
                return Some(Self::Http2(reason));
            }
            if let Some(error) = source.downcast_ref::<io::Error>() {
                // Errors of TLS come as invalid data. The innermost error says most.
                found = Some(match error.kind() {
                    io::ErrorKind::InvalidData => Self::Tls("the TLS handshake failed"),
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

/// What is wrong with a handshake. Names and times are left out: they are the server's words.
#[cfg(feature = "rustls")]
fn handshake_problem(error: &rustls::Error) -> &'static str {
    use rustls::{CertificateError as Certificate, Error};

    match error {
        Error::InvalidCertificate(problem) => match problem {
            Certificate::Expired | Certificate::ExpiredContext { .. } => {
                "its certificate has expired"
            }
            Certificate::NotValidYet | Certificate::NotValidYetContext { .. } => {
                "its certificate is not valid yet"
            }
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
                "its certificate is for another name"
            }
            Certificate::UnknownIssuer => "its certificate is from an unknown issuer",
            Certificate::BadSignature => "its certificate is not signed by its issuer",
            Certificate::Revoked => "its certificate was revoked",
            Certificate::InvalidPurpose | Certificate::InvalidPurposeContext { .. } => {
                "its certificate is not for servers"
            }
            _ => "its certificate is not valid",
        },
        Error::NoCertificatesPresented => "it has no certificate",
        Error::InvalidMessage(_) => "it does not speak TLS",
        Error::PeerIncompatible(_) | Error::NoApplicationProtocol => {
            "it has no version of TLS or no cipher in common with us"
        }
        Error::AlertReceived(_) => "it refused the TLS handshake",
        _ => "the TLS handshake failed",
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(error) => write!(f, "{error}"),
            Self::Io(kind) => write!(f, "{kind}"),
            Self::Tls(problem) => f.write_str(problem),
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

#[cfg(all(test, feature = "rustls"))]
mod tests {
    use rustls::{
        AlertDescription, CertificateError as Certificate, Error, InvalidMessage, PeerIncompatible,
    };

    use super::handshake_problem;

    #[test]
    fn what_is_wrong_with_a_handshake_is_told_in_our_own_words() {
        let cases = [
            (Certificate::Expired, "its certificate has expired"),
            (Certificate::NotValidYet, "its certificate is not valid yet"),
            (
                Certificate::NotValidForName,
                "its certificate is for another name",
            ),
            (
                Certificate::UnknownIssuer,
                "its certificate is from an unknown issuer",
            ),
            (
                Certificate::BadSignature,
                "its certificate is not signed by its issuer",
            ),
            (Certificate::Revoked, "its certificate was revoked"),
            (
                Certificate::InvalidPurpose,
                "its certificate is not for servers",
            ),
            (Certificate::BadEncoding, "its certificate is not valid"),
        ];
        let certificates = cases.map(|(problem, text)| (Error::InvalidCertificate(problem), text));
        let others = [
            (Error::NoCertificatesPresented, "it has no certificate"),
            (
                Error::InvalidMessage(InvalidMessage::InvalidContentType),
                "it does not speak TLS",
            ),
            (
                Error::PeerIncompatible(PeerIncompatible::NoCipherSuitesInCommon),
                "it has no version of TLS or no cipher in common with us",
            ),
            (
                Error::AlertReceived(AlertDescription::HandshakeFailure),
                "it refused the TLS handshake",
            ),
            (Error::General("canary".into()), "the TLS handshake failed"),
        ];
        for (error, expected) in certificates.into_iter().chain(others) {
            assert_eq!(handshake_problem(&error), expected, "{error:?}");
        }
    }
}
