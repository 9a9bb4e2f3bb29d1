//! One point on which the specification and the published facts disagree.

use std::fmt;

use serde_json::json;

use super::shape::ShapeChange;
use crate::report::{Finding, Severity};
use openapi::place::Place;
use openapi::schema_check::Misfit;

/// Something that both can speak of.
#[derive(Clone, Debug, PartialEq)]
pub enum Topic {
    PathParameter(String),
    QueryParameter(String),
    Cookie(String),
    Header(String),
    Body,
    BodyField(String),
    Response(String),
    /// A media type of a response.
    MediaType(String),
}

/// The text completes a sentence that begins with the place.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Conflict {
    #[error("there are published facts of `{0}`, which is no operation of the specification")]
    NoOperation(String),
    #[error("the method is {described}, and {published} on the page")]
    Method {
        described: String,
        published: String,
    },
    #[error("the path is {described}, and {published} on the page")]
    Path {
        described: String,
        published: String,
    },
    #[error("{0} is not described, but published")]
    NotDescribed(Topic),
    #[error("{0} is described, but not published")]
    NotPublished(Topic),
    #[error("{topic} is {}, and {} on the page", need(*described), need(!*described))]
    Required { topic: Topic, described: bool },
    #[error("{topic} is of type {described}, and {published} on the page")]
    Type {
        topic: Topic,
        described: String,
        published: String,
    },
    #[error("{topic} does not list the value `{value}`, and does on the page")]
    ValueNotDescribed { topic: Topic, value: String },
    #[error("{topic} lists the value `{value}`, and does not on the page")]
    ValueNotPublished { topic: Topic, value: String },
    #[error("the sample request of the page is sent by {published}")]
    SampleMethod { published: String },
    #[error(
        "the sample request of the page goes to {url}, which is no server of the specification followed by the path"
    )]
    SampleUrl { url: String },
    #[error("the sample request of the page has a header {name}, which is not described")]
    SampleHeader { name: String },
    #[error(
        "the sample request of the page sends {name}: {published}, and {described} is described"
    )]
    SampleValue {
        name: String,
        published: String,
        described: String,
    },
    #[error("the sample request of the page has a body, and none is described")]
    SampleBody,
    #[error("the page has an example response, and no success with a body is described")]
    NoSuccess,
    #[error("the example of the page is not among the examples")]
    NoExample,
    #[error("{}", compared(path, change))]
    Example { path: String, change: ShapeChange },
    #[error("the example of the page does not fit at {at}: it {misfit}")]
    ExampleMisfit { at: Place, misfit: Misfit },
    #[error("the example of the page has a field `{field}` at {at} that the schema does not name")]
    ExampleNotNamed { at: Place, field: String },
}

fn need(required: bool) -> &'static str {
    if required { "required" } else { "optional" }
}

/// The change leads from the example of the page to that of the specification.
fn compared(path: &str, change: &ShapeChange) -> String {
    let path = if path.is_empty() { "the whole" } else { path };
    match change {
        ShapeChange::Added { kind } => {
            format!("the example has {path} ({kind}), and that of the page has not")
        }
        ShapeChange::Removed { kind } => {
            format!("the example lacks {path} ({kind}) of the page's example")
        }
        ShapeChange::Retyped { old, new } => {
            format!("the example has {path} as {new}, and that of the page as {old}")
        }
        ShapeChange::Presence { all } => {
            let (here, there) = if *all {
                ("all", "some")
            } else {
                ("some", "all")
            };
            format!("the example has {path} in {here} entries, and that of the page in {there}")
        }
        ShapeChange::Value => {
            format!("the example has another value of {path} than that of the page")
        }
    }
}

impl Conflict {
    /// The finding that this is at a place of the specification.
    pub fn at(&self, place: &Place) -> Finding {
        Finding {
            severity: Severity::Drift,
            text: format!("{place}: {self}"),
            json: json!({ "place": place.to_string(), "problem": self.to_string() }),
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PathParameter(name) => write!(f, "path parameter {name}"),
            Self::QueryParameter(name) => write!(f, "query parameter {name}"),
            Self::Cookie(name) => write!(f, "cookie {name}"),
            Self::Header(name) => write!(f, "header {name}"),
            Self::Body => f.write_str("the request body"),
            Self::BodyField(name) => write!(f, "field {name} of the request body"),
            Self::Response(status) => write!(f, "response {status}"),
            Self::MediaType(name) => write!(f, "media type {name} of a response"),
        }
    }
}
