//! Calls that are not in the specification: any request below the base URL, and its answer.

use std::fmt;

use bytes::Bytes;
use percent_encoding::percent_decode_str;
use reqwest::Method;
use serde::Serialize;

use crate::Error;
use crate::generated::operations::{ENVELOPE, HEADERS_OF_ALL, SECURITY_OF_ALL};
use crate::runtime::Text;
use crate::runtime::call::Call;
use crate::runtime::call::form::encode_form;
use crate::runtime::call::operation::Operation;
use crate::runtime::call::request::encode_json;
use crate::runtime::client::Client;
use crate::runtime::error::failure::Failure;
use crate::runtime::error::kind::ErrorKind;
use crate::runtime::response::ResponseValue;
use crate::runtime::response::raw::RawBody;
use crate::runtime::secret::masking::mask;

/// What the runtime knows about an undeclared call: what all operations share.
const fn undeclared(method: Method) -> Operation {
    Operation {
        id: "request",
        method,
        path: "",
        accept: None,
        body_type: None,
        content_type: None,
        security: SECURITY_OF_ALL,
        headers: HEADERS_OF_ALL,
        query: &[],
        envelope: ENVELOPE,
    }
}

/// One for each method. `CONNECT` has no URL with a path, and `TRACE` would send the credentials back.
static UNDECLARED: [Operation; 7] = [
    undeclared(Method::GET),
    undeclared(Method::POST),
    undeclared(Method::PUT),
    undeclared(Method::PATCH),
    undeclared(Method::DELETE),
    undeclared(Method::HEAD),
    undeclared(Method::OPTIONS),
];

/// A call of [`Client::request`](crate::Client::request).
#[derive(Clone)]
#[must_use = "a call is made when it is sent"]
pub struct RawRequest {
    client: Client,
    method: Method,
    path: String,
    body: Option<Body>,
}

#[derive(Clone)]
struct Body {
    media_type: &'static str,
    /// Or why it can't be sent.
    bytes: Result<Bytes, String>,
}

impl RawRequest {
    pub(crate) fn new(client: Client, method: Method, path: String) -> Self {
        Self {
            client,
            method,
            path,
            body: None,
        }
    }

    /// Sends this value as JSON. Replaces a body that was set before.
    ///
    /// A value that can't be written as JSON, or that is larger than
    /// [allowed](crate::ClientBuilder::max_request_body_bytes), fails the call as an [invalid
    /// request](crate::ErrorKind::InvalidRequest), before anything is sent.
    pub fn json<T: Serialize + ?Sized>(self, body: &T) -> Self {
        let most = self.client.shared().max_request_body;
        self.body("application/json", encode_json(body, most))
    }

    /// Sends this value as a form. Replaces a body that was set before.
    ///
    /// The value is a struct, a map or a list of pairs, with texts, numbers and `bool`s. Parts that are `None` are
    /// left out. Another value fails the call as an [invalid request](crate::ErrorKind::InvalidRequest), before
    /// anything is sent.
    pub fn form<T: Serialize + ?Sized>(self, body: &T) -> Self {
        self.body("application/x-www-form-urlencoded", encode_form(body))
    }

    /// Adds a query parameter, as [`Client::with_query`](crate::Client::with_query) does.
    pub fn query(mut self, name: impl AsRef<str>, value: impl Into<Text>) -> Self {
        self.client.add_query(name.as_ref(), value.into());
        self
    }

    /// Adds a header, as [`Client::with_header`](crate::Client::with_header) does. Replaces a header of the same name
    /// that was added before.
    ///
    /// Here you may also set a header that the client would fill in for each call, such as the identifier of the
    /// request, or `Accept`.
    pub fn header(mut self, name: impl AsRef<str>, value: impl Into<Text>) -> Self {
        self.client.add_header(name.as_ref(), value.into());
        self
    }

    /// Sends the request and waits for the answer, whatever its status is.
    ///
    /// # Errors
    ///
    /// There is no complete answer. The [kind](crate::ErrorKind) says why: the request is
    /// [invalid](crate::ErrorKind::InvalidRequest), no connection could be made, the answer is too large, or it took
    /// too long.
    pub async fn send(self) -> Result<ResponseValue<RawBody>, Error> {
        let Self {
            mut client,
            method,
            path,
            body,
        } = self;
        client.repeat_only_what_was_never_sent();
        let [first, ..] = &UNDECLARED;
        let known = UNDECLARED.iter().find(|one| one.method == method);
        let operation = known.unwrap_or(first);
        let request_id = client.extra().and_then(|extra| extra.request_id(operation));
        let request_id = request_id.map(|id| id.expose_secret().to_owned());
        let call = Call::begin(&client, operation, request_id);
        let request = call.request(|request| {
            if known.is_none() {
                let methods = UNDECLARED.iter().map(|one| one.method.as_str());
                let methods: Vec<&str> = methods.collect();
                let problem = format!("the method must be one of {}", methods.join(", "));
                return Err(invalid(problem));
            }
            check_path(&path)?;
            request.path(path);
            if let Some(Body { media_type, bytes }) = body {
                request.header("content-type", media_type.to_owned())?;
                request.bytes(&bytes.map_err(invalid)?)?;
            }
            Ok(())
        });
        let answer = call.send(request).await;
        call.end(answer, |response| {
            Ok(ResponseValue::new(response.raw.body.clone(), response))
        })
    }

    fn body(mut self, media_type: &'static str, bytes: Result<Bytes, Failure>) -> Self {
        let bytes = bytes.map_err(|failure| failure.problem().unwrap_or_default().to_owned());
        self.body = Some(Body { media_type, bytes });
        self
    }
}

/// Shows the path without what looks like a secret, and nothing of the body.
impl fmt::Debug for RawRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRequest")
            .field("client", &self.client)
            .field("method", &self.method)
            .field("path", &mask(&self.path, &[]))
            .finish_non_exhaustive()
    }
}

/// Whether a path leads below the base URL for every reader: neither a URL parser nor a server that decodes it, once
/// or several times, may find another path.
fn check_path(path: &str) -> Result<(), Failure> {
    let problem = if !path.starts_with('/') {
        "must begin with `/`: it is a path below the base URL"
    } else if path.contains(['?', '#']) {
        "must not contain `?` or `#`: query parameters are added by `query`"
    } else {
        let mut decoded = path.to_owned();
        loop {
            let again = percent_decode_str(&decoded)
                .decode_utf8_lossy()
                .into_owned();
            if again == decoded {
                break;
            }
            decoded = again;
        }
        let mut segments = decoded[1..].split('/').peekable();
        let mut is_empty_within = false;
        let mut is_dots = false;
        while let Some(segment) = segments.next() {
            // Some servers read what follows a semicolon as a parameter of the segment.
            let name = segment.split(';').next().unwrap_or_default();
            is_dots |= matches!(name, "." | "..");
            is_empty_within |= name.is_empty() && segments.peek().is_some();
        }
        if decoded.contains(|sign: char| sign.is_control() || sign == '\\') {
            "must not contain `\\` or a control character"
        } else if is_dots {
            "must not contain the segment `.` or `..`"
        } else if is_empty_within {
            "must not contain an empty segment, as in `//`"
        } else {
            return Ok(());
        }
    };
    Err(invalid(format!("the path {problem}")))
}

fn invalid(problem: impl Into<String>) -> Failure {
    Failure::new(ErrorKind::InvalidRequest, problem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::client::base_url::BaseUrl;

    #[test]
    fn a_path_stays_below_the_base_url() {
        let base_url = BaseUrl::parse("https://api.example.com/api", None).unwrap();
        for (path, expected) in [
            ("/", "/api/"),
            ("/a", "/api/a"),
            ("/a/", "/api/a/"),
            ("/a/b.c/..d/...", "/api/a/b.c/..d/..."),
            ("/a%2Fb;c=1", "/api/a%2Fb;c=1"),
            ("/100%25/%zz", "/api/100%25/%zz"),
            ("/ä b@c:d", "/api/%C3%A4%20b@c:d"),
        ] {
            assert!(check_path(path).is_ok(), "{path}");
            let url = base_url.below(path);
            assert_eq!(url.as_str(), format!("https://api.example.com{expected}"));
        }
    }

    #[test]
    fn a_path_that_leads_elsewhere_is_refused_without_being_shown() {
        let begin = "must begin with `/`";
        let query = "must not contain `?` or `#`";
        let dots = "the segment `.` or `..`";
        let empty = "an empty segment";
        let signs = "`\\` or a control character";
        for (path, expected) in [
            ("", begin),
            ("canary", begin),
            ("https://canary.example.com/a", begin),
            ("HTTPS:canary", begin),
            ("\\\\canary.example.com", begin),
            (" /canary", begin),
            ("//canary.example.com/a", empty),
            ("///canary.example.com", empty),
            ("/%2Fcanary.example.com", empty),
            ("/canary//a", empty),
            ("/;a=b/canary", empty),
            ("/\\canary.example.com", signs),
            ("/canary%5Ca", signs),
            ("/canary\t", signs),
            ("/can\nary", signs),
            ("/canary%0d%0a", signs),
            ("/canary%00", signs),
            ("/canary\u{85}", signs),
            ("/.", dots),
            ("/..", dots),
            ("/canary/../a", dots),
            ("/canary/..", dots),
            ("/canary/./a", dots),
            ("/canary/%2e%2e/a", dots),
            ("/canary/.%2E/a", dots),
            ("/canary/%2e", dots),
            ("/canary/%252e%252E/a", dots),
            ("/canary/a%2F..%2Fb", dots),
            ("/canary/..;a=b/c", dots),
            ("/canary?a=b", query),
            ("/canary#a", query),
        ] {
            let refused = check_path(path).map_err(Error::<()>::from);
            let said = refused.expect_err(path).to_string();
            assert!(said.contains(expected), "{path:?}: {said}");
            assert!(!said.contains("nary"), "{said}");
        }
    }
}
