//! The bench itself, compiled where an operation with a body exists: encoding bodies of 1, 10 and 1,000 entries
//! against `serde_json::to_vec` of a hand-written struct, and a call with a body of about 2 KB against one by hand.

#[path = "hand_written.rs"]
mod hand_written;

use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use conformance::testing::comparison::{self, Contestant, Goal, Turns};
use conformance::testing::load_server::RunningLoadServer;
use par_ordering::Client;
use par_ordering::conformance::encode_body;
use par_ordering::types;
use serde::Serialize;

use hand_written::Caller;

#[derive(Clone, Serialize)]
struct Entries {
    entries: Vec<Entry>,
}

#[derive(Clone, Serialize)]
struct Entry {
    name: String,
    quantity: i64,
    price: f64,
    gift: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// Entries that make a body of about 2 KB.
const CALLED_WITH: usize = 24;
const CALLS: u32 = 20;

fn main() -> Result<(), Box<dyn Error>> {
    println!("{}", comparison::head());
    for (entries, repeated) in [(1, 5_000), (10, 1_000), (1_000, 20)] {
        let (generated, plain) = bodies(entries)?;
        let ours = || encode_body(black_box(&generated)).map(|bytes| bytes.len());
        let by_hand = || serde_json::to_vec(black_box(&plain)).ok().map(|bytes| bytes.len());
        assert_eq!(ours(), by_hand(), "they write the same");
        let turns = Turns::take(
            1_001,
            vec![
                Contestant::new(|| repeating(repeated, ours)),
                Contestant::new(|| repeating(repeated, by_hand)),
            ],
        );
        let what = format!("encode a body, entries: {entries}, against `to_vec` of a hand-written struct");
        let goal = Goal::AtMost(1.05);
        println!("{}", comparison::row(&what, &turns, 1, repeated, goal));
    }
    call()
}

fn call() -> Result<(), Box<dyn Error>> {
    let server = RunningLoadServer::start(Path::new(env!("CARGO_BIN_EXE_conformance")), &[])?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let client = Client::builder()
        .base_url(&server.url)
        .application("my-application")
        .build()?
        .for_customer("my-token");
    let caller = Caller::new(&server.url, "my-application", "my-token")?;
    let (generated, plain) = bodies(CALLED_WITH)?;
    let ours = || {
        let call = || client.send_entries().body(generated.clone()).send();
        runtime.block_on(async {
            for _ in 0..CALLS {
                assert!(call().await.is_ok(), "a call failed");
            }
        });
    };
    let by_hand = || {
        runtime.block_on(async {
            for _ in 0..CALLS {
                let body = serde_json::to_vec(&plain.clone());
                let answer = caller.call_with(body.unwrap_or_default()).await;
                assert!(answer.is_ok(), "a call failed");
            }
        });
    };
    let turns = Turns::take(
        401,
        vec![
            Contestant::new(|| repeating(1, ours)),
            Contestant::new(|| repeating(1, by_hand)),
        ],
    );
    let size = encode_body(&generated).map_or(0, |bytes| bytes.len());
    let what = format!("call with a body of {size} bytes, 1 caller: latency");
    let goal = Goal::AtMost(1.05);
    println!("{}", comparison::row(&what, &turns, 1, CALLS, goal));
    Ok(())
}

fn bodies(entries: usize) -> Result<(types::Entries, Entries), serde_json::Error> {
    let entry = |index: usize| Entry {
        name: format!("Falafel of the {index}th house, with all that belongs to it"),
        quantity: 1 + index as i64,
        price: 7.25,
        gift: index % 2 == 0,
        note: (index % 3 == 0).then(|| "without onions".to_owned()),
    };
    let plain = Entries {
        entries: (0..entries).map(entry).collect(),
    };
    let generated = serde_json::from_value(serde_json::to_value(&plain)?)?;
    Ok((generated, plain))
}

fn repeating<T>(repeated: u32, work: impl Fn() -> T) -> Duration {
    let start = Instant::now();
    for _ in 0..repeated {
        black_box(work());
    }
    start.elapsed()
}
