//! The credentials that a call carried, to be masked in what the server says about it.

use reqwest::header::HeaderValue;

use crate::runtime::client::authorization::without_scheme;

/// What of a request nobody may read in an error.
#[derive(Clone, Default)]
pub(crate) struct Credentials(Vec<HeaderValue>);

impl Credentials {
    /// Those of these values that are marked as sensitive. They share their memory with the headers.
    pub(crate) fn of<'a>(values: impl IntoIterator<Item = &'a HeaderValue>) -> Self {
        let values = values.into_iter().filter(|value| value.is_sensitive());
        Self(values.cloned().collect())
    }

    /// Adds one more.
    pub(crate) fn add(&mut self, value: HeaderValue) {
        self.0.push(value);
    }

    /// Adds all of these.
    pub(crate) fn add_all<'a>(&mut self, values: impl IntoIterator<Item = &'a HeaderValue>) {
        self.0.extend(values.into_iter().cloned());
    }

    /// Each of them; a server may quote a token without its scheme.
    pub(crate) fn known(&self) -> Vec<&[u8]> {
        let values = self.0.iter().map(HeaderValue::as_bytes);
        values.map(without_scheme).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sensitive_is_known_without_its_scheme() {
        let value = |text, is_sensitive| {
            let mut value = HeaderValue::from_static(text);
            value.set_sensitive(is_sensitive);
            value
        };
        let mut credentials = Credentials::of(&[value("a key", true), value("mine", false)]);
        credentials.add(value("Bearer a token", true));
        assert_eq!(credentials.known(), [&b"a key"[..], b"a token"]);
    }
}
