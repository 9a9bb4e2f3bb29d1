//! Refusals in the error envelope of the API.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::header::{ALLOW, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Response, StatusCode};
use axum::response::IntoResponse as _;
use serde_json::{Value, json};

use super::finding::{Finding, Kind};
use super::media::JSON;

/// How many findings fit into a line.
const MOST: usize = 20;

/// A refusal with this status that names each finding; the worst of them has this kind.
pub(super) fn of_findings(status: StatusCode, kind: Kind, findings: &[Finding]) -> Response<Body> {
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
    envelope(status, data)
}

/// The findings in a line, for a refusal that has no other place for them.
pub(super) fn in_a_line(findings: &[Finding]) -> Option<HeaderValue> {
    let rules = findings.iter().take(MOST);
    let rules = rules.map(|finding| format!("{}: {}", finding.field, finding.rule));
    HeaderValue::try_from(rules.collect::<Vec<_>>().join(", ")).ok()
}

/// A refusal for one reason.
pub(super) fn because(status: StatusCode, message: &str) -> Response<Body> {
    envelope(status, json!({"message": message}))
}

/// A refusal of a method: 405 with the methods that the path has.
pub(super) fn of_method<'a>(allowed: impl IntoIterator<Item = &'a str>) -> Response<Body> {
    let allowed: Vec<&str> = allowed.into_iter().collect();
    let message = "no operation with this path has this method";
    let response = because(StatusCode::METHOD_NOT_ALLOWED, message);
    ([(ALLOW, allowed.join(", "))], response).into_response()
}

/// The challenge after a token that is well-formed.
pub(super) const INVALID_TOKEN: &str = "Bearer error=\"invalid_token\"";

/// The refusal with its challenges.
pub(super) fn asking(mut refusal: Response<Body>, challenge: &str) -> Response<Body> {
    if let Ok(challenge) = HeaderValue::try_from(challenge) {
        refusal.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    refusal
}

fn envelope(status: StatusCode, data: Value) -> Response<Body> {
    let reason = status.canonical_reason().unwrap_or_default();
    let envelope = json!({"status": reason, "code": status.as_u16(), "data": data});
    (status, [(CONTENT_TYPE, JSON)], envelope.to_string()).into_response()
}
