//! A hook records what OpenTelemetry's conventions ask of an HTTP client: the duration of each request as
//! `http.client.request.duration`, with method, server, status and type of error.
//!
//! cargo run -p conformance --example metrics

use std::error::Error;
use std::fmt::Write as _;

use conformance::mock_server::MockServer;
use conformance::workspace;
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Histogram, Meter, MeterProvider as _};
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, SdkMeterProvider};
use par_ordering::Client;
use par_ordering::hook::{AttemptEnd, Hook};

/// What an application gives to `ClientBuilder::hook`.
struct RequestDuration(Histogram<f64>);

impl RequestDuration {
    fn new(meter: &Meter) -> Self {
        let histogram = meter
            .f64_histogram("http.client.request.duration")
            .with_unit("s")
            .with_description("Duration of HTTP client requests.")
            .with_boundaries(vec![
                0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
            ]);
        Self(histogram.build())
    }
}

impl Hook for RequestDuration {
    fn attempt_ended(&self, attempt: &AttemptEnd<'_>) {
        let (call, outcome) = (attempt.call(), attempt.outcome());
        let mut attributes = vec![
            KeyValue::new("http.request.method", call.method().to_string()),
            KeyValue::new("server.address", call.server_address().to_owned()),
            KeyValue::new("server.port", i64::from(call.server_port())),
            KeyValue::new("url.template", call.path_template()),
        ];
        if let Some(status) = outcome.status() {
            let status = i64::from(status.as_u16());
            attributes.push(KeyValue::new("http.response.status_code", status));
        }
        if let Some(error) = outcome.error_type() {
            attributes.push(KeyValue::new("error.type", error.to_owned()));
        }
        let seconds = attempt.duration().as_secs_f64();
        self.0.record(seconds, &attributes);
    }
}

/// What was recorded of two calls, one of which is refused.
pub async fn run() -> Result<String, Box<dyn Error>> {
    // An application exports to its collector.
    let exporter = InMemoryMetricExporter::default();
    let provider = SdkMeterProvider::builder()
        .with_periodic_exporter(exporter.clone())
        .build();
    let server = MockServer::start(workspace::specification()?).await?;
    let client = Client::builder()
        .base_url(server.url())
        .application("your-application-key")
        .hook(RequestDuration::new(&provider.meter("shop")))
        .build()?;
    client.generate_tokens().send().await?;
    server.answer_raw(503, "text/plain", "closed");
    client.generate_tokens().send().await.err();
    provider.force_flush()?;
    written(&exporter)
}

/// What was exported: the name, and for each set of attributes how often it was recorded.
fn written(exporter: &InMemoryMetricExporter) -> Result<String, Box<dyn Error>> {
    let exported = exporter.get_finished_metrics()?;
    let scopes = exported
        .iter()
        .flat_map(|resource| resource.scope_metrics());
    let mut text = String::new();
    for metric in scopes.flat_map(|scope| scope.metrics()) {
        writeln!(text, "{} in {}", metric.name(), metric.unit())?;
        let AggregatedMetrics::F64(MetricData::Histogram(histogram)) = metric.data() else {
            continue;
        };
        let mut points: Vec<String> = histogram
            .data_points()
            .map(|point| {
                let attributes = point
                    .attributes()
                    .filter(|one| one.key.as_str() != "server.port");
                let mut attributes: Vec<_> = attributes
                    .map(|one| format!("{}={}", one.key, one.value))
                    .collect();
                attributes.sort();
                format!("  {} of {}", point.count(), attributes.join(" "))
            })
            .collect();
        points.sort();
        writeln!(text, "{}", points.join("\n"))?;
    }
    Ok(text)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    print!("{}", run().await?);
    Ok(())
}
