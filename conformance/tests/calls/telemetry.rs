//! The telemetry of a call: one span with OpenTelemetry's names, one event for each attempt, no secret.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::future::Future as _;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};
use std::time::Duration;

use conformance::testing::message::authority;
use par_ordering::hook::{AttemptEnd, Hook};
use par_ordering::{Client, RetryPolicy};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{DefaultGuard, Interest, Subscriber};
use tracing::{Dispatch, Event, Metadata};

use crate::mock_server;

type Fields = BTreeMap<String, String>;

/// Keeps the spans and events of the crate in their final state.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Recorded>>);

#[derive(Default)]
struct Recorded {
    spans: Vec<Fields>,
    events: Vec<Fields>,
}

impl Visit for Into<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let text = format!("{value:?}").trim_matches('"').to_owned();
        self.0.insert(field.name().to_owned(), text);
    }
}

struct Into<'a>(&'a mut Fields);

/// From any module: filters use the one target.
fn is_ours(metadata: &Metadata<'_>) -> bool {
    let module = metadata.module_path().unwrap_or_default();
    let is_ours = module.split("::").next() == Some("par_ordering");
    assert!(
        !is_ours || metadata.target() == "par_ordering",
        "{metadata:?}"
    );
    is_ours
}

impl Subscriber for Recorder {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if is_ours(metadata) {
            Interest::always()
        } else {
            Interest::never()
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        is_ours(metadata)
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut fields = Fields::new();
        attributes.record(&mut Into(&mut fields));
        let spans = &mut self.0.lock().unwrap().spans;
        spans.push(fields);
        Id::from_u64(spans.len() as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let index = usize::try_from(span.into_u64()).unwrap() - 1;
        values.record(&mut Into(&mut self.0.lock().unwrap().spans[index]));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::new();
        event.record(&mut Into(&mut fields));
        self.0.lock().unwrap().events.push(fields);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Records what happens on this thread until the guards are dropped. If there were only one subscriber, a test on a
/// thread without one would decide for all whether a span is recorded; so there are two.
fn record() -> (Recorder, (DefaultGuard, Dispatch)) {
    let recorder = Recorder::default();
    let guard = tracing::subscriber::set_default(recorder.clone());
    (recorder, (guard, Dispatch::new(Recorder::default())))
}

fn fields(expected: &[(&str, &str)]) -> Fields {
    expected
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[tokio::test]
async fn a_call_is_one_span_and_each_attempt_an_event() {
    let (recorder, _guards) = record();
    let server = mock_server().await;
    let url = server.url();
    let (_, port) = authority(&url).split_once(':').unwrap();
    let client = Client::builder()
        .base_url(server.url())
        .application("canary-application")
        .build()
        .unwrap()
        .for_customer("canary-customer");
    let common = |extra: &[(&str, &str)]| {
        let mut all = fields(&[
            ("otel.name", "POST /payment-processors/generate-tokens"),
            ("otel.kind", "client"),
            ("http.request.method", "POST"),
            ("url.template", "/payment-processors/generate-tokens"),
            ("server.address", "127.0.0.1"),
            ("server.port", port),
            ("par_ordering.operation_id", "generate_tokens"),
            ("par_ordering.request_id", "mine"),
        ]);
        all.extend(fields(extra));
        all
    };

    client
        .generate_tokens()
        .x_request_id("mine")
        .send()
        .await
        .unwrap();
    server.answer_raw(503, "application/json", "{}");
    let policy = RetryPolicy::transient()
        .max_attempts(2)
        .base_delay(Duration::ZERO);
    let patient = client.with_retry(policy);
    patient
        .generate_tokens()
        .x_request_id("mine")
        .send()
        .await
        .unwrap_err();
    let hurried = client.with_deadline(Duration::ZERO);
    hurried
        .generate_tokens()
        .x_request_id("mine")
        .send()
        .await
        .unwrap_err();

    let recorded = recorder.0.lock().unwrap();
    let spans = [
        common(&[("http.response.status_code", "200")]),
        common(&[
            ("http.response.status_code", "503"),
            ("http.request.resend_count", "1"),
            ("otel.status_code", "ERROR"),
            ("error.type", "503"),
        ]),
        common(&[
            ("otel.status_code", "ERROR"),
            ("error.type", "deadline_exceeded"),
        ]),
    ];
    assert_eq!(recorded.spans, spans);
    let answered = |attempt, status| {
        fields(&[
            ("message", "answered"),
            ("attempt", attempt),
            ("http.response.status_code", status),
        ])
    };
    let events = [
        answered("1", "200"),
        answered("1", "503"),
        answered("2", "503"),
        fields(&[
            ("message", "failed"),
            ("attempt", "1"),
            ("error.type", "deadline_exceeded"),
        ]),
    ];
    assert_eq!(recorded.events, events);
    let all = format!("{:?} {:?}", recorded.spans, recorded.events);
    assert!(!all.contains("canary"), "{all}");
}

/// The path below the base URL may contain anything, for example the name of a customer.
#[tokio::test]
async fn a_call_that_is_not_declared_is_told_by_one_name_and_not_by_its_path() {
    let (recorder, _guards) = record();
    let client = crate::client("http://127.0.0.1:1").with_retry(RetryPolicy::never());
    let call = client.request(par_ordering::Method::PUT, "/customers/canary");
    let call = call
        .query("canary", "canary")
        .header("x-request-id", "mine");
    call.send().await.unwrap_err();
    let recorded = recorder.0.lock().unwrap();
    let expected = fields(&[
        ("otel.name", "PUT request"),
        ("otel.kind", "client"),
        ("otel.status_code", "ERROR"),
        ("error.type", "not_connected"),
        ("http.request.method", "PUT"),
        ("server.address", "127.0.0.1"),
        ("server.port", "1"),
        ("par_ordering.operation_id", "request"),
        ("par_ordering.request_id", "mine"),
    ]);
    assert_eq!(recorded.spans, [expected]);
    assert_eq!(recorded.events.len(), 1);
}

/// Panics at the end.
struct Late;

impl Hook for Late {
    fn attempt_ended(&self, _: &AttemptEnd<'_>) {
        panic!("too late");
    }
}

#[tokio::test]
async fn a_hook_that_panics_too_late_is_logged_and_a_dropped_call_says_so() {
    let recorder = Recorder::default();
    let _guard = tracing::subscriber::set_default(recorder.clone());
    let server = mock_server().await;
    let client = crate::builder(server.url()).hook(Late).build().unwrap();
    client.generate_tokens().send().await.unwrap();
    {
        let mut call = pin!(client.generate_tokens().send());
        let polled = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(polled.is_pending());
    }
    let recorded = recorder.0.lock().unwrap();
    let panicked = || fields(&[("message", "a hook panicked")]);
    let events = [
        fields(&[
            ("message", "answered"),
            ("attempt", "1"),
            ("http.response.status_code", "200"),
        ]),
        panicked(),
        fields(&[
            ("message", "failed"),
            ("attempt", "1"),
            ("error.type", "cancelled"),
        ]),
        panicked(),
    ];
    assert_eq!(recorded.events, events);
    let types: Vec<_> = recorded
        .spans
        .iter()
        .map(|span| span.get("error.type").map(String::as_str))
        .collect();
    assert_eq!(types, [None, Some("cancelled")]);
}
