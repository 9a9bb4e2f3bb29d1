//! Which answer a request gets that is as documented.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use serde_json::Value;

use super::preference::Preference;
use super::refusal;
use openapi::specification::{Example, Operation, Response as Documented};

/// What the server was told to answer.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    /// An example of the specification: of the success with the lowest status and the first one, unless they
    /// are named.
    Documented {
        status: Option<u16>,
        name: Option<String>,
    },
    /// Something that the specification does not say.
    Raw {
        status: u16,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    },
}

impl Default for Answer {
    fn default() -> Self {
        Self::Documented {
            status: None,
            name: None,
        }
    }
}

/// What comes of it.
pub(super) enum Choice<'a> {
    /// A documented response with one of its examples, or without a body.
    Documented(&'a Documented, Option<&'a Example>),
    Other(Response<Body>),
}

/// The answer of an operation. What a request prefers counts more than what the server was told, unless that
/// is nothing that the specification says.
pub(super) fn choose<'a>(
    operation: &'a Operation,
    answer: &Answer,
    preference: &Preference,
) -> Choice<'a> {
    let (status, name) = match answer {
        Answer::Raw {
            status,
            headers,
            body,
        } => return Choice::Other(raw(*status, headers, body.clone())),
        Answer::Documented { status, name } => (*status, name.as_deref()),
    };
    let success = || operation.success().map(|response| response.status);
    let status = preference.code.or(status).or_else(success);
    let name = match preference.code {
        None => preference.example.as_deref().or(name),
        // The name belongs to another status.
        Some(_) => preference.example.as_deref(),
    };
    // As in Prism a request that asks for what is not there learns that it was not found; a server that was
    // told so is at fault itself.
    let fault = if preference.is_none() {
        StatusCode::INTERNAL_SERVER_ERROR
    } else {
        StatusCode::NOT_FOUND
    };
    let refused = |message: &str| Choice::Other(refusal::because(fault, message));
    let Some(response) = status.and_then(|status| operation.response(status)) else {
        let responses = operation.responses.iter();
        let statuses: Vec<String> = responses.map(|one| one.status.to_string()).collect();
        return refused(&format!(
            "{} does not document this status, only: {}",
            operation.id,
            statuses.join(", ")
        ));
    };
    let example = named(response, name);
    // As in Prism an example that only the success has counts more than the status.
    if example.is_none()
        && preference.code.is_some()
        && name.is_some()
        && let Some(success) = operation.success()
        && let Some(example) = named(success, name)
    {
        return Choice::Documented(success, Some(example));
    }
    if example.is_some() || name.is_none() && !response.has_body {
        return Choice::Documented(response, example);
    }
    let examples = response.examples.iter();
    let names: Vec<&str> = examples.map(|one| one.name.as_str()).collect();
    refused(&format!(
        "{} has no such example, only: {}",
        response.place,
        names.join(", ")
    ))
}

/// The example of that name, or the first one.
fn named<'a>(response: &'a Documented, name: Option<&str>) -> Option<&'a Example> {
    let mut examples = response.examples.iter();
    examples.find(|example| name.is_none_or(|name| example.name == name))
}

/// The documented response, with this body if it has one.
pub(super) fn documented(response: &Documented, body: Option<&Value>) -> Response<Body> {
    let status = StatusCode::from_u16(response.status);
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match body {
        Some(body) => refusal::json_response(status, body),
        None => raw(response.status, &[], Vec::new()),
    }
}

fn raw(status: u16, headers: &[(String, String)], body: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}
