//! What goes over the wire, byte for byte, held against the sample request of the reference page.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "in a test a panic is the report"
)]

use std::collections::BTreeMap;

use conformance::testing::capture::{Capture, json_answer};
use openapi::specification::Specification;
use par_ordering::Client;

/// The sample request of the reference page, its blanks filled in.
const DOCUMENTED: &str = "curl https://api-public-demo.menu.app/api/payment-processors/generate-tokens \
  --request POST \
  --header 'Accept: application/json' \
  --header 'Authorization: Bearer documented-customer-token' \
  --header 'Content-Type: application/json' \
  --header 'API-VERSION: 5.0.0' \
  --header 'Application: f3a90488ffee32c3acb6fcd0ca417cf6' \
  --header 'X-Request-ID: c10b4a70-6274-490d-80a0-03e7bb826937' \
  --header 'X-QB-Enabled: true'";

/// What a client of HTTP/1.1 sends of its own accord.
const OF_HTTP: [&str; 3] = ["host", "user-agent", "content-length"];

struct Request {
    line: String,
    /// In the order in which they were sent.
    headers: Vec<(String, String)>,
    body: String,
}

impl Request {
    fn parse(bytes: &str) -> Self {
        let (head, body) = bytes.split_once("\r\n\r\n").unwrap();
        let mut lines = head.split("\r\n");
        let line = lines.next().unwrap().to_owned();
        let headers = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let body = body.to_owned();
        Self {
            line,
            headers,
            body,
        }
    }

    fn values(&self, name: &str) -> Vec<&str> {
        self.headers
            .iter()
            .filter(|(header, _)| header == name)
            .map(|(_, value)| value.as_str())
            .collect()
    }
}

fn success() -> Vec<u8> {
    let specification = Specification::of_workspace().unwrap();
    let response = specification
        .operation("generate_tokens")
        .unwrap()
        .response(200)
        .unwrap();
    json_answer(200, &response.examples[0].value.to_string())
}

async fn capture() -> (Capture, Client) {
    let capture = Capture::start(success()).await.unwrap();
    let client = Client::builder()
        .base_url(format!("{}/api", capture.url()))
        .application("f3a90488ffee32c3acb6fcd0ca417cf6")
        .build()
        .unwrap();
    (capture, client)
}

#[tokio::test]
async fn the_bytes_of_a_call_are_these() {
    let (capture, client) = capture().await;
    let address = capture.url().replace("http://", "");
    client
        .for_customer("documented-customer-token")
        .generate_tokens()
        .x_request_id("c10b4a70-6274-490d-80a0-03e7bb826937")
        .send()
        .await
        .unwrap();
    let request = capture
        .request()
        .await
        .unwrap()
        .replace(&address, "127.0.0.1:PORT")
        .replace(par_ordering_version(), "VERSION");
    insta::assert_snapshot!(request.replace("\r\n", "<CR><LF>\n"));
}

/// The version of the sdk, which changes with every release and is no fact of the wire.
fn par_ordering_version() -> &'static str {
    let manifest = include_str!("../../sdk/Cargo.toml");
    let line = manifest
        .lines()
        .find(|line| line.starts_with("version = "))
        .unwrap();
    line.split('"').nth(1).unwrap()
}

#[tokio::test]
async fn a_call_is_the_documented_one_and_nothing_else() {
    let (capture, client) = capture().await;
    client
        .for_customer("documented-customer-token")
        .generate_tokens()
        .x_request_id("c10b4a70-6274-490d-80a0-03e7bb826937")
        .send()
        .await
        .unwrap();
    let request = Request::parse(&capture.request().await.unwrap());

    let mut words = DOCUMENTED.split(" --");
    let (_, url) = words.next().unwrap().split_once("https://").unwrap();
    let path = url.trim().split_once('/').unwrap().1;
    assert_eq!(request.line, format!("POST /{path} HTTP/1.1"));
    assert_eq!(request.body, "");

    let documented: BTreeMap<String, &str> = words
        .filter_map(|word| word.trim().strip_prefix("header '")?.strip_suffix('\''))
        .map(|header| header.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_lowercase(), value))
        .collect();
    assert_eq!(documented.len(), 7);
    for (name, value) in &documented {
        assert_eq!(request.values(name), [*value], "the header {name}");
    }
    for (name, _) in &request.headers {
        let is_expected = documented.contains_key(name) || OF_HTTP.contains(&name.as_str());
        assert!(is_expected, "the header {name} is not documented");
    }
    assert_eq!(request.values("content-length"), ["0"]);
}

#[tokio::test]
async fn what_the_call_does_not_set_comes_from_the_client() {
    let (capture, client) = capture().await;
    let response = client.generate_tokens().send().await.unwrap();
    let request = Request::parse(&capture.request().await.unwrap());
    assert_eq!(request.values("api-version"), [par_ordering::API_VERSION]);
    assert_eq!(request.values("x-qb-enabled"), ["true"]);
    assert_eq!(request.values("authorization"), [""; 0]);
    assert_eq!(request.values("x-request-id"), [response.request_id()]);
    assert!(
        is_uuid_v4(response.request_id()),
        "{}",
        response.request_id()
    );
}

fn is_uuid_v4(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12]
        && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
        && text.as_bytes()[14] == b'4'
}

#[tokio::test]
async fn what_the_call_sets_is_sent_once_and_instead() {
    use par_ordering::types::GenerateTokensXQbEnabled;

    let (capture, client) = capture().await;
    let response = client
        .generate_tokens()
        .api_version("4.60.0")
        .application("bkxmplay")
        .x_request_id("mine")
        .x_qb_enabled(GenerateTokensXQbEnabled::False)
        .page(2u64)
        .include("tokens.actions|url;type")
        .paginated_results(false)
        .send()
        .await
        .unwrap();
    assert_eq!(response.request_id(), "mine");
    let request = Request::parse(&capture.request().await.unwrap());
    for (name, value) in [
        ("api-version", "4.60.0"),
        ("application", "bkxmplay"),
        ("x-request-id", "mine"),
        ("x-qb-enabled", "false"),
    ] {
        assert_eq!(request.values(name), [value], "the header {name}");
    }
    assert_eq!(
        request.line,
        "POST /api/payment-processors/generate-tokens?include=tokens.actions%7Curl%3Btype&page=2\
         &paginated_results=false HTTP/1.1"
    );
}

#[tokio::test]
async fn a_call_that_cannot_be_sent_as_it_is_sends_nothing() {
    // Nobody listens there: a call that went out would come back as "not connected".
    let client = Client::builder()
        .base_url("http://127.0.0.1:1/api")
        .build()
        .unwrap();
    let error = client
        .generate_tokens()
        .x_request_id("mine")
        .send()
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "generate_tokens: invalid request (request mine): the header application is required and has no \
         value: set it on the client or on the call"
    );
    let error = client
        .generate_tokens()
        .application("can\nary")
        .x_request_id("mine")
        .send()
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "generate_tokens: invalid request (request mine): the header Application holds a character that is \
         not allowed in a header"
    );
    let error = client
        .for_customer("")
        .generate_tokens()
        .application("key")
        .x_request_id("mine")
        .send()
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "generate_tokens: invalid request (request mine): the header authorization is empty"
    );
    let error = client
        .generate_tokens()
        .include("")
        .x_request_id("mine")
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), par_ordering::ErrorKind::InvalidRequest);
    assert_eq!(error.request_id(), "mine");
    assert_eq!(error.operation_id(), "generate_tokens");
}

#[tokio::test]
async fn views_of_a_client_differ_in_what_they_are_views_of() {
    for customer in ["one", "two"] {
        let (capture, client) = capture().await;
        let call = client.for_customer(customer);
        // The future of a call may move to another thread.
        tokio::spawn(async move { call.generate_tokens().send().await.map(|_| ()) })
            .await
            .unwrap()
            .unwrap();
        let request = Request::parse(&capture.request().await.unwrap());
        assert_eq!(
            request.values("authorization"),
            [format!("Bearer {customer}")]
        );
    }
}

#[tokio::test]
async fn the_applications_own_product_stands_before_this_crates() {
    let capture = Capture::start(success()).await.unwrap();
    let client = Client::builder()
        .base_url(capture.url())
        .application("key")
        .product("shop/2.1")
        .build()
        .unwrap();
    client.generate_tokens().send().await.unwrap();
    let request = Request::parse(&capture.request().await.unwrap());
    let expected = format!("shop/2.1 par-ordering/{}", par_ordering_version());
    assert_eq!(request.values("user-agent"), [expected]);
}
