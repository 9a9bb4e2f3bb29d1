//! The body of each operation: the documented value in its encoding, complete and once, the same each time, in clear
//! on the wire and nowhere else. A body that the specification does not allow is not sent.

use std::fmt::Write as _;
use std::time::Duration;

use conformance::agreement::calls::call;
use conformance::agreement::parameters::documented_parameters;
use conformance::agreement::round_trip::entry;
use conformance::testing::canary::Canaries;
use conformance::testing::message::{Message, json_answer};
use conformance::testing::script::{ScriptedServer, Step};
use conformance::workspace;
use openapi::body::Encoding;
use openapi::document::Document;
use openapi::secret::is_secret;
use openapi::specification::{Operation, RequestBody};
use par_ordering::conformance::{Arguments, Failure, Outcome, configured};
use par_ordering::{
    Client, Customer, ErrorKind, ProviderError, RetryPolicy, Secret, TokenProvider,
};
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use serde_json::{Value, json};

use crate::log::start_logging;
use crate::values::sent;

const CANARY: &str = "canary-of-a-secret-in-a-body-0a1b2c3d";

/// An operation that has a body, with one of the documented ones.
struct Case<'a> {
    operation: &'a Operation,
    body: &'a RequestBody,
    name: &'a str,
    value: &'a Value,
}

fn cases(operations: &[Operation]) -> impl Iterator<Item = Case<'_>> {
    operations.iter().flat_map(|operation| {
        let body = operation.request_body.as_ref();
        body.into_iter().flat_map(move |body| {
            body.examples.iter().map(move |example| Case {
                operation,
                body,
                name: &example.name,
                value: &example.value,
            })
        })
    })
}

impl Case<'_> {
    /// A call with this body.
    fn arguments(&self, value: &Value) -> Arguments {
        let entry = entry(&self.operation.id).unwrap();
        let mut arguments = documented_parameters(self.operation, entry).unwrap();
        arguments.set_body(self.given(value));
        arguments
    }

    fn given(&self, value: &Value) -> String {
        match value {
            Value::String(text) if !self.body.encoding.is_of_a_value() => text.clone(),
            value => value.to_string(),
        }
    }

    fn answer(&self, status: u16) -> Vec<u8> {
        let success = self.operation.success().unwrap();
        let body = success.examples.first().map(|one| one.value.to_string());
        match status {
            200 => json_answer(success.status, &body.unwrap_or_default()),
            status => json_answer(status, ""),
        }
    }

    /// The result of a call to a server that gives these answers, and what the server read.
    async fn call(
        &self,
        arguments: &Arguments,
        answers: &[u16],
        change: impl FnOnce(par_ordering::ClientBuilder) -> par_ordering::ClientBuilder,
    ) -> (Outcome, Vec<Message>, usize) {
        self.call_of("customer-token".into(), arguments, answers, change)
            .await
    }

    async fn call_of(
        &self,
        customer: Customer,
        arguments: &Arguments,
        answers: &[u16],
        change: impl FnOnce(par_ordering::ClientBuilder) -> par_ordering::ClientBuilder,
    ) -> (Outcome, Vec<Message>, usize) {
        let scripts = answers.iter().map(|status| match status {
            0 => vec![Step::Read, Step::Reset],
            status => vec![Step::Read, Step::Write(self.answer(*status))],
        });
        let server = ScriptedServer::start(scripts.collect()).await.unwrap();
        let builder = Client::builder().base_url(server.url());
        let client = change(configured(builder));
        let client = client.build().unwrap().for_customer(customer);
        let entry = entry(&self.operation.id).unwrap();
        let outcome = call(&client, entry, arguments).await.unwrap();
        (outcome, server.all_requests(), server.connections())
    }

    fn problem(&self, problem: impl std::fmt::Display) -> String {
        format!("{} with {}: {problem}", self.operation.id, self.name)
    }
}

/// The pairs of a form, decoded.
fn pairs(text: &str) -> Vec<(String, String)> {
    let url = reqwest::Url::parse(&format!("http://form/?{text}")).unwrap();
    url.query_pairs().into_owned().collect()
}

fn documented_pairs(value: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut pairs = Vec::new();
    for (name, value) in value.as_object().unwrap() {
        match value {
            Value::Null => {}
            Value::Array(items) => {
                pairs.extend(items.iter().map(|item| (name.clone(), text(item))))
            }
            other => pairs.push((name.clone(), text(other))),
        }
    }
    pairs
}

/// The value with each number as a fraction: in JSON, `7` and `7.0` are one number.
fn same_numbers(value: &Value) -> Value {
    match value {
        Value::Number(number)
            if number.is_f64() || number.as_i64().is_some_and(|n| n.unsigned_abs() < 1 << 53) =>
        {
            Value::from(number.as_f64())
        }
        Value::Array(items) => items.iter().map(same_numbers).collect(),
        Value::Object(members) => {
            let members = members.iter();
            members
                .map(|(key, member)| (key.clone(), same_numbers(member)))
                .collect()
        }
        other => other.clone(),
    }
}

/// What is wrong with a request that has this body.
fn problems(case: &Case<'_>, request: &Message) -> Vec<String> {
    let mut problems = Vec::new();
    for (name, expected) in [
        ("content-type", vec![case.body.media_type.clone()]),
        ("content-length", vec![request.body.len().to_string()]),
        ("transfer-encoding", vec![]),
    ] {
        if request.values(name) != expected {
            problems.push(format!("{name} is {:?}", request.values(name)));
        }
    }
    let is_same = match case.body.encoding {
        // Compact: not longer than this library writes it.
        Encoding::Json => {
            let sent = request.json();
            same_numbers(case.value) == same_numbers(&sent)
                && request.body.len() == sent.to_string().len()
        }
        Encoding::Form => {
            let (mut sent, mut expected) = (pairs(&request.body), documented_pairs(case.value));
            sent.sort();
            expected.sort();
            sent == expected
        }
        Encoding::Text | Encoding::Bytes => request.body == case.given(case.value),
    };
    if !is_same {
        problems.push(format!("{} is sent for {}", request.body, case.value));
    }
    problems
}

fn report(failures: &[String]) {
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[tokio::test]
async fn a_body_is_sent_once_and_complete_and_the_same_each_time() {
    let specification = workspace::specification().unwrap();
    let mut failures = Vec::new();
    for case in cases(&specification.operations) {
        let arguments = case.arguments(case.value);
        let soon = |policy: RetryPolicy| policy.base_delay(Duration::from_millis(1));
        let (_, once, _) = case.call(&arguments, &[200], |client| client).await;
        let [first] = &once[..] else {
            failures.push(case.problem(format!("{} requests", once.len())));
            continue;
        };
        failures.extend(
            problems(&case, first)
                .into_iter()
                .map(|one| case.problem(one)),
        );
        let (outcome, repeated, _) = case
            .call(&arguments, &[503, 503, 200], |client| {
                client.retry(soon(RetryPolicy::transient()))
            })
            .await;
        // The body does not decide whether it may be repeated.
        if matches!(outcome, Outcome::Success(_)) && repeated.len() != 3 {
            failures.push(case.problem(format!("{} attempts", repeated.len())));
        }
        for request in &repeated {
            if request.body != first.body
                || request.values("content-length") != first.values("content-length")
            {
                failures.push(case.problem(format!("an attempt sends {}", request.body)));
            }
        }
        let (_, renewed, _) = case
            .call_of(
                Customer::provided_by(Login),
                &arguments,
                &[401, 200],
                |client| client,
            )
            .await;
        let authorization = first.values("authorization");
        let is_renewed = authorization.iter().any(|sent| sent.starts_with("Bearer "));
        if renewed.len() != 1 + usize::from(is_renewed) {
            failures.push(case.problem(format!("{} requests with a renewal", renewed.len())));
        }
        if renewed.iter().any(|request| request.body != first.body) {
            failures.push(case.problem("another body is sent after a renewal"));
        }
    }
    report(&failures);
}

/// Tells a token, and another one where that is rejected.
struct Login;

impl TokenProvider for Login {
    async fn token(&self) -> Result<Secret, ProviderError> {
        Ok("expired".into())
    }

    async fn refresh(&self, _: &Secret) -> Result<Secret, ProviderError> {
        Ok("renewed".into())
    }
}

/// The same values on every run; a failure prints the value, made as small as possible.
#[test]
fn any_value_of_a_body_is_the_same_after_it_was_encoded_and_decoded_and_on_the_wire() {
    let specification = workspace::specification().unwrap();
    let composed = specification.composed().unwrap();
    let document = &composed.document;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let all: Vec<Case<'_>> = cases(&specification.operations).collect();
    // If there are many bodies, each is tried less often.
    let values_of_each = if all.len() > 50 { 8 } else { 24 };
    for case in all {
        let entry = entry(&case.operation.id).unwrap();
        let Some(decode) = entry.body.as_ref().and_then(|body| body.decode) else {
            continue;
        };
        let mut runner = TestRunner::new(ProptestConfig {
            cases: values_of_each,
            rng_seed: RngSeed::Fixed(15),
            failure_persistence: None,
            ..ProptestConfig::default()
        });
        let composed = composed.operation(&case.operation.id);
        let body = composed.and_then(|operation| operation.request_body.as_ref());
        let values = sent(document, &body.unwrap().schema);
        let checked = runner.run(&values, |value| {
            let decoded = decode(value.to_string().as_bytes()).map_err(|error| {
                TestCaseError::fail(format!("{}: {}", error.path, error.problem))
            })?;
            prop_assert_eq!(same_numbers(&decoded.json), same_numbers(&value));
            let again = decode(&decoded.encoded).map(|again| again.encoded);
            prop_assert_eq!(again.ok(), Some(decoded.encoded));
            let arguments = case.arguments(&value);
            let call = case.call(&arguments, &[200], |client| client);
            let (outcome, requests, _) = runtime.block_on(call);
            prop_assert_eq!(requests.len(), 1, "{}", shown(&outcome));
            let problems = problems(
                &Case {
                    value: &value,
                    ..case
                },
                &requests[0],
            );
            prop_assert!(problems.is_empty(), "{}", problems.join("\n"));
            Ok(())
        });
        checked.unwrap_or_else(|error| panic!("{}", case.problem(error)));
    }
}

#[tokio::test]
async fn a_body_without_a_byte_has_its_type_and_its_length() {
    let specification = workspace::specification().unwrap();
    let mut failures = Vec::new();
    for case in cases(&specification.operations) {
        if case.body.encoding.is_of_a_value() || case.body.schema["minLength"].is_u64() {
            continue;
        }
        let empty = Value::String(String::new());
        let case = Case {
            value: &empty,
            ..case
        };
        let (_, requests, _) = case
            .call(&case.arguments(&empty), &[200], |client| client)
            .await;
        match &requests[..] {
            [request] => failures.extend(
                problems(&case, request)
                    .into_iter()
                    .map(|one| case.problem(one)),
            ),
            other => failures.push(case.problem(format!("{} requests", other.len()))),
        }
    }
    report(&failures);
}

#[tokio::test]
async fn a_body_up_to_the_limit_is_sent_and_one_byte_more_is_not() {
    let specification = workspace::specification().unwrap();
    let mut failures = Vec::new();
    for case in cases(&specification.operations) {
        let arguments = case.arguments(case.value);
        let (_, requests, _) = case.call(&arguments, &[200], |client| client).await;
        let size = requests[0].body.len();
        let (_, requests, _) = case
            .call(&arguments, &[200], |client| {
                client.max_request_body_bytes(size)
            })
            .await;
        if requests.len() != 1 {
            failures.push(case.problem("is not sent at the limit"));
        }
        let (outcome, _, connections) = case
            .call(&arguments, &[200], |client| {
                client.max_request_body_bytes(size - 1)
            })
            .await;
        failures.extend(refused(&outcome, connections, "larger").map(|one| case.problem(one)));
    }
    report(&failures);
}

/// What is wrong with a call that must not be sent.
fn refused(outcome: &Outcome, connections: usize, named: &str) -> Option<String> {
    match outcome {
        Outcome::Failure(failure)
            if failure.kind == ErrorKind::InvalidRequest
                && failure.display.contains(named)
                && connections == 0 =>
        {
            None
        }
        Outcome::Failure(failure) => Some(format!(
            "{} with {connections} connections, and not the refusal of {named}",
            failure.display
        )),
        Outcome::Success(_) => Some(format!("is sent in spite of {named}")),
    }
}

#[tokio::test]
async fn a_required_body_that_is_not_given_and_a_broken_bound_are_named_and_not_sent() {
    let specification = workspace::specification().unwrap();
    let mut failures = Vec::new();
    for case in cases(&specification.operations) {
        let entry = entry(&case.operation.id).unwrap();
        let without = documented_parameters(case.operation, entry).unwrap();
        let (outcome, requests, connections) = case.call(&without, &[200], |client| client).await;
        if case.body.required {
            failures.extend(refused(&outcome, connections, "body").map(|one| case.problem(one)));
        } else if requests.len() != 1 || !requests[0].body.is_empty() {
            failures.push(case.problem("is not left out"));
        }
        let schema = specification.document.resolve(&case.body.schema);
        for (name, value) in broken(&specification.document, schema.unwrap(), case.value) {
            let arguments = case.arguments(&value);
            let (outcome, _, connections) = case.call(&arguments, &[200], |client| client).await;
            failures.extend(refused(&outcome, connections, &name).map(|one| case.problem(one)));
            failures.extend(leaks(&outcome).map(|one| case.problem(one)));
        }
    }
    report(&failures);
}

/// Bodies that break one rule each, with the name of what breaks it.
fn broken(document: &Document, schema: &Value, value: &Value) -> Vec<(String, Value)> {
    let must_have_some =
        |schema: &Value| schema["minProperties"].as_u64() > Some(0) && schema["required"].is_null();
    let mut broken = Vec::new();
    if must_have_some(schema) {
        broken.push(("body".to_owned(), json!({})));
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let property = document.resolve(property).unwrap();
        let listed = property["enum"].as_array().cloned().unwrap_or_default();
        let wrong = if matches!(property["format"].as_str(), Some("email" | "uuid")) {
            Value::from(CANARY)
        } else if property["minLength"]
            .as_u64()
            .is_some_and(|least| least > 0)
        {
            Value::from("")
        } else if let Some(most) = property["maxLength"].as_u64() {
            Value::from(CANARY.repeat(most as usize / CANARY.len() + 1))
        } else if let Some(less) = property["minimum"]
            .as_i64()
            .and_then(|one| one.checked_sub(1))
        {
            Value::from(less)
        } else if must_have_some(property) {
            json!({})
        } else if let (Some("boolean"), [Value::Bool(only)]) =
            (property["type"].as_str(), listed.as_slice())
        {
            Value::from(!only)
        } else {
            continue;
        };
        let mut value = value.clone();
        value[name] = wrong;
        broken.push((name.clone(), value));
    }
    broken
}

pub fn shown(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Success(success) => success.debug.clone(),
        Outcome::Failure(Failure {
            display,
            debug,
            pretty,
            sources,
            ..
        }) => format!("{display}\n{debug}\n{pretty}\n{sources:?}"),
    }
}

fn leaks(outcome: &Outcome) -> impl Iterator<Item = String> + use<> {
    Canaries::new(&[CANARY]).found(&shown(outcome)).into_iter()
}

/// The value with the canary in each field that is a secret; how many there are.
fn plant(document: &Document, schema: &Value, value: &mut Value) -> usize {
    let schema = document.resolve(schema).unwrap();
    match value {
        Value::String(text) if is_secret(schema) => {
            *text = CANARY.to_owned();
            1
        }
        Value::Object(members) => {
            let members = members.iter_mut();
            members
                .map(|(key, member)| plant(document, &schema["properties"][key], member))
                .sum()
        }
        Value::Array(items) => {
            let items = items.iter_mut();
            items
                .map(|item| plant(document, &schema["items"], item))
                .sum()
        }
        _ => 0,
    }
}

#[tokio::test]
async fn a_secret_of_a_body_is_in_clear_on_the_wire_only() {
    let (log, _guard) = start_logging("trace");
    let specification = workspace::specification().unwrap();
    let mut failures = Vec::new();
    for case in cases(&specification.operations) {
        let mut value = case.value.clone();
        if plant(&specification.document, &case.body.schema, &mut value) == 0 {
            continue;
        }
        let arguments = case.arguments(&value);
        for status in [200, 400, 0] {
            let (outcome, requests, _) = case.call(&arguments, &[status], |client| client).await;
            if !requests.iter().any(|request| request.body.contains(CANARY)) {
                failures.push(case.problem("the secret is not sent"));
            }
            failures.extend(leaks(&outcome).map(|one| case.problem(one)));
        }
        let entry = entry(&case.operation.id).unwrap();
        let decode = entry.body.as_ref().and_then(|body| body.decode).unwrap();
        let debug = decode(value.to_string().as_bytes()).unwrap().debug;
        for leak in Canaries::new(&[CANARY]).found(&debug) {
            failures.push(case.problem(format!("{leak} in Debug of the body")));
        }
    }
    let logged = log.take();
    let mut text = String::new();
    for leak in logged
        .lines()
        .flat_map(|line| Canaries::new(&[CANARY]).found(line))
    {
        writeln!(text, "{leak} is logged").unwrap();
    }
    assert_eq!(text, "");
    report(&failures);
}
