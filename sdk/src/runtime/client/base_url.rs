//! The URL that the paths of all operations are below.

use std::fmt;
use std::net::Ipv6Addr;
use std::sync::OnceLock;

use reqwest::Url;

use crate::runtime::loopback::is_loopback;

/// A base URL to which credentials may be sent.
#[derive(Clone, Debug)]
pub(crate) struct BaseUrl {
    url: Url,
    known: Known,
}

/// The URLs of paths without parameters, each of which is parsed once: a list that grows with the operations that are
/// called.
#[derive(Clone, Debug, Default)]
struct Known(OnceLock<Box<(&'static str, Url, Known)>>);

/// The name or the address of one host, in the form that a parsed URL prints.
#[derive(Clone, Debug)]
pub(crate) struct Host(Box<str>);

impl Host {
    /// `None` if the text contains anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_of_name = |sign: char| sign.is_ascii_alphanumeric() || "-_.".contains(sign);
        let address = text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        let address: Option<Ipv6Addr> = address.unwrap_or(text).parse().ok();
        let host = match address {
            Some(address) => format!("[{address}]"),
            None if text.chars().all(is_of_name) => text.to_owned(),
            None => return None,
        };
        let url = Url::parse(&format!("http://{host}")).ok()?;
        let host = url.host_str()?;
        Some(Self(host.into()))
    }
}

/// Why a text is not a base URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BaseUrlProblem {
    NotAUrl,
    Scheme,
    PlainHttp,
    UserInfo,
    Query,
    Fragment,
}

impl fmt::Display for BaseUrlProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAUrl => "it is not an absolute URL, such as `https://api.example.com/api`",
            Self::Scheme => "its scheme is neither https nor http",
            Self::PlainHttp => {
                "plain http would reveal the credentials; use https, a loopback address, or `allow_unencrypted_http_to`"
            }
            Self::UserInfo => "it contains a user or a password; set credentials by their own settings",
            Self::Query => "it has a query; the operations add their own",
            Self::Fragment => "it has a fragment, which is never sent",
        })
    }
}

impl BaseUrl {
    /// Plain http may lead to this machine, and to the host that is allowed.
    pub(crate) fn parse(text: &str, unencrypted: Option<&Host>) -> Result<Self, BaseUrlProblem> {
        let url = Url::parse(text).map_err(|_| BaseUrlProblem::NotAUrl)?;
        let is_https = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(BaseUrlProblem::Scheme),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BaseUrlProblem::UserInfo);
        }
        if url.query().is_some() {
            return Err(BaseUrlProblem::Query);
        }
        if url.fragment().is_some() {
            return Err(BaseUrlProblem::Fragment);
        }
        let known = Known::default();
        let base_url = Self { url, known };
        let host = base_url.url.host_str();
        let is_named = unencrypted.is_some_and(|named| host == Some(&*named.0));
        if !is_https && !is_named && !base_url.is_loopback() {
            return Err(BaseUrlProblem::PlainHttp);
        }
        Ok(base_url)
    }

    /// Returns the URL of a path, which begins with a slash. The host is not parsed again, which would be most of the
    /// work.
    pub(crate) fn below(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        match self.path() {
            "" => url.set_path(path),
            base => url.set_path(&[base, path].concat()),
        }
        url
    }

    /// Returns the URL of the path of an operation.
    pub(crate) fn below_known(&self, path: &'static str) -> Url {
        let mut known = &self.known;
        loop {
            let (known_path, url, others) = &**known
                .0
                .get_or_init(|| Box::new((path, self.below(path), Known::default())));
            if *known_path == path {
                return url.clone();
            }
            known = others;
        }
    }

    /// Returns its path: empty, or with a slash before it and none after it.
    pub(crate) fn path(&self) -> &str {
        self.url.path().trim_end_matches('/')
    }

    pub(crate) fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    pub(crate) fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or_default()
    }

    pub(crate) fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    pub(crate) fn is_loopback(&self) -> bool {
        self.url.host_str().is_some_and(is_loopback)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use proptest::prelude::*;
    use proptest::test_runner::{RngSeed, TestRunner};
    use reqwest::Url;

    use super::{BaseUrl, BaseUrlProblem, Host};
    use crate::runtime::call::path::encode_path;

    #[test]
    fn what_may_carry_credentials_is_accepted() {
        let cases = [
            ("https://api.example.com/api", "https://api.example.com/api"),
            (
                "https://api.example.com/api/",
                "https://api.example.com/api",
            ),
            ("https://api.example.com", "https://api.example.com"),
            (
                "https://api.example.com:8443/api",
                "https://api.example.com:8443/api",
            ),
            ("HTTPS://API.example.com/api", "https://api.example.com/api"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://127.8.9.1/api", "http://127.8.9.1/api"),
            ("http://[::1]:8080/api", "http://[::1]:8080/api"),
            ("http://localhost:8080/api", "http://localhost:8080/api"),
        ];
        for (text, expected) in cases {
            let url = BaseUrl::parse(text, None).unwrap().below("/orders/1%2F2");
            assert_eq!(url.as_str(), format!("{expected}/orders/1%2F2"), "{text}");
        }
    }

    #[test]
    fn the_url_of_an_operation_is_parsed_once_for_each_client() {
        let servers = ["https://shop.example/api", "https://api.example"];
        let base_urls = servers.map(|server| BaseUrl::parse(server, None).unwrap());
        for path in ["/a", "/b/c", "/a", "/b", "/b/c"] {
            for base_url in &base_urls {
                assert_eq!(base_url.below_known(path), base_url.below(path));
            }
        }
        for base_url in &base_urls {
            let known = std::iter::successors(base_url.known.0.get(), |known| known.2.0.get());
            let paths: Vec<_> = known.map(|known| known.0).collect();
            assert_eq!(paths, ["/a", "/b/c", "/b"]);
        }
    }

    #[test]
    fn what_a_client_has_to_know_of_its_server_is_told() {
        let cases = [
            ("https://api.example.com/api", true, false),
            ("https://127.0.0.1:8443", true, true),
            ("http://[::1]:8080", false, true),
            ("http://localhost", false, true),
        ];
        for (text, is_https, is_loopback) in cases {
            let base_url = BaseUrl::parse(text, None).unwrap();
            assert_eq!(base_url.is_https(), is_https, "{text}");
            assert_eq!(base_url.is_loopback(), is_loopback, "{text}");
        }
    }

    #[test]
    fn host_and_port_are_told_to_who_traces() {
        let cases = [
            ("https://api.example.com/api", "api.example.com", 443),
            ("http://[::1]:8080", "[::1]", 8080),
            ("http://localhost", "localhost", 80),
        ];
        for (text, host, port) in cases {
            let base_url = BaseUrl::parse(text, None).unwrap();
            assert_eq!((base_url.host(), base_url.port()), (host, port), "{text}");
        }
    }

    #[test]
    fn a_path_stays_a_path() {
        let base_url = BaseUrl::parse("https://api.example.com/api", None).unwrap();
        let cases = [
            ("/a?b#c", "/api/a%3Fb%23c"),
            ("//other.example.com/a", "/api//other.example.com/a"),
            ("/a b/ü", "/api/a%20b/%C3%BC"),
        ];
        for (path, expected) in cases {
            let url = base_url.below(path);
            assert_eq!(url.as_str(), format!("https://api.example.com{expected}"));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let cases = [
            ("", BaseUrlProblem::NotAUrl),
            ("api.example.com/api", BaseUrlProblem::NotAUrl),
            ("https://", BaseUrlProblem::NotAUrl),
            ("ftp://api.example.com", BaseUrlProblem::Scheme),
            ("http://api.example.com/api", BaseUrlProblem::PlainHttp),
            ("http://localhost.example.com", BaseUrlProblem::PlainHttp),
            ("http://10.0.0.1", BaseUrlProblem::PlainHttp),
            ("http://[::ffff:7f00:1]", BaseUrlProblem::PlainHttp),
            ("https://user@api.example.com", BaseUrlProblem::UserInfo),
            (
                "https://user:password@api.example.com",
                BaseUrlProblem::UserInfo,
            ),
            ("https://api.example.com/api?key=1", BaseUrlProblem::Query),
            ("https://api.example.com/api?", BaseUrlProblem::Query),
            ("https://api.example.com/api#top", BaseUrlProblem::Fragment),
        ];
        for (text, expected) in cases {
            assert_eq!(BaseUrl::parse(text, None).unwrap_err(), expected, "{text}");
        }
    }

    #[test]
    fn plain_http_leads_to_the_host_that_is_named_and_to_no_other() {
        let cases = [
            ("par-mock", "http://par-mock:4010/api", true),
            ("PAR-Mock", "http://par-mock", true),
            ("par-mock", "http://PAR-MOCK", true),
            ("par_mock.staging.svc", "http://par_mock.staging.svc", true),
            ("10.0.0.7", "http://10.0.0.7:80", true),
            ("fd00::7", "http://[fd00::7]:4010", true),
            ("[fd00::7]", "http://[fd00::7]", true),
            ("par-mock", "http://par-mock.example.com", false),
            ("par-mock", "http://a.par-mock", false),
            ("par-mock", "http://par-mock.", false),
            ("par-mock", "http://par-mock2", false),
            ("10.0.0.7", "http://10.0.0.77", false),
            ("par-mock", "https://another.example.com", true),
        ];
        for (host, url, expected) in cases {
            let host = Host::parse(host).unwrap();
            let parsed = BaseUrl::parse(url, Some(&host)).map(drop);
            let refused = Err(BaseUrlProblem::PlainHttp);
            let expected = if expected { Ok(()) } else { refused };
            assert_eq!(parsed, expected, "{url} where {host:?} is named");
        }
    }

    #[test]
    fn what_is_more_or_less_than_a_host_names_none() {
        for text in [
            "",
            " ",
            "*",
            "*.example.com",
            "par-mock:4010",
            "par-mock:80",
            "http://par-mock",
            "par-mock/",
            "par-mock/api",
            "user@par-mock",
            ":a@par-mock",
            "par-mock?",
            "par-mock#a",
            "par mock",
            " par-mock",
            "par\nmock",
            "par-mock\\a",
            "par-mock,other",
        ] {
            assert!(Host::parse(text).is_none(), "{text:?}");
        }
    }

    /// Setting a path must have the same result as parsing the whole text, which is done elsewhere.
    #[test]
    fn a_path_is_set_as_it_would_be_parsed() {
        let server = prop_oneof![
            Just("https://h"),
            Just("http://[::1]:80"),
            Just("https://h:443"),
            Just("http://127.0.0.1:8"),
            Just("https://H.example."),
        ];
        let part = prop_oneof![
            "[a-c.%{}|;=@:+~'^ü \\\\/-]{0,4}",
            Just("%2e".to_owned()),
            Just("..".to_owned()),
            Just("%zz".to_owned()),
            Just("C|".to_owned()),
        ];
        let base = proptest::collection::vec(part.clone(), 0..4);
        let parameters = (part.clone(), part);
        let mut runner = TestRunner::new(ProptestConfig {
            cases: 2_000,
            rng_seed: RngSeed::Fixed(12),
            failure_persistence: None,
            ..ProptestConfig::default()
        });
        let accepted = AtomicU32::new(0);
        runner
            .run(
                &(server, base, parameters),
                |(server, base, (one, other))| {
                    let base = format!("{server}/{}", base.join("/"));
                    let Ok(base_url) = BaseUrl::parse(&base, None) else {
                        return Ok(());
                    };
                    accepted.fetch_add(1, Ordering::Relaxed);
                    let path = format!("/{}/orders/{}", encode_path(&one), encode_path(&other));
                    let whole = Url::parse(&base).unwrap();
                    let whole = format!("{}{path}", whole.as_str().trim_end_matches('/'));
                    let whole = Url::parse(&whole).unwrap();
                    prop_assert_eq!(base_url.below(&path), whole, "{} and {}", base, path);
                    Ok(())
                },
            )
            .unwrap();
        assert!(accepted.into_inner() > 1_000);
    }
}
