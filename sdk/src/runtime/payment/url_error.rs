//! Why a customer is not sent to a payment page.

use std::fmt;

use crate::runtime::secret::masking::mask_host;

/// Why [`PaymentUrl::check`](crate::PaymentUrl::check) refuses an address; the text fits after "failed to
/// check the payment page:". It names host and port at most, never query, fragment or user, and no host that looks like a secret.
///
/// ```
/// use par_ordering::{PaymentUrl, PaymentUrlError, PaymentUrlPolicy};
///
/// let url = PaymentUrl::from("http://pay.example.com/init?session=309200");
/// let error = url.check(&PaymentUrlPolicy::default()).unwrap_err();
/// assert_eq!(error, PaymentUrlError::Scheme);
/// assert_eq!(error.to_string(), "its scheme is not https");
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PaymentUrlError {
    /// It is not an absolute URL with a host.
    NotAUrl,
    /// It holds a character that has no place in a URL, such as a control character, white space, a backslash, a quote, an
    /// angle bracket or an invisible mark. Browsers drop some of them and take others for a slash, so that the address
    /// would lead elsewhere than it reads; others end a text where the address is written into a page.
    Character,
    /// Its scheme is not https.
    Scheme,
    /// It names a user or a password, with which one host can be made to look like another.
    UserInfo,
    /// Its host is an IP address, in whatever spelling.
    IpAddress,
    /// Its host is not a name of the public DNS: one of this machine or of a private network, such as `localhost`, a name
    /// without a dot, or one below `.local` or `.internal`; or one of special use, such as those below `.onion`,
    /// `.invalid` or `.example`.
    PrivateName,
    /// Its host is an international name, which can look like another one, and is not listed.
    InternationalName,
    /// Its host and port are not written as they are read: percent-encoded, with an empty label, without the
    /// two slashes before them, in characters that names of hosts don't have, or with a hyphen at the end of a label.
    Ambiguous,
    /// Its port is not 443, and no list permits another.
    Port {
        /// The port.
        port: u16,
    },
    /// Hosts are listed, and its host is none of them.
    HostNotAllowed {
        /// The host as [`allow_host`](crate::PaymentUrlPolicy::allow_host) takes it, with a port other than 443.
        host: String,
    },
}

impl fmt::Debug for PaymentUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PaymentUrlError({self})")
    }
}

impl fmt::Display for PaymentUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAUrl => "it is not an absolute URL with a host",
            Self::Character => {
                "it holds a character that has no place in a URL, such as white space, a quote or a backslash"
            }
            Self::Scheme => "its scheme is not https",
            Self::UserInfo => "it names a user or a password",
            Self::IpAddress => "its host is an IP address",
            Self::PrivateName => {
                "its host is not a public name, but one of this machine, of a private network or of special use"
            }
            Self::InternationalName => {
                "its host is an international name, which can look like another; \
                 allow its ASCII form if it is the right one"
            }
            Self::Ambiguous => "its host and port are not written as a browser reads them",
            Self::Port { port } => {
                return write!(f, "its port is {port}; allow the host with that port if it is right");
            }
            Self::HostNotAllowed { host } => {
                let host = mask_host(host, &[]);
                return write!(f, "its host `{host}` is not allowed; allow it if it is right");
            }
        })
    }
}

impl std::error::Error for PaymentUrlError {}

#[cfg(test)]
mod tests {
    use super::PaymentUrlError;
    use crate::runtime::{PaymentUrl, PaymentUrlPolicy};

    #[test]
    fn a_message_says_what_is_wrong_and_shows_no_more_than_host_and_port() {
        let any = PaymentUrlPolicy::default();
        let listed = any.clone().allow_host("pay.example.com");
        let cases = [
            (
                &any,
                "canary?canary",
                "it is not an absolute URL with a host",
            ),
            (
                &any,
                "https://canary:canary@pay.example.com/canary\t?canary#canary",
                "it holds a character that has no place in a URL, such as white space, a quote or a backslash",
            ),
            (&any, "canary:canary", "its scheme is not https"),
            (
                &any,
                "https://canary:canary@pay.example.com/canary?canary#canary",
                "it names a user or a password",
            ),
            (
                &any,
                "https://127.0.0.1/canary?canary#canary",
                "its host is an IP address",
            ),
            (
                &any,
                "https://canary.local/canary?canary#canary",
                "its host is not a public name, but one of this machine, of a private network or of special use",
            ),
            (
                &any,
                "https://xn--bcher-kva.example.net/canary?canary#canary",
                "its host is an international name, which can look like another; \
                 allow its ASCII form if it is the right one",
            ),
            (
                &any,
                "https:canary.example/canary?canary#canary",
                "its host and port are not written as a browser reads them",
            ),
            (
                &any,
                "https://pay.example.com:8443/canary?canary#canary",
                "its port is 8443; allow the host with that port if it is right",
            ),
            (
                &listed,
                "https://pay.example.org/canary?canary#canary",
                "its host `pay.example.org` is not allowed; allow it if it is right",
            ),
            (
                &listed,
                "https://pay.example.org:8443/canary?canary#canary",
                "its host `pay.example.org:8443` is not allowed; allow it if it is right",
            ),
        ];
        let mut failures = Vec::new();
        for (policy, text, expected) in cases {
            let error: PaymentUrlError = PaymentUrl::from(text).check(policy).unwrap_err();
            if error.to_string() != expected {
                failures.push(format!("{text:?}: {error}"));
            }
            for shown in [
                error.to_string(),
                format!("{error:?}"),
                format!("{error:#?}"),
            ] {
                if shown.contains("canary") {
                    failures.push(format!("{text:?} is shown by {shown}"));
                }
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}
