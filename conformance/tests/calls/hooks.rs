//! What a hook is told about a call and in which order, what it may do, and that it sees no secret and loses no
//! result.

use std::future::Future as _;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};
use std::time::Duration;

use conformance::testing::canary::Canaries;
use conformance::testing::script::ScriptedServer;
use conformance::testing::script::Step::{self, Read, Stall, Write};
use par_ordering::hook::{Attempt, AttemptEnd, CallEnd, CallInfo, Hook, HookError, Outcome};
use par_ordering::{Client, ErrorKind, RetryPolicy, Secret};

use crate::{Login, SUCCESS, builder};

/// A point at which a hook is called.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Point {
    Started,
    Before(u32),
    AttemptEnded(u32),
    Ended,
}

use Point::{AttemptEnded, Before, Ended, Started};

/// The events that hooks were told, one line for each.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn add(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }

    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// Records the events, and does its action at one point.
struct Told {
    log: Log,
    name: &'static str,
    at: Option<Point>,
    does: fn(Option<&mut Attempt<'_>>) -> Result<(), HookError>,
}

impl Told {
    fn all(log: &Log) -> Self {
        Self::who(log, "", None, |_| Ok(()))
    }

    fn who(
        log: &Log,
        name: &'static str,
        at: Option<Point>,
        does: fn(Option<&mut Attempt<'_>>) -> Result<(), HookError>,
    ) -> Self {
        let log = log.clone();
        Self {
            log,
            name,
            at,
            does,
        }
    }

    fn note(
        &self,
        point: Point,
        what: &str,
        attempt: Option<&mut Attempt<'_>>,
    ) -> Result<(), HookError> {
        self.log.add(format!("{}{what}", self.name));
        if self.at == Some(point) {
            (self.does)(attempt)
        } else {
            Ok(())
        }
    }
}

impl Hook for Told {
    fn call_started(&self, call: &CallInfo<'_>) {
        let (operation, method, path) = (call.operation_id(), call.method(), call.path_template());
        let (server, id) = (call.server_address(), call.request_id());
        let line = format!("{operation} starts: {method} {path} at {server}, {id}");
        self.note(Started, &line, None).unwrap();
    }

    fn before_attempt(&self, attempt: &mut Attempt<'_>) -> Result<(), HookError> {
        let (number, bytes) = (attempt.attempt(), attempt.request_body_bytes());
        assert_eq!(attempt.call().operation_id(), "generate_tokens");
        let line = format!("before attempt {number} with {bytes} bytes");
        self.note(Before(number), &line, Some(attempt))
    }

    fn attempt_ended(&self, attempt: &AttemptEnd<'_>) {
        let (number, outcome) = (attempt.attempt(), shown(attempt.outcome()));
        assert_eq!(attempt.request_body_bytes(), 0);
        let line = format!("attempt {number}: {outcome}");
        self.note(AttemptEnded(number), &line, None).unwrap();
    }

    fn call_ended(&self, call: &CallEnd<'_>) {
        let (count, outcome) = (call.attempts(), shown(call.outcome()));
        assert_eq!(call.request_body_bytes(), 0);
        let line = format!("ends after {count}: {outcome}");
        self.note(Ended, &line, None).unwrap();
    }
}

fn shown(outcome: &Outcome) -> String {
    let status = outcome.status().map(|status| status.as_u16());
    let kind = outcome.error_kind().map(|kind| kind.as_str());
    let bytes = outcome.response_body_bytes();
    let shown = [
        status.map(|status| status.to_string()),
        kind.map(|kind| format!("kind {kind}")),
        bytes.map(|bytes| format!("{bytes} bytes")),
        outcome
            .error_type()
            .map(|name| format!("error.type {name}")),
        outcome.is_dropped().then(|| "dropped".to_owned()),
    ];
    shown.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// An answer on a connection of its own.
fn answer(status: u16, body: &str) -> Vec<Step> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n");
    vec![Read, Write(format!("{head}\r\n{body}").into_bytes())]
}

fn patient() -> RetryPolicy {
    RetryPolicy::transient()
        .max_attempts(3)
        .base_delay(Duration::ZERO)
}

const RENEWED: Login = Login(
    || Ok("canary-of-the-old-token-0a1b2c3d".into()),
    || Ok("canary-of-the-new-token-4e5f6a7b".into()),
);

const CLOSED: Login = Login(|| Err("closed".into()), || Err("closed".into()));

#[tokio::test]
async fn a_hook_is_told_of_each_call_and_each_attempt_from_start_to_end() {
    type View = fn(Client) -> Client;
    type Case = (
        &'static str,
        Vec<Vec<Step>>,
        View,
        &'static str,
        &'static [&'static str],
    );
    const START: &str =
        "generate_tokens starts: POST /payment-processors/generate-tokens at 127.0.0.1, mine";
    let as_is: View = |client| client;
    let broken = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{".to_vec();
    let envelope = r#"{"status":"Error","code":403,"data":{}}"#;
    let cases: Vec<Case> = vec![
        (
            "a success",
            vec![answer(200, SUCCESS)],
            as_is,
            "mine",
            &[
                "before attempt 1 with 0 bytes",
                "attempt 1: 200, 47 bytes",
                "ends after 1: 200, 47 bytes",
            ],
        ),
        (
            "a documented error",
            vec![answer(404, "{}")],
            as_is,
            "mine",
            &[
                "before attempt 1 with 0 bytes",
                "attempt 1: 404, 2 bytes, error.type 404",
                "ends after 1: 404, kind documented_status, 2 bytes, error.type 404",
            ],
        ),
        (
            "an error in a success",
            vec![answer(200, envelope)],
            as_is,
            "mine",
            &[
                "before attempt 1 with 0 bytes",
                "attempt 1: 200, 39 bytes",
                "ends after 1: 200, kind error_envelope, 39 bytes, error.type error_envelope",
            ],
        ),
        (
            "an answer that breaks off",
            vec![vec![Read, Write(broken)]],
            as_is,
            "mine",
            &[
                "before attempt 1 with 0 bytes",
                "attempt 1: 200, kind interrupted, 1 bytes, error.type interrupted",
                "ends after 1: 200, kind interrupted, 1 bytes, error.type interrupted",
            ],
        ),
        (
            "a repetition",
            vec![answer(503, ""), answer(200, SUCCESS)],
            |client| client.with_retry(patient()),
            "mine",
            &[
                "before attempt 1 with 0 bytes",
                "attempt 1: 503, 0 bytes, error.type 503",
                "before attempt 2 with 0 bytes",
                "attempt 2: 200, 47 bytes",
                "ends after 2: 200, 47 bytes",
            ],
        ),
        (
            "a renewed token",
            vec![answer(401, ""), answer(200, SUCCESS)],
            |client| client.for_customer(RENEWED),
            "mine",
            &[
                "before attempt 1 with 0 bytes",
                "attempt 1: 401, 0 bytes, error.type 401",
                "before attempt 2 with 0 bytes",
                "attempt 2: 200, 47 bytes",
                "ends after 2: 200, 47 bytes",
            ],
        ),
        (
            "no token",
            vec![answer(200, SUCCESS)],
            |client| client.for_customer(CLOSED),
            "mine",
            &["ends after 0: kind credentials, error.type credentials"],
        ),
        (
            "no time",
            vec![answer(200, SUCCESS)],
            |client| client.with_deadline(Duration::ZERO),
            "mine",
            &[
                "before attempt 1 with 0 bytes",
                "attempt 1: kind deadline_exceeded, error.type deadline_exceeded",
                "ends after 1: kind deadline_exceeded, error.type deadline_exceeded",
            ],
        ),
        (
            "an invalid request",
            vec![answer(200, SUCCESS)],
            as_is,
            "",
            &["ends after 0: kind invalid_request, error.type invalid_request"],
        ),
    ];
    for (what, scripts, view, id, expected) in cases {
        let server = ScriptedServer::start(scripts).await.unwrap();
        let log = Log::default();
        let client = builder(server.url()).hook(Told::all(&log)).build().unwrap();
        // The other tests check the result.
        let _ = view(client).generate_tokens().x_request_id(id).send().await;
        let lines = log.taken();
        assert_eq!(lines[0], START.replace("mine", id), "{what}");
        assert_eq!(lines[1..], *expected, "{what}");
    }
}

#[tokio::test]
async fn a_call_that_is_dropped_ends_for_its_hooks_and_one_that_has_not_begun_never_was() {
    let server = ScriptedServer::start(vec![vec![Read, Stall]])
        .await
        .unwrap();
    let log = Log::default();
    let client = builder(server.url()).hook(Told::all(&log)).build().unwrap();
    drop(client.generate_tokens().send());
    assert_eq!(log.taken(), [""; 0]);
    {
        let mut call = pin!(client.generate_tokens().x_request_id("mine").send());
        let limit = tokio::time::Instant::now() + Duration::from_secs(20);
        while server.requests() == 0 {
            assert!(tokio::time::Instant::now() < limit, "nothing was sent");
            let polled = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert!(polled.is_pending());
            tokio::task::yield_now().await;
        }
        log.taken();
    }
    assert_eq!(
        log.taken(),
        [
            "attempt 1: error.type cancelled, dropped",
            "ends after 1: error.type cancelled, dropped",
        ]
    );
}

/// Panics when it is dropped, so that dropping it causes the next panic.
struct Grenade;

impl Drop for Grenade {
    fn drop(&mut self) {
        panic!("as it was dropped");
    }
}

#[tokio::test]
async fn a_hook_that_panics_fails_the_call_before_it_is_sent_and_never_the_result() {
    // How many requests arrive, and whether the call fails for this reason.
    let cases = [
        (Started, 0, true),
        (Before(1), 0, true),
        (AttemptEnded(1), 2, false),
        (Before(2), 1, true),
        (AttemptEnded(2), 2, false),
        (Ended, 2, false),
    ];
    for (point, requests, fails) in cases {
        let server = ScriptedServer::start(vec![answer(503, ""), answer(200, SUCCESS)])
            .await
            .unwrap();
        let log = Log::default();
        let client = builder(server.url())
            .hook(Told::who(&log, "1 ", Some(point), |_| {
                std::panic::panic_any(Grenade)
            }))
            .hook(Told::who(&log, "2 ", None, |_| Ok(())))
            .retry(patient())
            .build()
            .unwrap();
        let call = tokio::spawn(client.generate_tokens().send());
        let result = call.await.unwrap_or_else(|got_out| {
            // Otherwise the test runner would drop it.
            std::mem::forget(got_out);
            panic!("{point:?}: the panic got out")
        });
        assert_eq!(server.requests(), requests, "{point:?}");
        match result {
            Ok(response) => assert!(!fails && response.data.tokens.is_empty(), "{point:?}"),
            Err(error) => {
                assert!(fails, "{point:?}: {error}");
                assert_eq!(error.kind(), ErrorKind::Hook, "{point:?}");
                assert!(error.to_string().ends_with("a hook panicked"), "{error}");
                assert_eq!(error.attempts() as usize, requests, "{point:?}");
                assert_eq!(error.is_safe_to_repeat(), requests == 0, "{point:?}");
            }
        }
        // A hook that panicked is told about the rest, and so is the other one.
        let lines = log.taken();
        for name in ["1 ", "2 "] {
            let told: Vec<_> = lines.iter().filter(|line| line.starts_with(name)).collect();
            let is = |line: &str, what: &str| line.contains(what);
            assert!(is(told.first().unwrap(), "starts"), "{point:?}: {lines:?}");
            assert!(is(told.last().unwrap(), "ends"), "{point:?}: {lines:?}");
            let ended = told.iter().filter(|line| is(line, "attempt ")).count();
            let befores = told.iter().filter(|line| is(line, "before")).count();
            assert_eq!(ended - befores, requests, "{point:?}: {lines:?}");
        }
    }
}

#[tokio::test]
async fn a_hook_that_fails_the_call_has_the_last_word_and_says_why() {
    let refuse: fn(Option<&mut Attempt<'_>>) -> Result<(), HookError> =
        |_| Err("the budget is spent".into());
    // Before which attempt, and what is known about the earlier ones: their number, whether the call can be repeated,
    // its status.
    let cases = [(Before(1), 0, true, None), (Before(2), 1, false, Some(503))];
    for (point, attempts, is_safe, status) in cases {
        for own_http_client in [false, true] {
            let server = ScriptedServer::start(vec![answer(503, ""), answer(200, SUCCESS)])
                .await
                .unwrap();
            let log = Log::default();
            let mut builder = builder(server.url())
                .hook(Told::who(&log, "1 ", None, |_| Ok(())))
                .hook(Told::who(&log, "2 ", Some(point), refuse))
                .hook(Told::who(&log, "3 ", None, |_| Ok(())))
                .retry(patient());
            if own_http_client {
                builder = builder.http_client(reqwest::Client::new());
            }
            let call = builder.build().unwrap().generate_tokens();
            let error = call.send().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Hook);
            assert_eq!(error.attempts(), attempts, "{point:?}");
            assert_eq!(error.is_safe_to_repeat(), is_safe, "{point:?}");
            assert_eq!(error.status().map(|status| status.as_u16()), status);
            assert_eq!(server.requests(), attempts as usize);
            let source = std::error::Error::source(&error).unwrap().to_string();
            assert_eq!(source, "the budget is spent");
            assert!(!error.to_string().contains("budget"), "{error}");
            let lines = log.taken();
            let asked = |name: &str| {
                let prefix = format!("{name} before");
                lines
                    .iter()
                    .filter(|line| line.starts_with(&prefix))
                    .count()
            };
            let attempts = attempts as usize;
            let expected = [attempts + 1, attempts + 1, attempts];
            assert_eq!(["1", "2", "3"].map(asked), expected, "{lines:?}");
        }
    }
}

#[tokio::test]
async fn hooks_are_told_in_the_order_in_which_they_were_added() {
    let server = ScriptedServer::start(vec![answer(200, SUCCESS)])
        .await
        .unwrap();
    let log = Log::default();
    let client = builder(server.url())
        .hook(Told::who(&log, "1 ", None, |_| Ok(())))
        .hook(Arc::new(Told::who(&log, "2 ", None, |_| Ok(()))))
        .build()
        .unwrap();
    client.generate_tokens().send().await.unwrap();
    let names: Vec<_> = log
        .taken()
        .iter()
        .map(|line| line[..1].to_owned())
        .collect();
    assert_eq!(names.concat(), "12121212");
}

#[tokio::test]
async fn a_hook_adds_headers_to_one_attempt() {
    let server = ScriptedServer::start(vec![answer(503, ""), answer(200, SUCCESS)])
        .await
        .unwrap();
    let log = Log::default();
    let client = builder(server.url())
        .hook(Told::who(&log, "", Some(Before(1)), |attempt| {
            let attempt = attempt.unwrap();
            attempt.header("traceparent", "00-1")?;
            attempt.header("x-shop", "one")?;
            Ok(())
        }))
        .hook(Told::who(&log, "", Some(Before(1)), |attempt| {
            Ok(attempt.unwrap().header("X-Shop", "two")?)
        }))
        .hook(Told::who(&log, "", Some(Before(2)), |attempt| {
            Ok(attempt.unwrap().header("traceparent", "00-2")?)
        }))
        .retry(patient())
        .build()
        .unwrap();
    client.generate_tokens().send().await.unwrap();
    let sent: Vec<_> = server
        .all_requests()
        .iter()
        .map(|request| ["traceparent", "x-shop"].map(|name| request.values(name).join(", ")))
        .collect();
    assert_eq!(sent, [["00-1", "two"], ["00-2", ""]]);
}

#[tokio::test]
async fn a_header_that_is_not_the_hooks_to_set_fails_the_call_by_its_name() {
    /// Adds a header.
    struct Adds(&'static str, &'static str);

    impl Hook for Adds {
        fn before_attempt(&self, attempt: &mut Attempt<'_>) -> Result<(), HookError> {
            Ok(attempt.header(self.0, self.1)?)
        }
    }

    let owned = "is set by the operation or the client";
    let cases = [
        ("Application", "canary", owned),
        ("api-version", "canary", owned),
        ("X-QB-Enabled", "canary", owned),
        ("x-request-id", "canary", owned),
        ("AUTHORIZATION", "canary", owned),
        ("user-agent", "canary", owned),
        ("accept", "canary", owned),
        ("accept-encoding", "canary", owned),
        ("content-type", "canary", owned),
        ("content-length", "7", owned),
        ("host", "canary", owned),
        ("connection", "canary", owned),
        ("transfer-encoding", "chunked", owned),
        ("x shop", "canary", "has a name that is not allowed"),
        ("", "canary", "has a name that is not allowed"),
        (
            "x-shop",
            "can\nary",
            "contains a character that is not allowed in a header",
        ),
        ("x-shop", "", "is empty"),
        ("x-shop", "\u{200b}", "contains only white space"),
    ];
    let server = ScriptedServer::start(vec![answer(200, SUCCESS)])
        .await
        .unwrap();
    for (name, value, problem) in cases {
        let client = builder(server.url())
            .hook(Adds(name, value))
            .build()
            .unwrap();
        let error = client.generate_tokens().send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Hook, "{name}");
        let said = error.to_string();
        let expected = format!("a hook failed the call: the header {name} {problem}");
        assert!(said.ends_with(&expected), "{said}, expected {expected}");
        assert!(!format!("{said} {error:?}").contains("ary"), "{said}");
    }
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn durations_are_those_of_what_they_are_about_and_calls_have_numbers_of_their_own() {
    /// Keeps numbers and durations.
    #[derive(Default)]
    struct Times(Mutex<Vec<(u64, Duration)>>);

    impl Hook for Times {
        fn attempt_ended(&self, attempt: &AttemptEnd<'_>) {
            let entry = (attempt.call().number(), attempt.duration());
            self.0.lock().unwrap().push(entry);
        }

        fn call_ended(&self, call: &CallEnd<'_>) {
            let entry = (call.call().number(), call.duration());
            self.0.lock().unwrap().push(entry);
        }
    }

    let server = ScriptedServer::start(vec![answer(503, ""), answer(200, SUCCESS)])
        .await
        .unwrap();
    let times = Arc::new(Times::default());
    let wait = Duration::from_millis(20);
    let client = builder(server.url())
        .hook(Arc::clone(&times))
        .retry(patient().base_delay(wait))
        .build()
        .unwrap();
    for _ in 0..2 {
        let call = client.generate_tokens().x_request_id("the same");
        call.send().await.unwrap();
    }
    let times = times.0.lock().unwrap();
    let [(first, one), (_, two), (ended, all), (next, _), ..] = times[..] else {
        panic!("{times:?}");
    };
    assert!(all >= one + two, "{times:?}");
    assert_eq!(first, ended);
    assert_ne!(first, next);
}

#[tokio::test]
async fn a_hook_is_shown_no_secret() {
    const APPLICATION: &str = "canary-of-the-application-8c9d0e1f";
    const OLD: &str = "canary-of-the-old-token-0a1b2c3d";
    const NEW: &str = "canary-of-the-new-token-4e5f6a7b";
    const QUERY: &str = "canary-of-the-query-2f3e4d5c";
    const ANSWER: &str = "canary-of-the-answer-6b7a8f9e";
    const ADDED: &str = "canary-of-an-added-header-1d2c3b4a";

    /// Prints everything that it is given.
    #[derive(Default)]
    struct Printed(Mutex<String>);

    impl Printed {
        fn add(&self, event: &impl std::fmt::Debug) {
            self.0
                .lock()
                .unwrap()
                .push_str(&format!("{event:?}\n{event:#?}\n"));
        }
    }

    impl Hook for Printed {
        fn call_started(&self, call: &CallInfo<'_>) {
            self.add(call);
        }

        fn before_attempt(&self, attempt: &mut Attempt<'_>) -> Result<(), HookError> {
            attempt.header("x-signature", ADDED)?;
            let refused = attempt.header("authorization", ADDED).unwrap_err();
            self.add(&refused);
            self.add(attempt);
            Ok(())
        }

        fn attempt_ended(&self, attempt: &AttemptEnd<'_>) {
            self.add(attempt);
        }

        fn call_ended(&self, call: &CallEnd<'_>) {
            self.add(call);
        }
    }

    let body =
        format!(r#"{{"status":"Error","code":401,"data":{{"message":"{ANSWER} {ADDED}"}}}}"#);
    let server = ScriptedServer::start(vec![answer(401, &body)])
        .await
        .unwrap();
    let printed = Arc::new(Printed::default());
    let client = Client::builder()
        .base_url(server.url())
        .application(APPLICATION)
        .hook(Arc::clone(&printed))
        .build()
        .unwrap()
        .for_customer(RENEWED);
    let call = client.generate_tokens().include(QUERY);
    let error = call.send().await.unwrap_err();
    assert_eq!(error.attempts(), 2);
    let sent = format!("{:?}", server.all_requests());
    for canary in [APPLICATION, OLD, NEW, QUERY, ADDED] {
        assert!(sent.contains(canary), "{canary} was not sent");
    }
    let printed = printed.0.lock().unwrap();
    assert!(printed.contains("CallEnd"), "{printed}");
    let canaries = Canaries::new(&[APPLICATION, OLD, NEW, QUERY, ANSWER, ADDED]);
    assert_eq!(canaries.found(&printed), [""; 0]);
    assert_eq!(canaries.found(&format!("{error} {error:?}")), [""; 0]);
}

/// Words are masked because they are known to have been sent, not by their shape.
#[tokio::test]
async fn what_a_hook_adds_is_masked_in_what_the_server_says() {
    let body = r#"{"status":"Error","code":404,"data":{"message":"No correct horse here."}}"#;
    let server = ScriptedServer::start(vec![answer(404, body)])
        .await
        .unwrap();
    let log = Log::default();
    let client = builder(server.url())
        .hook(Told::who(&log, "", Some(Before(1)), |attempt| {
            let password = Secret::from("correct horse");
            Ok(attempt.unwrap().header("x-password", password)?)
        }))
        .build()
        .unwrap();
    let error = client.generate_tokens().send().await.unwrap_err();
    assert_eq!(error.message(), Some("No [masked] here."));
}
