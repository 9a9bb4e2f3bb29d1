//! Schemas of which we write the type ourselves: each is moved to the named schemas, under the name that the generator
//! would have given its type, and what stood there refers to it. The generator is told to take our type for that name.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::walk::{each_of_operations, each_part};
use crate::generate::rust_name::{free, type_name};
use crate::generate::written::Written;
use openapi::document::reference;
use openapi::extension::RUNTIME_TYPE;

/// Moves all such schemas, and says which they were.
pub fn hoist(root: &mut Value) -> Vec<Written> {
    let mut hoisting = Hoisting::default();
    let mut schemas = take(&mut root["components"], "schemas");
    for name in schemas.keys() {
        hoisting.taken.insert(type_name(name));
    }
    hoisting.others(root, &schemas);
    for (name, schema) in &mut schemas {
        hoisting.named(name, schema);
    }
    each_of_operations(&mut root["paths"], &mut |name, schema| {
        hoisting.part(name, schema);
    });
    for (name, schema) in hoisting.added {
        schemas.insert(name, schema);
    }
    if !schemas.is_empty() {
        root["components"]["schemas"] = schemas.into();
    }
    nullable_where_they_are_named(root, &hoisting.nullable);
    hoisting.written
}

#[derive(Default)]
struct Hoisting {
    /// Names of types that are not free any more.
    taken: BTreeSet<String>,
    written: Vec<Written>,
    /// Schemas that stand for those which were described on the spot.
    added: Vec<(String, Value)>,
    /// References to named schemas which say of themselves that they may be null. The type says nothing of it, so it
    /// is for those who refer to it to say.
    nullable: BTreeSet<String>,
}

impl Hoisting {
    /// Takes the names that the generator gives to what is described on the spot and is not moved.
    fn others(&mut self, root: &mut Value, schemas: &Map<String, Value>) {
        for (name, schema) in schemas {
            let mut schema = schema.clone();
            each_part(name, &mut schema, &mut |name, part| self.other(name, part));
        }
        each_of_operations(&mut root["paths"], &mut |name, schema| {
            self.other(name, schema);
        });
    }

    fn other(&mut self, name: &str, schema: &mut Value) {
        if reference(schema).is_some() {
            return;
        }
        let is_moved = Written::is_of(schema);
        let has = |keyword: &str| schema.get(keyword).is_some();
        let is_type = ["properties", "oneOf", "anyOf", "allOf"]
            .into_iter()
            .any(has);
        if is_type && !is_moved {
            self.taken.insert(type_name(title_or(name, schema)));
        }
        let name = title_or(name, schema).to_owned();
        each_part(&name, schema, &mut |name, part| self.other(name, part));
    }

    /// A named schema keeps its name.
    fn named(&mut self, name: &str, schema: &mut Value) {
        if schema.get(RUNTIME_TYPE).is_some() || reference(schema).is_some() {
            return;
        }
        match Written::of(&type_name(name), schema) {
            Some(written) => {
                if schema["nullable"] == true {
                    let reference = format!("#/components/schemas/{name}");
                    self.nullable.insert(reference);
                }
                *schema = placeholder(schema);
                self.written.push(written);
            }
            None => each_part(name, schema, &mut |name, part| self.part(name, part)),
        }
    }

    /// What is described on the spot gets the first name that is free.
    fn part(&mut self, name: &str, schema: &mut Value) {
        if reference(schema).is_some() {
            return;
        }
        let own = title_or(name, schema).to_owned();
        if !Written::is_of(schema) {
            each_part(&own, schema, &mut |name, part| {
                self.part(name, part);
            });
            return;
        }
        let name = free(&type_name(&own), &self.taken);
        let Some(written) = Written::of(&name, schema) else {
            return;
        };
        let twin = self.written.iter().find(|other| {
            other.content == written.content && schema["title"].is_string() && {
                type_name(&own) == other.name
            }
        });
        let name = match twin {
            Some(twin) => twin.name.clone(),
            None => {
                self.taken.insert(name.clone());
                self.added.push((name.clone(), placeholder(schema)));
                self.written.push(written);
                name
            }
        };
        let moved = json!({"$ref": format!("#/components/schemas/{name}")});
        *schema = if schema["nullable"] == true {
            or_null(&moved)
        } else {
            moved
        };
    }
}

/// The generator looks at it where it puts schemas together, and makes no type of it.
fn placeholder(schema: &Value) -> Value {
    match schema.get("type") {
        Some(ty) => json!({ "type": ty }),
        None => json!({}),
    }
}

fn or_null(reference: &Value) -> Value {
    json!({"nullable": true, "allOf": [reference]})
}

fn title_or<'a>(name: &'a str, schema: &'a Value) -> &'a str {
    schema["title"].as_str().unwrap_or(name)
}

fn take(holder: &mut Value, key: &str) -> Map<String, Value> {
    match holder.get_mut(key).map(Value::take) {
        Some(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

fn nullable_where_they_are_named(value: &mut Value, nullable: &BTreeSet<String>) {
    if nullable.is_empty() {
        return;
    }
    match value {
        Value::Object(members) => {
            let target = members.get("$ref").and_then(Value::as_str);
            if target.is_some_and(|target| nullable.contains(target)) {
                *value = or_null(value);
                return;
            }
            for member in members.values_mut() {
                nullable_where_they_are_named(member, nullable);
            }
        }
        Value::Array(items) => {
            for item in items {
                nullable_where_they_are_named(item, nullable);
            }
        }
        _ => {}
    }
}
