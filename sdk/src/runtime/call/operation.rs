//! What the generated table says about an operation. Names and values of headers have the types of the HTTP stack, so
//! no call has to check them.

use reqwest::Method;
use reqwest::header::{HeaderName, HeaderValue};

use crate::runtime::response::envelope::Envelope;

/// One operation of the API, as far as the runtime needs to know it.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) id: &'static str,
    pub(crate) method: Method,
    /// Path template below the base URL; empty for an undeclared call.
    pub(crate) path: &'static str,
    /// The value of `Accept`; `None` if no answer has a body.
    pub(crate) accept: Option<HeaderValue>,
    /// `Content-Type` of a request with a body; `None` if no request has one.
    pub(crate) body_type: Option<HeaderValue>,
    /// `Content-Type` of a request without a body.
    pub(crate) content_type: Option<HeaderValue>,
    /// The credentials of the operation: alternatives, of which the first that is complete is sent.
    pub(crate) security: &'static [&'static [Credential]],
    pub(crate) headers: &'static [Header],
    /// Names of the parameters in the query.
    pub(crate) query: &'static [&'static str],
    pub(crate) envelope: Envelope,
}

impl Operation {
    /// Whether the specification has this operation.
    pub(crate) fn is_declared(&self) -> bool {
        !self.path.is_empty()
    }
}

/// A header that the operation declares.
#[derive(Debug)]
pub(crate) struct Header {
    pub(crate) name: HeaderName,
    pub(crate) required: bool,
    pub(crate) secret: bool,
    pub(crate) default_from: Option<DefaultFrom>,
}

/// Where a header's value comes from if the call gives none.
#[derive(Debug, PartialEq)]
pub(crate) enum DefaultFrom {
    /// A setting of the client, by its index in the table.
    Setting(usize),
    Generated(Generated),
    Constant(HeaderValue),
}

/// A credential of one security scheme.
#[derive(Debug)]
pub(crate) enum Credential {
    /// The customer's token, as a bearer token.
    Customer { scheme: &'static str },
    /// A setting, by its index in the table.
    Header {
        scheme: &'static str,
        name: HeaderName,
        setting: usize,
    },
    Query {
        scheme: &'static str,
        name: &'static str,
        setting: usize,
    },
}

impl Credential {
    pub(crate) fn scheme(&self) -> &'static str {
        match self {
            Self::Customer { scheme }
            | Self::Header { scheme, .. }
            | Self::Query { scheme, .. } => scheme,
        }
    }
}

/// A value that is new for each call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Generated {
    RequestId,
}
