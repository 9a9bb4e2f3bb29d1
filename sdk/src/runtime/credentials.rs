//! The credentials that a call carried, to be cut out of what the server says about it.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::HeaderMap;

use super::secret::{REDACTED, Secret};

/// What of a request nobody may read in an error.
#[derive(Clone, Default)]
pub(crate) struct Credentials(Vec<Secret>);

impl Credentials {
    /// The values of the headers that are marked as sensitive.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut credentials = Self::default();
        credentials.add(headers);
        credentials
    }

    /// Adds those of a further request.
    pub(crate) fn add(&mut self, headers: &HeaderMap) {
        let secrets = headers
            .values()
            .filter(|value| value.is_sensitive())
            .filter_map(|value| value.to_str().ok())
            // `Bearer …`: the scheme is no secret, and a server may quote the token without it.
            .map(|text| text.rsplit(' ').next().unwrap_or(text))
            .filter(|text| !text.is_empty())
            .flat_map(|text| {
                let encoded = utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
                [Secret::from(text), Secret::from(encoded)]
            });
        self.0.extend(secrets);
        // The longest first: cutting a part of a secret first would leave the rest of it.
        self.0
            .sort_by_key(|secret| std::cmp::Reverse(secret.expose_secret().len()));
    }

    /// The text without the credentials.
    pub(crate) fn cut_out_of(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.0 {
            if text.contains(secret.expose_secret()) {
                text = text.replace(secret.expose_secret(), REDACTED);
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn credentials(values: &[(&'static str, &str)]) -> Credentials {
        let mut headers = HeaderMap::new();
        for (name, text) in values {
            let mut value = HeaderValue::try_from(*text).unwrap();
            value.set_sensitive(*name != "x-request-id");
            headers.insert(*name, value);
        }
        Credentials::of(&headers)
    }

    #[test]
    fn credentials_are_cut_in_clear_and_percent_encoded_and_nothing_else_is() {
        let credentials = credentials(&[
            ("authorization", "Bearer a.b+c"),
            ("application", "key"),
            ("x-request-id", "mine"),
        ]);
        let cases = [
            ("nothing of the kind", "nothing of the kind"),
            ("token a.b+c of key", "token [redacted] of [redacted]"),
            ("a%2Eb%2Bc", "[redacted]"),
            ("Bearer of mine", "Bearer of mine"),
        ];
        for (text, expected) in cases {
            assert_eq!(credentials.cut_out_of(text), expected);
        }
    }

    #[test]
    fn a_credential_that_holds_another_is_cut_whole() {
        let credentials = credentials(&[
            ("application", "key"),
            ("authorization", "Bearer key-of-keys"),
        ]);
        assert_eq!(
            credentials.cut_out_of("key-of-keys, key"),
            "[redacted], [redacted]"
        );
    }
}
