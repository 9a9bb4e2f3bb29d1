//! Compares the types of bodies and parameters in JSON, and the checks before they are sent.

use std::collections::BTreeSet;

use super::change::{Changes, RUN, RUN_AND_WIRE, WIRE, narrower};
use super::code;
use super::difference::Side;
use super::exchange::{Field, Type};
use super::rule;
use crate::report::Severity;

/// Adds what changed in all types. `changed` are the types whose public items changed.
pub fn compare(old: &Side<'_>, new: &Side<'_>, changed: &BTreeSet<String>, changes: &mut Changes) {
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
                Some(now) => {
                    format!("`types::{name}::{variant}` stands for `{now}` now, not for `{value}`")
                }
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
                of if of.ends_with("Deserialize<'de>") => {
                    format!("`types::{name}` is read in another way")
                }
                "" => format!("`types::{name}` is written in another way"),
                of => format!("`types::{name}` has another `{of}`"),
            };
            changes.add(new.origins.schema(name), RUN_AND_WIRE, sentence);
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
            let sentence = if was.is_rest {
                "the values that have no name of their own have another form".to_owned()
            } else {
                format!("the value of `{key}` has another form")
            };
            add(place.clone(), WIRE, sentence);
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
        if was.is_left_out != is.is_left_out && before.is_reached {
            let now = if is.is_left_out { "no longer" } else { "now" };
            add(place.clone(), WIRE, format!("`{key}` is {now} sent"));
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

fn required(field: &Field) -> String {
    format!(
        "a value without `{}` is neither built nor read any more",
        field.key
    )
}
