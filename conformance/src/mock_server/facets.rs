//! What a schema says of the values that a text may stand for, whichever of its alternatives says it.

use std::ptr;

use serde_json::Value;

use openapi::document::Document;
use openapi::schema::type_of;

use crate::text_value;

/// A schema with all that it is made of: references followed, combinations taken apart.
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
        // One that is made of itself adds nothing.
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

    /// What the entries of a list are.
    pub fn items(&self) -> Self {
        let items = self.schemas.iter().filter_map(|schema| schema.get("items"));
        Self::of(self.document, items)
    }

    /// What a member is.
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

    /// Whether a value may be of this type; it may be of any where none is named.
    pub fn may_be(&self, kind: &str) -> bool {
        let types = self.types();
        types.is_empty() || types.contains(&kind)
    }

    /// Whether a value is of this type where it is of several parts.
    pub fn is_of_parts(&self, kind: &str) -> bool {
        self.types().contains(&kind)
    }

    /// What is said under `xml`.
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

    /// The types that are named, or that follow from what else is said.
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

    /// The value that a text stands for; `Err` says what it is not.
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
