//! What is kept of an error of the HTTP stack. Such an error quotes what peers sent, for example debug data of
//! HTTP/2, names in a certificate, or the URL. So only words from a fixed list are kept.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use crate::runtime::client::resolver::NameNotFound;

/// Why an exchange failed, without quotations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TransportError {
    Name(NameNotFound),
    Io(io::ErrorKind),
    /// The handshake failed, and why, in our own words.
    Tls(&'static str),
    Http2(h2::Reason),
}

impl TransportError {
    /// Describes the source of an error of the HTTP stack; `None` if it is unknown.
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
                // Errors of TLS have the kind "invalid data". The innermost error says most.
                found = Some(match error.kind() {
                    io::ErrorKind::InvalidData => Self::Tls("the TLS handshake failed"),
                    kind => Self::Io(kind),
                });
            }
        }
        found
    }

    /// Whether a server said over HTTP/2, about this stream, that it did not handle the request.
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

/// Describes a failed handshake. Names and times are left out: they come from the server.
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
                "its certificate is not a server certificate"
            }
            _ => "its certificate is not valid",
        },
        Error::NoCertificatesPresented => "it has no certificate",
        Error::InvalidMessage(_) => "it does not speak TLS",
        Error::PeerIncompatible(_) | Error::NoApplicationProtocol => {
            "it supports no TLS version or no cipher that the client supports"
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

/// The errors behind an error, one after the other.
fn sources(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    let mut next = error.source();
    std::iter::from_fn(move || {
        let source = next?;
        let within = source
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        next = match within {
            // Its own `source` would skip the inner error.
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
                "its certificate is not a server certificate",
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
                "it supports no TLS version or no cipher that the client supports",
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
