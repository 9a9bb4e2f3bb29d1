//! Whether a request is as its operation documents it.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use serde_json::map::Entry;

use super::finding::{Finding, Kind};
use super::media;
use crate::json_path::pointer_token;
use crate::parameter_text::entries;
use crate::text_value;
use openapi::body::{Encoding, essence};
use openapi::document::Document;
use openapi::parameter::{Layout, entry};
use openapi::path_template::PathValues;
use openapi::schema::behind;
use openapi::schema_check::{Flaw, Misfit, SchemaCheck, Step};
use openapi::secret::is_secret;
use openapi::specification::{Operation, Position, Specification};

/// So many violations of a body are named: its size is all that bounds how many it has.
const MOST: usize = 100;

/// Stands in a JSON pointer where a name is not shown.
const UNKNOWN: &str = "/[unknown]";

/// Why a specification can't be served.
#[derive(Debug, thiserror::Error)]
#[error("failed to make a check of {place}: {problem}")]
pub struct UncheckableError {
    /// Where it stands in the specification.
    pub place: String,
    pub problem: String,
}

/// What of a request is checked, apart from its path, its method and its credentials.
#[derive(Clone, Copy)]
pub(super) struct Parts<'a> {
    pub path: &'a PathValues,
    pub query: Option<&'a str>,
    pub headers: &'a HeaderMap,
    /// `None` if it is larger than it may be.
    pub body: Option<&'a [u8]>,
}

/// The rules of one operation.
pub(super) struct OperationCheck {
    parameters: Vec<ParameterCheck>,
    content_type: Option<String>,
    body: Option<BodyCheck>,
}

struct ParameterCheck {
    name: String,
    position: Position,
    required: bool,
    /// What it is a value of, references resolved; of a list, what its entries are.
    schema: Value,
    layout: Layout,
    check: SchemaCheck,
}

struct BodyCheck {
    required: bool,
    encoding: Encoding,
    media_type: String,
    /// What it is made of: what a form is read as, pair by pair.
    schema: Value,
    document: Arc<Document>,
    check: SchemaCheck,
}

impl OperationCheck {
    pub fn new(
        specification: &Specification,
        operation: &Operation,
    ) -> Result<Self, UncheckableError> {
        let check = |schema: &Value, place: &str| {
            let check = SchemaCheck::new(&specification.document, schema);
            check.map_err(|unusable| UncheckableError {
                place: place.to_owned(),
                problem: unusable.to_string(),
            })
        };
        let mut parameters = Vec::new();
        for parameter in &operation.parameters {
            parameters.push(ParameterCheck {
                name: parameter.name.clone(),
                position: parameter.position,
                required: parameter.required,
                schema: entry(&specification.document, &parameter.schema).clone(),
                layout: parameter.layout,
                check: check(&parameter.schema, &parameter.place)?,
            });
        }
        let body = operation.request_body.as_ref().map(|body| {
            Ok(BodyCheck {
                required: body.required,
                encoding: body.encoding,
                media_type: essence(&body.media_type),
                schema: body.schema.clone(),
                document: Arc::clone(&specification.document),
                check: check(&body.schema, &body.place)?,
            })
        });
        Ok(Self {
            parameters,
            content_type: operation.content_type.clone(),
            body: body.transpose()?,
        })
    }

    /// Whether a parameter in the path is a secret.
    pub fn has_secret_in_path(&self) -> bool {
        let mut in_path = self
            .parameters
            .iter()
            .filter(|parameter| parameter.position == Position::Path);
        in_path.any(|parameter| is_secret(&parameter.schema))
    }

    /// Every rule that the request breaks.
    pub fn findings(&self, parts: Parts<'_>) -> Vec<Finding> {
        let mut findings = Vec::new();
        let (query, problems) = query_pairs(parts.query.unwrap_or_default());
        findings.extend(problems);
        for parameter in &self.parameters {
            findings.extend(parameter.findings(parts, &query));
        }
        findings.extend(self.of_body(parts));
        findings.extend(media::accept(parts.headers));
        findings
    }

    fn of_body(&self, parts: Parts<'_>) -> Vec<Finding> {
        let headers = parts.headers;
        let mut findings = Vec::new();
        let Some(body) = parts.body else {
            findings.push(of_body(Kind::Size, "", "size", "is too large"));
            return findings;
        };
        let Some(check) = &self.body else {
            let content_type = self.content_type.as_deref();
            findings.extend(content_type.and_then(|media| media::content_type(headers, media)));
            if !body.is_empty() {
                let problem = "is there, but none is documented";
                findings.push(of_body(Kind::Request, "", "empty", problem));
            }
            return findings;
        };
        let wrong_type = media::content_type(headers, &check.media_type);
        // JSON has no text without a sign; of all others one that is empty may be sent, and its type says so.
        let is_sent = !body.is_empty()
            || check.encoding != Encoding::Json
                && headers.contains_key(CONTENT_TYPE)
                && wrong_type.is_none();
        if is_sent {
            // What is of another type is not read as if it were of this one.
            match wrong_type.or_else(|| media::missing(headers)) {
                Some(finding) => findings.push(finding),
                None => findings.extend(check.findings(body)),
            }
        } else if check.required {
            findings.extend(wrong_type);
            findings.push(of_body(Kind::Request, "", "required", "is required"));
        }
        findings
    }
}

impl BodyCheck {
    fn findings(&self, body: &[u8]) -> Vec<Finding> {
        let value = match self.encoding {
            Encoding::Json => match serde_json::from_slice(body) {
                Ok(value) => value,
                Err(_) => return vec![of_body(Kind::Request, "", "json", "is not JSON")],
            },
            Encoding::Form => match self.of_form(body) {
                Ok(value) => value,
                Err(findings) => return findings,
            },
            // Any bytes will do.
            Encoding::Text | Encoding::Bytes => return Vec::new(),
        };
        let flaws = self.check.flaws(&value);
        let names = self.document.property_names();
        let told = flaws.iter().take(MOST).map(|Flaw { at, misfit }| {
            let part: String = at.iter().map(|step| token(step, &names)).collect();
            let member = |name: &str| {
                let step = Step::Member(name.to_owned());
                part.clone() + &token(&step, &names)
            };
            let rule = misfit.rule();
            match misfit {
                Misfit::Missing { name } => {
                    let part = format!("{part}/{}", pointer_token(name));
                    of_body(Kind::Request, &part, rule, "is required")
                }
                Misfit::NotAllowed { name } => {
                    of_body(Kind::Request, &member(name), rule, "is not allowed")
                }
                _ => of_body(Kind::Request, &part, rule, &misfit.to_string()),
            }
        });
        let mut findings: Vec<Finding> = told.collect();
        if flaws.len() > MOST {
            let problem = "has more that is not as documented";
            findings.push(of_body(Kind::Request, "", "more", problem));
        }
        findings
    }

    /// The object that a form stands for: a field that is a list has an entry for each pair of its name. What is no
    /// value of its field stays as it is, for the schema to say so.
    fn of_form(&self, body: &[u8]) -> Result<Value, Vec<Finding>> {
        let encoding = |problem: &str| of_body(Kind::Request, "", "encoding", problem);
        let text = std::str::from_utf8(body).map_err(|_| vec![encoding("is not UTF-8")])?;
        let (pairs, unreadable) = query_pairs(text);
        if !unreadable.is_empty() {
            return Err(vec![encoding("has a name that is badly encoded")]);
        }
        let root = self.document.root();
        let form = behind(root, &self.schema);
        let mut members = serde_json::Map::new();
        for (name, text) in pairs {
            let property = form["properties"].get(&name);
            let schema = behind(root, property.unwrap_or(&form["additionalProperties"]));
            let is_list = schema["type"] == "array";
            let one = if is_list {
                behind(root, &schema["items"])
            } else {
                schema
            };
            let text = decoded_query(text).map_err(|problem| {
                // Another name is the client's word.
                let part = property.map(|_| format!("/{}", pointer_token(&name)));
                let part = part.unwrap_or_else(|| UNKNOWN.to_owned());
                vec![of_body(Kind::Request, &part, "encoding", problem)]
            })?;
            let value = text_value::value(&text, one).unwrap_or_else(|_| text.into());
            match members.entry(name) {
                Entry::Vacant(entry) if is_list => {
                    entry.insert(Value::Array(vec![value]));
                }
                Entry::Vacant(entry) => {
                    entry.insert(value);
                }
                Entry::Occupied(mut entry) => match entry.get_mut() {
                    Value::Array(values) => values.push(value),
                    // Where nothing is said of a list, that is one all the same.
                    first => *first = Value::Array(vec![first.take(), value]),
                },
            }
        }
        Ok(Value::Object(members))
    }
}

/// A step as a part of a JSON pointer. A name that the specification does not know is the client's word, and may be
/// a secret.
fn token(step: &Step, names: &BTreeSet<&str>) -> String {
    match step {
        Step::Item(index) => format!("/{index}"),
        Step::Member(name) if names.contains(name.as_str()) => format!("/{}", pointer_token(name)),
        Step::Member(_) => UNKNOWN.to_owned(),
    }
}

impl ParameterCheck {
    fn findings(&self, parts: Parts<'_>, query: &[(String, &str)]) -> Vec<Finding> {
        let entries = |text: &str| match self.layout {
            Layout::Joined(separator) => entries(self.position, separator, text),
            Layout::Single | Layout::Repeated => vec![text.to_owned()],
        };
        let texts: Vec<Text> = match self.position {
            Position::Path => {
                let value = parts.path.get(&self.name).map(|value| entries(value));
                let value = value.into_iter().flatten();
                value.map(|value| decoded(&value)).collect()
            }
            Position::Query => {
                let same = query.iter().filter(|(name, _)| *name == self.name);
                let same: Vec<_> = same.map(|(_, text)| entries(text)).collect();
                if same.len() > 1 && self.layout != Layout::Repeated {
                    return vec![self.finding("once", "is there more than once")];
                }
                same.iter()
                    .flatten()
                    .map(|text| decoded_query(text))
                    .collect()
            }
            Position::Header => {
                let values = parts.headers.get_all(&self.name).iter();
                values
                    .flat_map(|value| match std::str::from_utf8(value.as_bytes()) {
                        Ok(text) => entries(text).into_iter().map(Ok).collect(),
                        Err(_) => vec![Err("is no UTF-8")],
                    })
                    .collect()
            }
        };
        if texts.is_empty() {
            let problem = self.required.then_some("is required");
            return problem
                .map(|problem| self.finding("required", problem))
                .into_iter()
                .collect();
        }
        if texts.len() > 1 && !self.layout.is_list() {
            return vec![self.finding("once", "is there more than once")];
        }
        let mut values = Vec::new();
        let mut findings = Vec::new();
        for text in &texts {
            match text {
                Err(problem) => findings.push(self.finding("encoding", problem)),
                Ok(text) => match text_value::value(text, &self.schema) {
                    Err(problem) => findings.push(self.finding("type", problem)),
                    Ok(value) => values.push(value),
                },
            }
        }
        if !findings.is_empty() {
            return findings;
        }
        let value = if self.layout.is_list() {
            Value::Array(values)
        } else {
            values.pop().unwrap_or_default()
        };
        let flaws = self.check.flaws(&value).into_iter();
        flaws
            .map(|Flaw { misfit, .. }| self.finding(misfit.rule(), &misfit.to_string()))
            .collect()
    }

    fn finding(&self, rule: &str, problem: &str) -> Finding {
        match self.position {
            Position::Header => Finding::of_header(Kind::Request, &self.name, rule, problem),
            Position::Path | Position::Query => Finding {
                kind: Kind::Request,
                field: self.name.clone(),
                rule: rule.to_owned(),
                message: format!("the {} parameter {} {problem}", self.position, self.name),
            },
        }
    }
}

fn of_body(kind: Kind, part: &str, rule: &str, problem: &str) -> Finding {
    let field = format!("body{part}");
    Finding {
        kind,
        message: format!("the {field} {problem}"),
        field,
        rule: rule.to_owned(),
    }
}

/// A text, or what is wrong with its encoding.
type Text = Result<String, &'static str>;

/// Names of a query, and the texts that stand for values. A name that can't be decoded is a finding by itself.
fn query_pairs(query: &str) -> (Vec<(String, &str)>, Vec<Finding>) {
    let mut pairs = Vec::new();
    let mut findings = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match decoded_query(name) {
            Ok(name) => pairs.push((name, value)),
            Err(problem) => findings.push(Finding {
                kind: Kind::Request,
                field: "query".to_owned(),
                rule: "encoding".to_owned(),
                message: format!("a name in the query {problem}"),
            }),
        }
    }
    (pairs, findings)
}

/// In a query a plus sign is a space.
fn decoded_query(text: &str) -> Text {
    decoded(&text.replace('+', " "))
}

fn decoded(text: &str) -> Text {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('%') {
        let is_code = after
            .as_bytes()
            .get(..2)
            .is_some_and(|code| code.iter().all(u8::is_ascii_hexdigit));
        if !is_code {
            return Err("has a `%` that begins no code");
        }
        rest = after;
    }
    percent_decode_str(text)
        .decode_utf8()
        .map(Cow::into_owned)
        .map_err(|_| "is no UTF-8")
}
