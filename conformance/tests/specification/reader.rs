//! A reader that tolerates harmless oddities and loses nothing: each oddity of JSON has a defined result.

use conformance::testing::document::merge;
use conformance::testing::table::rows;
use par_ordering::conformance::{Decoded, OPERATIONS};
use par_ordering::types::{GenerateTokensResponse, GenerateTokensXQbEnabled};
use par_ordering::{Client, ErrorKind};
use serde_json::{Value, json};

use crate::snapshots;

fn decode(status: u16, body: &[u8]) -> Result<Decoded, String> {
    let operation = OPERATIONS
        .iter()
        .find(|operation| operation.id == "generate_tokens")
        .unwrap();
    let response = operation
        .responses
        .iter()
        .find(|response| response.status == status)
        .unwrap();
    (response.decode)(body).map_err(|error| error.problem)
}

/// A success with one token, `members` being added to its entry.
fn with(members: &str) -> Vec<u8> {
    format!(
        r#"{{"status":"OK","code":200,"data":{{"tokens":[{{"payment_processor_id":"p","payment_processor_type_id":32,
        "token":"t","actions":{{"url":"https://pay.example.com/"}}{members}}}]}}}}"#
    )
    .into_bytes()
}

/// What comes of an entry with `members`, as JSON of the whole entry.
fn entry(members: &str) -> Result<Value, String> {
    let decoded = decode(200, &with(members))?;
    Ok(decoded.json["data"]["tokens"][0].clone())
}

#[test]
fn an_absent_object_may_be_left_out_null_or_an_empty_array() {
    let absent = entry("").unwrap();
    for member in ["additional_info", "bin_ranges"] {
        for value in ["null", "[]"] {
            let members = format!(r#","{member}":{value}"#);
            assert_eq!(entry(&members).as_ref(), Ok(&absent), "{members}");
        }
    }
    for data in ["null", "[]"] {
        let decoded = decode(404, format!(r#"{{"code":404,"data":{data}}}"#).as_bytes()).unwrap();
        assert_eq!(decoded.json, json!({"code": 404}));
        let body =
            format!(r#"{{"data":{{"message":"m","validations":{data},"info_message":{data}}}}}"#);
        assert_eq!(
            decode(404, body.as_bytes()).unwrap().json,
            json!({"data": {"message": "m"}})
        );
    }
}

#[test]
fn an_array_where_an_object_belongs_is_refused() {
    let table = r#"
the body             | 200 | ["OK",200,{"tokens":[]}]
the body by position | 200 | [200,[[]],"OK"]
data                 | 200 | {"status":"OK","code":200,"data":[[]]}
an empty data        | 200 | {"status":"OK","code":200,"data":[]}
an entry             | 200 | {"status":"OK","code":200,"data":{"tokens":[[]]}}
the error envelope   | 404 | [404,{},"x"]
additional_info      | 200 | {"status":"OK","code":200,"data":{"tokens":[{"payment_processor_id":"p","payment_processor_type_id":32,"additional_info":["k"]}]}}
bin_ranges           | 200 | {"status":"OK","code":200,"data":{"tokens":[{"payment_processor_id":"p","payment_processor_type_id":32,"bin_ranges":[[]]}]}}
a range              | 200 | {"status":"OK","code":200,"data":{"tokens":[{"payment_processor_id":"p","payment_processor_type_id":32,"bin_ranges":{"bin_ranges":[{"range":[1,2]}]}}]}}
"#;
    for [what, status, body] in rows(table) {
        let decoded = decode(status.parse().unwrap(), body.as_bytes());
        assert!(decoded.is_err(), "{what} may be an array");
    }
}

#[test]
fn what_is_missing_is_named_with_its_path() {
    let table = r#"
{"status":"OK","code":200} | field `data` is missing at `.`
{"status":"OK","code":200,"data":{}} | field `tokens` is missing at `data`
{"status":"OK","code":200,"data":{"tokens":[{"token":"t"}]}} | field `payment_processor_id` is missing at `data.tokens[0]`
{"status":"OK","code":200,"data":null} | the value is not of the documented type at `data`
 | the body ends too early at `.`
<html> | the body is not JSON at `.`
{"status":"OK", | the body ends too early at `.`
{"status":"OK","code":200,"data":{"tokens":[]}} x | the body is not JSON at `.`
"#;
    for [body, expected] in rows(table) {
        let error = decode(200, body.as_bytes()).err();
        let is_expected = error
            .as_ref()
            .is_some_and(|error| error.starts_with(expected));
        assert!(is_expected, "{body}: {error:?}, expected {expected:?}");
    }
}

/// An oddity among the members of an entry, and its result: the members that differ from an ordinary entry, or the
/// beginning of an error.
#[test]
fn each_oddity_has_its_answer() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let table = r#"
an unknown field | ,"unknown":{"a":[1]} | {}
an unknown field twice | ,"unknown":1,"unknown":2 | {}
an unknown number too large for any type | ,"unknown":1e400 | {}
an unknown value nested deeply | ,"unknown":DEEP | {}
an unknown lone surrogate | ,"unknown":"\ud800" | {}
a documented field twice | ,"token":"u" | field `token` appears twice at `data.tokens[0]
a number of 30 digits where an integer belongs | ,"bin_ranges":{"bin_ranges":[{"range":{"from":309200223163384375330000281485,"to":1}}]} | the value is not of the documented type at `data.tokens[0].bin_ranges.bin_ranges[0].range.from`
a fraction where an integer belongs | ,"bin_ranges":{"bin_ranges":[{"range":{"from":1.5,"to":1}}]} | the value is not of the documented type at
1e400 where an integer belongs | ,"bin_ranges":{"bin_ranges":[{"range":{"from":1e400,"to":1}}]} | the value is not of the documented type at
a lone surrogate in a documented text | ,"additional_info":{"session_key":"\ud800"} | the body is not JSON at `data.tokens[0].additional_info.session_key`
the largest integers | ,"bin_ranges":{"bin_ranges":[{"range":{"from":-9223372036854775808,"to":9223372036854775807}}]} | {"bin_ranges": {"bin_ranges": [{"range": {"from": -9223372036854775808, "to": 9223372036854775807}}]}}
a key of additional_info twice | ,"additional_info":{"x":1,"x":2} | the value is not of the documented type at `data.tokens[0].additional_info
unknown keys of additional_info | ,"additional_info":{"session_key":"s","x":{"y":[true,null]},"z":null} | {"additional_info": {"session_key": "s", "x": {"y": [true, null]}, "z": null}}
"#;
    let ordinary = entry("").unwrap();
    let mut failures = Vec::new();
    for [what, members, expected] in rows(table) {
        let result = entry(&members.replace("DEEP", &deep));
        let is_expected = match (&result, serde_json::from_str::<Value>(expected)) {
            (Ok(entry), Ok(members)) => {
                let mut expected = ordinary.clone();
                merge(&mut expected, members);
                *entry == expected
            }
            (Err(error), Err(_)) => error.starts_with(expected),
            _ => false,
        };
        if !is_expected {
            failures.push(format!("{what}: {result:?}\n  expected {expected}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn any_part_of_what_an_entry_hands_out_may_be_missing_and_the_other_entries_stay() {
    let parts = [
        r#""token":"t""#,
        r#""actions":{"url":"https://pay.example.com/?s=1"}"#,
        r#""token":"t","actions":{"type":"redirect"}"#,
        r#""token":"t","actions":{"url":"https://pay.example.com/?s=1"}"#,
        r#""token":"t","actions":null"#,
        r#""token":"t","actions":[]"#,
        r#""additional_info":{"session_key":"k"}"#,
    ];
    let entries = parts.map(|part| {
        format!(r#"{{"payment_processor_id":"p","payment_processor_type_id":32,{part}}}"#)
    });
    let body = format!(
        r#"{{"status":"OK","code":200,"data":{{"tokens":[{}]}}}}"#,
        entries.join(",")
    );
    let answer: GenerateTokensResponse = serde_json::from_str(&body).unwrap();
    let seen = answer.data.tokens.iter().map(|entry| {
        let url = entry
            .actions
            .as_ref()
            .and_then(|actions| actions.url.as_ref());
        match (url, &entry.token) {
            (Some(url), Some(token)) => format!("open {url}, or use {token:?}"),
            (Some(url), None) => format!("open {url}"),
            (None, Some(token)) => format!("use {token:?}"),
            (None, None) => "nothing to go on with".to_owned(),
        }
    });
    let seen: Vec<String> = parts
        .iter()
        .zip(seen)
        .map(|(part, seen)| format!("{part}\n  {seen}"))
        .collect();
    snapshots::described("What a caller does with each entry.", || {
        insta::assert_snapshot!(seen.join("\n"));
    });
}

/// Code of a caller that gets a value which the specification does not list.
#[tokio::test]
async fn a_value_of_an_enumeration_that_nobody_knew_is_readable_and_comes_back_as_it_came() {
    let client = Client::builder()
        .base_url("http://127.0.0.1:1")
        .application("application")
        .build()
        .unwrap();
    let mut seen = Vec::new();
    for json in [r#""true""#, r#""perhaps""#, r#""""#] {
        let value: GenerateTokensXQbEnabled = serde_json::from_str(json).unwrap();
        let matched = match &value {
            GenerateTokensXQbEnabled::True => "on",
            GenerateTokensXQbEnabled::False => "off",
            _ => "something else",
        };
        let call = client.generate_tokens().x_qb_enabled(value.clone());
        let error = call.send().await.unwrap_err();
        let sent = match error.kind() {
            ErrorKind::InvalidRequest => error.to_string().split_once("): ").unwrap().1.to_owned(),
            _ => "it leaves".to_owned(),
        };
        seen.push(format!(
            "{json}\n  matched: {matched}\n  as_str: {:?}\n  Debug: {value:?}\n  serialised: {}\n  sent: {sent}",
            value.as_str(),
            serde_json::to_string(&value).unwrap(),
        ));
    }
    snapshots::described("What a caller does with a value of an enumeration.", || {
        insta::assert_snapshot!(seen.join("\n"));
    });
}

#[test]
fn an_identifier_or_a_kind_of_action_never_seen_before_is_no_reason_to_lose_the_token() {
    let body = br#"{"status":"OK","code":200,"data":{"tokens":[{"payment_processor_id":"not a UUID",
        "payment_processor_type_id":-1,"token":"t","actions":{"type":"teleport","url":"no URL at all"}}]}}"#;
    let entry = &decode(200, body).unwrap().json["data"]["tokens"][0];
    assert_eq!(entry["payment_processor_id"], "not a UUID");
    assert_eq!(
        entry["actions"],
        json!({"type": "teleport", "url": "no URL at all"})
    );
}

#[test]
fn opaque_values_are_kept_digit_by_digit() {
    let nested = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let values = [
        "309200223163384375330000281485",
        "-0.0",
        "1e400",
        "1.10",
        "0.1000000000000000055511151231257827",
        r#""\ud800""#,
        r#"{"b":1,"a":{"b":[2, 3]},"b":4}"#,
        "null",
        "true",
        &nested,
    ];
    for value in values {
        let body = with(&format!(r#","additional_info":{{"x": {value} }}"#));
        let decoded = decode(200, &body).unwrap();
        let encoded = String::from_utf8(decoded.encoded).unwrap();
        assert!(encoded.contains(&format!(r#""x":{value}"#)), "{encoded}");

        let response: GenerateTokensResponse = serde_json::from_slice(&body).unwrap();
        let info = response.data.tokens[0].additional_info.as_ref().unwrap();
        assert_eq!(info.extra["x"].expose_secret(), value);
    }
}

#[test]
fn bytes_that_are_no_text_are_an_error_only_where_a_text_is_read() {
    let invalid = |field: &str| {
        let mut body = with(&format!(r#","{field}":"HERE""#));
        let place = body
            .windows(4)
            .position(|window| window == b"HERE")
            .unwrap();
        body[place] = 0xff;
        body
    };
    assert!(decode(200, &invalid("unknown")).is_ok());
    let error = decode(200, &invalid("token")).err().unwrap();
    assert!(error.starts_with("field `token` appears twice"), "{error}");
    let mut body = with("");
    let place = body
        .windows(3)
        .position(|window| window == b"\"t\"")
        .unwrap();
    body[place + 1] = 0xff;
    let error = decode(200, &body).err().unwrap();
    assert!(
        error.starts_with("the body is not JSON at `data.tokens[0].token`"),
        "{error}"
    );
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    let mut body = b"\xef\xbb\xbf".to_vec();
    body.extend(with(""));
    assert!(decode(200, &body).is_ok());
    assert!(decode(200, b"\xef\xbb\xbf").is_err());
}
