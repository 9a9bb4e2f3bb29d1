//! What a caller adds to a call: headers and query parameters that the operation does not declare. Those that the
//! operation or the client sets are refused by name.

use std::fmt;

use reqwest::header::{HeaderName, HeaderValue};

use crate::generated::operations::{HEADERS_OF_CLIENT, QUERY_OF_CLIENT};
use crate::runtime::Text;
use crate::runtime::call::operation::{DefaultFrom, Generated, Operation};
use crate::runtime::call::request::RequestBuilder;
use crate::runtime::client::header_value::{InvalidHeader, header_value};
use crate::runtime::error::failure::Failure;
use crate::runtime::error::kind::ErrorKind;
use crate::runtime::secret::Secret;
use crate::runtime::secret::masking::mask;
use crate::runtime::secret::zeroizing::Zeroizing;

/// Headers that the client or the HTTP stack sets, including those of the connection (RFC 9110).
const OF_HTTP: [&str; 19] = [
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// Headers and query parameters as they were given. Whether they can be sent depends on the operation. The values may
/// be secrets.
#[derive(Clone, Default)]
pub(crate) struct Extra {
    headers: Vec<(String, Secret)>,
    query: Vec<(String, Secret)>,
}

impl Extra {
    /// Adds a header. Replaces one of the same name that was added before.
    pub(crate) fn header(&mut self, name: &str, value: Text) {
        let is_other = |(other, _): &(String, Secret)| !other.eq_ignore_ascii_case(name);
        self.headers.retain(is_other);
        self.headers.push((name.to_owned(), value.into()));
    }

    /// Adds a query parameter. Does not replace one of the same name.
    pub(crate) fn query(&mut self, name: &str, value: Text) {
        self.query.push((name.to_owned(), value.into()));
    }

    /// Adds them to a request.
    pub(crate) fn write(
        &self,
        operation: &Operation,
        request: &mut RequestBuilder<'_>,
    ) -> Result<(), Failure> {
        for (name, value) in &self.headers {
            let (name, value) = header(operation, name, value)?;
            request.insert(name, value);
        }
        for (name, value) in &self.query {
            may_be_in_query(operation, name)?;
            request.query(name, value.expose_secret());
        }
        Ok(())
    }

    /// The values in the query; they are not marked as sensitive anywhere else. They are without control characters, which
    /// a query can have and a header can't; masking does not look at them.
    pub(crate) fn values_of_query(&self) -> impl Iterator<Item = HeaderValue> {
        self.query.iter().filter_map(|(_, value)| {
            let value = value.expose_secret();
            let mut text = Zeroizing::new(String::with_capacity(value.len()));
            text.extend(value.chars().filter(|sign| !sign.is_control()));
            header_value("", text).ok()
        })
    }

    /// The identifier of the request, if it is one of these headers.
    pub(crate) fn request_id(&self, operation: &Operation) -> Option<&Secret> {
        let is_generated = |name: &str| {
            let mut headers = operation.headers.iter();
            let header = headers.find(|header| name.eq_ignore_ascii_case(header.name.as_str()));
            header.is_some_and(|header| {
                let generated = DefaultFrom::Generated(Generated::RequestId);
                header.default_from.as_ref() == Some(&generated)
            })
        };
        let mut headers = self.headers.iter();
        let found = headers.find(|(name, _)| is_generated(name));
        found.map(|(_, value)| value)
    }
}

/// Shows no value.
impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |pairs: &[(String, Secret)]| -> Vec<String> {
            let names = pairs.iter().map(|(name, _)| name);
            names.map(|name| mask(name, &[])).collect()
        };
        f.debug_struct("Extra")
            .field("headers", &names(&self.headers))
            .field("query", &names(&self.query))
            .finish()
    }
}

/// A header that its caller or a hook adds to a call of an operation, or why it can't be added.
pub(crate) fn header(
    operation: &Operation,
    name: &str,
    value: &Secret,
) -> Result<(HeaderName, HeaderValue), Failure> {
    let name = HeaderName::try_from(name).map_err(|_| {
        invalid("a header that was added has an invalid name: use letters, digits and `-`")
    })?;
    if let Some(owner) = owner(operation, &name) {
        return Err(invalid(format!(
            "the header {name} can't be added: {owner}"
        )));
    }
    let value = header_value("", value.to_string());
    let value = value
        .map_err(|InvalidHeader { problem, .. }| invalid(format!("the header {name} {problem}")))?;
    Ok((name, value))
}

/// Who sets a header that callers and hooks can't add.
pub(crate) fn owner(operation: &Operation, name: &HeaderName) -> Option<&'static str> {
    let mut declared = operation.headers.iter();
    let declared = declared.find(|header| header.name == *name);
    match declared.map(|header| &header.default_from) {
        Some(_) if operation.is_declared() => {
            return Some("it is a parameter of the operation: set it on the builder");
        }
        // Nothing else sets it.
        Some(Some(DefaultFrom::Constant(_) | DefaultFrom::Generated(_))) => return None,
        _ => {}
    }
    let name = name.as_str();
    if HEADERS_OF_CLIENT.contains(&name) {
        Some("it is a setting of the client: set it on the client or on a view")
    } else if OF_HTTP.contains(&name) {
        Some("the client sets it by itself")
    } else {
        None
    }
}

fn may_be_in_query(operation: &Operation, name: &str) -> Result<(), Failure> {
    let owner = if operation.query.contains(&name) {
        "it is a parameter of the operation: set it on the builder"
    } else if QUERY_OF_CLIENT.contains(&name) {
        "it is a setting of the client: set it on the client or on a view"
    } else if name.is_empty() {
        return Err(invalid("a query parameter that was added has no name"));
    } else {
        return Ok(());
    };
    let problem = format!("the query parameter {name} can't be added: {owner}");
    Err(invalid(problem))
}

fn invalid(problem: impl Into<String>) -> Failure {
    Failure::new(ErrorKind::InvalidRequest, problem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::secret::credentials::Credentials;

    #[test]
    fn a_value_of_the_query_is_masked_whatever_characters_it_has() {
        for value in [
            "canary-0a1b2c3d",
            "canary\n0a1b2c3d",
            "c\u{e4}nary\t0\u{7f}a1b2c3d",
        ] {
            let mut extra = Extra::default();
            extra.query("key", value.into());
            let mut credentials = Credentials::default();
            credentials.extend(extra.values_of_query());
            let quoted = value.replace(|sign: char| !sign.is_alphanumeric(), " ");
            let shown = mask(&format!("no: {quoted}"), &credentials.known());
            assert_eq!(shown, "no: [masked]", "{value:?}");
        }
    }
}
