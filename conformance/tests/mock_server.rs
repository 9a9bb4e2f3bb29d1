//! The mock server answers as documented, and refuses what is not.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "in a test a panic is the report"
)]

use conformance::mock_server::MockServer;
use conformance::specification::Specification;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const HEADERS: [(&str, &str); 4] = [
    ("API-VERSION", "5.0.0"),
    ("Application", "key"),
    ("X-Request-ID", "mine"),
    ("X-QB-Enabled", "true"),
];

/// Status, headers and body of the answer to a request of exactly these headers.
async fn request(
    server: &MockServer,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> (u16, String, Value) {
    let url = server.url();
    let address = url
        .strip_prefix("http://")
        .unwrap()
        .split('/')
        .next()
        .unwrap();
    let mut request =
        format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (
        status,
        head.to_lowercase(),
        serde_json::from_str(body).unwrap_or_default(),
    )
}

const PATH: &str = "/api/payment-processors/generate-tokens";

async fn server() -> MockServer {
    MockServer::start(Specification::of_workspace().unwrap())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_documented_call_gets_the_documented_answer_with_and_without_the_base_path() {
    let server = server().await;
    let specification = Specification::of_workspace().unwrap();
    let operation = specification.operation("generate_tokens").unwrap();
    let example = &operation.response(200).unwrap().examples[0].value;
    for path in [PATH, PATH.strip_prefix("/api").unwrap()] {
        let (status, head, body) = request(&server, "POST", path, &HEADERS).await;
        assert_eq!((status, &body), (200, example), "{path}");
        assert!(head.contains("\r\nx-request-id: mine"), "{head}");
        assert!(
            head.contains("\r\ncontent-type: application/json"),
            "{head}"
        );
    }
}

#[tokio::test]
async fn a_call_without_a_required_header_is_refused_with_the_envelope_that_names_it() {
    let server = server().await;
    for (index, (name, _)) in HEADERS.iter().enumerate() {
        let mut headers = HEADERS.to_vec();
        headers.remove(index);
        let (status, _, body) = request(&server, "POST", PATH, &headers).await;
        assert_eq!(status, 400, "without {name}");
        let rule = &body["data"]["validations"][name.to_lowercase()];
        assert_eq!(
            rule,
            &json!([{"rule": "required", "message": format!("the header {name} is required")}]),
            "without {name}: {body}"
        );
        assert_eq!(body["code"], 400);
    }
    let twice: Vec<_> = HEADERS.iter().chain(&HEADERS[..1]).copied().collect();
    let (status, _, body) = request(&server, "POST", PATH, &twice).await;
    assert_eq!(status, 400);
    assert_eq!(
        body["data"]["validations"]["api-version"][0]["rule"],
        "once"
    );
}

#[tokio::test]
async fn an_unknown_path_is_not_found_and_another_method_is_not_allowed() {
    let server = server().await;
    let (status, _, body) = request(&server, "POST", "/api/elsewhere", &HEADERS).await;
    assert_eq!((status, &body["code"]), (404, &json!(404)));
    let (status, head, body) = request(&server, "GET", PATH, &HEADERS).await;
    assert_eq!((status, &body["code"]), (405, &json!(405)));
    assert!(head.contains("\r\nallow: post"), "{head}");
}

#[tokio::test]
async fn another_example_can_be_asked_for() {
    let server = server().await;
    let specification = Specification::of_workspace().unwrap();
    for response in &specification
        .operation("generate_tokens")
        .unwrap()
        .responses
    {
        for example in &response.examples {
            server.answer_example(response.status, Some(&example.name));
            let (status, _, body) = request(&server, "POST", PATH, &HEADERS).await;
            assert_eq!(
                (status, &body),
                (response.status, &example.value),
                "{}",
                example.place
            );
        }
    }
    server.answer_example(404, Some("no such example"));
    assert_eq!(request(&server, "POST", PATH, &HEADERS).await.0, 500);
    server.answer_raw(418, "text/html", "<html>");
    let (status, head, _) = request(&server, "POST", PATH, &HEADERS).await;
    assert_eq!(status, 418);
    assert!(head.contains("\r\ncontent-type: text/html"), "{head}");
}
