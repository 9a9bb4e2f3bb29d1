//! The memory of an answer of the largest size: the body, and the value that is decoded from it.

use std::io::Write as _;

use allocation_counter::measure;
use conformance::testing::documented_answer::answer_with_tokens;
use serde_json::json;

use crate::start;

/// The most that an answer may have unless the caller sets another limit.
const CAP: usize = 1024 * 1024;

/// A text with something before and after it, together as large as the cap.
fn filled(front: &str, filling: &str, back: &str) -> Vec<u8> {
    let room = CAP - front.len() - back.len();
    let mut body = front.to_owned();
    body.push_str(&filling.repeat(room / filling.len() + 1)[..room]);
    body.push_str(back);
    body.into_bytes()
}

/// As many documented tokens as there is room for.
fn tokens() -> Vec<u8> {
    let one = serde_json::to_vec(&answer_with_tokens(1).unwrap()).unwrap();
    let two = serde_json::to_vec(&answer_with_tokens(2).unwrap()).unwrap();
    let count = 1 + (CAP - one.len()) / (two.len() - one.len());
    let mut body = serde_json::to_vec(&answer_with_tokens(count).unwrap()).unwrap();
    body.resize(CAP, b' ');
    body
}

/// The most memory that a call has at a time, in bytes.
fn peak(status: u16, body: &[u8], chunked: bool) -> u64 {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(body).unwrap();
    let (status, path) = (status.to_string(), file.path().to_str().unwrap());
    let mut arguments = vec!["--status", &status, "--body", path];
    arguments.extend(chunked.then_some("--chunked"));
    let (_server, runtime, client) = start(&arguments);
    let call = || {
        let result = runtime.block_on(client.generate_tokens().send());
        let raw = match &result {
            Ok(response) => Some(response.raw_body()),
            Err(error) => error.raw_body(),
        };
        assert_eq!(raw.unwrap().expose_secret().len(), CAP, "{result:?}");
    };
    call();
    measure(call).bytes_max
}

#[test]
fn an_answer_at_the_size_cap_costs_less_than_three_times_the_cap() {
    let success = r#"{"status":"OK","code":200,"data":{"tokens":[]}"#;
    let token = json!({
        "payment_processor_id": "1",
        "payment_processor_type_id": 1,
        "token": "2",
        "actions": {"url": "3"},
    })
    .to_string();
    let failure = r#"{"status":"Error","code":403,"data":{"message":""#;
    let quoting = failure.replace("message\":\"", "message\":\"my-token ");
    let cases = [
        ("documented tokens", 200, tokens()),
        (
            "a key that is not documented",
            200,
            filled(&format!(r#"{success},"new":""#), "x", r#""}"#),
        ),
        (
            "an opaque value",
            200,
            filled(
                &format!(
                    r#"{{"status":"OK","code":200,"data":{{"tokens":[{},"additional_info":{{"new":""#,
                    token.strip_suffix('}').unwrap()
                ),
                "x",
                r#""}}]}}"#,
            ),
        ),
        ("no end", 200, filled(success, " ", "")),
        ("no JSON", 200, filled("<html>", "x", "</html>")),
        ("an error as success", 200, filled(failure, "x", r#""}}"#)),
        ("an error", 403, filled(failure, "x", r#""}}"#)),
        (
            "an error that quotes a credential",
            403,
            filled(&quoting, "x", r#""}}"#),
        ),
        (
            "an error that quotes nothing but a credential",
            403,
            filled(failure, "my-token", r#""}}"#),
        ),
        ("an error of no JSON", 403, filled("<html>", "x", "</html>")),
        ("an unknown status", 500, filled("<html>", "x", "</html>")),
        (
            "an unknown status with a message",
            500,
            filled(failure, "x", r#""}}"#),
        ),
    ];
    check(cases, 3.0);
}

/// A text with escapes is assembled in a buffer first.
#[test]
fn a_text_at_the_size_cap_that_is_written_with_escapes_costs_less_than_four_times_the_cap() {
    let one = r#"{"status":"Error","code":403,"data":{"message":"\n"#;
    let quoting = r#"{"status":"Error","code":403,"data":{"message":"\nmy-token "#;
    let cases = [
        ("one escape", 403, filled(one, "x", r#""}}"#)),
        ("escapes alone", 403, filled(one, r"\\", r#" "}}"#)),
        (
            "an escape and a credential",
            403,
            filled(quoting, "x", r#""}}"#),
        ),
        ("an escape in a success", 200, filled(one, "x", r#""}}"#)),
    ];
    for (what, _, body) in &cases {
        let is_json = serde_json::from_slice::<serde_json::Value>(body).is_ok();
        assert!(is_json, "{what}");
    }
    check(cases, 4.0);
}

/// A value of a type needs memory for each field of the type, however short its JSON is, and a list has capacity for
/// up to twice as many.
#[test]
fn what_values_cost_that_are_written_as_short_as_can_be_is_known() {
    let list = |front: &str, item: &str, back: &str| {
        let count = (CAP - front.len() - back.len() + 1) / (item.len() + 1);
        let mut body = [front, &vec![item; count].join(","), back]
            .concat()
            .into_bytes();
        body.resize(CAP, b' ');
        assert!(serde_json::from_slice::<serde_json::Value>(&body).is_ok());
        body
    };
    let token = r#"{"payment_processor_id":"1","payment_processor_type_id":1,"token":"2","actions":{"url":"3"}}"#;
    let tokens = list(
        r#"{"status":"OK","code":200,"data":{"tokens":["#,
        token,
        "]}}",
    );
    check([("tokens of one character each", 200, tokens)], 6.0);
    let objects = list(r#"{"data":{"validations":{"field":["#, "{}", "]}}}");
    check([("empty objects", 400, objects)], 40.0);
}

fn check<const N: usize>(cases: [(&str, u16, Vec<u8>); N], limit: f64) {
    let mut failures = Vec::new();
    for (what, status, body) in cases {
        for (chunked, how) in [(false, "its length told"), (true, "in chunks")] {
            let times = peak(status, &body, chunked) as f64 / CAP as f64;
            let line = format!("{what}, {how}: {times:.2} times the cap");
            println!("{line}");
            if times >= limit {
                failures.push(line);
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
