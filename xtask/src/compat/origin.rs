//! Finds the place in the specification for a name in generated code.

use std::collections::BTreeMap;

use serde_json::Value;

use super::surface::{Is, Item, Surface};
use crate::generate::rust_name::{type_name, value_name};
use openapi::body::Body;
use openapi::credential::settings;
use openapi::document::{Document, Part, reference};
use openapi::extension::ENVIRONMENT;
use openapi::operation::Operation;
use openapi::place::Place;

pub struct Origins<'a> {
    pub document: &'a Document,
    /// The specification of the other side: a part that is the same there did not change.
    other: &'a Document,
    operations: Vec<Operation<'a>>,
    /// The schemas that have a type of their own, by the name of the type.
    schemas: BTreeMap<String, (Place, &'a Value)>,
}

impl<'a> Origins<'a> {
    pub fn new(document: &'a Document, other: &'a Document) -> Self {
        let mut origins = Self {
            document,
            other,
            operations: Operation::all(document),
            schemas: BTreeMap::new(),
        };
        let mut schemas = BTreeMap::new();
        titles(&Place::root(), document.root(), &mut schemas);
        for operation in &origins.operations {
            let id = operation.id().unwrap_or_default();
            for part in operation.parameters() {
                let name = part.value["name"].as_str().unwrap_or_default();
                let schema = part.member("schema");
                schemas.insert(
                    type_name(&format!("{id}-{name}")),
                    (schema.home, schema.value),
                );
            }
            if let Some(body) = Body::of(operation) {
                let schema = body.content.member("schema");
                schemas.insert(
                    type_name(&format!("{id}-body")),
                    (schema.home, schema.value),
                );
            }
        }
        let section = Place::root().at("components").at("schemas");
        let named = document.root()["components"]["schemas"].as_object();
        for (name, schema) in named.into_iter().flatten() {
            schemas.insert(type_name(name), (section.at(name), schema));
        }
        origins.schemas = schemas;
        origins
    }

    pub fn operation(&self, id: &str) -> Option<&Operation<'a>> {
        self.operations
            .iter()
            .find(|operation| operation.id() == Some(id))
    }

    /// The operation that a type or a function is named after.
    fn operation_called(&self, name: &str) -> Option<&Operation<'a>> {
        let mut operations = self.operations.iter();
        operations.find(|operation| {
            let id = operation.id().unwrap_or_default();
            type_name(id) == name || value_name(id) == name
        })
    }

    pub fn of_item(&self, item: &Item, surface: &Surface) -> Place {
        let name = &item.name;
        let owner = name.owner.as_deref();
        let module: Vec<&str> = name.module.iter().map(String::as_str).collect();
        let (top, last) = (owner.unwrap_or(&name.last), name.last.as_str());
        match module[..] {
            ["environment"] => self.server(last),
            ["operations"] => Place::root().at("info").at("version"),
            ["settings"] => {
                let name = last.strip_prefix("with_").filter(|_| top == "Client");
                self.setting(name.unwrap_or(last))
            }
            ["types", ..] => {
                let key = match (&item.key, name.is) {
                    (Some(key), _) => Some(key.as_str()),
                    // A setter has the key of its field.
                    (None, Is::Member) if module.len() > 1 => {
                        // There may be another setter for its null.
                        let names = [last, last.strip_suffix("_null").unwrap_or(last)];
                        let mut fields = names
                            .iter()
                            .filter_map(|name| surface.get(&format!("types::{top}.{name}")));
                        fields.next().and_then(|field| field.key.as_deref())
                    }
                    _ => None,
                };
                match key {
                    Some(key) => self.property(top, key),
                    None if name.is == Is::Member && module.len() == 1 => self.values(top),
                    None => self.schema(top),
                }
            }
            ["httpmock", "examples", ref operation @ ..] => {
                let operation = operation.first().copied().unwrap_or(last);
                let Some(operation) = self.operation_called(operation) else {
                    return Place::root();
                };
                let id = type_name(operation.id().unwrap_or_default());
                let method = surface.get(&format!("httpmock::operations::{id}Then::{last}"));
                self.response(
                    operation,
                    method.and_then(|method| method.status.as_deref()),
                )
            }
            _ => {
                let of_mock = top.strip_suffix("When").or(top.strip_suffix("Then"));
                let called = [of_mock.unwrap_or(top), last];
                let operation = called.iter().find_map(|name| self.operation_called(name));
                match operation {
                    Some(operation)
                        if name.is != Is::Member
                            || operation.id().map(value_name).as_deref() == Some(last) =>
                    {
                        operation.place.clone()
                    }
                    Some(operation) if item.status.is_some() => {
                        self.response(operation, item.status.as_deref())
                    }
                    Some(operation) => self.argument(operation, last),
                    None => Place::root(),
                }
            }
        }
    }

    /// The place that names a setting first.
    pub fn setting(&self, name: &str) -> Place {
        let mut settings = settings(self.document).into_iter();
        let found = settings.find(|setting| value_name(&setting.name) == value_name(name));
        found.map(|setting| setting.place).unwrap_or_default()
    }

    /// The server of a preset.
    pub fn server(&self, preset: &str) -> Place {
        let place = Place::root().at("servers");
        let servers = self.document.root()["servers"].as_array();
        let position = servers.and_then(|servers| {
            let mut servers = servers.iter();
            servers.position(|server| {
                let name = server[ENVIRONMENT].as_str();
                name.is_some_and(|name| type_name(name) == preset || name == preset)
            })
        });
        position.map_or(place.clone(), |index| place.at(index))
    }

    /// The place of an argument of a builder; that of the operation, if there is none.
    pub fn argument(&self, operation: &Operation<'a>, name: &str) -> Place {
        if matches!(name, "body" | "body_map") {
            let body = operation.request_body();
            return body.map_or(operation.place.clone(), |part| self.of_part(&part));
        }
        let parameters = operation.parameters();
        let part = parameters.iter().find(|part| {
            let wire = value_name(part.value["name"].as_str().unwrap_or_default());
            // Of two parameters with the same name, one has its position in its Rust name.
            let position = part.value["in"].as_str().unwrap_or_default();
            wire == name || format!("{wire}_in_{position}") == name
        });
        part.map_or(operation.place.clone(), |part| self.of_part(part))
    }

    pub fn response(&self, operation: &Operation<'a>, status: Option<&str>) -> Place {
        let responses = operation.responses();
        let part = responses.iter().find(|(of, _)| Some(*of) == status);
        part.map_or(operation.place.clone(), |(_, part)| self.of_part(part))
    }

    /// The place of the credentials of an operation, or of one scheme if only that changed.
    pub fn security(&self, operation: &Operation<'a>) -> Place {
        let schemes = Place::root().at("components").at("securitySchemes");
        let own = operation.place.at("security");
        let all = Place::root().at("security");
        let is_same = |place: &Place| at(self.document, place) == at(self.other, place);
        let place = if at(self.document, &own).is_some() {
            own
        } else {
            all
        };
        let places = operation.security_schemes().into_iter();
        let mut places = places.map(|scheme| schemes.at(scheme));
        match places.find(|scheme| is_same(&place) && !is_same(scheme)) {
            Some(scheme) => scheme,
            None => place,
        }
    }

    /// The place of a changed part: the target of its reference, unless the reference itself changed.
    pub fn of_part(&self, part: &Part<'_>) -> Place {
        let (here, there) = (at(self.document, &part.place), at(self.other, &part.place));
        if here == there {
            part.home.clone()
        } else {
            part.place.clone()
        }
    }

    /// The schema of a type.
    pub fn schema(&self, name: &str) -> Place {
        self.find(name).map_or_else(Place::root, |(place, _)| place)
    }

    /// The values or the alternatives of a type.
    pub fn values(&self, name: &str) -> Place {
        let Some((place, schema)) = self.find(name) else {
            return Place::root();
        };
        let lists = ["enum", "oneOf", "anyOf"];
        let list = lists.into_iter().find(|key| schema.get(key).is_some());
        list.map_or(place.clone(), |key| place.at(key))
    }

    /// The property of a type, anywhere in its schema.
    pub fn property(&self, name: &str, key: &str) -> Place {
        let Some((place, schema)) = self.find(name) else {
            return Place::root();
        };
        self.property_of(&place, schema, key, 0).unwrap_or(place)
    }

    fn property_of(
        &self,
        place: &Place,
        schema: &'a Value,
        key: &str,
        depth: usize,
    ) -> Option<Place> {
        let part = self.document.follow(Part::at(place.clone(), schema)).ok()?;
        if part.value["properties"].get(key).is_some() {
            return Some(part.home.at("properties").at(key));
        }
        let parts = part.member("allOf").items();
        let mut parts = parts.iter().filter(|_| depth < 16);
        parts.find_map(|part| self.property_of(&part.home, part.value, key, depth + 1))
    }

    fn find(&self, name: &str) -> Option<(Place, &'a Value)> {
        if let Some((place, schema)) = self.schemas.get(name) {
            return Some((place.clone(), schema));
        }
        // A part of a schema is named after the schema.
        let holders = self
            .schemas
            .iter()
            .filter(|(holder, _)| name.starts_with(holder.as_str()));
        let holder = holders.max_by_key(|(holder, _)| holder.len());
        if let Some((holder, (place, schema))) = holder {
            return Some(within(place, schema, &name[holder.len()..]));
        }
        let mut operations = self.operations.iter();
        let operation =
            operations.find(|one| one.id().is_some_and(|id| name.starts_with(&type_name(id))));
        operation.map(|operation| (operation.place.clone(), operation.value))
    }
}

/// The part of a schema with that name, as far as the names lead.
fn within<'a>(place: &Place, schema: &'a Value, rest: &str) -> (Place, &'a Value) {
    let mut parts: Vec<(String, Place, &Value)> = Vec::new();
    for (key, property) in schema["properties"].as_object().into_iter().flatten() {
        parts.push((type_name(key), place.at("properties").at(key), property));
    }
    for (key, names) in [
        ("items", &["Item"][..]),
        ("additionalProperties", &["Value", "ExtraValue"]),
    ] {
        if let Some(part) = schema.get(key) {
            parts.extend(
                names
                    .iter()
                    .map(|name| ((*name).to_owned(), place.at(key), part)),
            );
        }
    }
    for key in ["allOf", "oneOf", "anyOf"] {
        for (index, part) in schema[key].as_array().into_iter().flatten().enumerate() {
            let place = place.at(key).at(index);
            parts.push((format!("Variant{index}"), place.clone(), part));
            if key == "allOf" {
                parts.push((String::new(), place, part));
            }
        }
    }
    let fitting = parts
        .iter()
        .filter(|(name, ..)| rest.starts_with(name.as_str()));
    match fitting.max_by_key(|(name, ..)| name.len()) {
        Some((name, place, part)) if reference(part).is_none() && !rest.is_empty() => {
            within(place, part, &rest[name.len()..])
        }
        _ => (place.clone(), schema),
    }
}

/// The schemas that have a title, which becomes the name of their type.
fn titles<'a>(place: &Place, value: &'a Value, found: &mut BTreeMap<String, (Place, &'a Value)>) {
    match value {
        Value::Object(members) => {
            if let Some(title) = value["title"].as_str()
                && place.steps() != ["info"]
            {
                found.insert(type_name(title), (place.clone(), value));
            }
            for (key, member) in members {
                titles(&place.at(key), member, found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                titles(&place.at(index), item, found);
            }
        }
        _ => {}
    }
}

/// The value at a place.
fn at<'a>(document: &'a Document, place: &Place) -> Option<&'a Value> {
    let mut steps = place.steps().iter();
    steps.try_fold(document.root(), |value, step| match value {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        value => value.get(step),
    })
}
