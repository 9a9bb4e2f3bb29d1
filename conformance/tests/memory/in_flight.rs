//! Many calls at the same time: each is answered, and nothing is left of them.

use std::time::Duration;

use allocation_counter::measure;
use conformance::descriptors;
use conformance::testing::load_server::Seen;
use tokio::task::JoinSet;

use crate::start;

/// Descriptors that a process needs besides its connections.
const OTHER_DESCRIPTORS: usize = 100;

/// Makes that many calls. The server answers them when the last one has arrived, and returns what it counted.
fn calls_in_flight(calls: usize, speaks: &str) -> Seen {
    let hold = calls.to_string();
    let arguments = ["--speaks", speaks, "--at-once", "1", "--hold", &hold];
    let (server, runtime, client) = start(&arguments);
    // Only after a connection is made does the client know that the server uses HTTP/2 and that one connection is
    // enough.
    runtime.block_on(client.generate_tokens().send()).unwrap();

    let mut answered = 0;
    let mut failures = Vec::new();
    let measured = measure(|| {
        runtime.block_on(async {
            let mut tasks = JoinSet::new();
            for _ in 0..calls {
                let client = client.clone();
                tasks.spawn(async move { client.generate_tokens().send().await });
            }
            while let Some(result) = tasks.join_next().await {
                match result.unwrap() {
                    Ok(response) => answered += usize::from(response.data.tokens.len() == 1),
                    Err(error) => failures.push(error),
                }
            }
        });
    });
    println!(
        "{calls} calls in flight over {speaks}: at most {} bytes of heap for each",
        measured.bytes_max / calls as u64
    );
    if let Some(first) = failures.first() {
        panic!("{} calls failed, the first with {first}", failures.len());
    }
    assert_eq!(answered, calls);

    drop(client);
    let tasks = runtime.metrics();
    let no_task_is_left = async {
        while tasks.num_alive_tasks() > 0 {
            tokio::task::yield_now().await;
        }
    };
    let limit = Duration::from_secs(20);
    let ended = runtime.block_on(async { tokio::time::timeout(limit, no_task_is_left).await });
    let left = runtime.metrics().num_alive_tasks();
    assert!(ended.is_ok(), "{left} tasks are left");
    server.end().unwrap()
}

/// Allows that many connections to this process and to the server that it starts.
fn allow_connections(connections: usize) {
    let needed = connections + OTHER_DESCRIPTORS;
    // Without a limit, nothing must be raised.
    let allowed = descriptors::raise(needed).unwrap_or(needed);
    assert!(
        allowed >= needed,
        "a process may open {allowed} files and this test needs {needed}: raise the hard limit, \
         for example with `ulimit -Hn {needed}`"
    );
}

#[test]
fn a_thousand_calls_over_http1_are_answered_when_the_last_has_arrived() {
    let calls = 1_000;
    allow_connections(calls);
    let seen = calls_in_flight(calls, "http1");
    assert_eq!((seen.requests, seen.most_in_flight), (calls + 1, calls));
}

#[test]
fn ten_thousand_calls_over_http2_share_at_most_four_connections() {
    let calls = 10_000;
    let seen = calls_in_flight(calls, "http2");
    assert_eq!((seen.requests, seen.most_in_flight), (calls + 1, calls));
    assert!(seen.connections <= 4, "{} connections", seen.connections);
}
