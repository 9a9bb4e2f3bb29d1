//! How the value of a parameter is written: as one text, or as a list in the style that is documented.

use serde_json::Value;

use crate::document::Document;
use crate::schema::behind;

/// What stands in a request for the value of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// One text.
    Single,
    /// A list, with a pair of name and value for each entry.
    Repeated,
    /// A list whose entries stand in one text, with this between them.
    Joined(char),
}

/// Why nobody can send a parameter as it is described.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsendable {
    #[error("is a parameter in `{0}`")]
    Position(String),
    #[error("is described by `content`")]
    Content,
    #[error("has the style `{0}`")]
    Style(String),
    #[error("is an object")]
    Object,
    #[error("is a list of lists or objects")]
    Nested,
}

impl Unsendable {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Position(_) => {
                "only path, query and header parameters are sent: remove it, and let the HTTP client of the caller handle cookies"
            }
            Self::Content => "describe by `schema` what its text is, such as `type: string`",
            Self::Style(_) => {
                "lists are sent as `form`, `spaceDelimited` or `pipeDelimited` in a query and as `simple` elsewhere: \
                 describe each member by a parameter of its own, named as it is sent, such as `filter[name]`"
            }
            Self::Object | Self::Nested => {
                "describe each member by a parameter of its own, named as it is sent, such as `filter[name]`"
            }
        }
    }
}

impl Layout {
    /// # Errors
    ///
    /// Nobody can send a parameter that is described so.
    pub fn of(document: &Document, parameter: &Value) -> Result<Self, Unsendable> {
        let position = match parameter["in"].as_str() {
            Some(position @ ("path" | "query" | "header")) => position,
            other => {
                return Err(Unsendable::Position(other.unwrap_or_default().to_owned()));
            }
        };
        if parameter.get("content").is_some() {
            return Err(Unsendable::Content);
        }
        let style = parameter["style"].as_str();
        let explode = parameter["explode"].as_bool();
        let list = match (position, style) {
            ("query", None | Some("form")) if explode != Some(false) => Self::Repeated,
            ("query", Some("spaceDelimited" | "pipeDelimited")) if explode == Some(true) => {
                Self::Repeated
            }
            ("query", None | Some("form")) | ("path" | "header", None | Some("simple")) => {
                Self::Joined(',')
            }
            ("query", Some("spaceDelimited")) => Self::Joined(' '),
            ("query", Some("pipeDelimited")) => Self::Joined('|'),
            (_, other) => return Err(Unsendable::Style(other.unwrap_or_default().to_owned())),
        };
        let schema = behind(document.root(), &parameter["schema"]);
        if is_object(schema) {
            return Err(Unsendable::Object);
        }
        if schema["type"] != "array" {
            return Ok(Self::Single);
        }
        let entry = behind(document.root(), &schema["items"]);
        if entry["type"] == "array" || is_object(entry) {
            return Err(Unsendable::Nested);
        }
        Ok(list)
    }

    /// Whether the value is a list.
    #[must_use]
    pub fn is_list(self) -> bool {
        self != Self::Single
    }
}

fn is_object(schema: &Value) -> bool {
    schema["type"] == "object" || schema.get("properties").is_some()
}

/// What a single text is, or of a list what its entries are.
#[must_use]
pub fn entry<'a>(document: &'a Document, schema: &'a Value) -> &'a Value {
    let schema = behind(document.root(), schema);
    if schema["type"] == "array" {
        behind(document.root(), &schema["items"])
    } else {
        schema
    }
}

/// The texts that a value is made of: one, or one for each entry of a list.
#[must_use]
pub fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(entries) => entries.iter().map(text).collect(),
        one => vec![text(one)],
    }
}

/// A text, or what stands for one: YAML reads `5.0` as a number.
#[must_use]
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Layout, texts};
    use crate::document::Document;

    #[test]
    fn a_list_is_written_in_the_style_of_its_parameter_and_what_nobody_can_send_has_a_reason() {
        let list = "schema: {type: array, items: {type: string}}";
        let cases = "
in: query, schema: {type: string}                          | Single
in: query, schema: {}                                      | Single
in: query, explode: false, schema: {type: integer}         | Single
in: query, LIST                                            | Repeated
in: query, explode: true, LIST                             | Repeated
in: query, style: form, explode: false, LIST               | Joined(',')
in: query, style: spaceDelimited, LIST                     | Joined(' ')
in: query, style: pipeDelimited, LIST                      | Joined('|')
in: query, style: pipeDelimited, explode: true, LIST       | Repeated
in: header, LIST                                           | Joined(',')
in: path, style: simple, LIST                              | Joined(',')
in: query, schema: {$ref: '#/components/schemas/Ids'}      | Repeated
in: cookie, schema: {type: string}                         | is a parameter in `cookie`
in: query, content: {application/json: {}}                 | is described by `content`
in: query, style: deepObject, schema: {type: object}       | has the style `deepObject`
in: path, style: matrix, schema: {type: string}            | has the style `matrix`
in: query, schema: {properties: {a: {}}}                   | is an object
in: query, schema: {type: array, items: {type: array}}     | is a list of lists or objects
";
        for case in cases.trim().lines() {
            let (parameter, expected) = case.split_once(" | ").unwrap();
            let parameter = parameter.replace("LIST", list);
            let text = format!(
                "parameter: {{{parameter}}}\ncomponents: {{schemas: {{Ids: {{type: array, items: {{type: string}}}}}}}}"
            );
            let document = Document::parse(Path::new("spec.yaml"), text.as_bytes()).unwrap();
            let layout = Layout::of(&document, &document.root()["parameter"]);
            let said = match layout {
                Ok(layout) => format!("{layout:?}"),
                Err(reason) => reason.to_string(),
            };
            assert_eq!(said, expected, "{parameter}");
        }
    }

    #[test]
    fn a_value_is_one_text_or_one_for_each_entry() {
        assert_eq!(texts(&serde_json::json!(5.0)), ["5.0"]);
        assert_eq!(
            texts(&serde_json::json!(["a", 1, true])),
            ["a", "1", "true"]
        );
        assert!(texts(&serde_json::json!([])).is_empty());
    }
}
