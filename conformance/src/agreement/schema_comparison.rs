//! Compares a schema of the specification with the one that the generated type derives: the same types,
//! the same properties, the same required ones, in both directions.
//!
//! What is put aside first:
//!
//! - `null` as a second type of an optional property: the specification says "absent", and the types read
//!   `null` as absent. The other way round, a type reads a required property that may be `null` as `null`
//!   where it is absent.
//! - `title`, `description`, `default`, examples and vendor extensions: they are not part of a type.
//! - Bounds (`minLength`, `minimum`, `pattern` and the like): constructors check them, types do not show
//!   them.
//! - The format of anything but a number or a secret: a text of any other shape is one as well, and what is
//!   sent is checked.
//! - The format of a number whose type holds all that a server may send: what is sent is checked.
//! - `oneOf` of single values is the enumeration of these values: so a type says what it knows of each.
//! - `allOf` of one schema is that schema: the way to say more of a reference in OpenAPI 3.0. Others are worked out
//!   beforehand.
//! - `oneOf` and `anyOf` are the same list of alternatives.
//! - `additionalProperties: true` in the specification says what is true anyway, and `false` what no type minds; in a
//!   derived schema it is the map that keeps members of any kind.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::agreement::finding::Finding;
use crate::json_path::{item, member};
use openapi::schema::{behind, is_one_way, type_of};

const PUT_ASIDE: [&str; 23] = [
    "$defs",
    "$schema",
    "default",
    "deprecated",
    "description",
    "discriminator",
    "example",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "externalDocs",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "nullable",
    "pattern",
    "title",
    "uniqueItems",
];

/// The format of texts that have a type of their own.
const SECRET: &str = "password";

/// Formats of numbers that are as long as any.
const WIDEST: [&str; 3] = ["double", "int64", "uint64"];

/// A schema and the document that it refers into.
#[derive(Clone, Copy)]
pub struct Schema<'a> {
    pub document: &'a Value,
    pub schema: &'a Value,
}

/// Where the two say different things.
#[must_use]
pub fn schema_differences<'a>(specified: Schema<'a>, derived: Schema<'a>) -> Vec<Finding> {
    let mut comparison = Comparison {
        specified: specified.document,
        derived: derived.document,
        seen: BTreeSet::new(),
        findings: Vec::new(),
    };
    comparison.schemas(".", specified.schema, derived.schema);
    comparison.findings
}

struct Comparison<'a> {
    specified: &'a Value,
    derived: &'a Value,
    /// Addresses of pairs that were compared: types may contain themselves.
    seen: BTreeSet<(usize, usize)>,
    findings: Vec<Finding>,
}

/// What is compared of a schema.
#[derive(Default)]
struct Shape<'a> {
    types: BTreeSet<&'a str>,
    format: Option<&'a str>,
    values: Option<BTreeSet<String>>,
    properties: BTreeMap<&'a str, &'a Value>,
    required: BTreeSet<&'a str>,
    items: Option<&'a Value>,
    alternatives: Vec<&'a Value>,
    additional: Option<&'a Value>,
    /// Keywords that are not known here.
    others: BTreeSet<&'a str>,
}

impl<'a> Comparison<'a> {
    fn schemas(&mut self, path: &str, specified: &'a Value, derived: &'a Value) {
        let specified = behind(self.specified, specified);
        let derived = behind(self.derived, derived);
        let pair = [specified, derived].map(|schema| std::ptr::from_ref(schema).addr());
        if !self.seen.insert(pair.into()) {
            return;
        }
        let mut specified = Shape::of(specified);
        let mut derived = Shape::of(derived);
        let is_bare =
            specified.properties.is_empty() && specified.additional.is_none_or(Value::is_boolean);
        let is_open = specified.additional.is_some_and(|schema| *schema == true)
            || is_bare && specified.types.contains("object");
        let says_more = |schema: &&Value| **schema != true && **schema != json!({});
        if is_open {
            derived.additional = derived.additional.filter(says_more);
        }
        if specified.items.is_none() {
            derived.items = derived.items.filter(says_more);
        }
        specified.additional = specified.additional.filter(|schema| !schema.is_boolean());
        let is_number = specified.types.contains("integer") || specified.types.contains("number");
        if !is_number {
            specified.format = specified.format.filter(|format| *format == SECRET);
        }
        // A type lists texts and integers; other values are checked when they are sent.
        if specified.types.contains("number") || specified.types.contains("boolean") {
            specified.values = None;
        }
        for keyword in specified.others.union(&derived.others) {
            self.differ(path, format!("`{keyword}` can't be compared"));
        }
        if specified.types != derived.types {
            let problem = format!(
                "the specification says {}, the type is {}",
                list(&specified.types),
                list(&derived.types)
            );
            self.differ(path, problem);
        }
        let is_wide = derived.format.is_none_or(|format| WIDEST.contains(&format));
        if specified.format != derived.format && !(is_number && is_wide) {
            let problem = format!(
                "the specification says format {}, the type has {}",
                specified.format.unwrap_or("(none)"),
                derived.format.unwrap_or("(none)")
            );
            self.differ(path, problem);
        }
        if specified.values != derived.values {
            self.differ(path, "the values of the enumeration differ".to_owned());
        }
        let counts = [&specified, &derived].map(|shape| shape.alternatives.len());
        if counts[0] != counts[1] {
            let problem = format!(
                "the specification has {} alternatives, the type {}",
                counts[0], counts[1]
            );
            self.differ(path, problem);
        } else {
            let both = specified.alternatives.iter().zip(&derived.alternatives);
            for (specified, derived) in both {
                self.schemas(path, specified, derived);
            }
        }
        self.properties(path, &specified, &derived);
        let items = item(path, '*');
        self.both(&items, "items", specified.items, derived.items);
        let members = member(path, "*");
        self.both(
            &members,
            "additionalProperties",
            specified.additional,
            derived.additional,
        );
    }

    fn properties(&mut self, path: &str, specified: &Shape<'a>, derived: &Shape<'a>) {
        for (name, schema) in &specified.properties {
            let path = member(path, name);
            match derived.properties.get(name) {
                Some(derived) => self.schemas(&path, schema, derived),
                None => self.differ(&path, "the type has no such property".to_owned()),
            }
        }
        for name in derived.properties.keys() {
            if !specified.properties.contains_key(name) {
                let problem = "the specification has no such property".to_owned();
                self.differ(&member(path, name), problem);
            }
        }
        for name in specified.required.difference(&derived.required) {
            let property = specified.properties.get(name);
            let can_be_absent =
                property.is_some_and(|schema| is_one_way(schema) || schema["nullable"] == true);
            if can_be_absent {
                continue;
            }
            let problem = "required by the specification, optional in the type".to_owned();
            self.differ(&member(path, name), problem);
        }
        for name in derived.required.difference(&specified.required) {
            let problem = "optional in the specification, required by the type".to_owned();
            self.differ(&member(path, name), problem);
        }
    }

    fn both(
        &mut self,
        path: &str,
        keyword: &str,
        specified: Option<&'a Value>,
        derived: Option<&'a Value>,
    ) {
        match (specified, derived) {
            (None, None) => {}
            (Some(specified), Some(derived)) => self.schemas(path, specified, derived),
            (Some(_), None) => self.differ(path, format!("the type has no `{keyword}`")),
            (None, Some(_)) => {
                self.differ(path, format!("the specification has no `{keyword}`"));
            }
        }
    }

    fn differ(&mut self, path: &str, problem: String) {
        self.findings.push(Finding::at(path, problem));
    }
}

impl<'a> Shape<'a> {
    fn of(schema: &'a Value) -> Self {
        let mut shape = Self::default();
        if *schema == false {
            shape.types.insert("nothing");
        }
        for (keyword, value) in schema.as_object().into_iter().flatten() {
            match keyword.as_str() {
                "type" => {
                    shape.types = strings(value).filter(|name| *name != "null").collect();
                }
                "format" => shape.format = value.as_str(),
                "enum" => shape.values = Some(values(value)),
                "const" => shape.values = Some([value.to_string()].into()),
                "oneOf" if is_enumeration(value) => {
                    let members = value.as_array().into_iter().flatten();
                    shape.types = members
                        .clone()
                        .flat_map(|member| strings(&member["type"]))
                        .collect();
                    shape.values =
                        Some(members.map(|member| member["const"].to_string()).collect());
                }
                "oneOf" | "anyOf" => {
                    let alternatives = value.as_array().into_iter().flatten();
                    let alternatives = alternatives.filter(|one| one["type"] != "null");
                    shape.alternatives = alternatives.collect();
                }
                "properties" => {
                    let members = value.as_object().into_iter().flatten();
                    shape.properties = members.map(|(name, schema)| (&**name, schema)).collect();
                }
                "required" => shape.required = strings(value).collect(),
                "readOnly" | "writeOnly" => {}
                "items" => shape.items = Some(value),
                "additionalProperties" => shape.additional = Some(value),
                keyword if keyword.starts_with("x-") || PUT_ASIDE.contains(&keyword) => {}
                keyword => {
                    shape.others.insert(keyword);
                }
            }
        }
        // Listed values need no further keywords.
        if shape.types.is_empty() && shape.values.is_some() {
            let listed = schema["enum"].as_array().into_iter().flatten();
            let types = listed.filter(|value| !value.is_null()).map(type_of);
            shape.types = types.collect();
        }
        shape
    }
}

/// Whether each of the schemas allows only one value.
fn is_enumeration(schemas: &Value) -> bool {
    schemas
        .as_array()
        .is_some_and(|schemas| schemas.iter().all(|schema| schema.get("const").is_some()))
}

fn strings(value: &Value) -> impl Iterator<Item = &str> {
    let one = value.as_str();
    let many = value.as_array().into_iter().flatten();
    one.into_iter().chain(many.filter_map(Value::as_str))
}

fn values(value: &Value) -> BTreeSet<String> {
    let values = value.as_array().into_iter().flatten();
    values
        .filter(|value| !value.is_null())
        .map(Value::to_string)
        .collect()
}

fn list(names: &BTreeSet<&str>) -> String {
    match names.len() {
        0 => "anything".to_owned(),
        _ => names.iter().copied().collect::<Vec<_>>().join(" or "),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{Schema, schema_differences};
    use crate::testing::table::rows;

    fn differences(specified: &str, derived: &str) -> Vec<String> {
        let [specified, derived]: [Value; 2] =
            [specified, derived].map(|text| serde_json::from_str(text).unwrap());
        let schema = |schema| Schema {
            document: schema,
            schema,
        };
        schema_differences(schema(&specified), schema(&derived))
            .into_iter()
            .map(|finding| format!("{}: {}", finding.path, finding.problem))
            .collect()
    }

    #[test]
    fn what_is_put_aside_makes_no_difference() {
        let table = r##"
{"type": "string", "minLength": 1, "example": "a", "x-par": 1} | {"type": "string", "title": "T", "description": "d", "default": null}
{"properties": {"a": {"type": "string"}}} | {"properties": {"a": {"type": ["string", "null"]}}}
{"properties": {"a": {"type": "object"}}} | {"properties": {"a": {"anyOf": [{"$ref": "#/$defs/A"}, {"type": "null"}]}}, "$defs": {"A": {"type": "object"}}}
{"required": ["a"], "properties": {"a": {"type": "string", "nullable": true}}} | {"properties": {"a": {"type": ["string", "null"]}}}
{"type": "integer", "format": "int64", "minimum": 1} | {"type": "integer", "format": "uint64", "minimum": 1}
{"type": "number"} | {"type": "number", "format": "double"}
{"type": "string", "format": "uuid"} | {"type": "string"}
{"type": "boolean", "format": "flag"} | {"type": "boolean"}
{"allOf": [{"type": "string"}], "description": "d"} | {"type": "string"}
{"type": "object", "additionalProperties": true} | {"type": "object"}
{"type": "object", "properties": {}, "additionalProperties": true} | {"type": "object", "additionalProperties": true}
{"type": "object", "additionalProperties": false} | {"type": "object"}
{"type": "object"} | {"type": "object", "additionalProperties": true}
{"oneOf": [{"type": "string"}, {}], "discriminator": {"propertyName": "a"}} | {"anyOf": [{"type": "string"}, true, {"type": "null"}]}
{"type": "object", "additionalProperties": {}} | {"type": "object", "additionalProperties": true}
{"type": "string", "enum": ["a", "b"]} | {"type": "string", "enum": ["b", "a"]}
{"type": "string", "enum": ["a", "b"]} | {"oneOf": [{"type": "string", "const": "b", "description": "d"}, {"type": "string", "const": "a"}]}
{"properties": {"a": {"$ref": "#"}}} | {"properties": {"a": {"$ref": "#"}}}
"##;
        for [specified, derived] in rows(table) {
            let found = differences(specified, derived);
            assert!(found.is_empty(), "{specified} and {derived}: {found:?}");
        }
    }

    #[test]
    fn everything_else_is_a_difference() {
        let table = r##"
{"type": "string"} | {"type": "integer"} | .: the specification says string, the type is integer
{"type": "string"} | {"type": "string", "format": "password"} | .: the specification says format (none), the type has password
{"type": "string", "format": "password"} | {"type": "string"} | .: the specification says format password, the type has (none)
{"type": "integer", "format": "int64"} | {"type": "integer", "format": "int32"} | .: the specification says format int64, the type has int32
{"type": "string", "enum": ["a"]} | {"type": "string", "enum": ["b"]} | .: the values of the enumeration differ
{"type": "string"} | {"type": "string", "enum": ["b"]} | .: the values of the enumeration differ
{"items": {"properties": {"a": {"type": "string"}}}} | {"items": {}} | [*].a: the type has no such property
{"items": {"type": "string"}} | {} | [*]: the type has no `items`
{} | {"additionalProperties": {"type": "string"}} | *: the specification has no `additionalProperties`
{"additionalProperties": {}} | {} | *: the type has no `additionalProperties`
{"type": "string", "enum": ["a", "b"]} | {"oneOf": [{"type": "string", "const": "a"}]} | .: the values of the enumeration differ
{"not": {}} | {} | .: `not` can't be compared
{"oneOf": [{"type": "string"}, {"type": "integer"}]} | {"anyOf": [{"type": "string"}, {"type": "boolean"}]} | .: the specification says integer, the type is boolean
{"oneOf": [{"type": "string"}, {"type": "integer"}]} | {"anyOf": [{"type": "null"}, {"type": "string"}, {"type": "boolean"}, {"type": "number"}]} | .: the specification has 2 alternatives, the type 3
{"type": "object"} | {"type": "object", "additionalProperties": {"type": "string"}} | *: the specification has no `additionalProperties`
"##;
        for [specified, derived, expected] in rows(table) {
            let found = differences(specified, derived);
            assert_eq!(found, [expected], "{specified} and {derived}");
        }
    }
}
