//! Finds what changed for users between two specifications: generates from both, and compares the public names and
//! what is sent and received.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::change::{BOTH, COMPILE, Changes, RUN, RUN_AND_WIRE, WIRE};
use super::code::shown_of;
use super::exchange::{self, Exchange};
use super::origin::Origins;
use super::surface::{self, Surface};
use super::{calls, supplied, types};
use crate::generate::generator::without_panicking;
use crate::generate::modules;
use crate::generate::rust_name::value_name;
use crate::report::{Finding, Severity};
use openapi::document::Document;
use openapi::extension::ENVELOPE;
use openapi::operation::Operation;
use openapi::path_template::unnamed;
use openapi::place::Place;

/// Why a specification can't be compared.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub struct Unusable {
    pub is_older: bool,
    pub reason: String,
}

pub fn findings(old: &Document, new: &Document) -> Result<Vec<Finding>, Unusable> {
    if old.root() == new.root() {
        return Ok(Vec::new());
    }
    let mut changes = Changes::default();
    let old = callable(&old.with_root(renamed(old, new, &mut changes)));
    let new = callable(new);
    let (before, after) = (Side::of(&old, &new, true)?, Side::of(&new, &old, false)?);
    Comparison {
        old: before,
        new: after,
        changes,
    }
    .findings()
}

/// The older specification with the current names of the operations. An operation is the same if its method and path
/// are.
fn renamed(old: &Document, new: &Document, changes: &mut Changes) -> Value {
    let (before, after) = (Operation::all(old), Operation::all(new));
    let is_there = |operations: &[Operation<'_>], id: Option<&str>| {
        operations.iter().any(|one| one.id() == id)
    };
    let mut root = old.root().clone();
    for operation in &before {
        let is_same = |other: &&Operation<'_>| {
            other.method == operation.method && unnamed(other.path) == unnamed(operation.path)
        };
        let Some(id) = operation.id().filter(|id| !is_there(&after, Some(id))) else {
            continue;
        };
        let Some(now) = after.iter().find(is_same) else {
            continue;
        };
        match now.id().filter(|now| !is_there(&before, Some(now))) {
            Some(name) => {
                root["paths"][operation.path][operation.method]["operationId"] = name.into();
                let (severity, what) = if value_name(id) == value_name(name) {
                    (RUN, "in errors and spans")
                } else {
                    (COMPILE, "now, and so is all that is named after it")
                };
                let sentence = format!("operation `{id}` is called `{name}` {what}");
                changes.add(now.place.at("operationId"), severity, sentence);
            }
            None if now.id().is_none() => {
                let sentence = "there is no `operationId` any more to name it after".to_owned();
                changes.add(operation.place.clone(), BOTH, sentence);
            }
            None => {}
        }
    }
    root
}

/// One specification, and the crate that is generated from it.
pub struct Side<'a> {
    surface: Surface,
    pub exchange: Exchange,
    pub origins: Origins<'a>,
}

impl<'a> Side<'a> {
    fn of(document: &'a Document, other: &'a Document, is_older: bool) -> Result<Self, Unusable> {
        // The generator may print the whole construct after its sentence.
        let unusable = |reason: String| {
            let (line, more) = reason.split_once('\n').unwrap_or((&reason, ""));
            let end = if more.is_empty() { "" } else { " …" };
            let reason = format!("{line}{end}");
            Unusable { is_older, reason }
        };
        // The lint would describe the problem better, but it may refuse today what was published before.
        let modules = without_panicking(|| modules(document))
            .map_err(|panic| {
                let path = document.path().display();
                unusable(format!("failed to generate from {path}: {panic}"))
            })?
            .map_err(|error| {
                let path = document.path().display();
                unusable(format!("failed to compare {path}: {error}"))
            })?;
        Ok(Self {
            surface: surface::read(&modules),
            exchange: exchange::read(&modules),
            origins: Origins::new(document, other),
        })
    }

    /// Whether a place belongs to an operation that the other side does not have.
    fn is_alone(&self, place: &Place, other: &Self) -> bool {
        let mut ids = self.exchange.calls.keys();
        ids.any(|id| {
            let operation = self.origins.operation(id);
            !other.exchange.calls.contains_key(id)
                && operation.is_some_and(|one| place.steps().starts_with(one.place.steps()))
        })
    }
}

/// The specification without the operations that can't be called because they have no name.
fn callable(document: &Document) -> Document {
    let mut root = document.root().clone();
    let paths = root["paths"].as_object_mut();
    for item in paths.into_iter().flat_map(|paths| paths.values_mut()) {
        if let Some(item) = item.as_object_mut() {
            item.retain(|key, operation| {
                !openapi::operation::METHODS.contains(&key.as_str())
                    || operation["operationId"].is_string()
            });
        }
    }
    document.with_root(root)
}

struct Comparison<'a> {
    old: Side<'a>,
    new: Side<'a>,
    changes: Changes,
}

impl Comparison<'_> {
    fn findings(mut self) -> Result<Vec<Finding>, Unusable> {
        let changed = self.items();
        self.calls();
        types::compare(&self.old, &self.new, &changed, &mut self.changes);
        self.servers();
        self.shared();
        self.documentation();
        Ok(self.changes.findings())
    }

    /// Compares the public names. Returns the names of the types that changed.
    fn items(&mut self) -> BTreeSet<String> {
        let Self { old, new, changes } = self;
        let mut changed = BTreeSet::new();
        for (name, before) in &old.surface {
            let place = old.origins.of_item(before, &old.surface);
            let Some(after) = new.surface.get(name) else {
                let holder = before.name.holder().map(|holder| holder.to_string());
                let goes_along = holder.is_some_and(|holder| {
                    old.surface.contains_key(&holder) && !new.surface.contains_key(&holder)
                });
                if !goes_along && !old.is_alone(&place, new) {
                    changes.gone(place, name.clone());
                }
                changed.extend(before.name.owner.clone());
                continue;
            };
            if before.declared != after.declared {
                let shown = (shown_of(&before.declared), shown_of(&after.declared));
                let (was, is) = if shown.0 == shown.1 {
                    (&before.declared, &after.declared)
                } else {
                    (&shown.0, &shown.1)
                };
                let place = new.origins.of_item(after, &new.surface);
                changes.changed(place, name.clone(), was, is);
                changed.extend(before.name.owner.clone());
            }
        }
        for (name, after) in &new.surface {
            if old.surface.contains_key(name) {
                continue;
            }
            changed.extend(after.name.owner.clone());
            let place = new.origins.of_item(after, &new.surface);
            let holder = after.name.holder().map(|holder| holder.to_string());
            let comes_along = holder.is_some_and(|holder| {
                new.surface.contains_key(&holder) && !old.surface.contains_key(&holder)
            });
            if !comes_along && !new.is_alone(&place, old) {
                let severity = if after.is_closed {
                    COMPILE
                } else {
                    Severity::Compatible
                };
                changes.added(place, severity, name.clone());
            }
        }
        changed
    }

    fn calls(&mut self) {
        for (side, other, severity, what) in [
            (&self.old, &self.new, BOTH, "gone"),
            (&self.new, &self.old, Severity::Compatible, "new"),
        ] {
            for id in side.exchange.calls.keys() {
                if let Some(operation) = side.origins.operation(id)
                    && !other.exchange.calls.contains_key(id)
                {
                    let sentence = format!("operation `{id}` is {what}");
                    self.changes
                        .add(operation.place.clone(), severity, sentence);
                }
            }
        }
        for (id, after) in &self.new.exchange.calls {
            if let Some(before) = self.old.exchange.calls.get(id)
                && let Some(of_old) = self.old.origins.operation(id)
                && let Some(of_new) = self.new.origins.operation(id)
            {
                let before = (&self.old, of_old, before);
                let after = (&self.new, of_new, after);
                calls::compare(before, after, &mut self.changes);
            }
        }
    }

    fn servers(&mut self) {
        let Self { old, new, changes } = self;
        let urls: BTreeSet<&String> = new.exchange.servers.values().collect();
        for (preset, was) in &old.exchange.servers {
            match new.exchange.servers.get(preset) {
                Some(is) if is != was => {
                    let sentence = format!("`Environment::{preset}` is {is} now; it was {was}");
                    changes.add(new.origins.server(preset), WIRE, sentence);
                }
                None if !urls.contains(was) => {
                    let sentence = format!("{was} is not called any more");
                    changes.add(old.origins.server(preset), WIRE, sentence);
                }
                _ => {}
            }
        }
    }

    fn shared(&mut self) {
        let (before, after) = (&self.old.exchange.shared, &self.new.exchange.shared);
        let nothing = "nothing".to_owned();
        let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for key in keys {
            let of = |side: &BTreeMap<String, String>| side.get(key).unwrap_or(&nothing).clone();
            let (was, is) = (of(before), of(after));
            if was == is {
                continue;
            }
            let (place, severity) = if key == "API_VERSION" {
                (
                    Place::root().at("info").at("version"),
                    Severity::Documentation,
                )
            } else if key.starts_with("ENVELOPE") {
                (Place::root().at(ENVELOPE), RUN_AND_WIRE)
            } else {
                (Place::root(), WIRE)
            };
            self.changes.add(
                place,
                severity,
                format!("`{key}` is {is} now; it was {was}"),
            );
        }
        for (place, sentence) in supplied::variables(&self.old, &self.new) {
            self.changes.add(place, RUN, sentence);
        }
    }

    /// Other text about an item is worth a line only if nothing else changed.
    fn documentation(&mut self) {
        let Self { old, new, changes } = self;
        for (name, before) in &old.surface {
            if let Some(after) = new.surface.get(name)
                && before.documentation != after.documentation
            {
                let place = new.origins.of_item(after, &new.surface);
                if !changes.is_changed_within(&place) {
                    changes.described(place, name.clone());
                }
            }
        }
    }
}
