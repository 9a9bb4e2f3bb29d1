//! Every status with every kind of body: the status decides the kind, and neither the status nor the request id is
//! ever lost.

use conformance::testing::documented_answer::documented_answer;
use conformance::testing::message::json_answer;
use conformance::testing::script::ScriptedServer;
use par_ordering::{Client, ErrorKind, StatusCode};

use crate::{client, mock_server};

const DOCUMENTED_ERRORS: [u16; 4] = [400, 401, 403, 404];

fn success() -> String {
    documented_answer().unwrap().to_string()
}

const ENVELOPE: &str = r#"{"status":"Error","code":418,"data":{"message":"as documented"}}"#;

/// Name of a body, the body, and whether it is the documented one of a success or of an error.
fn bodies(success: &str) -> Vec<(&'static str, String, bool)> {
    vec![
        ("documented", success.to_owned(), true),
        ("empty", String::new(), false),
        (
            "HTML",
            "<html><body>Bad gateway</body></html>".to_owned(),
            false,
        ),
        ("truncated", success[..success.len() / 2].to_owned(), false),
        (
            "of another type",
            r#"{"status":7,"code":"x","data":"y"}"#.to_owned(),
            false,
        ),
        ("an array", "[]".to_owned(), false),
        ("null", "null".to_owned(), false),
        ("1 MB of spaces", " ".repeat(1_000_000), false),
    ]
}

fn has_no_body(status: u16) -> bool {
    matches!(status, 204 | 304)
}

#[tokio::test]
async fn every_status_with_every_body_has_the_right_kind_and_loses_nothing() {
    let server = mock_server().await;
    let client = client(server.url());
    let success = success();
    let mut failures = Vec::new();
    for status in 200..=599u16 {
        let documented = if status == 200 { &success } else { ENVELOPE };
        for (name, body, is_documented) in bodies(documented) {
            server.answer_raw(status, "application/json", body.clone());
            let request_id = format!("{status} {name}");
            let result = client
                .generate_tokens()
                .x_request_id(&*request_id)
                .send()
                .await;
            let mut wrong = |what: String| failures.push(format!("{request_id}: {what}"));
            let expected = match status {
                200 if is_documented => None,
                200 => Some(ErrorKind::NotDecodable),
                _ => {
                    let code = StatusCode::from_u16(status).unwrap();
                    Some(if DOCUMENTED_ERRORS.contains(&status) {
                        ErrorKind::DocumentedStatus(code)
                    } else {
                        ErrorKind::UndocumentedStatus(code)
                    })
                }
            };
            let sent = if has_no_body(status) { "" } else { &body };
            match (result, expected) {
                (Ok(response), None) => {
                    if response.status() != 200 || response.request_id() != request_id {
                        wrong(format!("{response:?}"));
                    }
                    if response.raw_body().expose_secret() != sent.as_bytes() {
                        wrong("the body is not the one that was sent".to_owned());
                    }
                }
                (Err(error), Some(kind)) => {
                    if error.kind() != kind {
                        wrong(format!("is {:?} and not {kind:?}", error.kind()));
                    }
                    if error.status().map(|status| status.as_u16()) != Some(status)
                        || error.request_id() != request_id
                        || error.operation_id() != "generate_tokens"
                        || error.headers().is_none()
                    {
                        wrong(format!("forgot something: {error:?}"));
                    }
                    let raw_body = error.raw_body().map(|body| body.expose_secret());
                    if raw_body != Some(sent.as_bytes()) {
                        wrong("the body is not the one that was sent".to_owned());
                    }
                    let is_error = DOCUMENTED_ERRORS.contains(&status);
                    if error.envelope().is_some() != (is_error && is_documented) {
                        wrong(format!("envelope: {:?}", error.envelope()));
                    }
                    let says = is_documented && status != 200 && !has_no_body(status);
                    if error.message() != says.then_some("as documented") {
                        wrong(format!("message: {:?}", error.message()));
                    }
                    if error.is_safe_to_repeat() != (status == 401) {
                        wrong("does not say what repeating it would do".to_owned());
                    }
                    let transient = matches!(status, 429 | 502 | 503 | 504);
                    let predicates = [
                        (error.is_bad_request(), status == 400),
                        (error.is_unauthorized(), status == 401),
                        (error.is_forbidden(), status == 403),
                        (error.is_not_found(), status == 404),
                        (error.is_worth_repeating(), transient),
                        (error.is_timeout(), false),
                    ];
                    if predicates.iter().any(|(is, should)| is != should) {
                        wrong(format!("predicates: {predicates:?}"));
                    }
                    let phrase = error.to_string();
                    if !phrase.starts_with("generate_tokens: ")
                        || !phrase.contains(&format!("(request {request_id})"))
                    {
                        wrong(phrase);
                    }
                }
                (result, expected) => wrong(format!("{result:?} instead of {expected:?}")),
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

async fn answer_with(
    bytes: impl Into<Vec<u8>>,
) -> Result<u16, par_ordering::Error<par_ordering::types::ErrorEnvelope>> {
    let server = ScriptedServer::answering(bytes).await.unwrap();
    let client = client(server.url());
    let result = client.generate_tokens().x_request_id("mine").send().await;
    result.map(|response| response.status().as_u16())
}

#[tokio::test]
async fn informational_answers_before_the_final_one_change_nothing() {
    for informational in [
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 102 Processing\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n",
    ] {
        let mut bytes = informational.as_bytes().to_vec();
        bytes.extend(json_answer(200, &success()));
        assert_eq!(answer_with(bytes).await.unwrap(), 200, "{informational}");

        let mut bytes = informational.as_bytes().to_vec();
        bytes.extend(json_answer(404, ENVELOPE));
        let error = answer_with(bytes).await.unwrap_err();
        assert!(error.is_not_found(), "{informational}: {error:?}");
    }
}

#[tokio::test]
async fn an_informational_answer_alone_is_an_interruption() {
    let error = answer_with("HTTP/1.1 103 Early Hints\r\n\r\n")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert_eq!((error.status(), error.request_id()), (None, "mine"));
    assert!(!error.is_safe_to_repeat());
}

#[tokio::test]
async fn switching_protocols_is_an_undocumented_status() {
    let answer =
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n";
    let error = answer_with(answer).await.unwrap_err();
    let switching = StatusCode::SWITCHING_PROTOCOLS;
    assert_eq!(
        error.kind(),
        ErrorKind::UndocumentedStatus(switching),
        "{error:?}"
    );
    assert_eq!(
        (error.status(), error.request_id()),
        (Some(switching), "mine")
    );
}

#[tokio::test]
async fn a_success_whose_envelope_says_error_is_one() {
    let cases = [
        (
            r#"{"status":"Error","code":401,"data":{"message":"expired"}}"#,
            Some(401),
        ),
        (r#"{"status":"Error","code":400}"#, Some(400)),
        (r#"{"status":"Error","code":503,"data":[]}"#, Some(503)),
        (r#"{"status":"OK","code":399,"data":{"tokens":[]}}"#, None),
        (r#"{"status":"OK","code":200,"data":{"tokens":[]}}"#, None),
    ];
    for (body, code) in cases {
        match (answer_with(json_answer(200, body)).await, code) {
            (Ok(200), None) => {}
            (Err(error), Some(code)) => {
                assert_eq!(error.kind(), ErrorKind::ErrorEnvelope(code), "{body}");
                assert_eq!(error.status(), Some(StatusCode::OK), "{body}");
                assert_eq!(error.is_unauthorized(), code == 401, "{body}");
                assert_eq!(error.is_bad_request(), code == 400, "{body}");
                assert_eq!(error.is_worth_repeating(), code == 503, "{body}");
                assert_eq!(error.envelope().unwrap().code, Some(code), "{body}");
            }
            (result, code) => panic!("{body}: {result:?} instead of {code:?}"),
        }
    }
}

#[tokio::test]
async fn the_servers_message_is_shown_on_one_line_shortened_and_without_the_calls_credentials() {
    let server = mock_server().await;
    let client = Client::builder()
        .base_url(server.url())
        .application("application-key")
        .build()
        .unwrap();
    let long = "no card ".repeat(100);
    let run = "x".repeat(1000);
    let cases = [
        ("plain", "plain".to_owned()),
        ("two\nlines\u{1b}[31m", "two lines [31m".to_owned()),
        (&*long, format!("{}…", &long[..300])),
        (&*run, "[masked]…".to_owned()),
        (
            "token customer/token of application-key, CUSTOMER/TOKEN",
            "token [masked] of [masked], [masked]".to_owned(),
        ),
    ];
    for (message, expected) in cases {
        let body = serde_json::json!({"data": {"message": message}}).to_string();
        server.answer_raw(403, "application/json", body);
        let customer = client.for_customer("customer/token");
        let error = customer
            .generate_tokens()
            .x_request_id("mine")
            .send()
            .await
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("generate_tokens: 403 Forbidden (request mine): {expected}")
        );
    }
}

#[tokio::test]
async fn an_envelope_is_read_as_it_was_sent_with_its_numbers_and_whatever_it_quotes() {
    let server = mock_server().await;
    let client = Client::builder()
        .base_url(server.url())
        .application("403")
        .build()
        .unwrap()
        .for_customer("customer/token");
    let body = r#"{"status":"403: customer\/token, \u0063ustomer/token","code":403,"data":{"validations":{"of 403":[]}}}"#;
    server.answer_raw(403, "application/json", body.to_owned());
    let error = client.generate_tokens().send().await.unwrap_err();
    let envelope = error.envelope().unwrap();
    let status = envelope.status.as_deref();
    assert_eq!(status, Some("403: customer/token, customer/token"));
    assert_eq!(envelope.code, Some(403));
    let validations = &envelope.data.as_ref().unwrap().validations;
    let fields: Vec<_> = validations.keys().collect();
    assert_eq!(fields, ["of 403"]);
    let raw = error.raw_body().unwrap().expose_secret();
    assert_eq!(raw, body.as_bytes(), "the body stays as it came");
    for shown in [error.to_string(), format!("{error:?}")] {
        assert!(!shown.contains("customer/token"), "{shown}");
    }
}

#[tokio::test]
async fn a_key_that_is_called_like_a_field_hides_no_field() {
    let server = mock_server().await;
    let body = r#"{"status":"data","code":403,"data":{"message":"a code"}}"#;
    server.answer_raw(403, "application/json", body);
    // A short one does not remove a word from a sentence either.
    for key in ["code", "data"] {
        let client = Client::builder().base_url(server.url()).application(key);
        let client = client.build().unwrap();
        let error = client.generate_tokens().send().await.unwrap_err();
        let envelope = error.envelope().unwrap();
        assert_eq!(envelope.code, Some(403), "{key}");
        assert_eq!(envelope.status.as_deref(), Some("data"), "{key}");
        let data = envelope.data.as_ref().unwrap();
        assert_eq!(data.message.as_deref(), Some("a code"), "{key}");
        assert_eq!(error.message(), Some("a code"), "{key}");
    }
}
