//! What a call reports by `tracing`: one span with the attribute names of OpenTelemetry's conventions for HTTP
//! clients, one event for each attempt, and one for a hook that panics too late to fail the call. Without the
//! feature, none of this is compiled.

#[cfg(feature = "tracing")]
use tracing::Instrument as _;

use crate::runtime::call::hook::Outcome;
use crate::runtime::call::operation::Operation;
use crate::runtime::client::base_url::BaseUrl;

/// The target for filters. It is a constant, because the path of this module is private and may change.
#[cfg(feature = "tracing")]
const TARGET: &str = "par_ordering";

/// The span of one call.
pub(crate) struct CallSpan {
    #[cfg(feature = "tracing")]
    span: tracing::Span,
}

#[cfg(feature = "tracing")]
impl CallSpan {
    pub(crate) fn begin(operation: &Operation, base_url: &BaseUrl, request_id: &str) -> Self {
        let template = Some(operation.path).filter(|_| operation.is_declared());
        let span = tracing::info_span!(
            target: TARGET,
            "par_ordering.call",
            otel.name = format_args!("{} {}", operation.method, template.unwrap_or(operation.id)),
            otel.kind = "client",
            otel.status_code = tracing::field::Empty,
            http.request.method = operation.method.as_str(),
            http.request.resend_count = tracing::field::Empty,
            http.response.status_code = tracing::field::Empty,
            url.template = template,
            server.address = base_url.host(),
            server.port = base_url.port(),
            error.r#type = tracing::field::Empty,
            par_ordering.operation_id = operation.id,
            par_ordering.request_id = request_id,
        );
        Self { span }
    }

    /// Runs a part of the call within the span.
    pub(crate) fn around<F: Future>(&self, part: F) -> impl Future<Output = F::Output> + use<F> {
        part.instrument(self.span.clone())
    }

    /// Records the result of an attempt.
    pub(crate) fn attempt(&self, number: u32, outcome: &Outcome) {
        match outcome.status() {
            Some(status) if outcome.error_kind().is_none() => tracing::debug!(
                target: TARGET,
                parent: &self.span,
                attempt = number,
                http.response.status_code = status.as_u16(),
                "answered"
            ),
            _ => tracing::debug!(
                target: TARGET,
                parent: &self.span,
                attempt = number,
                error.r#type = outcome.error_type(),
                "failed"
            ),
        }
    }

    /// Records the result of the call.
    pub(crate) fn end(&self, outcome: &Outcome, attempts: u32) {
        if let Some(status) = outcome.status() {
            self.span
                .record("http.response.status_code", status.as_u16());
        }
        if attempts > 1 {
            self.span.record("http.request.resend_count", attempts - 1);
        }
        if let Some(error_type) = outcome.error_type() {
            self.span.record("otel.status_code", "ERROR");
            self.span.record("error.type", error_type);
        }
    }

    /// Records that a hook panicked too late to fail the call.
    pub(crate) fn hook_panicked(&self) {
        tracing::error!(target: TARGET, parent: &self.span, "a hook panicked");
    }
}

#[cfg(not(feature = "tracing"))]
impl CallSpan {
    pub(crate) fn begin(_: &Operation, _: &BaseUrl, _: &str) -> Self {
        Self {}
    }

    pub(crate) fn around<F: Future>(&self, part: F) -> impl Future<Output = F::Output> + use<F> {
        part
    }

    pub(crate) fn attempt(&self, _: u32, _: &Outcome) {}

    pub(crate) fn end(&self, _: &Outcome, _: u32) {}

    pub(crate) fn hook_panicked(&self) {}
}
