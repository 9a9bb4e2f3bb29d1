//! The header that carries a customer's token, after RFC 6750.

use reqwest::header::HeaderValue;

use crate::runtime::client::header_value::{InvalidHeader, header_value};
use crate::runtime::secret::Secret;
use crate::runtime::secret::zeroizing::Zeroizing;

/// What stands before a token.
const SCHEME: &str = "Bearer ";

/// The value of the header for one token.
pub(crate) fn authorization(token: &Secret) -> Result<HeaderValue, InvalidHeader> {
    let text = match token.expose_secret() {
        // Refused as empty by the header: a scheme alone is no credential.
        "" => String::new(),
        token => [SCHEME, token].concat(),
    };
    header_value("authorization", Zeroizing::new(text))
}

/// The token in the value of the header.
pub(crate) fn token_in(value: &HeaderValue) -> Option<Secret> {
    let token = value.to_str().ok()?.strip_prefix(SCHEME)?;
    Some(token.into())
}

/// A credential as a header holds it, without the scheme, which is no secret.
pub(crate) fn without_scheme(value: &[u8]) -> &[u8] {
    value.strip_prefix(SCHEME.as_bytes()).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_again_in_its_header_which_is_sensitive() {
        let value = authorization(&"a token".into()).unwrap();
        assert_eq!(value, "Bearer a token");
        assert!(value.is_sensitive());
        assert_eq!(token_in(&value).unwrap().expose_secret(), "a token");
        assert_eq!(without_scheme(value.as_bytes()), b"a token");
        assert_eq!(without_scheme(b"a key"), b"a key");
        assert!(token_in(&HeaderValue::from_static("Basic a")).is_none());
    }

    #[test]
    fn a_token_that_can_not_be_sent_is_refused() {
        for token in ["", "can\nary"] {
            let refused = authorization(&token.into()).unwrap_err();
            assert_eq!(refused.name, "authorization");
        }
    }
}
