//! The tools for people that are made from the specification: mock server, probe, demo and examples.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "in a test a panic is the report"
)]

mod browser;
mod demo;
mod examples;
mod mock_server;
mod mock_server_bodies;
mod mock_server_cases;
mod mock_server_settings;
mod payment_page;
mod probe_command;
mod probe_secrets;
mod serve;
mod store_payment_method;

use std::path::PathBuf;

use conformance::mock_server::{MockServer, Settings};
use conformance::workspace;
use serde_json::Value;

/// The path of a documented call, and its required headers.
const PATH: &str = "/api/payment-processors/generate-tokens";
const HEADERS: [(&str, &str); 4] = [
    ("API-VERSION", "5.0.0"),
    ("Application", "key"),
    ("X-Request-ID", "mine"),
    ("X-QB-Enabled", "true"),
];

/// The head of a documented call, without the empty line that ends it.
fn documented_head() -> String {
    let headers = HEADERS.map(|(name, value)| format!("{name}: {value}\r\n"));
    format!("POST {PATH} HTTP/1.1\r\nHost: a\r\n{}", headers.concat())
}

/// A server that answers as documented, with these settings.
async fn mock_server_with(settings: Settings) -> MockServer {
    MockServer::start_with(workspace::specification().unwrap(), settings)
        .await
        .unwrap()
}

/// A specification that has nothing in common with ours.
fn made_up() -> PathBuf {
    let tests = workspace::root().unwrap().join("conformance").join("tests");
    tests.join("tools").join("mock_server").join("made_up.yaml")
}

/// Every field of the envelope's violations with its rules, in order.
fn rules(body: &Value) -> String {
    let fields = body["data"]["validations"].as_object();
    let named = fields.into_iter().flatten().map(|(field, rules)| {
        let rules = rules.as_array().unwrap().iter();
        let rules: Vec<&str> = rules.map(|rule| rule["rule"].as_str().unwrap()).collect();
        format!("{field}: {}", rules.join(" "))
    });
    named.collect::<Vec<_>>().join(", ")
}
