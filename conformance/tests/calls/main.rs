//! What a call does: what it sends, how it reads each answer, and what happens when something fails.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "in a test a panic is the report"
)]

mod cancellation;
mod credentials;
mod extra;
mod faults;
mod floods;
mod hooks;
mod http2;
mod idle_connection;
#[path = "../specification/log.rs"]
mod log;
mod own_http_client;
mod ownership;
mod payment_url;
mod raw_request;
mod secrets;
mod server_words;
mod statuses;
mod telemetry;
mod tls;
mod wire;

use conformance::mock_server::MockServer;
use conformance::workspace;
use par_ordering::{Client, ClientBuilder, ProviderError, Secret, TokenProvider};

/// The shortest success.
const SUCCESS: &str = r#"{"status":"OK","code":200,"data":{"tokens":[]}}"#;

/// A server that answers as documented by default.
async fn mock_server() -> MockServer {
    MockServer::start(workspace::specification().unwrap())
        .await
        .unwrap()
}

/// A client with only the settings that are needed.
fn client(base_url: impl Into<String>) -> Client {
    builder(base_url).build().unwrap()
}

fn builder(base_url: impl Into<String>) -> ClientBuilder {
    Client::builder().base_url(base_url).application("key")
}

/// Tells the first token, and where that is rejected the second; each may be an error.
#[derive(Clone, Copy)]
struct Login(Told, Told);

type Told = fn() -> Result<Secret, ProviderError>;

impl TokenProvider for Login {
    async fn token(&self) -> Result<Secret, ProviderError> {
        self.0()
    }

    async fn refresh(&self, _: &Secret) -> Result<Secret, ProviderError> {
        self.1()
    }
}
