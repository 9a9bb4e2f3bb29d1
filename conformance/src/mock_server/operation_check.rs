//! Whether a request fits its operation.

mod body;
mod encoded;
mod multipart;
mod parameter;
mod serialization;

use std::sync::Arc;

use axum::http::HeaderMap;

use self::body::{BodyCheck, of_body};
use self::parameter::ParameterCheck;
use super::credentials::Credentials;
use super::finding::{Finding, Kind};
use super::media;
use openapi::document::{Document, Part};
use openapi::extension::CONTENT_TYPE;
use openapi::operation::Operation;
use openapi::path_template::PathValues;
use openapi::schema_check::{Direction, SchemaCheck};

/// Why a specification can't be served.
#[derive(Debug, thiserror::Error)]
#[error("failed to make a check of {place}: {problem}")]
pub struct UncheckableError {
    /// The place in the specification.
    pub place: String,
    pub problem: String,
}

/// The parts of a request that are checked, except its path and its method.
#[derive(Clone, Copy)]
pub(super) struct Parts<'a> {
    pub path: &'a PathValues,
    pub query: Option<&'a str>,
    pub headers: &'a HeaderMap,
    /// `None` if it is too large.
    pub body: Option<&'a [u8]>,
}

/// The rules of one operation.
pub(super) struct OperationCheck {
    document: Arc<Document>,
    pub credentials: Credentials,
    parameters: Vec<ParameterCheck>,
    /// `Content-Type` of a request without a body, if the API needs one.
    content_type: Option<String>,
    body: Option<BodyCheck>,
}

/// Builds the checks of schemas.
struct Checks<'a> {
    document: &'a Document,
}

impl Checks<'_> {
    fn of(&self, schema: &Part<'_>) -> Result<SchemaCheck, UncheckableError> {
        let check = SchemaCheck::of(self.document, schema.value, Direction::Sent);
        check.map_err(|unusable| UncheckableError {
            place: schema.home.to_string(),
            problem: unusable.to_string(),
        })
    }
}

impl OperationCheck {
    pub fn new(document: &Arc<Document>, operation: &Operation) -> Result<Self, UncheckableError> {
        if let Some(broken) = operation.broken_reference() {
            return Err(UncheckableError {
                place: operation.place.to_string(),
                problem: broken.to_string(),
            });
        }
        let checks = Checks { document };
        let mut parameters = Vec::new();
        for parameter in operation.parameters() {
            parameters.extend(ParameterCheck::new(&checks, &parameter)?);
        }
        let body = operation.request_body();
        let body = body
            .map(|body| BodyCheck::new(&checks, &body))
            .transpose()?;
        Ok(Self {
            document: Arc::clone(document),
            credentials: Credentials::of(document, operation),
            parameters,
            content_type: operation.value[CONTENT_TYPE].as_str().map(str::to_owned),
            body,
        })
    }

    /// Whether a parameter in the path is a secret.
    pub fn has_secret_in_path(&self) -> bool {
        let mut parameters = self.parameters.iter();
        parameters.any(|parameter| parameter.is_secret_in_path(&self.document))
    }

    /// Every rule that the request breaks, and the bearer token if it has one.
    pub fn findings<'a>(&self, parts: Parts<'a>) -> (Vec<Finding>, Option<&'a str>) {
        let (query, unreadable) = encoded::pairs(parts.query.unwrap_or_default());
        let mut findings = vec![of_query(); unreadable];
        let token = match self.credentials.check(parts.headers, &query) {
            Ok(token) => token,
            Err(wrong) => {
                findings.extend(wrong);
                None
            }
        };
        for parameter in &self.parameters {
            findings.extend(parameter.findings(&self.document, parts, &query));
        }
        findings.extend(self.of_body(parts));
        (findings, token)
    }

    fn of_body(&self, parts: Parts<'_>) -> Vec<Finding> {
        let Some(bytes) = parts.body else {
            return vec![of_body(Kind::Size, "", "size", "is too large")];
        };
        if let Some(check) = &self.body {
            return check.findings(&self.document, parts.headers, bytes);
        }
        let mut findings = Vec::new();
        if let Some(media_type) = self.content_type.as_deref() {
            findings.extend(media::content_type(parts.headers, [media_type].into_iter()).err());
        }
        if !bytes.is_empty() {
            let problem = "is sent, but none is documented";
            findings.push(of_body(Kind::Request, "", "empty", problem));
        }
        findings
    }
}

/// A name in the query that can't be decoded.
fn of_query() -> Finding {
    Finding {
        kind: Kind::Request,
        field: "query".to_owned(),
        rule: "encoding".to_owned(),
        message: "a name in the query can't be decoded".to_owned(),
    }
}
