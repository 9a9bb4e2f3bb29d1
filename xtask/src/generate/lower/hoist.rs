//! Schemas whose type we write. Each is moved to the named schemas, under the name that the generator would give its
//! type, and is replaced by a reference. The generator is told to use our type for that name.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::walk::{each_of_operations, each_part};
use crate::generate::rust_name::{free, type_name};
use crate::generate::written::Written;
use openapi::document::reference;
use openapi::extension::RUNTIME_TYPE;

/// Moves all such schemas, and returns them.
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
    root["components"]["schemas"] = schemas.into();
    nullable_where_they_are_named(root, &hoisting.nullable);
    hoisting.written
}

#[derive(Default)]
struct Hoisting {
    /// Names of types that are in use.
    taken: BTreeSet<String>,
    written: Vec<Written>,
    /// The moved inline schemas.
    added: Vec<(String, Value)>,
    /// Their keys, by the names of their types. The generator makes a name of the key, so that is not a name already:
    /// of `AXKind` it would make `AxKind`.
    keys: BTreeMap<String, String>,
    /// References to named schemas that may be null. The type does not include null, so each place that refers to it
    /// adds it.
    nullable: BTreeSet<String>,
}

impl Hoisting {
    /// Reserves the names that the generator gives to inline schemas that are not moved.
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

    /// An inline schema gets the first free name.
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
        let key = match twin {
            Some(twin) => self.keys[&twin.name].clone(),
            None => {
                let number = name.strip_prefix(&type_name(&own)).unwrap_or_default();
                let key = format!("{}{number}", plain(&own));
                self.taken.insert(name.clone());
                self.keys.insert(name, key.clone());
                self.added.push((key.clone(), placeholder(schema)));
                self.written.push(written);
                key
            }
        };
        let moved = json!({"$ref": format!("#/components/schemas/{key}")});
        *schema = if schema["nullable"] == true {
            or_null(&moved)
        } else {
            moved
        };
    }
}

/// A name without the characters that have a meaning in a reference.
fn plain(name: &str) -> String {
    name.replace(
        |c: char| !unicode_ident::is_xid_continue(c) && c != '\'',
        "-",
    )
}

/// The generator reads it when it combines schemas, and makes no type of it.
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
