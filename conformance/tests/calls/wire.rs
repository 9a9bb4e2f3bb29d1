//! What is sent, byte for byte, compared with the sample request of the reference page.

use std::collections::BTreeMap;
use std::env;
use std::process::Command;

use conformance::testing::documented_answer::documented_answer;
use conformance::testing::message::{Message, authority, json_answer};
use conformance::testing::script::{ScriptedServer, Step};
use par_ordering::{Client, ErrorKind};
use uuid::Uuid;

/// The sample request of the reference page, with its blanks filled in.
const DOCUMENTED: &str = "curl https://api-public-demo.menu.app/api/payment-processors/generate-tokens \
  --request POST \
  --header 'Accept: application/json' \
  --header 'Authorization: Bearer documented-customer-token' \
  --header 'Content-Type: application/json' \
  --header 'API-VERSION: 5.0.0' \
  --header 'Application: f3a90488ffee32c3acb6fcd0ca417cf6' \
  --header 'X-Request-ID: c10b4a70-6274-490d-80a0-03e7bb826937' \
  --header 'X-QB-Enabled: true'";

/// The headers that an HTTP/1.1 client adds.
const OF_HTTP: [&str; 3] = ["host", "user-agent", "content-length"];

/// A server that gives the documented answer to one call, and a client of it.
async fn server_and_client() -> (ScriptedServer, Client) {
    let server = ScriptedServer::answering(success()).await.unwrap();
    let client = Client::builder()
        .base_url(format!("{}/api", server.url()))
        .application("f3a90488ffee32c3acb6fcd0ca417cf6")
        .build()
        .unwrap();
    (server, client)
}

fn success() -> Vec<u8> {
    json_answer(200, &documented_answer().unwrap().to_string())
}

/// The request of a call with everything in the sample.
async fn documented_call() -> (Message, String) {
    let (server, client) = server_and_client().await;
    client
        .for_customer("documented-customer-token")
        .generate_tokens()
        .x_request_id("c10b4a70-6274-490d-80a0-03e7bb826937")
        .send()
        .await
        .unwrap();
    (server.request().unwrap(), server.url())
}

#[tokio::test]
async fn the_bytes_of_a_call_are_these() {
    let (request, url) = documented_call().await;
    let request = request
        .text()
        .replace(authority(&url), "127.0.0.1:PORT")
        .replace(par_ordering_version(), "VERSION");
    insta::assert_snapshot!(request.replace("\r\n", "<CR><LF>\n"));
}

/// The version of the sdk changes with every release, and is left out.
pub(crate) fn par_ordering_version() -> &'static str {
    let manifest = include_str!("../../../sdk/Cargo.toml");
    let line = manifest
        .lines()
        .find(|line| line.starts_with("version = "))
        .unwrap();
    line.split('"').nth(1).unwrap()
}

#[tokio::test]
async fn a_call_is_the_documented_one_and_nothing_else() {
    let (request, _) = documented_call().await;

    let mut words = DOCUMENTED.split(" --");
    let (_, url) = words.next().unwrap().split_once("https://").unwrap();
    let path = url.trim().split_once('/').unwrap().1;
    assert_eq!(request.line(), format!("POST /{path} HTTP/1.1"));
    assert_eq!(request.body, "");

    let documented: BTreeMap<String, &str> = words
        .filter_map(|word| word.trim().strip_prefix("header '")?.strip_suffix('\''))
        .map(|header| header.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_lowercase(), value))
        .collect();
    assert_eq!(documented.len(), 7);
    for (name, value) in &documented {
        assert_eq!(request.values(name), [*value], "the header {name}");
    }
    for (name, _) in request.headers() {
        let is_expected = documented.contains_key(&name) || OF_HTTP.contains(&name.as_str());
        assert!(is_expected, "the header {name} is not documented");
    }
    assert_eq!(request.values("content-length"), ["0"]);
}

#[tokio::test]
async fn what_the_call_does_not_set_comes_from_the_client() {
    let (server, client) = server_and_client().await;
    let response = client.generate_tokens().send().await.unwrap();
    let request = server.request().unwrap();
    assert_eq!(request.values("api-version"), [par_ordering::API_VERSION]);
    assert_eq!(request.values("x-qb-enabled"), ["true"]);
    assert_eq!(request.values("authorization"), [""; 0]);
    assert_eq!(request.values("x-request-id"), [response.request_id()]);
    assert!(
        is_uuid_v4(response.request_id()),
        "{}",
        response.request_id()
    );
}

fn is_uuid_v4(text: &str) -> bool {
    let uuid = Uuid::try_parse(text);
    uuid.is_ok_and(|uuid| uuid.get_version_num() == 4 && uuid.to_string() == text)
}

#[tokio::test]
async fn what_the_call_sets_is_sent_once_and_instead() {
    use par_ordering::types::GenerateTokensXQbEnabled;

    let (server, client) = server_and_client().await;
    let response = client
        .generate_tokens()
        .api_version("4.60.0")
        .application("bkxmplay")
        .x_request_id("mine")
        .x_qb_enabled(GenerateTokensXQbEnabled::False)
        .page(2u64)
        .include("tokens.actions|url;type")
        .paginated_results(false)
        .send()
        .await
        .unwrap();
    assert_eq!(response.request_id(), "mine");
    let request = server.request().unwrap();
    for (name, value) in [
        ("api-version", "4.60.0"),
        ("application", "bkxmplay"),
        ("x-request-id", "mine"),
        ("x-qb-enabled", "false"),
    ] {
        assert_eq!(request.values(name), [value], "the header {name}");
    }
    assert_eq!(
        request.line(),
        "POST /api/payment-processors/generate-tokens?include=tokens.actions%7Curl%3Btype&page=2\
         &paginated_results=false HTTP/1.1"
    );
}

#[tokio::test]
async fn a_call_that_cannot_be_sent_as_it_is_sends_nothing() {
    // Nobody listens there: a call that was sent would fail as "not connected".
    let client = Client::builder()
        .base_url("http://127.0.0.1:1/api")
        .build()
        .unwrap();
    let nobody = client.for_customer("");
    let cases = [
        (
            client.generate_tokens(),
            "the header application is required and has no value: set it on the client or on the call",
        ),
        (
            client.generate_tokens().application("can\nary"),
            "the header Application contains a character that is not allowed in a header",
        ),
        (
            nobody.generate_tokens().application("key"),
            "the header authorization is empty",
        ),
    ];
    for (call, problem) in cases {
        let error = call.x_request_id("mine").send().await.unwrap_err();
        let expected = format!("generate_tokens: invalid request (request mine): {problem}");
        assert_eq!(error.to_string(), expected);
    }
    let call = client.generate_tokens().include("").x_request_id("mine");
    let error = call.send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(error.request_id(), "mine");
    assert_eq!(error.operation_id(), "generate_tokens");
}

#[tokio::test]
async fn views_of_a_client_differ_in_what_they_are_views_of() {
    for customer in ["one", "two"] {
        let (server, client) = server_and_client().await;
        let call = client.for_customer(customer);
        // The future of a call may move to another thread.
        tokio::spawn(async move { call.generate_tokens().send().await.map(|_| ()) })
            .await
            .unwrap()
            .unwrap();
        let request = server.request().unwrap();
        assert_eq!(
            request.values("authorization"),
            [format!("Bearer {customer}")]
        );
    }
}

#[tokio::test]
async fn the_applications_own_product_stands_before_this_crates() {
    let server = ScriptedServer::answering(success()).await.unwrap();
    let client = Client::builder()
        .base_url(server.url())
        .application("key")
        .product("shop/2.1")
        .build()
        .unwrap();
    client.generate_tokens().send().await.unwrap();
    let request = server.request().unwrap();
    let expected = format!("shop/2.1 par-ordering/{}", par_ordering_version());
    assert_eq!(request.values("user-agent"), [expected]);
}

/// That address leads to this machine but is not a loopback address, like the name in a Compose file.
#[tokio::test]
async fn plain_http_reaches_the_host_that_is_named() {
    let server = ScriptedServer::answering(success()).await.unwrap();
    let url = server.url().replace("127.0.0.1", "0.0.0.0");
    let builder = || Client::builder().base_url(&url).application("key");
    assert!(builder().build().is_err());
    let client = builder().allow_unencrypted_http_to("0.0.0.0");
    let client = client.build().unwrap();
    client
        .for_customer("a token")
        .generate_tokens()
        .send()
        .await
        .unwrap();
    let request = server.request().unwrap();
    assert_eq!(request.values("authorization"), ["Bearer a token"]);
}

/// Runs a test of this binary again, with these variables and without the list of hosts that need no proxy.
async fn in_another_process(test: &str, variables: Vec<(&'static str, String)>) {
    let mut again = Command::new(env::current_exe().unwrap());
    again
        .args(["--exact", test])
        .envs(variables)
        .env_remove("no_proxy")
        .env_remove("NO_PROXY");
    let output = tokio::task::spawn_blocking(move || again.output()).await;
    let output = output.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
}

/// Names where the test that is run again, on a system without certificates, finds its server.
const SERVER_WITHOUT_CERTIFICATES: &str = "PAR_ORDERING_TEST_SERVER_WITHOUT_CERTIFICATES";

#[tokio::test]
async fn plain_http_needs_no_certificates_of_the_system() {
    if let Ok(url) = env::var(SERVER_WITHOUT_CERTIFICATES) {
        let client = |url: &str| Client::builder().base_url(url).application("key").build();
        let client_of_http = client(&url).unwrap();
        client_of_http.generate_tokens().send().await.unwrap();
        // With https they are read.
        let error = client("https://127.0.0.1").unwrap_err();
        assert!(error.to_string().contains("HTTP client"), "{error}");
        return;
    }
    let server = ScriptedServer::answering(success()).await.unwrap();
    let nowhere = ["SSL_CERT_FILE", "SSL_CERT_DIR"].map(|name| (name, "/nowhere".to_owned()));
    let here = [(SERVER_WITHOUT_CERTIFICATES, server.url().to_owned())];
    in_another_process(
        "wire::plain_http_needs_no_certificates_of_the_system",
        here.into_iter().chain(nowhere).collect(),
    )
    .await;
    assert_eq!(server.requests(), 1);
}

/// Names where the test that is run again, with a proxy in its environment, finds its server.
const SERVER_BESIDE_A_PROXY: &str = "PAR_ORDERING_TEST_SERVER_BESIDE_A_PROXY";

#[tokio::test]
async fn plain_http_goes_by_no_proxy_of_the_environment() {
    if let Ok(url) = env::var(SERVER_BESIDE_A_PROXY) {
        let loopback = url.replace("0.0.0.0", "127.0.0.1");
        for url in [&url, &loopback] {
            let client = Client::builder().base_url(url).application("key");
            let client = client.allow_unencrypted_http_to("0.0.0.0").build().unwrap();
            client.generate_tokens().send().await.unwrap();
        }
        // Any other client asks the proxy.
        let other = reqwest::get(format!("{url}/of-another-client")).await;
        assert_eq!(other.unwrap().status(), 502);
        return;
    }
    let answer = || vec![Step::Read, Step::Write(success())];
    let server = ScriptedServer::start(vec![answer(), answer()])
        .await
        .unwrap();
    let proxy = ScriptedServer::answering(json_answer(502, ""))
        .await
        .unwrap();
    let url = server.url().replace("127.0.0.1", "0.0.0.0");
    let proxies = ["http_proxy", "all_proxy"].map(|name| (name, proxy.url()));
    let here = [(SERVER_BESIDE_A_PROXY, url.clone())];
    let variables = here.into_iter().chain(proxies);
    in_another_process(
        "wire::plain_http_goes_by_no_proxy_of_the_environment",
        variables.collect(),
    )
    .await;
    assert_eq!(server.requests(), 2);
    let asked: Vec<String> = proxy
        .all_requests()
        .iter()
        .map(|one| one.line().to_owned())
        .collect();
    assert_eq!(asked, [format!("GET {url}/of-another-client HTTP/1.1")]);
}
