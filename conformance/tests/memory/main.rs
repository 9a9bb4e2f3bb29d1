//! The memory of calls and answers. The counts are of one thread each.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "in a test a panic is the report"
)]

mod budgets;
mod freed;
mod in_flight;
mod size_cap;

use std::path::Path;
use std::time::Duration;

use conformance::testing::load_server::RunningLoadServer;
use par_ordering::Client;
use tokio::runtime::{Builder, Runtime};

/// A server in a process of its own, so that its memory is not counted, a client of it, and a runtime for the client.
fn start(arguments: &[&str]) -> (RunningLoadServer, Runtime, Client) {
    let program = Path::new(env!("CARGO_BIN_EXE_conformance"));
    let server = RunningLoadServer::start(program, arguments).unwrap();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let builder = Client::builder()
        .base_url(&server.url)
        .application("my-application")
        // Ten thousand calls take long on a machine with other work.
        .deadline(Duration::from_secs(60));
    let builder = match &server.root_pem {
        Some(root) => builder.root_certificate(root.as_str()),
        None => builder,
    };
    let client = builder.build().unwrap().for_customer("my-token");
    (server, runtime, client)
}
