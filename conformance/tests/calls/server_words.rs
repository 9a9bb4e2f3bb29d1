//! A text of a server may quote a secret in any spelling, also one that nobody knows. Printing it shows no secret and
//! stays readable. A caller that reads it gets the original.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use conformance::mock_server::MockServer;
use conformance::testing::canary::hexadecimal;
use conformance::testing::table::rows;
use conformance::tls::Identity;
use par_ordering::{Client, PaymentUrl};
use serde_json::{Value, json};

use crate::http2::going_away;
use crate::log::start_logging;
use crate::secrets::{Outcome, surfaces};
use crate::{builder, mock_server};

const KEY: &str = "k3Yof9Shop/7c6b5a4D";
const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MjE3In0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1g";
/// A secret that the server made a moment ago.
const MINTED: &str = "tok_9fQ2mZr7LkX4vB1nS8dW";

fn client(server: &MockServer) -> Client {
    builder(server.url()).application(KEY).build().unwrap()
}

async fn call(client: &Client) -> Outcome {
    let customer = client.for_customer(TOKEN);
    customer.generate_tokens().x_request_id("mine").send().await
}

fn signature() -> &'static str {
    TOKEN.rsplit('.').next().unwrap()
}

/// The spellings in which a server may write a secret.
fn spellings(secret: &str) -> Vec<(&'static str, String)> {
    let each = |write: fn(u8) -> String| secret.bytes().map(write).collect::<String>();
    let broken = |between: &str| {
        let (start, end) = secret.split_at(secret.len() / 2);
        format!("{start}{between}{end}")
    };
    vec![
        ("as it is", secret.to_owned()),
        (
            "JSON within JSON",
            json!({"key": secret}).to_string().replace('/', r"\/"),
        ),
        ("upper case", secret.to_uppercase()),
        ("lower case", secret.to_lowercase()),
        ("truncated", format!("{}…", &secret[..secret.len() - 4])),
        ("its end", secret[4..].to_owned()),
        ("broken over lines", broken("\r\n  ")),
        ("broken by what is not seen", broken("\u{200b}")),
        ("entities", each(|byte| format!("&#{byte};"))),
        ("escapes twice", each(|byte| format!("\\\\u{byte:04x}"))),
        ("percent", each(|byte| format!("%{byte:02X}"))),
        ("percent twice", each(|byte| format!("%25{byte:02X}"))),
        ("base64", STANDARD.encode(format!("Bearer {secret}"))),
        ("hexadecimal", hexadecimal(secret)),
        ("one by one", each(|byte| format!("{} ", char::from(byte)))),
    ]
}

/// The rest of a spelling in a printed text: twelve of its letters and digits.
fn revealed(printed: &str, written: &str) -> Option<String> {
    let solid =
        |text: &str| -> Vec<char> { text.chars().filter(|c| c.is_alphanumeric()).collect() };
    let (printed, written) = (solid(&printed.replace("\\n", "")), solid(written));
    let mut parts = written.windows(12);
    let part = parts.find(|part| printed.windows(12).any(|other| other == *part))?;
    Some(part.iter().collect())
}

/// Every answer in which a server can write a text, by name.
fn answers(words: &str) -> Vec<(&'static str, u16, String, String)> {
    let body = |value: Value| value.to_string();
    let error = |data: Value| body(json!({"status": "ERROR", "code": 400, "data": data}));
    let success = |data: Value| body(json!({"status": "OK", "code": 200, "data": data}));
    let entry = |more: Value| {
        let mut entry = json!({
            "payment_processor_id": "a",
            "payment_processor_type_id": 32,
            "token": "a token",
            "actions": {"type": "redirect", "url": "https://pay.example.com/init?a"},
        });
        entry
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        success(json!({"tokens": [entry]}))
    };
    let mut answers = Vec::new();
    let mut add = |name, status, body| answers.push((name, status, String::new(), body));
    add("message", 400, error(json!({"message": words})));
    add(
        "message in a sentence",
        422,
        error(json!({"message": format!("The key {words} is wrong")})),
    );
    add(
        "info message",
        400,
        error(json!({"info_message": {"title": words, "body": words}})),
    );
    add(
        "validation",
        400,
        error(json!({"validations": {"a": [{"rule": words, "message": words}]}})),
    );
    add(
        "key of validations",
        400,
        error(json!({"validations": {(words): [{"rule": "a"}]}})),
    );
    add(
        "wrong key of validations",
        400,
        error(json!({"validations": {(words): 7}, "message": words})),
    );
    add(
        "unknown key of an error",
        400,
        error(json!({(words): words})),
    );
    add("status", 400, body(json!({"status": words, "code": 400})));
    add(
        "error in a success",
        200,
        body(json!({"status": words, "code": 403, "data": {"message": words}})),
    );
    add("undocumented status", 418, error(json!({"message": words})));
    add("error that is not JSON", 400, format!("<html>{words}"));
    add(
        "success that is none",
        200,
        success(json!({"tokens": words, "message": words})),
    );
    add(
        "type of action",
        200,
        entry(json!({"actions": {"type": words, "url": "https://a.example/"}})),
    );
    add(
        "identifier",
        200,
        entry(json!({"payment_processor_id": words})),
    );
    add(
        "unknown keys",
        200,
        entry(json!({"additional_info": {(words): words}, (words): words})),
    );
    add(
        "page",
        200,
        entry(json!({"actions": {"type": "a", "url": format!("https://pay.example.com/{words}")}})),
    );
    add(
        "word of a success",
        200,
        body(json!({"status": words, "code": 200, "data": {"tokens": []}})),
    );
    let location = format!("https://a.example/{}", words.escape_default());
    answers.push(("location", 302, location, error(json!({}))));
    answers
}

#[tokio::test]
async fn no_secret_is_shown_however_it_is_written_and_wherever_it_stands() {
    let server = mock_server().await;
    let client = client(&server);
    let mut failures = Vec::new();
    for secret in [KEY, TOKEN, signature(), MINTED] {
        for (spelling, written) in spellings(secret) {
            for (place, status, location, body) in answers(&written) {
                let mut headers = vec![("content-type", "application/json")];
                if !location.is_empty() {
                    headers.push(("location", location.as_str()));
                }
                server.answer_with_headers(status, &headers, body);
                let printed = surfaces(&call(&client).await);
                if let Some(part) = revealed(&printed, &written) {
                    failures.push(format!(
                        "{secret} {spelling} as {place}: {part} in\n{printed}"
                    ));
                }
            }
        }
    }
    let first = &failures[..failures.len().min(5)];
    assert!(
        failures.is_empty(),
        "{} leaks, such as\n{}",
        failures.len(),
        first.join("\n")
    );
}

#[tokio::test]
async fn of_a_redirect_a_host_is_shown_that_looks_like_one() {
    let server = mock_server().await;
    let client = builder(server.url())
        .application("9f8e7d6c5b4a")
        .build()
        .unwrap();
    let long = format!("https://{}.example/", "shop.".repeat(20_000));
    let jwt = format!("https://{}/", TOKEN.to_lowercase().replace('_', "-"));
    let table = "
https://elsewhere.example.com/a?b    | it leads to elsewhere.example.com, but redirects
https://9f8e7d6c5b4a.shops.example/  | it leads to [masked].shops.example, but redirects
https://9F8E7D6C5B4A.shops.example/  | it leads to [masked].shops.example, but redirects
myapp://9f8e7d6c5b4a/                | it leads to [masked], but redirects
JWT                                  | it leads to [masked], but redirects
LONG                                 | shop.shop.…, but redirects are not followed
https://user:secret@10.0.0.1:8443/   | it leads to 10.0.0.1, but redirects
/elsewhere                           | 302 Found (request mine)
";
    for [location, expected] in rows(table) {
        let location = match location {
            "JWT" => &jwt,
            "LONG" => &long,
            location => location,
        };
        server.answer_with_headers(302, &[("location", location)], "");
        let outcome = call(&client).await;
        let error = outcome.as_ref().unwrap_err().to_string();
        assert!(error.contains(expected), "{location:.100}: {error:.500}");
        let printed = surfaces(&outcome);
        assert!(
            printed.len() < 6_000 && !printed.contains("9f8e7d"),
            "{printed:.3000}"
        );
    }
}

#[tokio::test]
async fn what_is_read_is_what_was_sent_and_prose_stays_readable() {
    let server = mock_server().await;
    let message = "The key has expired, see customer_account_id. Der Schlüssel ist abgelaufen.";
    let quoting = format!("The key {KEY} has expired");
    for (application, message, shown) in [
        ("key", message, message),
        (KEY, &quoting, "The key [masked] has expired"),
    ] {
        let sent = json!({"status": "ERROR", "code": 401, "data": {
            "message": message,
            "info_message": {"title": message, "body": message},
            "validations": {(message): [{"rule": message, "message": message}]},
        }});
        server.answer_with_headers(401, &[], sent.to_string());
        let client = builder(server.url())
            .application(application)
            .build()
            .unwrap();
        let error = call(&client).await.unwrap_err();
        assert_eq!(error.message(), Some(shown));
        assert!(error.to_string().ends_with(shown), "{error}");
        let envelope = error.envelope().unwrap();
        assert_eq!(serde_json::to_value(envelope).unwrap(), sent);
        assert_eq!(
            error.raw_body().unwrap().expose_secret(),
            sent.to_string().as_bytes()
        );
        let info = envelope
            .data
            .as_ref()
            .unwrap()
            .info_message
            .as_ref()
            .unwrap();
        assert_eq!(info.body.as_deref(), Some(message));
        let printed = format!("{envelope:?}");
        assert_eq!(printed.matches(shown).count(), 6, "{printed}");
    }
}

#[test]
fn of_a_payment_page_scheme_and_host_are_shown() {
    let secret = "309200a1b2c3";
    for (rest, host) in [
        (
            format!("pay.example.com/init;s={secret}"),
            "pay.example.com",
        ),
        (
            format!("pay.example.com/init%3Fs={secret}"),
            "pay.example.com",
        ),
        (format!("pay.example.com/{secret}"), "pay.example.com"),
        (format!("{secret}.example.com/init"), "[masked].example.com"),
    ] {
        let url = PaymentUrl::from(format!("https://{rest}"));
        let expected = format!("https://{host}/[redacted]");
        assert_eq!(
            [url.to_string(), format!("{url:?}")],
            [expected.clone(), expected]
        );
    }
}

/// The filter that the documentation of the crate recommends for logs.
const FILTER: &str = "debug,h2=info";

#[tokio::test]
async fn the_documented_filter_keeps_what_a_server_says_as_it_goes_away_out_of_the_log() {
    let documented = include_str!("../../../sdk/src/lib.rs");
    assert!(
        documented.contains(&format!("`{FILTER}`")),
        "not in the documentation"
    );
    let identity = Identity::new("localhost").unwrap();
    for (filter, is_logged) in [("debug", true), (FILTER, false)] {
        let (log, _guard) = start_logging(filter);
        let debug = format!("no such key: {KEY}").leak();
        let port = going_away(&identity, debug).await;
        let client = builder(format!("https://localhost:{port}"))
            .application(KEY)
            .root_certificate(identity.root_pem.as_str())
            .build()
            .unwrap();
        let outcome = call(&client).await;
        assert!(
            outcome.is_err() && revealed(&surfaces(&outcome), KEY).is_none(),
            "{outcome:?}"
        );
        let log = log.take();
        assert_eq!(log.contains(KEY), is_logged, "{log}");
    }
}
