//! What the typed mock compares with a call: values within its path, and lists.

use httpmock::HttpMockRequest;
use percent_encoding::percent_decode_str;
use regex::Regex;

/// The paths that a template stands for: all of them, or those with this text, encoded, for one of its parameters.
#[expect(
    clippy::expect_used,
    reason = "all texts are escaped, so that it is always a pattern"
)]
pub(crate) fn path_pattern(template: &str, name: &str, text: Option<&str>) -> Regex {
    let mut pattern = "^".to_owned();
    let mut rest = template;
    while let Some((before, (parameter, after))) = rest
        .split_once('{')
        .and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    {
        pattern.push_str(&regex::escape(before));
        match text {
            Some(text) if parameter == name => pattern.push_str(&regex::escape(text)),
            _ => pattern.push_str("[^/]*"),
        }
        rest = after;
    }
    pattern.push_str(&regex::escape(rest));
    pattern.push('$');
    Regex::new(&pattern).expect("an escaped text is a pattern")
}

/// The entries of a list in the query: each has a pair of its own, or all stand in one with this between them.
#[allow(dead_code, reason = "needed by operations with a list in their query")]
pub(crate) fn query_list(
    request: &HttpMockRequest,
    name: &str,
    separator: Option<char>,
) -> Vec<String> {
    let uri = request.uri();
    let pairs = uri.query().unwrap_or_default().split('&');
    let texts = pairs.filter_map(|pair| {
        let (other, text) = pair.split_once('=')?;
        (decoded(other) == name).then_some(text)
    });
    let entries = |text: &str| -> Vec<String> {
        match separator {
            None => vec![decoded(text)],
            Some(',') => text.split(',').map(decoded).collect(),
            Some(separator) => decoded(text).split(separator).map(str::to_owned).collect(),
        }
    };
    texts.flat_map(entries).collect()
}

/// The entries of a list in a header.
#[allow(dead_code, reason = "needed by operations with a list in a header")]
pub(crate) fn header_list(request: &HttpMockRequest, name: &str) -> Vec<String> {
    let headers = request.headers();
    let values = headers.get_all(name).iter();
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(','))
        .map(|entry| entry.trim().to_owned())
        .collect()
}

fn decoded(text: &str) -> String {
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::path_pattern;

    #[test]
    fn a_path_is_that_of_its_template_and_of_the_value_that_is_named() {
        let cases = [
            ("/a(b)/{id}", None, "/a(b)/7", true),
            ("/a.b/{id}", None, "/axb/7", false),
            ("/a/{id}", None, "/a/7/c", false),
            ("/a/{id}", Some("7"), "/a/7", true),
            ("/a/{id}", Some("7"), "/a/77", false),
            ("/a/{id}", Some("."), "/a/7", false),
            ("/a/{id}.{kind}", Some("7"), "/a/7.json", true),
            ("/a/{kind}.{id}", Some("7"), "/a/json.7", true),
            ("/a/{kind}.{id}", Some("7"), "/a/json.8", false),
        ];
        for (template, text, path, expected) in cases {
            let pattern = path_pattern(template, "id", text);
            assert_eq!(pattern.is_match(path), expected, "{pattern} and {path}");
        }
    }
}
