//! Decoding keeps its promises for unexpected bytes.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;

use conformance::agreement::calls::client_of;
use conformance::agreement::decoding::{check, check_of};
use conformance::agreement::masking;
use conformance::agreement::round_trip::entry;
use conformance::mock_server::MockServer;
use conformance::workspace;
use openapi::composition::{alternatives, is_anything};
use openapi::document::Document;
use openapi::schema::behind;
use par_ordering::conformance::OPERATIONS;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::values::received;

/// The same cases on every run; a failure prints the case itself, made as small as possible.
fn runner(cases: u32) -> TestRunner {
    TestRunner::new(ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(5),
        failure_persistence: None,
        ..ProptestConfig::default()
    })
}

/// The same with fewer cases if there are many operations, each of which is tried with each case.
fn runner_for_all(cases: u32) -> TestRunner {
    let operations = u32::try_from(OPERATIONS.len()).unwrap_or(u32::MAX);
    runner((cases / operations.max(1)).max(64))
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e300..1e300f64).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(any::<String>(), inner, 0..4).prop_map(|members| json!(members)),
        ]
    })
}

/// A part that is present, that is absent in one of three ways, or that is something else.
fn optional(part: impl Strategy<Value = Value> + 'static) -> impl Strategy<Value = Option<Value>> {
    prop_oneof![
        6 => part.prop_map(Some),
        2 => Just(None),
        1 => Just(Some(Value::Null)),
        1 => Just(Some(json!([]))),
        1 => any_json().prop_map(Some),
    ]
}

fn object(members: Vec<(&'static str, Option<Value>)>, others: Value) -> Value {
    let mut object = serde_json::Map::new();
    if let Value::Object(others) = others {
        object.extend(others);
    }
    for (name, value) in members {
        if let Some(value) = value {
            object.insert(name.to_owned(), value);
        }
    }
    Value::Object(object)
}

/// Something like a token entry.
fn token() -> impl Strategy<Value = Value> {
    let range = (
        any::<i64>(),
        any::<i64>(),
        optional(any::<bool>().prop_map(Value::from)),
    );
    let bin_ranges = vec(range, 0..3).prop_map(|ranges| {
        let ranges: Vec<Value> = ranges
            .into_iter()
            .map(|(from, to, flag)| {
                let range = ("range", Some(json!({"from": from, "to": to})));
                object(vec![range, ("refundable", flag)], Value::Null)
            })
            .collect();
        json!({ "bin_ranges": ranges })
    });
    (
        any::<String>(),
        any::<i64>(),
        any::<String>(),
        any::<String>(),
        optional(any_json()),
        optional(bin_ranges),
        any_json(),
    )
        .prop_map(|(id, kind, token, url, info, bin_ranges, others)| {
            object(
                vec![
                    ("payment_processor_id", Some(json!(id))),
                    ("payment_processor_type_id", Some(json!(kind))),
                    ("token", Some(json!(token))),
                    ("actions", Some(json!({ "url": url }))),
                    ("additional_info", info),
                    ("bin_ranges", bin_ranges),
                ],
                others,
            )
        })
}

fn success() -> impl Strategy<Value = Value> {
    vec(token(), 0..3)
        .prop_map(|tokens| json!({"status": "OK", "code": 200, "data": {"tokens": tokens}}))
}

#[test]
fn any_bytes_decode_or_fail_without_a_panic() {
    runner_for_all(2_000)
        .run(&vec(any::<u8>(), 0..200), |bytes| {
            check(&bytes).map_err(TestCaseError::fail)
        })
        .unwrap();
}

#[test]
fn any_json_decodes_or_fails_without_a_panic() {
    runner_for_all(1_000)
        .run(&any_json(), |value| {
            check(value.to_string().as_bytes()).map_err(TestCaseError::fail)
        })
        .unwrap();
}

/// The same JSON, member by member and digit by digit: nothing is added, lost or rounded. An optional list or map that
/// is empty may be absent: backends do not tell these apart.
fn is_same(sent: &str, kept: &str) -> bool {
    type Members<'a> = BTreeMap<String, &'a RawValue>;

    let objects = [sent, kept].map(serde_json::from_str::<Members<'_>>);
    if let [Ok(sent), Ok(kept)] = &objects {
        let sent: Members<'_> = sent
            .iter()
            .filter(|(name, value)| kept.contains_key(*name) || !matches!(value.get(), "[]" | "{}"))
            .map(|(name, value)| (name.clone(), *value))
            .collect();
        let mut pairs = sent.iter().zip(kept);
        return sent.len() == kept.len()
            && pairs.all(|((name, one), (other_name, other))| {
                name == other_name && is_same(one.get(), other.get())
            });
    }
    let lists = [sent, kept].map(serde_json::from_str::<Vec<&RawValue>>);
    if let [Ok(sent), Ok(kept)] = &lists {
        let mut pairs = sent.iter().zip(kept);
        return sent.len() == kept.len()
            && pairs.all(|(one, other)| is_same(one.get(), other.get()));
    }
    let texts = [sent, kept].map(serde_json::from_str::<String>);
    if let [Ok(sent), Ok(kept)] = &texts {
        return sent == kept;
    }
    sent == kept || sent.strip_suffix(".0") == Some(kept) || kept.strip_suffix(".0") == Some(sent)
}

/// The same values on every run; a failure prints the value, made as small as possible.
#[test]
fn no_answer_loses_or_rounds_what_was_sent() {
    let specification = workspace::specification().unwrap();
    let specification = specification.composed().unwrap();
    for operation in &specification.operations {
        let entry = entry(&operation.id).unwrap();
        for response in operation.responses.iter().filter(|one| one.has_value()) {
            let what = format!("{} {}", operation.id, response.status);
            let known = entry.responses.iter();
            let known = known.filter(|known| known.status == response.status);
            let decode = known.map(|known| known.decode).next().unwrap();
            let bodies = received(&specification.document, &response.schema);
            let checked = runner(48).run(&bodies, |body| {
                let decoded = decode(body.as_bytes()).map_err(|error| {
                    TestCaseError::fail(format!("{}: {}", error.path, error.problem))
                })?;
                let kept = String::from_utf8(decoded.encoded).unwrap();
                prop_assert!(is_same(&body, &kept), "became {kept}");
                Ok(())
            });
            checked.unwrap_or_else(|error| panic!("{what} with the seed 5: {error}"));
        }
    }
}

/// The JSON pointer of each place where a value is one of several alternatives.
fn places_of_alternatives(document: &Document, schema: &Value, value: &Value) -> Vec<String> {
    let schema = behind(document.root(), schema);
    if let Some(alternatives) = alternatives(schema) {
        let is_any = alternatives.iter().any(is_anything);
        return if is_any {
            Vec::new()
        } else {
            vec![String::new()]
        };
    }
    let parts: Vec<(String, &Value, &Value)> = match value {
        Value::Array(entries) => entries
            .iter()
            .enumerate()
            .map(|(index, entry)| (index.to_string(), &schema["items"], entry))
            .collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| {
                let property = schema["properties"].get(name);
                let property = property.unwrap_or(&schema["additionalProperties"]);
                (name.clone(), property, member)
            })
            .collect(),
        _ => Vec::new(),
    };
    let within = parts.into_iter().flat_map(|(step, schema, value)| {
        let within = places_of_alternatives(document, schema, value).into_iter();
        within.map(move |place| format!("/{step}{place}"))
    });
    within.collect()
}

/// Today's answers have no alternatives; those of the endpoints that are added in a copy have.
#[test]
fn what_fits_no_alternative_is_kept_as_it_came_and_costs_nothing_else() {
    const STRANGE: &str = r#"{"a_canary": [0.1000000000000000055511151231257827, 1e400]}"#;
    let specification = workspace::specification().unwrap().composed().unwrap();
    let mut failures = Vec::new();
    for operation in &specification.operations {
        let entry = entry(&operation.id).unwrap();
        for response in &operation.responses {
            for example in &response.examples {
                let document = &specification.document;
                for place in places_of_alternatives(document, &response.schema, &example.value) {
                    let mut value = example.value.clone();
                    *value.pointer_mut(&place).unwrap() = "here".into();
                    let body = value.to_string().replace(r#""here""#, STRANGE);
                    let mut known = entry.responses.iter();
                    let known = known.find(|known| known.status == response.status);
                    let kept = match (known.unwrap().decode)(body.as_bytes()) {
                        Ok(decoded) if decoded.debug.contains("a_canary") => {
                            format!("shown as {}", decoded.debug)
                        }
                        Ok(decoded) => String::from_utf8(decoded.encoded).unwrap(),
                        Err(error) => error.problem,
                    };
                    if kept.matches(STRANGE).count() != 1 {
                        failures.push(format!("{} at {place}: {kept}", operation.id));
                    }
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn what_resembles_a_success_comes_back_as_it_was() {
    let entry = entry("generate_tokens").unwrap();
    let response = &entry.responses[0];
    let successes = Cell::new(0);
    runner(500)
        .run(&success(), |value| {
            let body = value.to_string();
            if let Ok(decoded) = (response.decode)(body.as_bytes()) {
                successes.set(successes.get() + 1);
                // Read in the same way as the answer: reading a number may change its last digit.
                let sent: Value = serde_json::from_str(&body).unwrap();
                let sent = sent["data"]["tokens"].as_array().unwrap();
                let kept = decoded.json["data"]["tokens"].as_array().unwrap();
                for (sent, kept) in sent.iter().zip(kept) {
                    let sent = sent.get("additional_info").and_then(Value::as_object);
                    let kept = kept.get("additional_info").and_then(Value::as_object);
                    prop_assert_eq!(sent, kept);
                }
            }
            check_of(entry, body.as_bytes()).map_err(TestCaseError::fail)
        })
        .unwrap();
    let successes = successes.get();
    assert!(
        successes > 100,
        "only {successes} of 500 cases were a success at all"
    );
}

#[test]
fn a_success_cut_anywhere_fails_without_a_panic() {
    let specification = workspace::specification().unwrap();
    for operation in &specification.operations {
        let entry = entry(&operation.id).unwrap();
        for response in &operation.responses {
            for example in &response.examples {
                let text = response.written(&example.value);
                for end in 0..text.len() {
                    check_of(entry, &text.as_bytes()[..end]).unwrap();
                }
            }
        }
    }
}

#[test]
fn the_raw_body_is_what_was_sent() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let specification = workspace::specification().unwrap();
    let server = runtime.block_on(MockServer::start(specification)).unwrap();
    let client = client_of(server.url()).unwrap();
    let status = prop_oneof![Just(200u16), Just(400), Just(404), Just(500)];
    runner(200)
        .run(&(status, vec(any::<u8>(), 0..2_000)), |(status, body)| {
            server.answer_raw(status, "application/json", body.clone());
            let outcome = runtime.block_on(client.generate_tokens().send());
            let raw = match &outcome {
                Ok(response) => response.raw_body().expose_secret(),
                Err(error) => error.raw_body().unwrap().expose_secret(),
            };
            prop_assert_eq!(raw, body);
            Ok(())
        })
        .unwrap();
}

#[test]
fn the_corpora_of_the_fuzz_targets_hold() {
    type Check = fn(&[u8]) -> Result<(), String>;
    let targets: [(&str, Check); 2] = [("decode", check), ("mask", masking::check)];
    for (target, check) in targets {
        let corpus = workspace::root()
            .unwrap()
            .join("conformance/fuzz/corpus")
            .join(target);
        let mut count = 0;
        for entry in fs::read_dir(corpus).unwrap() {
            let path = entry.unwrap().path();
            check(&fs::read(&path).unwrap())
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            count += 1;
        }
        assert!(count > 5, "the corpus of {target} holds {count} files");
    }
}
