//! The credentials that a call carried, to be cut out of what the server says about it.

use std::cmp::Reverse;
use std::ops::Deref;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::HeaderValue;

use super::authorization::without_scheme;
use super::path::UNRESERVED_KEPT;
use super::secret::REDACTED;
use super::zeroizing::Zeroizing;

/// What of a request nobody may read in an error. Hardly any call comes to one, so the forms in which a server may
/// quote a credential are made only then.
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

    /// Each credential in every form in which a server may quote it, the longest first: a part of a credential that
    /// was cut first would leave the rest of it.
    fn forms(&self) -> Vec<Zeroizing<Vec<u8>>> {
        let mut all = Vec::new();
        for value in &self.0 {
            // A server may quote the token without its scheme.
            let credential = without_scheme(value.as_bytes());
            all.extend(forms(credential.trim_ascii()));
            all.extend(forms(credential));
        }
        all.retain(|form| !form.is_empty());
        all.sort_by_key(|form| Reverse(form.len()));
        all.dedup_by(|form, longer| **form == **longer);
        all
    }

    /// The beginning of a text without the credentials: no less than `enough` bytes of it, if there are as many.
    pub(crate) fn cut_out_of_beginning(&self, text: &str, enough: usize) -> String {
        let forms = self.forms();
        let mut kept = Zeroizing::new(Vec::new());
        for piece in Pieces::of(text.as_bytes(), &forms) {
            let piece = &piece[..piece.len().min(enough)];
            kept.extend_from_slice(piece);
            if kept.len() >= enough {
                break;
            }
        }
        String::from_utf8_lossy(&kept).into_owned()
    }

    /// The bytes without the credentials. Only where there is one in them, they are copied.
    pub(crate) fn cut_out_of_bytes<'b>(&self, bytes: &'b [u8]) -> Cut<'b> {
        let forms = self.forms();
        let pieces = || Pieces::of(bytes, &forms);
        if pieces().all(|piece| piece.len() == bytes.len()) {
            return Cut::Unchanged(bytes);
        }
        let mut kept = Zeroizing::new(Vec::with_capacity(pieces().map(<[u8]>::len).sum()));
        for piece in pieces() {
            kept.extend_from_slice(piece);
        }
        Cut::Without(kept)
    }
}

/// Bytes without credentials.
pub(crate) enum Cut<'b> {
    Unchanged(&'b [u8]),
    Without(Zeroizing<Vec<u8>>),
}

impl Deref for Cut<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Unchanged(bytes) => bytes,
            Self::Without(bytes) => bytes,
        }
    }
}

/// Bytes in pieces: what stands between the forms of credentials as it is, and a placeholder for each of those.
struct Pieces<'b> {
    rest: &'b [u8],
    forms: &'b [Zeroizing<Vec<u8>>],
    /// With which bytes a form begins: most places need no closer look.
    first: [bool; 256],
}

impl<'b> Pieces<'b> {
    fn of(bytes: &'b [u8], forms: &'b [Zeroizing<Vec<u8>>]) -> Self {
        let mut first = [false; 256];
        for byte in forms.iter().filter_map(|form| form.first()) {
            first[usize::from(*byte)] = true;
        }
        Self {
            rest: bytes,
            forms,
            first,
        }
    }

    /// The length of the longest form that stands there.
    fn form_at(&self, place: usize) -> Option<usize> {
        let bytes = &self.rest[place..];
        if !self.first[usize::from(*bytes.first()?)] {
            return None;
        }
        let mut forms = self.forms.iter();
        let form = forms.find(|form| bytes.starts_with(form))?;
        Some(form.len())
    }
}

impl<'b> Iterator for Pieces<'b> {
    type Item = &'b [u8];

    fn next(&mut self) -> Option<&'b [u8]> {
        if let Some(length) = self.form_at(0) {
            self.rest = &self.rest[length..];
            return Some(REDACTED.as_bytes());
        }
        let mut places = 0..self.rest.len();
        let end = places.find(|place| self.form_at(*place).is_some());
        let (piece, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        (!piece.is_empty()).then_some(piece)
    }
}

/// A credential in clear, percent-encoded as thoroughly and as sparingly as it is done, in base64 and in
/// hexadecimal.
fn forms(credential: &[u8]) -> impl Iterator<Item = Zeroizing<Vec<u8>>> {
    let text = Zeroizing::new(String::from_utf8_lossy(credential).into_owned());
    let hexadecimal: String = credential
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let mut forms = vec![credential.to_vec(), text.as_bytes().to_vec()];
    for set in [NON_ALPHANUMERIC, UNRESERVED_KEPT] {
        let encoded = utf8_percent_encode(&text, set).to_string();
        forms.push(lower_case_codes(&encoded).into_bytes());
        forms.push(encoded.into_bytes());
    }
    for engine in [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD] {
        forms.push(engine.encode(credential).into_bytes());
    }
    forms.push(hexadecimal.to_uppercase().into_bytes());
    forms.push(hexadecimal.into_bytes());
    forms.into_iter().map(Zeroizing::new)
}

/// `%2F` as `%2f`; what is not encoded stays as it is.
fn lower_case_codes(encoded: &str) -> String {
    let mut parts = encoded.split('%');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        // After a `%` there are two digits, for that is how it was encoded.
        let (code, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        text.push('%');
        text.push_str(&code.to_ascii_lowercase());
        text.push_str(rest);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials(values: &[(&'static str, &[u8])]) -> Credentials {
        let values: Vec<_> = values
            .iter()
            .map(|(name, bytes)| {
                let mut value = HeaderValue::from_bytes(bytes).unwrap();
                value.set_sensitive(*name != "x-request-id");
                value
            })
            .collect();
        Credentials::of(&values)
    }

    /// What is left of a text, which is the same whole and from its beginning.
    fn cut_out_of(credentials: &Credentials, text: &str) -> String {
        let whole = credentials.cut_out_of_bytes(text.as_bytes());
        let whole = String::from_utf8(whole.to_vec()).unwrap();
        assert_eq!(credentials.cut_out_of_beginning(text, usize::MAX), whole);
        whole
    }

    #[test]
    fn of_a_beginning_no_credential_is_left_where_it_ends() {
        let credentials = credentials(&[("application", b"key-of-keys")]);
        let cases = [
            (3, "my "),
            (4, "my [red"),
            (13, "my [redacted]"),
            (99, "my [redacted] it is"),
        ];
        for (enough, expected) in cases {
            let kept = credentials.cut_out_of_beginning("my key-of-keys it is", enough);
            assert_eq!(kept, expected, "{enough}");
        }
    }

    #[test]
    fn only_bytes_with_a_credential_are_copied() {
        let credentials = credentials(&[("application", b"key")]);
        assert!(matches!(
            credentials.cut_out_of_bytes(b"a kez"),
            Cut::Unchanged(b"a kez")
        ));
        assert!(matches!(
            credentials.cut_out_of_bytes(b"a key"),
            Cut::Without(_)
        ));
    }

    #[test]
    fn credentials_are_cut_in_each_form_and_nothing_else_is() {
        let credentials = credentials(&[
            ("authorization", b"Bearer a.b+c/D"),
            ("application", b"my key"),
            ("x-request-id", b"mine"),
        ]);
        let cases = [
            ("nothing of the kind", "nothing of the kind"),
            ("token a.b+c/D of my key", "token [redacted] of [redacted]"),
            ("a%2Eb%2Bc%2FD", "[redacted]"),
            ("a.b%2Bc%2FD", "[redacted]"),
            ("a.b%2bc%2fD", "[redacted]"),
            ("my%20key", "[redacted]"),
            ("YS5iK2MvRA==", "[redacted]"),
            ("612e622b632f44", "[redacted]"),
            ("612E622B632F44", "[redacted]"),
            ("Bearer of mine", "Bearer of mine"),
        ];
        for (text, expected) in cases {
            assert_eq!(cut_out_of(&credentials, text), expected, "{text}");
        }
    }

    #[test]
    fn a_credential_is_cut_whatever_it_holds() {
        let cases: [(&[u8], &str, &str); 4] = [
            (b"Bearer token ", "<token >", "<[redacted]>"),
            (b"Bearer token ", "<token>", "<[redacted]>"),
            ("k\u{e9}y".as_bytes(), "of k\u{e9}y", "of [redacted]"),
            // Cut once, and not again out of what was put in its place.
            (b"t", "it", "i[redacted]"),
        ];
        for (value, text, expected) in cases {
            let credentials = credentials(&[("application", value)]);
            assert_eq!(cut_out_of(&credentials, text), expected, "{value:?}");
        }
    }

    #[test]
    fn a_credential_that_holds_another_is_cut_whole() {
        let credentials = credentials(&[
            ("application", b"key"),
            ("authorization", b"Bearer key-of-keys"),
        ]);
        let cut = cut_out_of(&credentials, "key-of-keys, key");
        assert_eq!(cut, "[redacted], [redacted]");
    }
}
