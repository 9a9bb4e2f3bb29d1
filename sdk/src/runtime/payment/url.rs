//! The address of a payment page.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use reqwest::Url;
use serde::{Deserialize, Serialize};

use crate::runtime::payment::page::PaymentPage;
use crate::runtime::payment::url_error::PaymentUrlError;
use crate::runtime::payment::url_policy::PaymentUrlPolicy;
use crate::runtime::secret::masking::mask_host;
use crate::runtime::secret::{REDACTED, Secret};

/// The address of the page on which the customer enters a card. Its query is a secret.
///
/// [`check`](Self::check) says whether a customer may be sent there. `Debug` and `Display` show the scheme, the host
/// and the port only; they hide a host that looks like a secret, and a text that is not a web address. The crate
/// never fetches the page.
///
/// The text is kept byte for byte, because it contains whole URLs that are not percent-encoded: parsing and printing
/// it would change it. Two addresses are equal if they are the same byte for byte; comparing them takes the same time
/// wherever they differ.
///
/// Source: example of the reference page; its use: guides; that the query is a secret: our inference.
///
/// ```
/// use par_ordering::{PaymentUrl, PaymentUrlError, PaymentUrlPolicy};
///
/// let policy = PaymentUrlPolicy::default().allow_host("pay.example.com");
///
/// let url = PaymentUrl::from("HTTPS://pay.example.com/init?session=309200");
/// assert_eq!(url.to_string(), "https://pay.example.com/[redacted]");
/// assert_eq!(url.expose_secret(), "HTTPS://pay.example.com/init?session=309200");
/// let page = url.check(&policy)?;
/// assert_eq!(page.expose_secret(), "HTTPS://pay.example.com/init?session=309200");
///
/// let url = PaymentUrl::from("https://pay.example.com@evil.example/init");
/// assert_eq!(url.check(&policy).unwrap_err(), PaymentUrlError::UserInfo);
/// # Ok::<(), PaymentUrlError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PaymentUrl(Secret);

impl PaymentUrl {
    /// Returns the address as it was received, whether or not a customer may be sent there.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }

    /// Returns the page, if the policy allows it. Nothing is looked up or fetched.
    ///
    /// The address must always be an absolute https URL without a user, and its host must be a public name that is
    /// written as a browser reads it. [`PaymentUrlPolicy`] adds more rules. A public name can still lead to a private
    /// address or to a stranger: only a list of hosts that you know prevents that.
    ///
    /// # Errors
    ///
    /// The first rule that the address breaks. The error shows no part of the address except host and port.
    ///
    /// Source: our own rules; the API documents none.
    pub fn check(&self, policy: &PaymentUrlPolicy) -> Result<PaymentPage<'_>, PaymentUrlError> {
        policy.judge(self.expose_secret(), self.parse())?;
        Ok(PaymentPage::new(self))
    }

    /// As a browser reads it, without its query and fragment: they don't decide where it leads, and no copy of the
    /// secret is left in memory.
    fn parse(&self) -> Option<Url> {
        let text = self.expose_secret();
        let end = text.find(['?', '#']).map_or(text.len(), |sign| sign + 1);
        Url::parse(&text[..end]).ok()
    }
}

impl fmt::Display for PaymentUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // No part of a text that is not a web address is known to be harmless.
        let url = self.parse();
        let web = url
            .as_ref()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .and_then(|url| Some((url, url.host_str()?)));
        let Some((url, host)) = web else {
            return f.write_str(REDACTED);
        };
        write!(f, "{}://{}", url.scheme(), mask_host(host, &[]))?;
        if let Some(port) = url.port() {
            write!(f, ":{port}")?;
        }
        // The other parts may contain a secret.
        write!(f, "/{REDACTED}")
    }
}

impl fmt::Debug for PaymentUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl From<String> for PaymentUrl {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<&str> for PaymentUrl {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl FromStr for PaymentUrl {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.into())
    }
}

#[cfg(test)]
mod tests {
    use super::PaymentUrl;

    #[test]
    fn no_more_than_scheme_host_and_port_is_printed() {
        let cases = [
            (
                "https://pay.example.com",
                "https://pay.example.com/[redacted]",
            ),
            (
                "HTTP://Pay.Example.com:8080/Init;s=canary",
                "http://pay.example.com:8080/[redacted]",
            ),
            (
                "https://pay.example.com/init%3Fs=canary",
                "https://pay.example.com/[redacted]",
            ),
            (
                "https://pay.example.com?canary#canary",
                "https://pay.example.com/[redacted]",
            ),
            (
                "https://canary:canary@pay.example.com/a",
                "https://pay.example.com/[redacted]",
            ),
            (
                "https:\\\\canary@pay.example.com\\a?canary",
                "https://pay.example.com/[redacted]",
            ),
            (
                "https://0a1b2c3d4e.example.com/",
                "https://[masked].example.com/[redacted]",
            ),
            ("https://pay.example.com ?canary", "[redacted]"),
            ("https://?canary", "[redacted]"),
            ("canary", "[redacted]"),
            ("", "[redacted]"),
            ("javascript:canary", "[redacted]"),
            ("data:text/html,canary", "[redacted]"),
            ("ftp://pay.example.com/canary", "[redacted]"),
            ("wss://pay.example.com/canary", "[redacted]"),
        ];
        let mut failures = Vec::new();
        for (text, expected) in cases {
            let url = PaymentUrl::from(text);
            for shown in [format!("{url}"), format!("{url:?}"), format!("{url:#?}")] {
                if shown != expected {
                    failures.push(format!("{text:?}: {shown} instead of {expected}"));
                }
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    #[test]
    fn every_way_in_and_out_keeps_the_bytes() {
        let text =
            " HTTPS://pay.example.com?isPayment=&successUrl=https://a.example/b?c=d é\u{0}\\\n";
        let json = serde_json::to_string(text).unwrap();
        let urls = [
            PaymentUrl::from(text),
            PaymentUrl::from(text.to_owned()),
            text.parse().unwrap(),
            serde_json::from_str(&json).unwrap(),
        ];
        for url in urls {
            assert_eq!(url.expose_secret(), text);
            assert_eq!(serde_json::to_string(&url).unwrap(), json);
        }
    }
}
