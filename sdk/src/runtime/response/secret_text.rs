//! Reads a secret text from JSON without leaving a copy behind. The parser assembles a text with escapes in a buffer
//! that it does not zero, so such a text is taken unparsed and assembled here.

use serde::de::{Deserialize as _, Deserializer, Error as _, Unexpected, Visitor};
use serde_json::value::RawValue;

use crate::runtime::secret::zeroizing::Zeroizing;

/// A type asks for its text in this way by this name.
pub(crate) const SECRET_TEXT: &str = "$par_ordering::secret_text";

/// The parser checks this only if it assembles a text itself.
pub(crate) const HALF_A_CHARACTER: &str = "half a character";

/// Reads a text and passes it to the visitor.
pub(crate) fn read<'de, D: Deserializer<'de>, V: Visitor<'de>>(
    deserializer: D,
    visitor: V,
) -> Result<V::Value, D::Error> {
    // Lent from the body: what is decoded is always read out of one that is there as a whole.
    let written = <&RawValue>::deserialize(deserializer)?.get();
    if !written.starts_with('"') {
        let other = Unexpected::Other("another value");
        return Err(D::Error::invalid_type(other, &visitor));
    }
    match unescape(written) {
        Some(text) => visitor.visit_string(text.into()),
        None => Err(D::Error::custom(HALF_A_CHARACTER)),
    }
}

/// The text that this JSON stands for; `None` if it contains half of a surrogate pair.
fn unescape(json: &str) -> Option<Zeroizing<String>> {
    let written = json.strip_prefix('"')?.strip_suffix('"')?;
    // Never longer than the JSON: growing leaves a copy behind.
    let mut text = Zeroizing::new(String::with_capacity(written.len()));
    let mut rest = written;
    // All of it is looked at, which the compiler makes faster than to stop at the first.
    let has_escapes = written
        .bytes()
        .fold(false, |has, byte| has | (byte == b'\\'));
    if !has_escapes {
        text.push_str(written);
        return Some(text);
    }
    while let Some((plain, escape)) = rest.split_once('\\') {
        text.push_str(plain);
        let mut signs = escape.chars();
        let character = match signs.next()? {
            'u' => {
                let (character, after) = unicode(signs.as_str())?;
                signs = after.chars();
                character
            }
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            sign => sign,
        };
        text.push(character);
        rest = signs.as_str();
    }
    text.push_str(rest);
    Some(text)
}

/// The character of one code, or of two codes that are a pair, and the text after it.
fn unicode(text: &str) -> Option<(char, &str)> {
    let (one, rest) = code(text)?;
    if let Some(character) = char::from_u32(one.into()) {
        return Some((character, rest));
    }
    let (other, rest) = code(rest.strip_prefix("\\u")?)?;
    let character = char::decode_utf16([one, other]).next()?.ok()?;
    Some((character, rest))
}

fn code(text: &str) -> Option<(u16, &str)> {
    let (digits, rest) = text.split_at_checked(4)?;
    Some((u16::from_str_radix(digits, 16).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::{RngSeed, TestRunner};

    use super::*;
    use crate::runtime::Secret;
    use crate::runtime::response::decode::decode;

    fn both(json: &str) -> (Option<String>, Option<String>) {
        let ours: Option<Secret> = decode(json.as_bytes()).ok();
        let ours = ours.map(|secret| secret.expose_secret().to_owned());
        (ours, serde_json::from_str(json).ok())
    }

    #[test]
    fn a_text_is_read_as_the_parser_reads_it() {
        let cases = [
            r#""""#,
            r#""a text""#,
            r#" "a" "#,
            r#""https:\/\/a.example\/?b=c\u0026d""#,
            r#""\"\\\/\b\f\n\r\t""#,
            r#""\u00e9 \ud83d\ude00 \uD83D\uDE00x""#,
            r#""\\u0041\\""#,
            r#""é\u0041😀""#,
            // Half of a surrogate pair, and a value that is not a text.
            r#""\ud83d""#,
            r#""\ud83d\u0041""#,
            r#""\ude00\ud83d""#,
            r#""\ud83dx""#,
            r#""\x""#,
            r#""\u00g0""#,
            r#""\u+041""#,
            r#""\u004""#,
            "\"\n\"",
            r#"""#,
            "null",
            "1",
            "true",
            r#"["a"]"#,
            r#"{"a":"b"}"#,
        ];
        for json in cases {
            let (ours, theirs) = both(json);
            assert_eq!(ours, theirs, "{json}");
        }
    }

    #[test]
    fn any_text_is_read_as_the_parser_reads_it() {
        let piece = prop_oneof![
            "[a\u{e9}\u{1f600}/ ]{0,3}",
            r#"\\["\\/bfnrt]"#,
            r"\\u[0-9a-fA-F]{4}",
            r"\\u[dD][89abAB][0-9a-f]{2}\\u[dD][c-fC-F][0-9a-f]{2}",
        ];
        let pieces = proptest::collection::vec(piece, 0..6);
        let mut runner = TestRunner::new(ProptestConfig {
            cases: 5_000,
            rng_seed: RngSeed::Fixed(18),
            failure_persistence: None,
            ..ProptestConfig::default()
        });
        runner
            .run(&pieces, |pieces| {
                let json = format!("\"{}\"", pieces.concat());
                let (ours, theirs) = both(&json);
                prop_assert_eq!(ours, theirs, "{}", json);
                Ok(())
            })
            .unwrap();
    }

    #[test]
    fn a_text_is_put_together_where_it_is_zeroed() {
        for json in [
            r#""canary""#,
            r#""\u00e9\ud83d\ude00\/canary""#,
            r#""\n\n\n\n\n\n\n\n""#,
        ] {
            let room = json.len() - 2;
            let text = unescape(json).unwrap();
            assert_eq!(text.capacity(), room, "it was moved: {json}");
        }
    }
}
