//! What a call looks like to its caller, and what each documented error does, against a mock of the API. All of it may
//! be printed: no secret is shown unless it is asked for.
//!
//! `cargo run -p par-ordering --features httpmock --example demo` runs it.

use std::error::Error;
use std::fmt::Write as _;

use par_ordering::httpmock::operations::GenerateTokensThen as Then;
use par_ordering::httpmock::{MockServer, MockServerExt as _};
use par_ordering::{Client, Secret};

type Answer = fn(Then) -> Then;

/// What the mock answers to which customer.
const ERRORS: [(&str, Answer); 4] = [
    ("customer of a bad request", Then::bad_request_illustrative),
    ("customer of long ago", Then::unauthorized_illustrative),
    ("customer of another shop", Then::forbidden_illustrative),
    ("customer without a processor", Then::not_found_illustrative),
];

#[tokio::main]
pub async fn main() -> Result<(), Box<dyn Error>> {
    print!("{}", run().await?);
    Ok(())
}

/// Makes the calls and returns what there is to say of them.
pub async fn run() -> Result<String, Box<dyn Error>> {
    let api = MockServer::start_async().await;
    api.generate_tokens(|when, then| {
        when.bearer_token("demo-customer-token");
        then.ok_documented();
    });
    for (customer, answer) in ERRORS {
        api.generate_tokens(|when, then| {
            when.bearer_token(customer);
            answer(then);
        });
    }
    let client = Client::builder()
        .base_url(api.base_url())
        .application("demo-application")
        .build()?;

    let mut out = String::new();
    let customer = client.for_customer("demo-customer-token");
    let response = customer.generate_tokens().send().await?;
    writeln!(
        out,
        "A mock of the API on {} was asked for tokens:\n\n{} answered {} to request {}\n",
        api.base_url(),
        response.operation_id(),
        response.status(),
        response.request_id()
    )?;
    for entry in &response.data.tokens {
        let info = entry.additional_info.as_ref();
        let actions = entry.actions.as_ref();
        let page = actions.and_then(|actions| actions.url.as_ref());
        let page = page.map_or_else(|| "-".to_owned(), ToString::to_string);
        writeln!(
            out,
            "  payment processor of type {}\n    token        {}\n    session key  {}\n    payment page {page}",
            entry.payment_processor_type_id,
            shown(entry.token.as_ref()),
            shown(info.and_then(|info| info.session_key.as_ref())),
        )?;
    }
    writeln!(
        out,
        "\nWhat each documented error looks like to a caller:\n"
    )?;
    for (customer, _) in ERRORS {
        match client.for_customer(customer).generate_tokens().send().await {
            Ok(_) => return Err(format!("the {customer} got tokens").into()),
            Err(error) => writeln!(out, "  {error}\n    {:?}", error.kind())?,
        }
    }
    Ok(out)
}

/// A secret prints as a placeholder; `expose_secret()` reads it.
fn shown(secret: Option<&Secret>) -> String {
    secret.map_or_else(|| "-".to_owned(), |secret| format!("{secret:?}"))
}
