//! A body beside its schema: fields that are missing, of another type or unknown, by their JSON path.

use std::collections::BTreeSet;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde_json::Value;

use super::finding::{Finding, Kind};
use super::masking::Masking;
use crate::json_path::{item, member};
use openapi::document::type_of;
use openapi::schema_validator::validator;
use openapi::specification::Specification;

/// More of them say nothing new, and a server could go on for ever.
const MOST: usize = 100;

/// References that lead further than this lead in a circle.
const DEEPEST: usize = 32;

/// Where a value is not of its schema. No value is quoted, and no name that `masking` knows to be a secret.
#[must_use]
pub fn findings(
    specification: &Specification,
    schema: &Value,
    value: &Value,
    masking: &Masking,
) -> Vec<Finding> {
    let document = specification.closed(schema);
    let mut comparison = Comparison {
        document: &document,
        names: BTreeSet::new(),
        masking,
        findings: Vec::new(),
    };
    collect_names(&document, &mut comparison.names);
    comparison.invalid(value);
    comparison.unknown(".", &[&document], value);
    let all = comparison.findings.len();
    let mut findings = once_for_all_items(comparison.findings);
    if all >= MOST {
        let problem = "there is more that is not as documented";
        findings.push(Finding::at(".", Kind::Value, problem));
    }
    findings
}

struct Comparison<'a> {
    document: &'a Value,
    /// Every name that the specification knows; others are the server's words.
    names: BTreeSet<&'a str>,
    masking: &'a Masking,
    findings: Vec<Finding>,
}

impl<'a> Comparison<'a> {
    /// What breaks a rule of the schema.
    fn invalid(&mut self, value: &Value) {
        let validator = match validator(self.document) {
            Ok(validator) => validator,
            Err(error) => {
                let problem = format!("the schema is of no use: {}", error.masked());
                self.findings.push(Finding::at(".", Kind::Value, problem));
                return;
            }
        };
        for error in validator.iter_errors(value).take(MOST) {
            let path = self.path(value, error.instance_path().as_str());
            let finding = match error.kind() {
                ValidationErrorKind::AdditionalProperties { unexpected } => {
                    let not_allowed = unexpected.iter().take(MOST).map(|name| {
                        let path = member(&path, &self.name(name));
                        Finding::at(&path, Kind::Value, "is not allowed")
                    });
                    self.findings.extend(not_allowed.collect::<Vec<_>>());
                    continue;
                }
                ValidationErrorKind::Required { property } => {
                    let name = property.as_str().unwrap_or_default();
                    Finding::at(&member(&path, name), Kind::Missing, "is missing")
                }
                ValidationErrorKind::Type { kind } => {
                    let expected = match kind {
                        TypeKind::Single(one) => one.to_string(),
                        TypeKind::Multiple(many) => {
                            let names: Vec<String> =
                                many.iter().map(|one| one.to_string()).collect();
                            names.join(" or ")
                        }
                    };
                    let actual = type_of(error.instance());
                    Finding::at(&path, Kind::Type, format!("{actual} instead of {expected}"))
                }
                other => {
                    let problem = format!("breaks the rule `{}`", other.keyword());
                    Finding::at(&path, Kind::Value, problem)
                }
            };
            self.findings.push(finding);
        }
    }

    /// The path that a JSON pointer into the value stands for.
    fn path(&self, value: &Value, pointer: &str) -> String {
        let mut path = ".".to_owned();
        let mut value = Some(value);
        for token in pointer.split('/').skip(1) {
            let token = token.replace("~1", "/").replace("~0", "~");
            let is_array = value.is_some_and(Value::is_array);
            value = value.and_then(|value| match token.parse::<usize>() {
                Ok(index) if is_array => value.get(index),
                _ => value.get(&token),
            });
            path = if is_array {
                item(&path, token)
            } else {
                member(&path, &self.name(&token))
            };
        }
        path
    }

    fn name(&self, name: &str) -> String {
        if self.names.contains(name) {
            name.to_owned()
        } else {
            self.masking.name(name)
        }
    }

    /// Fields that no schema names, where the schemas do not say that others may occur.
    fn unknown(&mut self, path: &str, schemas: &[&'a Value], value: &Value) {
        let mut plain = Vec::new();
        for schema in schemas {
            flatten(self.document, schema, &mut plain, 0);
        }
        match value {
            Value::Object(members) => {
                let is_open = |schema: &&Value| {
                    schema["properties"].is_null() && schema["additionalProperties"].is_null()
                };
                if plain.iter().any(is_open) {
                    return;
                }
                for (name, value) in members {
                    if self.findings.len() >= MOST {
                        return;
                    }
                    let path = member(path, &self.name(name));
                    let named = plain
                        .iter()
                        .filter_map(|schema| schema["properties"].get(name));
                    let mut further: Vec<&Value> = named.collect();
                    if further.is_empty() {
                        let others = plain.iter().map(|schema| &schema["additionalProperties"]);
                        further = others.filter(|schema| !schema.is_null()).collect();
                    }
                    if further.is_empty() {
                        let problem = format!("is not documented ({})", type_of(value));
                        self.findings
                            .push(Finding::at(&path, Kind::Unknown, problem));
                    } else if further.iter().all(|schema| !schema.is_boolean()) {
                        self.unknown(&path, &further, value);
                    }
                }
            }
            Value::Array(values) => {
                let of_items = plain.iter().filter_map(|schema| schema.get("items"));
                let of_items: Vec<&Value> = of_items.collect();
                if !of_items.is_empty() {
                    for (index, value) in values.iter().enumerate() {
                        self.unknown(&item(path, index), &of_items, value);
                    }
                }
            }
            _ => {}
        }
    }
}

/// A schema without references and combinations: whatever each of them says may hold.
fn flatten<'a>(document: &'a Value, schema: &'a Value, plain: &mut Vec<&'a Value>, depth: usize) {
    if depth > DEEPEST {
        return;
    }
    let reference = schema["$ref"].as_str();
    if let Some(pointer) = reference.and_then(|reference| reference.strip_prefix('#')) {
        if let Some(schema) = document.pointer(pointer) {
            flatten(document, schema, plain, depth + 1);
        }
        return;
    }
    let mut is_combined = false;
    for keyword in ["allOf", "anyOf", "oneOf"] {
        for schema in schema[keyword].as_array().into_iter().flatten() {
            is_combined = true;
            flatten(document, schema, plain, depth + 1);
        }
    }
    if !is_combined || !schema["properties"].is_null() {
        plain.push(schema);
    }
}

/// The names of all properties in a document.
pub fn collect_names<'a>(document: &'a Value, names: &mut BTreeSet<&'a str>) {
    match document {
        Value::Object(members) => {
            for (keyword, value) in members {
                if let ("properties", Value::Object(properties)) = (keyword.as_str(), value) {
                    names.extend(properties.keys().map(String::as_str));
                }
                collect_names(value, names);
            }
        }
        Value::Array(items) => {
            for value in items {
                collect_names(value, names);
            }
        }
        _ => {}
    }
}

/// What holds for many items of an array is said of the first.
fn once_for_all_items(findings: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<(Finding, String, usize)> = Vec::new();
    for finding in findings {
        let place = without_indices(finding.path.as_deref().unwrap_or_default());
        let same = kept.iter_mut().find(|(other, other_place, _)| {
            *other_place == place && other.kind == finding.kind && other.problem == finding.problem
        });
        match same {
            Some((_, _, more)) => *more += 1,
            None => kept.push((finding, place, 0)),
        }
    }
    kept.into_iter()
        .map(|(finding, _, more)| match more {
            0 => finding,
            _ => Finding {
                problem: format!("{}, and so {more} more", finding.problem),
                ..finding
            },
        })
        .collect()
}

fn without_indices(path: &str) -> String {
    let mut parts = path.split('[');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (index, rest) = part.split_once(']').unwrap_or((part, ""));
        let is_index = index.bytes().all(|byte| byte.is_ascii_digit());
        text.push_str(if is_index { "[*" } else { "[" });
        text.push_str(if is_index { "" } else { index });
        text.push(']');
        text.push_str(rest);
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::findings;
    use crate::probe::masking::Masking;
    use openapi::specification::Specification;

    fn components() -> Value {
        json!({"schemas": {
            "Body": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "maxLength": 5},
                    "list": {"type": "array", "items": {"$ref": "#/components/schemas/Item"}},
                    "free": {"type": "object"},
                    "map": {
                        "type": "object",
                        "additionalProperties": {"$ref": "#/components/schemas/Item"},
                    },
                    "open": {
                        "type": "object",
                        "properties": {"id": {"type": "integer"}},
                        "additionalProperties": true,
                    },
                    "closed": {"type": "object", "properties": {}, "additionalProperties": false},
                    "maybe": {"type": "string", "nullable": true},
                    "both": {"allOf": [
                        {"$ref": "#/components/schemas/Item"},
                        {"type": "object", "properties": {"more": {"type": "string"}}},
                    ]},
                    "opaque": {},
                },
            },
            "Item": {
                "type": "object",
                "required": ["id"],
                "properties": {
                    "id": {"type": "integer"},
                    "kind": {"type": "string", "enum": ["a", "b"]},
                    "parent": {"$ref": "#/components/schemas/Item"},
                    "key": {"type": "string", "format": "uuid"},
                },
            },
        }})
    }

    #[test]
    fn each_difference_is_named_with_its_path_and_no_value() {
        let cases = [
            (json!({"name": "a"}), vec![]),
            (json!({}), vec!["missing name: is missing"]),
            (json!([]), vec!["type .: array instead of object"]),
            (
                json!({"name": null}),
                vec!["type name: null instead of string"],
            ),
            (
                json!({"name": 7}),
                vec!["type name: integer instead of string"],
            ),
            (
                json!({"name": "longer"}),
                vec!["value name: breaks the rule `maxLength`"],
            ),
            (
                json!({"name": "a", "colour": "red"}),
                vec!["unknown colour: is not documented (string)"],
            ),
            (
                json!({"name": "a", "two words": [1]}),
                vec!["unknown [a name of 9 characters]: is not documented (array)"],
            ),
            (
                json!({"name": "a", "canary-key": 1.5}),
                vec!["unknown [masked]: is not documented (number)"],
            ),
            (
                json!({"name": "a", "list": [{"id": 1}, {"id": "1", "kind": "c", "x": {}}, {}]}),
                vec![
                    "type list[1].id: string instead of integer",
                    "value list[1].kind: breaks the rule `enum`",
                    "missing list[2].id: is missing",
                    "unknown list[1].x: is not documented (object)",
                ],
            ),
            (
                json!({"name": "a", "list": [{"id": 1, "x": 1}, {"id": 2, "x": 2}, {"id": 3, "x": 3}]}),
                vec!["unknown list[0].x: is not documented (integer), and so 2 more"],
            ),
            (
                json!({"name": "a", "list": [{"id": 1, "parent": {"id": 2, "parent": {"y": true}}}]}),
                vec![
                    "missing list[0].parent.parent.id: is missing",
                    "unknown list[0].parent.parent.y: is not documented (boolean)",
                ],
            ),
            (
                json!({"name": "a", "free": {"any": 1}, "opaque": {"any": 1}, "maybe": null}),
                vec![],
            ),
            (
                json!({"name": "a", "map": {"7": {"id": 1}, "8": {"id": 2, "z": 1}}}),
                vec!["unknown map.8.z: is not documented (integer)"],
            ),
            (
                json!({"name": "a", "map": {"canary-key": {}}}),
                vec!["missing map.[masked].id: is missing"],
            ),
            (
                json!({"name": "a", "open": {"id": "1", "else": 1}}),
                vec!["type open.id: string instead of integer"],
            ),
            (
                json!({"name": "a", "closed": {"id": 1}}),
                vec!["value closed.id: is not allowed"],
            ),
            (
                json!({"name": "a", "both": {"id": 1, "more": "b", "most": 1}}),
                vec!["unknown both.most: is not documented (integer)"],
            ),
            (
                json!({"name": "a", "list": [{"id": 1, "key": "no uuid"}]}),
                vec!["value list[0].key: breaks the rule `format`"],
            ),
        ];
        let document = json!({"components": components()});
        let specification = Specification::of(&document).unwrap();
        let schema = json!({"$ref": "#/components/schemas/Body"});
        let masking = Masking::of(["canary-key"]);
        let mut failures = Vec::new();
        for (value, expected) in cases {
            let found: Vec<String> = findings(&specification, &schema, &value, &masking)
                .into_iter()
                .map(|finding| {
                    let kind = serde_json::to_value(finding.kind).unwrap();
                    let path = finding.path.unwrap_or_default();
                    format!("{} {path}: {}", kind.as_str().unwrap(), finding.problem)
                })
                .collect();
            if found != expected {
                failures.push(format!("{value}: {found:#?} instead of {expected:#?}"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    #[test]
    fn a_body_full_of_differences_is_not_told_in_full() {
        let names = (0..5000).map(|number| (format!("n{number}"), json!(1)));
        let mut body: serde_json::Map<String, Value> = names.collect();
        body.insert("name".to_owned(), json!("a"));
        let document = json!({"components": components()});
        let specification = Specification::of(&document).unwrap();
        let schema = json!({"$ref": "#/components/schemas/Body"});
        let found = findings(&specification, &schema, &json!(body), &Masking::default());
        assert_eq!(found.len(), 101);
        assert!(found[100].problem.contains("there is more"));
    }
}
