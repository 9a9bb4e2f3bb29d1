//! One parameter: whether a request has it as it is documented.

use std::fmt;

use serde_json::Value;

use super::super::cookies;
use super::super::facets::Facets;
use super::super::finding::{Finding, Kind};
use super::encoded::{Pair, Text};
use super::serialization::{Sent, Serialization, Style, Unreadable};
use super::{Checks, Parts, UncheckableError};
use openapi::body::Encoding;
use openapi::document::{Document, Part};
use openapi::schema_check::{Problem, SchemaCheck};
use openapi::secret::is_secret;

pub(super) struct ParameterCheck {
    name: String,
    position: Position,
    required: bool,
    /// Whether it may be sent without a value.
    may_be_empty: bool,
    how: How,
    schema: Value,
    check: SchemaCheck,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Position {
    Path,
    Query,
    Header,
    Cookie,
}

/// How its value is written.
enum How {
    Styled(Serialization),
    /// As a whole, in a media type.
    Content(Option<Encoding>),
}

impl ParameterCheck {
    /// `None` if OpenAPI ignores the parameter, or if it has no name or no valid position.
    pub fn new(checks: &Checks<'_>, part: &Part<'_>) -> Result<Option<Self>, UncheckableError> {
        let value = part.value;
        let position = match value["in"].as_str() {
            Some("path") => Position::Path,
            Some("query") => Position::Query,
            Some("header") => Position::Header,
            Some("cookie") => Position::Cookie,
            _ => return Ok(None),
        };
        let Some(name) = value["name"].as_str() else {
            return Ok(None);
        };
        // Other parts of OpenAPI describe these headers.
        let lower = name.to_lowercase();
        let is_of_others = ["accept", "authorization", "content-type"].contains(&lower.as_str());
        if position == Position::Header && is_of_others {
            return Ok(None);
        }
        let style = match position {
            Position::Path | Position::Header => Style::Simple,
            Position::Query | Position::Cookie => Style::Form,
        };
        let content = part.member("content").members().next();
        let (how, schema) = match content {
            Some(content) => {
                let media_type = content.place.steps().last().map_or("", String::as_str);
                let how = How::Content(Encoding::of(media_type));
                (how, content.member("schema"))
            }
            None => (
                How::Styled(Serialization::of(value, style)),
                part.member("schema"),
            ),
        };
        Ok(Some(Self {
            name: name.to_owned(),
            position,
            required: value["required"] == true,
            may_be_empty: value["allowEmptyValue"] == true,
            how,
            schema: schema.value.clone(),
            check: checks.of(&schema)?,
        }))
    }

    /// Whether it is a secret in the path.
    pub fn is_secret_in_path(&self, document: &Document) -> bool {
        let schema = document.resolve(&self.schema).unwrap_or(&self.schema);
        self.position == Position::Path && is_secret(schema)
    }

    pub fn findings(&self, document: &Document, parts: Parts<'_>, query: &[Pair]) -> Vec<Finding> {
        let facets = Facets::of(document, [&self.schema]);
        let cookies: Vec<Pair>;
        let lines: Vec<Text>;
        let sent = match self.position {
            Position::Path => match parts.path.get(&self.name) {
                Some(segment) => Sent::Segment(segment),
                None => Sent::Pairs(&[]),
            },
            Position::Query => Sent::Pairs(query),
            Position::Cookie => {
                cookies = cookies::of(parts.headers);
                Sent::Pairs(&cookies)
            }
            Position::Header => {
                let values = parts.headers.get_all(&self.name).iter();
                let texts = values.map(|value| std::str::from_utf8(value.as_bytes()));
                lines = texts
                    .map(|text| text.map(str::to_owned).map_err(|_| "is not UTF-8"))
                    .collect();
                Sent::Lines(&lines)
            }
        };
        let is_empty = |(name, value): &Pair| *name == self.name && value.is_empty();
        if let (Sent::Pairs(pairs), true) = (&sent, self.may_be_empty)
            && pairs.iter().any(is_empty)
        {
            return Vec::new();
        }
        let values = match &self.how {
            How::Styled(how) => how.values(&self.name, &facets, &sent),
            How::Content(encoding) => {
                // A value that is sent as a whole is one text, whatever it contains.
                let one = Serialization {
                    style: Style::Form,
                    explode: true,
                };
                let texts = one.values(&self.name, &Facets::of(document, []), &sent);
                texts.and_then(|texts| in_full(texts, *encoding))
            }
        };
        let values = match values {
            Ok(values) => values,
            Err(Unreadable { rule, problem }) => return vec![self.finding(rule, problem)],
        };
        let Some(first) = values.first() else {
            let missing = self
                .required
                .then(|| self.finding("required", "is required"));
            return missing.into_iter().collect();
        };
        if values.iter().any(|value| self.check.fits(value)) {
            return Vec::new();
        }
        let found = self.check.findings(first).into_iter();
        let told = found.map(|found| {
            let problem = match &found.problem {
                // The client chose its name, which may be a secret.
                Problem::NotAllowed { .. } => "has a member that is not allowed".to_owned(),
                problem => problem.to_string(),
            };
            self.finding(found.problem.rule(), &problem)
        });
        told.collect()
    }

    fn finding(&self, rule: &str, problem: &str) -> Finding {
        match self.position {
            Position::Header => Finding::of_header(Kind::Request, &self.name, rule, problem),
            _ => Finding {
                kind: Kind::Request,
                field: self.name.clone(),
                rule: rule.to_owned(),
                message: format!("the {} parameter {} {problem}", self.position, self.name),
            },
        }
    }
}

/// The value that a text in a media type represents.
fn in_full(texts: Vec<Value>, encoding: Option<Encoding>) -> Result<Vec<Value>, Unreadable> {
    if encoding != Some(Encoding::Json) {
        return Ok(texts);
    }
    let texts = texts.iter().filter_map(Value::as_str);
    let values = texts.map(serde_json::from_str).collect::<Result<_, _>>();
    values.map_err(|_| Unreadable {
        rule: "json",
        problem: "is not JSON",
    })
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        })
    }
}
