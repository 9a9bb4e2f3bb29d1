//! How messages name a place in a document: `paths./orders.get.responses.404`.

use std::fmt;

/// A place in a document, from its root down.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(Vec<String>);

impl Place {
    /// The place of the document itself.
    pub fn root() -> Self {
        Self::default()
    }

    /// The place of `key` in the object, or of the item with that number in the array, at this place.
    pub fn at(&self, key: impl fmt::Display) -> Self {
        let mut steps = Vec::with_capacity(self.0.len() + 1);
        steps.extend_from_slice(&self.0);
        steps.push(key.to_string());
        Self(steps)
    }

    /// The place that these steps lead to from here.
    pub fn along(&self, steps: &[impl fmt::Display]) -> Self {
        steps
            .iter()
            .fold(self.clone(), |place, step| place.at(step))
    }

    /// The place that a JSON pointer leads to, with or without a `#` before it.
    pub fn of_pointer(pointer: &str) -> Self {
        let keys = pointer.split('/').skip(1);
        Self(
            keys.map(|key| key.replace("~1", "/").replace("~0", "~"))
                .collect(),
        )
    }

    /// The keys on the way to this place.
    pub fn steps(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            f.write_str("the document")
        } else {
            f.write_str(&self.0.join("."))
        }
    }
}
