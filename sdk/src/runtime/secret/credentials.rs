//! The credentials that a call carried, to be cut out of what the server says about it.

use std::cmp::Reverse;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::HeaderValue;
use serde::Deserialize as _;
use serde_json::Value;

use crate::runtime::call::path::UNRESERVED_KEPT;
use crate::runtime::client::authorization::without_scheme;
use crate::runtime::response::strict::{Change, Strict};
use crate::runtime::secret::REDACTED;
use crate::runtime::secret::zeroizing::Zeroizing;

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

    /// Each credential in every form in which a server may quote it.
    pub(crate) fn forms(&self) -> Forms {
        let mut all = Vec::new();
        for value in &self.0 {
            // A server may quote the token without its scheme.
            let credential = without_scheme(value.as_bytes());
            all.extend(forms(credential.trim_ascii()));
            all.extend(forms(credential));
        }
        all.retain(|form| !form.is_empty());
        // The longest first: a part of a credential that was cut first would leave the rest of it.
        all.sort_by_key(|form| Reverse(form.len()));
        all.dedup_by(|form, longer| **form == **longer);
        let mut first = [false; 256];
        for byte in all.iter().filter_map(|form| form.as_bytes().first()) {
            first[usize::from(*byte)] = true;
        }
        Forms { all, first }
    }
}

/// What is cut out of a text.
pub(crate) struct Forms {
    all: Vec<Zeroizing<String>>,
    /// With which bytes a form begins: most places need no closer look.
    first: [bool; 256],
}

impl Change for &Forms {
    /// The text without the credentials, if there is one in it.
    fn instead_of(self, text: &str) -> Option<String> {
        let pieces = || Pieces {
            rest: text,
            forms: self,
        };
        // All of the text in one piece, and not a placeholder that is as long.
        if pieces().all(|piece| std::ptr::eq(piece, text)) {
            return None;
        }
        let mut kept = String::with_capacity(pieces().map(str::len).sum());
        kept.extend(pieces());
        Some(kept)
    }

    /// The same value without the credentials in its texts, however those are written. A value without any stays as it
    /// is written.
    fn instead_of_json(self, json: &str) -> Option<String> {
        // Without an escape, what the texts say is what is written.
        if !json.contains('\\') && self.instead_of(json).is_none() {
            return None;
        }
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let cut = Value::deserialize(Strict::new(&mut deserializer, self));
        match (cut, serde_json::from_str::<Value>(json)) {
            (Ok(cut), Ok(whole)) => (cut != whole).then(|| cut.to_string()),
            // With a number or a depth beyond all bounds it can't be looked into.
            _ => Some(Value::from(REDACTED).to_string()),
        }
    }
}

impl Forms {
    /// The beginning of a text without the credentials: no less than `enough` bytes of it, if there are as many.
    pub(crate) fn cut_out_of_beginning(&self, text: &str, enough: usize) -> String {
        let mut kept = String::new();
        let pieces = Pieces {
            rest: text,
            forms: self,
        };
        for piece in pieces {
            let mut ends = enough.min(piece.len())..piece.len();
            let end = ends.find(|end| piece.is_char_boundary(*end));
            kept.push_str(&piece[..end.unwrap_or(piece.len())]);
            if kept.len() >= enough {
                break;
            }
        }
        kept
    }

    /// The length of the longest form that a text begins with.
    fn beginning(&self, text: &[u8]) -> Option<usize> {
        if !self.first[usize::from(*text.first()?)] {
            return None;
        }
        let mut forms = self.all.iter();
        let form = forms.find(|form| text.starts_with(form.as_bytes()))?;
        Some(form.len())
    }
}

/// A text in pieces: what stands between the forms of credentials as it is, and a placeholder for each of those.
struct Pieces<'t> {
    rest: &'t str,
    forms: &'t Forms,
}

impl<'t> Iterator for Pieces<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let bytes = self.rest.as_bytes();
        if let Some(length) = self.forms.beginning(bytes) {
            self.rest = &self.rest[length..];
            return Some(REDACTED);
        }
        // Where a form stands, a character begins: the first byte of a form does not occur within one.
        let mut places = 0..bytes.len();
        let end = places.find(|place| self.forms.beginning(&bytes[*place..]).is_some());
        let (piece, rest) = self.rest.split_at(end.unwrap_or(bytes.len()));
        self.rest = rest;
        (!piece.is_empty()).then_some(piece)
    }
}

/// A credential in clear, percent-encoded as thoroughly and as sparingly as it is done, in base64 and in
/// hexadecimal.
fn forms(credential: &[u8]) -> impl Iterator<Item = Zeroizing<String>> {
    let text = Zeroizing::new(String::from_utf8_lossy(credential).into_owned());
    let hexadecimal: String = credential
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let mut forms = Vec::new();
    for set in [NON_ALPHANUMERIC, UNRESERVED_KEPT] {
        let encoded = utf8_percent_encode(&text, set).to_string();
        forms.push(lower_case_codes(&encoded));
        forms.push(encoded);
    }
    for engine in [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD] {
        forms.push(engine.encode(credential));
    }
    forms.push(hexadecimal.to_uppercase());
    forms.push(hexadecimal);
    forms
        .into_iter()
        .map(Zeroizing::new)
        .chain(std::iter::once(text))
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
    use proptest::prelude::*;
    use proptest::test_runner::{RngSeed, TestRunner};

    use super::*;
    use crate::runtime::OpaqueValue;
    use crate::runtime::response::decode::decode;

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
        let forms = credentials.forms();
        let whole = forms.instead_of(text).unwrap_or_else(|| text.to_owned());
        assert_eq!(forms.cut_out_of_beginning(text, usize::MAX), whole);
        whole
    }

    #[test]
    fn of_a_beginning_no_credential_is_left_where_it_ends() {
        let credentials = credentials(&[("application", b"key-of-keys")]);
        let text = "my key-of-keys it is";
        let cases = [
            (text, 3, "my "),
            (text, 4, "my [red"),
            (text, 13, "my [redacted]"),
            (text, 99, "my [redacted] it is"),
            ("ab\u{e9}c", 2, "ab"),
            ("ab\u{e9}c", 3, "ab\u{e9}"),
            ("ab\u{e9}c", 4, "ab\u{e9}"),
        ];
        for (text, enough, expected) in cases {
            let kept = credentials.forms().cut_out_of_beginning(text, enough);
            assert_eq!(kept, expected, "{text} {enough}");
        }
    }

    #[test]
    fn only_a_text_with_a_credential_is_copied() {
        let forms = credentials(&[("application", b"key")]).forms();
        assert_eq!(forms.instead_of("a kez"), None);
        assert_eq!(forms.instead_of("a key").unwrap(), "a [redacted]");
        assert_eq!(forms.instead_of("key").unwrap(), REDACTED);
        // A credential as long as the placeholder.
        let forms = credentials(&[("application", b"0123456789")]).forms();
        assert_eq!(forms.instead_of("0123456789").unwrap(), REDACTED);
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

    /// A text as JSON, each character as it is or escaped, as the numbers say.
    fn written(text: &str, escaped: &[bool]) -> String {
        let mut json = String::from('"');
        for (character, escaped) in text.chars().zip(escaped.iter().cycle()) {
            match character {
                '/' if *escaped => json.push_str("\\/"),
                _ if *escaped => json.push_str(&format!("\\u{:04x}", u32::from(character))),
                '"' | '\\' => json.extend(['\\', character]),
                _ => json.push(character),
            }
        }
        json.push('"');
        json
    }

    #[test]
    fn no_credential_is_left_however_it_is_written_and_wherever_it_stands() {
        let forms = credentials(&[
            ("authorization", b"Bearer a/b"),
            ("application", "k\u{e9}y\"".as_bytes()),
        ])
        .forms();
        let piece = prop_oneof![
            Just("a/b".to_owned()),
            Just("k\u{e9}y\"".to_owned()),
            "[ab/\u{e9}\"\\\\ ]{0,3}",
        ];
        let text = proptest::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat());
        let escaped = proptest::collection::vec(any::<bool>(), 1..8);
        let mut runner = TestRunner::new(ProptestConfig {
            cases: 2_000,
            rng_seed: RngSeed::Fixed(8),
            failure_persistence: None,
            ..ProptestConfig::default()
        });
        let texts = (text.clone(), text.clone(), text, escaped);
        runner
            .run(&texts, |(key, one, other, escaped)| {
                let [key_json, one_json, other_json] =
                    [&key, &one, &other].map(|text| written(text, &escaped));
                let json = format!("{{{key_json}:[1.50,{one_json},{{\"k\":{other_json}}}]}}");
                let cut = |text: &str| forms.instead_of(text).unwrap_or_else(|| text.to_owned());
                let expected = serde_json::json!({
                    cut(&key): [1.5, cut(&one), {"k": cut(&other)}],
                });
                let value: Value = decode(json.as_bytes(), &forms).unwrap();
                prop_assert_eq!(&value, &expected, "{}", json);
                let opaque: OpaqueValue = decode(json.as_bytes(), &forms).unwrap();
                let read: Value = opaque.parse().unwrap();
                prop_assert_eq!(&read, &expected, "{}", json);
                let is_same = [&key, &one, &other]
                    .into_iter()
                    .all(|text| cut(text) == *text);
                prop_assert_eq!(opaque.expose_secret() == json, is_same, "{}", json);
                for text in [&key, &one, &other] {
                    let left = cut(text);
                    let holds_one = left.contains("a/b") || left.contains("k\u{e9}y\"");
                    prop_assert!(!holds_one, "{left}");
                }
                Ok(())
            })
            .unwrap();
    }
}
