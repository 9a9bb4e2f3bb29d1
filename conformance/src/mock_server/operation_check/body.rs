//! The body of a request: whether its media type is documented, and whether it fits.

use std::collections::BTreeSet;

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use super::super::facets::Facets;
use super::super::finding::{Finding, Kind};
use super::super::media;
use super::encoded::{Pair, decoded, pairs};
use super::multipart;
use super::serialization::{Sent, Serialization, Style, Unreadable, add};
use super::{Checks, UncheckableError};
use crate::json_path::pointer_token;
use openapi::body::Encoding;
use openapi::document::{Document, Part};
use openapi::schema_check::{Problem, SchemaCheck, Step};

/// How many violations of a body are named: otherwise only its size would limit them.
const MOST: usize = 100;

/// Replaces a name that is not shown in a JSON pointer.
const UNKNOWN: &str = "/[unknown]";

pub(super) struct BodyCheck {
    required: bool,
    /// In the order of the file.
    contents: Vec<ContentCheck>,
}

/// One media type of a body.
struct ContentCheck {
    media_type: String,
    /// `None` for a form of several parts.
    encoding: Option<Encoding>,
    /// The kind of its contents.
    schema: Value,
    /// How each property of a form is written, if the specification says so.
    properties: Value,
    check: SchemaCheck,
}

impl BodyCheck {
    pub fn new(checks: &Checks<'_>, part: &Part<'_>) -> Result<Self, UncheckableError> {
        let content = part.member("content");
        let contents = checks
            .document
            .names(&content)
            .into_iter()
            .map(|media_type| {
                let content = content.member(media_type);
                let schema = content.member("schema");
                Ok(ContentCheck {
                    media_type: media_type.to_owned(),
                    encoding: Encoding::of(media_type),
                    schema: schema.value.clone(),
                    properties: content.value["encoding"].clone(),
                    check: checks.of(&schema)?,
                })
            });
        Ok(Self {
            required: part.value["required"] == true,
            contents: contents.collect::<Result<_, _>>()?,
        })
    }

    pub fn findings(&self, document: &Document, headers: &HeaderMap, body: &[u8]) -> Vec<Finding> {
        let media_types = self.contents.iter().map(|one| one.media_type.as_str());
        let content = match media::content_type(headers, media_types) {
            Ok(index) => Ok(index.and_then(|index| self.contents.get(index))),
            // Anything may be sent if nothing is described.
            Err(_) if self.contents.is_empty() => return Vec::new(),
            Err(wrong) => Err(wrong),
        };
        // JSON has no empty text. Every other kind may be empty, and its type decides.
        let may_be_empty =
            |one: &ContentCheck| one.encoding.is_some_and(|one| one != Encoding::Json);
        let is_sent = !body.is_empty() || matches!(content, Ok(Some(one)) if may_be_empty(one));
        let mut findings = Vec::new();
        if is_sent {
            match content {
                // A body of another type is not read as if it had this one.
                Err(wrong) => findings.push(wrong),
                Ok(None) if self.contents.is_empty() => {}
                Ok(None) => findings.push(media::missing()),
                Ok(Some(content)) => {
                    let content_type = headers.get(CONTENT_TYPE).map(|value| value.as_bytes());
                    let content_type = content_type.map(String::from_utf8_lossy);
                    let content_type = content_type.unwrap_or_default();
                    findings.extend(content.findings(document, &content_type, body));
                }
            }
        } else if self.required {
            findings.extend(content.err());
            findings.push(of_body(Kind::Request, "", "required", "is required"));
        }
        findings
    }
}

impl ContentCheck {
    fn findings(&self, document: &Document, content_type: &str, body: &[u8]) -> Vec<Finding> {
        let facets = Facets::of(document, [&self.schema]);
        // If the documented media type is a range, the type that was sent says how the body is written.
        let encoding = match self.media_type.contains('*') {
            true => Encoding::of(content_type),
            false => self.encoding,
        };
        let value = match encoding {
            Some(Encoding::Json) => match serde_json::from_slice(body) {
                Ok(value) => value,
                Err(_) => return vec![of_body(Kind::Request, "", "json", "is not JSON")],
            },
            Some(Encoding::Form) => match self.of_form(&facets, body) {
                Ok(value) => value,
                Err(finding) => return vec![finding],
            },
            None => match self.of_parts(&facets, content_type, body) {
                Ok(value) => value,
                Err(finding) => return vec![finding],
            },
            Some(Encoding::Text) => {
                match std::str::from_utf8(body).map(|text| facets.value(text)) {
                    // It is not defined how a text represents a value of several parts.
                    Ok(_)
                        if ["object", "array"]
                            .iter()
                            .any(|kind| facets.is_of_parts(kind)) =>
                    {
                        return Vec::new();
                    }
                    Ok(Ok(value)) => value,
                    Ok(Err(problem)) => return vec![of_body(Kind::Request, "", "type", problem)],
                    // It may have another encoding.
                    Err(_) => return Vec::new(),
                }
            }
            // Any bytes are fine.
            Some(Encoding::Bytes) => return Vec::new(),
        };
        self.of_value(document, &value)
    }

    fn of_value(&self, document: &Document, value: &Value) -> Vec<Finding> {
        let found = self.check.findings(value);
        if found.is_empty() {
            return Vec::new();
        }
        let names = document.property_names();
        let told = found.iter().take(MOST).map(|one| {
            let part: String = one.at.iter().map(|step| token(step, &names)).collect();
            let member = |name: &str| {
                let step = Step::Member(name.to_owned());
                part.clone() + &token(&step, &names)
            };
            let rule = one.problem.rule();
            match &one.problem {
                Problem::Missing { name } => {
                    let part = format!("{part}/{}", pointer_token(name));
                    of_body(Kind::Request, &part, rule, "is required")
                }
                Problem::NotAllowed { name } => {
                    of_body(Kind::Request, &member(name), rule, "is not allowed")
                }
                problem => of_body(Kind::Request, &part, rule, &problem.to_string()),
            }
        });
        let mut findings: Vec<Finding> = told.collect();
        if found.len() > MOST {
            let problem = "has more that is not as documented";
            findings.push(of_body(Kind::Request, "", "more", problem));
        }
        findings
    }

    /// The object that a form represents. A text that is not a value of its field stays a text, and the schema
    /// reports it.
    fn of_form(&self, facets: &Facets<'_>, body: &[u8]) -> Result<Value, Finding> {
        let wrong = |problem: &str| of_body(Kind::Request, "", "encoding", problem);
        let text = std::str::from_utf8(body).map_err(|_| wrong("is not UTF-8"))?;
        let (pairs, unreadable) = pairs(text);
        if unreadable > 0 {
            return Err(wrong("has a name that is badly encoded"));
        }
        let mut members = Map::new();
        let mut left: Vec<&Pair> = pairs.iter().collect();
        // Properties with a style of their own.
        for (name, described) in self.properties.as_object().into_iter().flatten() {
            if described.get("style").is_none() && described.get("explode").is_none() {
                continue;
            }
            let how = Serialization::of(described, Style::Form);
            let member = facets.member(name);
            let values = how.values(name, &member, &Sent::Pairs(&pairs));
            let values = values.map_err(|Unreadable { rule, problem }| {
                of_body(
                    Kind::Request,
                    &format!("/{}", pointer_token(name)),
                    rule,
                    problem,
                )
            })?;
            if let Some(value) = values.into_iter().next() {
                members.insert(name.clone(), value);
                let bracket = format!("{name}[");
                left.retain(|(other, _)| other != name && !other.starts_with(&bracket));
            }
        }
        for (name, value) in left {
            let text = decoded(value).map_err(|problem| {
                // The client chose this name.
                let part = facets.names(name);
                let part = part.then(|| format!("/{}", pointer_token(name)));
                let part = part.unwrap_or_else(|| UNKNOWN.to_owned());
                of_body(Kind::Request, &part, "encoding", problem)
            })?;
            put(&mut members, facets, name, &text);
        }
        Ok(Value::Object(members))
    }

    /// The object that a body of several parts represents. A file is a text.
    fn of_parts(
        &self,
        facets: &Facets<'_>,
        content_type: &str,
        body: &[u8],
    ) -> Result<Value, Finding> {
        let fields = multipart::fields(content_type, body);
        let fields =
            fields.ok_or_else(|| of_body(Kind::Request, "", "multipart", "can't be parsed"))?;
        let mut members = Map::new();
        for field in fields {
            let text = String::from_utf8_lossy(field.bytes);
            let is_json = field
                .media_type
                .is_some_and(|one| Encoding::of(&one) == Some(Encoding::Json));
            if is_json && let Ok(value) = serde_json::from_slice(field.bytes) {
                add(&mut members, field.name, value);
            } else if field.is_file {
                let is_list = facets.member(&field.name).is_of_parts("array");
                let file = Value::from(text);
                let file = if is_list && !members.contains_key(&field.name) {
                    Value::Array(vec![file])
                } else {
                    file
                };
                add(&mut members, field.name, file);
            } else {
                put(&mut members, facets, &field.name, &text);
            }
        }
        Ok(Value::Object(members))
    }
}

/// Adds the value of a text to the members.
fn put(members: &mut Map<String, Value>, facets: &Facets<'_>, name: &str, text: &str) {
    let member = facets.member(name);
    let is_list = member.is_of_parts("array");
    let is_one = !is_list && !member.is_of_parts("object");
    let one = if is_list { member.items() } else { member };
    // A value of several parts is written as JSON.
    let value = match serde_json::from_str(text) {
        Ok(value @ (Value::Object(_) | Value::Array(_))) if !is_one => value,
        _ => one.value(text).unwrap_or_else(|_| text.into()),
    };
    let is_first = !members.contains_key(name);
    let value = match value {
        Value::Array(items) => Value::Array(items),
        one if is_list && is_first => Value::Array(vec![one]),
        one => one,
    };
    add(members, name.to_owned(), value);
}

/// A step as a part of a JSON pointer. A name that is not in the specification was chosen by the client and may be a
/// secret.
fn token(step: &Step, names: &BTreeSet<&str>) -> String {
    match step {
        Step::Item(index) => format!("/{index}"),
        Step::Member(name) if names.contains(name.as_str()) => format!("/{}", pointer_token(name)),
        Step::Member(_) => UNKNOWN.to_owned(),
    }
}

pub(super) fn of_body(kind: Kind, part: &str, rule: &str, problem: &str) -> Finding {
    let field = format!("body{part}");
    Finding {
        kind,
        message: format!("the {field} {problem}"),
        field,
        rule: rule.to_owned(),
    }
}
