//! The service as its callers see it, with the API's typed mock behind it.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use integrator::login::Login;
use integrator::metrics::RequestDurations;
use integrator::service::{Shop, serve};
use integrator::trace_context::TraceContext;
use par_ordering::httpmock::{MockServer, MockServerExt as _};
use par_ordering::reqwest::{self, Response};
use par_ordering::{Client, ClientBuilder, RetryPolicy};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

const SESSION: &str = "session";

/// The service as it runs, and how it is asked to end.
struct Running {
    url: String,
    end: oneshot::Sender<()>,
    service: JoinHandle<std::io::Result<()>>,
}

/// Starts the service in front of an API, with somebody signed in.
async fn start(client: ClientBuilder, api: &str, token: &str) -> Running {
    let durations = Arc::new(RequestDurations::default());
    let client = client
        .base_url(api)
        .application("any key")
        .hook(Arc::clone(&durations))
        .hook(TraceContext)
        .build()
        .unwrap();
    let login = Login::new(client.clone(), token);
    let shop = Arc::new(Shop::new(client, durations));
    shop.sign_in(SESSION, Box::new(login));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (end, asked) = oneshot::channel();
    let asked = async {
        let _ = asked.await;
    };
    let service = tokio::spawn(serve(listener, shop, asked));
    Running { url, end, service }
}

impl Running {
    fn cards(&self, query: &str) -> reqwest::RequestBuilder {
        let url = format!("{}/sessions/{SESSION}/cards{query}", self.url);
        http().post(url)
    }

    async fn metrics(&self) -> String {
        let answer = http().get(format!("{}/metrics", self.url)).send().await;
        answer.unwrap().text().await.unwrap()
    }
}

fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

async fn json_of(answer: Response) -> Value {
    serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
}

#[tokio::test]
async fn a_customer_is_told_the_ways_to_store_a_card() {
    let api = MockServer::start_async().await;
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let call = api.generate_tokens(|when, then| {
        when.bearer_token("known")
            .page(2u32)
            .per_page(None)
            .x_qb_enabled(true)
            .into_inner()
            .header_prefix("traceparent", format!("00-{trace}-"));
        then.ok_documented_with_tokens(2);
    });
    // As PAR tells base URLs, with a path.
    let base_url = format!("{}/api", api.base_url());
    let shop = start(Client::builder(), &base_url, "known").await;
    let asked = shop.cards("?page=2");
    let traceparent = format!("00-{trace}-00f067aa0ba902b7-01");
    let answer = asked.header("traceparent", traceparent).send().await;
    let ways = json_of(answer.unwrap()).await;
    assert_eq!(ways.as_array().unwrap().len(), 2);
    assert_eq!(ways[0]["processor"], "8e5b0340-42bd-4eb8-b06a-836f28fb1f73");
    let page = ways[0]["page"].as_str().unwrap();
    assert!(page.starts_with("https://api-playground.menu.app/api/"));
    call.assert();

    let port = api.port();
    let expected = format!(
        "http_client_request_duration_seconds_count{{http_request_method=\"POST\",\
         server_address=\"127.0.0.1\",server_port=\"{port}\",\
         url_template=\"/payment-processors/generate-tokens\",http_response_status_code=\"200\"}} 1"
    );
    let metrics = shop.metrics().await;
    assert!(metrics.contains(&expected), "{metrics}");
}

#[tokio::test]
async fn who_is_not_signed_in_is_told_so() {
    let shop = start(Client::builder(), "http://127.0.0.1:1", "known").await;
    let answer = http().post(format!("{}/sessions/other/cards", shop.url));
    assert_eq!(answer.send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn an_expired_token_is_renewed_once_for_all_who_wait_for_it() {
    let api = MockServer::start_async().await;
    api.generate_tokens(|when, then| {
        when.bearer_token("expired");
        then.unauthorized_illustrative();
    });
    let renewed = api.generate_tokens(|when, then| {
        when.bearer_token("renewed");
        then.ok_documented();
    });
    let renewal = api.mock(|when, then| {
        when.method("GET")
            .path("/customers/refresh")
            .header("authorization", "Bearer expired");
        then.status(200)
            .json_body(json!({"token": {"value": "renewed"}}));
    });
    let shop = start(Client::builder(), &api.base_url(), "expired").await;
    let answers = join_all((0..8).map(|_| shop.cards("").send())).await;
    for answer in answers {
        assert_eq!(answer.unwrap().status(), 200);
    }
    assert_eq!((renewal.calls(), renewed.calls()), (1, 8));
}

#[tokio::test]
async fn each_failure_is_answered_by_what_can_be_done() {
    let api = MockServer::start_async().await;
    let in_envelope = r#"{"status":"Error","code":403,"data":{}}"#;
    for (token, status, body) in [
        ("none", 404, "{}"),
        ("old", 401, "{}"),
        ("busy", 429, ""),
        ("unknown", 418, ""),
        ("envelope", 200, in_envelope),
        ("broken", 200, "no JSON"),
    ] {
        api.generate_tokens(|when, then| {
            when.bearer_token(token);
            let then = then.into_inner().status(status).body(body);
            if token == "busy" {
                then.header("retry-after", "7");
            }
        });
    }
    let api = api.base_url();
    let nowhere = "http://127.0.0.1:1".to_owned();
    // Nobody accepts what arrives there.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = format!("http://{}", listener.local_addr().unwrap());
    let as_is = Client::builder().retry(RetryPolicy::never());
    let hurried = as_is.clone().deadline(Duration::from_millis(200));
    let narrow = as_is.clone().max_body_bytes(1);
    for (client, api, token, query, expected) in [
        (&as_is, &api, "none", "", "404 no card can be stored here"),
        (&as_is, &api, "old", "", "401 sign in again"),
        (&as_is, &api, "busy", "", "503 try again later"),
        (&as_is, &api, "unknown", "", "502 ask us"),
        (&as_is, &api, "envelope", "", "502 ask us"),
        (&as_is, &api, "broken", "", "502 ask us"),
        (&narrow, &api, "none", "", "502 ask us"),
        (&as_is, &api, "can\nary", "", "401 sign in again"),
        (&as_is, &api, "none", "?page=0", "400 correct the request"),
        (&hurried, &silent, "none", "", "504 try again later"),
        (&as_is, &nowhere, "none", "", "503 try again later"),
    ] {
        let shop = start(client.clone(), api, token).await;
        let answer = shop.cards(query).send().await.unwrap();
        let pause = answer.headers().get("retry-after");
        assert_eq!(pause.is_some_and(|pause| pause == "7"), token == "busy");
        let status = answer.status().as_u16();
        let said = format!("{status} {}", answer.text().await.unwrap());
        assert!(
            said.starts_with(&format!("{expected} (")),
            "{token}: {said}"
        );
    }
}

/// An API that answers one call, when it is told to.
async fn slow_api(asked: oneshot::Sender<()>, answer: oneshot::Receiver<()>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        asked.send(()).unwrap();
        answer.await.unwrap();
        let body = r#"{"status":"OK","code":200,"data":{"tokens":[]}}"#;
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all((head + body).as_bytes()).await.unwrap();
    });
    url
}

#[tokio::test]
async fn calls_that_have_begun_finish_when_the_service_is_asked_to_end() {
    let (is_asked, asked) = oneshot::channel();
    let (answer, is_answered) = oneshot::channel();
    let api = slow_api(is_asked, is_answered).await;
    let shop = start(Client::builder(), &api, "known").await;
    let running = tokio::spawn(shop.cards("").send());
    asked.await.unwrap();
    shop.end.send(()).unwrap();
    // It listens no more, and has not ended either.
    let address = shop.url.trim_start_matches("http://");
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!shop.service.is_finished());
    answer.send(()).unwrap();
    let ways = running.await.unwrap().unwrap();
    assert_eq!(json_of(ways).await, json!([]));
    shop.service.await.unwrap().unwrap();
}
