//! The whole way: configure a client, ask for tokens, check where the customer would be sent.
//!
//! `cargo run -p par-ordering --features httpmock --example generate_tokens` runs it against a mock of the API.

use par_ordering::httpmock::{MockServer, MockServerExt as _};
use par_ordering::{Client, PaymentUrlPolicy};

#[tokio::main]
pub async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // In an application: `Client::from_env()?`, or a builder with `.environment(…)` or `.base_url(…)`.
    let api = MockServer::start_async().await;
    api.generate_tokens(|when, then| {
        when.bearer_token("token-of-the-customer");
        then.ok_documented_with_tokens(2);
    });
    let client = Client::builder()
        .base_url(api.base_url())
        .application("your-application-key")
        .build()?;

    let customer = client.for_customer("token-of-the-customer");
    let response = customer.generate_tokens().send().await?;
    for entry in &response.data.tokens {
        let processor = &entry.payment_processor_id;
        let url = entry
            .actions
            .as_ref()
            .and_then(|actions| actions.url.as_ref());
        match url {
            Some(url) => {
                let page = url.check(&PaymentUrlPolicy::default())?;
                // Printed without its query, which is a secret; `page.expose_secret()` is what a browser opens.
                println!("{processor}: {page:?}");
            }
            // Without a page, the token is for the payment processor's own SDK.
            None => println!("{processor}: {:?}", entry.token),
        }
    }
    Ok(())
}
