//! Tokens for many customers at once: a bounded number of calls in flight over the connections of one client,
//! and one failure does not stop the rest.
//!
//! cargo run -p conformance --example many_customers

use std::error::Error;
use std::fmt::Write as _;
use std::sync::Arc;

use conformance::mock_server::MockServer;
use conformance::workspace;
use par_ordering::Client;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

const CUSTOMERS: usize = 100;
const IN_FLIGHT: usize = 8;

/// Makes the calls and tells what came of them.
pub async fn run() -> Result<String, Box<dyn Error>> {
    let server = MockServer::start(workspace::specification()?).await?;
    let client = Client::builder()
        .base_url(server.url())
        .application("your-application-key")
        .build()?;

    let places = Arc::new(Semaphore::new(IN_FLIGHT));
    let mut calls = JoinSet::new();
    for number in 0..CUSTOMERS {
        // A token that can't be sent in a header stands for whatever may go wrong with one customer.
        let token = if number == 7 {
            "not\na token".to_owned()
        } else {
            format!("token-of-{number}")
        };
        let customer = client.for_customer(token);
        // Waits here, so that no more calls are begun than may be in flight.
        let place = Arc::clone(&places).acquire_owned().await?;
        calls.spawn(async move {
            let result = customer
                .generate_tokens()
                .x_request_id(format!("customer-{number}"))
                .send()
                .await;
            drop(place);
            result.map(|response| response.data.tokens.len())
        });
    }

    let mut tokens = 0;
    let mut failures = Vec::new();
    while let Some(call) = calls.join_next().await {
        match call? {
            Ok(count) => tokens += count,
            Err(error) => failures.push(error.to_string()),
        }
    }
    let mut out = String::new();
    writeln!(
        out,
        "{tokens} tokens for {CUSTOMERS} customers, {} failure(s):",
        failures.len()
    )?;
    for failure in failures {
        writeln!(out, "  {failure}")?;
    }
    Ok(out)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    print!("{}", run().await?);
    Ok(())
}
