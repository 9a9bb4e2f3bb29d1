//! The request body: its media types, and its fields in each of them.

use super::{Check, Described, Topic};
use crate::drift::fault;
use openapi::body::{Body, Encoding, essence};
use openapi::document::Part;
use openapi::place::Place;
use openapi::published::Field;

const BODY: &str = "the request body";

/// Its contents.
pub const FIELD: &str = "field";

impl<'a> Check<'a> {
    pub fn body(&mut self) {
        if fault::has_idle_body(self.facts) {
            return;
        }
        let place = self.operation.place.at("requestBody");
        let (described, published) = match (Body::of(self.operation), &self.facts.body) {
            (None, None) => return,
            (None, Some(_)) => return self.not_described(&place, BODY),
            (Some(_), None) => return self.not_published(&place, BODY),
            (Some(described), Some(published)) => (described, published),
        };
        let has_required = |fields: &[_]| fields.iter().any(|field: &Field| field.required);
        let is_required = published
            .all()
            .any(|body| body.required || has_required(&body.fields));
        // A page need not say so about the body itself.
        if is_required && !described.required {
            self.required(&place, BODY, described.required);
        }
        self.body_media_types(&place, &described);
        for body in published.all() {
            // A page may describe the body without its fields.
            if body.fields.is_empty() {
                continue;
            }
            let media_type = body.media_type.as_deref().map(essence);
            let contents = described.part.member("content");
            let same = contents.members().find(|content| {
                let name = content.place.steps().last().map(|name| essence(name));
                name == media_type
            });
            let content = same.unwrap_or_else(|| {
                described
                    .part
                    .member("content")
                    .member(described.media_type)
            });
            let name = content.place.steps().last().map_or("", String::as_str);
            let topic = Topic::of(FIELD);
            if Encoding::of(name).is_some_and(Encoding::is_of_a_value) {
                self.fields(&topic, &place, content.member("schema"), &body.fields);
            } else {
                self.group(&topic, &place, &[], &body.fields);
            }
        }
    }

    /// If the page and its sample differ, the specification may follow either.
    fn body_media_types(&mut self, place: &Place, described: &Body<'_>) {
        let listed = fault::listed_media_types(self.facts);
        let Some(content) = described.part.value["content"].as_object() else {
            return;
        };
        let names: Vec<String> = content.keys().map(|name| essence(name)).collect();
        let is_form = names.iter().any(|name| name == fault::FORM);
        if is_form && fault::is_form_against_its_word(self.facts) {
            return;
        }
        match &*listed {
            [] => {}
            // Other media types may be described too: they are another form of the same body.
            [other] if names.contains(other) => {}
            [other] => self.of_type(place, BODY, described.media_type, other),
            several => {
                for other in several.iter().filter(|other| !names.contains(other)) {
                    self.not_described(place, &format!("{BODY} as {other}"));
                }
            }
        }
    }

    /// Compares fields with those of a schema. `place` is where a missing one should be added.
    pub fn fields(&mut self, topic: &Topic, place: &Place, schema: Part<'a>, published: &[Field]) {
        let mut described = Vec::new();
        self.collect(schema, &mut Vec::new(), &mut described);
        self.group(topic, place, &described, published);
    }

    /// Adds the fields of a schema and of its parts.
    fn collect(&self, schema: Part<'a>, seen: &mut Vec<Place>, fields: &mut Vec<Described<'a>>) {
        // The lint reports a reference that leads nowhere, and a schema that contains itself.
        let Ok(schema) = self.document.follow(schema) else {
            return;
        };
        if seen.contains(&schema.home) {
            return;
        }
        seen.push(schema.home.clone());
        for part in items(&schema.member("allOf")) {
            self.collect(part, seen, fields);
        }
        for property in schema.member("properties").members() {
            let name = property.home.steps().last().cloned().unwrap_or_default();
            fields.push(Described {
                place: property.home.clone(),
                name,
                required: false,
                is_implied: false,
                is_deprecated: false,
                schema: property,
                constant: None,
            });
        }
        let required = schema.value["required"].as_array();
        for name in required.into_iter().flatten() {
            for field in fields.iter_mut().filter(|field| *name == *field.name) {
                field.required = true;
            }
        }
    }
}

fn items<'a>(part: &Part<'a>) -> Vec<Part<'a>> {
    let items = part.value.as_array().into_iter().flatten().enumerate();
    items
        .map(|(index, value)| Part {
            place: part.place.at(index),
            home: part.home.at(index),
            value,
        })
        .collect()
}
