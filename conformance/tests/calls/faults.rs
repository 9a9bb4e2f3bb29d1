//! Faults of a server. Each ends as the right kind of error, within the deadline, and nothing is sent twice.

use std::time::Duration;

use conformance::testing::script::ScriptedServer;
use conformance::testing::script::Step::{self, Read, Reset, Stall, Write, WriteForEver};
use conformance::testing::table::rows;
use par_ordering::{Client, Customer, ErrorKind, RetryPolicy, StatusCode};

use crate::{Login, SUCCESS, builder};

fn bytes(text: &str) -> Step {
    Write(text.as_bytes().to_vec())
}

/// A complete success, after which the connection may stay open.
fn success() -> Step {
    let length = SUCCESS.len();
    bytes(&format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{SUCCESS}"
    ))
}

fn client(server: &ScriptedServer) -> Client {
    builder(server.url())
        .deadline(Duration::from_secs(20))
        .max_body_bytes(10_000)
        .build()
        .unwrap()
}

/// Short for those that would wait until the end; ample for the others.
const SHORT: Duration = Duration::from_secs(2);

/// What the server does, and the result of the call: the kind of its error and the status, if one arrived. A text is
/// sent as it is written in JSON, and `success` is a complete one.
const FAULTS: &str = r#"
no answer at all                      | read + stall | DeadlineExceeded
half a head                           | read + HTTP/1.1 200 OK\r\nx- + stall | DeadlineExceeded
a stalled body                        | read + HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n + stall | DeadlineExceeded 200
a body that stalls half way           | read + HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n + {\"status\" + stall | DeadlineExceeded 200
a stalled error                       | read + HTTP/1.1 401 No\r\ncontent-length: 9\r\n\r\n + stall | DeadlineExceeded 401
reset before the request was read     | reset | Interrupted
reset after the request was read      | read + reset | Interrupted
closed after the request was read     | read | Interrupted
reset after the head                  | read + HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n + reset | Interrupted 200
closed after half a body              | read + HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n + { | Interrupted 200
closed within the head                | read + HTTP/1.1 200 OK\r\nx: y | Interrupted
a length that is not a number         | read + HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n{} | Interrupted
two lengths                           | read + HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{} | Interrupted
a length that is too large for the client | read + HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n + spaces for ever | BodyTooLarge 200
a body to the end of the connection that has none | read + HTTP/1.1 200 OK\r\n\r\n + spaces for ever | BodyTooLarge 200
endless chunks                        | read + HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n + chunks for ever | BodyTooLarge 200
a bad chunk size                      | read + HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n + xyz\r\n{}\r\n0\r\n\r\n | Interrupted 200
a chunk size without end              | read + HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n + FFFFFFFFFFFFFFFFFF\r\n{} | Interrupted 200
chunks without the last               | read + HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n + 2\r\n{}\r\n | Interrupted 200
garbage                               | read + \u0016\u0003\u0001garbage\r\n\r\n | Interrupted
another protocol                      | read + SSH-2.0-OpenSSH_9.2\r\n | Interrupted
a header that is none                 | read + HTTP/1.1 200 OK\r\nno colon\r\n\r\n | Interrupted
1 MB of headers                       | read + HTTP/1.1 200 OK\r\n + 1 MB of headers | Interrupted
endless headers                       | read + HTTP/1.1 200 OK\r\n + headers for ever | Interrupted
continue and nothing more             | read + HTTP/1.1 100 Continue\r\n\r\n + stall | DeadlineExceeded
continue and a success                | read + HTTP/1.1 100 Continue\r\n\r\n + success | success
a success in pieces                   | read + success in pieces | success
HTTP/1.0                              | read + success of HTTP/1.0 | success
a success with a body too long        | read + success + and more | success
a redirect                            | read + HTTP/1.1 307 Over there\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n | UndocumentedStatus(307) 307
a status that HTTP does not have      | read + HTTP/1.1 999 What\r\ncontent-length: 0\r\n\r\n | UndocumentedStatus(999) 999
"#;

fn steps(step: &str) -> Vec<Step> {
    vec![match step {
        "read" => Read,
        "stall" => Stall,
        "reset" => Reset,
        "success" => success(),
        "success of HTTP/1.0" => bytes(&format!("HTTP/1.0 200 OK\r\n\r\n{SUCCESS}")),
        "success in pieces" => {
            let Write(whole) = success() else {
                unreachable!()
            };
            let (head, body) = whole.split_at(whole.len() - SUCCESS.len());
            let pieces = body.iter().map(|byte| Write(vec![*byte]));
            return [Write(head.to_vec())].into_iter().chain(pieces).collect();
        }
        "1 MB of headers" => bytes(&format!("x: {}\r\n", "y".repeat(1_000)).repeat(1_000)),
        "headers for ever" => WriteForEver(b"x: y\r\n".to_vec()),
        "chunks for ever" => WriteForEver(b"4\r\n    \r\n".to_vec()),
        "spaces for ever" => WriteForEver(vec![b' '; 4096]),
        text => bytes(&serde_json::from_str::<String>(&format!("\"{text}\"")).unwrap()),
    }]
}

#[tokio::test]
async fn each_fault_ends_in_the_right_kind_within_the_deadline_and_is_not_sent_twice() {
    let mut failures = Vec::new();
    for [what, script, expected] in rows(FAULTS) {
        let script = script.split(" + ").flat_map(steps).collect();
        let server = ScriptedServer::start(vec![script]).await.unwrap();
        let mut client = client(&server);
        let is_short = expected.starts_with("DeadlineExceeded");
        if is_short {
            client = client.with_deadline(SHORT);
        }
        // The deadline, and the delay of a busy machine.
        let deadline = if is_short {
            SHORT
        } else {
            Duration::from_secs(20)
        };
        let limit = deadline + Duration::from_secs(5);
        let call = client.generate_tokens().x_request_id("mine").send();
        let Ok(result) = tokio::time::timeout(limit, call).await else {
            failures.push(format!("{what}: passed the deadline"));
            continue;
        };
        let outcome = match &result {
            Ok(_) => "success".to_owned(),
            Err(error) => {
                let status = error.status().map(|status| format!(" {}", status.as_u16()));
                format!("{:?}{}", error.kind(), status.unwrap_or_default())
            }
        };
        if outcome != expected {
            failures.push(format!("{what}: {result:?}\n  instead of {expected}"));
        }
        if let Err(error) = &result
            && (error.request_id() != "mine"
                || error.attempts() != 1
                || error.is_safe_to_repeat() != error.is_unauthorized())
        {
            failures.push(format!(
                "{what}: {error:?} forgets something or may have been repeated"
            ));
        }
        if server.connections() > 1 {
            failures.push(format!("{what}: made {} connections", server.connections()));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[tokio::test]
async fn a_pooled_connection_that_the_server_closed_between_calls_does_no_harm() {
    // Each connection answers one request and is closed without a warning.
    let server = ScriptedServer::start(vec![vec![Read, success()]])
        .await
        .unwrap();
    let client = client(&server);
    for call in 1..=5 {
        client.generate_tokens().send().await.unwrap();
        assert_eq!(server.requests(), call);
    }
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let server = ScriptedServer::start(vec![vec![Read, success(), Read, success(), Stall]])
        .await
        .unwrap();
    let client = client(&server);
    client.generate_tokens().send().await.unwrap();
    client
        .for_customer("another")
        .generate_tokens()
        .send()
        .await
        .unwrap();
    assert_eq!((server.connections(), server.requests()), (1, 2));
}

#[tokio::test]
async fn a_connection_that_cannot_be_made_is_tried_again_unless_told_otherwise() {
    let client = builder("http://127.0.0.1:1")
        .retry(
            RetryPolicy::safe()
                .max_attempts(4)
                .base_delay(Duration::from_millis(1)),
        )
        .build()
        .unwrap();
    for (client, attempts) in [
        (client.clone(), 4),
        (client.with_retry(RetryPolicy::never()), 1),
    ] {
        let error = client.generate_tokens().send().await.unwrap_err();
        assert_eq!(
            (error.kind(), error.attempts()),
            (ErrorKind::NotConnected, attempts)
        );
        assert!(error.is_safe_to_repeat() && error.is_worth_repeating());
    }
}

/// The time of a resolver that reaches nobody.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn an_error_says_to_where_there_is_no_connection_and_why() {
    let tls_of = async |steps: Vec<Step>| {
        let server = ScriptedServer::start(vec![steps]).await.unwrap();
        let url = server.url().replace("http:", "https:");
        (url, Some(server))
    };
    let alert = Write(vec![0x15, 3, 3, 0, 2, 2, 40]);
    let cases = [
        (
            "nobody listens",
            ("http://127.0.0.1:1".to_owned(), None),
            ("no connection to ADDRESS: connection refused", true),
        ),
        (
            // RFC 6761: there is never an address for it.
            "a name that is not found",
            ("https://pay.invalid".to_owned(), None),
            (
                "no connection to ADDRESS:443: no address was found for the name ADDRESS",
                true,
            ),
        ),
        (
            "a server without TLS",
            tls_of(vec![bytes("HTTP/1.1 400 Bad Request\r\n\r\n"), Stall]).await,
            (
                "no secure connection to ADDRESS: it does not speak TLS",
                false,
            ),
        ),
        (
            "a server that refuses TLS",
            tls_of(vec![alert, Stall]).await,
            (
                "no secure connection to ADDRESS: it refused the TLS handshake",
                false,
            ),
        ),
        (
            "a server that hangs up",
            tls_of(vec![Reset]).await,
            ("no connection to ADDRESS: connection reset", true),
        ),
    ];
    let mut failures = Vec::new();
    for (what, (url, _server), (expected, may_pass)) in cases {
        let policy = RetryPolicy::never();
        let builder = builder(&url).retry(policy).deadline(PATIENCE);
        let client = builder.connect_timeout(PATIENCE).build().unwrap();
        let call = client.generate_tokens().x_request_id("mine");
        let error = call.send().await.unwrap_err();
        let (_, address) = url.split_once("//").unwrap();
        let problem = expected.replace("ADDRESS", address);
        let expected = format!("generate_tokens: not connected (request mine): {problem}");
        if error.to_string() != expected
            || error.is_worth_repeating() != may_pass
            || !error.is_safe_to_repeat()
        {
            failures.push(format!("{what}: {error}\n  instead of {expected}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[tokio::test]
async fn a_connection_that_takes_too_long_is_told_with_its_address() {
    // No handshake is answered.
    let server = ScriptedServer::start(vec![vec![Stall]]).await.unwrap();
    let url = server.url().replace("http:", "https:");
    let timeout = Duration::from_millis(300);
    let policy = RetryPolicy::never();
    let builder = builder(&url).connect_timeout(timeout).retry(policy);
    let client = builder.build().unwrap();
    let error = client.generate_tokens().send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectTimeout, "{error:?}");
    let expected = url.replace("https://", "no connection in time to ");
    assert!(error.to_string().ends_with(&expected), "{error}");
    assert!(error.is_safe_to_repeat() && error.is_worth_repeating());
}

#[tokio::test]
async fn who_asks_for_it_gets_transient_failures_repeated_with_the_same_request_id() {
    let unavailable =
        "HTTP/1.1 503 Later\r\nretry-after: 0\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let scripts = vec![
        vec![Read, bytes(unavailable)],
        vec![Read, Stall],
        vec![Read, success()],
    ];
    let server = ScriptedServer::start(scripts).await.unwrap();
    let policy = RetryPolicy::transient()
        .base_delay(Duration::from_millis(1))
        .attempt_timeout(SHORT);
    let response = client(&server)
        .with_retry(policy)
        .generate_tokens()
        .send()
        .await
        .unwrap();
    assert_eq!((response.attempts(), server.requests()), (3, 3));

    let server = ScriptedServer::start(vec![vec![Read, bytes(unavailable)]])
        .await
        .unwrap();
    let error = client(&server).generate_tokens().send().await.unwrap_err();
    assert_eq!((error.attempts(), server.requests()), (1, 1));
    assert!(error.is_worth_repeating());
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_only_its_host_is_told() {
    let elsewhere = ScriptedServer::start(vec![vec![Read, success()]])
        .await
        .unwrap();
    let location = format!("{}/path?canary=1", elsewhere.url());
    let redirect =
        format!("HTTP/1.1 302 Found\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
    let server = ScriptedServer::start(vec![vec![Read, bytes(&redirect)]])
        .await
        .unwrap();
    let error = client(&server)
        .generate_tokens()
        .x_request_id("mine")
        .send()
        .await
        .unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::UndocumentedStatus(StatusCode::FOUND)
    );
    assert_eq!(
        error.to_string(),
        "generate_tokens: 302 Found (request mine): it leads to 127.0.0.1, but redirects are not followed"
    );
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn a_call_one_of_whose_attempts_may_have_had_an_effect_is_not_called_safe_to_repeat() {
    let unavailable =
        "HTTP/1.1 503 Later\r\nretry-after: 0\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let scripts = vec![vec![Read, bytes(unavailable)]];
    let server = ScriptedServer::start_and_refuse_after(scripts)
        .await
        .unwrap();
    let policy = RetryPolicy::transient()
        .max_attempts(2)
        .base_delay(Duration::ZERO);
    let error = client(&server)
        .with_retry(policy)
        .generate_tokens()
        .send()
        .await
        .unwrap_err();
    // By itself, the last attempt would be safe to repeat.
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::NotConnected, 2)
    );
    assert!(!error.is_safe_to_repeat(), "{error:?}");
    // The answer that arrived is not forgotten.
    assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
}

#[tokio::test]
async fn the_limit_of_attempts_holds_across_a_renewed_token_which_is_worth_one_more() {
    let answer = |status| {
        let head =
            format!("HTTP/1.1 {status} No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        vec![Read, bytes(&head)]
    };
    let scripts = vec![answer(503), answer(401), answer(503)];
    let server = ScriptedServer::start(scripts).await.unwrap();
    let policy = RetryPolicy::transient()
        .max_attempts(3)
        .base_delay(Duration::ZERO);
    let customer = Customer::provided_by(Login(|| Ok("old".into()), || Ok("new".into())));
    let client = client(&server).with_retry(policy).for_customer(customer);
    let error = client.generate_tokens().send().await.unwrap_err();
    assert_eq!((error.attempts(), server.requests()), (4, 4), "{error:?}");
}
