//! Which way the values of a schema go: from the caller to the server, or back.

use std::collections::BTreeMap;

use serde_json::Value;

use openapi::body::Body;
use openapi::document::{Document, reference};
use openapi::operation::Operation;

/// Both can be true; neither is of a schema that no operation uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Direction {
    /// The caller gives such values.
    pub given: bool,
    /// The caller gets such values.
    pub got: bool,
}

impl Direction {
    pub const GIVEN: Self = Self {
        given: true,
        got: false,
    };
    pub const GOT: Self = Self {
        given: false,
        got: true,
    };

    /// Whether the caller gives such values and gets none.
    pub fn is_given_only(self) -> bool {
        self.given && !self.got
    }

    pub fn or(self, other: Self) -> Self {
        Self {
            given: self.given || other.given,
            got: self.got || other.got,
        }
    }
}

/// Directions of the named schemas of a document.
pub fn of_schemas(document: &Document) -> BTreeMap<String, Direction> {
    let mut directions = BTreeMap::new();
    for operation in Operation::all(document) {
        for parameter in operation.parameters() {
            spread(document, parameter.value, Direction::GIVEN, &mut directions);
        }
        if let Some(body) = Body::of(&operation) {
            spread(document, body.schema(), Direction::GIVEN, &mut directions);
        }
        for (_, response) in operation.responses() {
            spread(document, response.value, Direction::GOT, &mut directions);
        }
    }
    directions
}

fn spread(
    document: &Document,
    value: &Value,
    direction: Direction,
    directions: &mut BTreeMap<String, Direction>,
) {
    if let Some(target) = reference(value) {
        let Some(name) = target.strip_prefix("#/components/schemas/") else {
            return;
        };
        let known = directions.entry(name.to_owned()).or_default();
        let both = known.or(direction);
        if *known != both {
            *known = both;
            if let Some(schema) = document.target(target) {
                spread(document, schema, direction, directions);
            }
        }
        return;
    }
    match value {
        Value::Object(members) => {
            for member in members.values() {
                spread(document, member, direction, directions);
            }
        }
        Value::Array(items) => {
            for item in items {
                spread(document, item, direction, directions);
            }
        }
        _ => {}
    }
}
