//! Every example of the specification as the answer to a whole call: builder, wire, mock server, decoding.

use par_ordering::Client;
use par_ordering::conformance::{Arguments, Operation as Entry, Outcome};
use serde_json::Value;

use crate::agreement::difference::differences;
use crate::agreement::finding::Finding;
use crate::agreement::parameters::documented_arguments;
use crate::agreement::round_trip::entry;
use crate::mock_server::{MockServer, StartError};
use openapi::specification::{Operation, Specification};

/// What keeps the calls from being made.
#[derive(Debug, thiserror::Error)]
pub enum CallsError {
    #[error("failed to start the mock server: {0}")]
    Server(#[from] StartError),
    #[error("failed to build the client: {0}")]
    Client(#[from] par_ordering::BuildError),
}

/// A client of a mock server, and what it takes to call each operation as it is documented.
pub struct Calls {
    pub server: MockServer,
    client: Client,
}

impl Calls {
    /// # Errors
    ///
    /// No port could be had.
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

/// A client for the server at that URL, with settings that are told apart from every documented value.
///
/// # Errors
///
/// The URL is none that a client accepts.
pub fn client_of(url: String) -> Result<Client, par_ordering::BuildError> {
    let client = Client::builder()
        .base_url(url)
        .application("configured-application")
        .build()?;
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

/// Where what the caller gets is not what the specification says.
///
/// # Errors
///
/// No port could be had.
pub async fn findings(specification: &Specification) -> Result<Vec<Finding>, CallsError> {
    let calls = Calls::start(specification).await?;
    let mut findings = Vec::new();
    for operation in &specification.operations {
        for response in &operation.responses {
            let bare = (!response.has_body).then_some(None);
            for example in bare.into_iter().chain(response.examples.iter().map(Some)) {
                let status = response.status;
                let name = example.map(|example| example.name.as_str());
                calls.server.answer_example(status, name);
                let expected = example.map_or(&Value::Null, |example| &example.value);
                let of_this = |finding: Finding| match example {
                    Some(example) => finding.of_example(operation, response, example),
                    None => finding.of_response(operation, response),
                };
                match calls.call(operation).await {
                    Ok(outcome) => {
                        let found = outcome_differences(status, expected, &outcome).into_iter();
                        findings.extend(found.map(of_this));
                    }
                    Err(finding) => findings.push(finding),
                }
            }
        }
    }
    Ok(findings)
}

/// Where what a caller is told is not this status with this body; `null` is none.
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
