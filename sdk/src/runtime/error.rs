//! What can go wrong with a call, in one type that forgets nothing and shows no secret.

pub(crate) mod failure;
pub(crate) mod kind;
pub(crate) mod prospects;
pub(crate) mod transport_error;

use std::fmt;
use std::time::{Duration, SystemTime};

use reqwest::StatusCode;

use crate::generated::answers::DefaultError;
use crate::runtime::error::failure::Failure;
use crate::runtime::error::kind::ErrorKind;
use crate::runtime::error::prospects::Prospects;
use crate::runtime::response::OfCall;
use crate::runtime::response::raw::{Headers, RawBody, RawResponse};
use crate::runtime::retry::retry_after::retry_after;
use crate::runtime::secret::masking::one_line;

/// Why a call failed.
///
/// `Display` reads as one sentence and shows the server's own message, in which all that looks like an identifier, a key,
/// a token, encoded data, a URL, an e-mail address or a number of six digits and more is masked. Neither it nor `Debug`
/// shows a secret.
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
/// assert!(error.is_not_found() && !error.is_worth_repeating() && !error.is_safe_to_repeat());
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
/// assert!(error.is_safe_to_repeat() && error.is_worth_repeating());
/// assert_eq!(error.attempts(), 3, "nothing was sent, so it was safe to try again");
/// assert_eq!(error.request_id().len(), 36, "a fresh UUID");
/// assert_eq!(error.status(), None);
///
/// let hurried = client.with_deadline(std::time::Duration::ZERO);
/// assert!(hurried.generate_tokens().send().await.unwrap_err().is_timeout());
/// # });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Error<E = DefaultError> {
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

    /// The documented envelope, if the answer held one, as the server sent it. Its texts may quote anything, the
    /// credentials of the call as well: take care where you print them. `Debug` of it masks them.
    #[must_use]
    pub fn envelope(&self) -> Option<&E> {
        self.envelope.as_deref()
    }

    /// What may be shown of the server's own message, if the answer held one: one line of at most 300 characters, with
    /// `[masked]` in the place of all that may be a secret. As it was sent it is in the [`envelope`](Self::envelope).
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.failure.message()
    }

    /// How long the server asks to wait before the call is made again, if it does: its header `Retry-After`, counted from
    /// now where that is a date.
    ///
    /// ```
    /// # use par_ordering::httpmock::{MockServer, MockServerExt as _};
    /// # let server = MockServer::start();
    /// # server.mock(|_, then| { then.status(429).header("retry-after", "7"); });
    /// use std::time::Duration;
    /// use par_ordering::Client;
    ///
    /// # let client = Client::builder().base_url(server.base_url()).application("key").build()?;
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let error = client.generate_tokens().send().await.unwrap_err();
    /// assert!(error.is_worth_repeating());
    /// assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    /// # });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(self.headers()?.expose_secret(), SystemTime::now())
    }

    /// Whether the server understood the request and refused it as it is: 400.
    ///
    /// # Troubleshooting
    ///
    /// [`message`](Self::message) and [`envelope`](Self::envelope) say what the server objects to. The same call is
    /// refused again: change it.
    #[must_use]
    pub fn is_bad_request(&self) -> bool {
        self.says(StatusCode::BAD_REQUEST)
    }

    /// Whether the customer's token is missing or not accepted, as after its expiry: 401.
    ///
    /// # Troubleshooting
    ///
    /// Let the customer sign in again, or give the client a [`TokenProvider`](crate::TokenProvider), which renews the
    /// token by itself. If it was renewed a moment ago, check that token, application key and server belong together:
    /// those of one environment are not accepted by another.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.says(StatusCode::UNAUTHORIZED)
    }

    /// Whether the caller is known and not allowed to do this: 403.
    ///
    /// # Troubleshooting
    ///
    /// Check the application key, and with the vendor what it is allowed to do. A gateway may be the one that refuses:
    /// then there is no [`envelope`](Self::envelope).
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.says(StatusCode::FORBIDDEN)
    }

    /// Whether there is nothing at this address for this application: 404.
    ///
    /// # Troubleshooting
    ///
    /// Without an [`envelope`](Self::envelope) it is the address that is not found: check the base URL, its path
    /// included. With one the server says itself what is missing.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.says(StatusCode::NOT_FOUND)
    }

    /// Whether time ran out, while connecting or later.
    ///
    /// # Troubleshooting
    ///
    /// The [kind](Self::kind) says when. [`ConnectTimeout`](ErrorKind::ConnectTimeout): nobody answers at that host and
    /// port, so check the network, a firewall, a proxy. [`DeadlineExceeded`](ErrorKind::DeadlineExceeded): the server is
    /// slow, or the [deadline](crate::ClientBuilder::deadline) short; with a [status](Self::status) the answer had begun.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::ConnectTimeout | ErrorKind::DeadlineExceeded
        )
    }

    /// Whether making the same call again can't do anything twice: nothing of it reached the server, or it was answered
    /// with 401 for want of a valid token. [`ErrorKind`] has the whole table. That holds for all attempts of the call;
    /// with an HTTP client of the caller's own nobody knows.
    ///
    /// # Troubleshooting
    ///
    /// This says nothing of whether it helps: a loop asks [`is_worth_repeating`](Self::is_worth_repeating) as well, or it
    /// goes on for ever with a token that has expired. Where this is false and the call is to be made again, find out
    /// first what came of it, by its [request id](Self::request_id).
    #[must_use]
    pub fn is_safe_to_repeat(&self) -> bool {
        self.prospects().is_safe && !self.of_call.may_have_had_effect
    }

    /// Whether the same call may succeed later although nobody changed anything: no connection, 429, 502, 503, 504, a
    /// broken connection, or time ran out. [`ErrorKind`] has the whole table. It may have been carried out nevertheless:
    /// see [`is_safe_to_repeat`](Self::is_safe_to_repeat).
    ///
    /// # Troubleshooting
    ///
    /// Wait before the next try, longer each time, and no less than [`retry_after`](Self::retry_after) says.
    /// [`RetryPolicy`](crate::RetryPolicy) does that within a call. Where this is false somebody has to act: `Display`
    /// says on what.
    #[must_use]
    pub fn is_worth_repeating(&self) -> bool {
        self.prospects().is_worth_it
    }

    fn prospects(&self) -> Prospects {
        let status = self.status().map(|status| status.as_u16());
        Prospects::of(self.kind(), status, self.failure.is_untrusted())
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

    /// The same error with another envelope, or with none.
    #[allow(dead_code, reason = "all operations may have the same error")]
    pub(crate) fn with_envelope<F>(self, change: impl FnOnce(E) -> Option<F>) -> Error<F> {
        Error {
            failure: self.failure,
            envelope: self
                .envelope
                .and_then(|envelope| change(*envelope))
                .map(Box::new),
            of_call: self.of_call,
        }
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
            ErrorKind::Hook => "stopped by a hook".to_owned(),
            ErrorKind::InvalidRequest => "invalid request".to_owned(),
        };
        write!(
            f,
            "{}: {what} (request {})",
            self.operation_id(),
            one_line(self.request_id())
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
    use std::io::ErrorKind as ErrorKindOfIo;

    use super::*;
    use crate::generated::operations::ENVELOPE;
    use crate::runtime::error::transport_error::TransportError;
    use crate::runtime::response::Response;
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

    #[test]
    fn a_copy_says_the_same_and_shares_the_body() {
        let error = answered(ErrorKind::NotDecodable, 200, "canary");
        let copy = error.clone();
        assert_eq!(copy.to_string(), error.to_string());
        let place = |error: &Error<String>| error.raw_body().unwrap().expose_secret().as_ptr();
        assert_eq!(place(&copy), place(&error));
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
            ('w', error.is_worth_repeating()),
        ]
        .into_iter()
        .filter_map(|(initial, says_yes)| says_yes.then_some(initial))
        .collect()
    }

    fn not_connected(source: Option<TransportError>) -> Error<String> {
        let failure = Failure::new(ErrorKind::NotConnected, "").caused_by(source);
        Error::from(failure).of_call(of_call())
    }

    /// The table in the documentation of [`ErrorKind`], and what else is said of each kind.
    #[test]
    fn predicates_say_what_the_kind_and_the_status_mean() {
        use ErrorKind::{
            BodyTooLarge, ConnectTimeout, Credentials, DeadlineExceeded, ErrorEnvelope, Hook,
            Interrupted, InvalidRequest, NotConnected, NotDecodable, Refused, UndocumentedStatus,
        };
        let undocumented = |status| {
            let code = StatusCode::from_u16(status).unwrap();
            answered(UndocumentedStatus(code), status, "")
        };
        let io = |kind| not_connected(Some(TransportError::Io(kind)));
        let cases = [
            (documented(400), "b"),
            (documented(401), "us"),
            (documented(403), "f"),
            (documented(404), "n"),
            (documented(408), ""),
            (documented(422), ""),
            (documented(429), "w"),
            (documented(500), ""),
            (documented(501), ""),
            (documented(502), "w"),
            (documented(503), "w"),
            (documented(504), "w"),
            (documented(505), ""),
            (undocumented(204), ""),
            (undocumented(302), ""),
            (undocumented(401), "us"),
            (undocumented(503), "w"),
            (answered(ErrorEnvelope(400), 200, ""), "b"),
            (answered(ErrorEnvelope(401), 200, ""), "u"),
            (answered(ErrorEnvelope(503), 200, ""), "w"),
            (answered(ErrorEnvelope(503 + 65_536), 200, ""), ""),
            (answered(NotDecodable, 200, ""), ""),
            (answered(BodyTooLarge, 200, ""), ""),
            (answered(BodyTooLarge, 401, ""), "us"),
            (answered(BodyTooLarge, 503, ""), "w"),
            (unanswered(ConnectTimeout), "tsw"),
            (unanswered(DeadlineExceeded), "tw"),
            (answered(DeadlineExceeded, 200, ""), "tw"),
            (answered(DeadlineExceeded, 299, ""), "tw"),
            (answered(DeadlineExceeded, 300, ""), "t"),
            (answered(DeadlineExceeded, 401, ""), "uts"),
            (answered(DeadlineExceeded, 404, ""), "nt"),
            (answered(DeadlineExceeded, 503, ""), "tw"),
            (io(ErrorKindOfIo::ConnectionRefused), "sw"),
            (io(ErrorKindOfIo::HostUnreachable), "sw"),
            (not_connected(Some(TransportError::Tls(""))), "s"),
            (not_connected(None), "s"),
            (unanswered(NotConnected), "s"),
            (unanswered(Refused), "w"),
            (unanswered(Interrupted), "w"),
            (answered(Interrupted, 200, ""), "w"),
            (answered(Interrupted, 404, ""), "n"),
            (unanswered(Credentials), "s"),
            (answered(Credentials, 401, ""), "us"),
            (unanswered(Hook), "s"),
            (answered(Hook, 503, ""), "w"),
            (unanswered(InvalidRequest), ""),
        ];
        let mut failures = Vec::new();
        for (error, expected) in cases {
            let found = predicates(&error);
            if found != expected {
                failures.push(format!("{found} instead of {expected}: {error:?}"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    #[test]
    fn how_long_the_server_asks_to_wait_is_told() {
        let asks = |text: &'static str| {
            let mut response = raw(503, "");
            let value = reqwest::header::HeaderValue::from_static(text);
            let name = reqwest::header::RETRY_AFTER;
            response.headers = reqwest::header::HeaderMap::from_iter([(name, value)]).into();
            let kind = ErrorKind::UndocumentedStatus(StatusCode::SERVICE_UNAVAILABLE);
            let error = Error::<()>::from(Failure::new(kind, "").with_response(response));
            error.retry_after()
        };
        assert_eq!(asks("7"), Some(Duration::from_secs(7)));
        assert_eq!(asks("Sun, 22 Nov 2020 08:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(asks("soon"), None);
        assert_eq!(documented(503).retry_after(), None);
        assert_eq!(unanswered(ErrorKind::NotConnected).retry_after(), None);
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
                "operation: 404 Not Found (request request): Nothing here.: in our words",
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
        let error = Error::<()>::answered(response(), |_, _| None);
        assert_eq!(error.kind(), ErrorKind::UndocumentedStatus(conflict));
        let error = Error::<()>::answered(response(), |_, _| Some(Ok(())));
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
        let error = Error::<()>::from(failure.caused_by(TransportError::of(&cause)));
        assert!(error.source().is_none());
        assert!(!format!("{error} {error:?}").contains("canary"));

        let words: Box<dyn std::error::Error + Send + Sync> = "closed".into();
        let failure = Failure::new(ErrorKind::Credentials, "");
        let error = Error::<()>::from(failure.caused_by_callers(words.into()));
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
