//! The header with the token of a customer (RFC 6750).

use reqwest::header::HeaderValue;

use crate::runtime::client::header_value::{InvalidHeader, header_value, is_blank};
use crate::runtime::secret::Secret;
use crate::runtime::secret::zeroizing::Zeroizing;

/// The scheme before a token.
const SCHEME: &str = "Bearer ";

/// The value of the header for one token.
pub(crate) fn authorization(token: &Secret) -> Result<HeaderValue, InvalidHeader> {
    let text = match bare(token.expose_secret()) {
        // Checked here, because a header accepts it: a scheme alone is not a credential.
        token if is_blank(token) => token.to_owned(),
        token => [SCHEME, token].concat(),
    };
    header_value("authorization", Zeroizing::new(text))
}

/// A token without the scheme and without white space around it, in case they were copied with it.
pub(crate) fn bare(token: &str) -> &str {
    let token = token.trim_matches([' ', '\t']);
    let (scheme, rest) = token.split_once([' ', '\t']).unwrap_or((token, ""));
    if scheme.eq_ignore_ascii_case(SCHEME.trim_end()) {
        bare(rest)
    } else {
        token
    }
}

/// The token in the value of the header. The value was made from a text, so it is a text.
pub(crate) fn token_in(value: &HeaderValue) -> Option<Secret> {
    let token = str::from_utf8(value.as_bytes()).ok()?;
    Some(token.strip_prefix(SCHEME)?.into())
}

/// A credential in a header, without the scheme, which is not a secret.
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
        for token in [
            "", " ", "\t", "\u{a0}", "\u{200b}", "Bearer", "bearer ", "can\nary",
        ] {
            let refused = authorization(&token.into()).unwrap_err();
            assert_eq!(refused.name, "authorization", "{token:?}");
        }
    }

    #[test]
    fn a_token_is_sent_once_with_its_scheme_and_found_again_whatever_it_holds() {
        let cases = [
            ("abc", "abc"),
            ("Bearer abc", "abc"),
            ("bearer abc", "abc"),
            ("BEARER \t abc", "abc"),
            (" Bearer abc ", "abc"),
            ("Bearer Bearer abc", "abc"),
            ("Bearerabc", "Bearerabc"),
            ("Basic abc", "Basic abc"),
            ("abc Bearer", "abc Bearer"),
            ("t\u{f6}ken", "t\u{f6}ken"),
        ];
        for (token, expected) in cases {
            let value = authorization(&token.into()).unwrap();
            let sent = format!("Bearer {expected}");
            assert_eq!(value.as_bytes(), sent.as_bytes(), "{token:?}");
            let found = token_in(&value).unwrap();
            assert_eq!(found.expose_secret(), expected, "{token:?}");
        }
    }
}
