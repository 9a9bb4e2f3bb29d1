//! Compares operations, each with the one of the same name or else of the same address.

use serde_json::Value;

use super::change::{Change, Need};
use super::difference::{Changes, keys};
use super::direction::Direction;
use super::schemas;
use crate::generate::call_name::{Named, named};
use openapi::body::Body;
use openapi::document::{Document, Part};
use openapi::element::Kind;
use openapi::extension::{DEFAULT_FROM, DefaultFrom};
use openapi::operation::Operation;
use openapi::place::Place;

pub fn compare(old: &Document, new: &Document, changes: &mut Changes) {
    let old_operations = Operation::all(old);
    let mut rest: Vec<Operation<'_>> = Operation::all(new);
    let mut take = |is_same: &dyn Fn(&Operation<'_>) -> bool| {
        let index = rest.iter().position(is_same)?;
        Some(rest.remove(index))
    };
    // By name first: what has the same name is not the other half of a renaming.
    let mut pairs = Vec::new();
    let mut alone = Vec::new();
    for operation in &old_operations {
        match take(&|other| operation.id().is_some() && other.id() == operation.id()) {
            Some(other) => pairs.push((operation, other)),
            None => alone.push(operation),
        }
    }
    for operation in alone {
        let is_same = |other: &Operation<'_>| {
            other.method == operation.method
                && without_names(other.path) == without_names(operation.path)
        };
        match take(&is_same) {
            Some(other) => pairs.push((operation, other)),
            None => changes.add(operation.place.clone(), Change::OperationRemoved),
        }
    }
    for (before, after) in &pairs {
        one(before, after, changes);
    }
    for operation in rest {
        changes.add(operation.place, Change::OperationAdded);
    }
}

fn one(old: &Operation<'_>, new: &Operation<'_>, changes: &mut Changes) {
    let place = &new.place;
    let text = |id: Option<&str>| id.unwrap_or_default().to_owned();
    if old.id() != new.id() {
        changes.add(
            place.at("operationId"),
            Change::OperationId {
                old: text(old.id()),
                new: text(new.id()),
            },
        );
    }
    if old.method != new.method {
        let (old, new) = (old.method.to_uppercase(), new.method.to_uppercase());
        changes.add(place.clone(), Change::Method { old, new });
    }
    if without_names(old.path) != without_names(new.path) {
        let (old, new) = (old.path.to_owned(), new.path.to_owned());
        changes.add(place.clone(), Change::Path { old, new });
    }
    let elsewhere = ["operationId", "security"];
    changes.fields(place, Kind::Operation, old.value, new.value, &elsewhere);
    if old.security_requirements() != new.security_requirements() {
        changes.add(place.at("security"), Change::Security);
    }
    parameters(old, new, changes);
    request_body(old, new, changes);
    responses(old, new, changes);
}

/// The path with its parameters as blanks: their names are not sent.
fn without_names(path: &str) -> String {
    let parts = path.split('{').enumerate();
    let parts = parts.map(|(index, part)| match part.split_once('}') {
        Some((_, after)) if index > 0 => format!("{{}}{after}"),
        _ => part.to_owned(),
    });
    parts.collect()
}

fn parameters(old: &Operation<'_>, new: &Operation<'_>, changes: &mut Changes) {
    let (old, new) = (named(old), named(new));
    for Named { part: before, rust } in &old {
        let mut candidates = new.iter();
        match candidates.find(|after| is_same(before.value, after.part.value)) {
            Some(after) => {
                if *rust != after.rust {
                    let (old, new) = (rust.clone(), after.rust.clone());
                    changes.add(
                        after.part.place.clone(),
                        Change::ParameterSetter { old, new },
                    );
                }
                parameter(before.value, &after.part, changes);
            }
            None => changes.add(
                before.place.clone(),
                Change::ParameterRemoved {
                    name: name(before.value),
                },
            ),
        }
    }
    for Named { part: after, .. } in &new {
        let mut candidates = old.iter();
        if !candidates.any(|before| is_same(before.part.value, after.value)) {
            changes.add(
                after.place.clone(),
                Change::ParameterAdded {
                    name: name(after.value),
                    need: need(after.value),
                },
            );
        }
    }
}

/// The same to the server, where headers have no capitals.
fn is_same(one: &Value, other: &Value) -> bool {
    let (name_of_one, name_of_other) = (name(one), name(other));
    one["in"] == other["in"]
        && (name_of_one == name_of_other
            || one["in"] == "header" && name_of_one.eq_ignore_ascii_case(&name_of_other))
}

/// The parameter with what OpenAPI takes its style to be where it says none.
fn in_full(parameter: &Value) -> Value {
    let mut parameter = parameter.clone();
    let style = match (parameter["style"].as_str(), parameter["in"].as_str()) {
        (Some(style), _) => style.to_owned(),
        (None, Some("query" | "cookie")) => "form".to_owned(),
        (None, _) => "simple".to_owned(),
    };
    let explode = parameter["explode"].as_bool().unwrap_or(style == "form");
    parameter["style"] = style.into();
    parameter["explode"] = explode.into();
    let reserved = parameter["allowReserved"] == true;
    parameter["allowReserved"] = reserved.into();
    parameter
}

fn parameter(old: &Value, new: &Part<'_>, changes: &mut Changes) {
    let (before, after) = (need(old), need(new.value));
    if before != after {
        changes.add(
            new.place.clone(),
            Change::ParameterNeed {
                name: name(new.value),
                old: before,
                new: after,
            },
        );
    }
    // Where the source of the value came or went, that is what changed for callers. An optional header
    // that is no longer supplied is another matter: it is no longer sent.
    let except: &[&str] = match (before, after) {
        (Need::Required, Need::Supplied) | (Need::Supplied, Need::Required) => {
            &["name", "required", DEFAULT_FROM]
        }
        _ => &["name", "required"],
    };
    let (old_in_full, new_in_full) = (in_full(old), in_full(new.value));
    changes.fields(
        &new.place,
        Kind::Parameter,
        &old_in_full,
        &new_in_full,
        except,
    );
    let place = new.place.at("schema");
    let (old, new) = (&old["schema"], &new.value["schema"]);
    schemas::compare(&place, old, new, Direction::GIVEN, changes);
}

fn name(parameter: &Value) -> String {
    parameter["name"].as_str().unwrap_or_default().to_owned()
}

fn need(parameter: &Value) -> Need {
    if parameter["required"] != true && parameter["in"] != "path" {
        return Need::Optional;
    }
    match DefaultFrom::of(parameter) {
        Ok(Some(DefaultFrom::Constant(_) | DefaultFrom::Generated(_))) => Need::Supplied,
        Ok(Some(DefaultFrom::Setting(_)) | None) | Err(_) => Need::Required,
    }
}

fn request_body(old: &Operation<'_>, new: &Operation<'_>, changes: &mut Changes) {
    let (before, after) = match (Body::of(old), Body::of(new)) {
        (None, None) => return,
        (None, Some(body)) => {
            let required = body.required;
            return changes.add(body.part.place, Change::RequestBodyAdded { required });
        }
        (Some(body), None) => return changes.add(body.part.place, Change::RequestBodyRemoved),
        (Some(before), Some(after)) => (before, after),
    };
    let (place, required) = (&after.part.place, after.required);
    if before.required != required {
        changes.add(place.clone(), Change::RequestBodyRequired { required });
    }
    let (one, other) = (before.part.value, after.part.value);
    changes.fields(place, Kind::RequestBody, one, other, &["required"]);
    // What is not sent is but another way to say the same.
    let retyped = before.encoding.is_of_a_value() != after.encoding.is_of_a_value();
    if before.media_type != after.media_type {
        let (old, new) = (before.media_type.to_owned(), after.media_type.to_owned());
        changes.add(place.clone(), Change::RequestBodyType { old, new, retyped });
    }
    if !retyped {
        let place = &after.content.place;
        let (one, other) = (before.content.value, after.content.value);
        changes.fields(place, Kind::MediaType, one, other, &[]);
        let place = place.at("schema");
        schemas::compare(
            &place,
            before.schema(),
            after.schema(),
            Direction::GIVEN,
            changes,
        );
    }
}

fn responses(old: &Operation<'_>, new: &Operation<'_>, changes: &mut Changes) {
    let (old, new) = (old.responses(), new.responses());
    for (status, before) in &old {
        match new.iter().find(|(other, _)| other == status) {
            Some((_, after)) => {
                changes.fields(&after.place, Kind::Response, before.value, after.value, &[]);
                content(&after.place, before.value, after.value, changes);
            }
            None => changes.add(
                before.place.clone(),
                Change::ResponseRemoved {
                    status: (*status).to_owned(),
                },
            ),
        }
    }
    for (status, after) in &new {
        if !old.iter().any(|(other, _)| other == status) {
            changes.add(
                after.place.clone(),
                Change::ResponseAdded {
                    status: (*status).to_owned(),
                },
            );
        }
    }
}

fn content(place: &Place, old: &Value, new: &Value, changes: &mut Changes) {
    let (old, new) = (&old["content"], &new["content"]);
    for media_type in keys(old, new) {
        let place = place.at("content").at(media_type);
        match (old.get(media_type), new.get(media_type)) {
            (Some(before), Some(after)) => {
                changes.fields(&place, Kind::MediaType, before, after, &[]);
                let place = place.at("schema");
                let (before, after) = (&before["schema"], &after["schema"]);
                schemas::compare(&place, before, after, Direction::GOT, changes);
            }
            (before, after) => changes.add(
                place,
                Change::Field {
                    kind: Kind::MediaType,
                    name: media_type.to_owned(),
                    old: before.map(|content| content["schema"].clone()),
                    new: after.map(|content| content["schema"].clone()),
                },
            ),
        }
    }
}
