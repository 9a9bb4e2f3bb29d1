//! The server that is probed, and what the requests to it carry.

use std::env::VarError;
use std::time::Duration;

use par_ordering::Client;
use par_ordering::conformance::base_url as base_url_of;
use url::Position;

use super::answer::LARGEST_BODY;
use super::error::ProbeError;

/// The variables that credentials come from: a command line is seen by others on the machine.
pub const APPLICATION: &str = "PAR_ORDERING_APPLICATION";
pub const CUSTOMER_TOKEN: &str = "PAR_ORDERING_CUSTOMER_TOKEN";

/// What the requests carry. It has no `Debug`: both are secrets.
#[derive(Clone)]
pub struct Credentials {
    pub application: String,
    pub customer_token: Option<String>,
}

#[derive(Clone)]
pub struct Target {
    /// Without a slash at the end.
    pub base_url: String,
    /// Host and port.
    pub host: String,
    pub is_loopback: bool,
    pub api_version: String,
    pub timeout: Duration,
    pub credentials: Credentials,
    /// What both the sdk and the raw requests go through.
    pub http: reqwest::Client,
    pub sdk: Client,
}

impl Credentials {
    /// Those of the environment.
    ///
    /// # Errors
    ///
    /// The key of the application is missing, or a variable is no text.
    pub fn from_env() -> Result<Self, ProbeError> {
        Ok(Self {
            application: variable(APPLICATION)?.ok_or(ProbeError::NoApplication)?,
            customer_token: variable(CUSTOMER_TOKEN)?,
        })
    }
}

/// An empty variable is how shells and containers write "not set".
fn variable(name: &'static str) -> Result<Option<String>, ProbeError> {
    match std::env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(ProbeError::Variable {
            name,
            problem: "is no Unicode text",
        }),
    }
}

impl Target {
    /// # Errors
    ///
    /// The URL is none that credentials may be sent to, or a value can't be sent in a header.
    pub fn new(
        base_url: &str,
        api_version: &str,
        credentials: Credentials,
        timeout: Duration,
    ) -> Result<Self, ProbeError> {
        let http = reqwest::Client::builder()
            .connect_timeout(timeout)
            // Nothing comes between: each request is sent once, as it is, to this server.
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
        // The sdk knows which URLs credentials may be sent to.
        let sdk = Client::builder()
            .base_url(base_url)
            .application(credentials.application.as_str())
            .api_version(api_version)
            .http_client(http.clone())
            .deadline(timeout)
            .max_body_bytes(LARGEST_BODY)
            .build()
            .map_err(ProbeError::Client)?;
        let sdk = match &credentials.customer_token {
            Some(token) if !is_sendable(token) => {
                let problem = "holds a character that is not allowed in a bearer token";
                return Err(ProbeError::Variable {
                    name: CUSTOMER_TOKEN,
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
            api_version: api_version.to_owned(),
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
            let credentials = Credentials {
                application: "key".to_owned(),
                customer_token: None,
            };
            let target = Target::new(base_url, "5.0.0", credentials, Duration::from_secs(1));
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
