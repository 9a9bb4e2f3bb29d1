//! The responses of an operation: which of them has a status, and what the answer is.

use std::sync::{Arc, OnceLock};

use axum::http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING, UPGRADE};
use axum::http::{HeaderName, HeaderValue};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::xml;
use openapi::body::{Encoding, essence};
use openapi::document::{Document, Part, reference};
use openapi::example::{self, Example};
use openapi::operation::Operation;
use openapi::ordered::Ordered;
use openapi::place::Place;
use openapi::sample;

/// All of them, in the order of the file.
pub(super) struct Responses(Vec<Documented>);

/// One documented response.
pub(super) struct Documented {
    code: Code,
    /// Its place in the specification.
    pub place: Place,
    /// In the order of the file; empty if it has no body.
    pub contents: Vec<Content>,
    document: Arc<Document>,
    headers: OnceLock<Vec<(HeaderName, HeaderValue)>>,
}

/// What a response is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Code {
    Status(u16),
    /// All statuses with this first digit.
    Range(u16),
    Default,
}

/// The body in one media type.
pub(super) struct Content {
    pub media_type: String,
    pub examples: Vec<Example>,
    /// The place of its schema.
    schema: Place,
    document: Arc<Document>,
    made: OnceLock<Option<Ordered>>,
}

impl Responses {
    pub fn of(document: &Arc<Document>, operation: &Operation<'_>) -> Self {
        let own = Part::at(
            operation.place.at("responses"),
            &operation.value["responses"],
        );
        let all = document.names(&own).into_iter().filter_map(|code| {
            Some(Documented {
                code: code_of(code)?,
                ..Documented::of(document, &document.follow(own.member(code)).ok()?)
            })
        });
        Self(all.collect())
    }

    /// The response with this status, if that ends an exchange.
    pub fn with_status(&self, status: u16) -> Option<&Documented> {
        if status < 200 {
            return None;
        }
        let of = |code| self.0.iter().find(|one| one.code == code);
        of(Code::Status(status))
            .or_else(|| of(Code::Range(status / 100)))
            .or_else(|| of(Code::Default))
    }

    /// Whether the documented response of this status has that schema.
    pub fn refer_to(&self, status: u16, schema: &str) -> bool {
        let response = self.with_status(status);
        response.is_none_or(|response| response.contents.iter().any(|one| one.refers_to(schema)))
    }

    /// Whether exactly this status is documented.
    pub fn names(&self, status: u16) -> bool {
        self.0.iter().any(|one| one.code == Code::Status(status))
    }

    /// The response to a call without preferences, with its status: the success with the lowest status, or else any
    /// other.
    pub fn usual(&self) -> Option<(u16, &Documented)> {
        let statuses = self.0.iter().filter_map(|one| match one.code {
            Code::Status(status) => Some((status, one)),
            _ => None,
        });
        let lowest = |from: u16, to: u16| {
            let within = statuses
                .clone()
                .filter(|(status, _)| (from..to).contains(status));
            within.min_by_key(|(status, _)| *status)
        };
        let of = |code| self.0.iter().find(|one| one.code == code);
        lowest(200, 300)
            .or_else(|| of(Code::Range(2)).map(|one| (200, one)))
            .or_else(|| lowest(300, 400))
            .or_else(|| of(Code::Default).map(|one| (200, one)))
            .or_else(|| {
                self.0.iter().find_map(|one| match one.code {
                    Code::Status(status) => (status >= 200).then_some((status, one)),
                    Code::Range(digit) => (digit >= 2).then_some((digit * 100, one)),
                    Code::Default => None,
                })
            })
    }

    /// The statuses as the specification writes them.
    pub fn codes(&self) -> String {
        let codes = self.0.iter().map(|one| match one.code {
            Code::Status(status) => status.to_string(),
            Code::Range(digit) => format!("{digit}XX"),
            Code::Default => "default".to_owned(),
        });
        codes.collect::<Vec<_>>().join(", ")
    }
}

/// `None` for what is not a status, such as an extension.
fn code_of(text: &str) -> Option<Code> {
    if text == "default" {
        return Some(Code::Default);
    }
    if let [digit @ b'1'..=b'5', b'X' | b'x', b'X' | b'x'] = text.as_bytes() {
        return Some(Code::Range((digit - b'0').into()));
    }
    let status: u16 = text.parse().ok()?;
    (100..600).contains(&status).then_some(Code::Status(status))
}

impl Content {
    fn refers_to(&self, schema: &str) -> bool {
        let own = self.document.part(&self.schema);
        own.is_some_and(|own| reference(own.value) == Some(schema))
    }
}

impl Documented {
    fn of(document: &Arc<Document>, part: &Part<'_>) -> Self {
        let content = part.member("content");
        let media_types = document.names(&content).into_iter();
        let contents = media_types.map(|media_type| {
            let content = content.member(media_type);
            Content {
                media_type: media_type.to_owned(),
                examples: example::of(document, &content),
                schema: content.member("schema").home,
                document: Arc::clone(document),
                made: OnceLock::new(),
            }
        });
        Self {
            code: Code::Default,
            place: part.home.clone(),
            contents: contents.collect(),
            document: Arc::clone(document),
            headers: OnceLock::new(),
        }
    }

    /// The documented headers that a server sends.
    pub fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        self.headers.get_or_init(|| {
            let own = self.document.part(&self.place);
            let own = own.map(|own| own.member("headers"));
            let all = own.iter().flat_map(Part::members);
            all.filter_map(|header| self.header(&header)).collect()
        })
    }

    fn header(&self, named: &Part<'_>) -> Option<(HeaderName, HeaderValue)> {
        let name = HeaderName::try_from(named.place.steps().last()?.as_str()).ok()?;
        // OpenAPI ignores the first of them, and the others say how the message is sent.
        if [
            CONTENT_TYPE,
            CONTENT_LENGTH,
            TRANSFER_ENCODING,
            CONNECTION,
            UPGRADE,
        ]
        .contains(&name)
        {
            return None;
        }
        let header = self.document.follow(named.clone()).ok()?;
        let authored = example::of(&self.document, &header).into_iter().next();
        let value = match authored {
            Some(example) => example.value,
            None => {
                let schema = header.member("schema");
                let schema = schema.value.is_object().then_some(schema)?;
                sample::of(&self.document, schema)?.value
            }
        };
        let explode = header.value["explode"] == true;
        Some((
            name,
            HeaderValue::try_from(in_a_header(&value, explode)).ok()?,
        ))
    }
}

/// A value in the style `simple`.
fn in_a_header(value: &Value, explode: bool) -> String {
    let parts: Vec<String> = match value {
        Value::Array(items) => items.iter().map(text).collect(),
        Value::Object(members) => {
            let separator = if explode { '=' } else { ',' };
            let pairs = members.iter();
            pairs
                .map(|(name, value)| format!("{name}{separator}{}", text(value)))
                .collect()
        }
        one => vec![text(one)],
    };
    parts.join(",")
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

impl Content {
    /// The schema of its body; null if there is none.
    pub fn schema(&self) -> &Value {
        let part = self.document.part(&self.schema);
        part.map_or(&Value::Null, |part| part.value)
    }

    /// The example, or a value of the schema if there is none; `None` if no value can be made. Without a schema, all
    /// that is known is that JSON has no empty text.
    pub fn value(&self, example: Option<&Example>) -> Option<Ordered> {
        if let Some(example) = example {
            let part = self.document.part(&example.home)?;
            return Some(self.document.ordered(&part));
        }
        let made = self
            .made
            .get_or_init(|| match self.document.part(&self.schema) {
                Some(schema) => sample::of(&self.document, schema),
                None if Encoding::of(&self.media_type) == Some(Encoding::Json) => {
                    Some(json!({}).into())
                }
                None => Some(Value::Null.into()),
            });
        made.clone()
    }

    /// A value in this media type; `None` if it is not defined how to write it.
    pub fn written(&self, media_type: &str, value: &Ordered) -> Option<String> {
        let essence = essence(media_type);
        let is_xml = essence.ends_with("/xml") || essence.ends_with("+xml");
        match (&value.value, Encoding::of(media_type)) {
            (_, Some(Encoding::Json)) => Some(value.to_string()),
            (Value::Object(members), Some(Encoding::Form)) => {
                let mut form = form_urlencoded::Serializer::new(String::new());
                for (name, member) in members {
                    match member {
                        Value::Array(items) => {
                            form.extend_pairs(items.iter().map(|item| (name, text(item))));
                        }
                        one => drop(form.append_pair(name, &text(one))),
                    }
                }
                Some(form.finish())
            }
            (Value::Object(_) | Value::Array(_), _) if is_xml => {
                Some(xml::of(&self.document, self.schema(), value))
            }
            (Value::Object(_) | Value::Array(_), Some(Encoding::Text)) => None,
            // A private media type is JSON under another name if it has several parts.
            (Value::Object(_) | Value::Array(_), _) => Some(value.to_string()),
            (Value::Null, _) => Some(String::new()),
            (one, _) => Some(text(one)),
        }
    }
}
