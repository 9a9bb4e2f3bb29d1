//! Reads an answer with the status of a success: its value, unless its envelope has the code of an error.

use serde::de::DeserializeOwned;

use crate::runtime::response::decode::{DecodeError, decode};
use crate::runtime::response::envelope::{Envelope, EnvelopeCode};

/// Why the body of a success can't be used.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoSuccess {
    /// Its envelope has the code of an error.
    ErrorEnvelope(i64),
    NotDecodable(DecodeError),
}

/// Reads the body of a success.
pub(crate) fn read<T>(body: &[u8], envelope: &Envelope) -> Result<T, NoSuccess>
where
    T: DeserializeOwned + EnvelopeCode,
{
    let decoded = decode(body);
    match envelope.code(body, decoded.as_ref().ok()) {
        Some(code) if code >= 400 => Err(NoSuccess::ErrorEnvelope(code)),
        _ => decoded.map_err(NoSuccess::NotDecodable),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Named {
        code: i64,
    }

    impl EnvelopeCode for Named {
        fn code(&self) -> Option<i64> {
            Some(self.code)
        }
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Unnamed {}

    impl EnvelopeCode for Unnamed {}

    #[test]
    fn the_code_of_an_error_counts_whether_or_not_the_rest_can_be_decoded() {
        let envelope = Envelope {
            code: Some("/code"),
            message: None,
        };
        let cases = [
            (r#"{"code":200}"#, None),
            (r#"{"code":399}"#, None),
            (r#"{"code":400}"#, Some(400)),
            (r#"{"a":{"code":1},"code":403}"#, Some(403)),
            (r#"{"code":200,"code":403}"#, Some(403)),
            (r#"{"code":403,"code":200}"#, None),
            (r#"{"code":400.0}"#, Some(400)),
            (r#"{"code":400.5}"#, None),
            (r#"{"code":9223372036854775808}"#, None),
        ];
        for (body, expected) in cases {
            let read: Result<Named, _> = read(body.as_bytes(), &envelope);
            let code = match read {
                Err(NoSuccess::ErrorEnvelope(code)) => Some(code),
                _ => None,
            };
            assert_eq!(code, expected, "{body}");
        }
    }

    #[test]
    fn a_code_that_the_type_does_not_name_counts_as_well() {
        let envelope = |code| Envelope {
            code,
            message: None,
        };
        let cases = [
            (r#"{"a":[],"code":403}"#, Some("/code"), Some(403)),
            (r#"{"a":[],"code":403}"#, Some("/other"), None),
            (r#"{"a":[],"code":403}"#, None, None),
            (r#"{"code":403,"code":"200"}"#, Some("/code"), None),
            (r#"{"code":"403"}"#, Some("/code"), None),
            (r#"{"code":[403]}"#, Some("/code"), None),
            (r#"{"code":{"code":403}}"#, Some("/code"), None),
            (r#"{"code":18446744073709551615}"#, Some("/code"), None),
            (r#"{"c\u006fde":403}"#, Some("/code"), Some(403)),
            (r#"{"code":403.0}"#, Some("/code"), Some(403)),
            (r#"{"code":403.5}"#, Some("/code"), None),
            (r#"{"code":[403]}"#, Some("/code/0"), None),
            (r#"{"code":403}"#, Some(""), None),
            (r#"{"a":{"b":403,"c":1},"b":2}"#, Some("/a/b"), Some(403)),
            (r#"{"b":403,"a":{"c":1}}"#, Some("/a/b"), None),
            (r#"{"a":{"b":403},"a":{}}"#, Some("/a/b"), None),
            (r#"{"a":{"b":403},"a":{"b":404}}"#, Some("/a/b"), Some(404)),
            (r#"{"a":{"b":{"c":403}}}"#, Some("/a/b"), None),
        ];
        for (body, pointer, expected) in cases {
            let read = read::<Unnamed>(body.as_bytes(), &envelope(pointer));
            let expected = match expected {
                Some(code) => Err(NoSuccess::ErrorEnvelope(code)),
                None => Ok(Unnamed {}),
            };
            assert_eq!(read, expected, "{body} {pointer:?}");
        }
    }
}
