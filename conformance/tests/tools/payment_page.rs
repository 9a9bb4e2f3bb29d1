//! Payment URLs lead to the stand-in of the mock server, and from there to the success or the failure URL.

use conformance::mock_server::{MockServer, PaymentPageSettings, Settings};
use conformance::testing::documented_answer::documented_answer;
use conformance::testing::message::{Message, request};
use par_ordering::types::GenerateTokensResponse;
use par_ordering::{Client, PaymentUrl, PaymentUrlPolicy};

use crate::mock_server_with;

async fn server(payment_page: PaymentPageSettings) -> MockServer {
    mock_server_with(Settings {
        payment_page: Some(payment_page),
        ..Settings::default()
    })
    .await
}

/// The payment URL of the first token that the sdk gets.
async fn payment_url(server: &MockServer) -> PaymentUrl {
    let client = Client::builder()
        .base_url(server.url())
        .application("key")
        .build()
        .unwrap();
    let response = client.generate_tokens().send().await.unwrap();
    page_of(&response).clone()
}

fn page_of(answer: &GenerateTokensResponse) -> &PaymentUrl {
    let actions = answer.data.tokens[0].actions.as_ref().unwrap();
    actions.url.as_ref().unwrap()
}

fn policy() -> PaymentUrlPolicy {
    PaymentUrlPolicy::default()
        .allow_host("pay.example.com")
        .allow_loopback_for_development()
}

async fn get(server: &MockServer, url: &str) -> Message {
    let url = url.split_once("://").unwrap().1;
    let path = &url[url.find('/').unwrap()..];
    request(&server.url(), "GET", path, &[]).await.unwrap()
}

/// The target of the link with that id.
fn link(page: &str, id: &str) -> String {
    let (_, after) = page.split_once(&format!("id=\"{id}\"")).unwrap();
    let (_, after) = after.split_once("href=\"").unwrap();
    let (target, _) = after.split_once('"').unwrap();
    target.replace("&amp;", "&")
}

#[tokio::test]
async fn a_customer_gets_from_the_answer_over_the_stand_in_to_both_ends() {
    let server = server(PaymentPageSettings::default()).await;
    let url = payment_url(&server).await;
    let page = url.check(&policy()).unwrap();
    let answer = get(&server, page.expose_secret()).await;
    assert_eq!(answer.status, 200);
    let ends = [
        ("store", page.success_url(), "The card was stored."),
        ("fail", page.fail_url(), "The card was not stored."),
    ];
    for (id, named, text) in ends {
        let target = link(&answer.body, id);
        assert_eq!(named.as_deref(), Some(target.as_str()));
        let end = get(&server, &target).await;
        assert_eq!(end.status, 200);
        assert!(end.body.contains(text), "{}", end.body);
    }
}

/// A server on every address uses the address that the client knows, in either protocol.
#[tokio::test]
async fn a_payment_url_names_the_address_that_the_client_has_called() {
    let server = mock_server_with(Settings {
        address: "0.0.0.0:0".parse().unwrap(),
        payment_page: Some(PaymentPageSettings::default()),
        ..Settings::default()
    })
    .await;
    let called = server.url().replace("0.0.0.0", "127.0.0.1");
    let http = || reqwest::Client::builder().no_proxy();
    for http in [http(), http().http2_prior_knowledge()] {
        let client = Client::builder()
            .base_url(&called)
            .application("key")
            .http_client(http.build().unwrap())
            .build()
            .unwrap();
        let response = client.generate_tokens().send().await.unwrap();
        let url = page_of(&response).expose_secret();
        let origin = called.strip_suffix("/api").unwrap();
        let is_so = url.starts_with(&format!("{origin}/payment-page?"));
        assert!(is_so, "{:?}: {url}", server.protocol());
    }
}

#[tokio::test]
async fn the_integrators_own_urls_are_led_to_and_watched_for() {
    let success = "http://127.0.0.1:3000/stored?order=1";
    let fail = "https://shop.example/failed?order=1&why=a%20b";
    let server_with = |fail: &str| {
        server(PaymentPageSettings {
            success_url: Some(success.parse().unwrap()),
            fail_url: Some(fail.parse().unwrap()),
        })
    };
    let server = server_with(fail).await;
    let url = payment_url(&server).await;
    let page = url.check(&policy()).unwrap();
    assert_eq!(page.success_url().as_deref(), Some(success));
    assert_eq!(page.fail_url().as_deref(), Some(fail));
    assert!(
        page.expose_secret()
            .contains(&format!("&successUrl={success}&"))
    );
    let answer = get(&server, page.expose_secret()).await;
    assert_eq!(link(&answer.body, "store"), success);

    let server = server_with(&format!("{fail}\"><script>alert(1)</script>")).await;
    let url = payment_url(&server).await;
    let page = url.check(&policy()).unwrap();
    assert_eq!(page.fail_url(), None, "it has no place in a URL");
    let answer = get(&server, page.expose_secret()).await;
    assert!(!answer.body.contains("<script"), "{}", answer.body);
    assert!(
        answer.body.contains("why=a%20b&quot;&gt;&lt;script&gt;"),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn the_stand_in_runs_nothing_and_tells_nobody_its_address() {
    let server = server(PaymentPageSettings::default()).await;
    let url = payment_url(&server).await;
    let answer = get(&server, url.expose_secret()).await;
    let policy = answer.header("content-security-policy").unwrap();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"), "{policy}");
    let fixed = [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
    ];
    for (name, value) in fixed {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
}

#[tokio::test]
async fn only_web_addresses_are_led_to_and_nothing_of_others_is_shown() {
    let server = server(PaymentPageSettings::default()).await;
    let good = "https://a.example/ok";
    let queries = [
        String::new(),
        format!("successUrl={good}"),
        format!("successUrl={good}&failUrl="),
        format!("successUrl={good}&failUrl=javascript:canary"),
        format!("successUrl={good}&failUrl=javascript%3Acanary"),
        format!("successUrl={good}&failUrl=data:text/html,canary"),
        format!("successUrl={good}&failUrl=javascript://canary.example/%0Aalert(1)"),
        format!("successUrl={good}&failUrl=ftp://canary.example/"),
        format!("successUrl={good}&failUrl=/canary"),
        format!("successUrl={good}&failUrl=//canary.example"),
        format!("successUrl={good}&failUrl={good}&failUrl=https://canary.example"),
        format!("successUrl={good}&failUrl=%22%3E%3Ccanary%3E"),
    ];
    let mut failures = Vec::new();
    for query in queries {
        let path = format!("/payment-page?{query}");
        let answer = request(&server.url(), "GET", &path, &[]).await.unwrap();
        if answer.status != 400 || answer.body.contains("canary") || answer.body.contains("href") {
            failures.push(format!("{query}: {} {}", answer.status, answer.body));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let answer = request(&server.url(), "POST", "/payment-page", &[])
        .await
        .unwrap();
    assert_eq!(
        (answer.status, answer.header("allow")),
        (405, Some("GET, HEAD"))
    );
}

#[tokio::test]
async fn without_the_setting_there_is_no_page_and_the_documented_url_stays() {
    let documented = documented_answer().unwrap();
    let documented = &documented["data"]["tokens"][0]["actions"]["url"];
    let server = mock_server_with(Settings::default()).await;
    assert_eq!(*documented, payment_url(&server).await.expose_secret());
    for path in [
        "/payment-page",
        "/payment-page/success",
        "/payment-page/fail",
    ] {
        let answer = request(&server.url(), "GET", path, &[]).await.unwrap();
        assert_eq!(answer.status, 404, "{path}");
    }
}
