//! Compares one operation on both sides: what it sends, what it checks before, and what it reads.

use std::collections::BTreeSet;

use super::change::{Changes, RUN, WIRE, narrower};
use super::difference::Side;
use super::exchange::{Argument, Call};
use super::rule;
use super::supplied;
use crate::report::Severity;
use openapi::extension::CONTENT_TYPE;
use openapi::operation::Operation;
use openapi::path_template::unnamed;
use openapi::place::Place;

/// Adds what changed of an operation.
pub fn compare<'a>(
    old: (&Side<'a>, &Operation<'a>, &Call),
    new: (&Side<'a>, &Operation<'a>, &Call),
    changes: &mut Changes,
) {
    let mut pair = Pair {
        old: (old.0, old.1),
        new: (new.0, new.1),
        changes,
        is_changed: false,
    };
    let (before, after) = (old.2, new.2);
    pair.tables(before, after);
    pair.supplied();
    pair.arguments(before, after);
    pair.answers(before, after);
    if !pair.is_changed && !before.sends_as(after) {
        let what = "is built in another way".to_owned();
        pair.add(new.1.place.clone(), WIRE, what);
    }
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
                // If a body is new or gone, so is an argument.
                "body_type" if was == nothing || is == nothing => continue,
                "body_type" => {
                    let place = self.new.0.origins.argument(operation, "body");
                    (place, "sends a body of the media type".to_owned())
                }
                "accept" => (place.at("responses"), "asks for the media type".to_owned()),
                "content_type" => (
                    place.at(CONTENT_TYPE),
                    "sends, without a body, the media type".to_owned(),
                ),
                "method" | "path" => (place, format!("has the {key}")),
                _ => (place, format!("has as `{key}`")),
            };
            self.add(place, WIRE, format!("{what} {is} now; it was {was}"));
        }
    }

    /// Compares what the client fills in.
    fn supplied(&mut self) {
        if let Some((severity, what)) = supplied::credentials(self.old, self.new) {
            self.add(self.new.0.origins.security(self.new.1), severity, what);
        }
        let before = self.old.1.parameters();
        for part in self.new.1.parameters() {
            let name = part.value["name"].as_str().unwrap_or_default();
            if part.value["in"] != "header" {
                continue;
            }
            let mut same = before.iter().filter(|other| {
                let other = &other.value;
                other["in"] == "header"
                    && other["name"]
                        .as_str()
                        .is_some_and(|other| other.eq_ignore_ascii_case(name))
            });
            let was = (self.old.0, same.next().map(|part| part.value));
            let told = supplied::header(&name.to_lowercase(), was, (self.new.0, part.value));
            if let Some((severity, what)) = told {
                self.add(self.new.0.origins.of_part(&part), severity, what);
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
                let what = format!("does not need `{name}` any more");
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
            let what = format!("knows the status {status} now, which was not documented");
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
