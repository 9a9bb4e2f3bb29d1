//! How the body of a request is written: which of its media types is sent, and in which encoding.

use serde_json::Value;

use crate::document::{Document, Part};
use crate::example::{self, Example};
use crate::operation::Operation;

/// The body of an operation's requests.
pub struct Body<'a> {
    pub encoding: Encoding,
    /// As the specification writes it, and as it is sent.
    pub media_type: &'a str,
    pub required: bool,
    /// The object that describes it.
    pub part: Part<'a>,
    /// The value under its media type.
    pub content: Part<'a>,
}

/// How a value becomes a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Encoding {
    Json,
    Form,
    Text,
    Bytes,
}

impl Encoding {
    /// How a media type is encoded; `None` if only the sender can know.
    #[must_use]
    pub fn of(media_type: &str) -> Option<Self> {
        let essence = essence(media_type);
        if essence.starts_with("multipart/") {
            return None;
        }
        Some(
            if essence == "application/json" || essence.ends_with("+json") {
                Self::Json
            } else if essence == "application/x-www-form-urlencoded" {
                Self::Form
            } else if essence.starts_with("text/") {
                Self::Text
            } else {
                Self::Bytes
            },
        )
    }

    /// Whether it is a value with a schema, and not given byte by byte.
    #[must_use]
    pub fn is_of_a_value(self) -> bool {
        matches!(self, Self::Json | Self::Form)
    }
}

/// A media type without its parameters, in lower case.
#[must_use]
pub fn essence(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

impl<'a> Body<'a> {
    /// The most precise of several media types, which describe the same body in different ways.
    #[must_use]
    pub fn of(operation: &Operation<'a>) -> Option<Self> {
        let part = operation.request_body()?;
        let content = part.value["content"].as_object()?;
        let media_types = content.keys().map(String::as_str);
        let (encoding, media_type) = chosen(media_types)?;
        Some(Self {
            encoding,
            media_type,
            required: part.value["required"] == true,
            content: part.member("content").member(media_type),
            part,
        })
    }

    /// The schema of its value; references are not followed.
    #[must_use]
    pub fn schema(&self) -> &'a Value {
        &self.content.value["schema"]
    }

    /// Its examples, in the order of the file.
    #[must_use]
    pub fn examples(&self, document: &Document) -> Vec<Example> {
        example::of(document, &self.content)
    }
}

/// The media type that is sent if several are possible.
#[must_use]
pub fn chosen<'a>(media_types: impl Iterator<Item = &'a str>) -> Option<(Encoding, &'a str)> {
    media_types
        .filter_map(|media_type| Some((Encoding::of(media_type)?, media_type)))
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_says_how_a_body_is_encoded() {
        let cases = [
            ("application/json", Some(Encoding::Json)),
            ("Application/JSON; charset=utf-8", Some(Encoding::Json)),
            ("application/merge-patch+json", Some(Encoding::Json)),
            ("application/x-www-form-urlencoded", Some(Encoding::Form)),
            ("text/plain", Some(Encoding::Text)),
            ("text/csv; header=present", Some(Encoding::Text)),
            ("application/octet-stream", Some(Encoding::Bytes)),
            ("image/png", Some(Encoding::Bytes)),
            ("multipart/form-data", None),
        ];
        for (media_type, expected) in cases {
            assert_eq!(Encoding::of(media_type), expected, "{media_type}");
        }
    }

    #[test]
    fn of_several_media_types_json_is_sent_before_a_form_and_a_form_before_bytes() {
        let all = [
            "multipart/form-data",
            "application/octet-stream",
            "application/x-www-form-urlencoded",
            "application/vnd.par+json",
            "application/json",
        ];
        let sent = |count: usize| chosen(all[..count].iter().copied()).map(|(_, name)| name);
        assert_eq!(sent(1), None);
        assert_eq!(sent(2), Some(all[1]));
        assert_eq!(sent(3), Some(all[2]));
        assert_eq!(sent(4), Some(all[3]));
        assert_eq!(sent(5), Some(all[4]));
    }
}
