//! Why a payment page is refused.

use std::fmt;

use crate::runtime::secret::masking::mask_host;

/// Why [`PaymentUrl::check`](crate::PaymentUrl::check) refuses an address.
///
/// The message fits after "failed to check the payment page:". It names at most host and port, never the query, the
/// fragment or the user, and no host that looks like a secret.
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
    /// It contains a character that is not allowed in a URL, such as a control character, white space, a backslash, a quote,
    /// an angle bracket or an invisible mark. Browsers drop some of them and read others as a slash, so the address would
    /// not lead where it seems to lead. Others end the text that the address is part of.
    Character,
    /// Its scheme is not https.
    Scheme,
    /// It has a user or a password, which can make one host look like another.
    UserInfo,
    /// Its host is an IP address, in any spelling.
    IpAddress,
    /// Its host is not a name of the public DNS. It is a name of this machine or of a private network, such as `localhost`,
    /// a name without a dot, or a name below `.local` or `.internal`; or a name of special use, such as one below `.onion`,
    /// `.invalid` or `.example`.
    PrivateName,
    /// Its host is an international name, which can look like another one, and is not allowed by the policy.
    InternationalName,
    /// Its host and port are not written as a browser reads them: percent-encoded, with an empty label, without the two
    /// slashes before them, with characters that are not allowed in a host name, or with a hyphen at the end of a label.
    Ambiguous,
    /// Its port is not 443, and the policy allows no other port.
    Port {
        /// The port.
        port: u16,
    },
    /// The policy lists hosts, and this one is not among them.
    HostNotAllowed {
        /// The host in the form of [`allow_host`](crate::PaymentUrlPolicy::allow_host), with the port if that is not 443.
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
                "it contains a character that is not allowed in a URL, such as white space, a quote or a backslash"
            }
            Self::Scheme => "its scheme is not https",
            Self::UserInfo => "it names a user or a password",
            Self::IpAddress => "its host is an IP address",
            Self::PrivateName => {
                "its host is not a public name: it is for this machine, a private network or a special use"
            }
            Self::InternationalName => {
                "its host is an international name, which can look like another one; if it is correct, allow its ASCII form"
            }
            Self::Ambiguous => "its host and port are not written as a browser reads them",
            Self::Port { port } => {
                return write!(f, "its port is {port}; if it is correct, allow the host with that port");
            }
            Self::HostNotAllowed { host } => {
                let host = mask_host(host, &[]);
                return write!(f, "its host `{host}` is not allowed; if it is correct, allow it");
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
                "it contains a character that is not allowed in a URL, such as white space, a quote or a backslash",
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
                "its host is not a public name: it is for this machine, a private network or a special use",
            ),
            (
                &any,
                "https://xn--bcher-kva.example.net/canary?canary#canary",
                "its host is an international name, which can look like another one; if it is correct, allow its ASCII form",
            ),
            (
                &any,
                "https:canary.example/canary?canary#canary",
                "its host and port are not written as a browser reads them",
            ),
            (
                &any,
                "https://pay.example.com:8443/canary?canary#canary",
                "its port is 8443; if it is correct, allow the host with that port",
            ),
            (
                &listed,
                "https://pay.example.org/canary?canary#canary",
                "its host `pay.example.org` is not allowed; if it is correct, allow it",
            ),
            (
                &listed,
                "https://pay.example.org:8443/canary?canary#canary",
                "its host `pay.example.org:8443` is not allowed; if it is correct, allow it",
            ),
        ];
        let mut failures = Vec::new();
        for (policy, text, expected) in cases {
            let error: PaymentUrlError = PaymentUrl::from(text).check(policy).unwrap_err();
            if error.to_string() != expected {
                failures.push(format!("{text:?}: {error}"));
            }
            for shown in [format!("{error:?}"), format!("{error:#?}")] {
                if shown != format!("PaymentUrlError({expected})") {
                    failures.push(format!("{text:?}: {shown}"));
                }
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}
