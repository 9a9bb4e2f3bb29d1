//! What can go wrong with a call, in one type that forgets nothing and shows no secret.

pub(crate) mod failure;
pub(crate) mod kind;
pub(crate) mod transport_error;

use std::fmt;

use reqwest::StatusCode;

use crate::runtime::error::failure::{Failure, presentable};
use crate::runtime::error::kind::ErrorKind;
use crate::runtime::response::OfCall;
use crate::runtime::response::raw::{Headers, RawBody, RawResponse};

/// Why a call failed.
///
/// `Display` reads as one sentence and shows the server's own message; neither it nor `Debug` shows a secret.
/// `E` is the envelope that the operation documents for its errors.
///
/// ```
/// # use par_ordering::httpmock::{MockServer, MockServerExt as _};
/// # let server = MockServer::start();
/// # server.generate_tokens(|_, then| { then.not_found_illustrative().into_inner().header("x-served-by", "a"); });
/// use par_ordering::{Client, ErrorKind, StatusCode};
///
/// # let client = Client::builder().base_url(server.base_url()).application("key").build()?;
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let error = client.generate_tokens().x_request_id("mine").send().await.unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "generate_tokens: 404 Not Found (request mine): No payment processor is configured.",
/// );
/// assert_eq!(error.kind(), ErrorKind::DocumentedStatus(StatusCode::NOT_FOUND));
/// assert!(error.is_not_found() && !error.is_transient() && !error.is_safe_to_repeat());
///
/// // What it knows of the call, and of the answer that came.
/// assert_eq!((error.operation_id(), error.request_id()), ("generate_tokens", "mine"));
/// assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
/// assert_eq!(error.headers().unwrap().expose_secret()["x-served-by"], "a");
/// assert!(error.raw_body().unwrap().expose_secret().starts_with(b"{"));
/// assert_eq!(error.message(), Some("No payment processor is configured."));
/// let envelope = error.envelope().unwrap();
/// assert_eq!(envelope.data.as_ref().unwrap().message.as_deref(), error.message());
/// # });
///
/// let nobody_listens = "http://127.0.0.1:1";
/// let client = Client::builder().base_url(nobody_listens).application("key").build()?;
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let error = client.generate_tokens().send().await.unwrap_err();
/// assert!(error.is_safe_to_repeat());
/// assert_eq!(error.attempts(), 3, "nothing was sent, so it was safe to try again");
/// assert_eq!(error.request_id().len(), 36, "a fresh UUID");
/// assert_eq!(error.status(), None);
///
/// let hurried = client.with_deadline(std::time::Duration::ZERO);
/// assert!(hurried.generate_tokens().send().await.unwrap_err().is_timeout());
/// # });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Error<E = ()> {
    failure: Failure,
    envelope: Option<Box<E>>,
    of_call: OfCall,
}

impl<E> Error<E> {
    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.failure.kind()
    }

    /// The operation that was called, as the specification names it.
    #[must_use]
    pub fn operation_id(&self) -> &'static str {
        self.of_call.operation_id
    }

    /// The identifier that the request had, or would have had: what to tell the vendor's support.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.of_call.request_id
    }

    /// How often the request was sent or tried to be sent; 0 if the call was refused before that.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.of_call.attempts
    }

    /// The status of the answer, if one arrived; also where the rest of the answer did not.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.response().map(|response| response.status)
    }

    /// The headers of the answer, if one arrived.
    #[must_use]
    pub fn headers(&self) -> Option<&Headers> {
        self.response().map(|response| &response.headers)
    }

    /// The body of the answer as far as it arrived, if one did.
    #[must_use]
    pub fn raw_body(&self) -> Option<&RawBody> {
        self.response().map(|response| &response.body)
    }

    /// The documented envelope, if the answer held one, without the credentials of the call, should the server
    /// have quoted them in its texts; numbers stay as they are. Its parts are the server's words: they are not shown by
    /// `Debug` of this error.
    #[must_use]
    pub fn envelope(&self) -> Option<&E> {
        self.envelope.as_deref()
    }

    /// The server's own message, if the answer held one: shortened to 300 characters, control characters
    /// escaped, and without the credentials of the call, should the server have quoted them.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.failure.message()
    }

    /// Whether the server understood the request and refused it as it is: 400.
    #[must_use]
    pub fn is_bad_request(&self) -> bool {
        self.says(StatusCode::BAD_REQUEST)
    }

    /// Whether the customer's token is missing or not accepted, as after its expiry: 401.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.says(StatusCode::UNAUTHORIZED)
    }

    /// Whether the caller is known and not allowed to do this: 403.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.says(StatusCode::FORBIDDEN)
    }

    /// Whether there is nothing at this address for this application: 404.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.says(StatusCode::NOT_FOUND)
    }

    /// Whether time ran out, while connecting or later.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::ConnectTimeout | ErrorKind::DeadlineExceeded
        )
    }

    /// Whether nothing of the request reached the server, or it was answered with 401 for want of a valid token,
    /// so that repeating it can't do anything twice. That holds for all attempts of the call; with an HTTP client of the
    /// caller's own nobody knows.
    #[must_use]
    pub fn is_safe_to_repeat(&self) -> bool {
        let nothing_was_sent = matches!(
            self.kind(),
            ErrorKind::ConnectTimeout
                | ErrorKind::NotConnected
                | ErrorKind::Refused
                | ErrorKind::Credentials
                | ErrorKind::InvalidRequest
        );
        nothing_was_sent && !self.of_call.may_have_had_effect
    }

    /// Whether the same call may succeed later: 429, 502, 503, 504, or time ran out. It may have been
    /// carried out nevertheless: see [`is_safe_to_repeat`](Self::is_safe_to_repeat).
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.is_timeout() || matches!(self.code(), Some(429 | 502 | 503 | 504))
    }

    /// The status, or what the envelope of a success says instead.
    fn code(&self) -> Option<i64> {
        match self.kind() {
            ErrorKind::ErrorEnvelope(code) => Some(code),
            _ => self.status().map(|status| status.as_u16().into()),
        }
    }

    fn says(&self, status: StatusCode) -> bool {
        self.code() == Some(status.as_u16().into())
    }

    pub(crate) fn new(failure: Failure, envelope: Option<E>) -> Self {
        Self {
            failure,
            envelope: envelope.map(Box::new),
            of_call: OfCall::default(),
        }
    }

    pub(crate) fn of_call(mut self, of_call: OfCall) -> Self {
        self.of_call = of_call;
        self
    }

    fn response(&self) -> Option<&RawResponse> {
        self.failure.response()
    }
}

impl<E> From<Failure> for Error<E> {
    fn from(failure: Failure) -> Self {
        Self::new(failure, None)
    }
}

impl<E> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind() {
            ErrorKind::DocumentedStatus(status) | ErrorKind::UndocumentedStatus(status) => {
                status.to_string()
            }
            ErrorKind::ErrorEnvelope(code) => format!("error {code} in a successful answer"),
            ErrorKind::NotDecodable => "answer not decodable".to_owned(),
            ErrorKind::BodyTooLarge => "answer too large".to_owned(),
            ErrorKind::ConnectTimeout => "connecting timed out".to_owned(),
            ErrorKind::DeadlineExceeded => "deadline exceeded".to_owned(),
            ErrorKind::NotConnected => "not connected".to_owned(),
            ErrorKind::Refused => "refused".to_owned(),
            ErrorKind::Interrupted => "interrupted".to_owned(),
            ErrorKind::Credentials => "no credentials".to_owned(),
            ErrorKind::InvalidRequest => "invalid request".to_owned(),
        };
        write!(
            f,
            "{}: {what} (request {})",
            self.operation_id(),
            presentable(self.request_id())
        )?;
        for text in self.message().into_iter().chain(self.failure.problem()) {
            write!(f, ": {text}")?;
        }
        Ok(())
    }
}

impl<E> fmt::Debug for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Error");
        debug
            .field("operation_id", &self.operation_id())
            .field("request_id", &self.request_id())
            .field("attempts", &self.attempts())
            .field("kind", &self.kind())
            .field("problem", &self.failure.problem().unwrap_or_default())
            .field("message", &self.message());
        if let Some(response) = self.response() {
            debug
                .field("status", &response.status)
                .field("headers", &response.headers)
                .field("raw_body", &response.body)
                .field("has_envelope", &self.envelope.is_some());
        }
        debug.field("source", &self.failure.source()).finish()
    }
}

impl<E> std::error::Error for Error<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.failure.source()
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;
    use crate::generated::operations::ENVELOPE;
    use crate::runtime::response::{Response, ResponseValue};
    use crate::runtime::secret::credentials::Credentials;
    use crate::runtime::secret::zeroizing::Zeroizing;

    fn of_call() -> OfCall {
        OfCall {
            operation_id: "operation",
            request_id: "request".into(),
            attempts: 7,
            may_have_had_effect: false,
        }
    }

    fn raw(status: u16, body: &str) -> RawResponse {
        RawResponse {
            status: StatusCode::from_u16(status).unwrap(),
            headers: Headers::default(),
            body: Zeroizing::new(body.as_bytes().to_vec()).into(),
        }
    }

    fn response(status: u16, body: &str) -> Response {
        Response {
            raw: raw(status, body),
            envelope: ENVELOPE,
            credentials: Credentials::default(),
        }
    }

    fn answered(kind: ErrorKind, status: u16, body: &str) -> Error<String> {
        let failure = Failure::new(kind, "in our words").with_answer(response(status, body));
        Error::from(failure).of_call(of_call())
    }

    fn unanswered(kind: ErrorKind) -> Error<String> {
        Error::from(Failure::new(kind, "")).of_call(of_call())
    }

    fn documented(status: u16) -> Error<String> {
        let kind = ErrorKind::DocumentedStatus(StatusCode::from_u16(status).unwrap());
        answered(kind, status, "")
    }

    /// The predicates that say yes, by the initials of their names.
    fn predicates(error: &Error<String>) -> String {
        [
            ('b', error.is_bad_request()),
            ('u', error.is_unauthorized()),
            ('f', error.is_forbidden()),
            ('n', error.is_not_found()),
            ('t', error.is_timeout()),
            ('s', error.is_safe_to_repeat()),
            ('T', error.is_transient()),
        ]
        .into_iter()
        .filter_map(|(initial, says_yes)| says_yes.then_some(initial))
        .collect()
    }

    #[test]
    fn predicates_say_what_the_kind_and_the_status_mean() {
        let cases = [
            (documented(400), "b"),
            (documented(401), "u"),
            (documented(403), "f"),
            (documented(404), "n"),
            (documented(422), ""),
            (documented(429), "T"),
            (documented(500), ""),
            (documented(502), "T"),
            (documented(503), "T"),
            (documented(504), "T"),
            (answered(ErrorKind::ErrorEnvelope(401), 200, ""), "u"),
            (answered(ErrorKind::ErrorEnvelope(503), 200, ""), "T"),
            (answered(ErrorKind::NotDecodable, 200, ""), ""),
            (answered(ErrorKind::DeadlineExceeded, 401, ""), "utT"),
            (unanswered(ErrorKind::BodyTooLarge), ""),
            (unanswered(ErrorKind::ConnectTimeout), "tsT"),
            (unanswered(ErrorKind::DeadlineExceeded), "tT"),
            (unanswered(ErrorKind::NotConnected), "s"),
            (unanswered(ErrorKind::Refused), "s"),
            (unanswered(ErrorKind::Interrupted), ""),
            (unanswered(ErrorKind::Credentials), "s"),
            (answered(ErrorKind::Credentials, 401, ""), "us"),
            (unanswered(ErrorKind::InvalidRequest), "s"),
        ];
        for (error, expected) in cases {
            assert_eq!(predicates(&error), expected, "{error:?}");
        }
    }

    #[test]
    fn a_call_is_safe_to_repeat_only_if_none_of_its_attempts_may_have_had_an_effect() {
        let mut error = unanswered(ErrorKind::NotConnected);
        assert!(error.is_safe_to_repeat());
        error.of_call.may_have_had_effect = true;
        assert!(!error.is_safe_to_repeat());
    }

    #[test]
    fn an_error_reads_as_one_sentence() {
        let status = StatusCode::NOT_FOUND;
        let message = r#"{"data":{"message":"Nothing\nhere."}}"#;
        let cases = [
            (
                answered(ErrorKind::DocumentedStatus(status), 404, message),
                r"operation: 404 Not Found (request request): Nothing\nhere.: in our words",
            ),
            (
                answered(ErrorKind::UndocumentedStatus(status), 404, "<html>"),
                "operation: 404 Not Found (request request): in our words",
            ),
            (
                answered(ErrorKind::ErrorEnvelope(403), 200, ""),
                "operation: error 403 in a successful answer (request request): in our words",
            ),
            (
                answered(ErrorKind::NotDecodable, 200, ""),
                "operation: answer not decodable (request request): in our words",
            ),
            (
                unanswered(ErrorKind::BodyTooLarge),
                "operation: answer too large (request request)",
            ),
            (
                unanswered(ErrorKind::ConnectTimeout),
                "operation: connecting timed out (request request)",
            ),
            (
                unanswered(ErrorKind::DeadlineExceeded),
                "operation: deadline exceeded (request request)",
            ),
            (
                unanswered(ErrorKind::NotConnected),
                "operation: not connected (request request)",
            ),
            (
                unanswered(ErrorKind::Refused),
                "operation: refused (request request)",
            ),
            (
                unanswered(ErrorKind::Credentials),
                "operation: no credentials (request request)",
            ),
            (
                unanswered(ErrorKind::Interrupted),
                "operation: interrupted (request request)",
            ),
            (
                unanswered(ErrorKind::InvalidRequest),
                "operation: invalid request (request request)",
            ),
        ];
        for (error, expected) in cases {
            assert_eq!(error.to_string(), expected);
        }
    }

    #[test]
    fn an_error_forgets_nothing_of_the_call_and_its_answer() {
        let mut response = raw(503, "as sent");
        let retry_after = reqwest::header::HeaderValue::from_static("7");
        response.headers = reqwest::header::HeaderMap::from_iter([(
            reqwest::header::RETRY_AFTER,
            retry_after.clone(),
        )])
        .into();
        let failure = Failure::new(ErrorKind::NotDecodable, "").with_response(response);
        let error = Error::<()>::from(failure).of_call(of_call());
        assert_eq!(error.operation_id(), "operation");
        assert_eq!(error.request_id(), "request");
        assert_eq!(error.attempts(), 7);
        assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
        assert_eq!(
            error.headers().unwrap().expose_secret()["retry-after"],
            retry_after
        );
        assert_eq!(error.raw_body().unwrap().expose_secret(), b"as sent");
        assert_eq!(error.envelope(), None);

        let unanswered = unanswered(ErrorKind::NotConnected);
        assert!(unanswered.headers().is_none() && unanswered.raw_body().is_none());
    }

    #[test]
    fn an_error_of_generated_code_is_of_the_kind_that_its_name_says() {
        let response = || response(409, "");
        let conflict = StatusCode::CONFLICT;
        let error = Error::<()>::UnexpectedResponse(response());
        assert_eq!(error.kind(), ErrorKind::UndocumentedStatus(conflict));
        let error = Error::<()>::ErrorResponse(ResponseValue::empty(response()));
        assert_eq!(error.kind(), ErrorKind::DocumentedStatus(conflict));
        assert_eq!(error.envelope(), Some(&()));
        let error = Error::<()>::from(Failure::new(ErrorKind::InvalidRequest, "what"));
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.source().is_none() && error.status().is_none());
    }

    #[test]
    fn nothing_of_the_http_stacks_own_words_is_kept() {
        let builder = reqwest::Client::new().get("http://127.0.0.1:1/canary?canary");
        let cause = builder.header("\n", "").build().unwrap_err();
        let failure = Failure::new(ErrorKind::Interrupted, "");
        let error = Error::<()>::from(failure.caused_by(&cause));
        assert!(error.source().is_none());
        assert!(!format!("{error} {error:?}").contains("canary"));

        let words: Box<dyn std::error::Error + Send + Sync> = "closed".into();
        let failure = Failure::new(ErrorKind::Credentials, "");
        let error = Error::<()>::from(failure.caused_by_provider(words.into()));
        assert_eq!(error.source().unwrap().to_string(), "closed");
    }

    #[test]
    fn debug_tells_all_but_what_the_server_sent() {
        let mut error = answered(ErrorKind::NotDecodable, 200, "canary");
        error.envelope = Some(Box::new("canary".to_owned()));
        let text = format!("{error:?}");
        for expected in [
            r#"operation_id: "operation""#,
            r#"request_id: "request""#,
            "attempts: 7",
            "kind: NotDecodable",
            r#"problem: "in our words""#,
            "status: 200",
            "raw_body: [redacted 6 bytes]",
            "has_envelope: true",
        ] {
            assert!(text.contains(expected), "no {expected} in {text}");
        }
        assert!(!text.contains("canary"), "{text}");
    }
}
