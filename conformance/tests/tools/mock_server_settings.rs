//! The settings of the mock server: new secrets, failures on purpose, tokens that expire, a log, and limits.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use conformance::agreement::difference::differences;
use conformance::mock_server::{MockServer, RequestLog, Settings};
use conformance::testing::documented_answer::documented_answer;
use conformance::testing::message::{Message, authority, request};
use conformance::workspace;
use openapi::secret::documented_secrets;
use openapi::specification::Specification;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::{HEADERS, PATH, documented_head, made_up, mock_server_with};

async fn post(server: &MockServer, others: &[(&str, &str)]) -> io::Result<Message> {
    let headers = [&HEADERS, others].concat();
    request(&server.url(), "POST", PATH, &headers).await
}

#[tokio::test]
async fn minting_changes_the_secrets_and_nothing_else_and_never_twice_the_same() {
    let settings = Settings {
        mint: true,
        seed: 7,
        ..Settings::default()
    };
    let (one, other) = (
        mock_server_with(settings.clone()).await,
        mock_server_with(settings).await,
    );
    let documented = documented_answer().unwrap();
    let secrets = [
        "/data/tokens/0/token",
        "/data/tokens/0/additional_info/session_key",
        "/data/tokens/0/actions/url",
    ];
    let mut seen = BTreeSet::new();
    for number in 0..20 {
        let minted = post(&one, &[]).await.unwrap().json();
        assert_eq!(
            minted,
            post(&other, &[]).await.unwrap().json(),
            "call {number}"
        );
        let paths: BTreeSet<String> = differences(&documented, &minted)
            .into_iter()
            .map(|difference| difference.path)
            .collect();
        let expected = [
            "data.tokens[0].actions.url",
            "data.tokens[0].additional_info.session_key",
            "data.tokens[0].token",
        ];
        assert!(paths.iter().eq(expected.iter()), "{paths:?}");
        for pointer in secrets {
            let secret = minted.pointer(pointer).unwrap().as_str().unwrap();
            let old = documented.pointer(pointer).unwrap().as_str().unwrap();
            assert_eq!(secret.len(), old.len(), "{pointer}");
            assert!(seen.insert(secret.to_owned()), "{secret} came twice");
        }
    }
}

#[tokio::test]
async fn another_seed_mints_other_tokens() {
    let mut tokens = BTreeSet::new();
    for seed in 0..10 {
        let server = mock_server_with(Settings {
            mint: true,
            seed,
            ..Settings::default()
        })
        .await;
        let body = post(&server, &[]).await.unwrap().json();
        tokens.insert(body["data"]["tokens"][0]["token"].to_string());
    }
    assert_eq!(tokens.len(), 10);
}

#[tokio::test]
async fn of_a_specification_that_is_like_ours_in_nothing_the_secrets_are_minted_too() {
    let specification = Specification::load(&made_up()).unwrap();
    let old = specification
        .operation("get_book")
        .unwrap()
        .success()
        .unwrap()
        .examples[0]
        .value
        .clone();
    let settings = Settings {
        mint: true,
        ..Settings::default()
    };
    let server = MockServer::start_with(specification, settings)
        .await
        .unwrap();
    let path = "/shelves/top/books/7.json";
    let answer = request(&server.url(), "GET", path, &[]).await.unwrap();
    let new = answer.json();
    assert_eq!(
        (&new["title"], &new["extra"][1]),
        (&old["title"], &old["extra"][1])
    );
    assert_ne!(new["key"], old["key"]);
    assert_ne!(new["extra"][0], old["extra"][0]);
    assert_ne!(new["page"], old["page"]);
    let page = new["page"].as_str().unwrap();
    assert!(
        page.starts_with("https://pay.example.com/init?session="),
        "{page}"
    );
    assert!(page.ends_with("&lang=en"), "{page}");
}

/// What a client sees of a request: the status and what distinguishes failures, or a broken connection.
async fn seen(server: &MockServer) -> String {
    match post(server, &[]).await {
        Ok(answer) => {
            let length = answer.header("content-length").map(str::parse);
            let is_whole = length == Some(Ok(answer.body.len()));
            format!(
                "{} {:?} {:?} {}",
                answer.status,
                answer.header("content-type"),
                answer.header("retry-after"),
                if is_whole { "whole" } else { "broken off" }
            )
        }
        Err(error) => format!("{:?}", error.kind()),
    }
}

#[tokio::test]
async fn the_same_seed_misbehaves_in_the_same_way_on_the_wire() {
    let settings = Settings {
        fail_rate: 0.5,
        seed: 7,
        ..Settings::default()
    };
    let (one, other) = (
        mock_server_with(settings.clone()).await,
        mock_server_with(settings).await,
    );
    let (mut sequence, mut again) = (Vec::new(), Vec::new());
    for _ in 0..80 {
        sequence.push(seen(&one).await);
        again.push(seen(&other).await);
    }
    assert_eq!(sequence, again);
    let kinds: BTreeSet<&str> = sequence.iter().map(String::as_str).collect();
    let expected = [
        "0 None None broken off",
        "200 Some(\"application/json\") None broken off",
        "200 Some(\"application/json\") None whole",
        "500 Some(\"text/html\") None whole",
        "502 None None whole",
        "503 Some(\"application/json\") None whole",
        "503 Some(\"application/json\") Some(\"1\") whole",
    ];
    assert!(kinds.iter().eq(expected.iter()), "{kinds:#?}");
}

/// Only the clock of the server is changed, so that no client waits.
#[tokio::test]
async fn a_token_expires_after_it_was_first_seen_and_another_does_not() {
    let server = mock_server_with(Settings {
        expire_after: Some(Duration::from_secs(3600)),
        ..Settings::default()
    })
    .await;
    let call = async |token: &str| {
        let value = format!("Bearer {token}");
        let answer = post(&server, &[("Authorization", &value)]).await.unwrap();
        (
            answer.status,
            answer.header("www-authenticate").map(str::to_owned),
        )
    };
    let expired = (401, Some("Bearer error=\"invalid_token\"".to_owned()));
    assert_eq!(call("first").await, (200, None));
    advance(Duration::from_secs(3000)).await;
    assert_eq!(call("first").await.0, 200);
    assert_eq!(call("second").await.0, 200);
    advance(Duration::from_secs(700)).await;
    assert_eq!(call("first").await, expired);
    assert_eq!(call("second").await.0, 200);
    assert_eq!(call("third").await.0, 200);
    assert_eq!(post(&server, &[]).await.unwrap().status, 200);
}

async fn advance(by: Duration) {
    tokio::time::pause();
    tokio::time::advance(by).await;
    tokio::time::resume();
}

#[tokio::test]
async fn the_log_has_a_line_for_each_request_and_no_secret() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&lines);
    let server = mock_server_with(Settings {
        mint: true,
        log: Some(RequestLog::new(move |line| {
            told.lock().unwrap().push(line.to_owned());
        })),
        ..Settings::default()
    })
    .await;
    let url = server.url();
    let path = format!("{PATH}?include=canary&page=canary");
    let secrets = [
        ("Authorization", "Bearer canary"),
        ("Application", "canary"),
        ("Cookie", "canary"),
    ];
    let headers = [&HEADERS[..1], &HEADERS[2..], &secrets].concat();
    request(&url, "POST", &path, &headers).await.unwrap();
    let minted = post(&server, &[]).await.unwrap();
    request(
        &url,
        "GET",
        "/%1B[2J%0Aforged?canary",
        &[("X-Request-ID", "\u{202e}canary line")],
    )
    .await
    .unwrap();
    server.stop().await;

    let lines = lines.lock().unwrap().clone();
    let told: Vec<String> = lines
        .iter()
        .map(|line| {
            let words = line.split(' ').filter(|word| !word.ends_with("ms"));
            words.collect::<Vec<_>>().join(" ")
        })
        .collect();
    let expected = [
        format!("POST {PATH} 400 mine"),
        format!("POST {PATH} 200 mine"),
        "GET /%[masked] 404".to_owned(),
    ];
    assert_eq!(told, expected);
    let specification = workspace::specification().unwrap();
    let mut secrets = documented_secrets(&specification);
    let token = &minted.json()["data"]["tokens"][0]["token"];
    secrets.insert(token.as_str().unwrap().to_owned());
    secrets.insert("canary".to_owned());
    for secret in secrets.iter().filter(|secret| secret.len() > 3) {
        assert!(
            !lines.join("\n").contains(secret.as_str()),
            "{secret} in {lines:?}"
        );
    }
}

#[tokio::test]
async fn a_secret_in_a_path_is_not_logged() {
    let document = serde_json::json!({"paths": {"/keys/{key}": {"get": {
        "operationId": "key",
        "parameters": [{
            "name": "key",
            "in": "path",
            "required": true,
            "schema": {"type": "string", "format": "password"},
        }],
        "responses": {"204": {"description": ""}},
    }}}});
    let lines = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&lines);
    let settings = Settings {
        log: Some(RequestLog::new(move |line| {
            told.lock().unwrap().push(line.to_owned());
        })),
        ..Settings::default()
    };
    let specification = Specification::of(&document).unwrap();
    let server = MockServer::start_with(specification, settings)
        .await
        .unwrap();
    for (method, status) in [("GET", 204), ("POST", 405)] {
        let answer = request(&server.url(), method, "/keys/canary", &[]).await;
        assert_eq!(answer.unwrap().status, status);
    }
    server.stop().await;
    let lines = lines.lock().unwrap();
    let starts = ["GET /keys/{key} 204 ", "POST /keys/{key} 405 "];
    assert_eq!(lines.len(), starts.len(), "{lines:?}");
    for (line, start) in lines.iter().zip(starts) {
        assert!(line.starts_with(start), "{lines:?}");
    }
}

/// Opens a connection, sends this, and reads until the server closes it.
async fn sent(url: String, text: String) -> String {
    let mut stream = TcpStream::connect(authority(&url)).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // Closed is closed, with or without a last message.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

/// Without the limit, each of these would wait for ever.
#[tokio::test]
async fn a_request_that_does_not_come_to_its_end_is_not_waited_for() {
    let server = mock_server_with(Settings {
        head_timeout: Duration::from_millis(500),
        ..Settings::default()
    })
    .await;
    let complete = documented_head();
    let cases = [
        ("nothing", String::new(), ""),
        ("half a preface of HTTP/2", "PRI * HTTP/2".to_owned(), ""),
        ("half a head", complete.clone(), ""),
        (
            "half a body",
            format!("{complete}Content-Length: 9\r\n\r\nhalf"),
            "HTTP/1.1 408",
        ),
        (
            "nothing after an answer",
            format!("{complete}\r\n"),
            "HTTP/1.1 200",
        ),
    ];
    let answers = cases.map(|(name, text, start)| {
        let answer = tokio::spawn(sent(server.url(), text));
        (
            name,
            tokio::time::timeout(Duration::from_secs(20), answer),
            start,
        )
    });
    for (name, answer, start) in answers {
        let answer = answer
            .await
            .unwrap_or_else(|_| panic!("{name} was waited for"));
        let answer = answer.unwrap();
        let is_so = match start {
            // hyper sends a last message if it knows that the protocol is HTTP/1.
            "" => answer.is_empty() || answer.starts_with("HTTP/1.1 408"),
            start => answer.starts_with(start),
        };
        assert!(is_so, "{name}: {answer}");
    }
}

#[tokio::test]
async fn who_finds_no_place_waits_until_there_is_one() {
    let server = mock_server_with(Settings {
        connections: 1,
        ..Settings::default()
    })
    .await;
    let request = documented_head() + "\r\n";
    let mut first = TcpStream::connect(authority(&server.url())).await.unwrap();
    round_trip(&mut first, &request).await;
    let mut second = TcpStream::connect(authority(&server.url())).await.unwrap();
    second.write_all(request.as_bytes()).await.unwrap();
    for _ in 0..20 {
        round_trip(&mut first, &request).await;
    }
    let mut byte = [0];
    let early = second.try_read(&mut byte).map_err(|error| error.kind());
    assert_eq!(early, Err(io::ErrorKind::WouldBlock));
    drop(first);
    assert_eq!(Message::read(&mut second).await.unwrap().status, 200);
}

async fn round_trip(stream: &mut TcpStream, request: &str) {
    stream.write_all(request.as_bytes()).await.unwrap();
    assert_eq!(Message::read(stream).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_server_that_stops_finishes_the_requests_that_run_and_takes_no_others() {
    let server = mock_server_with(Settings {
        latency: Some(Duration::from_millis(300)..=Duration::from_millis(300)),
        ..Settings::default()
    })
    .await;
    let url = server.url();
    let idle = TcpStream::connect(authority(&url)).await.unwrap();
    let running = {
        let url = url.clone();
        tokio::spawn(async move { request(&url, "POST", PATH, &HEADERS).await })
    };
    // The request has arrived.
    while server.protocol().is_none() {
        tokio::task::yield_now().await;
    }
    server.stop().await;
    assert_eq!(running.await.unwrap().unwrap().status, 200);
    let refused = request(&url, "POST", PATH, &HEADERS)
        .await
        .map_err(|error| error.kind());
    assert_eq!(refused.err(), Some(io::ErrorKind::ConnectionRefused));
    drop(idle);
}

#[tokio::test]
async fn a_request_that_takes_too_long_does_not_keep_the_server_from_stopping() {
    let server = mock_server_with(Settings {
        latency: Some(Duration::from_secs(3600)..=Duration::from_secs(3600)),
        grace: Duration::from_millis(50),
        ..Settings::default()
    })
    .await;
    let url = server.url();
    let running = tokio::spawn(async move { request(&url, "POST", PATH, &HEADERS).await });
    while server.protocol().is_none() {
        tokio::task::yield_now().await;
    }
    server.stop().await;
    let answer = running.await.unwrap();
    assert!(answer.is_err() || answer.unwrap().status == 0);
}
