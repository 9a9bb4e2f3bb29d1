//! The mock server accepts the documented bodies and refuses all others: each with its status and with the place of
//! each violation, but never with a value that was sent.

use std::sync::{Arc, Mutex};

use conformance::mock_server::{MockServer, RequestLog, Settings};
use conformance::testing::message::{Message, send};
use conformance::testing::table;
use openapi::specification::Specification;
use serde_json::json;

use crate::made_up;

/// It is in what is sent, and never in an answer or a log.
const CANARY: &str = "canary";

const JSON: &str = "application/json";
const PATCH: &str = "application/merge-patch+json";
const FORM: &str = "application/x-www-form-urlencoded";

async fn server(settings: Settings) -> MockServer {
    let specification = Specification::load(&made_up()).unwrap();
    MockServer::start_with(specification, settings)
        .await
        .unwrap()
}

/// Sends a body with these values of `Content-Type`.
async fn answer(server: &MockServer, operation: &str, types: &[&str], body: &[u8]) -> Message {
    let (method, path) = operation.split_once(' ').unwrap();
    let mut head = format!("{method} /v1/bodies/{path} HTTP/1.1\r\nHost: a\r\n");
    for one in types {
        head.push_str(&format!("Content-Type: {one}\r\n"));
    }
    let length = body.len();
    head.push_str(&format!(
        "Connection: close\r\nContent-Length: {length}\r\n\r\n"
    ));
    let bytes = [head.as_bytes(), body].concat();
    send(&server.url(), &bytes).await.unwrap()
}

/// Every field in a refusal with its rules, in order.
fn rules(answer: &Message) -> String {
    match answer.status {
        204 => String::new(),
        _ => crate::rules(&answer.json()),
    }
}

#[tokio::test]
async fn a_body_is_taken_or_refused_with_the_place_of_each_violation() {
    let told = Arc::new(Mutex::new(String::new()));
    let lines = Arc::clone(&told);
    let log = RequestLog::new(move |line| lines.lock().unwrap().push_str(line));
    let server = server(Settings {
        log: Some(log),
        ..Settings::default()
    })
    .await;
    // The values of `Content-Type`, or `-` for none; `ÿ` and `␀` stand for the bytes 255 and 0.
    let table = r#"
# The media type of a body.
PUT json    | json  | {"name":"a","lines":[]}                  | 204 |
PUT json    | Application/JSON; charset=utf-8 | {"name":"a","lines":[]}                  | 204 |
PUT json    | -     | {"name":"a","lines":[]}                  | 415 | content-type: required
PUT json    |       | {"name":"a","lines":[]}                  | 415 | content-type: content-type
PUT json    | patch | {"name":"a","lines":[]}                  | 415 | content-type: content-type
PUT json    | text/canary | canary                                   | 415 | content-type: content-type
PUT json    | json, json | {"name":"a","lines":[]}                  | 415 | content-type: once
PATCH patch | patch | {"name":"a","lines":[]}                  | 204 |
PATCH patch | json  | {"name":"a","lines":[]}                  | 415 | content-type: content-type
POST form   | json  | {}                                       | 415 | content-type: content-type
# Whether there is a body.
PUT json    | json  |                                          | 400 | body: required
PUT json    | -     |                                          | 400 | body: required
PATCH patch | patch |                                          | 204 |
PATCH patch | -     |                                          | 204 |
POST form   | -     |                                          | 400 | body: required
POST form   | form  |                                          | 204 |
POST text   | -     |                                          | 400 | body: required
POST text   | text/plain |                                          | 204 |
# JSON.
PUT json    | json  | canary                                   | 400 | body: json
PUT json    | json  | {"name":"canary                          | 400 | body: json
PUT json    | json  | "ÿ"                                      | 400 | body: json
PUT json    | json  | "canary"                                 | 400 | body: type
PUT json    | json  | {}                                       | 400 | body/lines: required, body/name: required
PUT json    | json  | {"name":null,"lines":[{"amount":1.5}]}   | 204 |
PUT json    | json  | {"name":"canary-canary","lines":[]}      | 400 | body/name: maxLength
PUT json    | json  | {"name":7,"lines":[],"key":"canary"}     | 400 | body/key: minLength, body/name: type
PUT json    | json  | {"name":"a","lines":[{"amount":1},{"amount":0},{}]} | 400 | body/lines/1/amount: minimum, body/lines/2/amount: required
PUT json    | json  | {"name":"a","lines":[],"a/b":"canary"}   | 400 | body/a~1b: type
# A name that the client chose may be a secret, in any position.
PUT json    | json  | {"name":"a","lines":[],"canary":1}       | 400 | body/[unknown]: additionalProperties
PUT json    | json  | {"name":"a","lines":[],"labels":{"canary":"canary"}} | 400 | body/labels/[unknown]: enum
PATCH patch | patch | {"name":"a"}                             | 400 | body/lines: required
# Forms.
POST form   | form  | name=a+b&size=7&tag=1&tag=%32&free=true  | 204 |
POST form   | Application/X-WWW-Form-Urlencoded;charset=utf-8 | tag=1                                    | 204 |
POST form   | form  | name=&size=8&tag=1&tag=2&tag=3           | 400 | body/name: minLength, body/size: maximum, body/tag: maxItems
POST form   | form  | size=canary&tag=1&tag=canary             | 400 | body/size: type, body/tag/1: type
POST form   | form  | name=canary&name=b                       | 400 | body/name: type
POST form   | form  | canary=canary                            | 400 | body/[unknown]: type
POST form   | form  | name=canary%zz                           | 400 | body/name: encoding
POST form   | form  | canary=canary%ff                         | 400 | body/[unknown]: encoding
POST form   | form  | canary%zz=1                              | 400 | body: encoding
POST form   | form  | name=ÿ                                   | 400 | body: encoding
# Anything else.
POST text   | text/plain; charset=latin1 | ÿ canary                                 | 204 |
POST bytes  | application/octet-stream | ␀ÿ                                       | 204 |
POST bytes  | json  | {}                                       | 415 | content-type: content-type
POST bytes  | -     | {}                                       | 415 | content-type: required
"#;
    let mut failures = Vec::new();
    for [operation, types, body, status, violations] in table::rows(table) {
        let types = types.split(", ").filter(|one| *one != "-");
        let types: Vec<&str> = types
            .map(|one| match one {
                "json" => JSON,
                "patch" => PATCH,
                "form" => FORM,
                other => other,
            })
            .collect();
        let bytes = body.chars().map(|sign| {
            if sign == '␀' {
                0
            } else {
                sign.try_into().unwrap()
            }
        });
        let bytes: Vec<u8> = bytes.collect();
        let answer = answer(&server, operation, &types, &bytes).await;
        let found = (answer.status.to_string(), rules(&answer));
        let is_envelope = answer.status == 204 || answer.json()["code"] == answer.status;
        let is_expected = found == (status.to_owned(), violations.to_owned());
        if !is_expected || !is_envelope || answer.body.contains(CANARY) {
            failures.push(format!(
                "{operation} {types:?} {body}: {found:?}\n{}",
                answer.body
            ));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
    let told = told.lock().unwrap();
    assert!(
        told.contains("/v1/bodies/form 400 ") && !told.contains(CANARY),
        "{told}"
    );
}

#[tokio::test]
async fn a_body_may_be_as_large_as_the_sdk_sends_one_and_no_larger() {
    let mebibyte = Settings::default();
    let small = Settings {
        body_limit: 64,
        ..Settings::default()
    };
    for (settings, limit) in [(mebibyte, 1024 * 1024), (small, 64)] {
        let server = server(settings).await;
        for (operation, media_type, begins, ends) in [
            ("PUT json", JSON, r#"{"name":"a","lines":["#, "]}"),
            ("POST form", FORM, "name=", ""),
            ("POST text", "text/plain", "", ""),
        ] {
            for (size, status, violations) in [(limit, 204, ""), (limit + 1, 413, "body: size")] {
                let filling = size - begins.len() - ends.len();
                let filling = if media_type == JSON { " " } else { "a" }.repeat(filling);
                let body = [begins, &filling, ends].concat();
                let answer = answer(&server, operation, &[media_type], body.as_bytes()).await;
                let found = (answer.status, rules(&answer));
                let expected = (status, violations.to_owned());
                assert_eq!(found, expected, "{operation}, {size} bytes");
            }
        }
    }
}

#[tokio::test]
async fn of_very_many_violations_only_some_are_named() {
    let server = server(Settings::default()).await;
    let lines = vec![json!({}); 150];
    let body = json!({"name": "a", "lines": lines}).to_string();
    let answer = answer(&server, "PUT json", &[JSON], body.as_bytes()).await;
    assert_eq!(answer.status, 400);
    let named = rules(&answer);
    assert_eq!(named.matches("/amount: required").count(), 100, "{named}");
    assert!(named.starts_with("body: more, "), "{named}");
}
