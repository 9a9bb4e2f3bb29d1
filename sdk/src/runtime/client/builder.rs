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
/// How many headers an answer may have over HTTP/1.1; this also limits an interim answer.
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
    /// The host to which plain http is allowed; `Err` if the text is not a host.
    unencrypted: Option<Result<Host, ()>>,
    settings: Settings,
    /// Whether the settings come from variables, and so are expected to be all there.
    is_from_env: bool,
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

/// Why a client could not be configured. The message says which setting is wrong and what to do. It never shows a
/// value.
///
/// ```
/// use par_ordering::Client;
///
/// let builder = Client::builder().base_url("http://api.example.com");
/// let error = builder.build().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the base URL can't be used: plain http would reveal the \
///      credentials; use https, a loopback address, or \
///      `allow_unencrypted_http_to`",
/// );
/// ```
pub struct BuildError(Problem);

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
    /// A setting that belongs to the HTTP client of the caller.
    OwnHttpClient(&'static str),
    RootCertificate(Option<reqwest::Error>),
    Http(reqwest::Error),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Problem::NoServer => f.write_str(
                "no server is set: set an environment or a base URL; `from_env` reads them from \
                     PAR_ORDERING_ENVIRONMENT and PAR_ORDERING_BASE_URL",
            ),
            Problem::BaseUrl(problem) => write!(f, "the base URL can't be used: {problem}"),
            Problem::Unencrypted => f.write_str(
                "`allow_unencrypted_http_to` takes the name of one host, such as `par-mock`",
            ),
            Problem::Setting { name, problem } => write!(f, "the {name} {problem}"),
            Problem::Variable { name, problem } => write!(f, "the variable {name} {problem}"),
            Problem::NoTls => {
                f.write_str("https needs TLS: enable the feature `rustls` or `native-tls`")
            }
            Problem::OwnHttpClient(name) => write!(
                f,
                "the {name} can't be set beside an HTTP client of your own: set it on that client"
            ),
            Problem::RootCertificate(_) => {
                f.write_str("a root certificate is not a valid PEM certificate")
            }
            Problem::Http(_) => f.write_str("the HTTP client could not be set up"),
        }
    }
}

/// Says the same: `?` in `main` and `expect` show nothing else.
impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_tuple("BuildError");
        debug.field(&format_args!("{self}"));
        if let Some(source) = std::error::Error::source(self) {
            debug.field(&source);
        }
        debug.finish()
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

/// Shows no settings: a base URL that will be refused may contain credentials.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").finish_non_exhaustive()
    }
}

impl ClientBuilder {
    /// Sends calls to one of the public servers. Replaces a base URL that was set before.
    #[must_use]
    pub fn environment(self, environment: Environment) -> Self {
        self.base_url(environment.base_url())
    }

    /// Sends calls to paths below this URL, such as `https://api.example.com/api`.
    ///
    /// It must use https, or http to a loopback address or to [an allowed host](Self::allow_unencrypted_http_to), and
    /// must have no user, query or fragment. [`build`](Self::build) refuses another URL.
    ///
    /// Source: the guides; PAR publishes no production URL and gives it to each integrator.
    #[must_use]
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// Allows a [base URL](Self::base_url) of plain http to that host. For example `par-mock` allows
    /// `http://par-mock:4010`, the mock server of a Compose file.
    ///
    /// Everybody on the way to that host can read and change what is sent: the application key, the customer's token,
    /// the tokens that are minted. Use it only in tests and within a network of your own. Such a call uses no proxy.
    ///
    /// The host is a name or an address, without a port. [`build`](Self::build) refuses anything else.
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

    /// Sets how long a call may take in all, from asking for the customer's token to the last byte of the answer,
    /// with every attempt. The default is 30 s. [`Client::with_deadline`] sets it for some calls. Zero fails every
    /// call.
    ///
    /// A runtime whose threads are all busy notices the deadline late. A server can cause that over plain http, which
    /// leads only to this machine by default, if it sends bytes without end that are not an answer yet: one portion
    /// that the HTTP library reads can be 50 MB. It has no setting for that. Over TLS the portions are small.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Sets when a failed call is repeated. The default is [`RetryPolicy::safe`], and [`RetryPolicy::never`] with an
    /// [HTTP client of your own](Self::http_client).
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// Adds the name of your application to the header `User-Agent`, before that of this crate: a name, or a name and
    /// a version such as `shop/2.1`. [`build`](Self::build) refuses another text, for example one with white space.
    #[must_use]
    pub fn product(mut self, product: impl Into<String>) -> Self {
        self.product = Some(product.into());
        self
    }

    /// Adds a [hook](crate::hook::Hook), which watches all calls. You can add several: they are called in the order
    /// in which they were added.
    #[must_use]
    pub fn hook(mut self, hook: impl Hook) -> Self {
        self.hooks.0.push(Arc::new(hook));
        self
    }

    /// Sets how long it may take to connect, TLS included. The default is 5 s; the deadline limits it as well. A call
    /// that fails for this reason was never sent.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// Sets how many bytes the body of an answer may have, after decompression. The default is 1 MiB. A larger one
    /// fails the call as [`BodyTooLarge`](crate::ErrorKind::BodyTooLarge).
    #[must_use]
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.max_body = Some(bytes);
        self
    }

    /// Sets how many bytes the body of a request may have. The default is 1 MiB. A call with a larger one fails as an
    /// [invalid request](crate::ErrorKind::InvalidRequest), before anything is sent.
    #[must_use]
    pub fn max_request_body_bytes(mut self, bytes: usize) -> Self {
        self.max_request_body = Some(bytes);
        self
    }

    /// Trusts the certificates in `pem` as roots, in addition to those of the platform. You can add several texts.
    /// [`build`](Self::build) refuses a text without a certificate.
    #[must_use]
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates.push(pem.into());
        self
    }

    /// Uses an HTTP client of your own. It decides on timeouts, root certificates, redirects, retries and proxies;
    /// the [recipes](crate::recipes#use-a-proxy) have an example.
    ///
    /// Be careful: a client that follows redirects sends the application key to other hosts, a client that retries
    /// may mint tokens twice, and `connection_verbose` logs everything that is sent and received, secrets included.
    ///
    /// Nobody knows what such a client did before it failed. So by default no call is repeated, and no error is [safe
    /// to repeat](crate::Error::is_safe_to_repeat). You can ask for more:
    ///
    /// | you set | what is repeated |
    /// |---|---|
    /// | nothing, or [`RetryPolicy::never`] | nothing |
    /// | [`RetryPolicy::safe`] | nothing: no failure is known to be safe |
    /// | [`RetryPolicy::transient`] | what it says, and a connection that could not be made |
    /// | [`Customer::provided_by`](crate::Customer::provided_by) | a 401, once and with a renewed token, whatever the policy |
    ///
    /// [`build`](Self::build) refuses it together with [`connect_timeout`](Self::connect_timeout) or
    /// [`root_certificate`](Self::root_certificate), which would have no effect.
    #[must_use]
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http_client = Some(Http {
            client,
            is_ours: false,
        });
        self
    }

    /// Returns a builder with the settings of environment variables. You can change them afterwards.
    ///
    /// | variable | setting |
    /// |---|---|
    /// | `PAR_ORDERING_ENVIRONMENT` | name of a public server in lower case, such as `demo` |
    /// | `PAR_ORDERING_BASE_URL` | base URL; not together with an environment |
    ///
    /// Each setting of the API has a variable too. The documentation of its method names it, for example
    /// [`application`](Self::application). A setting that every call needs must have its variable, or be set before
    /// [`build`](Self::build). If each call sets it instead, begin with [`Client::builder`].
    ///
    /// # Errors
    ///
    /// A variable has another value. The message names the variable and never shows the value.
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
        // Shells and containers write "not set" as an empty variable.
        let value = |name| match read(name) {
            Ok(value) if value.is_empty() => Ok(None),
            Ok(value) => Ok(Some(value)),
            Err(VarError::NotPresent) => Ok(None),
            Err(VarError::NotUnicode(_)) => Err(variable(name, "is not Unicode text")),
        };
        let mut builder = Self {
            is_from_env: true,
            ..Self::default()
        };
        let base_url = "PAR_ORDERING_BASE_URL";
        if let Some(text) = value(base_url)? {
            let parsed = BaseUrl::parse(&text, None);
            // `allow_unencrypted_http_to` may still be called.
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
                    variable(
                        environment,
                        &format!("is not the name of a server; use one of {known}"),
                    )
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

    /// Returns the client. It connects when the first call is made.
    ///
    /// # Errors
    ///
    /// No server is set, or a setting can't be used: a base URL that is neither https nor loopback, a text that can't
    /// be sent in a header, an invalid certificate, settings that exclude each other, https without a feature for
    /// TLS. After [`from_env`](Self::from_env) also: a setting that every call needs is neither in its variable nor set.
    pub fn build(self) -> Result<Client, BuildError> {
        let missing = self.missing_variable();
        let text = self.base_url.ok_or(BuildError(Problem::NoServer))?;
        if let Some(name) = missing {
            let problem = "is not set or is empty, and every call needs it".to_owned();
            return Err(BuildError(Problem::Variable { name, problem }));
        }
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
            // Nobody knows what it does by itself.
            Some(_) => RetryPolicy::never(),
            None => RetryPolicy::safe(),
        });
        let http = match self.http_client {
            Some(http) if self.connect_timeout.is_none() && self.root_certificates.is_empty() => {
                http
            }
            Some(_) => {
                let setting = match self.connect_timeout {
                    Some(_) => "connect timeout",
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

    /// The variable of a setting that every call needs and that is not set.
    fn missing_variable(&self) -> Option<&'static str> {
        let mut settings = SETTINGS.iter().enumerate();
        let missing =
            settings.find(|(index, setting)| setting.needed && !self.settings.is_set(*index));
        missing
            .filter(|_| self.is_from_env)
            .map(|(_, setting)| setting.variable)
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
        // Credentials are sent to one server only, and a call is sent once.
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        // Another crate of the build may enable these features. That must not change the requests.
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate();
    // A proxy could read everything.
    if base_url.is_loopback() || !base_url.is_https() {
        builder = builder.no_proxy();
    }
    builder = trusting(with_tls(builder), base_url, root_certificates)?;
    // Only this shows that a certificate is not valid.
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

/// Sets the TLS library: the default of reqwest depends on features that other crates of the build enable.
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
    base_url: &BaseUrl,
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
    Ok(if !base_url.is_https() {
        // Neither a proxy nor a redirect leads to TLS, so the certificates of the system need not be read. That takes
        // most of the time in which a client is built, and tests build many.
        builder.tls_certs_only(roots)
    } else if roots.is_empty() {
        builder
    } else {
        builder.tls_certs_merge(roots)
    })
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
fn trusting(
    builder: reqwest::ClientBuilder,
    _base_url: &BaseUrl,
    root_certificates: &[Vec<u8>],
) -> Result<reqwest::ClientBuilder, BuildError> {
    if root_certificates.is_empty() {
        Ok(builder)
    } else {
        Err(BuildError(Problem::NoTls))
    }
}

/// The product of the application (RFC 9110: a name, perhaps with a version), followed by that of this crate.
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
            problem: "must be a name, or a name and a version such as `shop/2.1`, of letters, digits and !#$%&'*+-.^_`|~",
        })),
    }
}

/// Whether it is a token as HTTP defines it.
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
        from_variables(variables)?.build()
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
        let client = builder.application("set since").build().unwrap();
        let url = client.shared().base_url.below("/a");
        assert_eq!(url.as_str(), "http://127.0.0.1:9/api/a");
        assert_eq!(sent(&client, APPLICATION).unwrap(), "set since");
        assert_eq!(sent(&client, API_VERSION).unwrap(), crate::API_VERSION);
    }

    #[test]
    fn a_setting_that_cannot_be_used_is_refused_by_its_name_and_without_its_value() {
        let server = ("PAR_ORDERING_BASE_URL", "http://127.0.0.1:9");
        let no_server = "no server is set: set an environment or a base URL; `from_env` reads them from \
                         PAR_ORDERING_ENVIRONMENT and PAR_ORDERING_BASE_URL";
        let no_key =
            "the variable PAR_ORDERING_APPLICATION is not set or is empty, and every call needs it";
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
                "the base URL can't be used: plain http would reveal the credentials; use https, a loopback address, or `allow_unencrypted_http_to`",
            ),
            (
                &[("PAR_ORDERING_ENVIRONMENT", "canary")],
                "the variable PAR_ORDERING_ENVIRONMENT is not the name of a server; use one of demo, playground",
            ),
            (
                &[server, ("PAR_ORDERING_ENVIRONMENT", "demo")],
                "the variable PAR_ORDERING_ENVIRONMENT is set together with PAR_ORDERING_BASE_URL; \
                 unset one of them",
            ),
            (
                &[("PAR_ORDERING_BASE_URL", "https://canary@api.example.com")],
                "the variable PAR_ORDERING_BASE_URL can't be used: it contains a user or a password; set credentials by their own settings",
            ),
            (
                &[server, ("PAR_ORDERING_APPLICATION", "can\nary")],
                "the variable PAR_ORDERING_APPLICATION contains a character that is not allowed in a header",
            ),
            (
                &[server, ("PAR_ORDERING_APPLICATION", " \t")],
                "the variable PAR_ORDERING_APPLICATION contains only white space",
            ),
            (
                &[server, ("PAR_ORDERING_API_VERSION", "5\u{0}")],
                "the variable PAR_ORDERING_API_VERSION contains a character that is not allowed in a header",
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
            assert_eq!(format!("{error:?}"), format!("BuildError({expected})"));
        }
    }

    #[test]
    fn plain_http_to_a_named_host_can_be_allowed_after_the_variables_were_read() {
        let url = ("PAR_ORDERING_BASE_URL", "http://par-mock:4010");
        let builder = from_variables(&[url]).unwrap().application("key");
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
                "the setting `application` contains a character that is not allowed in a header",
            ),
            (
                builder().api_version("\u{200b}"),
                "the setting `api-version` contains only white space",
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
            let expected =
                "`allow_unencrypted_http_to` takes the name of one host, such as `par-mock`";
            assert_eq!(error.to_string(), expected);
        }
        let corrected = builder().application("can\nary").application("key");
        assert!(corrected.build().is_ok());
        let view = builder().build().unwrap().with_application("can\nary");
        let refused = view.settings().get(APPLICATION).unwrap_err();
        assert_eq!(
            refused.problem,
            "contains a character that is not allowed in a header"
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
                "the connect timeout can't be set beside",
            ),
            (
                builder().root_certificate("PEM"),
                "the root certificate can't be set beside",
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
                "the product must be a name, or a name and a version such as `shop/2.1`, ";
            assert!(error.starts_with(expected), "{product:?}: {error}");
        }
    }
}
