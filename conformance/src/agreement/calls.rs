//! Every example of the specification in a whole call, as the answer or as the body: builder, wire, mock server,
//! decoding.

use std::io;

use par_ordering::Client;
use par_ordering::conformance::{Arguments, Operation as Entry, Outcome, configured};
use serde_json::Value;

use crate::agreement::difference::differences;
use crate::agreement::finding::Finding;
use crate::agreement::parameters::{arguments_with_body, body_bytes, documented_arguments};
use crate::agreement::round_trip::entry;
use crate::mock_server::{MockServer, StartError};
use crate::testing::message::{Message, json_answer};
use crate::testing::script::ScriptedServer;
use openapi::body::Encoding;
use openapi::specification::{Example, Operation, RequestBody, Specification};

/// Why the calls can't be made.
#[derive(Debug, thiserror::Error)]
pub enum CallsError {
    #[error("failed to start the mock server: {0}")]
    Server(#[from] StartError),
    #[error("failed to build the client: {0}")]
    Client(#[from] par_ordering::BuildError),
    #[error("failed to listen for a body: {0}")]
    Listen(#[from] io::Error),
}

/// A client of a mock server, and what is needed to call each operation with its documented examples.
pub struct Calls {
    pub server: MockServer,
    client: Client,
}

impl Calls {
    /// # Errors
    ///
    /// There is no free port.
    pub async fn start(specification: &Specification) -> Result<Self, CallsError> {
        let server = MockServer::start(specification.clone()).await?;
        let client = client_of(server.url())?;
        Ok(Self { server, client })
    }

    /// Calls an operation with the documented example of each of its parameters, the request id too.
    ///
    /// # Errors
    ///
    /// An example is missing, or is not of its parameter's type.
    pub async fn call(&self, operation: &Operation) -> Result<Outcome, Finding> {
        let entry = entry(&operation.id)?;
        let arguments = documented_arguments(operation, entry)?;
        call(&self.client, entry, &arguments).await
    }
}

/// A client for the server at that URL, with settings that differ from every documented value.
///
/// # Errors
///
/// A client does not accept the URL.
pub fn client_of(url: String) -> Result<Client, par_ordering::BuildError> {
    let client = configured(Client::builder()).base_url(url).build()?;
    Ok(client.for_customer("customer-token"))
}

/// Calls one operation.
///
/// # Errors
///
/// An argument is not of its parameter's type.
pub async fn call(
    client: &Client,
    entry: &Entry,
    arguments: &Arguments,
) -> Result<Outcome, Finding> {
    (entry.call)(client, arguments)
        .await
        .map_err(|error| Finding::of_operation(entry.id, error.to_string()))
}

/// Where the caller gets something other than the specification says.
///
/// # Errors
///
/// There is no free port.
pub async fn findings(specification: &Specification) -> Result<Vec<Finding>, CallsError> {
    let calls = Calls::start(specification).await?;
    let mut findings = Vec::new();
    for operation in &specification.operations {
        for response in &operation.responses {
            let bare = (!response.has_body()).then_some(None);
            for example in bare.into_iter().chain(response.examples.iter().map(Some)) {
                let status = response.status;
                let name = example.map(|example| example.name.as_str());
                calls.server.answer_example(status, name);
                let expected = example.map_or(Value::Null, |one| response.read(&one.value));
                let of_this = |finding: Finding| match example {
                    Some(example) => finding.of_example(operation, response, example),
                    None => finding.of_response(operation, response),
                };
                match calls.call(operation).await {
                    Ok(outcome) => {
                        let found = outcome_differences(status, &expected, &outcome).into_iter();
                        findings.extend(found.map(of_this));
                    }
                    Err(finding) => findings.push(finding),
                }
            }
        }
        if let Some(body) = &operation.request_body {
            for example in &body.examples {
                let found = of_body(&calls, operation, body, example).await?.into_iter();
                findings.extend(found.map(|one| one.of_body_example(operation, example)));
            }
        }
    }
    Ok(findings)
}

/// Where a body does not arrive as it was given, or the mock server refuses it.
async fn of_body(
    calls: &Calls,
    operation: &Operation,
    body: &RequestBody,
    example: &Example,
) -> Result<Vec<Finding>, CallsError> {
    let Some(success) = operation.success() else {
        return Ok(vec![Finding::of_all("there is no success to answer with")]);
    };
    let arguments = entry(&operation.id)
        .and_then(|entry| Ok((entry, arguments_with_body(operation, entry, body, example)?)));
    let (entry, arguments) = match arguments {
        Ok(arguments) => arguments,
        Err(finding) => return Ok(vec![finding]),
    };
    let answer = success.examples.first();
    let value = answer.map_or(Value::Null, |answer| success.read(&answer.value));
    let text = answer.map(|answer| success.written(&answer.value));
    let wire = ScriptedServer::answering(json_answer(success.status, &text.unwrap_or_default()));
    let wire = wire.await?;
    let name = answer.map(|answer| answer.name.as_str());
    calls.server.answer_example(success.status, name);
    let mut findings = Vec::new();
    for client in [&client_of(wire.url())?, &calls.client] {
        match call(client, entry, &arguments).await {
            Ok(outcome) => {
                findings.extend(outcome_differences(success.status, &value, &outcome));
            }
            Err(finding) => findings.push(finding),
        }
    }
    match wire.request() {
        Some(request) => findings.extend(sent_differences(body, &example.value, &request)),
        None => findings.push(Finding::of_all("nothing was sent")),
    }
    Ok(findings)
}

/// Where a request does not have that value as the body of its media type.
fn sent_differences(body: &RequestBody, value: &Value, request: &Message) -> Vec<Finding> {
    let mut findings = Vec::new();
    let length = request.body.len().to_string();
    for (name, expected) in [
        ("content-type", vec![body.media_type.as_str()]),
        ("content-length", vec![length.as_str()]),
        ("transfer-encoding", Vec::new()),
    ] {
        let sent = request.values(name);
        if sent != expected {
            let problem = format!("{name} is {sent:?} instead of {expected:?}");
            findings.push(Finding::of_all(problem));
        }
    }
    match body.encoding {
        Encoding::Json => findings.extend(differences(value, &request.json())),
        Encoding::Form => {
            let (expected, sent) = (pairs_of(value), sent_pairs(&request.body));
            if sent != expected {
                let problem = format!("the pairs {expected:?} became {sent:?}");
                findings.push(Finding::of_all(problem));
            }
        }
        Encoding::Text | Encoding::Bytes => {
            if request.body.as_bytes() != body_bytes(body, value) {
                let problem = format!("{value} became {:?}", request.body);
                findings.push(Finding::of_all(problem));
            }
        }
    }
    findings
}

/// The pairs of a form for a value, ordered by name.
fn pairs_of(value: &Value) -> Vec<(String, String)> {
    let members = value.as_object().into_iter().flatten();
    let mut pairs: Vec<_> = members
        .flat_map(|(name, value)| {
            let entries = match value {
                Value::Array(entries) => entries.as_slice(),
                Value::Null => &[],
                one => std::slice::from_ref(one),
            };
            entries.iter().map(|entry| (name.clone(), text(entry)))
        })
        .collect();
    pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
    pairs
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn sent_pairs(form: &str) -> Vec<(String, String)> {
    let pairs = url::form_urlencoded::parse(form.as_bytes());
    let mut pairs: Vec<(String, String)> = pairs.into_owned().collect();
    pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
    pairs
}

/// Where a caller does not get this status with this body; `null` is no body.
#[must_use]
pub fn outcome_differences(status: u16, expected: &Value, outcome: &Outcome) -> Vec<Finding> {
    let (is_success, actual_status, json, shown) = match outcome {
        Outcome::Success(success) => (true, Some(success.status), Some(&success.json), ""),
        Outcome::Failure(failure) => (
            false,
            failure.status,
            failure.envelope.as_ref(),
            failure.display.as_str(),
        ),
    };
    let whole = |problem: String| vec![Finding::of_all(problem)];
    if actual_status != Some(status) {
        return whole(format!(
            "the caller is told status {actual_status:?}: {shown}"
        ));
    }
    if is_success != (status < 400) {
        let what = if is_success { "a success" } else { "an error" };
        return whole(format!("the caller is told of {what}: {shown}"));
    }
    match json {
        Some(json) => differences(expected, json),
        None if expected.is_null() => Vec::new(),
        None => whole("the error has no envelope".to_owned()),
    }
}
