//! Hooks: what they are told, and what they may do before an attempt.

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

/// Why a hook fails a call. It becomes the source of the call's error.
pub type HookError = Box<dyn std::error::Error + Send + Sync>;

/// Watches the calls of a client, for metrics and traces. Add it by
/// [`ClientBuilder::hook`](crate::ClientBuilder::hook). The [recipes](crate::recipes#record-metrics) have an example
/// for metrics and one for [trace context](crate::recipes#pass-on-the-trace-context).
///
/// The methods are called within the future of the call, in the order in which the hooks were added. They should not
/// block: the call waits for them. For each call:
///
/// 1. [`call_started`](Self::call_started), also if the request will be refused as invalid.
/// 2. For each attempt [`before_attempt`](Self::before_attempt) and, if no hook failed the call,
///    [`attempt_ended`](Self::attempt_ended).
/// 3. [`call_ended`](Self::call_ended), also if the future of the call is dropped. An attempt that was running ends
///    first.
///
/// A hook sees no header, no body, no query and no value in a path, and so no secret. It can add headers, and it can
/// fail a call before it is sent. It can't repeat anything or change a result.
///
/// If a hook panics before an attempt is sent, the call fails as [`ErrorKind::Hook`]. If it panics later, the result
/// stands, because tokens may have been minted, and the feature `tracing` logs the panic.
///
/// ```
/// # use par_ordering::httpmock::{MockServer, MockServerExt as _};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = MockServer::start_async().await;
/// # server.generate_tokens(|_, then| { then.ok_documented(); });
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU32, Ordering};
/// use par_ordering::Client;
/// use par_ordering::hook::{CallEnd, Hook};
///
/// #[derive(Default)]
/// struct Calls(AtomicU32);
///
/// impl Hook for Calls {
///     fn call_ended(&self, _call: &CallEnd<'_>) {
///         self.0.fetch_add(1, Ordering::Relaxed);
///     }
/// }
///
/// let calls = Arc::new(Calls::default());
/// let client = Client::builder()
///     .base_url(server.base_url())
///     .application("key")
///     .hook(Arc::clone(&calls))
///     .build()?;
/// client.generate_tokens().send().await?;
/// assert_eq!(calls.0.load(Ordering::Relaxed), 1);
/// # Ok(())
/// # }
/// ```
pub trait Hook: Send + Sync + 'static {
    /// A call begins. If this panics, the call fails before anything is sent.
    fn call_started(&self, call: &CallInfo<'_>) {
        let _ = call;
    }

    /// An attempt will be sent.
    ///
    /// # Errors
    ///
    /// The call fails as [`ErrorKind::Hook`], with this error as its source, and is not repeated.
    fn before_attempt(&self, attempt: &mut Attempt<'_>) -> Result<(), HookError> {
        let _ = attempt;
        Ok(())
    }

    /// An attempt ended: it was sent, or the client tried to send it.
    fn attempt_ended(&self, attempt: &AttemptEnd<'_>) {
        let _ = attempt;
    }

    /// A call ended.
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
    /// Returns the name of the operation in the specification.
    #[must_use]
    pub fn operation_id(&self) -> &'static str {
        self.operation.id
    }

    /// Returns the method of the request.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.operation.method
    }

    /// Returns the path below the base URL, with the names of its parameters instead of their values.
    #[must_use]
    pub fn path_template(&self) -> &'static str {
        self.operation.path
    }

    /// Returns the host that the client calls.
    #[must_use]
    pub fn server_address(&self) -> &str {
        self.server.host()
    }

    /// Returns the port that the client calls.
    #[must_use]
    pub fn server_port(&self) -> u16 {
        self.server.port()
    }

    /// Returns the identifier of the request.
    #[must_use]
    pub fn request_id(&self) -> &str {
        self.request_id
    }

    /// Returns a number that no other call of this process has. Use it as a key for what a hook stores: two calls may
    /// have the same request id.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }
}

/// An attempt that will be sent.
pub struct Attempt<'a> {
    pub(super) call: CallInfo<'a>,
    pub(super) number: u32,
    pub(super) request_body_bytes: usize,
    pub(super) headers: HeaderMap,
}

impl<'a> Attempt<'a> {
    /// Returns the call of this attempt.
    #[must_use]
    pub fn call(&self) -> &CallInfo<'a> {
        &self.call
    }

    /// Returns the number of the attempt within the call, counted from 1.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.number
    }

    /// Returns the size of the request's body in bytes.
    #[must_use]
    pub fn request_body_bytes(&self) -> usize {
        self.request_body_bytes
    }

    /// Sends this header with this attempt. It replaces a header of the same name that an earlier hook or the caller
    /// added. Its value is treated as a secret.
    ///
    /// # Errors
    ///
    /// The operation or the client sets a header of that name, or it can't be sent. The error names the header and
    /// not its value. A hook that returns this error fails the call.
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

/// Whether a hook can't set this header. In an undeclared call, it is present already if the caller may replace it.
fn owns(operation: &Operation, name: &HeaderName) -> bool {
    owner(operation, name).is_some() || operation.headers.iter().any(|one| one.name == *name)
}

/// A header that can't be added, because the operation or the client sets it, or because it can't be sent. The
/// message does not show the value.
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

/// The result of an attempt or of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub(super) status: Option<StatusCode>,
    pub(super) error_kind: Option<ErrorKind>,
    pub(super) is_dropped: bool,
    pub(super) response_body_bytes: Option<usize>,
}

impl Outcome {
    /// Returns the status of the answer, if one arrived, even if the rest of the answer did not.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// Returns the kind of the failure. For an attempt, an answer of any status is not a failure yet: what it means
    /// is decided when the call ends.
    #[must_use]
    pub fn error_kind(&self) -> Option<ErrorKind> {
        self.error_kind
    }

    /// Returns whether the future of the call was dropped. Then the result of the request is not known.
    #[must_use]
    pub fn is_dropped(&self) -> bool {
        self.is_dropped
    }

    /// Returns how many bytes of the answer's body arrived; `None` if there is no answer.
    #[must_use]
    pub fn response_body_bytes(&self) -> Option<usize> {
        self.response_body_bytes
    }

    /// Returns the attribute `error.type` of OpenTelemetry's conventions for HTTP. It is the status, if that is an
    /// error; [a stable name](ErrorKind::as_str) for another failure; `cancelled`, if the call was dropped; and
    /// `None` for a success.
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

/// An attempt that has ended.
pub struct AttemptEnd<'a> {
    pub(super) call: CallInfo<'a>,
    pub(super) number: u32,
    pub(super) request_body_bytes: usize,
    pub(super) duration: Duration,
    pub(super) outcome: Outcome,
}

impl<'a> AttemptEnd<'a> {
    /// Returns the call of this attempt.
    #[must_use]
    pub fn call(&self) -> &CallInfo<'a> {
        &self.call
    }

    /// Returns the number of the attempt within the call, counted from 1.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.number
    }

    /// Returns the size of the request's body in bytes.
    #[must_use]
    pub fn request_body_bytes(&self) -> usize {
        self.request_body_bytes
    }

    /// Returns the time from sending the request to the end of the answer, or to the failure.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.duration
    }

    /// Returns the result of the attempt.
    #[must_use]
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }
}

/// A call that has ended.
pub struct CallEnd<'a> {
    pub(super) call: CallInfo<'a>,
    pub(super) attempts: u32,
    pub(super) request_body_bytes: usize,
    pub(super) duration: Duration,
    pub(super) outcome: Outcome,
}

impl<'a> CallEnd<'a> {
    /// Returns the call.
    #[must_use]
    pub fn call(&self) -> &CallInfo<'a> {
        &self.call
    }

    /// Returns how many attempts were made; 0 if the call failed before the first.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Returns the size of the request's body in bytes; 0 if the call failed before there was a body.
    #[must_use]
    pub fn request_body_bytes(&self) -> usize {
        self.request_body_bytes
    }

    /// Returns the time from the start of the call to its end, with the waits between its attempts.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.duration
    }

    /// Returns the result of the call.
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
