//! The main job, shown: a call through the sdk against the mock server, and what each documented error looks
//! like to a caller.

use std::error::Error;
use std::fmt::Write as _;

use par_ordering::Client;
use par_ordering::conformance::mask;
use par_ordering::types::PaymentProcessorToken;

use crate::columns::aligned;
use crate::mock_server::MockServer;
use crate::workspace;

const OPERATION: &str = "generate_tokens";

/// Runs the demo and returns what it has to say.
///
/// # Errors
///
/// The specification can't be read, no port could be had, or the documented call fails.
pub async fn run() -> Result<String, Box<dyn Error>> {
    let specification = workspace::specification()?;
    let errors: Vec<u16> = specification
        .operation(OPERATION)
        .ok_or("the specification does not hold the operation of the demo")?
        .responses
        .iter()
        .map(|response| response.status)
        .filter(|status| *status >= 400)
        .collect();
    let server = MockServer::start(specification).await?;
    let client = Client::builder()
        .base_url(server.url())
        .application("demo-application")
        .build()?;
    let customer = client.for_customer("demo-customer-token");

    let mut out = String::new();
    let response = customer.generate_tokens().send().await?;
    writeln!(
        out,
        "A mock server on {} was asked for tokens:\n",
        server.url()
    )?;
    writeln!(
        out,
        "{} answered {} to request {}\n",
        response.operation_id(),
        response.status(),
        response.request_id()
    )?;
    out.push_str(&table(&response.data.tokens));
    writeln!(
        out,
        "\nWhat each documented error looks like to a caller:\n"
    )?;
    for status in errors {
        server.answer_example(status, None);
        match customer.generate_tokens().send().await {
            Ok(_) => return Err(format!("status {status} was taken for a success").into()),
            Err(error) => writeln!(out, "  {error}\n    {:?}", error.kind())?,
        }
    }
    Ok(out)
}

/// An entry may have any part of what can be asked for.
fn shown(part: Option<String>) -> String {
    part.unwrap_or_else(|| "-".to_owned())
}

fn table(tokens: &[PaymentProcessorToken]) -> String {
    let head = ["payment processor", "type", "token", "session key", "page"].map(str::to_owned);
    let mut rows = vec![head];
    rows.extend(tokens.iter().map(|token| {
        let session_key = token
            .additional_info
            .as_ref()
            .and_then(|info| info.session_key.as_ref());
        let actions = token.actions.as_ref();
        let url = actions.and_then(|actions| actions.url.as_ref());
        [
            mask(&token.payment_processor_id, None),
            token.payment_processor_type_id.to_string(),
            shown(token.token.as_ref().map(|token| format!("{token:?}"))),
            shown(session_key.map(|key| format!("{key:?}"))),
            shown(url.map(|url| url.to_string())),
        ]
    }));
    aligned(&rows).concat()
}
