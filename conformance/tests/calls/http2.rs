//! What HTTP/2 adds: a server may refuse a request before it handles it, and say so.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::http::{Response, StatusCode};
use conformance::tls::{Identity, Protocol};
use h2::Reason;
use par_ordering::{Client, ErrorKind, RetryPolicy};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::{SUCCESS, builder};

fn client_of(port: u16, identity: &Identity) -> Client {
    builder(format!("https://localhost:{port}"))
        .root_certificate(identity.root_pem.as_str())
        .build()
        .unwrap()
}

/// A server that resets this many streams and then answers; and how many requests it saw.
async fn start(resets: usize, reason: Reason) -> (Client, Arc<AtomicUsize>) {
    start_with_interim(None, resets, reason).await
}

/// The same with an interim answer before whatever it does.
async fn start_with_interim(
    interim: Option<u16>,
    resets: usize,
    reason: Reason,
) -> (Client, Arc<AtomicUsize>) {
    let identity = Identity::new("localhost").unwrap();
    let acceptor = identity.acceptor(Protocol::Http2).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let client = client_of(port, &identity);
    let requests = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&requests);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, seen) = (acceptor.clone(), Arc::clone(&seen));
            tokio::spawn(async move {
                let stream = acceptor.accept(stream).await.unwrap();
                let mut connection = h2::server::handshake(stream).await.unwrap();
                while let Some(Ok((_, mut respond))) = connection.accept().await {
                    if let Some(status) = interim {
                        let mut interim = Response::new(());
                        *interim.status_mut() = StatusCode::from_u16(status).unwrap();
                        respond.send_informational(interim).unwrap();
                    }
                    if seen.fetch_add(1, Ordering::SeqCst) < resets {
                        respond.send_reset(reason);
                        continue;
                    }
                    let mut body = respond.send_response(Response::new(()), false).unwrap();
                    body.send_data(SUCCESS.into(), true).unwrap();
                }
            });
        }
    });
    (client, requests)
}

#[tokio::test]
async fn a_refused_stream_is_sent_again_only_by_who_asks_for_it() {
    // An interim answer shows that the server was working. The client can't see whether there was one.
    for interim in [None, Some(100), Some(103)] {
        for (policy, sent) in [
            (RetryPolicy::never(), 1),
            (RetryPolicy::safe(), 1),
            (RetryPolicy::transient(), 3),
        ] {
            let (client, requests) =
                start_with_interim(interim, usize::MAX, Reason::REFUSED_STREAM).await;
            let client = client.with_retry(policy.base_delay(Duration::ZERO));
            let error = client.generate_tokens().send().await.unwrap_err();
            let what = format!("after {interim:?}: {error:?}");
            assert_eq!(error.kind(), ErrorKind::Refused, "{what}");
            assert!(
                !error.is_safe_to_repeat() && error.is_worth_repeating(),
                "{what}"
            );
            let seen = (error.attempts() as usize, requests.load(Ordering::SeqCst));
            assert_eq!(seen, (sent, sent), "{what}");
        }
    }
}

/// The port of a server that reads a request and says `debug` as it goes away.
pub async fn going_away(identity: &Identity, debug: &'static str) -> u16 {
    let acceptor = identity.acceptor(Protocol::Http2).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = acceptor.accept(stream).await.unwrap();
        let mut received = [0; 1024];
        let _ = stream.read(&mut received).await.unwrap();
        let length = 8 + u8::try_from(debug.len()).unwrap();
        let settings = b"\0\0\0\x04\0\0\0\0\0";
        // Of stream 0, with ENHANCE_YOUR_CALM.
        let go_away = [b"\0\0", &[length][..], b"\x07\0\0\0\0\0\0\0\0\0\0\0\0\x0b"].concat();
        let frames = [settings, &go_away[..], debug.as_bytes()].concat();
        stream.write_all(&frames).await.unwrap();
        while stream
            .read(&mut received)
            .await
            .is_ok_and(|count| count > 0)
        {}
    });
    port
}

#[tokio::test]
async fn what_a_server_says_as_it_goes_away_is_not_repeated_to_anybody() {
    let identity = Identity::new("localhost").unwrap();
    let port = going_away(&identity, "bad authorization: Bearer canary").await;
    let client = client_of(port, &identity);
    let error = client.generate_tokens().send().await.unwrap_err();
    let source = std::error::Error::source(&error).unwrap();
    assert!(source.to_string().starts_with("HTTP/2 error: "), "{source}");
    let printed = format!("{error} {error:?} {error:#?} {source} {source:?}");
    assert!(
        !printed.contains("canary") && !printed.contains("bad auth"),
        "{printed}"
    );
    assert!(!error.is_safe_to_repeat());
}

#[tokio::test]
async fn a_stream_that_broke_off_for_another_reason_is_not_sent_again() {
    for reason in [
        Reason::INTERNAL_ERROR,
        Reason::CANCEL,
        Reason::ENHANCE_YOUR_CALM,
    ] {
        let (client, requests) = start(1, reason).await;
        let error = client.generate_tokens().send().await.unwrap_err();
        assert_eq!(
            error.kind(),
            ErrorKind::Interrupted,
            "{reason:?}: {error:?}"
        );
        assert!(!error.is_safe_to_repeat(), "{reason:?}");
        assert_eq!(requests.load(Ordering::SeqCst), 1, "{reason:?}");
    }
}

#[tokio::test]
async fn headers_beyond_the_limit_are_not_read() {
    for (bytes, expected) in [(8_000, None), (17_000, Some(ErrorKind::Interrupted))] {
        let identity = Identity::new("localhost").unwrap();
        let acceptor = identity.acceptor(Protocol::Http2).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let stream = acceptor.accept(stream).await.unwrap();
            let mut connection = h2::server::handshake(stream).await.unwrap();
            while let Some(Ok((_, mut respond))) = connection.accept().await {
                let answer = Response::builder().header("x-filled", "y".repeat(bytes));
                let mut body = respond
                    .send_response(answer.body(()).unwrap(), false)
                    .unwrap();
                body.send_data(SUCCESS.into(), true).unwrap();
            }
        });
        let result = client_of(port, &identity).generate_tokens().send().await;
        let kind = result.as_ref().err().map(|error| error.kind());
        assert_eq!(kind, expected, "{bytes} bytes: {result:?}");
    }
}
