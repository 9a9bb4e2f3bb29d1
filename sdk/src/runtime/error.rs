//! What can go wrong with a call, in one type that keeps everything and prints no secret.

pub(crate) mod failure;
pub(crate) mod kind;
pub(crate) mod prospects;
pub(crate) mod transport_error;

use std::fmt;
use std::time::{Duration, SystemTime};

use reqwest::StatusCode;

use crate::generated::answers::DefaultError;
use crate::runtime::error::failure::Failure;
use crate::runtime::error::kind::{ErrorKind, shown_code};
use crate::runtime::error::prospects::Prospects;
use crate::runtime::response::OfCall;
use crate::runtime::response::raw::{Headers, RawBody, RawResponse};
use crate::runtime::retry::retry_after::retry_after;
use crate::runtime::secret::masking::one_line;

/// Why a call failed.
///
/// `Display` prints one sentence with the message of the server. In that message, whatever looks like an identifier,
/// a key, a token, encoded data, a URL, an e-mail address or a number of six digits or more is masked. Neither
/// `Display` nor `Debug` shows a secret.
///
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
/// let call = client.generate_tokens().x_request_id("mine");
/// let error = call.send().await.unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "generate_tokens: 404 Not Found (request mine): \
///      No payment processor is configured.",
/// );
/// let status = StatusCode::NOT_FOUND;
/// assert_eq!(error.kind(), ErrorKind::DocumentedStatus(status));
/// assert!(error.is_not_found());
/// assert!(!error.is_worth_repeating() && !error.is_safe_to_repeat());
///
/// // What it knows of the call, and of the answer.
/// assert_eq!(error.operation_id(), "generate_tokens");
/// assert_eq!(error.request_id(), "mine");
/// assert_eq!(error.status(), Some(status));
/// let headers = error.headers().unwrap().expose_secret();
/// assert_eq!(headers["x-served-by"], "a");
/// assert!(error.raw_body().unwrap().expose_secret().starts_with(b"{"));
/// let message = error.message();
/// assert_eq!(message, Some("No payment processor is configured."));
/// let data = error.envelope().unwrap().data.as_ref().unwrap();
/// assert_eq!(data.message.as_deref(), message);
/// # });
///
/// let nobody_listens = "http://127.0.0.1:1";
/// let client = Client::builder()
///     .base_url(nobody_listens)
///     .application("key")
///     .build()?;
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let error = client.generate_tokens().send().await.unwrap_err();
/// assert!(error.is_safe_to_repeat() && error.is_worth_repeating());
/// assert_eq!(error.attempts(), 3, "nothing was sent, so it was repeated");
/// assert_eq!(error.request_id().len(), 36, "a fresh UUID");
/// assert_eq!(error.status(), None);
///
/// let late = client.with_deadline(std::time::Duration::ZERO);
/// assert!(late.generate_tokens().send().await.unwrap_err().is_timeout());
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
    /// Returns the kind of the failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.failure.kind()
    }

    /// Returns the name of the operation in the specification.
    #[must_use]
    pub fn operation_id(&self) -> &'static str {
        self.of_call.operation_id
    }

    /// Returns the identifier of the request. Quote it when you ask the vendor for support. A call that failed before
    /// it was sent has one too.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.of_call.request_id
    }

    /// Returns how many attempts were made; 0 if the call failed before the first.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.of_call.attempts
    }

    /// Returns the status of the answer, if one arrived, even if the rest of the answer did not.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.response().map(|response| response.status)
    }

    /// Returns the headers of the answer, if one arrived.
    #[must_use]
    pub fn headers(&self) -> Option<&Headers> {
        self.response().map(|response| &response.headers)
    }

    /// Returns the part of the answer's body that arrived, if any.
    #[must_use]
    pub fn raw_body(&self) -> Option<&RawBody> {
        self.response().map(|response| &response.body)
    }

    /// Returns the documented envelope, if the answer had one, as the server sent it.
    ///
    /// Its texts may contain anything, also the credentials of the call: be careful where you print them. `Debug` of
    /// it masks what looks like a secret. It does not know the credentials of the call: a key that consists of words
    /// passes there, but not in [`message`](Self::message).
    #[must_use]
    pub fn envelope(&self) -> Option<&E> {
        self.envelope.as_deref()
    }

    /// Returns the message of the server, if the answer had one, ready to be printed: one line of at most 300
    /// characters, with `[masked]` in place of whatever may be a secret. The [`envelope`](Self::envelope) has the
    /// original text.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.failure.message()
    }

    /// Returns how long the server asks to wait before the call is made again, by its header `Retry-After`. A date
    /// there is counted from now.
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

    /// Returns whether the server refused the request as it is: 400.
    ///
    /// # Troubleshooting
    ///
    /// Read [`message`](Self::message) and [`envelope`](Self::envelope), and change the request. The same call would
    /// be refused again.
    #[must_use]
    pub fn is_bad_request(&self) -> bool {
        self.says(StatusCode::BAD_REQUEST)
    }

    /// Returns whether the customer's token is missing or not accepted, for example because it has expired: 401.
    ///
    /// # Troubleshooting
    ///
    /// Let the customer sign in again, or give the client a [`TokenProvider`](crate::TokenProvider), which renews the
    /// token. If the token is new, check that token, application key and server belong together: one environment does
    /// not accept those of another.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.says(StatusCode::UNAUTHORIZED)
    }

    /// Returns whether the caller is known but not allowed to do this: 403.
    ///
    /// # Troubleshooting
    ///
    /// Check the application key, and ask the vendor what it is allowed to do. If there is no
    /// [`envelope`](Self::envelope), a gateway may have refused the request.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.says(StatusCode::FORBIDDEN)
    }

    /// Returns whether there is nothing at this address for this application: 404.
    ///
    /// # Troubleshooting
    ///
    /// If there is no [`envelope`](Self::envelope), the address was not found: check the base URL and its path. If
    /// there is one, its message says what is missing.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.says(StatusCode::NOT_FOUND)
    }

    /// Returns whether the call took too long, while it connected or later.
    ///
    /// # Troubleshooting
    ///
    /// The [kind](Self::kind) says when. [`ConnectTimeout`](ErrorKind::ConnectTimeout): nobody answers at that host
    /// and port; check the network, a firewall, a proxy. [`DeadlineExceeded`](ErrorKind::DeadlineExceeded): the
    /// server is slow, or the [deadline](crate::ClientBuilder::deadline) is short; if there is a
    /// [status](Self::status), the answer had begun.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::ConnectTimeout | ErrorKind::DeadlineExceeded
        )
    }

    /// Returns whether the same call can be made again without doing anything twice: nothing of it reached the
    /// server, or the server answered 401 because the token is not valid. [`ErrorKind`] has the whole table. It is
    /// about all attempts of the call. With an HTTP client of your own it is true only if no attempt was made.
    ///
    /// # Troubleshooting
    ///
    /// A safe repetition may still be useless: a loop must ask [`is_worth_repeating`](Self::is_worth_repeating) as
    /// well, or it never ends with a token that has expired. If this is false, first find out by the [request
    /// id](Self::request_id) what the server did.
    #[must_use]
    pub fn is_safe_to_repeat(&self) -> bool {
        self.prospects().is_safe && !self.of_call.may_have_had_effect
    }

    /// Returns whether the same call may succeed later without any change: no connection, 429, 502, 503, 504, a
    /// broken connection, or a call that took too long. [`ErrorKind`] has the whole table. The server may have
    /// handled the call all the same: see [`is_safe_to_repeat`](Self::is_safe_to_repeat).
    ///
    /// # Troubleshooting
    ///
    /// Wait before you try again, longer each time, and at least as long as [`retry_after`](Self::retry_after) says.
    /// [`RetryPolicy`](crate::RetryPolicy) does that within a call. If this is false, something must be changed
    /// first: `Display` says what.
    #[must_use]
    pub fn is_worth_repeating(&self) -> bool {
        self.prospects().is_worth_it
    }

    fn prospects(&self) -> Prospects {
        let status = self.status().map(|status| status.as_u16());
        Prospects::of(self.kind(), status, self.failure.is_untrusted())
    }

    /// The status, or the code in the envelope of a success.
    fn code(&self) -> Option<i64> {
        match self.kind() {
            ErrorKind::ErrorEnvelope(code) => Some(code),
            _ => self.status().map(|status| status.as_u16().into()),
        }
    }

    fn says(&self, status: StatusCode) -> bool {
        self.code() == Some(status.as_u16().into())
    }

    /// The same error with another envelope, or without one.
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
            ErrorKind::ErrorEnvelope(code) => {
                format!("error {} in a successful answer", shown_code(code))
            }
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
    use crate::runtime::secret::zeroizing::Zeroizing;

    fn of_call() -> OfCall {
        OfCall {
            operation_id: "operation",
            request_id: "request".into(),
            attempts: 7,
            may_have_had_effect: false,
        }
    }

    fn raw(status: u16, body: &str) -> Box<RawResponse> {
        let status = StatusCode::from_u16(status).unwrap();
        let body = Zeroizing::new(body.as_bytes().to_vec());
        RawResponse::new(status, Headers::default(), body)
    }

    fn response(status: u16, body: &str) -> Response {
        Response {
            raw: raw(status, body),
            envelope: &ENVELOPE,
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

    #[test]
    fn a_long_code_of_a_server_is_not_shown_and_a_short_one_is() {
        for (code, shown) in [(403, "403"), (40_301, "40301"), (4_111_111_111, "[masked]")] {
            let error = answered(ErrorKind::ErrorEnvelope(code), 200, "");
            assert_eq!(error.kind(), ErrorKind::ErrorEnvelope(code));
            for printed in [error.to_string(), format!("{error:?}")] {
                assert!(printed.contains(shown), "{printed}");
                assert!(!printed.contains("4111111111"), "{printed}");
            }
        }
    }

    /// The predicates that return true, by the initials of their names.
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

    /// The table in the documentation of [`ErrorKind`], and the other properties of each kind.
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
