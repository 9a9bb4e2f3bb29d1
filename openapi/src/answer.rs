//! The answers that an operation documents: for which statuses, whether they are successes, and how their bodies are
//! written.

use std::fmt;

use serde_json::Value;

use crate::body::{Encoding, chosen};
use crate::document::{Document, Part};
use crate::example::{self, Example};
use crate::operation::Operation;

/// One documented answer of an operation.
#[derive(Clone)]
pub struct Answer<'a> {
    pub statuses: Statuses,
    pub part: Part<'a>,
    /// `None` if it has no body.
    pub content: Option<Content<'a>>,
}

/// The body of an answer. Of several media types, the one that the client asks for.
#[derive(Clone)]
pub struct Content<'a> {
    pub encoding: Encoding,
    /// As the specification writes it.
    pub media_type: &'a str,
    /// The value under its media type.
    pub part: Part<'a>,
}

/// The statuses of an answer. Single statuses come before classes, and the rest comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Statuses {
    One(u16),
    /// A class of statuses, such as `4XX`, without those that are documented by themselves.
    Class(u16),
    /// `default`: all statuses that are not documented otherwise.
    Rest,
}

impl Statuses {
    /// `None` if an answer to a request can't have it.
    #[must_use]
    pub fn of(key: &str) -> Option<Self> {
        if key == "default" {
            return Some(Self::Rest);
        }
        if let Some(class @ ("2" | "3" | "4" | "5")) = key.strip_suffix("XX") {
            return class.parse().ok().map(Self::Class);
        }
        let status = key.parse().ok()?;
        (200..=599).contains(&status).then_some(Self::One(status))
    }

    /// Whether they are, or begin with, the status of a success.
    #[must_use]
    pub fn is_success(self) -> bool {
        match self {
            Self::One(status) => status < 400,
            Self::Class(class) => class < 4,
            Self::Rest => false,
        }
    }

    #[must_use]
    pub fn contains(self, status: u16) -> bool {
        match self {
            Self::One(one) => one == status,
            Self::Class(class) => status / 100 == class,
            Self::Rest => true,
        }
    }

    /// A phrase for them: that of HTTP's registry for one status.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::One(status) => match phrase(status) {
                Some(phrase) => phrase.to_owned(),
                None => format!("status {status}"),
            },
            Self::Class(2) => "success".to_owned(),
            Self::Class(3) => "redirect".to_owned(),
            Self::Class(4) => "client error".to_owned(),
            Self::Class(_) => "server error".to_owned(),
            Self::Rest => "default".to_owned(),
        }
    }

    /// One of them, if possible one that no other answer has.
    #[must_use]
    pub fn example(self, others: &[Self]) -> u16 {
        let candidates = match self {
            Self::One(status) => return status,
            Self::Class(class) => class * 100..=class * 100 + 99,
            // It is a success too.
            Self::Rest if !others.iter().any(|other| other.is_success()) => 200..=299,
            Self::Rest => 500..=599,
        };
        let (first, is_other) = (*candidates.start(), |status: u16| {
            others
                .iter()
                .any(|other| *other < self && other.contains(status))
        });
        let mut all = candidates.chain(400..=499);
        all.find(|status| !is_other(*status)).unwrap_or(first)
    }
}

/// As a specification writes them.
impl fmt::Display for Statuses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(status) => write!(f, "{status}"),
            Self::Class(class) => write!(f, "{class}XX"),
            Self::Rest => f.write_str("default"),
        }
    }
}

impl<'a> Answer<'a> {
    /// All answers of an operation, in the order in which a status is searched among them.
    #[must_use]
    pub fn all(operation: &Operation<'a>) -> Vec<Self> {
        let responses = operation.responses().into_iter();
        let answers = responses.filter_map(|(key, part)| {
            let statuses = Statuses::of(key)?;
            // HTTP has no body there, whatever is documented.
            let is_bare =
                operation.method == "head" || matches!(statuses, Statuses::One(204 | 205 | 304));
            let content = Content::of(&part).filter(|_| !is_bare);
            Some(Self {
                statuses,
                part,
                content,
            })
        });
        let mut answers: Vec<Self> = answers.collect();
        answers.sort_by_key(|answer| answer.statuses);
        answers
    }

    /// The successes and the errors. `default` is an error, unless there is no success: then it is both.
    #[must_use]
    pub fn sides(answers: &[Self]) -> [Vec<&Self>; 2] {
        let (mut successes, errors): (Vec<&Self>, Vec<&Self>) = answers
            .iter()
            .partition(|answer| answer.statuses.is_success());
        if successes.is_empty() {
            let rest = errors.iter();
            successes.extend(rest.filter(|answer| answer.statuses == Statuses::Rest));
        }
        [successes, errors]
    }

    /// What the specification says of it.
    #[must_use]
    pub fn description(&self) -> &'a str {
        self.part.value["description"]
            .as_str()
            .unwrap_or_default()
            .trim()
    }
}

impl<'a> Content<'a> {
    fn of(response: &Part<'a>) -> Option<Self> {
        let all = response.value["content"].as_object()?;
        let media_types = all.keys().map(String::as_str);
        // What is not known otherwise is bytes.
        let (encoding, media_type) =
            chosen(media_types).or_else(|| Some((Encoding::Bytes, all.keys().next()?.as_str())))?;
        let encoding = match encoding {
            Encoding::Form => Encoding::Text,
            encoding => encoding,
        };
        Some(Self {
            encoding,
            media_type,
            part: response.member("content").member(media_type),
        })
    }

    /// The schema of its value; references are not followed.
    #[must_use]
    pub fn schema(&self) -> &'a Value {
        &self.part.value["schema"]
    }

    /// Its examples, in the order of the file.
    #[must_use]
    pub fn examples(&self, document: &Document) -> Vec<Example> {
        example::of(document, &self.part)
    }
}

/// The phrase that HTTP's registry has for a status.
fn phrase(status: u16) -> Option<&'static str> {
    http::StatusCode::from_u16(status).ok()?.canonical_reason()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_says_for_which_statuses_an_answer_is() {
        let cases = [
            ("200", Some(Statuses::One(200)), "OK"),
            ("422", Some(Statuses::One(422)), "Unprocessable Entity"),
            ("299", Some(Statuses::One(299)), "status 299"),
            ("4XX", Some(Statuses::Class(4)), "client error"),
            ("default", Some(Statuses::Rest), "default"),
            ("1XX", None, ""),
            ("100", None, ""),
            ("600", None, ""),
            ("4xx", None, ""),
            ("XX", None, ""),
            ("ok", None, ""),
        ];
        for (key, expected, words) in cases {
            let statuses = Statuses::of(key);
            assert_eq!(statuses, expected, "{key}");
            if let Some(statuses) = statuses {
                assert_eq!((&*statuses.to_string(), &*statuses.words()), (key, words));
            }
        }
    }

    #[test]
    fn an_example_of_a_class_is_a_status_that_nobody_else_is_for() {
        let all = [
            Statuses::One(200),
            Statuses::One(400),
            Statuses::One(500),
            Statuses::Class(4),
            Statuses::Rest,
        ];
        let examples = all.map(|statuses| statuses.example(&all));
        assert_eq!(examples, [200, 400, 500, 401, 501]);
        let all = [Statuses::One(204), Statuses::Class(5), Statuses::Rest];
        assert_eq!(Statuses::Rest.example(&all), 400);
        let all = [Statuses::One(204), Statuses::Rest];
        assert_eq!(Statuses::Rest.example(&all), 500);
        assert_eq!(Statuses::Rest.example(&[Statuses::Rest]), 200);
    }

    #[test]
    fn what_is_documented_for_the_rest_is_an_error_unless_there_is_no_success() {
        let cases = [
            ("'200': {}, default: {}", "200", "default"),
            ("default: {}", "default", "default"),
            ("'404': {}, default: {}", "default", "404 default"),
            (
                "'4XX': {}, '302': {}, '404': {}, '2XX': {}",
                "302 2XX",
                "404 4XX",
            ),
        ];
        for (responses, successes, errors) in cases {
            let text = format!("paths: {{/a: {{get: {{responses: {{{responses}}}}}}}}}");
            let document = Document::parse("spec.yaml".as_ref(), text.as_bytes()).unwrap();
            let operations = Operation::all(&document);
            let answers = Answer::all(&operations[0]);
            let sides = Answer::sides(&answers).map(|side| {
                let keys = side.iter().map(|answer| answer.statuses.to_string());
                keys.collect::<Vec<_>>().join(" ")
            });
            assert_eq!(sides, [successes, errors], "{responses}");
        }
    }

    #[test]
    fn of_several_media_types_json_is_asked_for_and_what_is_unknown_is_bytes() {
        let cases = [
            (
                "get",
                "application/json",
                Some((Encoding::Json, "application/json")),
            ),
            (
                "get",
                "text/plain, application/problem+json",
                Some((Encoding::Json, "application/problem+json")),
            ),
            (
                "get",
                "application/x-www-form-urlencoded",
                Some((Encoding::Text, "application/x-www-form-urlencoded")),
            ),
            (
                "get",
                "multipart/mixed",
                Some((Encoding::Bytes, "multipart/mixed")),
            ),
            ("get", "'*/*'", Some((Encoding::Bytes, "*/*"))),
            ("head", "application/json", None),
        ];
        for (method, media_types, expected) in cases {
            let content = media_types.replace(", ", ": {}, ");
            let text = format!(
                "paths: {{/a: {{{method}: {{responses: {{'200': {{content: {{{content}: {{}}}}}}}}}}}}}}"
            );
            let document = Document::parse("spec.yaml".as_ref(), text.as_bytes()).unwrap();
            let operations = Operation::all(&document);
            let answers = Answer::all(&operations[0]);
            let content = answers[0].content.as_ref();
            let found = content.map(|content| (content.encoding, content.media_type));
            assert_eq!(found, expected, "{media_types}");
        }
    }
}
