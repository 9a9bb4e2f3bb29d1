//! A value as XML, by the part `xml` of its schema.

use std::fmt::Write as _;

use serde_json::Value;

use super::facets::Facets;
use openapi::document::{Document, reference};
use openapi::ordered::{Order, Ordered};

/// Name of the outermost element, if neither the schema nor a reference to it has one.
const UNNAMED: &str = "xml";

/// The value as one element, by its schema.
pub(super) fn of(document: &Document, schema: &Value, value: &Ordered) -> String {
    let referred = reference(schema).and_then(|target| target.rsplit('/').next());
    let facets = Facets::of(document, [schema]);
    let mut text = String::new();
    let element = Element {
        name: facets.xml("name").unwrap_or(referred.unwrap_or(UNNAMED)),
        facets: &facets,
        value: &value.value,
        order: &value.order,
    };
    // A list has no element of its own, but a document must have one.
    if value.value.is_array() {
        element.write_around(&mut text, |element, text| element.write(text));
    } else {
        element.write(&mut text);
    }
    text
}

struct Element<'a> {
    name: &'a str,
    facets: &'a Facets<'a>,
    value: &'a Value,
    order: &'a Order,
}

impl Element<'_> {
    fn write(&self, text: &mut String) {
        let Value::Array(items) = self.value else {
            return self.write_around(text, Self::write_inside);
        };
        let of_items = self.facets.items();
        let write_items = |element: &Self, text: &mut String| {
            for (index, value) in items.iter().enumerate() {
                let item = Element {
                    name: of_items.xml("name").unwrap_or(element.name),
                    facets: &of_items,
                    value,
                    order: element.order.of_item(index),
                };
                item.write(text);
            }
        };
        match self.facets.is_wrapped() {
            true => self.write_around(text, write_items),
            false => write_items(self, text),
        }
    }

    /// The tags, with the attributes, and what is between them.
    fn write_around(&self, text: &mut String, write: impl FnOnce(&Self, &mut String)) {
        let name = self.name;
        let _ = write!(text, "<{name}");
        for (name, value, _) in self.order.of_members(self.value) {
            let facets = self.facets.member(name);
            if facets.is_attribute() {
                let name = facets.xml("name").unwrap_or(name);
                let _ = write!(text, " {name}=\"{}\"", escaped(value));
            }
        }
        text.push('>');
        write(self, text);
        let _ = write!(text, "</{name}>");
    }

    fn write_inside(&self, text: &mut String) {
        if !self.value.is_object() {
            return text.push_str(&escaped(self.value));
        }
        for (name, value, order) in self.order.of_members(self.value) {
            let facets = self.facets.member(name);
            if !facets.is_attribute() {
                let member = Element {
                    name: facets.xml("name").unwrap_or(name),
                    facets: &facets,
                    value,
                    order,
                };
                member.write(text);
            }
        }
    }
}

fn escaped(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}
