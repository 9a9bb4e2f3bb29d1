//! What the service answers when a call of the API failed.

use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use par_ordering::{Error, ErrorKind};

/// An answer that says what to do, and no word of the API's.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    advice: &'static str,
    /// What the vendor's support asks for.
    request_id: String,
    retry_after: Option<Duration>,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        // Holds no secret: what the API says is shown masked.
        eprintln!("{error}");
        let (status, advice) = answer_to(error.kind());
        Self {
            status,
            advice,
            request_id: error.request_id().to_owned(),
            retry_after: error.retry_after(),
        }
    }
}

/// The status and the advice for each kind of failure.
pub fn answer_to(kind: ErrorKind) -> (StatusCode, &'static str) {
    const SIGN_IN: (StatusCode, &str) = (StatusCode::UNAUTHORIZED, "sign in again");
    const WAIT: (StatusCode, &str) = (StatusCode::SERVICE_UNAVAILABLE, "try again later");
    const LATE: (StatusCode, &str) = (StatusCode::GATEWAY_TIMEOUT, "try again later");
    const UPSTREAM: (StatusCode, &str) = (StatusCode::BAD_GATEWAY, "ask us");
    const OURS: (StatusCode, &str) = (StatusCode::INTERNAL_SERVER_ERROR, "ask us");
    match kind {
        ErrorKind::DocumentedStatus(status) | ErrorKind::UndocumentedStatus(status) => {
            match status.as_u16() {
                401 => SIGN_IN,
                404 => (StatusCode::NOT_FOUND, "no card can be stored here"),
                429 | 503 => WAIT,
                504 => LATE,
                _ => UPSTREAM,
            }
        }
        ErrorKind::ErrorEnvelope(401) | ErrorKind::Credentials => SIGN_IN,
        ErrorKind::ErrorEnvelope(_) | ErrorKind::NotDecodable | ErrorKind::BodyTooLarge => UPSTREAM,
        ErrorKind::NotConnected | ErrorKind::Refused => WAIT,
        ErrorKind::ConnectTimeout | ErrorKind::DeadlineExceeded => LATE,
        ErrorKind::Interrupted => UPSTREAM,
        ErrorKind::InvalidRequest => (StatusCode::BAD_REQUEST, "correct the request"),
        ErrorKind::Hook => OURS,
        // A kind that a later version of the crate tells apart.
        _ => OURS,
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let text = format!("{} ({})\n", self.advice, self.request_id);
        let mut response = (self.status, text).into_response();
        if let Some(pause) = self.retry_after {
            // Rounded up, so that nobody comes back too early.
            let seconds = pause.as_secs() + u64::from(pause.subsec_nanos() > 0);
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}
