//! Credentials: whether a request has those that its operation needs, in the right form.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::cookies;
use super::finding::{Finding, Kind};
use openapi::document::Document;
use openapi::operation::Operation;

/// What a caller must prove.
pub(super) struct Credentials {
    /// Alternatives, of which one is enough. Each is a list of credentials that are needed together.
    ways: Vec<Vec<Scheme>>,
    /// Whether no credential is enough too.
    optional: bool,
}

/// One credential.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Scheme {
    /// `Authorization` with a scheme of this name, in lower case.
    Http(String),
    HeaderKey(String),
    QueryKey(String),
    CookieKey(String),
}

impl Credentials {
    pub fn of(document: &Document, operation: &Operation<'_>) -> Self {
        let requirements = operation.security_requirements().into_iter();
        let mut ways: Vec<Vec<Scheme>> = requirements
            .map(|requirement| {
                let names = requirement.as_object().into_iter().flatten();
                names
                    .filter_map(|(name, _)| scheme(document, name))
                    .collect()
            })
            .collect();
        let count = ways.len();
        // A credential that can't be checked is accepted.
        ways.retain(|way| !way.is_empty());
        Self {
            optional: ways.len() < count || count == 0,
            ways,
        }
    }

    /// The bearer token, if the request has one; `Err` says what is missing or malformed.
    pub fn check<'a>(
        &self,
        headers: &'a HeaderMap,
        query: &[(String, String)],
    ) -> Result<Option<&'a str>, Vec<Finding>> {
        let mut refused = Vec::new();
        for way in &self.ways {
            let mut token = None;
            let mut wrong = Vec::new();
            for scheme in way {
                match scheme.check(headers, query) {
                    Ok(found) => token = token.or(found),
                    Err(finding) => wrong.push(finding),
                }
            }
            if wrong.is_empty() {
                return Ok(token);
            }
            refused.push(wrong);
        }
        // The alternative that was tried says more than one that was not.
        let is_tried = |wrong: &Vec<Finding>| wrong.iter().any(|one| one.rule != MISSING);
        let tried = refused.iter().position(is_tried);
        match (tried, self.optional) {
            (None, true) => Ok(None),
            (tried, _) if !refused.is_empty() => Err(refused.swap_remove(tried.unwrap_or(0))),
            _ => Ok(None),
        }
    }

    /// The challenges of a 401; `None` if no scheme of HTTP is needed.
    pub fn challenge(&self) -> Option<String> {
        let mut challenges: Vec<String> = Vec::new();
        for scheme in self.ways.iter().flatten() {
            let challenge = match scheme {
                Scheme::Http(name) => match name.as_str() {
                    "bearer" => "Bearer".to_owned(),
                    "basic" => "Basic realm=\"*\"".to_owned(),
                    "digest" => "Digest realm=\"*\", nonce=\"0\"".to_owned(),
                    name => format!("{name} realm=\"*\""),
                },
                _ => continue,
            };
            if !challenges.contains(&challenge) {
                challenges.push(challenge);
            }
        }
        (!challenges.is_empty()).then(|| challenges.join(", "))
    }
}

/// The rule that missing credentials break.
const MISSING: &str = "required";

/// The scheme of that name; `None` if it is not known, or not visible in a request.
fn scheme(document: &Document, name: &str) -> Option<Scheme> {
    let scheme = document.resolve(&document.root()["components"]["securitySchemes"][name])?;
    let text = |key: &str| scheme[key].as_str().map(str::to_owned);
    match scheme["type"].as_str()? {
        "http" => Some(Scheme::Http(text("scheme")?.to_ascii_lowercase())),
        "oauth2" | "openIdConnect" => Some(Scheme::Http("bearer".to_owned())),
        "apiKey" => {
            let name = text("name")?;
            match scheme["in"].as_str()? {
                "header" => Some(Scheme::HeaderKey(name)),
                "query" => Some(Scheme::QueryKey(name)),
                "cookie" => Some(Scheme::CookieKey(name)),
                _ => None,
            }
        }
        _ => None,
    }
}

impl Scheme {
    /// The bearer token, if it is one.
    fn check<'a>(
        &self,
        headers: &'a HeaderMap,
        query: &[(String, String)],
    ) -> Result<Option<&'a str>, Finding> {
        let has = |pairs: &[(String, String)], key: &str| {
            let mut pairs = pairs.iter();
            pairs.any(|(name, value)| name == key && !value.is_empty())
        };
        let (name, is_there, kind) = match self {
            Self::Http(scheme) => return authorization(headers, scheme),
            Self::HeaderKey(name) => {
                let value = headers.get(name);
                (name, value.is_some_and(|value| !value.is_empty()), "header")
            }
            Self::QueryKey(name) => (name, has(query, name), "query parameter"),
            Self::CookieKey(name) => (name, has(&cookies::of(headers), name), "cookie"),
        };
        if is_there {
            return Ok(None);
        }
        let field = match self {
            Self::HeaderKey(name) => name.to_lowercase(),
            _ => name.clone(),
        };
        Err(Finding {
            kind: Kind::Credentials,
            field,
            rule: MISSING.to_owned(),
            message: format!("the {kind} {name} is required"),
        })
    }
}

fn authorization<'a>(headers: &'a HeaderMap, scheme: &str) -> Result<Option<&'a str>, Finding> {
    let wrong = |rule: &str, problem: &str| {
        Finding::of_header(Kind::Credentials, "Authorization", rule, problem)
    };
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = match (values.next(), values.next()) {
        (None, _) => return Err(wrong(MISSING, "is required")),
        (_, Some(_)) => return Err(wrong("once", "appears more than once")),
        (Some(value), None) => value,
    };
    let (form, is_good): (_, fn(&str) -> bool) = match scheme {
        "bearer" => ("`Bearer TOKEN`", is_token),
        "basic" => ("`Basic CREDENTIALS`", is_basic),
        _ => ("its scheme", |credentials| !credentials.is_empty()),
    };
    // Upper and lower case make no difference in the scheme (RFC 9110).
    let credentials = value.to_str().ok().and_then(|value| {
        let (own, credentials) = value.split_once(' ')?;
        let credentials = credentials.trim_start_matches(' ');
        (own.eq_ignore_ascii_case(scheme) && is_good(credentials)).then_some(credentials)
    });
    let credentials =
        credentials.ok_or_else(|| wrong(scheme, &format!("is not of the form {form}")))?;
    Ok((scheme == "bearer").then_some(credentials))
}

/// Whether it is a token of RFC 6750.
fn is_token(token: &str) -> bool {
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    let unpadded = token.trim_end_matches('=');
    !unpadded.is_empty() && unpadded.bytes().all(is_sign)
}

/// Whether it is a name and a password (RFC 7617).
fn is_basic(credentials: &str) -> bool {
    let decoded = STANDARD.decode(credentials);
    decoded.is_ok_and(|decoded| decoded.contains(&b':'))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    use super::Credentials;
    use crate::testing::table::rows;
    use openapi::document::Document;
    use openapi::operation::Operation;

    /// One case in each line: the requirements, the request, and the result: the token, or the rules that are broken.
    const CASES: &str = "
[]                  | Authorization: Basic YTpi             | -
[{}]                | Authorization: Basic YTpi             | -
[{}, {token: []}]   |                                       | -
[{}, {token: []}]   | Authorization: Bearer a.b-c_d~e+f/g== | a.b-c_d~e+f/g==
[{token: []}, {}]   | Authorization: bearer  a              | a
[{}, {token: []}]   | Authorization:                        | authorization: bearer
[{}, {token: []}]   | Authorization: Bearer                 | authorization: bearer
[{}, {token: []}]   | Authorization: Bearer ==              | authorization: bearer
[{}, {token: []}]   | Authorization: Bearer a b             | authorization: bearer
[{}, {token: []}]   | Authorization: Bearer a=b             | authorization: bearer
[{}, {token: []}]   | Authorization: Bearer \u{e9}          | authorization: bearer
[{}, {token: []}]   | Authorization: Basic YTpi             | authorization: bearer
[{}, {token: []}]   | Authorization: a                      | authorization: bearer
[{}, {token: []}]   | Authorization: Bearer a; Authorization: Bearer a | authorization: once
[{token: []}]       |                                       | authorization: required
[{token: []}]       | Authorization: Bearer a               | a
[{oauth: [read]}]   | Authorization: Bearer a               | a
[{oauth: [read]}]   | Authorization: Digest a               | authorization: bearer
[{openid: []}]      |                                       | authorization: required
[{password: []}]    | Authorization: bAsIc YTpi             | -
[{password: []}]    | Authorization: Basic YWI=             | authorization: basic
[{password: []}]    | Authorization: Basic !                | authorization: basic
[{digest: []}]      | Authorization: Digest username=a      | -
[{digest: []}]      | Authorization: Basic YTpi             | authorization: digest
[{token: []}, {password: []}] | Authorization: Basic YTpi   | -
[{password: []}, {token: []}] | Authorization: Bearer a     | a
[{key: []}]         | X-Key: a                              | -
[{key: []}]         | X-Key:                                | x-key: required
[{key: []}]         |                                       | x-key: required
[{query: []}]       | ?k=a                                  | -
[{query: []}]       | ?k=                                   | k: required
[{cookie: []}]      | Cookie: b=c; sid=a                    | -
[{cookie: []}]      | Cookie: b=c                           | sid: required
[{key: [], query: []}] | X-Key: a; ?k=a                     | -
[{key: [], query: []}] | X-Key: a                           | k: required
[{key: [], query: []}] |                                    | x-key: required, k: required
[{key: []}, {token: []}] | Authorization: Basic YTpi        | authorization: bearer
[{mutual: []}]      |                                       | -
[{unknown: []}]     |                                       | -
";

    const SCHEMES: &str =
        "{token: {type: http, scheme: Bearer}, password: {type: http, scheme: basic},
        digest: {type: http, scheme: digest}, oauth: {type: oauth2}, openid: {type: openIdConnect},
        key: {type: apiKey, in: header, name: X-Key}, query: {type: apiKey, in: query, name: k},
        cookie: {type: apiKey, in: cookie, name: sid}, mutual: {type: mutualTLS}}";

    fn of(requirements: &str) -> Credentials {
        let text = format!(
            "paths: {{/a: {{get: {{security: {requirements}}}}}}}\ncomponents: {{securitySchemes: {SCHEMES}}}"
        );
        let document = Document::parse("spec.yaml".as_ref(), text.as_bytes()).unwrap();
        Credentials::of(&document, &Operation::all(&document)[0])
    }

    #[test]
    fn credentials_are_found_or_missing_or_malformed() {
        let mut failures = Vec::new();
        for [requirements, sent, expected] in rows(CASES) {
            let (mut headers, mut query) = (HeaderMap::new(), Vec::new());
            // A cookie is the only value here that contains a semicolon.
            let parts = match sent.starts_with("Cookie") {
                true => vec![sent],
                false => sent.split("; ").collect(),
            };
            for part in parts {
                let of_query = part.strip_prefix('?').and_then(|pair| pair.split_once('='));
                if let Some((name, value)) = of_query {
                    query.push((name.to_owned(), value.to_owned()));
                } else if let Some((name, value)) = part.split_once(':') {
                    let value = HeaderValue::from_bytes(value.trim().as_bytes()).unwrap();
                    headers.append(HeaderName::try_from(name).unwrap(), value);
                }
            }
            let found = match of(requirements).check(&headers, &query) {
                Ok(token) => token.unwrap_or("-").to_owned(),
                Err(findings) => {
                    let rules = findings
                        .iter()
                        .map(|one| format!("{}: {}", one.field, one.rule));
                    rules.collect::<Vec<_>>().join(", ")
                }
            };
            if found != expected {
                failures.push(format!("{requirements} {sent}: {found}"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    #[test]
    fn what_is_asked_for_is_told_by_its_scheme() {
        for (requirements, expected) in [
            ("[{token: []}]", Some("Bearer")),
            (
                "[{oauth: [], password: []}, {token: []}]",
                Some("Bearer, Basic realm=\"*\""),
            ),
            ("[{key: []}]", None),
        ] {
            assert_eq!(
                of(requirements).challenge().as_deref(),
                expected,
                "{requirements}"
            );
        }
    }
}
