//! Checks an answer against the specification.

use serde_json::Value;

use super::answer::{Answer, Body, Came, LARGEST_BODY};
use super::body;
use super::expectation::Expected;
use super::finding::{Finding, Kind};
use super::masking::Masking;
use super::plan::Probe;
use crate::json_path;
use openapi::body::essence;
use openapi::document::reference;
use openapi::extension::ENVELOPE;
use openapi::secret::secrets_of;
use openapi::specification::{Response, Specification};

/// Everything that is not as documented; empty if everything is.
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
    let documented = operation.and_then(|operation| operation.response(answer.status));
    let response = documented
        .filter(|response| probe.expected.is_of_operation || is_envelope(specification, response));
    let mut findings = Vec::new();
    findings.extend(of_status(
        &probe.expected,
        answer.status,
        documented.is_some(),
    ));
    findings.extend(of_allow(&probe.expected, answer));
    // If the request should have been refused, the body of the success is not the problem: the documented call checks
    // it.
    if answer.status >= 300 || probe.expected.is_success() {
        findings.extend(of_body(specification, response, answer, masking));
    }
    if findings.is_empty()
        && let Some(problem) = &answer.refused_by_sdk
    {
        // The sdk need not be able to read what the schema does not allow.
        let problem = format!("the sdk can't read it: {}", masking.text(problem));
        findings.push(Finding::new(Kind::Sdk, problem));
    }
    findings
}

/// Whether it is the error that all operations of the API share.
fn is_envelope(specification: &Specification, response: &Response) -> bool {
    let common = specification.document.root()[ENVELOPE]["schema"].as_str();
    common.is_some() && reference(&response.schema) == common
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

/// HTTP requires the header with that status.
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
            let problem = format!("the body ended too early: {}", masking.text(problem));
            return vec![Finding::new(Kind::Answer, problem)];
        }
    };
    let value: Option<Value> = serde_json::from_slice(bytes).ok();
    let mut findings = Vec::new();
    match response {
        Some(response) if response.has_body() => {
            let documented = response.media_type.as_deref().unwrap_or_default();
            findings.extend(of_content_type(answer, documented, masking));
            if response.has_value() {
                findings.extend(of_value(
                    specification,
                    response,
                    bytes,
                    value.as_ref(),
                    masking,
                ));
            }
        }
        Some(_) if !bytes.is_empty() => {
            let problem = "a body where none is documented";
            findings.push(Finding::at(".", Kind::Unknown, problem));
        }
        // Its shape is not known, but it has the same envelope as all bodies.
        _ => {}
    }
    if let Some(pointer) = &specification.envelope_code
        && let Some(code) = value
            .as_ref()
            .and_then(|value| value.pointer(pointer)?.as_i64())
        && code != i64::from(answer.status)
    {
        let problem = match code {
            100..=999 => format!("the envelope says {code}, the status is {}", answer.status),
            _ => "the envelope says what is not a status".to_owned(),
        };
        findings.push(Finding::at(
            &json_path::of_pointer(pointer),
            Kind::Code,
            problem,
        ));
    }
    findings
}

/// A body of a response that has one; `value` if it is JSON.
fn of_value(
    specification: &Specification,
    response: &Response,
    bytes: &[u8],
    value: Option<&Value>,
    masking: &Masking,
) -> Vec<Finding> {
    let Some(value) = value else {
        let problem = match bytes.len() {
            0 => "there is no body".to_owned(),
            length => format!("{length} bytes that are not JSON"),
        };
        return vec![Finding::at(".", Kind::Body, problem)];
    };
    let schema = &response.schema;
    let secrets = secrets_of(&specification.document, schema, value);
    let masking = masking.and_of_answer(secrets.iter().map(String::as_str));
    body::findings(specification, schema, value, &masking)
}

fn of_content_type(answer: &Answer, documented: &str, masking: &Masking) -> Option<Finding> {
    let Some(content_type) = &answer.content_type else {
        return Some(Finding::new(Kind::Header, "Content-Type is missing"));
    };
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    let expected = essence(documented);
    if expected.contains('*') || media_type.eq_ignore_ascii_case(&expected) {
        return None;
    }
    let problem = format!(
        "Content-Type is {} instead of {expected}",
        masking.text(media_type)
    );
    Some(Finding::new(Kind::Header, problem))
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderName};
    use serde_json::json;

    use super::findings;
    use crate::probe::answer::{Answer, Body, Came, Cause};
    use crate::probe::finding::Verdict;
    use crate::probe::masking::Masking;
    use crate::probe::plan::Plan;
    use crate::probe::request::AtHand;
    use crate::testing::table::rows;
    use openapi::specification::Specification;

    const JSON: (&str, &str) = ("content-type", "application/json");

    fn specification() -> Specification {
        let body = json!({"application/json": {"schema": {
            "type": "object",
            "required": ["code"],
            "properties": {"code": {"type": "integer"}},
        }}});
        let header = json!({
            "name": "Key", "in": "header", "required": true, "schema": {}, "example": "k"
        });
        let document = json!({
            "x-par-envelope": {"code": "/code"},
            "paths": {"/a": {"post": {
                "operationId": "a",
                "parameters": [header],
                "responses": {
                    "200": {"content": body},
                    "204": {},
                    "400": {"content": body},
                    "403": {"content": body},
                },
            }}},
        });
        Specification::of(&document).unwrap()
    }

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Came {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(HeaderName::try_from(*name).unwrap(), value.parse().unwrap());
        }
        Came::Answer(Answer::new(
            status,
            &map,
            Body::Whole(body.as_bytes().to_vec()),
        ))
    }

    fn of_body(body: Body) -> Came {
        Came::Answer(Answer::new(200, &HeaderMap::new(), body))
    }

    fn refused_by_sdk(body: &str) -> Came {
        let mut came = answer(200, &[JSON], body);
        if let Came::Answer(answer) = &mut came {
            answer.refused_by_sdk = Some("reason".to_owned());
        }
        came
    }

    #[test]
    fn an_answer_is_held_against_what_is_documented() {
        let table = r#"
documented call     | 200 | content-type: application/json | {"code": 200} | Conforms |
documented call     | 200 | content-type: Application/JSON; charset=utf-8 | {"code": 200} | Conforms |
documented call     | 204 |                                |               | Conforms |
documented call     | 204 |                                | x             | Undocumented | . a body where none is documented
documented call     | 403 | content-type: application/json | {"code": 403, "x": 1} | Deviates | - 403 is documented, but not for this; x is not documented (integer)
documented call     | 429 |                                |               | Undocumented | - the operation does not document 429
documented call     | 200 |                                | {"code": 200} | Deviates | - Content-Type is missing
documented call     | 200 | content-type: application/some-key | {"code": 200} | Deviates | - Content-Type is application/[masked] instead of application/json
documented call     | 200 | content-type: application/json |               | Deviates | . there is no body
documented call     | 200 | content-type: application/json | {             | Deviates | . 1 bytes that are not JSON
documented call     | 200 | content-type: application/json | {"code": 400} | Deviates | code the envelope says 400, the status is 200
documented call     | 200 | content-type: application/json | {"code": 4111111111111111} | Deviates | code the envelope says what is not a status
header Key left out | 400 | content-type: application/json | {"code": 400} | Conforms |
header Key left out | 200 | content-type: application/json | {"code": 7, "x": 1} | Deviates | - 200 is documented, but not for this
method GET          | 405 | allow: GET, POST               |               | Conforms |
method GET          | 405 | allow: GET                     |               | Deviates | - Allow does not name POST
method GET          | 405 |                                |               | Deviates | - Allow is missing
method GET          | 405 | allow: POST                    | {"code": 404} | Deviates | code the envelope says 404, the status is 405
unknown path        | 404 |                                | <html>        | Conforms |
"#;
        let mut cases = Vec::new();
        for [name, status, header, body, verdict, expected] in rows(table) {
            let headers: Vec<_> = header.split_once(": ").into_iter().collect();
            let came = answer(status.parse().unwrap(), &headers, body);
            cases.push((name, came, verdict, expected));
        }
        let broken_off = Body::BrokenOff("some-key".to_owned());
        let deviations = [
            (
                refused_by_sdk(r#"{"code": 200}"#),
                "- the sdk can't read it: reason",
            ),
            (
                refused_by_sdk(r#"{"code": "200"}"#),
                "code string instead of integer",
            ),
            (
                of_body(Body::TooLarge),
                "- the body is larger than 1048576 bytes",
            ),
            (of_body(broken_off), "- the body ended too early: [masked]"),
            (Came::silence(Cause::Broken, "reset"), "- reset"),
        ];
        let deviations = deviations.into_iter();
        cases.extend(deviations.map(|(came, said)| ("documented call", came, "Deviates", said)));
        let specification = specification();
        let plan = Plan::of(&specification, &AtHand::default());
        let masking = Masking::of(["some-key"]);
        let mut failures = Vec::new();
        for (number, (name, came, verdict, expected)) in cases.into_iter().enumerate() {
            let probe = plan.probes.iter().find(|probe| probe.name == name).unwrap();
            let found = findings(&specification, probe, &came, &masking);
            let lines: Vec<String> = found
                .iter()
                .map(|finding| {
                    let path = finding.path.as_deref().unwrap_or("-");
                    format!("{path} {}", finding.problem)
                })
                .collect();
            let is_verdict = format!("{:?}", Verdict::of(&found)) == verdict;
            if lines.join("; ") != expected || !is_verdict {
                failures.push(format!("{number}, {name}: {lines:#?}"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}
