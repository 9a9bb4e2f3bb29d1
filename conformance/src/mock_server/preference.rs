//! `Prefer`: which of the documented answers a request asks for, read as Prism reads it. Without it, the parameters
//! `__code` and `__example` of the query mean the same.

use axum::http::{HeaderMap, StatusCode};
use url::form_urlencoded;

use super::finding::{Finding, Kind};
use super::quoted_list::{split, unquoted};

const PREFER: &str = "Prefer";

/// What a request asks for. Other preferences are ignored, as HTTP allows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Preference {
    /// `code=404`: the status of the answer.
    pub code: Option<u16>,
    /// `example=NAME`: the name of the example.
    pub example: Option<String>,
}

impl Preference {
    /// What the lines of the header say, or else the query. Upper and lower case make no difference in a name, what
    /// follows a `;` has no meaning here, and of two preferences of the same name the first counts.
    pub fn of(headers: &HeaderMap, query: &str) -> Result<Self, Vec<Finding>> {
        let (mut code, mut example) = (None, None);
        if !headers.contains_key(PREFER) {
            for (name, value) in form_urlencoded::parse(query.as_bytes()) {
                let slot = match &*name {
                    "__code" => &mut code,
                    "__example" => &mut example,
                    _ => continue,
                };
                slot.get_or_insert_with(|| value.into_owned());
            }
        }
        for value in headers.get_all(PREFER) {
            let text = String::from_utf8_lossy(value.as_bytes());
            for preference in split(&text, ',') {
                let preference = split(preference, ';')
                    .into_iter()
                    .next()
                    .unwrap_or_default();
                let (name, value) = preference.split_once('=').unwrap_or((preference, ""));
                let slot = match name.trim().to_ascii_lowercase().as_str() {
                    "code" => &mut code,
                    "example" => &mut example,
                    _ => continue,
                };
                slot.get_or_insert_with(|| unquoted(value.trim()));
            }
        }
        let mut findings = Vec::new();
        let status = code.as_deref().and_then(status);
        if code.is_some() && status.is_none() {
            let problem = "has a `code` that is not a status from 100 to 599";
            findings.push(wrong("code", problem));
        }
        if example.as_deref() == Some("") {
            findings.push(wrong("example", "has an `example` without a name"));
        }
        if findings.is_empty() {
            Ok(Self {
                code: status,
                example,
            })
        } else {
            Err(findings)
        }
    }

    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

fn status(text: &str) -> Option<u16> {
    let status: StatusCode = text.parse().ok()?;
    (status.as_u16() < 600).then_some(status.as_u16())
}

fn wrong(rule: &str, problem: &str) -> Finding {
    Finding::of_header(Kind::Preference, PREFER, rule, problem)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

    use super::Preference;

    /// Each row was tried with Prism 5.14.2, which answers 422 if a preference can't be read.
    #[test]
    fn preferences_are_read_as_prism_reads_them() {
        let good: [(&[&str], Option<u16>, Option<&str>); 23] = [
            (&["code=404"], Some(404), None),
            (&["example=full"], None, Some("full")),
            (&["code=404, example=full"], Some(404), Some("full")),
            (&["code=404,example=full"], Some(404), Some("full")),
            (&["code=404;example=full"], Some(404), None),
            (&["example=full; code=404"], None, Some("full")),
            (&["code=404", "example=full"], Some(404), Some("full")),
            (&["example=full", "code=404"], Some(404), Some("full")),
            (&["code=\"404\""], Some(404), None),
            (&["example=\"full\""], None, Some("full")),
            (&["code= 404"], Some(404), None),
            (&["code =404"], Some(404), None),
            (&["Code=404"], Some(404), None),
            (&["code=404, code=401"], Some(404), None),
            (&["code=404; foo=bar"], Some(404), None),
            (&["wait=10, code=404"], Some(404), None),
            (&["return=minimal, code=404,"], Some(404), None),
            (&["return=minimal"], None, None),
            (&["respond-async"], None, None),
            (&["statusCode=404"], None, None),
            (&["x-code=404"], None, None),
            (&["foo bar code=404"], None, None),
            (&[""], None, None),
        ];
        let bad = [
            "code=abc",
            "code",
            "code=",
            "code='404'",
            "code=404 example=full",
            "code=99",
            "code=1000",
            "code=0404",
            "code=+404",
            "code=404.0",
            "code=2XX",
            "example=",
        ];
        let read = |lines: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("prefer", HeaderValue::from_str(line).unwrap());
            }
            Preference::of(&headers, "__code=500&__example=none")
        };
        let mut failures = Vec::new();
        for (lines, code, example) in good {
            let expected = Preference {
                code,
                example: example.map(str::to_owned),
            };
            let found = read(lines);
            if found.as_ref() != Ok(&expected) {
                failures.push(format!("{lines:?}: {found:?}"));
            }
        }
        for line in bad {
            if let Ok(found) = read(&[line]) {
                failures.push(format!("{line}: {found:?}"));
            }
        }
        for (query, code, example) in [
            ("", None, None),
            ("code=404", None, None),
            ("a=b&__code=404", Some(404), None),
            (
                "__example=a%20b&__code=404&__code=401",
                Some(404),
                Some("a b"),
            ),
        ] {
            let found = Preference::of(&HeaderMap::new(), query).unwrap();
            if (found.code, found.example.as_deref()) != (code, example) {
                failures.push(format!("?{query}: {found:?}"));
            }
        }
        if let Ok(found) = Preference::of(&HeaderMap::new(), "__code=x") {
            failures.push(format!("?__code=x: {found:?}"));
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}
