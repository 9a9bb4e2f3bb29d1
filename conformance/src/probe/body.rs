//! Checks a body against its schema: fields that are missing, have another type or are unknown, by their JSON path.

use std::cell::RefCell;
use std::collections::HashMap;

use serde_json::Value;

use super::finding::{Finding, Kind};
use super::masking::Masking;
use crate::json_path::{self, member};
use openapi::schema_check::{self, Direction, Problem};
use openapi::specification::Specification;

/// More findings say nothing new, and a server could send an endless body.
const MOST: usize = 100;

/// Where a value does not fit its schema. No value is quoted, and of a name only what `masking` allows.
#[must_use]
pub fn findings(
    specification: &Specification,
    schema: &Value,
    value: &Value,
    masking: &Masking,
) -> Vec<Finding> {
    let found = schema_check::findings(&specification.document, schema, Direction::Received, value);
    let found = match found {
        Ok(found) => found,
        Err(unusable) => return vec![Finding::at(".", Kind::Value, unusable.to_string())],
    };
    // Other names were chosen by the server. One that occurs in many findings is masked once.
    let known = specification.document.property_names();
    let masked = RefCell::new(HashMap::<String, String>::new());
    let shown = |name: &str| {
        if known.contains(name) {
            return name.to_owned();
        }
        let mut masked = masked.borrow_mut();
        let shown = masked.entry(name.to_owned());
        shown.or_insert_with(|| masking.text(name)).clone()
    };
    let told = found.iter().take(MOST).map(|one| {
        let path = json_path::of_steps(&one.at, shown);
        let of_member = |name: &str| member(&path, &shown(name));
        match &one.problem {
            Problem::Missing { name } => Finding::at(&of_member(name), Kind::Missing, "is missing"),
            Problem::NotAllowed { name } => {
                Finding::at(&of_member(name), Kind::Value, "is not allowed")
            }
            Problem::NotDocumented { name, found } => {
                let problem = format!("is not documented ({found})");
                Finding::at(&of_member(name), Kind::Unknown, problem)
            }
            Problem::Type { found, expected } => {
                let problem = format!("{found} instead of {}", expected.join(" or "));
                Finding::at(&path, Kind::Type, problem)
            }
            problem @ Problem::Rule { .. } => Finding::at(&path, Kind::Value, problem.to_string()),
        }
    });
    let mut findings = once_for_all_items(told.collect());
    if found.len() > MOST {
        let problem = "there is more that is not as documented";
        findings.push(Finding::at(".", Kind::Value, problem));
    }
    findings
}

/// A finding about many items of an array is reported for the first.
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
    use crate::testing::table::rows;
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
        let table = r#"
{"name": "a"} |
{} | missing name: is missing
[] | type .: array instead of object
{"name": null} | type name: null instead of string
{"name": 7} | type name: integer instead of string
{"name": "longer"} | value name: has more than 5 characters
{"name": "a", "colour": "red"} | unknown colour: is not documented (string)
{"name": "a", "two words": [1]} | unknown two words: is not documented (array)
{"name": "a", "canary-key": 1.5} | unknown [masked]: is not documented (number)
{"name": "a", "list": [{"id": 1}, {"id": "1", "kind": "c", "x": {}}, {}]} | type list[1].id: string instead of integer; value list[1].kind: is not one of: a, b; missing list[2].id: is missing; unknown list[1].x: is not documented (object)
{"name": "a", "list": [{"id": 1, "x": 1}, {"id": 2, "x": 2}, {"id": 3, "x": 3}]} | unknown list[0].x: is not documented (integer), and so 2 more
{"name": "a", "list": [{"id": 1, "parent": {"id": 2, "parent": {"y": true}}}]} | missing list[0].parent.parent.id: is missing; unknown list[0].parent.parent.y: is not documented (boolean)
{"name": "a", "free": {"any": 1}, "opaque": {"any": 1}, "maybe": null} |
{"name": "a", "map": {"7": {"id": 1}, "8": {"id": 2, "z": 1}}} | unknown map.8.z: is not documented (integer)
{"name": "a", "map": {"canary-key": {}}} | missing map.[masked].id: is missing
{"name": "a", "open": {"id": "1", "else": 1}} | type open.id: string instead of integer
{"name": "a", "closed": {"id": 1}} | value closed.id: is not allowed
{"name": "a", "both": {"id": 1, "more": "b", "most": 1}} | unknown both.most: is not documented (integer)
{"name": "a", "list": [{"id": 1, "key": "no uuid"}]} | value list[0].key: is not a uuid
"#;
        let document = json!({"components": components()});
        let specification = Specification::of(&document).unwrap();
        let schema = json!({"$ref": "#/components/schemas/Body"});
        let masking = Masking::of(["canary-key"]);
        let mut failures = Vec::new();
        for [value, expected] in rows(table) {
            let value = serde_json::from_str(value).unwrap();
            let found: Vec<String> = findings(&specification, &schema, &value, &masking)
                .into_iter()
                .map(|finding| {
                    let kind = serde_json::to_value(finding.kind).unwrap();
                    let path = finding.path.unwrap_or_default();
                    format!("{} {path}: {}", kind.as_str().unwrap(), finding.problem)
                })
                .collect();
            if found.join("; ") != expected {
                failures.push(format!("{value}: {found:#?} instead of {expected}"));
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
