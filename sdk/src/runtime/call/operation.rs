//! What the generated table says of an operation. Names and values of headers are there as the HTTP stack has them, so
//! that no call has to check them again.

use reqwest::Method;
use reqwest::header::{HeaderName, HeaderValue};

use crate::runtime::response::envelope::Envelope;

/// One operation of the API, as far as the runtime has to know it.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) id: &'static str,
    pub(crate) method: Method,
    /// Path template below the base URL.
    pub(crate) path: &'static str,
    /// What is asked for; `None` where no answer has a body.
    pub(crate) accept: Option<HeaderValue>,
    /// `Content-Type` of a request with a body; `None` where no request has one.
    pub(crate) body_type: Option<HeaderValue>,
    /// `Content-Type` that is sent although there is no body.
    pub(crate) content_type: Option<HeaderValue>,
    /// Whether the customer's bearer token is sent along.
    pub(crate) bearer_token: bool,
    pub(crate) headers: &'static [Header],
    pub(crate) envelope: Envelope,
}

/// A header that the operation declares.
#[derive(Debug)]
pub(crate) struct Header {
    pub(crate) name: HeaderName,
    pub(crate) required: bool,
    pub(crate) secret: bool,
    pub(crate) default_from: Option<DefaultFrom>,
}

/// Where a header's value comes from unless the call gives one.
#[derive(Debug)]
#[allow(dead_code, reason = "which of them occur depends on the specification")]
pub(crate) enum DefaultFrom {
    Setting(Setting),
    Generated(Generated),
    Constant(HeaderValue),
}

/// A setting of the client that is sent as a header.
#[derive(Clone, Copy, Debug)]
#[allow(dead_code, reason = "which of them occur depends on the specification")]
pub(crate) enum Setting {
    ApiVersion,
    Application,
}

/// A value that is made afresh for each call.
#[derive(Clone, Copy, Debug)]
#[allow(dead_code, reason = "which of them occur depends on the specification")]
pub(crate) enum Generated {
    RequestId,
}
