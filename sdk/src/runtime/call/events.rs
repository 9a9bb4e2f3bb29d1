//! Reports what happens in a call to its span and to the hooks of the client. Without a hook, no clock is read and
//! nothing is built.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use reqwest::header::HeaderMap;
use tokio::time::Instant;

use crate::runtime::call::hook::{
    Attempt, AttemptEnd, CallEnd, CallInfo, Hook, HookError, Hooks, Outcome, RefusedHeader,
};
use crate::runtime::call::operation::Operation;
use crate::runtime::call::telemetry::CallSpan;
use crate::runtime::client::base_url::BaseUrl;
use crate::runtime::contain::{Panicked, contain};
use crate::runtime::error::Error;
use crate::runtime::error::failure::Failure;
use crate::runtime::error::kind::ErrorKind;
use crate::runtime::response::ResponseValue;
use crate::runtime::response::raw::RawResponse;

/// The events of one call.
pub(crate) struct Events<'a> {
    span: CallSpan,
    hooks: &'a Hooks,
    operation: &'static Operation,
    server: &'a BaseUrl,
    request_id: Arc<str>,
    request_body_bytes: AtomicUsize,
    /// The start of the call and its description; only for hooks.
    start: Option<(Instant, u64)>,
    has_started: AtomicBool,
    has_ended: AtomicBool,
}

impl<'a> Events<'a> {
    pub(crate) fn of_call(
        operation: &'static Operation,
        server: &'a BaseUrl,
        hooks: &'a Hooks,
        request_id: Arc<str>,
    ) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let start =
            (!hooks.0.is_empty()).then(|| (Instant::now(), NUMBER.fetch_add(1, Ordering::Relaxed)));
        Self {
            span: CallSpan::begin(operation, server, &request_id),
            hooks,
            operation,
            server,
            request_id,
            request_body_bytes: AtomicUsize::new(0),
            start,
            has_started: AtomicBool::new(false),
            has_ended: AtomicBool::new(false),
        }
    }

    /// Runs a part of the call within its span.
    pub(crate) fn around<F: Future>(&self, part: F) -> impl Future<Output = F::Output> + use<F> {
        self.span.around(part)
    }

    /// Reports the start of the call.
    pub(crate) fn started(&self) -> Result<(), Failure> {
        self.has_started.store(true, Ordering::Relaxed);
        let mut outcome = Ok(());
        // A hook that is told of the end is told of the start too.
        for hook in &self.hooks.0 {
            if let Err(Panicked) = contain(|| hook.call_started(&self.call())) {
                outcome = Err(Failure::new(ErrorKind::Hook, "a hook panicked"));
            }
        }
        outcome
    }

    /// Notes the size of the body that all attempts send.
    pub(crate) fn sends(&self, request_body_bytes: usize) {
        self.request_body_bytes
            .store(request_body_bytes, Ordering::Relaxed);
    }

    /// The headers that the hooks add to an attempt, unless a hook fails the call.
    pub(crate) fn before_attempt(&self, number: u32) -> Result<Option<Box<HeaderMap>>, Failure> {
        if self.hooks.0.is_empty() {
            return Ok(None);
        }
        let mut attempt = Attempt {
            call: self.call(),
            number,
            request_body_bytes: self.request_body_bytes.load(Ordering::Relaxed),
            headers: HeaderMap::new(),
        };
        for hook in &self.hooks.0 {
            match contain(|| hook.before_attempt(&mut attempt)) {
                Ok(Ok(())) => {}
                Ok(Err(error)) => return Err(failed(error)),
                Err(Panicked) => return Err(Failure::new(ErrorKind::Hook, "a hook panicked")),
            }
        }
        Ok(Some(Box::new(attempt.headers)))
    }

    /// Starts an attempt. Its end is reported by `ended`, or when the returned value is dropped.
    pub(crate) fn attempt(&self, number: u32) -> RunningAttempt<'_, 'a> {
        RunningAttempt {
            events: self,
            number,
            start: self.start.map(|_| Instant::now()),
            has_ended: false,
        }
    }

    /// Reports the result of the call.
    pub(crate) fn ended<T, E>(&self, result: Result<&ResponseValue<T>, &Error<E>>, attempts: u32) {
        let (status, error_kind, body) = match result {
            Ok(response) => (Some(response.status()), None, Some(response.raw_body())),
            Err(error) => (error.status(), Some(error.kind()), error.raw_body()),
        };
        let response_body_bytes = body.map(|body| body.expose_secret().len());
        self.call_ended(
            Outcome {
                status,
                error_kind,
                is_dropped: false,
                response_body_bytes,
            },
            attempts,
        );
    }

    /// Reports that the call was dropped, if it began and did not end.
    pub(crate) fn dropped(&self, attempts: u32) {
        let is_running = self.has_started.load(Ordering::Relaxed);
        if is_running && !self.has_ended.load(Ordering::Relaxed) {
            self.call_ended(DROPPED, attempts);
        }
    }

    fn call_ended(&self, outcome: Outcome, attempts: u32) {
        self.has_ended.store(true, Ordering::Relaxed);
        self.span.end(&outcome, attempts);
        let Some((start, _)) = self.start else {
            return;
        };
        let end = CallEnd {
            call: self.call(),
            attempts,
            request_body_bytes: self.request_body_bytes.load(Ordering::Relaxed),
            duration: start.elapsed(),
            outcome,
        };
        self.tell(|hook| hook.call_ended(&end));
    }

    /// Calls the hooks when it is too late to change anything.
    fn tell(&self, what: impl Fn(&dyn Hook)) {
        for hook in &self.hooks.0 {
            if let Err(Panicked) = contain(|| what(&**hook)) {
                self.span.hook_panicked();
            }
        }
    }

    fn call(&self) -> CallInfo<'_> {
        CallInfo {
            operation: self.operation,
            server: self.server,
            request_id: &self.request_id,
            number: self.start.map_or(0, |(_, number)| number),
        }
    }
}

const DROPPED: Outcome = Outcome {
    status: None,
    error_kind: None,
    is_dropped: true,
    response_body_bytes: None,
};

/// The failure of a call that a hook stops. Only a refused header is described: other errors of a hook may contain
/// secrets.
fn failed(error: HookError) -> Failure {
    let problem = error.downcast_ref::<RefusedHeader>();
    let problem = problem.map_or_else(
        || "a hook failed the call".to_owned(),
        |refused| format!("a hook failed the call: {refused}"),
    );
    Failure::new(ErrorKind::Hook, problem).caused_by_callers(Arc::from(error))
}

/// An attempt that is running.
pub(crate) struct RunningAttempt<'e, 'a> {
    events: &'e Events<'a>,
    number: u32,
    start: Option<Instant>,
    has_ended: bool,
}

impl RunningAttempt<'_, '_> {
    /// Reports the result of the attempt.
    pub(crate) fn ended(mut self, outcome: Result<&RawResponse, &Failure>) {
        let (error_kind, answer) = match outcome {
            Ok(answer) => (None, Some(answer)),
            Err(failure) => (Some(failure.kind()), failure.response()),
        };
        self.tell(Outcome {
            status: answer.map(|answer| answer.status),
            error_kind,
            is_dropped: false,
            response_body_bytes: answer.map(|answer| answer.body.expose_secret().len()),
        });
    }

    fn tell(&mut self, outcome: Outcome) {
        self.has_ended = true;
        let events = self.events;
        events.span.attempt(self.number, &outcome);
        let Some(start) = self.start else {
            return;
        };
        let end = AttemptEnd {
            call: events.call(),
            number: self.number,
            request_body_bytes: events.request_body_bytes.load(Ordering::Relaxed),
            duration: start.elapsed(),
            outcome,
        };
        events.tell(|hook| hook.attempt_ended(&end));
    }
}

impl Drop for RunningAttempt<'_, '_> {
    fn drop(&mut self) {
        if !self.has_ended {
            self.tell(DROPPED);
        }
    }
}
