//! What a caller gives to a client to watch its calls: what it is told, and what it may do before an attempt.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName};
use reqwest::{Method, StatusCode};

use crate::runtime::Text;
use crate::runtime::call::extra::owner;
use crate::runtime::call::operation::Operation;
use crate::runtime::client::base_url::BaseUrl;
use crate::runtime::client::header_value::{InvalidHeader, header_value};
use crate::runtime::error::kind::ErrorKind;
use crate::runtime::secret::masking::one_line;

/// Why a hook fails a call. The caller's own words: they end up in the source of the call's error.
pub type HookError = Box<dyn std::error::Error + Send + Sync>;

/// Watches the calls of a client, as metrics and traces do. It is given to
/// [`ClientBuilder::hook`](crate::ClientBuilder::hook).
///
/// Each method is called once for each time that what it says happens, within the future of the call and in the order in
/// which the hooks were added. It should not block: the call waits for it. For each call:
///
/// 1. [`call_started`](Self::call_started), also if the call is going to be refused as an invalid request.
/// 2. For each attempt [`before_attempt`](Self::before_attempt) and, once all hooks have let it pass,
///    [`attempt_ended`](Self::attempt_ended).
/// 3. [`call_ended`](Self::call_ended), also if the future of the call is dropped; an attempt that was under way ends first.
///
/// A hook is told of no header, no body, no query and no value in a path, and so of no secret. It can add headers and fail
/// the call before it is sent; it can't make anything repeat, and can't change what came of a call. If it panics before an
/// attempt is sent, the call fails as [`ErrorKind::Hook`]; later, as when tokens have been minted already, the result
/// stands, and the feature `tracing` logs the panic.
///
/// What a call costs without a hook it does not cost more for their being possible.
///
/// # Metrics
///
/// What OpenTelemetry's conventions call `http.client.request.duration` is told at the end of each attempt, with the
/// attributes that they ask for. Here they are kept in memory; `metrics.rs` among the examples of the repository records
/// them with the crate `opentelemetry`.
///
/// ```
/// # use par_ordering::httpmock::{MockServer, MockServerExt as _};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = MockServer::start_async().await;
/// # server.generate_tokens(|_, then| { then.not_found_illustrative(); });
/// use std::sync::{Arc, Mutex};
/// use std::time::Duration;
/// use par_ordering::Client;
/// use par_ordering::hook::{AttemptEnd, Hook};
///
/// /// Durations, each with `http.request.method`, `server.address`, `http.response.status_code` and `error.type`.
/// #[derive(Default)]
/// struct RequestDurations(Mutex<Vec<(Duration, [Option<String>; 4])>>);
///
/// impl Hook for RequestDurations {
///     fn attempt_ended(&self, attempt: &AttemptEnd<'_>) {
///         let (call, outcome) = (attempt.call(), attempt.outcome());
///         let attributes = [
///             Some(call.method().to_string()),
///             Some(call.server_address().to_owned()),
///             outcome.status().map(|status| status.as_str().to_owned()),
///             outcome.error_type().map(str::to_owned),
///         ];
///         if let Ok(mut durations) = self.0.lock() {
///             durations.push((attempt.duration(), attributes));
///         }
///     }
/// }
///
/// let durations = Arc::new(RequestDurations::default());
/// let client = Client::builder()
///     .base_url(server.base_url())
///     .application("key")
///     .hook(Arc::clone(&durations))
///     .build()?;
/// client.generate_tokens().send().await.unwrap_err();
///
/// let (_, attributes) = &durations.0.lock().unwrap()[0];
/// let expected = ["POST", "127.0.0.1", "404", "404"].map(|text| Some(text.to_owned()));
/// assert_eq!(*attributes, expected);
/// # Ok(())
/// # }
/// ```
///
/// # Trace context
///
/// ```
/// # use par_ordering::httpmock::{MockServer, MockServerExt as _};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = MockServer::start_async().await;
/// # let mock = server.generate_tokens(|when, then| {
/// #     when.into_inner().header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000001-01");
/// #     then.ok_documented();
/// # });
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use par_ordering::Client;
/// use par_ordering::hook::{Attempt, Hook, HookError};
///
/// /// Sends along which trace an attempt belongs to, as the W3C's Trace Context has it.
/// struct TraceContext {
///     next_span: AtomicU64,
/// }
///
/// impl Hook for TraceContext {
///     fn before_attempt(&self, attempt: &mut Attempt<'_>) -> Result<(), HookError> {
///         // An application asks for the span that is current where the call is awaited.
///         let trace = 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736_u128;
///         let span = self.next_span.fetch_add(1, Ordering::Relaxed);
///         attempt.header("traceparent", format!("00-{trace:032x}-{span:016x}-01"))?;
///         Ok(())
///     }
/// }
///
/// let client = Client::builder()
///     .base_url(server.base_url())
///     .application("key")
///     .hook(TraceContext { next_span: AtomicU64::new(1) })
///     .build()?;
/// client.generate_tokens().send().await?;
/// # mock.assert();
/// # Ok(())
/// # }
/// ```
pub trait Hook: Send + Sync + 'static {
    /// A call has begun. If this panics, the call fails before anything is sent.
    fn call_started(&self, call: &CallInfo<'_>) {
        let _ = call;
    }

    /// An attempt is about to be sent.
    ///
    /// # Errors
    ///
    /// The call fails as [`ErrorKind::Hook`] instead, with this error as its source, and is not tried again.
    fn before_attempt(&self, attempt: &mut Attempt<'_>) -> Result<(), HookError> {
        let _ = attempt;
        Ok(())
    }

    /// An attempt that was sent, or tried to be sent, has come to an end.
    fn attempt_ended(&self, attempt: &AttemptEnd<'_>) {
        let _ = attempt;
    }

    /// A call has come to an end.
    fn call_ended(&self, call: &CallEnd<'_>) {
        let _ = call;
    }
}

impl<H: Hook + ?Sized> Hook for Arc<H> {
    fn call_started(&self, call: &CallInfo<'_>) {
        H::call_started(self, call);
    }

    fn before_attempt(&self, attempt: &mut Attempt<'_>) -> Result<(), HookError> {
        H::before_attempt(self, attempt)
    }

    fn attempt_ended(&self, attempt: &AttemptEnd<'_>) {
        H::attempt_ended(self, attempt);
    }

    fn call_ended(&self, call: &CallEnd<'_>) {
        H::call_ended(self, call);
    }
}

/// The hooks of a client, in the order in which they were added.
#[derive(Clone, Default)]
pub(crate) struct Hooks(pub(crate) Vec<Arc<dyn Hook>>);

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} hooks", self.0.len())
    }
}

/// Which call it is.
#[derive(Clone, Copy)]
pub struct CallInfo<'a> {
    pub(super) operation: &'a Operation,
    pub(super) server: &'a BaseUrl,
    pub(super) request_id: &'a str,
    pub(super) number: u64,
}

impl CallInfo<'_> {
    /// The operation that is called, as the specification names it.
    #[must_use]
    pub fn operation_id(&self) -> &'static str {
        self.operation.id
    }

    /// The method of the request.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.operation.method
    }

    /// The path below the base URL, with the names of its parameters instead of their values.
    #[must_use]
    pub fn path_template(&self) -> &'static str {
        self.operation.path
    }

    /// The host that the client calls.
    #[must_use]
    pub fn server_address(&self) -> &str {
        self.server.host()
    }

    /// The port that the client calls.
    #[must_use]
    pub fn server_port(&self) -> u16 {
        self.server.port()
    }

    /// The identifier that the request has.
    #[must_use]
    pub fn request_id(&self) -> &str {
        self.request_id
    }

    /// A number that no other call of this process has: what a hook keeps of a call can be found by it, also where two
    /// calls are given the same request id.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }
}

/// An attempt that is about to be sent.
pub struct Attempt<'a> {
    pub(super) call: CallInfo<'a>,
    pub(super) number: u32,
    pub(super) request_body_bytes: usize,
    pub(super) headers: HeaderMap,
}

impl<'a> Attempt<'a> {
    /// The call that it belongs to.
    #[must_use]
    pub fn call(&self) -> &CallInfo<'a> {
        &self.call
    }

    /// Which attempt of the call it is, counted from 1.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.number
    }

    /// How many bytes the body of the request has.
    #[must_use]
    pub fn request_body_bytes(&self) -> usize {
        self.request_body_bytes
    }

    /// Sends this header along with this attempt; it takes the place of one of the same name that an earlier hook or the
    /// caller added. Its value is treated as a secret.
    ///
    /// # Errors
    ///
    /// The operation or the client sets a header of that name, or it can't be sent. The error names the header and not its
    /// value; who passes it on fails the call.
    pub fn header(&mut self, name: &str, value: impl Into<Text>) -> Result<(), RefusedHeader> {
        let refused = |problem| RefusedHeader {
            name: one_line(name),
            problem,
        };
        let parsed = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| refused("has a name that is not allowed"))?;
        if owns(self.call.operation, &parsed) {
            return Err(refused("is set by the operation or the client"));
        }
        let text = String::from(value.into());
        let mut value =
            header_value("", text).map_err(|InvalidHeader { problem, .. }| refused(problem))?;
        value.set_sensitive(true);
        self.headers.insert(parsed, value);
        Ok(())
    }
}

/// Whether a header is not a hook's to set. What a call that is not declared lets its caller replace is there already.
fn owns(operation: &Operation, name: &HeaderName) -> bool {
    owner(operation, name).is_some() || operation.headers.iter().any(|one| one.name == *name)
}

/// A header that is not sent: the operation or the client sets it, or it can't be sent. It shows no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedHeader {
    name: String,
    problem: &'static str,
}

impl fmt::Display for RefusedHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the header {} {}", self.name, self.problem)
    }
}

impl std::error::Error for RefusedHeader {}

/// What came of an attempt or of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub(super) status: Option<StatusCode>,
    pub(super) error_kind: Option<ErrorKind>,
    pub(super) is_dropped: bool,
    pub(super) response_body_bytes: Option<usize>,
}

impl Outcome {
    /// The status of the answer, if one arrived; also where the rest of the answer did not.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// What kind of failure it is. An attempt that was answered is none yet, whatever the status: what it means is known
    /// when the call ends.
    #[must_use]
    pub fn error_kind(&self) -> Option<ErrorKind> {
        self.error_kind
    }

    /// Whether nobody waited for it: the future of the call was dropped. What came of the request is not known.
    #[must_use]
    pub fn is_dropped(&self) -> bool {
        self.is_dropped
    }

    /// How many bytes the body of the answer has, as far as it arrived; `None` if there is no answer.
    #[must_use]
    pub fn response_body_bytes(&self) -> Option<usize> {
        self.response_body_bytes
    }

    /// The attribute `error.type` after OpenTelemetry's conventions for HTTP: the status if it is that of an error,
    /// [a name that does not change](ErrorKind::as_str) for another failure, `cancelled` if the call was dropped, and `None`
    /// for a success.
    #[must_use]
    pub fn error_type(&self) -> Option<&str> {
        match (&self.error_kind, &self.status) {
            _ if self.is_dropped => Some("cancelled"),
            (
                Some(ErrorKind::DocumentedStatus(status) | ErrorKind::UndocumentedStatus(status)),
                _,
            ) => Some(status.as_str()),
            (Some(kind), _) => Some(kind.as_str()),
            (None, Some(status)) if status.as_u16() >= 400 => Some(status.as_str()),
            (None, _) => None,
        }
    }
}

/// An attempt that has come to an end.
pub struct AttemptEnd<'a> {
    pub(super) call: CallInfo<'a>,
    pub(super) number: u32,
    pub(super) request_body_bytes: usize,
    pub(super) duration: Duration,
    pub(super) outcome: Outcome,
}

impl<'a> AttemptEnd<'a> {
    /// The call that it belongs to.
    #[must_use]
    pub fn call(&self) -> &CallInfo<'a> {
        &self.call
    }

    /// Which attempt of the call it is, counted from 1.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.number
    }

    /// How many bytes the body of the request has.
    #[must_use]
    pub fn request_body_bytes(&self) -> usize {
        self.request_body_bytes
    }

    /// From when it was sent to when all of the answer had arrived, or to the failure.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.duration
    }

    /// What came of it.
    #[must_use]
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }
}

/// A call that has come to an end.
pub struct CallEnd<'a> {
    pub(super) call: CallInfo<'a>,
    pub(super) attempts: u32,
    pub(super) request_body_bytes: usize,
    pub(super) duration: Duration,
    pub(super) outcome: Outcome,
}

impl<'a> CallEnd<'a> {
    /// The call.
    #[must_use]
    pub fn call(&self) -> &CallInfo<'a> {
        &self.call
    }

    /// How often the request was sent or tried to be sent; 0 if the call failed before that.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// How many bytes the body of the request has; 0 if the call failed before there was one.
    #[must_use]
    pub fn request_body_bytes(&self) -> usize {
        self.request_body_bytes
    }

    /// From the start of the call to its end, with what its attempts waited for each other.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.duration
    }

    /// What came of it.
    #[must_use]
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }
}

impl fmt::Debug for CallInfo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallInfo")
            .field("operation_id", &self.operation_id())
            .field("method", self.method())
            .field("path_template", &self.path_template())
            .field("server_address", &self.server_address())
            .field("server_port", &self.server_port())
            .field("request_id", &self.request_id())
            .field("number", &self.number)
            .finish()
    }
}

impl fmt::Debug for Attempt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("call", &self.call)
            .field("attempt", &self.number)
            .field("request_body_bytes", &self.request_body_bytes)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for AttemptEnd<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttemptEnd")
            .field("call", &self.call)
            .field("attempt", &self.number)
            .field("request_body_bytes", &self.request_body_bytes)
            .field("duration", &self.duration)
            .field("outcome", &self.outcome)
            .finish()
    }
}

impl fmt::Debug for CallEnd<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallEnd")
            .field("call", &self.call)
            .field("attempts", &self.attempts)
            .field("request_body_bytes", &self.request_body_bytes)
            .field("duration", &self.duration)
            .field("outcome", &self.outcome)
            .finish()
    }
}
