//! Finds what changed for users from one specification to the other: both are generated from, and compared as what
//! callers can name and as what goes over the wire.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::change::{BOTH, COMPILE, Changes, RUN, RUN_AND_WIRE, WIRE};
use super::code;
use super::exchange::{self, Argument, Call, Exchange, Field, Type};
use super::origin::Origins;
use super::rule;
use super::surface::{self, Surface};
use crate::generate::generator::without_panicking;
use crate::generate::modules;
use crate::generate::rust_name::value_name;
use crate::report::{Finding, Severity};
use openapi::document::Document;
use openapi::extension::{CONTENT_TYPE, ENVELOPE};
use openapi::operation::Operation;
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

/// The older specification with the operations called as they are now. It is the same one to the server if its method
/// and path are.
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
                let sentence = "there is no `operationId` any more to call it after".to_owned();
                changes.add(operation.place.clone(), BOTH, sentence);
            }
            None => {}
        }
    }
    root
}

/// A path with its parameters as blanks: their names are not sent.
fn unnamed(path: &str) -> String {
    let mut pieces = path.split('{');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |path, piece| {
        let rest = piece.split_once('}').map_or("", |(_, rest)| rest);
        path + "{}" + rest
    })
}

/// One specification, and the crate that is generated from it.
struct Side<'a> {
    surface: Surface,
    exchange: Exchange,
    origins: Origins<'a>,
}

impl<'a> Side<'a> {
    fn of(document: &'a Document, other: &'a Document, is_older: bool) -> Result<Self, Unusable> {
        let unusable = |reason: String| Unusable { is_older, reason };
        // The lint, which says better what is wrong, is not asked: what it refuses today may have been published.
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

    /// Whether a place is one of an operation that the other side lacks.
    fn is_alone(&self, place: &Place, other: &Self) -> bool {
        let mut ids = self.exchange.calls.keys();
        ids.any(|id| {
            let operation = self.origins.operation(id);
            !other.exchange.calls.contains_key(id)
                && operation.is_some_and(|one| place.steps().starts_with(one.place.steps()))
        })
    }
}

/// The specification without the operations that nobody can call, as they have no name.
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
        self.types(&changed);
        self.servers();
        self.shared();
        self.documentation();
        Ok(self.changes.findings())
    }

    /// Compares what callers can name. Returns the names of the types of which something is another.
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
                let (was, is) = if before.shown == after.shown {
                    (&before.declared, &after.declared)
                } else {
                    (&before.shown, &after.shown)
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
                let mut pair = Pair {
                    old: (&self.old, of_old),
                    new: (&self.new, of_new),
                    changes: &mut self.changes,
                    is_changed: false,
                };
                pair.tables(before, after);
                pair.headers(before, after);
                pair.arguments(before, after);
                pair.answers(before, after);
                if !pair.is_changed && !before.sends_as(after) {
                    pair.add(
                        of_new.place.clone(),
                        WIRE,
                        "is put together in another way".to_owned(),
                    );
                }
            }
        }
    }

    fn types(&mut self, changed: &BTreeSet<String>) {
        let Self { old, new, changes } = self;
        for (name, after) in &new.exchange.types {
            let Some(before) = old.exchange.types.get(name) else {
                continue;
            };
            let mut is_changed = changed.contains(name);
            is_changed |= fields(old, new, changes, name, before, after);
            let is_reached = before.is_reached;
            for (variant, value) in &before.variants {
                let sentence = match after.variants.get(variant) {
                    Some(now) if now == value => continue,
                    Some(now) => format!(
                        "`types::{name}::{variant}` stands for `{now}` now, not for `{value}`"
                    ),
                    None => format!("the value `{value}` has no name any more"),
                };
                is_changed = true;
                if is_reached {
                    changes.add(new.origins.values(name), WIRE, sentence);
                }
            }
            let differing: Vec<&String> = before.differing(after).collect();
            if let Some(first) = differing.first()
                && !is_changed
                && is_reached
            {
                let sentence = match first.as_str() {
                    "" => format!("`types::{name}` is written in another way"),
                    of => format!("`types::{name}` has another `{of}`"),
                };
                changes.add(new.origins.schema(name), RUN_AND_WIRE, sentence);
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
                let headers = |call: &Call| {
                    call.headers
                        .values()
                        .any(|header| header.values().any(|value| is_api_version(value)))
                };
                let is_sent = self.old.exchange.calls.values().any(headers);
                let severity = if is_sent {
                    WIRE
                } else {
                    Severity::Documentation
                };
                (Place::root().at("info").at("version"), severity)
            } else if key.starts_with("ENVELOPE") {
                (Place::root().at(ENVELOPE), RUN_AND_WIRE)
            } else {
                (Place::root(), WIRE)
            };
            let what = match severity {
                WIRE if key == "API_VERSION" => {
                    "the version of the API that clients send unless they are set to another"
                        .to_owned()
                }
                _ => format!("`{key}`"),
            };
            self.changes
                .add(place, severity, format!("{what} is {is} now; it was {was}"));
        }
    }

    /// What else is said of an item is worth a line where nothing else changed.
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

/// Compares the fields of a type, and returns whether they differ.
fn fields(
    old: &Side<'_>,
    new: &Side<'_>,
    changes: &mut Changes,
    name: &str,
    before: &Type,
    after: &Type,
) -> bool {
    let mut is_changed = false;
    let mut add = |place, severity, sentence: String| {
        is_changed = true;
        changes.add(place, severity, sentence);
    };
    for (field, was) in &before.fields {
        let key = &was.key;
        let Some(is) = after.fields.get(field) else {
            if before.is_reached {
                let what = if was.is_rest {
                    "what has no name of its own"
                } else {
                    &format!("the key `{key}`")
                };
                let sentence = format!("{what} is neither written nor read any more");
                add(old.origins.property(name, key), WIRE, sentence);
            }
            continue;
        };
        let place = new.origins.property(name, &is.key);
        if was.key != is.key {
            let sentence = format!(
                "`types::{name}.{field}` has the key `{}` now, not `{key}`",
                is.key
            );
            add(place.clone(), WIRE, sentence);
        }
        if before.is_reached && !old.exchange.is_same_form(&was.ty, &new.exchange, &is.ty) {
            add(
                place.clone(),
                WIRE,
                format!("the value of `{key}` has another form"),
            );
        }
        let reads_otherwise = was.reading != is.reading && was.key == is.key;
        if !was.is_required && is.is_required {
            add(place.clone(), RUN, required(is));
        } else if was.is_required && !is.is_required {
            let sentence = format!("a value without `{}` is built and read now", is.key);
            add(place.clone(), Severity::Compatible, sentence);
        } else if reads_otherwise && code::shown(&was.ty) == code::shown(&is.ty) {
            add(
                place.clone(),
                RUN,
                format!("`{key}` is read in another way"),
            );
        }
        if before.is_checked && after.is_checked {
            for (sentence, is_narrower) in rule::differences(&was.rules, &is.rules) {
                add(
                    place.clone(),
                    narrower(is_narrower),
                    format!("`{key}`: {sentence}"),
                );
            }
        }
    }
    for (field, is) in after
        .fields
        .iter()
        .filter(|(field, _)| !before.fields.contains_key(*field))
    {
        let place = new.origins.property(name, &is.key);
        if is.is_required {
            add(place, RUN, required(is));
        } else if before.is_open && before.is_reached {
            let sentence = format!(
                "the key `{}` was among those without a name, and is in `types::{name}.{field}` now",
                is.key
            );
            add(place, RUN, sentence);
        }
    }
    is_changed
}

/// One operation on both sides.
struct Pair<'a, 'b> {
    old: (&'b Side<'a>, &'b Operation<'a>),
    new: (&'b Side<'a>, &'b Operation<'a>),
    changes: &'b mut Changes,
    is_changed: bool,
}

impl Pair<'_, '_> {
    /// `what` follows the name of the operation.
    fn add(&mut self, place: Place, severity: Severity, what: String) {
        let id = self.new.1.id().unwrap_or_default();
        self.is_changed = true;
        self.changes.add(place, severity, format!("`{id}` {what}"));
    }

    fn tables(&mut self, before: &Call, after: &Call) {
        let nothing = "nothing".to_owned();
        let keys: BTreeSet<&String> = before.table.keys().chain(after.table.keys()).collect();
        for key in keys {
            let of = |call: &Call| call.table.get(key).unwrap_or(&nothing).clone();
            let (was, is) = (of(before), of(after));
            if was == is {
                continue;
            }
            let operation = self.new.1;
            let place = operation.place.clone();
            let (place, what) = match key.as_str() {
                "path" if unnamed(&was) == unnamed(&is) => continue,
                // With a body that came or went there is an argument that did.
                "body_type" if was == nothing || is == nothing => continue,
                "body_type" => {
                    let place = self.new.0.origins.argument(operation, "body");
                    (place, "sends a body of the media type".to_owned())
                }
                "accept" => (place.at("responses"), "asks for the media type".to_owned()),
                "content_type" => (
                    place.at(CONTENT_TYPE),
                    "says without a body that it is of the media type".to_owned(),
                ),
                "bearer_token" => (
                    place.at("security"),
                    "sends the customer's token, `true` or `false`:".to_owned(),
                ),
                "method" | "path" => (place, format!("has the {key}")),
                _ => (place, format!("has as `{key}`")),
            };
            self.add(place, WIRE, format!("{what} {is} now; it was {was}"));
        }
    }

    /// Compares where the values of headers come from that a call does not give.
    fn headers(&mut self, before: &Call, after: &Call) {
        let get = |header: &BTreeMap<String, String>, key: &str| {
            header.get(key).cloned().unwrap_or_default()
        };
        let is_setting = |default: &str| default.contains("Setting") && !is_api_version(default);
        for (name, is) in &after.headers {
            let place = self.new.0.origins.header(self.new.1, name);
            let (default, required) = (get(is, "default_from"), get(is, "required") == "`true`");
            let Some(was) = before.headers.get(name) else {
                if required && is_setting(&default) {
                    let what = format!(
                        "needs the header `{name}`: the client must be set to one, or the call give it"
                    );
                    self.add(place, RUN, what);
                }
                continue;
            };
            let (old_default, was_required) =
                (get(was, "default_from"), get(was, "required") == "`true`");
            if old_default != default {
                let needs = required && (default == "nothing" || is_setting(&default));
                let gave = was_required && old_default == "nothing";
                let severity = match (needs, gave) {
                    (true, false) => RUN,
                    (_, true) => Severity::Compatible,
                    (false, false) => WIRE,
                };
                let what = format!(
                    "sends {default} as header `{name}` where a call gives none; it was {old_default}"
                );
                self.add(place, severity, what);
            } else if was_required != required && default != "nothing" {
                let what = if required { "needs" } else { "does without" };
                let severity = narrower(required && is_setting(&default));
                self.add(place, severity, format!("{what} the header `{name}` now"));
            }
        }
    }

    fn arguments(&mut self, before: &Call, after: &Call) {
        for (name, was) in &before.arguments {
            match after.arguments.get(name) {
                Some(is) => self.argument(name, was, is),
                None if was.sent.is_empty() => {}
                None => {
                    let place = self.old.0.origins.argument(self.old.1, name);
                    self.add(place, WIRE, format!("does not send `{name}` any more"));
                }
            }
        }
        for (name, is) in &after.arguments {
            if !before.arguments.contains_key(name) && is.is_required {
                let place = self.new.0.origins.argument(self.new.1, name);
                self.add(place, RUN, format!("fails without `{name}`"));
            }
        }
    }

    fn argument(&mut self, name: &str, was: &Argument, is: &Argument) {
        let place = self.new.0.origins.argument(self.new.1, name);
        match (was.is_required, is.is_required) {
            (false, true) => self.add(place.clone(), RUN, format!("fails without `{name}` now")),
            (true, false) => {
                let what = format!("does without `{name}` now");
                self.add(place.clone(), Severity::Compatible, what);
            }
            _ => {}
        }
        for (sentence, is_narrower) in rule::differences(&was.rules, &is.rules) {
            let what = format!("checks `{name}` in another way: {sentence}");
            self.add(place.clone(), narrower(is_narrower), what);
        }
        let (old, new) = (&self.old.0.exchange, &self.new.0.exchange);
        let by = |argument: &Argument| {
            let calls: Vec<&str> = argument.sent.iter().map(String::as_str).collect();
            calls.join(", ")
        };
        if was.sent != is.sent {
            let what = format!("sends `{name}` by `{}` now; it was `{}`", by(is), by(was));
            self.add(place.clone(), WIRE, what);
        } else if !was.is_written_as(is) {
            self.add(
                place.clone(),
                WIRE,
                format!("sends `{name}` in another way"),
            );
        } else if !old.is_same_form(&was.ty, new, &is.ty) {
            self.add(
                place.clone(),
                WIRE,
                format!("sends `{name}` in another form"),
            );
        }
    }

    fn answers(&mut self, before: &Call, after: &Call) {
        for (status, was) in &before.statuses {
            match after.statuses.get(status) {
                None => {
                    let place = self.old.0.origins.response(self.old.1, Some(status));
                    self.add(
                        place,
                        WIRE,
                        format!("does not know the status {status} any more"),
                    );
                }
                Some(is) if is != was => {
                    let place = self.new.0.origins.response(self.new.1, Some(status));
                    self.add(
                        place,
                        WIRE,
                        format!("reads an answer of the status {status} in another way"),
                    );
                }
                Some(_) => {}
            }
        }
        for status in after
            .statuses
            .keys()
            .filter(|status| !before.statuses.contains_key(*status))
        {
            let place = self.new.0.origins.response(self.new.1, Some(status));
            let what =
                format!("knows the status {status} now, which was one without documentation");
            self.add(place, RUN, what);
        }
        if let (Some(was), Some(is)) = (&before.outcome, &after.outcome)
            && !self
                .old
                .0
                .exchange
                .is_same_form(was, &self.new.0.exchange, is)
        {
            let place = self.new.1.place.clone();
            self.add(place, WIRE, "is answered in another form".to_owned());
        }
    }
}

/// What a client always has, unlike other settings.
fn is_api_version(default: &str) -> bool {
    default.contains("ApiVersion")
}

fn narrower(is_narrower: bool) -> Severity {
    if is_narrower {
        RUN
    } else {
        Severity::Compatible
    }
}

fn required(field: &Field) -> String {
    format!(
        "a value without `{}` is neither built nor read any more",
        field.key
    )
}
