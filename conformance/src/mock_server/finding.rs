//! What is wrong with a request.

use axum::http::StatusCode;

/// One rule that a request breaks. It never contains a value of the request, which may be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub kind: Kind,
    /// Name of the header, the parameter or the part of the body.
    pub field: String,
    /// Name of the rule, such as `required`.
    pub rule: String,
    /// A sentence that says what is wrong.
    pub message: String,
}

/// What a finding is about. The first kind that occurs decides the status of the refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// The body is too large.
    Size,
    /// `Prefer` can't be read. It is not part of the API, so it comes first, as in Prism.
    Preference,
    Credentials,
    Request,
    ContentType,
    Accept,
}

impl Kind {
    pub fn status(self) -> StatusCode {
        match self {
            Self::Size => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Preference => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Credentials => StatusCode::UNAUTHORIZED,
            Self::Request => StatusCode::BAD_REQUEST,
            Self::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Accept => StatusCode::NOT_ACCEPTABLE,
        }
    }

    pub fn message(self) -> &'static str {
        match self {
            Self::Size => "the body is too large",
            Self::Preference => "the preference can't be read",
            Self::Credentials => "the credentials are missing or malformed",
            Self::Request => "the request is not as documented",
            Self::ContentType => "the content type is not a documented one",
            Self::Accept => "the request accepts no documented answer",
        }
    }
}

impl Finding {
    /// About a header.
    pub fn of_header(kind: Kind, name: &str, rule: &str, problem: &str) -> Self {
        Self {
            kind,
            field: name.to_lowercase(),
            rule: rule.to_owned(),
            message: format!("the header {name} {problem}"),
        }
    }
}
