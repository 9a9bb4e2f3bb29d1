//! Checks that parts with different names in the specification have different names in Rust.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Findings, Problem};
use crate::generate::call_name::{given, named};
use crate::generate::lower::answers;
use crate::generate::rust_name::{type_name, value_name};
use crate::generate::tables::settings;
use openapi::answer::Answer;
use openapi::body::Body;
use openapi::credential;
use openapi::document::{Document, reference};
use openapi::extension::RUNTIME_TYPE;
use openapi::operation::Operation;
use openapi::place::Place;

pub fn check(document: &Document, operations: &[Operation<'_>], findings: &mut Findings) {
    types(document, operations, findings);
    methods(document, operations, findings);
}

/// Names that are in use in one scope, and their owners.
#[derive(Default)]
struct Scope(BTreeMap<String, Place>);

/// Names of types; the same title on the same schema is the same type.
#[derive(Default)]
struct Types {
    scope: Scope,
    titled: BTreeSet<String>,
}

impl Scope {
    fn take(&mut self, name: String, place: Place, findings: &mut Findings) {
        match self.0.get(&name) {
            Some(first) => {
                let first = first.clone();
                findings.add(place, Problem::RustNameDuplicate { name, first });
            }
            None => {
                self.0.insert(name, place);
            }
        }
    }
}

/// Named schemas become types, and so do inline schemas of an operation or of another schema.
fn types(document: &Document, operations: &[Operation<'_>], findings: &mut Findings) {
    let mut scope = Types::default();
    let section = Place::root().at("components").at("schemas");
    let schemas = document.root()["components"]["schemas"].as_object();
    let named = || {
        schemas
            .into_iter()
            .flatten()
            .filter(|(_, schema)| schema.get(RUNTIME_TYPE).is_none())
    };
    for (name, _) in named() {
        scope
            .scope
            .take(type_name(name), section.at(name), findings);
    }
    for (name, schema) in named() {
        parts(name, &section.at(name), schema, &mut scope, findings);
    }
    for operation in operations {
        of_operation(operation, &mut scope, findings);
    }
}

fn of_operation(operation: &Operation<'_>, scope: &mut Types, findings: &mut Findings) {
    let Some(id) = operation.id().map(given) else {
        return;
    };
    for parameter in named(operation) {
        let name = format!("{id}-{}", parameter.given());
        let schema = &parameter.part.value["schema"];
        let place = parameter.part.place.at("schema");
        on_the_spot(&name, &place, schema, scope, findings);
    }
    if let Some(body) = Body::of(operation).filter(|body| body.encoding.is_of_a_value()) {
        let place = body.content.place.at("schema");
        on_the_spot(
            &format!("{id}-body"),
            &place,
            body.schema(),
            scope,
            findings,
        );
    }
    let answers = Answer::all(operation);
    for answer in &answers {
        if let (Some(schema), Some(content)) = (answers::schema(answer), &answer.content) {
            let name = answers::name(&id, &answers, answer.statuses);
            let place = content.part.place.at("schema");
            on_the_spot(&name, &place, schema, scope, findings);
        }
    }
}

fn on_the_spot(
    name: &str,
    place: &Place,
    schema: &Value,
    scope: &mut Types,
    findings: &mut Findings,
) {
    if reference(schema).is_some() {
        return;
    }
    let name = schema["title"].as_str().unwrap_or(name);
    if becomes_type(schema) {
        if schema["title"].is_string() && !scope.titled.insert(schema.to_string()) {
            return;
        }
        scope.scope.take(type_name(name), place.clone(), findings);
    }
    parts(name, place, schema, scope, findings);
}

fn parts(name: &str, place: &Place, schema: &Value, scope: &mut Types, findings: &mut Findings) {
    for (key, property) in schema["properties"].as_object().into_iter().flatten() {
        let place = place.at("properties").at(key);
        on_the_spot(&format!("{name}_{key}"), &place, property, scope, findings);
    }
    if let Some(items) = schema.get("items") {
        let place = place.at("items");
        on_the_spot(&format!("{name}_item"), &place, items, scope, findings);
    }
    if let Some(rest) = schema.get("additionalProperties") {
        let place = place.at("additionalProperties");
        let of_rest = if schema.get("properties").is_some() {
            "extra_value"
        } else {
            "value"
        };
        on_the_spot(&format!("{name}_{of_rest}"), &place, rest, scope, findings);
    }
}

/// Whether the generator makes a type for a schema. Plain scalars, lists and maps become types of Rust. Limits make
/// no type: they are checked when a value is sent. A type that we write gets a free name.
fn becomes_type(schema: &Value) -> bool {
    let has = |keyword: &str| schema.get(keyword).is_some();
    has("properties")
}

/// A client has a method for each operation, and a view for each setting.
fn methods(document: &Document, operations: &[Operation<'_>], findings: &mut Findings) {
    let mut scope = Scope::default();
    let mut of_builder = Scope::default();
    for setting in credential::settings(document) {
        let [setter, view] = settings::methods(&setting.name);
        of_builder.take(setter, setting.place.clone(), findings);
        scope.take(view, setting.place, findings);
    }
    let mut ids: Vec<&str> = Vec::new();
    for operation in operations {
        // The same identifier twice is a finding of its own.
        if let Some(id) = operation.id().filter(|id| !ids.contains(id)) {
            ids.push(id);
            let place = operation.place.at("operationId");
            scope.take(value_name(&given(id)), place, findings);
        }
    }
}
