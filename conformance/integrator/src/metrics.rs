//! How long requests to the API take, under the names of OpenTelemetry's conventions.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use par_ordering::hook::{AttemptEnd, Hook};

/// `http.client.request.duration`, as Prometheus writes that name. What is told apart has few values: a request id or a path
/// with values in it would make a series of every call.
#[derive(Default)]
pub struct RequestDurations(Mutex<BTreeMap<String, Series>>);

#[derive(Default)]
struct Series {
    count: u64,
    sum: Duration,
}

impl Hook for RequestDurations {
    fn attempt_ended(&self, attempt: &AttemptEnd<'_>) {
        let (call, outcome) = (attempt.call(), attempt.outcome());
        let mut labels = format!(
            "http_request_method=\"{}\",server_address=\"{}\",server_port=\"{}\",url_template=\"{}\"",
            call.method(),
            call.server_address(),
            call.server_port(),
            call.path_template(),
        );
        if let Some(status) = outcome.status() {
            let _ = write!(labels, ",http_response_status_code=\"{}\"", status.as_u16());
        }
        if let Some(error) = outcome.error_type() {
            let _ = write!(labels, ",error_type=\"{error}\"");
        }
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let series = all.entry(labels).or_default();
        series.count += 1;
        series.sum += attempt.duration();
    }
}

impl RequestDurations {
    /// What a collector reads.
    pub fn written(&self) -> String {
        let name = "http_client_request_duration_seconds";
        let mut text = format!("# TYPE {name} summary\n");
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (labels, Series { count, sum }) in &*all {
            let seconds = sum.as_secs_f64();
            let _ = writeln!(text, "{name}_count{{{labels}}} {count}");
            let _ = writeln!(text, "{name}_sum{{{labels}}} {seconds}");
        }
        text
    }
}
