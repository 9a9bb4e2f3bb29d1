//! Undeclared calls: what all calls share is sent too, and any status is a success.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use conformance::testing::message::{Message, authority, json_answer};
use conformance::testing::script::{ScriptedServer, Step};
use par_ordering::{
    Client, Customer, ErrorKind, Method, ProviderError, RawRequest, RetryPolicy, Secret,
    StatusCode, TokenProvider,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::wire::par_ordering_version;
use crate::{SUCCESS, builder, client};

/// The request of one call, to a server that answers with this status.
async fn request_of(call: impl FnOnce(Client) -> RawRequest) -> (Message, String) {
    let server = ScriptedServer::answering(json_answer(200, "{}"))
        .await
        .unwrap();
    let client = client(format!("{}/api", server.url()));
    call(client).send().await.unwrap();
    (server.request().unwrap(), server.url())
}

#[tokio::test]
async fn the_bytes_of_a_request_are_these() {
    let (request, url) = request_of(|client| {
        client
            .for_customer("documented-customer-token")
            .request(Method::PUT, "/customers/7%2F8")
            .query("view", "full & whole")
            .header("x-region", "north")
            .header("X-Request-ID", "mine")
            .json(&json!({"name": "Ivan", "share": 7.0, "none": null}))
    })
    .await;
    let request = request.text().replace(authority(&url), "127.0.0.1:PORT");
    let request = request.replace(par_ordering_version(), "VERSION");
    insta::assert_snapshot!(request.replace("\r\n", "<CR><LF>\n"));
}

#[tokio::test]
async fn a_body_is_sent_under_its_media_type_and_nothing_where_there_is_none() {
    #[derive(Serialize)]
    struct Login<'a> {
        user: &'a str,
        password: Secret,
        remember: bool,
        device: Option<u64>,
        note: Option<&'a str>,
    }
    let login = Login {
        user: "a b",
        password: "c&d=\u{e9}".into(),
        remember: true,
        device: Some(u64::MAX),
        note: None,
    };
    let form = Some("application/x-www-form-urlencoded");
    type WithBody = fn(RawRequest, &Login<'_>) -> RawRequest;
    let cases: [(WithBody, _, &str); 6] = [
        (|call, _| call, None, ""),
        (
            |call, login| call.json(&1).form(login),
            form,
            "user=a+b&password=c%26d%3D%C3%A9&remember=true&device=18446744073709551615",
        ),
        (
            |call, _| call.form(&[("a", "1"), ("a", "2")]),
            form,
            "a=1&a=2",
        ),
        (
            |call, _| call.form(&BTreeMap::from([("a", 1.5)])),
            form,
            "a=1.5",
        ),
        (
            |call, _| call.json("text"),
            Some("application/json"),
            "\"text\"",
        ),
        (|call, _| call.form(&()), form, ""),
    ];
    for (body, media_type, text) in cases {
        let (request, _) =
            request_of(|client| body(client.request(Method::POST, "/a"), &login)).await;
        assert_eq!(request.body, text);
        let media_type: Vec<&str> = media_type.into_iter().collect();
        assert_eq!(request.values("content-type"), media_type, "{text}");
        assert_eq!(request.values("content-length"), [text.len().to_string()]);
    }
}

#[tokio::test]
async fn a_customers_token_goes_along_on_that_customers_view_alone() {
    let (plain, _) = request_of(|client| {
        let _ = client.for_customer("a token");
        client.request(Method::GET, "/a")
    })
    .await;
    assert_eq!(plain.values("authorization"), [""; 0]);
    let (of_customer, _) =
        request_of(|client| client.for_customer("a token").request(Method::GET, "/a")).await;
    assert_eq!(of_customer.values("authorization"), ["Bearer a token"]);
    for request in [plain, of_customer] {
        assert_eq!(request.values("application"), ["key"]);
        assert_eq!(request.values("api-version"), [par_ordering::API_VERSION]);
    }
}

#[tokio::test]
async fn what_each_call_has_of_its_own_can_be_given_with_it() {
    let (request, _) = request_of(|client| {
        let view = client
            .with_application("another")
            .with_api_version("4.60.0");
        view.request(Method::DELETE, "/a")
            .header("X-QB-Enabled", "false")
            .header("x-request-id", "another")
            .header("X-Request-ID", "mine")
            .header("accept", "text/csv")
    })
    .await;
    for (name, value) in [
        ("x-qb-enabled", "false"),
        ("x-request-id", "mine"),
        ("accept", "text/csv"),
        ("application", "another"),
        ("api-version", "4.60.0"),
    ] {
        assert_eq!(request.values(name), [value], "the header {name}");
    }
    assert_eq!(request.line(), "DELETE /api/a HTTP/1.1");
}

#[tokio::test]
async fn any_status_is_a_success_and_nothing_that_was_answered_is_repeated() {
    for status in [200u16, 201, 302, 401, 404, 422, 429, 500, 503] {
        let answer = json_answer(status, r#"{"status":7}"#);
        let script = vec![Step::Read, Step::Write(answer)];
        let server = ScriptedServer::start(vec![script]).await.unwrap();
        let client = builder(server.url())
            .retry(RetryPolicy::transient())
            .build()
            .unwrap();
        let call = client
            .request(Method::GET, "/a")
            .header("x-request-id", "mine");
        let answer = call.send().await.unwrap();
        assert_eq!(answer.status(), status);
        assert_eq!((answer.request_id(), answer.attempts()), ("mine", 1));
        assert_eq!(
            answer.headers().expose_secret()["content-type"],
            "application/json"
        );
        assert_eq!(answer.bytes(), br#"{"status":7}"#);
        assert_eq!(answer.json::<Value>().unwrap(), json!({"status": 7}));
        assert_eq!(server.requests(), 1, "{status}");
    }
}

#[tokio::test]
async fn what_never_reached_the_server_is_repeated_as_the_policy_says() {
    let client = client("http://127.0.0.1:1");
    for (policy, attempts) in [
        (RetryPolicy::never(), 1),
        (RetryPolicy::safe(), 3),
        (RetryPolicy::transient().max_attempts(2), 2),
    ] {
        let view = client.with_retry(policy);
        let error = view.request(Method::GET, "/a").send().await.unwrap_err();
        assert_eq!(
            (error.kind(), error.attempts()),
            (ErrorKind::NotConnected, attempts)
        );
        assert_eq!(error.operation_id(), "request");
    }
}

#[tokio::test]
async fn deadline_and_limits_hold() {
    let hurried = client("http://127.0.0.1:1").with_deadline(std::time::Duration::ZERO);
    let error = hurried.request(Method::GET, "/a").send().await.unwrap_err();
    assert!(error.is_timeout(), "{error}");

    let large = json_answer(200, &"a".repeat(1_001));
    let server = ScriptedServer::answering(large).await.unwrap();
    let limited = builder(server.url())
        .max_body_bytes(1_000)
        .max_request_body_bytes(10);
    let limited = limited.build().unwrap();
    for call in [
        limited.request(Method::POST, "/a").json("0123456789"),
        limited
            .request(Method::POST, "/a")
            .form(&[("a", "123456789")]),
    ] {
        let error = call.send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        let expected = "the body is larger than 10 bytes";
        assert!(error.to_string().ends_with(expected), "{error}");
    }
    let error = limited.request(Method::GET, "/a").send().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::BodyTooLarge, Some(StatusCode::OK))
    );
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn what_can_not_be_sent_is_refused_before_anything_is_sent() {
    let client = client("http://127.0.0.1:1");
    let request = |method: &str, path: &str| {
        client.request(Method::from_bytes(method.as_bytes()).unwrap(), path)
    };
    let get = |path| request("GET", path);
    let nested = BTreeMap::from([("a", vec![("canary", 1)])]);
    let cases = [
        (
            get("https://canary.example.com/a"),
            "the path must begin with `/`",
        ),
        (get("//canary.example.com/a"), "an empty segment"),
        (get("/canary/%2e%2E/a"), "the segment `.` or `..`"),
        (get("/canary?a=b"), "`?` or `#`"),
        (get("/canary\\a"), "`\\` or a control character"),
        (
            request("TRACE", "/canary"),
            "the method must be one of GET, POST",
        ),
        (
            request("CONNECT", "/canary"),
            "the method must be one of GET, POST",
        ),
        (
            request("CANARY", "/canary"),
            "the method must be one of GET, POST",
        ),
        (
            request("get", "/canary"),
            "the method must be one of GET, POST",
        ),
        (
            request("POST", "/a").form(&nested),
            "names and simple values",
        ),
        (
            request("POST", "/a").form("canary"),
            "names and simple values",
        ),
        (
            request("POST", "/a").json(&BTreeMap::from([((1, 2), "canary")])),
            "can't be written as JSON",
        ),
        (
            get("/a").header("x-request-id", "can\nary"),
            "the header x-request-id",
        ),
        (get("/a").query("", "canary"), "has no name"),
    ];
    for (call, expected) in cases {
        let error = call.send().await.unwrap_err();
        let text = error.to_string();
        assert_eq!(
            (error.kind(), error.attempts()),
            (ErrorKind::InvalidRequest, 0),
            "{text}"
        );
        assert!(text.contains(expected), "{text}");
        assert!(
            !text.to_lowercase().contains("canary.") && !text.contains("/canary"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn an_answer_that_is_not_of_the_type_says_where_and_nothing_of_what_stands_there() {
    #[derive(Debug, Deserialize)]
    struct Answer {
        #[allow(dead_code, reason = "it is only read")]
        token: u32,
    }
    for (body, expected) in [
        (r#"{"token":"canary"}"#, "`token` (line 1, column 17)"),
        (r#"{"canary":1}"#, "field `token` is missing"),
        (r#"["canary"]"#, "not of the documented type"),
        ("<canary>", "the body is not JSON"),
        (r#"{"token":7"#, "ends too early"),
        ("", "ends too early"),
    ] {
        let server = ScriptedServer::answering(json_answer(404, body))
            .await
            .unwrap();
        let call = client(server.url()).request(Method::GET, "/a");
        let answer = call.send().await.unwrap();
        let error = answer.json::<Answer>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotDecodable);
        assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
        assert_eq!(error.request_id(), answer.request_id());
        assert!(error.to_string().contains(expected), "{body}: {error}");
        for shown in [
            error.to_string(),
            format!("{error:?}"),
            format!("{answer:#?}"),
        ] {
            assert!(!shown.contains("canary"), "{shown}");
        }
    }
}

/// Renews through a client: the plain one or, by mistake, the view of the customer.
struct Login {
    client: Client,
    current: Mutex<Secret>,
    renewals: AtomicUsize,
}

impl TokenProvider for Login {
    async fn token(&self) -> Result<Secret, ProviderError> {
        Ok(self.current.lock().unwrap().clone())
    }

    async fn refresh(&self, rejected: &Secret) -> Result<Secret, ProviderError> {
        self.renewals.fetch_add(1, Ordering::SeqCst);
        let call = self.client.request(Method::POST, "/customers/refresh");
        let answer = call.form(&[("expired", rejected)]).send().await?;
        if answer.status() != StatusCode::OK {
            return Err(format!("the login service answers {}", answer.status()).into());
        }
        let renewed: Secret = answer.json()?;
        *self.current.lock().unwrap() = renewed.clone();
        Ok(renewed)
    }
}

/// The result of a call whose token has expired, if the login service answers like this.
async fn renewed_by(answer: Vec<u8>) -> (ScriptedServer, Result<u32, ErrorKind>, usize) {
    let rejected = json_answer(401, r#"{"code":401}"#);
    let answers = [rejected, answer, json_answer(200, SUCCESS)];
    let scripts = answers.map(|answer| vec![Step::Read, Step::Write(answer)]);
    let server = ScriptedServer::start(scripts.into()).await.unwrap();
    let client = client(server.url());
    let login = std::sync::Arc::new(Login {
        client: client.clone(),
        current: Mutex::new("expired".into()),
        renewals: AtomicUsize::new(0),
    });
    let customer = client.for_customer(Customer::provided_by(std::sync::Arc::clone(&login)));
    let outcome = customer.generate_tokens().send().await;
    let outcome = outcome
        .map(|response| response.attempts())
        .map_err(|error| error.kind());
    let renewals = login.renewals.load(Ordering::SeqCst);
    (server, outcome, renewals)
}

#[tokio::test]
async fn a_provider_that_renews_through_the_plain_client_is_asked_once_whatever_is_answered() {
    let (server, outcome, renewals) = renewed_by(json_answer(200, r#""renewed""#)).await;
    assert_eq!((outcome, renewals), (Ok(2), 1));
    let [_, renewal, again] = &server.all_requests()[..] else {
        panic!("{} requests", server.requests());
    };
    assert_eq!(renewal.line(), "POST /customers/refresh HTTP/1.1");
    assert_eq!(renewal.values("authorization"), [""; 0]);
    assert_eq!(renewal.body, "expired=expired");
    assert_eq!(again.values("authorization"), ["Bearer renewed"]);

    for status in [401, 500] {
        let (server, outcome, renewals) = renewed_by(json_answer(status, "{}")).await;
        assert_eq!(
            (outcome, renewals),
            (Err(ErrorKind::Credentials), 1),
            "{status}"
        );
        assert_eq!(server.requests(), 2, "{status}");
    }
}

/// It would wait for itself if an undeclared call renewed the token.
#[tokio::test]
async fn a_rejected_token_is_not_renewed_for_a_call_that_is_not_declared() {
    let server = ScriptedServer::answering(json_answer(401, "{}"))
        .await
        .unwrap();
    let never = || panic!("what the call does is not known");
    let never = crate::Login(|| Ok("expired".into()), never);
    let customer = client(server.url()).for_customer(Customer::provided_by(never));
    let answer = customer.request(Method::GET, "/a").send().await.unwrap();
    assert_eq!(
        (answer.status(), answer.attempts()),
        (StatusCode::UNAUTHORIZED, 1)
    );
    let request = server.request().unwrap();
    assert_eq!(request.values("authorization"), ["Bearer expired"]);
}
