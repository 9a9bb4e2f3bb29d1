//! A call against the same call written by hand with reqwest and serde: the same server in a process of its own, the
//! same headers, connections kept alive, taking turns.

mod hand_written;

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use conformance::testing::comparison::{self, Contestant, Goal, Turns};
use conformance::testing::load_server::RunningLoadServer;
use par_ordering::Client;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use hand_written::{Caller, MinimalCaller};

const ROUNDS: usize = 401;
/// Calls of each caller in one turn.
const CALLS: u32 = 20;

fn main() -> Result<(), Box<dyn Error>> {
    if !comparison::is_asked_for() {
        return Ok(());
    }
    let server = RunningLoadServer::start(Path::new(env!("CARGO_BIN_EXE_conformance")), &[])?;
    // A second core belongs to the server.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let client = Client::builder()
        .base_url(&server.url)
        .application("my-application")
        .build()?
        .for_customer("my-token");
    let caller = Arc::new(Caller::new(&server.url, "my-application", "my-token")?);
    let minimal = Arc::new(MinimalCaller::new(
        &server.url,
        "my-application",
        "my-token",
    )?);
    println!("{}", comparison::head());
    let latency = [Goal::AtMost(1.03), Goal::AtMost(1.03), Goal::None];
    let throughput = [
        Goal::AtLeast(0.98),
        Goal::AtLeast(0.98),
        Goal::AtLeast(0.95),
    ];
    for (callers, what, goals) in [
        (1, "call, 1 caller: latency", latency),
        (64, "call, 64 callers: throughput", throughput),
    ] {
        let ours = |client: &Client| {
            let client = client.clone();
            async move { client.generate_tokens().send().await.is_ok() }
        };
        let by_hand = |caller: &Arc<Caller>| {
            let caller = Arc::clone(caller);
            async move { caller.call().await.is_ok() }
        };
        let carefully = |caller: &Arc<Caller>| {
            let caller = Arc::clone(caller);
            async move { caller.careful_call().await.is_ok() }
        };
        let at_least = |caller: &Arc<MinimalCaller>| {
            let caller = Arc::clone(caller);
            async move { caller.call().await.is_ok() }
        };
        let turns = Turns::take(
            ROUNDS,
            vec![
                Contestant::new(|| calling(&runtime, callers, &client, ours)),
                Contestant::new(|| calling(&runtime, callers, &caller, by_hand)),
                Contestant::new(|| calling(&runtime, callers, &caller, carefully)),
                Contestant::new(|| calling(&runtime, callers, &minimal, at_least)),
            ],
        );
        let against = [
            "",
            ", against one that checks the sockets too",
            ", against a minimal one",
        ];
        for (index, (against, goal)) in against.into_iter().zip(goals).enumerate() {
            let what = format!("{what}{against}");
            println!(
                "{}",
                comparison::row(&what, &turns, index + 1, callers * CALLS, goal)
            );
        }
    }
    Ok(())
}

/// The time that this many callers take, each for a few calls one after the other.
fn calling<C, F>(
    runtime: &Runtime,
    callers: u32,
    client: &C,
    call: impl Fn(&C) -> F + Copy + Send + 'static,
) -> Duration
where
    C: Clone + Send + Sync + 'static,
    F: Future<Output = bool> + Send + 'static,
{
    runtime.block_on(async {
        let start = Instant::now();
        let mut tasks = JoinSet::new();
        for _ in 0..callers {
            let client = client.clone();
            tasks.spawn(async move {
                for _ in 0..CALLS {
                    assert!(call(&client).await, "a call failed");
                }
            });
        }
        tasks.join_all().await;
        start.elapsed()
    })
}
