//! The examples run, and say what they are meant to show.

#![allow(
    dead_code,
    reason = "each example has a `main` of its own, which is not called here"
)]

#[path = "../../examples/expired_token.rs"]
mod expired_token;
#[path = "../../../sdk/examples/generate_tokens.rs"]
mod generate_tokens;
#[path = "../../examples/many_customers.rs"]
mod many_customers;
#[path = "../../examples/metrics.rs"]
mod metrics;

#[tokio::test]
async fn an_expired_token_is_renewed_once() {
    assert_eq!(
        expired_token::run().await.unwrap(),
        "fixed token: DocumentedStatus(401) after 1 attempt\n\
         first call of a session: 200 OK after 2 attempt(s)\n\
         second call of a session: 200 OK after 1 attempt(s)\n"
    );
}

#[tokio::test]
async fn one_customers_failure_does_not_stop_the_rest() {
    assert_eq!(
        many_customers::run().await.unwrap(),
        "99 tokens for 100 customers, 1 failure(s):\n  \
         generate_tokens: invalid request (request customer-7): the header authorization contains a character that is not allowed in a header\n"
    );
}

#[tokio::test]
async fn requests_are_measured_under_the_names_of_the_conventions() {
    let common = "http.request.method=POST";
    let server = "server.address=127.0.0.1 url.template=/payment-processors/generate-tokens";
    assert_eq!(
        metrics::run().await.unwrap(),
        format!(
            "http.client.request.duration in s\n  \
             1 of error.type=503 {common} http.response.status_code=503 {server}\n  \
             1 of {common} http.response.status_code=200 {server}\n"
        )
    );
}

#[test]
fn the_example_of_the_sdk_gets_a_page_to_send_the_customer_to() {
    generate_tokens::main().unwrap();
}
