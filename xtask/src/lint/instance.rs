//! Whether a value fits its schema, for the part of OpenAPI 3.0 schemas that lint lets through. OpenAPI's
//! schemas are no JSON Schema (`nullable`, `exclusiveMinimum` as a flag), so this is its own reader.

use std::cmp::Ordering;
use std::{mem, ptr};

use serde_json::{Number, Value};

use openapi::document::{Document, kind_of};
use openapi::place::Place;

/// How a value does not fit.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Misfit {
    #[error("it is {found} and should be {expected}")]
    Type {
        expected: &'static str,
        found: &'static str,
    },
    #[error("it is null and the schema is not nullable")]
    Null,
    #[error("the required `{property}` is missing")]
    Missing { property: String },
    #[error("it is none of the listed values")]
    NotListed,
    #[error("it lies outside of `{bound}`")]
    Bound { bound: &'static str },
    #[error("it is no multiple of `multipleOf`")]
    Multiple,
    #[error("it holds an item twice")]
    Repeated,
    #[error("it is too large for {format}")]
    Format { format: &'static str },
    #[error("it fits {fitting} of the schemas of `{keyword}`")]
    Alternatives {
        keyword: &'static str,
        fitting: usize,
    },
    #[error("it fits the schema of `not`")]
    Excluded,
}

/// What was found at a place in a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Flaw {
    Misfit(Misfit),
    /// An object holds a field that no schema for it names.
    NotNamed(String),
}

/// Schemas nest deeper than this only if they hold themselves without an end.
const DEEPEST: usize = 64;

/// Everything in `value` that does not fit `schema`, and where.
pub fn flaws(
    document: &Document,
    schema: &Value,
    value: &Value,
    place: &Place,
) -> Vec<(Place, Flaw)> {
    let mut check = Check {
        document,
        flaws: Vec::new(),
        composing: Vec::new(),
    };
    check.value(schema, value, place, 0);
    check.names(schema, value, place, 0);
    check.flaws
}

struct Check<'a> {
    document: &'a Document,
    flaws: Vec<(Place, Flaw)>,
    /// Schemas that are being put together for one value: one that is made of itself adds nothing.
    composing: Vec<&'a Value>,
}

impl<'a> Check<'a> {
    fn misfit(&mut self, place: &Place, misfit: Misfit) {
        self.flaws.push((place.clone(), Flaw::Misfit(misfit)));
    }

    fn value(&mut self, schema: &'a Value, value: &Value, place: &Place, depth: usize) {
        // A reference that leads nowhere is a finding of its own.
        let Some(schema) = self.document.resolve(schema).filter(|_| depth < DEEPEST) else {
            return;
        };
        if value.is_null() && schema["nullable"] == true {
            return;
        }
        if self.composing.iter().any(|outer| ptr::eq(*outer, schema)) {
            return;
        }
        self.composing.push(schema);
        self.combined(schema, value, place, depth);
        self.composing.pop();
        if let Some(listed) = schema["enum"].as_array()
            && !listed.contains(value)
        {
            self.misfit(place, Misfit::NotListed);
            return;
        }
        match (schema["type"].as_str(), value) {
            (None, Value::Null) if schema.get("nullable").is_some() => {
                self.misfit(place, Misfit::Null);
            }
            (Some(_), Value::Null) => self.misfit(place, Misfit::Null),
            (Some("object") | None, Value::Object(_))
            | (Some("array") | None, Value::Array(_))
            | (Some("string") | None, Value::String(_))
            | (Some("boolean") | None, Value::Bool(_))
            | (Some("number") | None, Value::Number(_))
            | (None, Value::Null) => {}
            (Some("integer"), Value::Number(number)) if !number.is_f64() => {}
            (Some(expected), found) => {
                let expected = match expected {
                    "object" => "an object",
                    "array" => "an array",
                    "string" => "a string",
                    "boolean" => "a boolean",
                    "number" => "a number",
                    "integer" => "an integer",
                    // A finding of its own.
                    _ => return,
                };
                let found = kind_of(found);
                self.misfit(place, Misfit::Type { expected, found });
                return;
            }
        }
        let composing = mem::take(&mut self.composing);
        match value {
            Value::Object(members) => self.object(schema, members, place, depth),
            Value::Array(items) => self.array(schema, items, place, depth),
            Value::String(text) => {
                let length = text.chars().count();
                self.sizes(schema, length, "minLength", "maxLength", place);
            }
            Value::Number(number) => self.number(schema, number, place),
            Value::Null | Value::Bool(_) => {}
        }
        self.composing = composing;
    }

    fn combined(&mut self, schema: &'a Value, value: &Value, place: &Place, depth: usize) {
        for part in parts(schema, "allOf") {
            self.value(part, value, place, depth + 1);
        }
        for keyword in ["oneOf", "anyOf"] {
            if schema.get(keyword).is_none() {
                continue;
            }
            let fitting = parts(schema, keyword)
                .filter(|part| self.fits(part, value, depth))
                .count();
            if fitting == 0 || (keyword == "oneOf" && fitting > 1) {
                self.misfit(place, Misfit::Alternatives { keyword, fitting });
            }
        }
        if let Some(not) = schema.get("not")
            && self.fits(not, value, depth)
        {
            self.misfit(place, Misfit::Excluded);
        }
    }

    fn fits(&self, schema: &'a Value, value: &Value, depth: usize) -> bool {
        let mut check = Check {
            document: self.document,
            flaws: Vec::new(),
            composing: self.composing.clone(),
        };
        check.value(schema, value, &Place::root(), depth + 1);
        check.flaws.is_empty()
    }

    fn object(
        &mut self,
        schema: &'a Value,
        members: &serde_json::Map<String, Value>,
        place: &Place,
        depth: usize,
    ) {
        for property in parts(schema, "required").filter_map(Value::as_str) {
            if !members.contains_key(property) {
                let property = property.to_owned();
                self.misfit(place, Misfit::Missing { property });
            }
        }
        for (name, member) in members {
            let schema = schema["properties"]
                .get(name)
                .or_else(|| schema.get("additionalProperties"));
            if let Some(schema) = schema.filter(|schema| schema.is_object()) {
                self.value(schema, member, &place.at(name), depth + 1);
            }
        }
        self.sizes(
            schema,
            members.len(),
            "minProperties",
            "maxProperties",
            place,
        );
    }

    fn array(&mut self, schema: &'a Value, items: &[Value], place: &Place, depth: usize) {
        for (index, item) in items.iter().enumerate() {
            self.value(&schema["items"], item, &place.at(index), depth + 1);
        }
        self.sizes(schema, items.len(), "minItems", "maxItems", place);
        let repeated = (1..items.len()).any(|index| items[..index].contains(&items[index]));
        if schema["uniqueItems"] == true && repeated {
            self.misfit(place, Misfit::Repeated);
        }
    }

    fn sizes(
        &mut self,
        schema: &Value,
        size: usize,
        least: &'static str,
        most: &'static str,
        place: &Place,
    ) {
        let size = size as u64;
        if schema[least].as_u64().is_some_and(|least| size < least) {
            self.misfit(place, Misfit::Bound { bound: least });
        }
        if schema[most].as_u64().is_some_and(|most| size > most) {
            self.misfit(place, Misfit::Bound { bound: most });
        }
    }

    fn number(&mut self, schema: &Value, number: &Number, place: &Place) {
        let bounds = [
            ("minimum", "exclusiveMinimum", Ordering::Less),
            ("maximum", "exclusiveMaximum", Ordering::Greater),
        ];
        for (bound, exclusive, outside) in bounds {
            let Value::Number(limit) = &schema[bound] else {
                continue;
            };
            let order = compare(number, limit);
            if order == Some(outside)
                || (schema[exclusive] == true && order == Some(Ordering::Equal))
            {
                self.misfit(place, Misfit::Bound { bound });
            }
        }
        let step = schema["multipleOf"].as_f64().filter(|step| *step > 0.0);
        if let (Some(step), Some(value)) = (step, number.as_f64()) {
            let quotient = value / step;
            // Decimal fractions such as 0.1 are not exact.
            if (quotient - quotient.round()).abs() > 1e-9 {
                self.misfit(place, Misfit::Multiple);
            }
        }
        let fits = match schema["format"].as_str() {
            Some("int32") => number
                .as_i64()
                .is_some_and(|value| i32::try_from(value).is_ok()),
            Some("int64") => number.as_i64().is_some(),
            _ => return,
        };
        if schema["type"] == "integer" && !fits {
            let format = if schema["format"] == "int32" {
                "int32"
            } else {
                "int64"
            };
            self.misfit(place, Misfit::Format { format });
        }
    }

    /// Fields that no schema names are ignored by the generated types, so an example with one shows that
    /// the schema lacks something.
    fn names(&mut self, schema: &'a Value, value: &Value, place: &Place, depth: usize) {
        let mut schemas = Vec::new();
        self.applicable(schema, depth, &mut schemas);
        match value {
            Value::Object(members) => {
                let open = schemas.iter().any(|schema| is_open(schema));
                for (name, member) in members {
                    let mut named = schemas
                        .iter()
                        .filter_map(|schema| schema["properties"].get(name))
                        .peekable();
                    if named.peek().is_none() {
                        if !open {
                            let flaw = Flaw::NotNamed(name.clone());
                            self.flaws.push((place.clone(), flaw));
                        }
                        for schema in &schemas {
                            let rest = &schema["additionalProperties"];
                            if rest.is_object() {
                                self.names(rest, member, &place.at(name), depth + 1);
                            }
                        }
                    }
                    // With alternatives the first that names it is as good as any other.
                    if let Some(schema) = named.next() {
                        self.names(schema, member, &place.at(name), depth + 1);
                    }
                }
            }
            Value::Array(items) => {
                let schema = schemas.iter().find_map(|schema| schema.get("items"));
                for (index, item) in items.iter().enumerate() {
                    if let Some(schema) = schema {
                        self.names(schema, item, &place.at(index), depth + 1);
                    }
                }
            }
            _ => {}
        }
    }

    /// The schema itself and those it is composed of.
    fn applicable(&self, schema: &'a Value, depth: usize, schemas: &mut Vec<&'a Value>) {
        let Some(schema) = self.document.resolve(schema).filter(|_| depth < DEEPEST) else {
            // Of what is not known anything may be named.
            schemas.push(&Value::Null);
            return;
        };
        if schemas.iter().any(|seen| ptr::eq(*seen, schema)) {
            return;
        }
        schemas.push(schema);
        for keyword in ["allOf", "oneOf", "anyOf"] {
            for part in parts(schema, keyword) {
                self.applicable(part, depth + 1, schemas);
            }
        }
    }
}

/// Whether objects may have fields that are not named: the schema says so, or says nothing of objects.
fn is_open(schema: &Value) -> bool {
    match schema.get("additionalProperties") {
        Some(rest) => *rest != false,
        None => {
            let composed = ["allOf", "oneOf", "anyOf"];
            schema.get("properties").is_none()
                && schema["type"] != "object"
                && !composed.iter().any(|key| schema.get(*key).is_some())
        }
    }
}

fn parts<'a>(schema: &'a Value, keyword: &str) -> impl Iterator<Item = &'a Value> {
    schema[keyword].as_array().into_iter().flatten()
}

fn compare(one: &Number, other: &Number) -> Option<Ordering> {
    if let (Some(one), Some(other)) = (one.as_i64(), other.as_i64()) {
        return Some(one.cmp(&other));
    }
    one.as_f64()?.partial_cmp(&other.as_f64()?)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Flaws of a value, as text.
    fn found(schema: &str, value: &str) -> Vec<String> {
        let text = format!(
            "schema: {{{schema}}}\ncomponents: {{schemas: {{Self: {{type: object, properties: \
             {{self: {{$ref: '#/components/schemas/Self'}}}}}}, \
             Endless: {{allOf: [{{$ref: '#/components/schemas/Endless'}}, {{$ref: '#/components/schemas/Endless'}}]}}}}}}"
        );
        let document = Document::parse(Path::new("spec.yaml"), text.as_bytes()).unwrap();
        let value = serde_json::from_str(value).unwrap();
        flaws(
            &document,
            &document.root()["schema"],
            &value,
            &Place::root(),
        )
        .into_iter()
        .map(|(place, flaw)| match flaw {
            Flaw::Misfit(misfit) => format!("{place}: {misfit}"),
            Flaw::NotNamed(name) => format!("{place}: {name} is not named"),
        })
        .collect()
    }

    #[test]
    fn values_are_held_against_every_keyword() {
        let cases: &[(&str, &str, &[&str])] = &[
            ("type: string", "\"a\"", &[]),
            (
                "type: string",
                "1",
                &["the document: it is a number and should be a string"],
            ),
            (
                "type: string",
                "null",
                &["the document: it is null and the schema is not nullable"],
            ),
            ("type: string, nullable: true", "null", &[]),
            ("type: integer", "1", &[]),
            (
                "type: integer",
                "1.5",
                &["the document: it is a number and should be an integer"],
            ),
            (
                "type: integer, format: int32",
                "2147483648",
                &["the document: it is too large for int32"],
            ),
            (
                "type: integer, format: int64",
                "18446744073709551615",
                &["the document: it is too large for int64"],
            ),
            (
                "type: integer, minimum: 1",
                "0",
                &["the document: it lies outside of `minimum`"],
            ),
            (
                "type: number, maximum: 1, exclusiveMaximum: true",
                "1",
                &["the document: it lies outside of `maximum`"],
            ),
            ("type: number, multipleOf: 0.1", "0.3", &[]),
            (
                "type: number, multipleOf: 2",
                "3",
                &["the document: it is no multiple of `multipleOf`"],
            ),
            (
                "type: string, minLength: 2",
                "\"é\"",
                &["the document: it lies outside of `minLength`"],
            ),
            (
                "type: string, enum: [a, b]",
                "\"c\"",
                &["the document: it is none of the listed values"],
            ),
            (
                "type: array, items: {type: string}",
                "[\"a\", 1]",
                &["1: it is a number and should be a string"],
            ),
            (
                "type: array, items: {}, uniqueItems: true",
                "[1, 1]",
                &["the document: it holds an item twice"],
            ),
            (
                "type: object, required: [a], properties: {a: {}}",
                "{}",
                &["the document: the required `a` is missing"],
            ),
            (
                "type: object, properties: {a: {type: object, properties: {}}}",
                "{\"a\": {\"b\": 1}}",
                &["a: b is not named"],
            ),
            (
                "type: object, additionalProperties: {type: string}",
                "{\"b\": 1}",
                &["b: it is a number and should be a string"],
            ),
            (
                "type: object, additionalProperties: {type: object, properties: {}}",
                "{\"b\": {\"c\": 1}}",
                &["b: c is not named"],
            ),
            (
                "allOf: [{type: object, properties: {a: {}}}, {type: object, properties: {b: {}}}]",
                "{\"a\": 1, \"b\": 2}",
                &[],
            ),
            (
                "oneOf: [{type: string}, {type: string, minLength: 1}]",
                "\"a\"",
                &["the document: it fits 2 of the schemas of `oneOf`"],
            ),
            (
                "anyOf: [{type: string}, {type: integer}]",
                "true",
                &["the document: it fits 0 of the schemas of `anyOf`"],
            ),
            (
                "not: {type: string}",
                "\"a\"",
                &["the document: it fits the schema of `not`"],
            ),
            ("description: anything", "{\"a\": [1]}", &[]),
            (
                "$ref: '#/components/schemas/Self'",
                "{\"self\": {\"self\": {\"other\": 1}}}",
                &["self.self: other is not named"],
            ),
            ("$ref: '#/components/schemas/Endless'", "1", &[]),
        ];
        let mut failures = Vec::new();
        for (schema, value, expected) in cases {
            let found = found(schema, value);
            if found != *expected {
                failures.push(format!(
                    "{value} for {{{schema}}}: {found:?}, not {expected:?}"
                ));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}
