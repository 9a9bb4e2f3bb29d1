//! Media types: which of the documented ones an answer has, and which one a request has.

use std::cmp::Reverse;

use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_TYPE};

use super::finding::{Finding, Kind};
use super::quoted_list::split;
use openapi::body::essence;

/// The media type of a body that is not described.
pub(super) const JSON: &str = "application/json";

/// What a request accepts, in its order.
pub(super) struct Accept(Vec<Range>);

struct Range {
    /// In lower case, such as `text/*`.
    media_type: String,
    quality: f64,
}

impl Accept {
    /// A missing or empty header accepts everything.
    pub fn of(headers: &HeaderMap) -> Self {
        let lines = headers.get_all(ACCEPT).iter();
        let lines: Vec<_> = lines
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .collect();
        let ranges = lines.iter().flat_map(|line| split(line, ','));
        let ranges: Vec<Range> = ranges.map(Range::of).collect();
        if ranges.is_empty() {
            return Self::anything();
        }
        Self(ranges)
    }

    pub fn anything() -> Self {
        Self(vec![Range::of("*/*")])
    }

    /// The best of these media types, with a name if only a range is documented. Of equal ones, the first in the
    /// request is taken, or else the first documented one.
    pub fn best<'a>(&self, media_types: impl Iterator<Item = &'a str>) -> Option<(usize, String)> {
        let mut best: Option<(f64, _, usize, String)> = None;
        for (index, documented) in media_types.enumerate() {
            let own = essence(documented);
            let fitting = self.0.iter().enumerate().filter_map(|(position, range)| {
                Some((precision(&range.media_type, &own)?, Reverse(position)))
            });
            // A full type is more precise than `application/*`, and that is more precise than `*/*`.
            let Some((precision, Reverse(position))) = fitting.max() else {
                continue;
            };
            let range = &self.0[position];
            let rank = (precision, Reverse(position));
            let is_better = best.as_ref().is_none_or(|(quality, other, ..)| {
                range.quality > *quality || range.quality == *quality && rank > *other
            });
            if range.quality > 0.0 && is_better {
                let called = match own.contains('*') {
                    true => concrete(&own, &range.media_type),
                    false => documented.to_owned(),
                };
                best = Some((range.quality, rank, index, called));
            }
        }
        best.map(|(_, _, index, called)| (index, called))
    }
}

impl Range {
    fn of(text: &str) -> Self {
        let mut parts = split(text, ';').into_iter();
        let media_type = parts.next().unwrap_or_default().to_ascii_lowercase();
        let quality = parts.find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            let is_quality = name.trim().eq_ignore_ascii_case("q");
            is_quality.then(|| value.trim().parse().ok()).flatten()
        });
        Self {
            media_type,
            quality: quality.unwrap_or(1.0),
        }
    }
}

/// How precisely a range names a media type; `None` if it does not. Either may be a range.
fn precision(range: &str, media_type: &str) -> Option<u8> {
    if range == media_type {
        return Some(3);
    }
    let (kind, own) = range.split_once('/')?;
    let (other_kind, other) = media_type.split_once('/')?;
    let is_kind = kind == other_kind;
    match (own, other) {
        ("*", _) if kind == "*" => Some(0),
        ("*", _) if is_kind => Some(1),
        // A documented range contains a type of that name.
        (_, "*") => (is_kind || other_kind == "*").then_some(2),
        // `application/*+json` is not a range of HTTP, but its meaning is clear.
        _ => {
            let suffix = own.strip_prefix('*')?;
            (is_kind && !suffix.is_empty() && other.ends_with(suffix)).then_some(2)
        }
    }
}

/// A media type of a documented range: the one that is asked for, if there is one.
fn concrete(documented: &str, asked: &str) -> String {
    let named = [asked, JSON, "text/plain"].into_iter();
    let mut named = named.filter(|one| !one.contains('*') && precision(documented, one).is_some());
    named
        .next()
        .unwrap_or("application/octet-stream")
        .to_owned()
}

/// What is wrong with `Accept`, if the answer can only have these media types.
pub(super) fn not_acceptable<'a>(media_types: impl Iterator<Item = &'a str>) -> Finding {
    let problem = format!("accepts none of: {}", listed(media_types));
    Finding::of_header(Kind::Accept, "Accept", "accept", &problem)
}

fn listed<'a>(media_types: impl Iterator<Item = &'a str>) -> String {
    media_types.collect::<Vec<_>>().join(", ")
}

/// The documented media type of the request, or what is wrong with it. A missing one is fine: OpenAPI needs one only
/// if there is a body.
pub(super) fn content_type<'a>(
    headers: &HeaderMap,
    documented: impl Iterator<Item = &'a str> + Clone,
) -> Result<Option<usize>, Finding> {
    let wrong =
        |rule, problem: &str| Finding::of_header(Kind::ContentType, "Content-Type", rule, problem);
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(wrong("once", "appears more than once"));
    }
    let sent = String::from_utf8_lossy(value.as_bytes());
    let fitting = documented.clone().enumerate().filter_map(|(index, one)| {
        let is_same = one.eq_ignore_ascii_case(sent.trim());
        let precision = precision(&essence(one), &essence(&sent))?;
        Some((is_same, precision, Reverse(index)))
    });
    match fitting.max() {
        Some((.., Reverse(index))) => Ok(Some(index)),
        None => {
            let problem = match documented.clone().count() {
                1 => format!("is not {}", listed(documented)),
                _ => format!("is not one of: {}", listed(documented)),
            };
            Err(wrong("content-type", &problem))
        }
    }
}

/// The problem of a body without a `Content-Type`.
pub(super) fn missing() -> Finding {
    let problem = "is required where there is a body";
    Finding::of_header(Kind::ContentType, "Content-Type", "required", problem)
}

#[cfg(test)]
mod tests {
    use axum::http::header::{ACCEPT, CONTENT_TYPE, HeaderName};
    use axum::http::{HeaderMap, HeaderValue};

    use super::{Accept, content_type};

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
            let accept = Accept::of(&headers(&ACCEPT, values));
            let found = accept.best(["application/json"].into_iter());
            if found.is_some() != expected {
                failures.push(format!("{values:?}: {found:?}"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    #[test]
    fn the_best_of_several_media_types_is_answered() {
        let all = [
            "text/plain",
            "application/json; charset=utf-8",
            "application/vnd.a+json",
            "application/xml",
        ];
        let ranges = ["text/*", "*/*"];
        let cases: [(&[&str], &str, Option<&str>); 21] = [
            (&all, "", Some(all[0])),
            (&all, "*/*", Some(all[0])),
            (&all, "application/*", Some(all[1])),
            (&all, "application/json", Some(all[1])),
            (&all, "application/vnd.a+json; version=1", Some(all[2])),
            (&all, "application/*+json", Some(all[2])),
            (&all, "application/xml, application/json", Some(all[3])),
            (
                &all,
                "application/xml;q=0.8, application/json;q=0.9",
                Some(all[1]),
            ),
            (&all, "application/xml;q=0.001, image/png", Some(all[3])),
            (&all, "image/png, */*;q=0.1", Some(all[0])),
            (&all, "*/*, application/xml", Some(all[3])),
            (&all, "*/*, text/plain;q=0", Some(all[1])),
            (&all, "application/xml;q=0", None),
            (&all, "image/*", None),
            (&all, "inv/alid", None),
            (&ranges, "text/csv", Some("text/csv")),
            (&ranges, "text/*", Some("text/plain")),
            (&ranges, "image/png", Some("image/png")),
            (&ranges[1..], "*/*", Some("application/json")),
            (&ranges[1..], "", Some("application/json")),
            (&["image/*"], "", Some("application/octet-stream")),
        ];
        let mut failures = Vec::new();
        for (documented, accept, expected) in cases {
            let found = Accept::of(&headers(&ACCEPT, &[accept]));
            let found = found.best(documented.iter().copied());
            let found = found.map(|(_, called)| called);
            if found.as_deref() != expected {
                failures.push(format!("{accept} of {documented:?}: {found:?}"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    #[test]
    fn a_content_type_is_one_of_several_or_of_a_range() {
        let all = ["application/json", "application/json; v=2", "text/*", "*/*"];
        for (value, count, expected) in [
            ("application/json", 4, Some(0)),
            ("application/json; v=2", 4, Some(1)),
            ("application/json; v=3", 4, Some(0)),
            ("text/csv", 4, Some(2)),
            ("image/png", 4, Some(3)),
            ("image/png", 3, None),
        ] {
            let documented = all[..count].iter().copied();
            let found = content_type(&headers(&CONTENT_TYPE, &[value]), documented);
            assert_eq!(found.ok().flatten(), expected, "{value}");
        }
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
            let documented = ["application/json"].into_iter();
            let found = content_type(&headers(&CONTENT_TYPE, values), documented);
            if found.is_ok() != expected {
                failures.push(format!("{values:?}: {found:?}"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}
