//! Finds all changes between two specifications.

use std::collections::BTreeSet;

use serde_json::Value;

use super::change::Change;
use super::{operations, schemas};
use crate::report::Finding;
use openapi::document::Document;
use openapi::element::{Holds, Kind};
use openapi::extension::ENVIRONMENT;
use openapi::place::Place;

pub fn findings(old: &Document, new: &Document) -> Vec<Finding> {
    let mut changes = Changes::default();
    let root = Place::root();
    // Security is compared operation by operation, as it holds there.
    changes.fields(&root, Kind::Document, old.root(), new.root(), &["security"]);
    let info = root.at("info");
    changes.fields(
        &info,
        Kind::Info,
        &old.root()["info"],
        &new.root()["info"],
        &[],
    );
    servers(old, new, &mut changes);
    security_schemes(old, new, &mut changes);
    operations::compare(old, new, &mut changes);
    schemas::compare_named(old, new, &mut changes);
    changes.0
}

#[derive(Default)]
pub struct Changes(Vec<Finding>);

impl Changes {
    pub fn add(&mut self, place: Place, change: Change) {
        self.0.push(change.at(&place));
    }

    /// Compares the fields of an element that hold no elements themselves, apart from `except`.
    pub fn fields(&mut self, place: &Place, kind: Kind, old: &Value, new: &Value, except: &[&str]) {
        for name in keys(old, new) {
            let (before, after) = (old.get(name), new.get(name));
            let is_plain = matches!(kind.field(name), None | Some(Holds::Data | Holds::Unheeded));
            // Examples are elements, but to users they are one piece of documentation.
            if (is_plain || is_documentation(kind, name))
                && before != after
                && (!name.starts_with("x-") || name.starts_with("x-par-"))
                && !except.contains(&name)
            {
                self.add(
                    place.at(name),
                    Change::Field {
                        kind,
                        name: name.to_owned(),
                        old: before.cloned(),
                        new: after.cloned(),
                    },
                );
            }
        }
    }
}

fn is_documentation(kind: Kind, name: &str) -> bool {
    matches!(
        (kind, name),
        (Kind::Parameter | Kind::MediaType, "examples")
            | (Kind::Response, "headers")
            | (Kind::Document, "tags")
    )
}

/// Keys of two objects together.
pub fn keys<'a>(old: &'a Value, new: &'a Value) -> BTreeSet<&'a str> {
    [old, new]
        .into_iter()
        .filter_map(Value::as_object)
        .flat_map(|object| object.keys().map(String::as_str))
        .collect()
}

/// Servers are the same if they have the same preset, or else the same URL.
fn servers(old: &Document, new: &Document, changes: &mut Changes) {
    let list = |document: &Document| -> Vec<(Place, Option<String>, Value)> {
        let servers = document.root()["servers"].as_array();
        servers
            .into_iter()
            .flatten()
            .enumerate()
            .map(|(index, server)| {
                let preset = server[ENVIRONMENT].as_str().map(str::to_owned);
                (
                    Place::root().at("servers").at(index),
                    preset,
                    server.clone(),
                )
            })
            .collect()
    };
    let (old, new) = (list(old), list(new));
    let same = |one: &(Place, Option<String>, Value), other: &(Place, Option<String>, Value)| {
        one.1 == other.1 && (one.1.is_some() || one.2["url"] == other.2["url"])
    };
    for server in &old {
        match new.iter().find(|other| same(server, other)) {
            Some((place, _, other)) => {
                changes.fields(place, Kind::Server, &server.2, other, &[ENVIRONMENT]);
            }
            None => changes.add(
                server.0.clone(),
                Change::ServerRemoved {
                    preset: server.1.clone(),
                },
            ),
        }
    }
    for server in &new {
        if !old.iter().any(|other| same(server, other)) {
            changes.add(
                server.0.clone(),
                Change::ServerAdded {
                    preset: server.1.clone(),
                },
            );
        }
    }
}

fn security_schemes(old: &Document, new: &Document, changes: &mut Changes) {
    let of = |document: &Document| document.root()["components"]["securitySchemes"].clone();
    let (old, new) = (of(old), of(new));
    let section = Place::root().at("components").at("securitySchemes");
    for name in keys(&old, &new) {
        // What came or went shows where it is required.
        if let (Some(before), Some(after)) = (old.get(name), new.get(name)) {
            let place = section.at(name);
            changes.fields(&place, Kind::SecurityScheme, before, after, &[]);
        }
    }
}
