//! One change of a page, and whether it breaks callers.

use std::fmt;

use serde_json::json;

use super::shape::ShapeChange;
use crate::report::{Finding, Severity};

#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub subject: Subject,
    pub kind: Kind,
}

/// What changed.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    Method,
    Path,
    /// A header, a parameter, or a field of the body.
    Field {
        group: &'static str,
        name: String,
    },
    Body,
    BodyMediaType,
    /// The body in a further media type.
    BodyAs(String),
    /// A media type among the responses.
    MediaType(String),
    Response(String),
    SampleMethod,
    SampleUrl,
    SampleHeader(String),
    SampleBody,
    /// A field of the example response, by its path.
    Example(String),
}

/// How it changed.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// `required`, for everything that can be required.
    Added {
        required: Option<bool>,
    },
    Removed,
    /// Whether it is required now.
    Required(bool),
    ValueAdded(String),
    ValueRemoved(String),
    /// Any value was allowed, and now only some are, or the other way round.
    ValuesListed(bool),
    Replaced {
        old: String,
        new: String,
    },
    /// Another limit of a value.
    Rule {
        keyword: String,
        old: String,
        new: String,
    },
    Shape(ShapeChange),
}

impl Change {
    /// Whether a caller that followed the page before may fail now.
    fn is_breaking(&self) -> bool {
        match (&self.subject, &self.kind) {
            // A sample shows what is documented elsewhere, except the host.
            (Subject::SampleMethod | Subject::SampleHeader(_) | Subject::SampleBody, _) => false,
            (Subject::Example(_), Kind::Added { .. } | Kind::Removed) => false,
            (Subject::Example(_), Kind::Shape(change)) => match change {
                ShapeChange::Added { .. }
                | ShapeChange::Presence { all: true }
                | ShapeChange::Value => false,
                ShapeChange::Removed { .. }
                | ShapeChange::Retyped { .. }
                | ShapeChange::Presence { all: false } => true,
            },
            // An undocumented error could be returned before, too.
            (Subject::Response(status), Kind::Added { .. } | Kind::Removed) => {
                !status.starts_with(['4', '5'])
            }
            (Subject::Response(_), _) => false,
            (Subject::MediaType(_) | Subject::BodyAs(_), Kind::Added { .. }) => false,
            // Without it, the path is another one.
            (Subject::Field { group, .. }, Kind::Removed) if *group == "path parameter" => true,
            (Subject::Field { .. } | Subject::Body, kind) => match kind {
                Kind::Added { required } => *required == Some(true),
                Kind::Required(required) => *required,
                Kind::ValuesListed(listed) => *listed,
                // Sending something that is ignored does no harm.
                Kind::Removed | Kind::ValueAdded(_) => false,
                Kind::Rule { keyword, .. } => {
                    !matches!(&**keyword, "default" | "deprecated" | "example" | "fields")
                }
                // Upper and lower case make no difference in the name of a header.
                Kind::Replaced { old, new } => !old.eq_ignore_ascii_case(new),
                Kind::ValueRemoved(_) | Kind::Shape(_) => true,
            },
            _ => true,
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Method => f.write_str("method"),
            Self::Path => f.write_str("path"),
            Self::Field { group, name } => write!(f, "{group} {name}"),
            Self::Body => f.write_str("request body"),
            Self::BodyMediaType => f.write_str("media type of the request body"),
            Self::BodyAs(name) => write!(f, "request body as {name}"),
            Self::MediaType(name) => write!(f, "media type {name}"),
            Self::Response(status) => write!(f, "response {status}"),
            Self::SampleMethod => f.write_str("sample request: method"),
            Self::SampleUrl => f.write_str("sample request: URL"),
            Self::SampleHeader(name) => write!(f, "sample request: header {name}"),
            Self::SampleBody => f.write_str("sample request: body"),
            Self::Example(path) if path.is_empty() => f.write_str("example"),
            Self::Example(path) => write!(f, "example: {path}"),
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.subject)?;
        match &self.kind {
            Kind::Added { required: None } => f.write_str(" added"),
            Kind::Added {
                required: Some(true),
            } => f.write_str(" added (required)"),
            Kind::Added {
                required: Some(false),
            } => f.write_str(" added (optional)"),
            Kind::Removed => f.write_str(" removed"),
            Kind::Required(true) => f.write_str(": optional → required"),
            Kind::Required(false) => f.write_str(": required → optional"),
            Kind::ValueAdded(value) => write!(f, ": value `{value}` added"),
            Kind::ValueRemoved(value) => write!(f, ": value `{value}` removed"),
            Kind::ValuesListed(true) => f.write_str(": any value → listed values"),
            Kind::ValuesListed(false) => f.write_str(": listed values → any value"),
            Kind::Replaced { old, new } => write!(f, ": {old} → {new}"),
            Kind::Rule { keyword, old, new } => write!(f, ": {keyword} {old} → {new}"),
            Kind::Shape(change @ (ShapeChange::Added { .. } | ShapeChange::Removed { .. })) => {
                write!(f, " {change}")
            }
            Kind::Shape(change) => write!(f, ": {change}"),
        }
    }
}

impl Change {
    pub fn finding(&self) -> Finding {
        let is_breaking = self.is_breaking();
        Finding {
            file: None,
            severity: if is_breaking {
                Severity::Breaking
            } else {
                Severity::Compatible
            },
            text: self.to_string(),
            json: json!({
                "subject": self.subject.to_string(),
                "change": self.to_string(),
                "breaking": is_breaking,
            }),
        }
    }
}
