//! What the typed mock compares with a call: values in its path, and lists.

use httpmock::HttpMockRequest;
use percent_encoding::percent_decode_str;
use regex::Regex;
use reqwest::Url;

use crate::generated::environment::Environment;

/// The argument of a matcher: the argument of a setter, or `None` for calls without it. `By` tells the two apart.
pub trait Expected<T, By> {
    /// The expected value; `Err` if it can't be a `T`.
    #[doc(hidden)]
    fn expected(self) -> Result<Option<T>, NoValue>;
}

/// It is not a value of the parameter's type.
#[derive(Debug)]
pub struct NoValue;

/// Told apart from [`Absent`].
#[derive(Debug)]
pub struct Value;

/// Told apart from [`Value`].
#[derive(Debug)]
pub struct Absent;

impl<T, V: TryInto<T>> Expected<T, Value> for V {
    fn expected(self) -> Result<Option<T>, NoValue> {
        self.try_into().map(Some).map_err(|_| NoValue)
    }
}

impl<T> Expected<T, Absent> for Option<T> {
    fn expected(self) -> Result<Option<T>, NoValue> {
        Ok(self)
    }
}

/// Returns what is expected: a value, or none.
pub(crate) fn expected<T, By>(value: impl Expected<T, By>, problem: &str) -> Option<T> {
    value
        .expected()
        .unwrap_or_else(|NoValue| matches_none(problem))
}

/// Returns the expected value.
pub(crate) fn value<T>(value: impl TryInto<T>, problem: &str) -> T {
    let value = value.try_into();
    value.unwrap_or_else(|_| matches_none(problem))
}

/// A value that no call can have is an error of the test.
#[expect(clippy::panic, reason = "in a test a panic is the report")]
fn matches_none(problem: &str) -> ! {
    panic!("no call matches: {problem}")
}

/// The paths of a template: all of them, or those with this encoded text for one of its parameters. The path of a
/// server of the API may be before them, as in the base URLs of clients.
#[expect(
    clippy::expect_used,
    reason = "all texts are escaped, so that it is always a pattern"
)]
pub(crate) fn path_pattern(template: &str, name: &str, text: Option<&str>) -> Regex {
    let servers = Environment::NAMES.iter().copied();
    let servers = servers.filter_map(|name| name.parse::<Environment>().ok());
    let prefixes = servers.filter_map(|server| Url::parse(server.base_url()).ok());
    let prefixes = prefixes.map(|url| regex::escape(url.path().trim_end_matches('/')));
    let prefixes: Vec<String> = prefixes.collect();
    let mut pattern = format!("^(?:{})?", prefixes.join("|"));
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

/// The entries of a list in the query: a pair for each, or one pair with this separator.
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
            ("/a/{id}", None, "/api/a/7", true),
            ("/a/{id}", None, "/ap/a/7", false),
            ("/a/{id}", None, "/api/api/a/7", false),
            ("/a/{id}", None, "/b/api/a/7", false),
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
