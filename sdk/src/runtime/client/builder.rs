//! Configuration of a client.

use std::borrow::Cow;
use std::env::VarError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;

use crate::generated::environment::Environment;
use crate::generated::settings::SETTINGS;
use crate::runtime::call::hook::{Hook, Hooks};
use crate::runtime::client::base_url::{BaseUrl, BaseUrlProblem, Host};
use crate::runtime::client::header_value::InvalidHeader;
use crate::runtime::client::resolver::Resolver;
use crate::runtime::client::settings::{Given, Settings, of_variable};
use crate::runtime::client::unknown_environment::UnknownEnvironment;
use crate::runtime::client::{Client, Http, Shared};
use crate::runtime::retry::RetryPolicy;
use crate::runtime::retry::budget::RetryBudget;

const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const DEADLINE: Duration = Duration::from_secs(30);
const MAX_BODY: usize = 1024 * 1024;
/// How many headers an answer may have over HTTP/1.1, an interim one as well.
const MAX_HEADERS: usize = 64;
/// How many bytes they may have over HTTP/2.
const MAX_HEADER_LIST: u32 = 16 * 1024;

/// Configures a [`Client`].
///
/// ```
/// use std::time::Duration;
/// use par_ordering::{Client, Environment, RetryPolicy};
///
/// let client = Client::builder()
///     .environment(Environment::Demo)
///     .application("your-application-key")
///     .product("shop/2.1")
///     .connect_timeout(Duration::from_secs(2))
///     .deadline(Duration::from_secs(10))
///     .retry(RetryPolicy::safe().max_attempts(2))
///     .max_body_bytes(100_000)
///     .build()?;
/// # Ok::<(), par_ordering::BuildError>(())
/// ```
#[derive(Clone, Default)]
pub struct ClientBuilder {
    base_url: Option<String>,
    /// The host that plain http may lead to; `Err` if what was given names none.
    unencrypted: Option<Result<Host, ()>>,
    settings: Settings,
    deadline: Option<Duration>,
    connect_timeout: Option<Duration>,
    max_body: Option<usize>,
    max_request_body: Option<usize>,
    root_certificates: Vec<Vec<u8>>,
    http_client: Option<Http>,
    retry: Option<RetryPolicy>,
    product: Option<String>,
    hooks: Hooks,
}

/// Why a client could not be configured: which setting, what is wrong with it, and what to do. It shows no value.
///
/// ```
/// use par_ordering::Client;
///
/// let error = Client::builder().base_url("http://api.example.com").build().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the base URL can't be used: plain http would show the credentials; only loopback addresses may use it, \
///      and a host that `allow_unencrypted_http_to` names",
/// );
/// ```
#[derive(Debug)]
pub struct BuildError(Problem);

#[derive(Debug)]
enum Problem {
    NoServer,
    BaseUrl(BaseUrlProblem),
    Unencrypted,
    Setting {
        name: Cow<'static, str>,
        problem: &'static str,
    },
    Variable {
        name: &'static str,
        problem: String,
    },
    NoTls,
    /// A setting that the caller's own HTTP client takes the place of.
    OwnHttpClient(&'static str),
    RootCertificate(Option<reqwest::Error>),
    Http(reqwest::Error),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Problem::NoServer => {
                f.write_str(
                    "no server is named: set an environment or a base URL; `from_env` reads them from \
                     PAR_ORDERING_ENVIRONMENT and PAR_ORDERING_BASE_URL",
                )
            }
            Problem::BaseUrl(problem) => write!(f, "the base URL can't be used: {problem}"),
            Problem::Unencrypted => f.write_str(
                "what `allow_unencrypted_http_to` is given must be the name of one host, such as `par-mock`",
            ),
            Problem::Setting { name, problem } => write!(f, "the {name} {problem}"),
            Problem::Variable { name, problem } => write!(f, "the variable {name} {problem}"),
            Problem::NoTls => f.write_str(
                "https needs TLS, which this build leaves out: enable the feature `rustls` or `native-tls`",
            ),
            Problem::OwnHttpClient(name) => write!(
                f,
                "the {name} is a matter of the HTTP client that was given: set it there"
            ),
            Problem::RootCertificate(_) => {
                f.write_str("a root certificate is not a certificate in PEM form")
            }
            Problem::Http(_) => f.write_str("the HTTP client could not be set up"),
        }
    }
}

impl std::error::Error for BuildError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Problem::Http(source) | Problem::RootCertificate(Some(source)) => Some(source),
            _ => None,
        }
    }
}

/// Says nothing of the settings: a base URL that is going to be refused may hold credentials.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").finish_non_exhaustive()
    }
}

impl ClientBuilder {
    /// Sends calls to one of the public servers; takes the place of a base URL set before.
    #[must_use]
    pub fn environment(self, environment: Environment) -> Self {
        self.base_url(environment.base_url())
    }

    /// Sends calls below this URL, such as `https://api.example.com/api`: https, or http to a loopback
    /// address or to [a host that is named](Self::allow_unencrypted_http_to), without user, query and fragment; another is refused by [`build`](Self::build). No production URL
    /// is published; PAR tells it to each integrator (source: guides).
    #[must_use]
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// Lets the [base URL](Self::base_url) be one of plain http to that host, such as `par-mock` for
    /// `http://par-mock:4010`, the mock server of a Compose file. Whoever is on the way to it reads and changes what is sent
    /// and answered: the application key, the customer's token, the tokens that are minted. So it has no place outside of
    /// tests and of a network of your own. No proxy is used on such a way.
    ///
    /// One host, by its name or its address, without a port; what is something else is refused by [`build`](Self::build).
    ///
    /// ```
    /// use par_ordering::Client;
    ///
    /// let client = Client::builder()
    ///     .base_url("http://par-mock:4010")
    ///     .allow_unencrypted_http_to("par-mock")
    ///     .application("any key")
    ///     .build()?;
    /// # Ok::<(), par_ordering::BuildError>(())
    /// ```
    #[must_use]
    pub fn allow_unencrypted_http_to(mut self, host: impl AsRef<str>) -> Self {
        self.unencrypted = Some(Host::parse(host.as_ref()).ok_or(()));
        self
    }

    /// Sets a setting of the specification.
    pub(crate) fn setting(mut self, index: usize, given: Given) -> Self {
        self.settings.set(index, given);
        self
    }

    /// How long a call may take in all: customer's token, connection, every attempt, the last byte of the answer.
    /// 30 s unless set; [`Client::with_deadline`] sets it for some calls alone. Zero fails every call.
    ///
    /// It is noticed when the runtime gets round to it. A server that sends without end what is not an answer yet, such as
    /// interim answers or the beginning of a chunk, is read in portions; over TLS they are small. Over plain HTTP, that
    /// is from this machine, one portion can be some 50 MB, and a runtime whose threads are all busy reading such
    /// portions is late by as long as that takes. The HTTP library has no setting for it.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// When a call that failed is tried again; [`RetryPolicy::safe`] unless set, and [`RetryPolicy::never`] with an
    /// [HTTP client of your own](Self::http_client).
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// The application's own product, put before this crate's in `User-Agent`: a name, or a name and a version such as
    /// `shop/2.1`. Another text, as one with white space in it, is refused by [`build`](Self::build). Unless set, this
    /// crate's stands there alone.
    #[must_use]
    pub fn product(mut self, product: impl Into<String>) -> Self {
        self.product = Some(product.into());
        self
    }

    /// Lets a [hook](crate::hook::Hook) watch all calls. Can be used more than once: hooks are told of what happens in the
    /// order in which they are added.
    #[must_use]
    pub fn hook(mut self, hook: impl Hook) -> Self {
        self.hooks.0.push(Arc::new(hook));
        self
    }

    /// How long it may take to connect, TLS included; 5 s unless set, and never longer than the deadline. A call
    /// that ends here was never sent.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// How many bytes of an answer's body are read, after decompression, before it is given up as
    /// [too large](crate::ErrorKind::BodyTooLarge); 1 MiB unless set.
    #[must_use]
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.max_body = Some(bytes);
        self
    }

    /// How many bytes the body of a request may have; 1 MiB unless set. A call with a larger one fails as an
    /// [invalid request](crate::ErrorKind::InvalidRequest), before anything is sent.
    #[must_use]
    pub fn max_request_body_bytes(mut self, bytes: usize) -> Self {
        self.max_request_body = Some(bytes);
        self
    }

    /// Trusts the certificates in `pem` as roots, beside those that the platform trusts. Can be used more than
    /// once; a text without a certificate is refused by [`build`](Self::build).
    #[must_use]
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates.push(pem.into());
        self
    }

    /// Uses this HTTP client instead of one of our own. Its timeouts, root certificates, redirects, retries and
    /// proxies are then the caller's. One that follows redirects takes the application key to strangers, one that
    /// retries may mint tokens twice, and `connection_verbose` writes everything that is sent and received, secrets
    /// included, to the log.
    ///
    /// Nobody knows what such a client did before it failed, so by default no call is repeated, and none is called
    /// [safe to repeat](crate::Error::is_safe_to_repeat). What you ask for is done all the same:
    ///
    /// | asked for | what is repeated |
    /// |---|---|
    /// | nothing, or [`RetryPolicy::never`] | nothing |
    /// | [`RetryPolicy::safe`] | nothing: there is no failure after which it would be safe |
    /// | [`RetryPolicy::transient`] | what it says, and a connection that could not be made |
    /// | [`Customer::provided_by`](crate::Customer::provided_by) | a 401, once and with a renewed token, whatever the policy |
    ///
    /// Together with [`connect_timeout`](Self::connect_timeout) or [`root_certificate`](Self::root_certificate) it
    /// is refused by [`build`](Self::build): they would have no effect.
    #[must_use]
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http_client = Some(Http {
            client,
            is_ours: false,
        });
        self
    }

    /// Settings from environment variables, to be changed further:
    ///
    /// | variable | setting |
    /// |---|---|
    /// | `PAR_ORDERING_ENVIRONMENT` | name of a public server in lower case, such as `demo` |
    /// | `PAR_ORDERING_BASE_URL` | base URL; not together with an environment |
    ///
    /// Each setting of the API has a variable of its own besides, which the documentation of its method names, such as
    /// [`application`](Self::application).
    ///
    /// # Errors
    ///
    /// A variable holds something else than that; the message names the variable and never its value.
    pub fn from_env() -> Result<Self, BuildError> {
        Self::from_variables(std::env::var::<&'static str>)
    }

    fn from_variables(
        read: impl Fn(&'static str) -> Result<String, VarError>,
    ) -> Result<Self, BuildError> {
        let variable = |name, problem: &str| {
            let problem = problem.to_owned();
            BuildError(Problem::Variable { name, problem })
        };
        // An empty variable is how shells and containers write "not set".
        let value = |name| match read(name) {
            Ok(value) if value.is_empty() => Ok(None),
            Ok(value) => Ok(Some(value)),
            Err(VarError::NotPresent) => Ok(None),
            Err(VarError::NotUnicode(_)) => Err(variable(name, "is not Unicode text")),
        };
        let mut builder = Self::default();
        let base_url = "PAR_ORDERING_BASE_URL";
        if let Some(text) = value(base_url)? {
            let parsed = BaseUrl::parse(&text, None);
            // Plain http may be allowed yet.
            if let Some(problem) = parsed.err().filter(|one| *one != BaseUrlProblem::PlainHttp) {
                return Err(variable(base_url, &format!("can't be used: {problem}")));
            }
            builder = builder.base_url(text);
        }
        let environment = "PAR_ORDERING_ENVIRONMENT";
        if let Some(name) = value(environment)? {
            if builder.base_url.is_some() {
                let problem = "is set together with PAR_ORDERING_BASE_URL; unset one of them";
                return Err(variable(environment, problem));
            }
            let server = name
                .parse::<Environment>()
                .map_err(|UnknownEnvironment { .. }| {
                    let known = Environment::NAMES.join(", ");
                    variable(environment, &format!("names no server; known are {known}"))
                })?;
            builder = builder.environment(server);
        }
        for (index, setting) in SETTINGS.iter().enumerate() {
            if let Some(text) = value(setting.variable)? {
                let given = of_variable(setting, text);
                builder = builder.setting(index, given);
                if let Some(invalid) = builder.settings.problem() {
                    return Err(variable(setting.variable, invalid.problem));
                }
            }
        }
        Ok(builder)
    }

    /// What no operation can be called without must be set.
    pub(crate) fn with_all_needed(self) -> Result<Self, BuildError> {
        let mut settings = SETTINGS.iter().enumerate();
        let missing =
            settings.find(|(index, setting)| setting.needed && !self.settings.is_set(*index));
        // Where no server is named that is the first thing to say.
        match missing.filter(|_| self.base_url.is_some()) {
            None => Ok(self),
            Some((_, setting)) => Err(BuildError(Problem::Variable {
                name: setting.variable,
                problem: "is not set or empty, and no call can be made without it".to_owned(),
            })),
        }
    }

    /// The client. Nothing is sent, and no connection is made, before the first call.
    ///
    /// # Errors
    ///
    /// No server is named, or a setting can't be used: a base URL that is neither https nor loopback, a text that
    /// can't stand in a header, a certificate that is none, settings that exclude each other, https without a
    /// feature for TLS.
    pub fn build(self) -> Result<Client, BuildError> {
        let text = self.base_url.ok_or(BuildError(Problem::NoServer))?;
        let unencrypted = self.unencrypted.transpose();
        let unencrypted = unencrypted.map_err(|()| BuildError(Problem::Unencrypted))?;
        let base_url = BaseUrl::parse(&text, unencrypted.as_ref())
            .map_err(|problem| BuildError(Problem::BaseUrl(problem)))?;
        if base_url.is_https() && !cfg!(any(feature = "rustls", feature = "native-tls")) {
            return Err(BuildError(Problem::NoTls));
        }
        if let Some(InvalidHeader { name, problem }) = self.settings.problem() {
            let name = format!("setting `{name}`").into();
            return Err(BuildError(Problem::Setting { name, problem }));
        }

        let user_agent = user_agent(self.product.as_deref())?;
        let retry = self.retry.unwrap_or_else(|| match self.http_client {
            // What it does by itself is not known.
            Some(_) => RetryPolicy::never(),
            None => RetryPolicy::safe(),
        });
        let http = match self.http_client {
            Some(http) if self.connect_timeout.is_none() && self.root_certificates.is_empty() => {
                http
            }
            Some(_) => {
                let setting = match self.connect_timeout {
                    Some(_) => "timeout to connect",
                    None => "root certificate",
                };
                return Err(BuildError(Problem::OwnHttpClient(setting)));
            }
            None => {
                let timeout = self.connect_timeout.unwrap_or(CONNECT_TIMEOUT);
                http_client(&base_url, timeout, &self.root_certificates)?
            }
        };
        let shared = Shared {
            http,
            base_url,
            deadline: self.deadline.unwrap_or(DEADLINE),
            max_body: self.max_body.unwrap_or(MAX_BODY),
            max_request_body: self.max_request_body.unwrap_or(MAX_BODY),
            retry,
            retry_budget: RetryBudget::default(),
            user_agent,
            hooks: self.hooks,
        };
        Ok(Client::new(shared, self.settings))
    }
}

fn http_client(
    base_url: &BaseUrl,
    connect_timeout: Duration,
    root_certificates: &[Vec<u8>],
) -> Result<Http, BuildError> {
    let mut builder = reqwest::Client::builder()
        .connect_timeout(connect_timeout)
        .dns_resolver(Resolver)
        .http1_max_headers(MAX_HEADERS)
        .http2_max_header_list_size(MAX_HEADER_LIST)
        // Credentials stay with the server they were meant for, and a call is sent once.
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        // A feature that another crate of the build enables must not change what is asked of the server.
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate();
    // A proxy would be shown everything.
    if base_url.is_loopback() || !base_url.is_https() {
        builder = builder.no_proxy();
    }
    builder = trusting(with_tls(builder), root_certificates)?;
    // That a certificate is none shows only now.
    let client = builder.build().map_err(|error| {
        BuildError(if root_certificates.is_empty() {
            Problem::Http(error)
        } else {
            Problem::RootCertificate(Some(error))
        })
    })?;
    Ok(Http {
        client,
        is_ours: true,
    })
}

/// Names the TLS library: which one is reqwest's default depends on what other crates of the build enable.
fn with_tls(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    #[cfg(feature = "rustls")]
    return builder.tls_backend_rustls();
    #[cfg(all(feature = "native-tls", not(feature = "rustls")))]
    return builder.tls_backend_native();
    #[cfg(not(any(feature = "rustls", feature = "native-tls")))]
    builder
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn trusting(
    builder: reqwest::ClientBuilder,
    root_certificates: &[Vec<u8>],
) -> Result<reqwest::ClientBuilder, BuildError> {
    let mut roots = Vec::new();
    for pem in root_certificates {
        let bundle = reqwest::Certificate::from_pem_bundle(pem).unwrap_or_default();
        if bundle.is_empty() {
            return Err(BuildError(Problem::RootCertificate(None)));
        }
        roots.extend(bundle);
    }
    if roots.is_empty() {
        return Ok(builder);
    }
    Ok(builder.tls_certs_merge(roots))
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
fn trusting(
    builder: reqwest::ClientBuilder,
    root_certificates: &[Vec<u8>],
) -> Result<reqwest::ClientBuilder, BuildError> {
    if root_certificates.is_empty() {
        Ok(builder)
    } else {
        Err(BuildError(Problem::NoTls))
    }
}

/// The application's own product after RFC 9110, a name and perhaps a version, and then this crate's.
fn user_agent(product: Option<&str>) -> Result<HeaderValue, BuildError> {
    let Some(product) = product else {
        return Ok(HeaderValue::from_static(USER_AGENT));
    };
    let (name, version) = product.split_once('/').unzip();
    let is_product = is_token(name.unwrap_or(product)) && version.is_none_or(is_token);
    match HeaderValue::try_from(format!("{product} {USER_AGENT}")) {
        Ok(value) if is_product => Ok(value),
        _ => Err(BuildError(Problem::Setting {
            name: "product".into(),
            problem: "is not a name, or a name and a version such as `shop/2.1`: letters, digits and \
                      !#$%&'*+-.^_`|~, and no white space",
        })),
    }
}

/// Whether it is what HTTP calls a token.
fn is_token(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::settings::{API_VERSION, APPLICATION};

    fn from_variables(variables: &[(&str, &str)]) -> Result<ClientBuilder, BuildError> {
        ClientBuilder::from_variables(|name| {
            variables
                .iter()
                .find(|(variable, _)| *variable == name)
                .map(|(_, value)| (*value).to_owned())
                .ok_or(VarError::NotPresent)
        })
    }

    fn from_env(variables: &[(&str, &str)]) -> Result<Client, BuildError> {
        from_variables(variables)?.with_all_needed()?.build()
    }

    #[test]
    fn variables_configure_a_client() {
        let client = from_env(&[
            ("PAR_ORDERING_ENVIRONMENT", "playground"),
            ("PAR_ORDERING_APPLICATION", "key"),
            ("PAR_ORDERING_API_VERSION", "4.60.0"),
        ])
        .unwrap();
        let shared = client.shared();
        let url = shared.base_url.below("/a").to_string();
        assert_eq!(url, format!("{}/a", Environment::Playground.base_url()));
        let sent = |client: &Client, index| client.settings().get(index).unwrap();
        let key = sent(&client, APPLICATION).unwrap();
        assert_eq!(key, "key");
        assert!(key.is_sensitive());
        assert_eq!(sent(&client, API_VERSION).unwrap(), "4.60.0");

        let builder =
            from_variables(&[("PAR_ORDERING_BASE_URL", "http://127.0.0.1:9/api")]).unwrap();
        let client = builder.build().unwrap();
        let url = client.shared().base_url.below("/a");
        assert_eq!(url.as_str(), "http://127.0.0.1:9/api/a");
        assert_eq!(sent(&client, APPLICATION), None);
        assert_eq!(sent(&client, API_VERSION).unwrap(), crate::API_VERSION);
    }

    #[test]
    fn a_setting_that_cannot_be_used_is_refused_by_its_name_and_without_its_value() {
        let server = ("PAR_ORDERING_BASE_URL", "http://127.0.0.1:9");
        let no_server = "no server is named: set an environment or a base URL; `from_env` reads them from \
                         PAR_ORDERING_ENVIRONMENT and PAR_ORDERING_BASE_URL";
        let no_key = "the variable PAR_ORDERING_APPLICATION is not set or empty, and no call can be made \
                      without it";
        let cases: [(&[(&str, &str)], &str); 12] = [
            (&[], no_server),
            (&[server], no_key),
            (&[server, ("PAR_ORDERING_APPLICATION", "")], no_key),
            (
                &[("PAR_ORDERING_BASE_URL", "canary")],
                "the variable PAR_ORDERING_BASE_URL can't be used: it is not an absolute URL, such as \
                 `https://api.example.com/api`",
            ),
            (
                &[
                    ("PAR_ORDERING_BASE_URL", "http://canary:9"),
                    ("PAR_ORDERING_APPLICATION", "key"),
                ],
                "the base URL can't be used: plain http would show the credentials; only loopback addresses \
                 may use it, and a host that `allow_unencrypted_http_to` names",
            ),
            (
                &[("PAR_ORDERING_ENVIRONMENT", "canary")],
                "the variable PAR_ORDERING_ENVIRONMENT names no server; known are demo, playground",
            ),
            (
                &[server, ("PAR_ORDERING_ENVIRONMENT", "demo")],
                "the variable PAR_ORDERING_ENVIRONMENT is set together with PAR_ORDERING_BASE_URL; \
                 unset one of them",
            ),
            (
                &[("PAR_ORDERING_BASE_URL", "https://canary@api.example.com")],
                "the variable PAR_ORDERING_BASE_URL can't be used: it holds a user or password; \
                 credentials go into their own settings",
            ),
            (
                &[server, ("PAR_ORDERING_APPLICATION", "can\nary")],
                "the variable PAR_ORDERING_APPLICATION holds a character that is not allowed in a header",
            ),
            (
                &[server, ("PAR_ORDERING_APPLICATION", " \t")],
                "the variable PAR_ORDERING_APPLICATION holds nothing but white space",
            ),
            (
                &[server, ("PAR_ORDERING_API_VERSION", "5\u{0}")],
                "the variable PAR_ORDERING_API_VERSION holds a character that is not allowed in a header",
            ),
            (
                &[
                    ("PAR_ORDERING_BASE_URL", ""),
                    ("PAR_ORDERING_ENVIRONMENT", ""),
                ],
                no_server,
            ),
        ];
        for (variables, expected) in cases {
            let error = from_env(variables).unwrap_err();
            assert_eq!(error.to_string(), expected);
            assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        }
    }

    #[test]
    fn plain_http_to_a_named_host_can_be_allowed_after_the_variables_were_read() {
        let builder = from_variables(&[("PAR_ORDERING_BASE_URL", "http://par-mock:4010")]).unwrap();
        assert!(builder.clone().build().is_err());
        assert!(
            builder
                .clone()
                .allow_unencrypted_http_to("other")
                .build()
                .is_err()
        );
        assert!(
            builder
                .allow_unencrypted_http_to("par-mock")
                .build()
                .is_ok()
        );
    }

    #[test]
    fn a_setting_given_in_code_is_refused_by_its_name_and_without_its_value() {
        let builder = || Client::builder().base_url("http://127.0.0.1:9");
        let cases = [
            (
                builder().application(""),
                "the setting `application` is empty",
            ),
            (
                builder().application("key").application("can\nary"),
                "the setting `application` holds a character that is not allowed in a header",
            ),
            (
                builder().api_version("\u{200b}"),
                "the setting `api-version` holds nothing but white space",
            ),
        ];
        for (builder, expected) in cases {
            assert_eq!(builder.build().unwrap_err().to_string(), expected);
        }
        for host in ["", "can ary", "par-mock:4010", "http://par-mock"] {
            let error = builder()
                .allow_unencrypted_http_to(host)
                .build()
                .unwrap_err();
            let expected = "what `allow_unencrypted_http_to` is given must be the name of one host, such as `par-mock`";
            assert_eq!(error.to_string(), expected);
        }
        let corrected = builder().application("can\nary").application("key");
        assert!(corrected.build().is_ok());
        let view = builder().build().unwrap().with_application("can\nary");
        let refused = view.settings().get(APPLICATION).unwrap_err();
        assert_eq!(
            refused.problem,
            "holds a character that is not allowed in a header"
        );
        assert!(!format!("{view:?}").contains("nary"));
    }

    #[test]
    fn what_belongs_to_the_callers_own_http_client_is_not_set_beside_it() {
        let builder = || {
            Client::builder()
                .base_url("http://127.0.0.1:9")
                .http_client(reqwest::Client::new())
        };
        assert!(builder().build().is_ok());
        let cases = [
            (
                builder().connect_timeout(Duration::from_secs(1)),
                "the timeout to connect is a matter of",
            ),
            (
                builder().root_certificate("PEM"),
                "the root certificate is a matter of",
            ),
        ];
        for (builder, expected) in cases {
            let error = builder.build().unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}, expected {expected}");
        }
    }

    #[test]
    fn a_product_is_a_name_and_perhaps_a_version() {
        let sent = |product: &str| {
            let builder = Client::builder()
                .base_url("http://127.0.0.1:9")
                .product(product);
            let client = builder.build().map_err(|error| error.to_string())?;
            Ok::<_, String>(client.shared().user_agent.to_str().unwrap().to_owned())
        };
        for product in ["shop", "shop/2.1", "my_shop/1.0.0-rc.1+7"] {
            assert_eq!(sent(product), Ok(format!("{product} {USER_AGENT}")));
        }
        let refused = [
            "",
            " ",
            "my shop",
            "shop/",
            "/2.1",
            "shop/2/1",
            "shop (linux)",
            "a\nb",
            "caf\u{e9}",
        ];
        for product in refused {
            let error = sent(product).unwrap_err();
            let expected =
                "the product is not a name, or a name and a version such as `shop/2.1`: ";
            assert!(error.starts_with(expected), "{product:?}: {error}");
        }
    }
}
