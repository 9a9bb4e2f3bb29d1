//! A builder owns its client, and setters convert their arguments: what compiles here is what callers write.

use conformance::testing::message::json_answer;
use conformance::testing::script::{ScriptedServer, Step};
use par_ordering::builder::GenerateTokens;
use par_ordering::types::GenerateTokensXQbEnabled;
use par_ordering::{Client, Customer, Method, Secret};
use uuid::Uuid;

use crate::{SUCCESS, client};

/// A server that gives a success to every call, each on a connection of its own.
async fn server() -> ScriptedServer {
    let script = vec![Step::Read, Step::Write(json_answer(200, SUCCESS))];
    ScriptedServer::start(vec![script]).await.unwrap()
}

fn call_of(client: &Client, token: &str) -> GenerateTokens {
    client.for_customer(token).generate_tokens().page(1u8)
}

fn owned<T: Send + 'static>(value: T) -> T {
    value
}

#[tokio::test]
async fn a_call_is_stored_returned_spawned_and_joined() {
    let server = server().await;
    let client = client(server.url());
    let call = client.for_customer("stored").generate_tokens();
    owned(call.clone()).send().await.unwrap();
    owned(call_of(&client, "returned").send()).await.unwrap();
    let spawned = tokio::spawn(client.for_customer("spawned").generate_tokens().send());
    spawned.await.unwrap().unwrap();
    let raw = client.for_customer("raw").request(Method::GET, "/a");
    tokio::spawn(raw.send()).await.unwrap().unwrap();
    let calls = ["one", "two"].map(|token| client.for_customer(token).generate_tokens().send());
    for outcome in futures_util::future::join_all(calls).await {
        outcome.unwrap();
    }
    let mut tokens: Vec<String> = server
        .all_requests()
        .iter()
        .map(|request| request.values("authorization").join(""))
        .collect();
    tokens.sort();
    let expected = ["one", "raw", "returned", "spawned", "stored", "two"];
    assert_eq!(tokens, expected.map(|token| format!("Bearer {token}")));
}

#[tokio::test]
async fn setters_take_what_is_at_hand() {
    let server = server().await;
    let client = client(server.url());
    let (id, text) = (Uuid::from_u128(7), "a text".to_owned());
    let (secret, number) = (Secret::from("a secret"), 3usize);
    let calls = [
        client
            .generate_tokens()
            .page(2u32)
            .per_page(number)
            .x_request_id(id),
        client
            .generate_tokens()
            .page(2i8)
            .x_request_id(&text)
            .include(&text),
        client
            .generate_tokens()
            .x_qb_enabled(true)
            .application(&secret),
        client
            .generate_tokens()
            .x_qb_enabled("false")
            .paginated_results(false),
        client
            .generate_tokens()
            .x_qb_enabled(GenerateTokensXQbEnabled::True),
        client
            .for_customer(&secret)
            .generate_tokens()
            .query("n", number)
            .query("id", id),
        client
            .for_customer(&text)
            .generate_tokens()
            .query("b", true),
        client
            .for_customer(secret.clone())
            .generate_tokens()
            .header("x-id", id),
        client
            .for_customer(text.clone())
            .generate_tokens()
            .header(String::from("x-a"), &secret),
        client
            .for_customer(Customer::from("a token"))
            .generate_tokens(),
    ];
    for call in calls {
        call.send().await.unwrap();
    }
}

#[tokio::test]
async fn a_wrong_argument_is_said_by_its_name_and_its_bounds() {
    let client = client("http://127.0.0.1:1");
    let call = || client.generate_tokens();
    for (call, expected) in [
        (call().page(0), "page must be at least 1"),
        (call().page(-1i64), "page must be at least 1"),
        (
            call().page(u64::MAX),
            "page must be a 64-bit integer, at least 1",
        ),
        (
            call().per_page(i128::MIN),
            "per_page must be a 64-bit integer, at least 1",
        ),
        (call().include(""), "include must not be empty"),
    ] {
        let error = call.x_request_id("mine").send().await.unwrap_err();
        let expected = format!("generate_tokens: invalid request (request mine): {expected}");
        assert_eq!(error.to_string(), expected);
    }
}
