//! A call may be dropped at any time: then at most one request has reached the server, no task is left, and the next
//! call works.

use std::future::Future as _;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use conformance::testing::script::ScriptedServer;
use conformance::testing::script::Step::{Read, Write};
use par_ordering::Client;
use tokio::runtime::Handle;

use crate::client;

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 47\r\nconnection: close\r\n\r\n\
    {\"status\":\"OK\",\"code\":200,\"data\":{\"tokens\":[]}}";

/// Lets every other task run until `done`, for at most as long as a test may take.
async fn until(what: &str, done: impl Fn() -> bool) {
    let limit = tokio::time::Instant::now() + Duration::from_secs(20);
    while !done() {
        assert!(tokio::time::Instant::now() < limit, "never: {what}");
        tokio::task::yield_now().await;
    }
}

/// Polls a call up to `polls` times and drops it. Returns whether it ended before.
async fn dropped_after(client: &Client, polls: usize) -> bool {
    let customer = client.for_customer("token");
    let mut call = pin!(customer.generate_tokens().send());
    for _ in 0..polls {
        if let Poll::Ready(result) = call.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            result.unwrap();
            return true;
        }
        // The tasks of the connection and of the server run as often as necessary.
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
    }
    false
}

/// The result of a call that is dropped after that many polls, in a runtime that does nothing else. Returns whether
/// the call ended before.
async fn drop_after(polls: usize) -> bool {
    let script = vec![Read, Write(ANSWER.to_vec())];
    let server = ScriptedServer::start(vec![script]).await.unwrap();
    let client = client(server.url());
    let tasks = Handle::current().metrics().num_alive_tasks();
    assert_eq!(tasks, 1, "the server is one task");
    let ended = dropped_after(&client, polls).await;
    until("no task is left", || {
        Handle::current().metrics().num_alive_tasks() == tasks
    })
    .await;
    let requests = server.requests();
    assert!(requests <= 1, "{requests} requests after {polls} polls");
    client.generate_tokens().send().await.unwrap();
    assert_eq!(server.requests(), requests + 1, "after {polls} polls");
    ended
}

#[test]
fn a_call_that_is_dropped_after_any_of_its_polls_leaves_nothing_behind() {
    let ended_after = (0..200).find(|polls| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(drop_after(*polls))
    });
    let polls = ended_after.unwrap_or_else(|| panic!("the call never came to its end"));
    assert!(polls > 2, "after {polls} polls there was nothing to drop");
}
