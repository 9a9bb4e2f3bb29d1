//! What came, held against what the specification says.

use serde_json::Value;

use super::answer::{Answer, Body, Came, LARGEST_BODY};
use super::body;
use super::expectation::Expected;
use super::finding::{Finding, Kind};
use super::masking::Masking;
use super::plan::Probe;
use crate::difference::path_of_pointer;
use crate::documented_secret::secrets_of;
use crate::specification::{Response, Specification};

/// The only media type that the specification's bodies have.
const JSON: &str = "application/json";

/// Whatever is not as documented; nothing if all is.
#[must_use]
pub fn findings(
    specification: &Specification,
    probe: &Probe,
    came: &Came,
    masking: &Masking,
) -> Vec<Finding> {
    let answer = match came {
        Came::Answer(answer) => answer,
        Came::Silence(silence) => {
            let problem = masking.text(&silence.problem);
            return vec![Finding::new(Kind::Answer, problem)];
        }
    };
    let operation = specification.operation(&probe.operation);
    let response = operation.and_then(|operation| operation.response(answer.status));
    let mut findings = Vec::new();
    findings.extend(of_status(
        &probe.expected,
        answer.status,
        response.is_some(),
    ));
    findings.extend(of_allow(&probe.expected, answer));
    findings.extend(of_body(specification, response, answer, masking));
    if findings.is_empty()
        && let Some(problem) = &answer.refused_by_sdk
    {
        // What the schema does not allow the sdk need not read.
        let problem = format!("the sdk can't read it: {}", masking.text(problem));
        findings.push(Finding::new(Kind::Sdk, problem));
    }
    findings
}

fn of_status(expected: &Expected, status: u16, is_documented: bool) -> Option<Finding> {
    if expected.statuses.contains(&status) {
        return None;
    }
    Some(if is_documented {
        let problem = format!("{status} is documented, but not for this");
        Finding::new(Kind::Status, problem)
    } else {
        let problem = format!("the operation does not document {status}");
        Finding::new(Kind::UndocumentedStatus, problem)
    })
}

/// With that status HTTP demands the header.
fn of_allow(expected: &Expected, answer: &Answer) -> Option<Finding> {
    if expected.allow.is_empty() || !expected.statuses.contains(&answer.status) {
        return None;
    }
    let allow = answer.allow.as_deref().unwrap_or_default();
    let named: Vec<&str> = allow.split(',').map(str::trim).collect();
    let is_missing = |method: &&String| !named.contains(&method.as_str());
    let missing = expected.allow.iter().find(is_missing)?;
    let problem = match answer.allow {
        None => "Allow is missing".to_owned(),
        Some(_) => format!("Allow does not name {missing}"),
    };
    Some(Finding::new(Kind::Header, problem))
}

fn of_body(
    specification: &Specification,
    response: Option<&Response>,
    answer: &Answer,
    masking: &Masking,
) -> Vec<Finding> {
    let bytes = match &answer.body {
        Body::Whole(bytes) => bytes,
        Body::TooLarge => {
            let problem = format!("the body is larger than {LARGEST_BODY} bytes");
            return vec![Finding::new(Kind::Answer, problem)];
        }
        Body::BrokenOff(problem) => {
            let problem = format!("the body broke off: {}", masking.text(problem));
            return vec![Finding::new(Kind::Answer, problem)];
        }
    };
    let value: Option<Value> = serde_json::from_slice(bytes).ok();
    let mut findings = Vec::new();
    match response {
        Some(response) if !response.has_body => {
            if !bytes.is_empty() {
                let problem = "a body where none is documented";
                findings.push(Finding::at(".", Kind::Unknown, problem));
            }
        }
        Some(response) => {
            findings.extend(of_content_type(answer, masking));
            match &value {
                Some(value) => {
                    let document = specification.closed(&response.schema);
                    let secrets = secrets_of(&document, &response.schema, value);
                    let masking = masking.and_of_answer(secrets.iter().map(String::as_str));
                    let schema = &response.schema;
                    findings.extend(body::findings(specification, schema, value, &masking));
                }
                None => {
                    let problem = match bytes.len() {
                        0 => "there is no body".to_owned(),
                        length => format!("{length} bytes that are no JSON"),
                    };
                    findings.push(Finding::at(".", Kind::Body, problem));
                }
            }
        }
        // Nothing is known of its shape, but the envelope is that of all bodies.
        None => {}
    }
    if let Some(pointer) = &specification.envelope_code
        && let Some(code) = value
            .as_ref()
            .and_then(|value| value.pointer(pointer)?.as_i64())
        && code != i64::from(answer.status)
    {
        let problem = match code {
            100..=999 => format!("the envelope says {code}, the status is {}", answer.status),
            _ => "the envelope says what is no status".to_owned(),
        };
        findings.push(Finding::at(&path_of_pointer(pointer), Kind::Code, problem));
    }
    findings
}

fn of_content_type(answer: &Answer, masking: &Masking) -> Option<Finding> {
    let Some(content_type) = &answer.content_type else {
        return Some(Finding::new(Kind::Header, "Content-Type is missing"));
    };
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case(JSON) {
        return None;
    }
    let problem = format!(
        "Content-Type is {} instead of {JSON}",
        masking.text(media_type)
    );
    Some(Finding::new(Kind::Header, problem))
}
