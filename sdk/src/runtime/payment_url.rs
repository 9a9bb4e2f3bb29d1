//! The address of a payment page.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::secret::{REDACTED, Secret};

/// The address of the page on which the customer enters a card. Its query is a secret.
///
/// The text is kept byte for byte: it holds whole URLs that are not percent-encoded, so parsing and printing
/// it again would change it. `Debug` and `Display` show it without user, query and fragment;
/// [`expose_secret`](Self::expose_secret) reads all of it. The crate never fetches it.
///
/// ```
/// use par_ordering::PaymentUrl;
///
/// let url = PaymentUrl::from("https://pay.example.com/init?session=309200");
/// assert_eq!(url.to_string(), "https://pay.example.com/init?[redacted]");
/// assert_eq!(url.expose_secret(), "https://pay.example.com/init?session=309200");
/// ```
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PaymentUrl(Secret);

impl PaymentUrl {
    /// The address as it was received.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Display for PaymentUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What is no web address has no part that is known to be harmless.
        let Some(url) = reqwest::Url::parse(self.expose_secret())
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
        else {
            return f.write_str(REDACTED);
        };
        write!(
            f,
            "{}://{}",
            url.scheme(),
            url.host_str().unwrap_or_default()
        )?;
        if let Some(port) = url.port() {
            write!(f, ":{port}")?;
        }
        f.write_str(url.path())?;
        if url.query().is_some() {
            write!(f, "?{REDACTED}")?;
        }
        Ok(())
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
