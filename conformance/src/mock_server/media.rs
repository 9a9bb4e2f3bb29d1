//! Whether a request sends what the operation takes, and accepts JSON, which all answers are.

use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_TYPE};

use super::finding::{Finding, Kind};
use super::quoted_list::split;
use openapi::body::essence;

/// The type of all bodies here.
pub(super) const JSON: &str = "application/json";

/// What is wrong with `Accept`. None at all accepts everything, and so does an empty one.
pub(super) fn accept(headers: &HeaderMap) -> Option<Finding> {
    let lines: Vec<_> = headers
        .get_all(ACCEPT)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    let ranges: Vec<&str> = lines.iter().flat_map(|line| split(line, ',')).collect();
    if ranges.is_empty() {
        return None;
    }
    // What names JSON by itself says more than `application/*`, and that more than `*/*`.
    let mut quality = None;
    for range in ranges {
        let mut parts = split(range, ';').into_iter();
        let precision = match parts.next().unwrap_or_default().to_ascii_lowercase() {
            range if range == JSON => 2,
            range if range == "application/*" => 1,
            range if range == "*/*" => 0,
            _ => continue,
        };
        let is_refused = parts.any(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or_default();
            name.trim().eq_ignore_ascii_case("q") && value.trim().parse() == Ok(0.0)
        });
        quality = quality.max(Some((precision, !is_refused)));
    }
    if quality.is_some_and(|(_, is_accepted)| is_accepted) {
        return None;
    }
    let problem = format!("does not accept {JSON}");
    Some(Finding::of_header(
        Kind::Accept,
        "Accept",
        "accept",
        &problem,
    ))
}

/// What is wrong with `Content-Type`, where another one than this is wrong. None at all is as it should be:
/// OpenAPI asks for one only where there is a body.
pub(super) fn content_type(headers: &HeaderMap, documented: &str) -> Option<Finding> {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let wrong =
        |rule, problem: &str| Finding::of_header(Kind::ContentType, "Content-Type", rule, problem);
    let value = values.next()?;
    if values.next().is_some() {
        return Some(wrong("once", "is there more than once"));
    }
    let text = String::from_utf8_lossy(value.as_bytes());
    let problem = format!("is not {documented}");
    (essence(&text) != essence(documented)).then(|| wrong("content-type", &problem))
}

/// What is wrong where there is a body that no `Content-Type` tells the type of.
pub(super) fn missing(headers: &HeaderMap) -> Option<Finding> {
    let problem = "is required where there is a body";
    let finding = || Finding::of_header(Kind::ContentType, "Content-Type", "required", problem);
    (!headers.contains_key(CONTENT_TYPE)).then(finding)
}

#[cfg(test)]
mod tests {
    use axum::http::header::{ACCEPT, CONTENT_TYPE, HeaderName};
    use axum::http::{HeaderMap, HeaderValue};

    use super::{accept, content_type};

    fn headers(name: &HeaderName, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        headers
    }

    #[test]
    fn json_is_accepted_or_not() {
        let cases: [(&[&str], bool); 19] = [
            (&[], true),
            (&[""], true),
            (&["application/json"], true),
            (&["Application/JSON"], true),
            (&["application/json; charset=utf-8"], true),
            (&["application/json;q=0.1"], true),
            (&["application/*"], true),
            (&["*/*"], true),
            (&["text/html, */*;q=0.1"], true),
            (&["text/html", "application/json"], true),
            (&["*/*;q=0, application/json"], true),
            (&["text/html;x=\"a,b\", application/json"], true),
            (&["text/html"], false),
            (&["application/problem+json"], false),
            (&["application/json;q=0"], false),
            (&["application/json; Q=0.000, */*"], false),
            (&["*/*;q=0"], false),
            (&["garbage"], false),
            (&["text/html;x=\"a, application/json\""], false),
        ];
        let mut failures = Vec::new();
        for (values, expected) in cases {
            let found = accept(&headers(&ACCEPT, values));
            if found.is_none() != expected {
                failures.push(format!("{values:?}: {found:?}"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    #[test]
    fn a_content_type_is_the_documented_one_or_not() {
        let cases: [(&[&str], bool); 9] = [
            (&[], true),
            (&["application/json"], true),
            (&["APPLICATION/json;charset=utf-8"], true),
            (&["application/json ; charset=\"utf-8\""], true),
            (&[""], false),
            (&["text/plain"], false),
            (&["application/json, text/plain"], false),
            (&["application/vnd.api+json"], false),
            (&["application/json", "application/json"], false),
        ];
        let mut failures = Vec::new();
        for (values, expected) in cases {
            let found = content_type(&headers(&CONTENT_TYPE, values), "application/json");
            if found.is_none() != expected {
                failures.push(format!("{values:?}: {found:?}"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}
