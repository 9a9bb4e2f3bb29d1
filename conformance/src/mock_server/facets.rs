//! What a schema says about the values that a text may stand for, in any of its alternatives.

use std::ptr;

use serde_json::Value;

use openapi::document::Document;
use openapi::schema::type_of;

use crate::text_value;

/// A schema with all its parts: references and combinations are followed.
pub(super) struct Facets<'a> {
    document: &'a Document,
    schemas: Vec<&'a Value>,
}

impl<'a> Facets<'a> {
    pub fn of(document: &'a Document, schemas: impl IntoIterator<Item = &'a Value>) -> Self {
        let mut facets = Self {
            document,
            schemas: Vec::new(),
        };
        for schema in schemas {
            facets.add(schema);
        }
        facets
    }

    fn add(&mut self, schema: &'a Value) {
        let Some(schema) = self.document.resolve(schema) else {
            return;
        };
        // A schema that consists only of itself adds nothing.
        if self.schemas.iter().any(|other| ptr::eq(*other, schema)) {
            return;
        }
        self.schemas.push(schema);
        for keyword in ["allOf", "oneOf", "anyOf"] {
            for part in schema[keyword].as_array().into_iter().flatten() {
                self.add(part);
            }
        }
    }

    /// The schemas of the entries of a list.
    pub fn items(&self) -> Self {
        let items = self.schemas.iter().filter_map(|schema| schema.get("items"));
        Self::of(self.document, items)
    }

    /// The schemas of a member.
    pub fn member(&self, name: &str) -> Self {
        let own = self.schemas.iter();
        let own: Vec<_> = own
            .filter_map(|schema| schema["properties"].get(name))
            .collect();
        if !own.is_empty() {
            return Self::of(self.document, own);
        }
        let others = self.schemas.iter();
        let others = others.filter_map(|schema| schema.get("additionalProperties"));
        Self::of(self.document, others.filter(|schema| schema.is_object()))
    }

    /// Whether a member is named.
    pub fn names(&self, name: &str) -> bool {
        let mut schemas = self.schemas.iter();
        schemas.any(|schema| schema["properties"].get(name).is_some())
    }

    /// Whether a value may have this type. It may have any type if none is named.
    pub fn may_be(&self, kind: &str) -> bool {
        let types = self.types();
        types.is_empty() || types.contains(&kind)
    }

    /// Whether a value of several parts has this type.
    pub fn is_of_parts(&self, kind: &str) -> bool {
        self.types().contains(&kind)
    }

    /// The parts of `xml`.
    pub fn xml(&self, key: &str) -> Option<&'a str> {
        self.of_xml(key)?.as_str()
    }

    pub fn is_attribute(&self) -> bool {
        self.of_xml("attribute").is_some_and(|value| *value == true)
    }

    pub fn is_wrapped(&self) -> bool {
        self.of_xml("wrapped").is_some_and(|value| *value == true)
    }

    fn of_xml(&self, key: &str) -> Option<&'a Value> {
        let mut schemas = self.schemas.iter();
        schemas.find_map(|schema| schema.get("xml")?.get(key))
    }

    /// The types that are named, or that follow from other keywords.
    fn types(&self) -> Vec<&'a str> {
        let mut types: Vec<&'a str> = Vec::new();
        for schema in &self.schemas {
            match &schema["type"] {
                Value::String(one) => types.push(one.as_str()),
                Value::Array(several) => types.extend(several.iter().filter_map(Value::as_str)),
                _ if schema.get("properties").is_some() => types.push("object"),
                _ if schema.get("items").is_some() => types.push("array"),
                _ => {
                    let options = schema["enum"].as_array().into_iter().flatten();
                    for option in options {
                        types.push(type_of(option));
                    }
                }
            }
        }
        types
    }

    /// The value that a text stands for; `Err` describes the problem.
    pub fn value(&self, text: &str) -> Result<Value, &'static str> {
        let types = self.types();
        let strict = ["integer", "number", "boolean"].into_iter();
        let mut strict = strict.filter(|kind| types.contains(kind));
        let Some(first) = strict.next() else {
            return Ok(text.into());
        };
        let value = text_value::of_type(text, first);
        let value = strict.fold(value, |value, kind| {
            value.or_else(|problem| text_value::of_type(text, kind).map_err(|_| problem))
        });
        if value.is_err() && types.contains(&"string") {
            return Ok(text.into());
        }
        value
    }
}
