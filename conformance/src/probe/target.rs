//! The server that is probed, and the values of the requests.

use std::collections::BTreeMap;
use std::env::VarError;
use std::time::Duration;

use openapi::specification::Specification;
use par_ordering::Client;
use par_ordering::conformance::{base_url as base_url_of, with_settings};
use url::Position;

use super::answer::LARGEST_BODY;
use super::error::ProbeError;
use super::request::AtHand;

/// The variable with the customer's token. Like a setting, it is not an argument: others on the machine can read a
/// command line.
pub const CUSTOMER_TOKEN: &str = "PAR_ORDERING_CUSTOMER_TOKEN";

/// The values of the requests. They are secrets, so there is no `Debug`.
#[derive(Clone, Default)]
pub struct Credentials {
    /// By the name of the setting; `user:password` if it is one of HTTP Basic.
    pub settings: BTreeMap<String, String>,
    pub customer_token: Option<String>,
}

#[derive(Clone)]
pub struct Target {
    /// Without a slash at the end.
    pub base_url: String,
    /// Host and port.
    pub host: String,
    pub is_loopback: bool,
    pub timeout: Duration,
    pub credentials: Credentials,
    /// The client that both the sdk and the raw requests use.
    pub http: reqwest::Client,
    pub sdk: Client,
}

impl Credentials {
    /// The values that are available.
    #[must_use]
    pub fn at_hand(&self) -> AtHand {
        AtHand {
            settings: self.settings.keys().cloned().collect(),
            customer_token: self.customer_token.is_some(),
        }
    }

    /// The settings of the environment, with the defaults of the specification.
    ///
    /// # Errors
    ///
    /// A variable is not a text.
    pub fn from_env(specification: &Specification) -> Result<Self, ProbeError> {
        let mut settings = BTreeMap::new();
        for setting in &specification.settings {
            let value = variable(&setting.variable())?.or_else(|| setting.default.clone());
            settings.extend(value.map(|value| (setting.name.clone(), value)));
        }
        Ok(Self {
            settings,
            customer_token: variable(CUSTOMER_TOKEN)?,
        })
    }
}

/// Shells and containers write "not set" as an empty variable.
fn variable(name: &str) -> Result<Option<String>, ProbeError> {
    match std::env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(ProbeError::Variable {
            name: name.to_owned(),
            problem: "is not Unicode text",
        }),
    }
}

impl Target {
    /// # Errors
    ///
    /// Credentials must not be sent to the URL, or a value can't be sent in a header.
    pub fn new(
        base_url: &str,
        credentials: Credentials,
        timeout: Duration,
    ) -> Result<Self, ProbeError> {
        let http = reqwest::Client::builder()
            .connect_timeout(timeout)
            // Each request is sent once, unchanged, to this server.
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .tls_backend_rustls()
            .user_agent(concat!("par-ordering-", env!("CARGO_PKG_NAME")))
            .build()
            .map_err(ProbeError::Http)?;
        // The sdk decides which URLs credentials may be sent to.
        let settings = |name: &str| credentials.settings.get(name).cloned();
        let sdk = with_settings(Client::builder(), settings)
            .base_url(base_url)
            .http_client(http.clone())
            .deadline(timeout)
            .max_body_bytes(LARGEST_BODY)
            .build()
            .map_err(ProbeError::Client)?;
        let sdk = match &credentials.customer_token {
            Some(token) if !is_sendable(token) => {
                let problem = "contains a character that is not allowed in a bearer token";
                return Err(ProbeError::Variable {
                    name: CUSTOMER_TOKEN.to_owned(),
                    problem,
                });
            }
            Some(token) => sdk.for_customer(token.as_str()),
            None => sdk,
        };
        let (url, is_loopback) = base_url_of(&sdk);
        let host = url[Position::BeforeHost..Position::AfterPort].to_owned();
        Ok(Self {
            base_url: url.as_str().trim_end_matches('/').to_owned(),
            host,
            is_loopback,
            timeout,
            credentials,
            http,
            sdk,
        })
    }
}

fn is_sendable(token: &str) -> bool {
    token.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::{Credentials, Duration, Target};

    #[test]
    fn a_host_is_told_from_this_machine_and_credentials_go_to_no_other_in_the_clear() {
        let cases = [
            ("http://127.0.0.1:8080/api/", Some(("127.0.0.1:8080", true))),
            ("http://localhost/api", Some(("localhost", true))),
            ("http://[::1]:8080", Some(("[::1]:8080", true))),
            (
                "https://api.example.com/api",
                Some(("api.example.com", false)),
            ),
            (
                "https://localhost.example.com",
                Some(("localhost.example.com", false)),
            ),
            ("http://api.example.com/api", None),
            ("https://user:password@api.example.com", None),
            ("https://api.example.com/?key=1", None),
            ("ftp://api.example.com", None),
            ("api.example.com", None),
        ];
        let mut failures = Vec::new();
        for (base_url, expected) in cases {
            let credentials = Credentials::default();
            let target = Target::new(base_url, credentials, Duration::from_secs(1));
            let found = target.ok().map(|target| (target.host, target.is_loopback));
            let found = found
                .as_ref()
                .map(|(host, is_loopback)| (host.as_str(), *is_loopback));
            if found != expected {
                failures.push(format!("{base_url}: {found:?}"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}
