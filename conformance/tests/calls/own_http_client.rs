//! What holds with an HTTP client of the caller, and in any environment.

use std::io::Write as _;
use std::time::Duration;

use conformance::testing::script::{ScriptedServer, Step};
use flate2::Compression;
use flate2::write::GzEncoder;
use par_ordering::{Client, Customer, ErrorKind, RetryPolicy, StatusCode};

use crate::{Login, SUCCESS, builder};

const LIMIT: usize = 100_000;

fn compressed(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).unwrap();
    let body = encoder.finish().unwrap();
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    [head.into_bytes(), body].concat()
}

async fn call(answer: Vec<u8>) -> Result<usize, (ErrorKind, Option<StatusCode>, usize)> {
    let server = ScriptedServer::answering(answer).await.unwrap();
    let own = reqwest::Client::builder().no_proxy().build().unwrap();
    let client = builder(server.url())
        .http_client(own)
        .max_body_bytes(LIMIT)
        .deadline(Duration::from_secs(20))
        .build()
        .unwrap();
    let result = client.generate_tokens().send().await;
    let request = server.request().unwrap();
    assert!(
        request.text().contains("accept-encoding: gzip"),
        "decompression is not on: {request:?}"
    );
    result
        .map(|response| response.raw_body().expose_secret().len())
        .map_err(|error| {
            let read = error
                .raw_body()
                .map_or(0, |body| body.expose_secret().len());
            (error.kind(), error.status(), read)
        })
}

#[tokio::test]
async fn a_compressed_answer_is_read_and_its_size_counts_after_decompression() {
    let success = SUCCESS.as_bytes();
    assert_eq!(call(compressed(success)).await, Ok(success.len()));

    // 1,000 times the limit, in a thousandth of that.
    let bomb = compressed(&vec![b' '; 1_000 * LIMIT]);
    assert!(bomb.len() < 2 * LIMIT, "{} bytes", bomb.len());
    let (kind, status, read) = call(bomb).await.unwrap_err();
    assert_eq!(
        (kind, status),
        (ErrorKind::BodyTooLarge, Some(StatusCode::OK))
    );
    assert!(read <= LIMIT, "{read} bytes were kept");
}

#[tokio::test]
async fn what_an_own_client_did_before_it_failed_to_connect_is_not_known_so_nothing_is_repeated() {
    let redirect = "HTTP/1.1 307 There\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let script = vec![Step::Read, Step::Write(redirect.as_bytes().to_vec())];
    let server = ScriptedServer::start(vec![script]).await.unwrap();
    let client = builder(server.url())
        .http_client(reqwest::Client::builder().no_proxy().build().unwrap())
        .build()
        .unwrap();
    let error = client.generate_tokens().send().await.unwrap_err();
    assert_eq!((error.attempts(), server.requests()), (1, 1), "{error:?}");
    assert!(!error.is_safe_to_repeat(), "{error:?}");
}

#[tokio::test]
async fn with_an_own_client_nothing_is_repeated_but_what_was_asked_for() {
    let answer = |status| {
        let head = format!(
            "HTTP/1.1 {status} No\r\nretry-after: 0\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        );
        vec![Step::Read, Step::Write(head.into_bytes())]
    };
    // How often a call is sent: without a policy, and with `never`, `safe` and `transient`.
    let fixed = Customer::from("fixed");
    let provided = Customer::provided_by(Login(|| Ok("old".into()), || Ok("new".into())));
    let cases = [
        ("503", &fixed, Some(answer(503)), [1, 1, 1, 3]),
        ("429", &fixed, Some(answer(429)), [1, 1, 1, 3]),
        ("500", &fixed, Some(answer(500)), [1, 1, 1, 1]),
        ("a 401", &fixed, Some(answer(401)), [1, 1, 1, 1]),
        ("a 401, renewed", &provided, Some(answer(401)), [2, 2, 2, 2]),
        (
            "no answer in time",
            &fixed,
            Some(vec![Step::Read, Step::Stall]),
            [1, 1, 1, 3],
        ),
        (
            "broken off",
            &fixed,
            Some(vec![Step::Read, Step::Reset]),
            [1, 1, 1, 1],
        ),
        ("no connection", &fixed, None, [1, 1, 1, 3]),
    ];
    let policies = [
        None,
        Some(RetryPolicy::never()),
        Some(RetryPolicy::safe()),
        Some(RetryPolicy::transient()),
    ];
    let mut failures = Vec::new();
    for (what, customer, script, expected) in cases {
        for (policy, expected) in policies.iter().zip(expected) {
            let server = match &script {
                Some(script) => Some(ScriptedServer::start(vec![script.clone()]).await.unwrap()),
                None => None,
            };
            let nobody_listens = || "http://127.0.0.1:1".to_owned();
            let url = server
                .as_ref()
                .map_or_else(nobody_listens, ScriptedServer::url);
            let own = reqwest::Client::builder().no_proxy().build().unwrap();
            let mut builder = builder(url)
                .http_client(own)
                .deadline(Duration::from_secs(2));
            if let Some(policy) = policy {
                let attempt = Duration::from_millis(300);
                let policy = policy.clone().base_delay(Duration::ZERO);
                builder = builder.retry(policy.attempt_timeout(attempt));
            }
            let client: Client = builder.build().unwrap().for_customer(customer.clone());
            let error = client.generate_tokens().send().await.unwrap_err();
            let sent = server.map_or(expected, |server| server.requests());
            if (error.attempts() as usize, sent) != (expected, expected)
                || error.is_safe_to_repeat()
            {
                failures.push(format!("{what}, {policy:?}: {sent} sent: {error:?}"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[tokio::test]
async fn a_timeout_of_an_own_client_is_one() {
    let server = ScriptedServer::start(vec![vec![Step::Read, Step::Stall]])
        .await
        .unwrap();
    let own = reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_millis(500))
        .build()
        .unwrap();
    let client = builder(server.url()).http_client(own).build().unwrap();
    let error = client.generate_tokens().send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded, "{error:?}");
    assert!(error.is_timeout() && !error.is_safe_to_repeat());
}
