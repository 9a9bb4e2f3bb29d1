//! Bearer tokens: whether a request has one, and in the form that it must have.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use super::finding::{Finding, Kind};
use openapi::specification::Security;

/// The token, where the operation takes one and the request has one.
pub(super) fn token(headers: &HeaderMap, security: Security) -> Result<Option<&str>, Finding> {
    let wrong =
        |rule, problem| Finding::of_header(Kind::Credentials, "Authorization", rule, problem);
    let mut values = headers.get_all(AUTHORIZATION).iter();
    match (security, values.next(), values.next()) {
        (Security::None, ..) | (Security::OptionalBearer, None, _) => Ok(None),
        (Security::Bearer, None, _) => Err(wrong("required", "is required")),
        (_, Some(_), Some(_)) => Err(wrong("once", "is there more than once")),
        (_, Some(value), None) => value
            .to_str()
            .ok()
            .and_then(of_value)
            .map(Some)
            .ok_or_else(|| wrong("bearer", "is not of the form `Bearer TOKEN`")),
    }
}

/// The scheme knows no case (RFC 9110); the token is one of RFC 6750.
fn of_value(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim_start_matches(' ');
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    let unpadded = token.trim_end_matches('=');
    let is_good = scheme.eq_ignore_ascii_case("bearer")
        && !unpadded.is_empty()
        && unpadded.bytes().all(is_token);
    is_good.then_some(token)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

    use super::token;
    use openapi::specification::Security;

    #[test]
    fn a_token_is_found_or_missing_or_malformed() {
        use Security::{Bearer, None as Open, OptionalBearer};
        type Case = (
            Security,
            &'static [&'static str],
            Result<Option<&'static str>, &'static str>,
        );
        let cases: [Case; 16] = [
            (OptionalBearer, &[], Ok(None)),
            (
                OptionalBearer,
                &["Bearer a.b-c_d~e+f/g=="],
                Ok(Some("a.b-c_d~e+f/g==")),
            ),
            (OptionalBearer, &["bearer  a"], Ok(Some("a"))),
            (OptionalBearer, &[""], Err("bearer")),
            (OptionalBearer, &["Bearer"], Err("bearer")),
            (OptionalBearer, &["Bearer "], Err("bearer")),
            (OptionalBearer, &["Bearer =="], Err("bearer")),
            (OptionalBearer, &["Bearer a b"], Err("bearer")),
            (OptionalBearer, &["Bearer a=b"], Err("bearer")),
            (OptionalBearer, &["Bearer \u{e9}"], Err("bearer")),
            (OptionalBearer, &["Basic YTpi"], Err("bearer")),
            (OptionalBearer, &["a"], Err("bearer")),
            (OptionalBearer, &["Bearer a", "Bearer a"], Err("once")),
            (Bearer, &[], Err("required")),
            (Bearer, &["Bearer a"], Ok(Some("a"))),
            (Open, &["Basic YTpi"], Ok(None)),
        ];
        let mut failures = Vec::new();
        for (security, values, expected) in cases {
            let mut headers = HeaderMap::new();
            for value in values {
                let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
                headers.append("authorization", value);
            }
            let found = token(&headers, security).map_err(|finding| finding.rule);
            if found.as_ref().map_err(String::as_str) != expected.as_ref().map_err(|rule| *rule) {
                failures.push(format!("{security:?} {values:?}: {found:?}"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}
