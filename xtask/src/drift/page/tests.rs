//! Tests of the reader. Their page has the layout of a capture, with prose of our own.

use std::fs;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use super::source::SourceError;
use super::{PageError, parse, read};
use openapi::published::Facts;

const PAGE: &str = include_str!("page.txt");

/// The facts of `PAGE`.
fn example_facts() -> Value {
    let sent = "{\n  \"article\": \"Ivan's \\\"tea\\\", and Ann's, the drivers' too\",\n  \"lines\": [{\"count\": 1}]\n}";
    json!({
        "method": "POST",
        "path": "/shops/{shop_id}/orders",
        "path_parameters": [{"name": "shop_id", "type": "string", "format": "uuid", "required": true}],
        "query_parameters": [{"name": "page", "type": "integer", "required": false, "rules": {"minimum": "1", "default": "1"}}],
        "headers": [
            {"name": "Accept", "type": "string", "required": true},
            {"name": "X-Detail", "required": false, "values": ["full", "short"]},
            {"name": "Basic Authorization", "type": "string", "required": false},
        ],
        "body": {
            "required": true,
            "media_type": "application/json",
            "fields": [
                {"name": "article", "type": "string", "required": true},
                {"name": "lines", "type": "array", "items": "object", "required": false, "fields": [
                    {"name": "count", "type": "integer", "required": true},
                    {"name": "size", "type": "integer", "required": false, "values": ["1", "2"]},
                ]},
                {"name": "tags", "type": "array", "items": "string", "required": false},
                {"name": "note", "type": "string", "required": false, "rules": {"nullable": "true"}},
            ],
        },
        "media_types": ["application/json", "application/json"],
        "responses": [{"status": "400", "title": "Bad Request"}, {"status": "404"}],
        "sample": {
            "method": "POST",
            "url": "https://api.example.com/v2/shops/8e5b0340-42bd-4eb8-b06a-836f28fb1f73/orders",
            "headers": [
                {"name": "Accept", "value": ""},
                {"name": "X-Detail", "value": "full"},
                {"name": "Basic Authorization", "value": ""},
            ],
            "body": sent,
        },
        "example": {"order": {"id": "o-1", "lines": [1, 2.5, null, true]}},
    })
}

/// Of each entry.
const DESCRIPTION: &str = "    What this is for. It is required: in prose the word says nothing.";

fn facts(text: &str) -> Result<Facts, PageError> {
    parse(text).map(|page| page.facts)
}

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
fn what_pages_say_in_several_ways_is_read_alike() {
    // The samples of forms and answers without a body replace more than one line.
    let cut = |from: &str, to: &str, with: &str| {
        let start = PAGE.find(from).unwrap();
        let end = start + PAGE[start..].find(to).unwrap();
        format!("{}{with}{}", &PAGE[..start], &PAGE[end..])
    };
    let without = |pointer: &str, value: Value| {
        let mut facts = example_facts();
        match pointer.rsplit_once('/').unwrap() {
            ("", key) if value.is_null() => drop(facts.as_object_mut().unwrap().remove(key)),
            (holder, key) => facts.pointer_mut(holder).unwrap()[key] = value,
        }
        facts
    };
    let article = example_facts()["body"]["fields"].clone();
    let no_description = damaged("    Bad Request\n\n    More is said of it.\n", "");
    let mut untitled = example_facts();
    untitled["responses"][0]
        .as_object_mut()
        .unwrap()
        .remove("title");
    let cases: Vec<(&str, String, Value)> = vec![
        (
            "a description in one paragraph",
            cut("Does what", "Path Parameters", "Words.\n"),
            example_facts(),
        ),
        (
            "no description",
            cut("\nDoes what", "Path Parameters", ""),
            example_facts(),
        ),
        (
            "a body in one line",
            damaged("Body·\nrequired\n", "Body · required ·\n"),
            example_facts(),
        ),
        (
            "a body by its long name",
            damaged("Body·", "Request Body"),
            example_facts(),
        ),
        (
            "a media type as an entry",
            damaged("\napplication/json\n", "\n  • application/json\n"),
            example_facts(),
        ),
        (
            "a described body",
            damaged(
                "\napplication/json\n  • art",
                "\napplication/json\n\nWhat it is for.\n  • art",
            ),
            example_facts(),
        ),
        (
            "a body in two media types",
            damaged(
                "\napplication/json\n  • art",
                "\napplication/json\ntext/plain\n  • art",
            ),
            without(
                "/body/others",
                json!([{"required": false, "media_type": "text/plain", "fields": article}]),
            ),
        ),
        (
            "a media type without fields",
            cut("  • article", "Responses", ""),
            without(
                "/body",
                json!({"required": true, "media_type": "application/json"}),
            ),
        ),
        (
            "an empty object",
            cut("  • article", "Responses", "\nEmpty object\n\n"),
            without(
                "/body",
                json!({"required": true, "media_type": "application/json", "empty": true}),
            ),
        ),
        (
            "no body",
            cut("Body·", "Responses", ""),
            without("/body", Value::Null),
        ),
        (
            "an entry without a description",
            damaged(DESCRIPTION, ""),
            example_facts(),
        ),
        (
            "an entry with two paragraphs",
            damaged(DESCRIPTION, "    Words.\n    More.\n\n    And more."),
            example_facts(),
        ),
        (
            "attributes in one line",
            damaged(
                "    Type: string\n    required",
                "    Type: string · required",
            ),
            example_facts(),
        ),
        (
            "folded fields",
            damaged(
                "object[] ·\n",
                "object[] ·\n    Show Child Attributesfor lines\n",
            ),
            example_facts(),
        ),
        (
            "a value after an empty line",
            damaged("    • short\n", "    • short\n\n    • tiny\n"),
            without("/headers/1/values", json!(["full", "short", "tiny"])),
        ),
        (
            "one answer",
            damaged("  • application/json\n", ""),
            without("/media_types", json!(["application/json"])),
        ),
        (
            "no status",
            cut("  • 400", "Request Ex", ""),
            without("/responses", json!([])),
        ),
        (
            "no media type",
            damaged("  • application/json\n  • application/json\n", ""),
            without("/media_types", Value::Null),
        ),
        ("a status without a title", no_description, untitled),
        (
            "no --request",
            damaged("  --request POST \\\n", ""),
            example_facts(),
        ),
        (
            "a named address",
            damaged("curl https", "curl --compressed --url https"),
            example_facts(),
        ),
        (
            "a body encoded for a form",
            cut(
                "--data '",
                "\n{\n  \"order",
                "--data-urlencode 'grant=a b&c' --data-urlencode 'to=Ann'",
            ),
            without("/sample/body", json!("grant=a%20b%26c&to=Ann")),
        ),
        (
            "pairs of a form",
            cut("--data '", "\n{\n  \"order", "--data 'grant=a' -d 'to=Ann'"),
            without("/sample/body", json!("grant=a&to=Ann")),
        ),
        (
            "no answer",
            cut("{\n  \"order", "Copyright", ""),
            without("/example", Value::Null),
        ),
        (
            "an answer without a body",
            cut("{\n  \"order", "\nExample r", "No Body\n"),
            without("/example", Value::Null),
        ),
        (
            "a list as the answer",
            cut("{\n  \"order", "\nExample r", "[1]\n"),
            without("/example", json!([1])),
        ),
    ];
    let mut failures = Vec::new();
    for (name, page, expected) in cases {
        match facts(&page).map(|facts| serde_json::to_value(facts).unwrap()) {
            Ok(found) if found == expected => {}
            Ok(found) => failures.push(format!("{name} gave {found:#}")),
            Err(error) => failures.push(format!("{name} gave {error}")),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_sample_of_get_with_a_body_is_sent_by_get() {
    let page = damaged("POST A", "GET A").replace("for post", "for get");
    let page = page.replace("  --request POST \\\n", "");
    assert_eq!(read_back(&page)["sample"]["method"], "GET");
}

#[test]
fn another_layout_is_refused_with_what_was_expected_where() {
    // What is replaced by what, the beginning of the line that is reported then, and what was expected there.
    let unexpected = r#"
["Path Param", "Param", "    Type: stringFormat", "Section"]
["Headers", "Header fields", "Header fields", "Section"]
["Headers", "Headers · 3", "Headers · 3", "Section"]
["Headers", "Responses", "Responses", "Headers"]
["Responses", "Headers", "  • application/json", "Attribute"]
["Body·", "Body · optional", "Body · optional", "Body"]
["  • Accept", "  * Accept", "  * Accept", "Entry"]
["  • Accept", "  •", "  •\n", "Name"]
["  • shop_id", "  • shop id", "  • shop id", "Name"]
["    • count", "     • count", "     • count", "Entry"]
["    Type: string\n", "    Kind: string\n", "    Kind: s", "Attribute"]
["    Type: string\n", "    Type: string\n    new\n", "    new", "Attribute"]
["    values\n", "    choices\n", "    • full", "Values"]
["    values\n", "\n", "    • full", "Values"]
["    • full", "    full", "    full", "Value"]
["    • full", "      • full", "      • full", "Value"]
["    enum\n", "    Type: string\n", "    values", "Next"]
["DESCRIPTION", "    • 1", "    • 1", "Description"]
["DESCRIPTION", "    Words.\n\n    deprecated", "    deprecated", "Next"]
["DESCRIPTION", "    Words.\n    deprecated", "    deprecated", "Next"]
["DESCRIPTION", "    Default: 5\n\n    Words.", "    Default: 5", "Description"]
["    values\n", "    deprecated\n\n    values\n", "    deprecated", "Values"]
["    • short\n", "    • short\n\n    deprecated\n", "    deprecated", "Value"]
["Body·\n", "Body\n    Some words.\n", "    Some", "Body"]
["Body·\n", "Body\nSome words\n", "Some words", "Section"]
["    Bad Request\n", "    Headers\n    • Retry-After\n", "    Headers\n", "Next"]
["    Bad Request\n", "    Bad Request\n    deprecated\n", "    deprecated", "Next"]
["    Bad Request\n", "    • Retry-After\n", "    • Retry-After", "Next"]
["  • application/json\n  • 400", "  • application/json\n    object\n  • 400", "    object", "Next"]
["  • 404", "  • four", "  • four", "Response"]
["Request Example", "Sample", "Sample for", "SampleHeading"]
["curl ", "wget ", "wget", "Sample"]
["--request", "--proxy", "curl", "CurlOption"]
["'X-Detail: full'", "'X-Detail'", "curl", "CurlHeader"]
["'X-Detail: full'", "'X-Detail: full", "curl", "CurlHeader"]
["curl https:", "curl ftp:", "curl", "CurlUrl"]
["\n{\n", "\nThe answer:\n{\n", "The answer", "Example"]
["Example response", "Example answer", "Example answer", "ExampleLabel"]
["Copyright ©", "All rights", "All rights", "Copyright"]
"#;
    let mut failures = Vec::new();
    for [from, to, at, expected] in rows(unexpected) {
        let damaged = damaged(&from.replace("DESCRIPTION", DESCRIPTION), &to);
        match facts(&damaged).err() {
            Some(PageError::Unexpected {
                line,
                expected: found,
                ..
            }) if line == line_of(&damaged, &at) && format!("{found:?}") == expected => {}
            other => failures.push(format!("{from:?} as {to:?} gave {other:?}")),
        }
    }
    let repeated = r#"
["Query Parameters", "Path Parameters", "Path Parameters\n  • page", "Path Parameters"]
["  • X-Detail", "  • Accept", "  • Accept\n    enum", "Accept"]
["    • size", "    • count", "    • count\n      Type: integer enum", "count"]
["  • 404", "  • 400", "  • 400\n\nReq", "400"]
["    • short", "    • full", "    • full\n  • Basic", "full"]
["--request", "-X PUT --request", "curl", "--request"]
["--request", "-H X-Detail:a --request", "curl", "--header"]
["--request", "-d x --request", "curl", "--data"]
["--request", "--url https://a --request", "curl", "--url"]
["--request", "https://a --request", "curl", "https://a"]
"#;
    for [from, to, at, repeated] in rows(repeated) {
        let damaged = damaged(&from, &to);
        match facts(&damaged).err() {
            Some(PageError::Repeated { line, name, .. })
                if (line, &name) == (line_of(&damaged, &at), &repeated) => {}
            other => failures.push(format!("{from:?} as {to:?} gave {other:?}")),
        }
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

/// The rows of a table, each a list in JSON.
fn rows(table: &str) -> impl Iterator<Item = [String; 4]> {
    let rows = table.trim().lines();
    rows.map(|row| serde_json::from_str(row).unwrap_or_else(|error| panic!("{error} in {row}")))
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
            "it is not a text, as byte 6 shows",
        ),
        (
            "null",
            b"POST a\0b".to_vec(),
            "it is not a text, as byte 6 shows",
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
            Ok(page) => format!("no error but {:?}", page.facts),
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

/// The inputs are always the same; a failure prints the input that failed.
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
            // Whatever the result is, it returns.
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
                // Cut within a line or before it, and continued in another way.
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
