//! Texts that are not printed.

pub(crate) mod credentials;
pub(crate) mod masking;
pub(crate) mod opaque_value;
pub(crate) mod shown;
pub(crate) mod zeroizing;

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::runtime::response::secret_text::SECRET_TEXT;
use crate::runtime::secret::zeroizing::Zeroizing;

/// What stands in the place of a secret.
pub(crate) const REDACTED: &str = "[redacted]";

/// A secret text: a token, a session key, an application key.
///
/// `Debug` prints a placeholder; [`expose_secret`](Self::expose_secret) returns the text. Serialising it reveals the
/// text, because that is how it is sent. The memory is zeroed when it is dropped. Comparing two secrets takes the
/// same time wherever they differ.
///
/// ```
/// use par_ordering::Secret;
///
/// let secret = Secret::from("e4c70c07");
/// assert_eq!(format!("{secret:?}"), "[redacted]");
/// assert_eq!(secret.expose_secret(), "e4c70c07");
/// assert!(secret != Secret::from("e4c70c08"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Returns the text.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.0
    }

    /// The text for a header or a path: generated code asks for it by this name. A `Display` would offer
    /// it to everybody.
    #[allow(
        clippy::inherent_to_string,
        reason = "the name is the generator's; a Display must not exist"
    )]
    pub(crate) fn to_string(&self) -> Zeroizing<String> {
        self.0.clone()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.into())
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(SECRET_TEXT, Text)
    }
}

/// Takes a text: from our own deserializer in memory of its own, from another as it comes.
struct Text;

impl<'de> Visitor<'de> for Text {
    type Value = Secret;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E>(self, text: &str) -> Result<Secret, E> {
        Ok(text.into())
    }

    fn visit_string<E>(self, text: String) -> Result<Secret, E> {
        Ok(text.into())
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Secret, D::Error> {
        String::deserialize(deserializer).map(Secret::from)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose_secret())
    }
}
