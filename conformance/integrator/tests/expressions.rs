//! What callers write. Most of it once did not compile, or did something else than it says.

use std::process::Command;
use std::sync::Arc;

use futures_util::future::join_all;
use integrator::refusal::answer_to;
use par_ordering::builder::GenerateTokens;
use par_ordering::header::{HeaderMap, HeaderValue};
use par_ordering::httpmock::examples::generate_tokens::ok_documented;
use par_ordering::httpmock::{MockServer, MockServerExt as _};
use par_ordering::types::{ErrorEnvelope, GenerateTokensData, GenerateTokensResponse};
use par_ordering::{
    Client, ClientBuilder, Customer, DynTokenProvider, Environment, Error, ErrorKind, Method,
    ProviderError, ResponseValue, Secret, StatusCode, TokenProvider,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

fn client(base_url: impl Into<String>) -> Client {
    let builder = Client::builder().base_url(base_url);
    builder.application("any key").build().unwrap()
}

/// A client of a server at which nobody listens.
fn unconnected() -> Client {
    client("http://127.0.0.1:1")
}

/// A mock that gives the documented answer to every call.
async fn api() -> MockServer {
    let api = MockServer::start_async().await;
    api.generate_tokens(|_, then| {
        then.ok_documented();
    });
    api
}

fn call_of(client: &Client, customer: &Secret) -> GenerateTokens {
    client.for_customer(customer).generate_tokens().per_page(50)
}

#[tokio::test]
async fn a_call_is_kept_returned_spawned_and_joined() -> Result<(), Error> {
    let api = api().await;
    let client = client(api.base_url());
    let token = Secret::from("of a customer");

    let call = client.for_customer(&token).generate_tokens();
    call.clone().send().await?;
    call_of(&client, &token).send().await?;
    let task = tokio::spawn(client.for_customer(&token).generate_tokens().send());
    task.await.unwrap()?;
    let tokens = ["one", "two", "three"].into_iter();
    let calls = tokens.map(|token| client.for_customer(token).generate_tokens().send());
    for answer in join_all(calls).await {
        assert_eq!(answer?.data.tokens.len(), 1);
    }
    call.send().await?;
    Ok(())
}

#[tokio::test]
async fn setters_and_matchers_take_what_is_at_hand() -> Result<(), Error> {
    let api = MockServer::start_async().await;
    let (id, text, token) = (Uuid::from_u128(7), "mine".to_owned(), Secret::from("token"));
    let first = api.generate_tokens(|when, then| {
        when.page(2u32)
            .x_request_id(id)
            .x_qb_enabled(true)
            .include(None)
            .bearer_token(&token);
        then.ok_documented();
    });
    let second = api.generate_tokens(|when, then| {
        when.per_page(3usize)
            .x_request_id(&text)
            .x_qb_enabled("false")
            .application(&token);
        then.ok_documented();
    });
    let client = client(format!("{}/api", api.base_url())).for_customer(&token);
    let call = client.generate_tokens().page(2u32).x_request_id(id);
    call.x_qb_enabled(true).send().await?;
    let call = client.generate_tokens().per_page(3u8).x_request_id(&text);
    call.x_qb_enabled(false).application(&token).send().await?;
    first.assert();
    second.assert();
    Ok(())
}

/// A call, and what is said of it before anything is sent.
async fn assert_refused(calls: impl IntoIterator<Item = (GenerateTokens, &str)>) {
    for (call, expected) in calls {
        let error = call.x_request_id("mine").send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        let expected = format!("generate_tokens: invalid request (request mine): {expected}");
        assert_eq!(error.to_string(), expected);
    }
}

#[tokio::test]
async fn a_wrong_argument_is_said_in_words() {
    let call = || unconnected().generate_tokens();
    assert_refused([
        (call().page(0), "page must be at least 1"),
        (call().per_page(-1i8), "per_page must be at least 1"),
        (call().include(""), "include must not be empty"),
    ])
    .await;
}

#[tokio::test]
async fn headers_and_query_parameters_are_added_unless_they_are_somebody_elses() -> Result<(), Error>
{
    let api = MockServer::start_async().await;
    let mock = api.generate_tokens(|when, then| {
        when.into_inner()
            .header("x-region", "north")
            .header("x-shop", "7")
            .query_param("view", "full")
            .query_param("lang", "de");
        then.ok_documented();
    });
    let view = client(api.base_url())
        .with_header("x-region", "north")
        .with_query("view", "full");
    view.generate_tokens()
        .header("x-shop", 7)
        .query("lang", "de")
        .send()
        .await?;
    mock.assert();

    let client = unconnected();
    let call = || client.generate_tokens();
    let client_sets = "it is a setting of the client: set it on the client or on a view";
    let stack_sets = "the client sets it by itself";
    let operation_sets = "it is a parameter of the operation: set it on the builder";
    let said = |what: &str, owner: &str| format!("the {what} can't be added: {owner}");
    let refused = [
        (
            call().header("Authorization", "canary"),
            said("header authorization", stack_sets),
        ),
        (
            call().header("Host", "canary"),
            said("header host", stack_sets),
        ),
        (
            call().header("X-QB-Enabled", true),
            said("header x-qb-enabled", operation_sets),
        ),
        (
            call().query("page", 1),
            said("query parameter page", operation_sets),
        ),
        (
            client.with_header("content-length", 1).generate_tokens(),
            said("header content-length", stack_sets),
        ),
        (
            client.with_query("include", "canary").generate_tokens(),
            said("query parameter include", operation_sets),
        ),
    ];
    assert_refused(
        refused
            .iter()
            .map(|(call, said)| (call.clone(), said.as_str())),
    )
    .await;
    // Where the operation declares no such header, the client's setting is its own all the same.
    let raw = client
        .request(Method::GET, "/venues")
        .header("Application", "canary");
    let error = raw.send().await.unwrap_err().to_string();
    assert!(
        error.ends_with(&said("header application", client_sets)),
        "{error}"
    );
    Ok(())
}

#[derive(Deserialize, Serialize, Debug, PartialEq)]
struct Points {
    points: u32,
}

#[tokio::test]
async fn the_rest_of_the_api_is_called_by_its_path() -> Result<(), Error> {
    let api = MockServer::start_async().await;
    let mock = api.mock(|when, then| {
        when.method("PUT")
            .path("/api/loyalty/points")
            .header("application", "any key")
            .header("authorization", "Bearer token")
            .header("x-shop", "7")
            .query_param("view", "full")
            .body(r#"{"points":7}"#);
        then.status(409)
            .header("x-left", "1")
            .body(r#"{"points":8}"#);
    });
    let form = api.mock(|when, then| {
        when.path("/api/login")
            .header_missing("authorization")
            .form_urlencoded_tuple("user", "a b");
        then.status(204);
    });
    let client = client(format!("{}/api", api.base_url()));
    let call = client
        .for_customer("token")
        .request(Method::PUT, "/loyalty/points");
    let call = call
        .query("view", "full")
        .header("x-shop", 7)
        .json(&Points { points: 7 });
    let answer = call.send().await?;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    assert_eq!(answer.headers().expose_secret()["x-left"], "1");
    assert_eq!(answer.bytes(), br#"{"points":8}"#);
    assert_eq!(answer.json::<Points>().unwrap(), Points { points: 8 });
    let login = client
        .request(Method::POST, "/login")
        .form(&[("user", "a b")]);
    assert_eq!(login.send().await?.status(), StatusCode::NO_CONTENT);
    mock.assert();
    form.assert();

    for path in [
        "https://elsewhere.example/customers",
        "//elsewhere.example/customers",
        "/customers/../orders",
        "/customers/%2e%2e/orders",
        "/./customers",
        "customers",
        "/customers?page=1",
    ] {
        let error = client.request(Method::GET, path).send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{path}");
        assert!(error.to_string().contains(": the path must "), "{error}");
    }
    Ok(())
}

/// What makes the calls in an application, so that its tests need no server.
trait Tokens {
    fn tokens(&self) -> Result<ResponseValue<GenerateTokensResponse>, Error>;
}

struct FakeTokens(ResponseValue<GenerateTokensResponse>);

impl Tokens for FakeTokens {
    fn tokens(&self) -> Result<ResponseValue<GenerateTokensResponse>, Error> {
        Ok(self.0.clone())
    }
}

#[test]
fn an_answer_is_made_for_a_fake_and_values_are_compared() {
    let data = GenerateTokensData::builder().tokens(ok_documented().data.tokens);
    let made = GenerateTokensResponse::builder()
        .status("OK")
        .code(200)
        .data(data);
    let made: GenerateTokensResponse = made.try_into().unwrap();
    assert_eq!(made, ok_documented());
    let headers = HeaderMap::from_iter([("x-a".parse().unwrap(), HeaderValue::from_static("1"))]);
    let fake = ResponseValue::fake(made.clone(), StatusCode::OK)
        .with_headers(headers)
        .with_request_id("mine")
        .with_raw_body("{}");
    let answer = FakeTokens(fake).tokens().unwrap();
    assert_eq!(
        (answer.status(), answer.request_id()),
        (StatusCode::OK, "mine")
    );
    assert_eq!(answer.headers().expose_secret()["x-a"], "1");
    assert_eq!(answer.raw_body().expose_secret(), b"{}");

    let mut other = made.clone();
    other.data.tokens[0].token = Some("another".into());
    assert_ne!(other, made);
    assert_eq!(Secret::from("one"), Secret::from("one"));
    assert_ne!(Secret::from("one"), Secret::from("two"));
    assert_eq!(format!("{:?}", Secret::from("canary")).find("canary"), None);
}

#[tokio::test]
async fn an_error_is_kept_and_handed_on() {
    let error: Error<ErrorEnvelope> = unconnected().generate_tokens().send().await.unwrap_err();
    let kept = error.clone();
    let error: Box<dyn std::error::Error + Send + Sync> = error.into();
    assert_eq!(error.to_string(), kept.to_string());
}

#[test]
fn a_server_is_named_by_text() {
    for server in [Environment::Demo, Environment::Playground] {
        assert_eq!(server.to_string().parse(), Ok(server));
    }
    assert!("canary".parse::<Environment>().is_err());
}

struct Fixed(&'static str);

impl TokenProvider for Fixed {
    async fn token(&self) -> Result<Secret, ProviderError> {
        Ok(self.0.into())
    }

    async fn refresh(&self, _: &Secret) -> Result<Secret, ProviderError> {
        Err("it is the only one".into())
    }
}

#[tokio::test]
async fn a_provider_is_chosen_at_run_time() -> Result<(), Error> {
    let api = MockServer::start_async().await;
    let mock = api.generate_tokens(|when, then| {
        when.bearer_token("chosen");
        then.ok_documented();
    });
    let boxed: Box<dyn DynTokenProvider> = Box::new(Fixed("chosen"));
    let shared: Arc<dyn DynTokenProvider> = Arc::new(Fixed("chosen"));
    let customers: [Customer; 3] = [boxed.into(), shared.into(), Fixed("chosen").into()];
    for customer in customers {
        client(api.base_url())
            .for_customer(customer)
            .generate_tokens()
            .send()
            .await?;
    }
    assert_eq!(mock.calls(), 3);
    Ok(())
}

/// What the service says when it is started with these variables alone.
fn started_with(variables: &[(&str, &str)]) -> String {
    let mut service = Command::new(env!("CARGO_BIN_EXE_integrator"));
    service.env_clear().envs(variables.iter().copied());
    let output = service.output().unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_variable_that_is_missing_or_wrong_is_named_without_its_value() {
    let server = ("PAR_ORDERING_BASE_URL", "http://127.0.0.1:1");
    let missing = "the variable PAR_ORDERING_APPLICATION is not set or is empty";
    let cases: [(&[(&str, &str)], &str); 6] = [
        (
            &[],
            "from PAR_ORDERING_ENVIRONMENT and PAR_ORDERING_BASE_URL",
        ),
        (&[server], missing),
        (&[server, ("PAR_ORDERING_APPLICATION", "")], missing),
        (
            &[server, ("PAR_ORDERING_APPLICATION", "  ")],
            "the variable PAR_ORDERING_APPLICATION contains only white space",
        ),
        (
            &[("PAR_ORDERING_ENVIRONMENT", "canary")],
            "PAR_ORDERING_ENVIRONMENT is not the name of a server",
        ),
        (
            &[("PAR_ORDERING_BASE_URL", "canary")],
            "PAR_ORDERING_BASE_URL can't be used",
        ),
    ];
    for (variables, expected) in cases {
        let said = started_with(variables);
        assert!(said.contains(expected), "{said}");
        assert!(!said.contains("canary"), "{said}");
    }
}

#[test]
fn what_a_client_is_given_is_what_the_documentation_allows() {
    let builder = || Client::builder().application("any key");
    let said =
        |builder: ClientBuilder| builder.build().map(drop).map_err(|error| error.to_string());
    let local = || builder().base_url("http://127.0.0.1:1");
    assert_eq!(said(local().product("shop/2.1")), Ok(()));
    let refused = said(local().product("my shop")).unwrap_err();
    assert!(
        refused.starts_with("the product must be a name"),
        "{refused}"
    );

    let compose = || builder().base_url("http://par-mock:4010");
    assert!(
        said(compose())
            .unwrap_err()
            .contains("plain http would reveal the credentials")
    );
    assert!(said(compose().allow_unencrypted_http_to("other")).is_err());
    assert_eq!(
        said(compose().allow_unencrypted_http_to("par-mock")),
        Ok(())
    );
}

/// The last arm of the service's table is for kinds of later versions alone: each of today has one of its own.
#[test]
fn each_kind_of_failure_has_an_answer() {
    let status = StatusCode::NOT_FOUND;
    let kinds = [
        (ErrorKind::DocumentedStatus(status), 404),
        (ErrorKind::UndocumentedStatus(StatusCode::IM_A_TEAPOT), 502),
        (ErrorKind::ErrorEnvelope(403), 502),
        (ErrorKind::NotDecodable, 502),
        (ErrorKind::BodyTooLarge, 502),
        (ErrorKind::ConnectTimeout, 504),
        (ErrorKind::DeadlineExceeded, 504),
        (ErrorKind::NotConnected, 503),
        (ErrorKind::Refused, 503),
        (ErrorKind::Interrupted, 502),
        (ErrorKind::Credentials, 401),
        (ErrorKind::Hook, 500),
        (ErrorKind::InvalidRequest, 400),
    ];
    for (kind, expected) in kinds {
        assert_eq!(answer_to(kind).0, expected, "{kind:?}");
    }
}
