//! Examples of the specification, for the typed mock to answer with.

use std::borrow::Cow;

use httpmock::Then;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::runtime::response::decode::decode;

/// One example, as it is written in a body.
pub(crate) struct Example {
    media_type: &'static str,
    body: Cow<'static, str>,
}

impl Example {
    pub(crate) const fn new(media_type: &'static str, body: &'static str) -> Self {
        Self {
            media_type,
            body: Cow::Borrowed(body),
        }
    }

    pub(crate) fn text(&self) -> String {
        self.body.clone().into_owned()
    }

    /// Returns the example with `count` entries in the list at `pointer`: its own entries are repeated.
    #[expect(
        clippy::expect_used,
        reason = "the text is generated from JSON, and the list was found in it"
    )]
    pub(crate) fn repeated(&self, pointer: &str, count: usize) -> Self {
        let mut json: Value = serde_json::from_str(&self.body).expect("an example is JSON");
        let list = json.pointer_mut(pointer).and_then(Value::as_array_mut);
        let list = list.expect("an example has the list that it was generated with");
        *list = list.iter().cycle().take(count).cloned().collect();
        Self {
            media_type: self.media_type,
            body: Cow::Owned(json.to_string()),
        }
    }

    #[expect(
        clippy::panic,
        reason = "an example that is none of its type would have failed the generation or this \
                  crate's tests"
    )]
    pub(crate) fn value<T: DeserializeOwned>(&self) -> T {
        match decode(self.body.as_bytes()) {
            Ok(value) => value,
            Err(error) => panic!("failed to read an example at {}: {error}", error.path),
        }
    }

    /// Makes the mock answer with it.
    pub(crate) fn answer(&self, then: Then) -> Then {
        then.header("content-type", self.media_type)
            .body(self.body.as_bytes())
    }
}
