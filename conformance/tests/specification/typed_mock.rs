//! The typed mock of the sdk answers with every example of the specification, unchanged or with a given number of
//! entries, and can expect every example of a body.

use std::fmt::Write as _;

use conformance::agreement::calls::{call, client_of};
use conformance::agreement::difference::differences;
use conformance::agreement::parameters::{
    arguments_with_body, body_bytes, documented_arguments, pairs,
};
use conformance::agreement::round_trip::entry;
use conformance::workspace;
use openapi::parameter::entry as entry_of;
use openapi::schema_check::SchemaCheck;
use openapi::specification::{Example, Operation, Parameter, RequestBody, Response, Specification};
use par_ordering::conformance::{ANSWERS, Answer, Arguments, EXPECTATIONS, Expectation, Outcome};
use par_ordering::httpmock::MockServer;
use serde_json::Value;

/// What a client gets: the status, and the body.
async fn answer_of(answer: &Answer, count: usize, specification: &Specification) -> (u16, Vec<u8>) {
    let server = MockServer::start_async().await;
    (answer.mock)(&server, count);
    let client = client_of(server.base_url()).unwrap();
    let operation = specification.operation(answer.operation).unwrap();
    let entry = entry(answer.operation).unwrap();
    let arguments = documented_arguments(operation, entry).unwrap();
    let (status, body) = match call(&client, entry, &arguments).await.unwrap() {
        Outcome::Success(success) => (Some(success.status), Some(success.raw_body)),
        Outcome::Failure(failure) => (failure.status, failure.raw_body),
    };
    (status.unwrap_or_default(), body.unwrap_or_default())
}

#[tokio::test]
async fn every_example_can_be_the_answer_and_be_had_as_a_value() {
    let specification = workspace::specification().unwrap();
    let mut failures = String::new();
    let mut known = 0;
    for operation in &specification.operations {
        for response in &operation.responses {
            for example in &response.examples {
                let place = &example.place;
                let answers: Vec<&Answer> = ANSWERS
                    .iter()
                    .filter(|answer| {
                        answer.operation == operation.id
                            && answer.status == response.status
                            && answer.example == example.name
                    })
                    .collect();
                known += answers.len();
                if answers.iter().filter(|one| one.list.is_none()).count() != 1 {
                    writeln!(failures, "{place} has not exactly one answer").unwrap();
                }
                for answer in answers {
                    for count in [0, 1, 3] {
                        let expected = with_entries(&example.value, answer.list, count);
                        let (status, body) = answer_of(answer, count, &specification).await;
                        let body = if response.has_value() {
                            serde_json::from_slice(&body).unwrap_or_default()
                        } else {
                            String::from_utf8(body).unwrap().into()
                        };
                        let expected = if response.has_value() {
                            expected
                        } else {
                            response.written(&expected).into()
                        };
                        // A value keeps what its type keeps: `null` may have become absent.
                        let decoded = decoded(&operation.id, response, &expected);
                        let value = (answer.value)(count);
                        for (what, expected, found) in
                            [("answer", &expected, body), ("value", &decoded, value)]
                        {
                            for difference in differences(expected, &found) {
                                let path = difference.path;
                                let problem = difference.problem;
                                writeln!(failures, "{place}, {what}, {path}: {problem}").unwrap();
                            }
                        }
                        if status != response.status {
                            writeln!(failures, "{place} came with status {status}").unwrap();
                        }
                    }
                }
            }
        }
    }
    if known != ANSWERS.len() {
        writeln!(
            failures,
            "{known} of {} answers are documented",
            ANSWERS.len()
        )
        .unwrap();
    }
    assert!(failures.is_empty(), "\n{failures}");
}

/// The body decoded into the type of its status, and encoded again.
fn decoded(operation: &str, response: &Response, body: &Value) -> Value {
    let entry = entry(operation).unwrap();
    let mut known = entry.responses.iter();
    let known = known.find(|one| one.status == response.status).unwrap();
    let decoded = (known.decode)(response.written(body).as_bytes());
    decoded
        .unwrap_or_else(|error| panic!("{}", error.problem))
        .json
}

/// The example with that many entries in the list at `pointer`, if it names one.
fn with_entries(example: &Value, pointer: Option<&str>, count: usize) -> Value {
    let mut expected = example.clone();
    if let Some(pointer) = pointer {
        let list = expected.pointer_mut(pointer).unwrap();
        let list = list.as_array_mut().unwrap();
        let entries = list.clone();
        list.clear();
        for index in 0..count {
            list.push(entries[index % entries.len()].clone());
        }
    }
    expected
}

#[tokio::test]
async fn the_answers_of_a_list_are_offered_with_a_number_of_entries() {
    let lists: Vec<(&str, &str)> = ANSWERS
        .iter()
        .filter_map(|answer| Some((answer.operation, answer.list?)))
        .collect();
    assert!(
        lists.contains(&("generate_tokens", "/data/tokens")),
        "{lists:?}"
    );
}

#[tokio::test]
async fn a_body_is_expected_by_its_value() {
    let specification = workspace::specification().unwrap();
    let mut failures = String::new();
    let mut known = 0;
    for operation in &specification.operations {
        known += 1;
        let expectation = expectation(operation);
        let Some(body) = &operation.request_body else {
            continue;
        };
        let check = SchemaCheck::new(&specification.document, &body.schema).unwrap();
        for example in &body.examples {
            let mut others = others(&example.value);
            // Null can't be changed.
            if example.value.is_null() {
                let of_body = body.examples.iter().map(|other| &other.value);
                others.extend(of_body.filter(|other| !other.is_null()).cloned());
            }
            let mut told_apart = 0;
            for (value, matches) in [(&example.value, true)]
                .into_iter()
                .chain(others.iter().map(|other| (other, false)))
            {
                let Some(calls) = calls_matched(expectation, operation, body, example, value).await
                else {
                    // It is not a value of the body's type.
                    assert!(!matches, "{} takes no {value}", operation.id);
                    continue;
                };
                told_apart += usize::from(!matches);
                // A missing required part is read as null, which the type writes.
                let may_be_the_same = !matches && !check.fits(value);
                if calls != usize::from(matches) && !may_be_the_same {
                    let place = &example.place;
                    writeln!(failures, "{place}: {calls} calls where {value} is expected").unwrap();
                }
            }
            assert!(told_apart > 0, "{}: no other value", example.place);
        }
    }
    assert_eq!(known, EXPECTATIONS.len(), "calls that are not documented");
    assert!(failures.is_empty(), "\n{failures}");
}

/// How many calls with the example are counted by a mock that expects this value; `None` if it is not a value of the
/// type.
async fn calls_matched(
    expectation: &Expectation,
    operation: &Operation,
    body: &RequestBody,
    example: &Example,
    value: &Value,
) -> Option<usize> {
    let server = MockServer::start_async().await;
    let mut expected = Arguments::default();
    expected.set_body(body_bytes(body, value));
    let mock = (expectation.mock)(&server, &expected).ok()?;
    let client = client_of(server.base_url()).unwrap();
    let entry = entry(&operation.id).unwrap();
    let arguments = arguments_with_body(operation, entry, body, example).unwrap();
    call(&client, entry, &arguments).await.unwrap();
    Some(mock.calls())
}

fn expectation(operation: &Operation) -> &'static Expectation {
    let mut expectations = EXPECTATIONS.iter();
    let found = expectations.find(|one| one.operation == operation.id);
    found.unwrap_or_else(|| panic!("{} can't be expected", operation.id))
}

#[tokio::test]
async fn a_parameter_is_expected_by_its_value() {
    let specification = workspace::specification().unwrap();
    let mut failures = String::new();
    let mut told_apart = 0;
    for operation in &specification.operations {
        let entry = entry(&operation.id).unwrap();
        let documented = documented_arguments(operation, entry).unwrap();
        for (parameter, builder) in pairs(operation, entry) {
            let (Some(builder), Some(example)) = (builder, &parameter.example) else {
                continue;
            };
            for (expected, matches) in [(example.clone(), true)].into_iter().chain(other_texts(
                &specification,
                parameter,
                example,
            )) {
                let server = MockServer::start_async().await;
                let mut arguments = Arguments::default();
                arguments.set_list(builder.name, expected.clone());
                let Ok(mock) = (expectation(operation).mock)(&server, &arguments) else {
                    // It is not a value of the parameter's type.
                    assert!(!matches, "{} takes no {expected:?}", parameter.place);
                    continue;
                };
                let client = client_of(server.base_url()).unwrap();
                call(&client, entry, &documented).await.unwrap();
                told_apart += usize::from(!matches);
                let calls = mock.calls();
                if calls != usize::from(matches) {
                    let place = &parameter.place;
                    writeln!(
                        failures,
                        "{place}: {calls} calls where {expected:?} is expected"
                    )
                    .unwrap();
                }
            }
        }
    }
    assert!(told_apart > 0, "no other value");
    assert!(failures.is_empty(), "\n{failures}");
}

/// Other values of a parameter, which no call with the example has.
fn other_texts(
    specification: &Specification,
    parameter: &Parameter,
    example: &[String],
) -> Vec<(Vec<String>, bool)> {
    let entry = entry_of(&specification.document, &parameter.schema);
    let other = |text: &String| match entry["type"].as_str() {
        Some("integer" | "number") => format!("1{text}"),
        Some("boolean") => (text != "true").to_string(),
        _ => {
            let values = entry["enum"].as_array().into_iter().flatten();
            let mut values = values.filter_map(Value::as_str);
            let listed = values.find(|value| value != text);
            listed.map_or_else(|| format!("{text}7"), str::to_owned)
        }
    };
    let mut others = vec![example.iter().map(other).collect()];
    if parameter.layout.is_list() {
        others.push(example[1..].to_vec());
        others.push([example, &example[..1]].concat());
    }
    others.into_iter().map(|other| (other, false)).collect()
}

/// Values that differ from this one in one place: one for each leaf that is changed, and for each part that is
/// removed.
fn others(value: &Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Bool(value) => vec![(!value).into()],
        Value::Number(number) => {
            vec![number.as_i64().unwrap_or_default().wrapping_add(1).into()]
        }
        Value::String(text) => vec![format!("{text} ").into()],
        Value::Array(entries) => {
            let mut others = Vec::new();
            for (index, entry) in entries.iter().enumerate() {
                let mut shorter = entries.clone();
                shorter.remove(index);
                others.push(shorter.into());
                for other in self::others(entry) {
                    let mut changed = entries.clone();
                    changed[index] = other;
                    others.push(changed.into());
                }
            }
            others
        }
        Value::Object(members) => {
            let mut others = Vec::new();
            for (name, member) in members {
                let mut smaller = members.clone();
                smaller.remove(name);
                others.push(smaller.into());
                for other in self::others(member) {
                    let mut changed = members.clone();
                    changed.insert(name.clone(), other);
                    others.push(changed.into());
                }
            }
            others
        }
    }
}

#[tokio::test]
async fn a_bearer_token_is_expected_where_the_mock_names_one() {
    use par_ordering::httpmock::MockServerExt as _;

    let server = MockServer::start_async().await;
    let mock = server.generate_tokens(|when, then| {
        when.bearer_token("expected");
        then.ok_documented();
    });
    let client = par_ordering::Client::builder()
        .base_url(server.base_url())
        .application("application")
        .build()
        .unwrap();
    for (token, found) in [("expected", true), ("another", false)] {
        let answer = client.for_customer(token).generate_tokens().send().await;
        assert_eq!(answer.is_ok(), found, "{token}");
    }
    mock.assert();
}

#[tokio::test]
async fn matchers_take_what_setters_take_and_none_where_nothing_is_sent() {
    use par_ordering::Secret;
    use par_ordering::httpmock::MockServerExt as _;
    use par_ordering::httpmock::operations::GenerateTokensWhen as When;
    use par_ordering::types::GenerateTokensXQbEnabled;
    use uuid::Uuid;

    const ID: Uuid = Uuid::from_u128(7);
    let matchers: [fn(When) -> When; 15] = [
        |when| when.page(2u32),
        |when| when.page(2usize).per_page(None),
        |when| when.page(Some(2)),
        |when| when.x_request_id(ID),
        |when| {
            let id = ID.to_string();
            when.x_request_id(&id).x_request_id(id)
        },
        |when| when.x_request_id(ID.to_string().as_str()),
        |when| when.x_qb_enabled(true),
        |when| when.x_qb_enabled("true"),
        |when| when.x_qb_enabled(GenerateTokensXQbEnabled::True),
        |when| when.application("application"),
        |when| {
            let key = Secret::from("application");
            when.application(&key).application(key)
        },
        |when| when.paginated_results(false),
        |when| when.include(None),
        |when| when.bearer_token("expected"),
        |when| {
            let token = Secret::from("expected");
            when.bearer_token(&token).bearer_token(token)
        },
    ];
    for (index, matcher) in matchers.into_iter().enumerate() {
        let server = MockServer::start_async().await;
        let mock = server.generate_tokens(|when, then| {
            matcher(when);
            then.ok_documented();
        });
        // The base URL of a client that has the path of one of the API's servers.
        let client = par_ordering::Client::builder()
            .base_url(format!("{}/api", server.base_url()))
            .application("application")
            .build()
            .unwrap();
        let call = client.for_customer("expected").generate_tokens();
        let call = call.page(2).x_request_id(ID).paginated_results(false);
        call.send()
            .await
            .unwrap_or_else(|error| panic!("matcher {index}: {error}"));
        mock.assert();
    }
}

#[test]
#[should_panic(expected = "no call matches: page must be a 64-bit integer, at least 1")]
fn a_matcher_that_no_call_can_have_says_so() {
    use par_ordering::httpmock::MockServerExt as _;

    let server = MockServer::start();
    server.generate_tokens(|when, _| {
        when.page(u64::MAX);
    });
}
