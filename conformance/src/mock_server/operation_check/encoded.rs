//! Texts that are percent-encoded, and pairs of them.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// Decodes a text, or says what is wrong with its encoding.
pub(super) type Text = Result<String, &'static str>;

/// A name, and a value that is still encoded.
pub(super) type Pair = (String, String);

/// The pairs of a query or of a form, and how many names can't be decoded.
pub(super) fn pairs(text: &str) -> (Vec<Pair>, usize) {
    let mut pairs = Vec::new();
    let mut unreadable = 0;
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        // A plus sign means a space there.
        let pair = pair.replace('+', "%20");
        let (name, value) = pair.split_once('=').unwrap_or((&pair, ""));
        match decoded(name) {
            Ok(name) => pairs.push((name, value.to_owned())),
            Err(_) => unreadable += 1,
        }
    }
    (pairs, unreadable)
}

pub(super) fn decoded(text: &str) -> Text {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('%') {
        let is_code = after
            .as_bytes()
            .get(..2)
            .is_some_and(|code| code.iter().all(u8::is_ascii_hexdigit));
        if !is_code {
            return Err("has a `%` without two hexadecimal digits");
        }
        rest = after;
    }
    percent_decode_str(text)
        .decode_utf8()
        .map(Cow::into_owned)
        .map_err(|_| "is not UTF-8")
}
