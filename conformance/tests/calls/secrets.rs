//! Nothing shows a secret: canaries are planted in everything that may be one, each way to fail is tried, and
//! everything that the crate or the HTTP stack prints or logs is searched.

use std::error::Error as _;
use std::fmt::Debug;
use std::sync::LazyLock;

use conformance::mock_server::MockServer;
use conformance::testing::canary::{Canaries, hexadecimal};
use conformance::testing::script::ScriptedServer;
use conformance::tls::{Identity, Protocol};
use conformance::workspace;
use par_ordering::types::{ErrorEnvelope, GenerateTokensResponse};
use par_ordering::{Client, Error, Method, ResponseValue};
use serde_json::{Value, json};

use crate::log::start_logging;

pub(crate) type Outcome = Result<ResponseValue<GenerateTokensResponse>, Error<ErrorEnvelope>>;

/// The secrets of a success, and values that are not documented.
const TOKEN: &str = "canary-of-the-token-0a1b2c3d4e5f";
const SESSION_KEY: &str = "canary-of-the-session-key-0a1b2c";
const URL_QUERY: &str = "canary-of-the-url-query-0a1b2c3d";
const OPAQUE: &str = "canary-of-an-opaque-value-0a1b2c";
const UNKNOWN: &str = "canary-of-an-unknown-field-0a1b2";
/// The secrets that the call sends.
const CUSTOMER: &str = "canary-of-the-customer-token-0a1";
const APPLICATION: &str = "canary-of-the-application-key-0a";
const QUERY: &str = "canary-of-the-request-query-0a1b";
/// The secrets that the caller added.
const ADDED_HEADER: &str = "canary-of-an-added-header-0a1b2c3";
const ADDED_QUERY: &str = "canary-of-an-added-parameter-0a1b";
/// The secrets of an undeclared call.
const SENT: &str = "canary-of-the-sent-body-0a1b2c3d";
const PATH: &str = "canary-of-the-path-0a1b2c3d4e5f6";
/// The other secrets of an answer.
const HEADER: &str = "canary-of-a-response-header-0a1b";
const COOKIE: &str = "canary-of-a-cookie-0a1b2c3d4e5f6";
const BODY: &str = "canary-of-an-unreadable-body-0a1";
const ENVELOPE: &str = "canary-of-the-error-envelope-0a1";
const LOCATION: &str = "canary-of-the-location-query-0a1";
const WRONG_TYPE: &str = "canary-of-a-wrong-type-0a1b2c3d4";

const CANARIES: [&str; 18] = [
    TOKEN,
    SESSION_KEY,
    URL_QUERY,
    OPAQUE,
    UNKNOWN,
    CUSTOMER,
    APPLICATION,
    QUERY,
    ADDED_HEADER,
    ADDED_QUERY,
    SENT,
    PATH,
    HEADER,
    COOKIE,
    BODY,
    ENVELOPE,
    LOCATION,
    WRONG_TYPE,
];

fn success() -> Value {
    json!({"status": "OK", "code": 200, "unknown": UNKNOWN, "data": {"unknown": {"deep": UNKNOWN}, "tokens": [{
        "payment_processor_id": "8e5b0340-42bd-4eb8-b06a-836f28fb1f73",
        "payment_processor_type_id": 32,
        "token": TOKEN,
        "additional_info": {"session_key": SESSION_KEY, "other": {"list": [OPAQUE]}, "more": OPAQUE},
        "actions": {"type": "a kind never seen", "url": format!("https://pay.example.com/page?key={URL_QUERY}")},
        "bin_ranges": {"bin_ranges": [{"range": {"from": 1, "to": 2}, "refundable": true}]},
        "unknown": [UNKNOWN],
    }]}})
}

fn envelope(status: u16) -> Value {
    json!({"status": ENVELOPE, "code": status, "unknown": UNKNOWN, "data": {
        "message": format!(
            "refused: {CUSTOMER} of {APPLICATION}, or {}; with {ADDED_HEADER} and {ADDED_QUERY}",
            hexadecimal(CUSTOMER)
        ),
        "info_message": {"title": ENVELOPE, "body": ENVELOPE},
        "validations": {"field": [{"rule": ENVELOPE, "message": ENVELOPE}]},
    }})
}

/// The same JSON with every character of the call's credentials escaped.
fn escaped(value: &Value) -> String {
    let escaped = |canary: &str| -> String {
        let codes = canary.bytes().map(|byte| format!("\\u{byte:04x}"));
        codes.collect()
    };
    let credentials = [CUSTOMER, APPLICATION, ADDED_HEADER, ADDED_QUERY];
    credentials.iter().fold(value.to_string(), |text, canary| {
        text.replace(canary, &escaped(canary))
    })
}

/// The canaries in a text, each with its form.
fn found(text: &str) -> Vec<String> {
    static SEARCH: LazyLock<Canaries> = LazyLock::new(|| Canaries::new(&CANARIES));
    SEARCH.found(text)
}

/// Everything that a caller sees of a value without asking for a secret.
fn printed(value: &impl Debug) -> String {
    format!("{value:?}\n{value:#?}\n")
}

pub(crate) fn surfaces(outcome: &Outcome) -> String {
    let mut text = String::new();
    match outcome {
        Ok(response) => {
            text += &printed(response);
            text += &printed(&**response);
            text += &format!(
                "{:?} {}",
                response.data.tokens.first().map(|token| &token.actions),
                response.request_id()
            );
        }
        Err(error) => {
            text += &printed(error);
            text += &format!("{error} {error:#} {:?}", error.kind());
            text += &printed(&error.envelope());
            text += &format!("{:?}", error.message());
            let mut source = error.source();
            while let Some(error) = source {
                text += &printed(&error);
                text += &format!("{error} {error:#}");
                source = error.source();
            }
        }
    }
    text
}

fn client(url: &str, root: Option<&Identity>) -> Client {
    let builder = Client::builder().base_url(url).application(APPLICATION);
    let builder = match root {
        Some(identity) => builder.root_certificate(identity.root_pem.as_str()),
        None => builder,
    };
    assert_eq!(found(&printed(&builder)), [""; 0]);
    builder.build().unwrap()
}

async fn call(client: &Client) -> Outcome {
    let customer = client.for_customer(CUSTOMER);
    let customer = customer
        .with_header("x-added", ADDED_HEADER)
        .with_query("added", ADDED_QUERY);
    let call = customer
        .generate_tokens()
        .include(QUERY)
        .application(APPLICATION)
        .header("x-also-added", ADDED_HEADER)
        .query("also-added", ADDED_QUERY);
    // The query of a call is not a secret to its caller, but the rest is.
    let builder = printed(&call).replace(QUERY, "");
    assert_eq!(found(&printed(&customer)), [""; 0]);
    assert_eq!(found(&builder), [""; 0]);
    call.send().await
}

/// What is visible of an undeclared call and of its answer.
async fn surfaces_of_raw(client: &Client) -> String {
    let call = client
        .for_customer(CUSTOMER)
        .request(Method::POST, format!("/a/{PATH}"))
        .header("x-added", ADDED_HEADER)
        .query("added", ADDED_QUERY)
        .json(SENT);
    let mut text = printed(&call);
    match call.send().await {
        Ok(answer) => {
            text += &printed(&answer);
            match answer.json::<GenerateTokensResponse>() {
                Ok(value) => text += &printed(&value),
                Err(error) => text += &format!("{error} {}", printed(&error)),
            }
        }
        Err(error) => text += &format!("{error} {}", printed(&error)),
    }
    text
}

/// Every value of a document, replaced by one of another type.
fn with_wrong_types(document: &Value) -> Vec<(String, Value)> {
    let mut places = Vec::new();
    collect_places(document, String::new(), &mut places);
    places
        .into_iter()
        .map(|place| {
            let mut wrong = document.clone();
            let value = wrong.pointer_mut(&place).unwrap();
            *value = match value {
                Value::String(_) => json!({ "x": WRONG_TYPE }),
                _ => json!(WRONG_TYPE),
            };
            (place, wrong)
        })
        .collect()
}

fn collect_places(value: &Value, place: String, places: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                collect_places(member, format!("{place}/{key}"), places);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect_places(item, format!("{place}/{index}"), places);
            }
        }
        _ => {}
    }
    places.push(place);
}

/// Name of a scenario and what the server answers.
fn answers() -> Vec<(String, u16, String)> {
    let success = success();
    let mut answers = vec![
        ("success".to_owned(), 200, success.to_string()),
        (
            "truncated body".to_owned(),
            200,
            success.to_string()[..400].to_owned(),
        ),
        ("HTML".to_owned(), 200, format!("<html>{BODY}</html>")),
        (
            "undocumented HTML".to_owned(),
            502,
            format!("<html>{BODY}</html>"),
        ),
        ("envelope error".to_owned(), 200, envelope(403).to_string()),
        ("escaped".to_owned(), 400, escaped(&envelope(400))),
        (
            "escaped envelope error".to_owned(),
            200,
            escaped(&envelope(403)),
        ),
        ("redirect".to_owned(), 302, BODY.to_owned()),
        ("too large".to_owned(), 200, BODY.repeat(40_000)),
    ];
    // The server chose keys that are not documented, and they may be anything.
    for (what, status, body) in [
        ("a key", 200, format!("{{\"{BODY}\\u001b\":{{\"a\":tru")),
        (
            "a key of additional_info",
            200,
            format!(
                r#"{{"status":"OK","code":200,"data":{{"tokens":[{{"additional_info":{{"{BODY}":tru"#
            ),
        ),
        (
            "a key of validations",
            400,
            format!(r#"{{"data":{{"validations":{{"{BODY}":7}}}}}}"#),
        ),
    ] {
        answers.push((format!("{what} that is a secret"), status, body));
    }
    for status in [400, 401, 403, 404, 422, 500] {
        answers.push((format!("{status}"), status, envelope(status).to_string()));
        answers.push((
            format!("{status} unreadable"),
            status,
            format!("\"{BODY}\""),
        ));
    }
    for (place, wrong) in with_wrong_types(&success) {
        answers.push((format!("wrong type at {place}"), 200, wrong.to_string()));
    }
    for (place, wrong) in with_wrong_types(&envelope(400)) {
        answers.push((
            format!("wrong type at {place} of an error"),
            400,
            wrong.to_string(),
        ));
    }
    answers
}

fn answer(server: &MockServer, status: u16, body: String) {
    let location = format!("https://user:{LOCATION}@elsewhere.example.com/?{LOCATION}#{LOCATION}");
    let cookie = format!("session={COOKIE}; Secure");
    let headers = [
        ("content-type", "application/json"),
        ("x-internal", HEADER),
        ("set-cookie", &cookie),
        ("location", &location),
        ("www-authenticate", HEADER),
    ];
    server.answer_with_headers(status, &headers, body);
}

#[tokio::test]
async fn nothing_that_is_printed_or_logged_shows_a_secret() {
    let (log, _guard) = start_logging("trace");
    let mut leaks = Vec::new();
    let mut search = |scenario: &str, text: &str| {
        leaks.extend(
            found(text)
                .into_iter()
                .map(|leak| format!("{scenario}: {leak}\n  in {text:.2000}")),
        );
    };

    for protocol in [Protocol::Http1, Protocol::Http2] {
        let identity = Identity::new("localhost").unwrap();
        let specification = workspace::specification().unwrap();
        let server = MockServer::start_tls(specification, &identity, protocol)
            .await
            .unwrap();
        let trusting = client(&server.url(), Some(&identity));
        for (name, status, body) in answers() {
            answer(&server, status, body);
            let outcome = call(&trusting).await;
            search(&format!("{protocol:?} {name}"), &surfaces(&outcome));
            search(
                &format!("{protocol:?} {name}, undeclared"),
                &surfaces_of_raw(&trusting).await,
            );
        }
        let distrusting = client(&server.url(), None);
        let outcome = call(&distrusting).await;
        assert!(
            outcome
                .as_ref()
                .is_err_and(|error| error.is_safe_to_repeat()),
            "{outcome:?}"
        );
        search(&format!("{protocol:?} TLS failure"), &surfaces(&outcome));
    }

    let outcome = call(&client("http://127.0.0.1:1/api", None)).await;
    search("connect failure", &surfaces(&outcome));

    let body = success().to_string();
    let cut =
        format!("HTTP/1.1 200 OK\r\nx-internal: {HEADER}\r\ncontent-length: 9999\r\n\r\n{body}");
    let server = ScriptedServer::answering(cut).await.unwrap();
    let outcome = call(&client(&server.url(), None)).await;
    search("body that breaks off", &surfaces(&outcome));

    let garbage = format!("HTTP/1.1 200 OK\r\n{HEADER}\r\n\r\n");
    let server = ScriptedServer::answering(garbage).await.unwrap();
    let outcome = call(&client(&server.url(), None)).await;
    search("garbage", &surfaces(&outcome));

    let logged = log.take();
    for source in ["reqwest", "hyper_util", "h2::", "rustls::"] {
        assert!(
            logged.contains(&format!(" {source}")),
            "{source} logged nothing"
        );
    }
    for line in logged.lines() {
        search("log", line);
    }
    assert!(
        leaks.is_empty(),
        "{} leaks, such as:\n{}",
        leaks.len(),
        leaks[..leaks.len().min(10)].join("\n")
    );

    tracing::trace!(canary = TOKEN, "planted");
    assert!(
        !found(&log.take()).is_empty(),
        "a canary in the log would not be found"
    );
}
