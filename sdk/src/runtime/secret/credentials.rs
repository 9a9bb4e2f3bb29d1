//! The credentials that a call carried, to be masked in what the server says about it.

use std::fmt;

use reqwest::header::{HeaderMap, HeaderValue};

use crate::runtime::client::authorization::without_scheme;

/// What of a request nobody may read in an error.
#[derive(Clone, Default)]
pub(crate) struct Credentials {
    headers: HeaderMap,
    others: Vec<HeaderValue>,
}

impl Credentials {
    /// Those of the headers that are marked as sensitive, and others.
    pub(crate) fn new(headers: HeaderMap, others: Vec<HeaderValue>) -> Self {
        Self { headers, others }
    }

    /// Each of them; a server may quote a token without its scheme.
    pub(crate) fn known(&self) -> Vec<&[u8]> {
        let headers = self.headers.values().filter(|value| value.is_sensitive());
        let all = headers.chain(&self.others).map(HeaderValue::as_bytes);
        all.map(without_scheme).collect()
    }
}

/// Shows nothing.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials")
    }
}

impl Extend<HeaderValue> for Credentials {
    fn extend<I: IntoIterator<Item = HeaderValue>>(&mut self, values: I) {
        self.others.extend(values);
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderName;

    use super::*;

    #[test]
    fn what_is_sensitive_is_known_without_its_scheme() {
        let value = |text, is_sensitive| {
            let mut value = HeaderValue::from_static(text);
            value.set_sensitive(is_sensitive);
            value
        };
        let headers = [("a", value("a key", true)), ("b", value("mine", false))];
        let headers = headers.map(|(name, value)| (HeaderName::from_static(name), value));
        let others = vec![value("Bearer another", true)];
        let mut credentials = Credentials::new(HeaderMap::from_iter(headers), others);
        credentials.extend([value("Bearer a token", true)]);
        assert_eq!(credentials.known(), [&b"a key"[..], b"another", b"a token"]);
    }
}
