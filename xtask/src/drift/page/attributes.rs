//! The attributes of a field below its name: labels with values, such as `Type: string`, and single words, such as
//! `required`. There is one in each line, or several run together (`Type: stringFormat: uuid`), or several separated
//! by a dot in the middle.

use openapi::published::Field;

/// A single word, and its keyword in OpenAPI; `None` for a member of `Field`.
const WORDS: [(&str, Option<&str>); 7] = [
    ("required", None),
    ("enum", None),
    ("nullable", Some("nullable")),
    ("deprecated", Some("deprecated")),
    ("read-only", Some("readOnly")),
    ("write-only", Some("writeOnly")),
    ("unique!", Some("uniqueItems")),
];

/// A label, and its keyword in OpenAPI.
const LABELS: [(&str, &str); 13] = [
    ("Type:", "type"),
    ("Format:", "format"),
    ("Default:", "default"),
    ("Example:", "example"),
    ("Pattern:", "pattern"),
    ("min length:", "minLength"),
    ("max length:", "maxLength"),
    ("min items:", "minItems"),
    ("max items:", "maxItems"),
    ("multiple of:", "multipleOf"),
    ("min:", "minimum"),
    ("max:", "maximum"),
    ("const:", "const"),
];

/// A longer line is prose, whatever its beginning.
const LONGEST: usize = 2000;

/// A separator without a meaning.
const APART: [char; 3] = [' ', '·', '\u{a0}'];

/// Whether a line has only attributes.
pub fn is_of_attributes(line: &str) -> bool {
    read(line).is_some()
}

/// Reads a line. Returns false if it says something else, or something that was said before.
pub fn add(line: &str, field: &mut Field, lists_values: &mut bool) -> bool {
    let Some(attributes) = read(line) else {
        return false;
    };
    attributes.into_iter().all(|attribute| match attribute {
        Attribute::Word("required") => !std::mem::replace(&mut field.required, true),
        Attribute::Word("enum") => !std::mem::replace(lists_values, true),
        Attribute::Word(keyword) => rule(field, keyword, "true"),
        Attribute::Labelled("type", text) => kind(text, field),
        Attribute::Labelled("format", text) => field.format.replace(text.to_owned()).is_none(),
        Attribute::Labelled(keyword, text) => rule(field, keyword, text),
    })
}

fn rule(field: &mut Field, keyword: &str, text: &str) -> bool {
    let rules = &mut field.rules;
    rules.insert(keyword.to_owned(), text.to_owned()).is_none()
}

/// `string`, `object[]`, `array object[]`, and each of them with `| null`.
fn kind(text: &str, field: &mut Field) -> bool {
    if field.kind.is_some() {
        return false;
    }
    let (nulls, kinds): (Vec<&str>, Vec<&str>) = text
        .split('|')
        .map(str::trim)
        .partition(|kind| *kind == "null");
    if !nulls.is_empty() && !kinds.is_empty() && !rule(field, "nullable", "true") {
        return false;
    }
    let text = if kinds.is_empty() {
        "null".to_owned()
    } else {
        kinds.join(" | ")
    };
    let (kind, items) = match text.strip_suffix("[]") {
        Some(items) => ("array", Some(items.trim_start_matches("array ").trim())),
        None => (text.as_str(), None),
    };
    let is_name = |name: &str| !name.is_empty() && !name.contains([' ', '[', ']', ':']);
    field.kind = Some(kind.to_owned());
    field.items = items.map(str::to_owned);
    kind.split(" | ").all(is_name) && items.is_none_or(is_name)
}

enum Attribute<'a> {
    Word(&'static str),
    /// By the keyword.
    Labelled(&'static str, &'a str),
}

/// All attributes of a line; `None` if it contains something else or nothing.
fn read(line: &str) -> Option<Vec<Attribute<'_>>> {
    if line.len() > LONGEST {
        return None;
    }
    let mut attributes = Vec::new();
    let mut rest = line.trim_matches(APART);
    while !rest.is_empty() {
        if let Some((word, keyword)) = WORDS.iter().find(|(word, _)| rest.starts_with(word)) {
            attributes.push(Attribute::Word(keyword.unwrap_or(word)));
            rest = &rest[word.len()..];
        } else {
            let (label, keyword) = LABELS.iter().find(|(label, _)| starts(rest, label))?;
            let value = &rest[label.len()..];
            let lower = value.to_ascii_lowercase();
            let labels = LABELS.iter().map(|(label, _)| label.to_ascii_lowercase());
            let end = labels
                .filter_map(|label| lower.find(&label))
                .chain(value.find('·'))
                .min();
            let (value, after) = value.split_at(end.unwrap_or(value.len()));
            let value = value.trim_matches(APART);
            // A name that a word runs into. A word may be the end of any other value.
            let value = if matches!(*keyword, "type" | "format") {
                without_words(value, &mut attributes)
            } else {
                value
            };
            if value.is_empty() {
                return None;
            }
            attributes.push(Attribute::Labelled(keyword, value));
            rest = after;
        }
        rest = rest.trim_start_matches(APART);
    }
    (!attributes.is_empty()).then_some(attributes)
}

fn starts(text: &str, label: &str) -> bool {
    let beginning = text.get(..label.len());
    beginning.is_some_and(|beginning| beginning.eq_ignore_ascii_case(label))
}

fn without_words<'a>(mut value: &'a str, attributes: &mut Vec<Attribute<'_>>) -> &'a str {
    while let Some((rest, word, keyword)) = WORDS.iter().find_map(|(word, keyword)| {
        let rest = value.strip_suffix(word)?.trim_end_matches(APART);
        (!rest.is_empty()).then_some((rest, word, keyword))
    }) {
        attributes.push(Attribute::Word(keyword.unwrap_or(word)));
        value = rest;
    }
    value
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn said(line: &str) -> Option<Value> {
        let mut field = Field::default();
        let mut lists_values = false;
        let is_read = add(line, &mut field, &mut lists_values);
        let mut said = serde_json::to_value(&field).unwrap();
        let members = said.as_object_mut().unwrap();
        members.remove("name");
        if lists_values {
            members.insert("enum".to_owned(), true.into());
        }
        is_read.then_some(said)
    }

    #[test]
    fn attributes_are_told_apart_however_they_are_run_together() {
        let cases = [
            ("Type: string", json!({"type": "string", "required": false})),
            (
                "Type: stringFormat: uuid",
                json!({"type": "string", "format": "uuid", "required": false}),
            ),
            (
                "Type: string · Format: uuid ·",
                json!({"type": "string", "format": "uuid", "required": false}),
            ),
            (
                "Type: stringFormat: uuidrequired",
                json!({"type": "string", "format": "uuid", "required": true}),
            ),
            (
                "Type: string required enum",
                json!({"type": "string", "required": true, "enum": true}),
            ),
            (
                "Type: array object[] ·",
                json!({"type": "array", "items": "object", "required": false}),
            ),
            (
                "Type: integer[]",
                json!({"type": "array", "items": "integer", "required": false}),
            ),
            ("Type: array", json!({"type": "array", "required": false})),
            (
                "Type: string | null",
                json!({"type": "string", "rules": {"nullable": "true"}, "required": false}),
            ),
            ("Type: null", json!({"type": "null", "required": false})),
            (
                "Type: integermin: 1max: 20Default: 5",
                json!({"type": "integer", "rules": {"minimum": "1", "maximum": "20", "default": "5"}, "required": false}),
            ),
            (
                "Type: string · min length: 1 · max length: 9",
                json!({"type": "string", "rules": {"minLength": "1", "maxLength": "9"}, "required": false}),
            ),
            (
                "default: not required",
                json!({"rules": {"default": "not required"}, "required": false}),
            ),
            (
                "deprecated",
                json!({"rules": {"deprecated": "true"}, "required": false}),
            ),
        ];
        for (line, expected) in cases {
            assert_eq!(said(line), Some(expected), "{line}");
        }
    }

    #[test]
    fn prose_and_what_is_said_twice_are_no_attributes() {
        for line in [
            "",
            " · ",
            "required by law",
            "enumeration",
            "Kind: string",
            "Type:",
            "Type: a string of words",
            "Type: stringType: integer",
            "required required",
            "Type: string · Address",
        ] {
            assert_eq!(said(line), None, "{line}");
        }
    }
}
