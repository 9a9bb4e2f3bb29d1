//! Refusals: the error envelope of the API.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::header::{ALLOW, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse as _;
use serde_json::{Value, json};

use super::finding::Finding;
use super::media::JSON;

/// A refusal that names each finding. The gravest of them decides the status.
pub(super) fn of_findings(findings: &[Finding]) -> Option<Response<Body>> {
    let kind = findings.iter().map(|finding| finding.kind).min()?;
    let mut fields: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for finding in findings {
        let Finding {
            field,
            rule,
            message,
            ..
        } = finding;
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
pub(super) fn of_method<'a>(allowed: impl IntoIterator<Item = &'a str>) -> Response<Body> {
    let allowed: Vec<&str> = allowed.into_iter().collect();
    let message = "no operation with this path has this method";
    let response = because(StatusCode::METHOD_NOT_ALLOWED, message);
    ([(ALLOW, allowed.join(", "))], response).into_response()
}

/// A refusal of a token that is well-formed.
pub(super) fn of_token(message: &str) -> Response<Body> {
    let challenge = "Bearer error=\"invalid_token\"";
    let response = because(StatusCode::UNAUTHORIZED, message);
    ([(WWW_AUTHENTICATE, challenge)], response).into_response()
}

fn envelope(status: StatusCode, data: Value) -> Response<Body> {
    let reason = status.canonical_reason().unwrap_or_default();
    let envelope = json!({"status": reason, "code": status.as_u16(), "data": data});
    let response = json_response(status, &envelope);
    if status == StatusCode::UNAUTHORIZED {
        // HTTP demands it of every 401. The documented one has none, so the documented answer has none.
        return ([(WWW_AUTHENTICATE, "Bearer")], response).into_response();
    }
    response
}

/// An answer with a JSON body.
pub(super) fn json_response(status: StatusCode, value: &Value) -> Response<Body> {
    (status, [(CONTENT_TYPE, JSON)], value.to_string()).into_response()
}
