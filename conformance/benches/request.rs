//! Building a request without sending it, against the same request built by hand: time, allocations and bytes.
//!
//! The deadline of the call has passed before it begins. So the request is built completely and not sent, and the
//! error that reports this is included. Both sides are measured with the same counting.

mod hand_written;

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use allocation_counter::measure;
use conformance::testing::comparison::{self, Contestant, Goal, Turns};
use par_ordering::{Client, ErrorKind};

use hand_written::Caller;

const REPEATED: u32 = 100;

fn main() -> Result<(), Box<dyn Error>> {
    if !comparison::is_asked_for() {
        return Ok(());
    }
    let url = "http://127.0.0.1:1";
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let client = Client::builder()
        .base_url(url)
        .application("my-application")
        .build()?
        .for_customer("my-token")
        .with_deadline(Duration::ZERO);
    let caller = Caller::new(url, "my-application", "my-token")?;
    let ours = || {
        let built = runtime.block_on(client.generate_tokens().send());
        let kind = built.as_ref().err().map(|error| error.kind());
        assert_eq!(kind, Some(ErrorKind::DeadlineExceeded));
    };
    let by_hand = || assert!(black_box(caller.request().build()).is_ok());
    let turns = Turns::take(
        1_001,
        vec![
            Contestant::new(|| repeating(ours)),
            Contestant::new(|| repeating(by_hand)),
        ],
    );
    println!("{}", comparison::head());
    let goal = Goal::None;
    let row = comparison::row("build a request: time", &turns, 1, REPEATED, goal);
    println!("{row}");
    let (ours, by_hand) = (measure(ours), measure(by_hand));
    for (what, ours, by_hand) in [
        ("allocations", ours.count_total, by_hand.count_total),
        ("bytes allocated", ours.bytes_total, by_hand.bytes_total),
    ] {
        let ratio = ours as f64 / by_hand as f64;
        let judged = goal.judge(ratio);
        println!("| build a request: {what} | {ours} | {by_hand} | {ratio:.3} | {judged} |");
    }
    Ok(())
}

fn repeating(work: impl Fn()) -> Duration {
    let start = Instant::now();
    for _ in 0..REPEATED {
        work();
    }
    start.elapsed()
}
