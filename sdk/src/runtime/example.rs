//! Examples of the specification, for the typed mock to answer with.

use std::borrow::Cow;

use httpmock::Then;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::runtime::response::decode::decode;

/// JSON text of one example.
pub(crate) struct Example(Cow<'static, str>);

impl Example {
    pub(crate) const fn new(json: &'static str) -> Self {
        Self(Cow::Borrowed(json))
    }

    /// The example with `count` entries in the list at `pointer`: its own, over and over.
    #[expect(
        clippy::expect_used,
        reason = "the text is generated from JSON, and the list was found in it"
    )]
    pub(crate) fn repeated(&self, pointer: &str, count: usize) -> Self {
        let mut json: Value = serde_json::from_str(&self.0).expect("an example is JSON");
        let list = json.pointer_mut(pointer).and_then(Value::as_array_mut);
        let list = list.expect("an example has the list that it was generated with");
        *list = list.iter().cycle().take(count).cloned().collect();
        Self(Cow::Owned(json.to_string()))
    }

    #[expect(
        clippy::panic,
        reason = "an example that is none of its type would have failed the generation or this \
                  crate's tests"
    )]
    pub(crate) fn value<T: DeserializeOwned>(&self) -> T {
        match decode(self.0.as_bytes()) {
            Ok(value) => value,
            Err(error) => panic!("failed to read an example at {}: {error}", error.path),
        }
    }

    /// Lets the mock answer with it.
    pub(crate) fn answer(&self, then: Then) -> Then {
        then.header("content-type", "application/json")
            .body(self.0.as_bytes())
    }
}
