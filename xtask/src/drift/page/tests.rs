//! Tests of the reader. Their page has the layout of a capture, and prose of our own.

use std::fs;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use super::source::SourceError;
use super::{Expected, PageError, facts, read};

const PAGE: &str = include_str!("page.txt");

/// What `PAGE` says.
fn example_facts() -> Value {
    json!({
        "method": "POST",
        "path": "/orders",
        "query_parameters": [{"name": "page", "type": "integer", "required": false}],
        "headers": [
            {"name": "Accept", "type": "string", "required": true},
            {"name": "X-Detail", "required": false, "values": ["full", "short"]},
        ],
        "body": {
            "required": true,
            "media_type": "application/json",
            "fields": [{"name": "article", "type": "string", "required": true}],
        },
        "media_types": ["application/json"],
        "responses": [{"status": "400", "title": "Bad Request"}, {"status": "404"}],
        "sample": {
            "method": "POST",
            "url": "https://api.example.com/v2/orders",
            "headers": [{"name": "Accept", "value": ""}, {"name": "X-Detail", "value": "full"}],
            "body": "{\n  \"article\": \"tea\"\n}",
        },
        "example": {"order": {"id": "o-1", "lines": [1, 2.5, null, true]}},
    })
}

/// Of each entry.
const DESCRIPTION: &str = "    What this is for. It is required: in prose the word says nothing.";

fn read_back(text: &str) -> Value {
    serde_json::to_value(facts(text).unwrap_or_else(|error| panic!("{error} in:\n{text}"))).unwrap()
}

#[test]
fn a_page_is_read_into_what_it_says() {
    assert_eq!(read_back(PAGE), example_facts());
}

#[test]
fn the_kind_of_line_end_and_white_space_at_the_end_of_lines_say_nothing() {
    assert_eq!(read_back(&PAGE.replace('\n', "\r\n")), example_facts());
    assert_eq!(read_back(&PAGE.replace('\n', " \t\n")), example_facts());
    assert_eq!(read_back(&format!("\u{feff}\n{PAGE}\n\n")), example_facts());
}

#[test]
fn a_page_that_is_cut_anywhere_before_its_copyright_line_is_refused() {
    let end = PAGE.find("Copyright ©").unwrap() + "Copyright ©".len();
    let whole = facts(PAGE).unwrap();
    let mut failures = Vec::new();
    for (cut, _) in PAGE.char_indices() {
        match facts(&PAGE[..cut]) {
            Ok(read) if cut < end => failures.push(format!("cut at {cut}, it passes as {read:?}")),
            Ok(read) if read != whole => failures.push(format!("cut at {cut}, it differs")),
            Err(error) if cut >= end => failures.push(format!("cut at {cut}: {error}")),
            Ok(_) | Err(_) => {}
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn another_layout_is_refused_with_what_was_expected_where() {
    use Expected as E;
    // What is replaced by what, and the beginning of the line that is refused then.
    let unexpected: &[(&str, &str, &str, Expected)] = &[
        ("Headers", "Header fields", "Header fields", E::Section),
        ("Headers", "Responses", "Responses", E::Headers),
        ("Responses", "Headers", "  • application/json", E::Attribute),
        ("  • Accept", "  * Accept", "  * Accept", E::Entry),
        ("  • Accept", "  • two words", "  • two words", E::Name),
        ("    Type: s", "    Kind: s", "    Kind: s", E::Attribute),
        ("    values\n", "    choices\n", "    choices", E::Values),
        ("    values\n", "\n", "    • full", E::Values),
        ("    • full", "    full", "    full", E::Value),
        ("    • full", "      • full", "      • full", E::Value),
        ("    enum\n", "    Type: string\n", "    values", E::Next),
        (
            DESCRIPTION,
            "    values\n    • 1",
            "    values",
            E::Description,
        ),
        (DESCRIPTION, "    • 1", "    • 1", E::Description),
        (DESCRIPTION, "", "  • page", E::Description),
        (
            DESCRIPTION,
            "    Words.\n\n    deprecated",
            "    deprecated",
            E::Next,
        ),
        (
            DESCRIPTION,
            "    Words.\n    deprecated",
            "    deprecated",
            E::Next,
        ),
        (
            DESCRIPTION,
            "    Words.\n\n    Default: 5",
            "    Default: 5",
            E::Next,
        ),
        (
            DESCRIPTION,
            "    Default: 5\n\n    Words.",
            "    Words.",
            E::Next,
        ),
        (
            "    values\n",
            "    deprecated\n\n    values\n",
            "    deprecated",
            E::Values,
        ),
        (
            "    • short\n",
            "    • short\n\n    deprecated\n",
            "    deprecated",
            E::Value,
        ),
        ("Body\n", "Body\n    Some words.\n", "    Some", E::Body),
        (
            "    Bad Request\n",
            "    Bad Request\n\n    Headers\n    • Retry-After\n",
            "    Headers\n",
            E::Next,
        ),
        (
            "    Bad Request\n",
            "    Bad Request\n    deprecated\n",
            "    deprecated",
            E::Next,
        ),
        (
            "    Bad Request\n",
            "    • Retry-After\n",
            "    • Retry-After",
            E::Next,
        ),
        (
            "  • application/json\n  • 400",
            "  • application/json\n    object\n  • 400",
            "    object",
            E::Next,
        ),
        ("  • 404", "  • four", "  • four", E::Response),
        ("Request Example", "Sample", "Sample for", E::SampleHeading),
        ("curl ", "wget ", "wget", E::Sample),
        ("--request", "--proxy", "curl", E::CurlOption),
        ("'X-Detail: full'", "'X-Detail'", "curl", E::CurlHeader),
        ("curl https:", "curl ftp:", "curl", E::CurlUrl),
        ("\n{\n", "\nThe answer:\n{\n", "The answer", E::Example),
        (
            "Example response",
            "Example answer",
            "Example answer",
            E::ExampleLabel,
        ),
        ("Copyright ©", "All rights", "All rights", E::Copyright),
    ];
    let mut failures = Vec::new();
    for (from, to, at, expected) in unexpected {
        let damaged = damaged(from, to);
        match facts(&damaged).err() {
            Some(PageError::Unexpected {
                line,
                expected: found,
                ..
            }) if (line, found) == (line_of(&damaged, at), *expected) => {}
            other => failures.push(format!("{from:?} as {to:?} gave {other:?}")),
        }
    }
    let repeated: &[(&str, &str, &str, &str)] = &[
        (
            "Query Parameters",
            "Headers",
            "Headers\n  • Accept",
            "Headers",
        ),
        (
            "  • X-Detail",
            "  • Accept",
            "  • Accept\n    enum",
            "Accept",
        ),
        ("  • 404", "  • 400", "  • 400\n\nReq", "400"),
        ("    • short", "    • full", "    • full\nBody", "full"),
        ("--request", "-X PUT --request", "curl", "--request"),
        ("--request", "-d x --request", "curl", "--data"),
        ("--request", "--url https://a --request", "curl", "--url"),
        ("--request", "https://a --request", "curl", "https://a"),
    ];
    for (from, to, at, repeated) in repeated {
        let damaged = damaged(from, to);
        match facts(&damaged).err() {
            Some(PageError::Repeated { line, name, .. })
                if (line, name.as_str()) == (line_of(&damaged, at), *repeated) => {}
            other => failures.push(format!("{from:?} as {to:?} gave {other:?}")),
        }
    }
    let error = facts(&damaged(
        "application/json\n",
        "application/json\ntext/plain\n",
    ));
    if !matches!(&error, Err(PageError::SecondMediaType { second, .. }) if second == "text/plain") {
        failures.push(format!("two media types of the body gave {error:?}"));
    }
    for title in ["GET A made-up operation", "Generate", "POSTPONE", "post a"] {
        let error = facts(&damaged("POST A made-up operation", title)).unwrap_err();
        let (line, found, method) = (1, title.to_owned(), "POST".to_owned());
        if error
            != (PageError::Method {
                line,
                found,
                method,
            })
        {
            failures.push(format!("the title {title:?} gave {error:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_value_after_an_empty_line_is_one_of_the_values() {
    let more = read_back(&damaged("    • short\n", "    • short\n\n    • tiny\n"));
    assert_eq!(
        more["headers"][1]["values"],
        json!(["full", "short", "tiny"])
    );
}

fn damaged(from: &str, to: &str) -> String {
    assert!(PAGE.contains(from), "{from:?} is not in the page");
    PAGE.replacen(from, to, 1)
}

/// Number of the line that begins with this text.
fn line_of(page: &str, beginning: &str) -> usize {
    let at = page.find(&format!("\n{beginning}")).unwrap();
    page[..at].matches('\n').count() + 2
}

#[test]
fn an_example_that_is_no_json_or_ambiguous_is_refused_with_its_line() {
    let cases = [
        ("\"id\": o-1", "    \"id\"", "expected value"),
        (
            "\"id\": \"o-1\",\n    \"i\\u0064\": \"o-2\"",
            "    \"i\\u0064\"",
            "it has the key \"id\" twice",
        ),
    ];
    for (to, at, expected) in cases {
        let damaged = damaged("\"id\": \"o-1\"", to);
        let (line, message) = (line_of(&damaged, at), expected.to_owned());
        assert_eq!(
            facts(&damaged).unwrap_err(),
            PageError::Example { line, message }
        );
    }
}

#[test]
fn what_is_no_page_gives_one_clear_error() {
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("empty", Vec::new(), "it is empty"),
        ("blank", b" \r\n\t\n".to_vec(), "it is empty"),
        (
            "html",
            b"\n<!DOCTYPE html><html>502 Bad Gateway</html>".to_vec(),
            "it is HTML",
        ),
        (
            "binary",
            b"\x7fELF\x02\x01\xff\x00".to_vec(),
            "it is no text, as byte 6 shows",
        ),
        (
            "null",
            b"POST a\0b".to_vec(),
            "it is no text, as byte 6 shows",
        ),
        (
            "large",
            vec![b'a'; 50 << 20],
            "it is larger than 1048576 bytes",
        ),
        ("words", b"Some words".to_vec(), "it ends where a section"),
        (
            "deep",
            deep(),
            "in the example response: recursion limit exceeded",
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    let mut failures = Vec::new();
    for (name, bytes, expected) in cases {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let message = match read(&path) {
            Ok(facts) => format!("no error but {facts:?}"),
            Err(error) => error.to_string(),
        };
        if !message.contains(expected) || !message.contains(name) || message.contains('\n') {
            failures.push(format!("{name}: {message:?}, expected {expected:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let missing = read(&folder.path().join("missing"));
    assert!(matches!(missing, Err(SourceError::Read { .. })));
}

fn deep() -> Vec<u8> {
    let start = PAGE.find("\n{").unwrap() + 1;
    format!("{}{}", &PAGE[..start], "[".repeat(100_000)).into_bytes()
}

/// Always the same inputs; a failure prints the one that failed.
fn runner() -> TestRunner {
    let config = Config {
        cases: 512,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

#[test]
fn no_text_panics() {
    let texts = prop_oneof![
        proptest::collection::vec("\\PC{0,90}", 0..10).prop_map(|lines| lines.join("\n")),
        "[ •\\n'\"\\\\{}\\[\\]:/<a-z0-9-]{0,200}",
        proptest::collection::vec("(Headers|Responses|  • [A-Za-z/0-9]{0,5}|    required|    enum|    values|    • x|curl 'https://a|\\{|Body|Request Example for get/|\\\\|)", 0..30)
            .prop_map(|lines| format!("Title\n{}", lines.join("\n"))),
    ];
    runner()
        .run(&texts, |text| {
            // Whatever comes of it, it comes back.
            let _ = facts(&text);
            Ok(())
        })
        .unwrap();
}

#[test]
fn no_damage_to_a_page_panics() {
    let lines: Vec<&str> = PAGE.split('\n').collect();
    let count = lines.len();
    let fragment = prop_oneof!["[ •\\n'\"\\\\{}\\[\\]:/<a-z0-9-]{0,20}", "\\PC{0,90}",];
    let damage = (0..count, 0..count, 0..6_u8, fragment);
    runner()
        .run(&damage, |(at, other, kind, text)| {
            let mut damaged: Vec<&str> = lines.clone();
            match kind {
                0 => drop(damaged.remove(at)),
                1 => damaged.swap(at, other),
                2 => damaged.insert(at, &text),
                3 => damaged[at] = &text,
                // Cut within a line, or before it, and gone on with in another way.
                4 => {
                    damaged.truncate(at + 1);
                    let line = damaged[at];
                    let half = line.char_indices().nth(line.chars().count() / 2);
                    damaged[at] = &line[..half.map_or(0, |(half, _)| half)];
                }
                _ => {
                    damaged.truncate(at);
                    damaged.push(&text);
                }
            }
            let _ = facts(&damaged.join("\n"));
            Ok(())
        })
        .unwrap();
}
