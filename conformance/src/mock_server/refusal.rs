//! Refusals: the error envelope of the API.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::header::{ALLOW, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use super::violation::Violation;

/// A refusal that names each violation. The gravest of them decides the status.
pub(super) fn of_violations(violations: &[Violation]) -> Option<Response<Body>> {
    let kind = violations.iter().map(|violation| violation.kind).min()?;
    let mut fields: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for violation in violations {
        let Violation {
            field,
            rule,
            message,
            ..
        } = violation;
        let rules = fields.entry(field).or_default();
        rules.push(json!({"rule": rule, "message": message}));
    }
    let data = json!({"message": kind.message(), "validations": fields});
    Some(envelope(kind.status(), data))
}

/// A refusal for one reason.
pub(super) fn because(status: StatusCode, message: &str) -> Response<Body> {
    envelope(status, json!({"message": message}))
}

/// A refusal of a method: 405 with those that the path has.
pub(super) fn of_method(allowed: &[&str]) -> Response<Body> {
    let message = "no operation with this path has this method";
    let mut response = because(StatusCode::METHOD_NOT_ALLOWED, message);
    if let Ok(allowed) = HeaderValue::try_from(allowed.join(", ")) {
        response.headers_mut().insert(ALLOW, allowed);
    }
    response
}

fn envelope(status: StatusCode, data: Value) -> Response<Body> {
    let reason = status.canonical_reason().unwrap_or_default();
    let envelope = json!({"status": reason, "code": status.as_u16(), "data": data});
    let mut response = json_response(status, &envelope);
    if status == StatusCode::UNAUTHORIZED {
        // HTTP demands it of every 401. The documented one has none, so the documented answer has none.
        let challenge = HeaderValue::from_static("Bearer");
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    response
}

/// An answer with a JSON body.
pub(super) fn json_response(status: StatusCode, value: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
