//! Tokens that expire: one refresh, one repetition, and never a loop.

use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use conformance::mock_server::MockServer;
use par_ordering::{Client, Customer, ErrorKind, ProviderError, Secret, StatusCode, TokenProvider};

use crate::{Told, client, mock_server};

/// Long enough not to be taken for words.
const EXPIRED: &str = "expired-token-4f1b7c";
const VALID: &str = "valid-token-9e03aa";

/// What the login service does when it is asked for a new token.
#[derive(Clone, Copy)]
enum Renewal {
    Succeeds,
    SucceedsWithATokenThatIsNotAccepted,
    Fails,
    Hangs,
    Panics,
}

struct Login {
    current: Mutex<Secret>,
    renewal: Renewal,
    renewals: AtomicUsize,
}

impl TokenProvider for Login {
    async fn token(&self) -> Result<Secret, ProviderError> {
        Ok(self.current.lock().unwrap().clone())
    }

    async fn refresh(&self, rejected: &Secret) -> Result<Secret, ProviderError> {
        assert_eq!(rejected.expose_secret(), EXPIRED);
        self.renewals.fetch_add(1, Ordering::SeqCst);
        // Long enough for every other call to get the same 401.
        for _ in 0..1_000 {
            tokio::task::yield_now().await;
        }
        let renewed = Secret::from(match self.renewal {
            Renewal::Succeeds => VALID,
            Renewal::SucceedsWithATokenThatIsNotAccepted => "not accepted either",
            Renewal::Fails => return Err("the login service is closed".into()),
            Renewal::Hangs => pending().await,
            Renewal::Panics => panic!("the login service is gone"),
        });
        *self.current.lock().unwrap() = renewed.clone();
        Ok(renewed)
    }
}

async fn start(renewal: Renewal) -> (MockServer, Client, Arc<Login>, Customer) {
    let server = mock_server().await;
    server.accept_only(VALID);
    let client = client(server.url());
    let login = Arc::new(Login {
        current: Mutex::new(EXPIRED.into()),
        renewal,
        renewals: AtomicUsize::new(0),
    });
    let customer = Customer::provided_by(Arc::clone(&login));
    (server, client, login, customer)
}

fn renewals(login: &Login) -> usize {
    login.renewals.load(Ordering::SeqCst)
}

#[tokio::test]
async fn an_expired_token_is_renewed_once_and_the_call_is_repeated_once() {
    let (_server, client, login, customer) = start(Renewal::Succeeds).await;
    let customer = client.for_customer(customer);
    let response = customer
        .generate_tokens()
        .x_request_id("mine")
        .send()
        .await
        .unwrap();
    assert_eq!((response.attempts(), response.request_id()), (2, "mine"));
    let response = customer.generate_tokens().send().await.unwrap();
    assert_eq!(
        response.attempts(),
        1,
        "the renewed token is told from now on"
    );
    assert_eq!(renewals(&login), 1);
}

/// Returns a token that is not accepted, and records the token that should be renewed.
struct Recording {
    token: &'static str,
    rejected: Mutex<Vec<String>>,
}

impl TokenProvider for Recording {
    async fn token(&self) -> Result<Secret, ProviderError> {
        Ok(self.token.into())
    }

    async fn refresh(&self, rejected: &Secret) -> Result<Secret, ProviderError> {
        let rejected = rejected.expose_secret().to_owned();
        self.rejected.lock().unwrap().push(rejected);
        Ok(format!("bearer {VALID}").into())
    }
}

#[tokio::test]
async fn an_expired_token_is_renewed_whatever_it_holds_and_however_it_is_told() {
    let cases = [
        ("old", "old"),
        ("Bearer old", "old"),
        (" BEARER  old\t", "old"),
        ("g\u{fc}ltig \u{1f511}", "g\u{fc}ltig \u{1f511}"),
    ];
    let (_server, client, ..) = start(Renewal::Succeeds).await;
    for (token, expected) in cases {
        let rejected = Mutex::default();
        let told = Arc::new(Recording { token, rejected });
        let client = client.for_customer(Customer::provided_by(Arc::clone(&told)));
        let response = client.generate_tokens().send().await;
        let attempts = response.map(|response| response.attempts());
        assert_eq!(attempts.unwrap(), 2, "{token:?}");
        assert_eq!(*told.rejected.lock().unwrap(), [expected], "{token:?}");
    }
}

#[tokio::test]
async fn a_fixed_token_is_sent_with_its_scheme_once_and_never_as_white_space() {
    let (_server, client, ..) = start(Renewal::Succeeds).await;
    for token in [
        VALID.to_owned(),
        format!("Bearer {VALID}"),
        format!("bearer  {VALID} "),
        format!("Bearer Bearer {VALID}"),
    ] {
        let call = client.for_customer(&*token).generate_tokens().send().await;
        assert!(call.is_ok(), "{token:?}: {call:?}");
    }
    for token in [
        "",
        " ",
        "\t",
        "\u{a0}",
        "\u{200b}",
        "Bearer",
        "Bearer \u{2003}",
    ] {
        let call = client.for_customer(token).generate_tokens().send().await;
        let error = call.unwrap_err();
        let seen = (error.kind(), error.attempts());
        assert_eq!(seen, (ErrorKind::InvalidRequest, 0), "{token:?}: {error}");
    }
}

#[tokio::test]
async fn neither_the_expired_token_nor_the_renewed_one_is_quoted_by_an_error() {
    let (server, client, _, customer) = start(Renewal::Succeeds).await;
    let message = format!("{EXPIRED}, now {VALID}");
    let body = format!(r#"{{"status":"{VALID}","data":{{"message":"{message}"}}}}"#);
    server.answer_raw(403, "application/json", body);
    let customer = client.for_customer(customer);
    let error = customer.generate_tokens().send().await.unwrap_err();
    assert_eq!(error.attempts(), 2);
    for shown in [
        error.message().unwrap(),
        &*error.to_string(),
        &*format!("{error:?}"),
    ] {
        for token in [EXPIRED, VALID] {
            assert!(!shown.contains(token), "{token} is shown by {shown}");
        }
    }
    // The token that is asked about is the one that was sent.
    let status = error.envelope().unwrap().status.as_deref();
    assert_eq!(status, Some(VALID));
}

#[tokio::test]
async fn a_hundred_calls_that_meet_the_same_expired_token_share_one_refresh() {
    let (server, client, login, customer) = start(Renewal::Succeeds).await;
    let calls: Vec<_> = (0..100)
        .map(|_| {
            // A view for each call: the renewal belongs to the customer and not to the view.
            let client = client.for_customer(customer.clone());
            tokio::spawn(async move { client.generate_tokens().send().await.map(|_| ()) })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(renewals(&login), 1);
    assert!(
        server.rejections() > 1,
        "the calls did not meet the same expired token"
    );
}

#[tokio::test]
async fn a_token_that_expires_again_is_renewed_again() {
    let (server, client, login, customer) = start(Renewal::Succeeds).await;
    let customer = client.for_customer(customer);
    for (round, attempts) in [(1, 2), (2, 1)] {
        let response = customer.generate_tokens().send().await.unwrap();
        assert_eq!(
            (response.attempts(), renewals(&login)),
            (attempts, 1),
            "round {round}"
        );
    }
    // The renewed token expires too, and the login service returns the first one again.
    server.accept_only("a third token");
    *login.current.lock().unwrap() = EXPIRED.into();
    let error = customer.generate_tokens().send().await.unwrap_err();
    assert_eq!((error.is_unauthorized(), renewals(&login)), (true, 1));
    server.accept_only(VALID);
    customer.generate_tokens().send().await.unwrap();
    assert_eq!(
        renewals(&login),
        2,
        "a renewed token that was rejected is not handed out again"
    );
}

#[tokio::test]
async fn a_renewed_token_that_cannot_be_sent_keeps_the_answer_that_asked_for_it() {
    let (_server, client, ..) = start(Renewal::Succeeds).await;
    let client = client.for_customer(Customer::provided_by(crate::Login(
        || Ok(EXPIRED.into()),
        || Ok("can\nary".into()),
    )));
    let error = client.generate_tokens().send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials, "{error:?}");
    assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED));
    assert!(!format!("{error} {error:?}").contains("can"), "{error:?}");
}

#[tokio::test]
async fn a_renewed_token_that_is_not_accepted_ends_the_call() {
    let (_server, client, login, customer) =
        start(Renewal::SucceedsWithATokenThatIsNotAccepted).await;
    let error = client
        .for_customer(customer)
        .generate_tokens()
        .send()
        .await
        .unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::DocumentedStatus(StatusCode::UNAUTHORIZED)
    );
    assert_eq!((error.attempts(), renewals(&login)), (2, 1));
}

#[tokio::test]
async fn a_refresh_that_does_not_succeed_gives_a_typed_error_that_keeps_the_answer() {
    let cases = [
        (Renewal::Fails, "the customer's token could not be provided"),
        (
            Renewal::Hangs,
            "the customer's token was not provided in time",
        ),
        (
            Renewal::Panics,
            "the provider of the customer's token panicked",
        ),
    ];
    for (renewal, problem) in cases {
        let (_server, client, login, customer) = start(renewal).await;
        let client = client
            .for_customer(customer)
            .with_deadline(Duration::from_secs(3));
        let error = client
            .generate_tokens()
            .x_request_id("mine")
            .send()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credentials, "{problem}");
        assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED), "{problem}");
        assert!(
            error.is_unauthorized() && error.raw_body().is_some(),
            "{problem}"
        );
        assert_eq!(error.message(), Some("the token is not accepted"));
        assert!(format!("{error:?}").contains(problem), "{error:?}");
        assert_eq!((error.attempts(), renewals(&login)), (1, 1), "{problem}");
    }
}

#[tokio::test]
async fn a_fixed_token_is_not_renewed() {
    let (_server, client, ..) = start(Renewal::Succeeds).await;
    let error = client
        .for_customer(EXPIRED)
        .generate_tokens()
        .send()
        .await
        .unwrap_err();
    assert_eq!((error.is_unauthorized(), error.attempts()), (true, 1));
    client
        .for_customer(VALID)
        .generate_tokens()
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn a_provider_without_a_token_that_can_be_sent_stops_the_call_before_anything_is_sent() {
    let cases: [(Told, _, _); 2] = [
        (
            || Err("nobody is logged in".into()),
            "the customer's token could not be provided",
            Some("nobody is logged in"),
        ),
        (
            || Ok("can\nary".into()),
            "the provided token: the header authorization contains a character that is not allowed in a header",
            None,
        ),
    ];
    let (server, client, ..) = start(Renewal::Succeeds).await;
    for (told, expected, source) in cases {
        let provider = crate::Login(told, || panic!("nothing was rejected"));
        let call = client.for_customer(provider).generate_tokens();
        let error = call.send().await.unwrap_err();
        assert_eq!(
            (error.kind(), error.attempts()),
            (ErrorKind::Credentials, 0)
        );
        assert!(error.is_safe_to_repeat() && error.status().is_none());
        let said = error.to_string();
        assert!(said.ends_with(expected), "{said}");
        let found = std::error::Error::source(&error).map(ToString::to_string);
        assert_eq!(found.as_deref(), source);
    }
    assert_eq!(server.protocol(), None, "a request was sent");
}
