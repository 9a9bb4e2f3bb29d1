//! What an answer with the status of a success says: its value, unless its envelope tells of an error.

use serde::de::DeserializeOwned;

use super::decode::{DecodeError, decode};
use super::operation::Envelope;
use super::pointer::{first_value_at, value_at};

/// Why the body of a success is none.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoSuccess {
    /// Its envelope holds the code of an error.
    ErrorEnvelope(i64),
    NotDecodable(DecodeError),
}

/// Reads the body of a success.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8], envelope: &Envelope) -> Result<T, NoSuccess> {
    let decoded = decode(body);
    // What was decoded is JSON, and the code usually stands near its beginning: there is no need to read it all twice.
    let code_at = match decoded {
        Ok(_) => first_value_at,
        Err(_) => value_at,
    };
    match envelope.code.and_then(|pointer| code_at(body, pointer)) {
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

    #[derive(Debug, PartialEq, Deserialize)]
    struct Unnamed {}

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
        let body = br#"{"a":[],"code":403}"#;
        assert_eq!(
            read::<Unnamed>(body, &envelope(Some("/code"))),
            Err(NoSuccess::ErrorEnvelope(403))
        );
        assert_eq!(read(body, &envelope(Some("/other"))), Ok(Unnamed {}));
        assert_eq!(read(body, &envelope(None)), Ok(Unnamed {}));
    }
}
