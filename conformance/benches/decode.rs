//! Decoding an answer as a call does, against a hand-written struct and against `serde_json::Value`.
//!
//! Only decoding is timed. What is decoded is dropped between the turns: dropping zeroes secrets, which a
//! hand-written struct does not do, and is shown in lines of its own.

mod hand_written;

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use conformance::testing::comparison::{self, Contestant, Goal, Turns};
use conformance::testing::documented_answer::{answer_with_tokens, documented_answer};
use par_ordering::conformance::read_success;
use par_ordering::types::GenerateTokensResponse;
use serde_json::Value;

use hand_written::Answer;

fn main() -> Result<(), Box<dyn Error>> {
    if !comparison::is_asked_for() {
        return Ok(());
    }
    let cases = [
        (
            "the documented example",
            documented_answer()?,
            100,
            2_001,
            1.05,
        ),
        ("10 tokens", answer_with_tokens(10)?, 10, 2_001, 1.15),
        ("1,000 tokens", answer_with_tokens(1_000)?, 1, 201, 1.15),
        ("10,000 tokens", answer_with_tokens(10_000)?, 1, 41, 1.15),
    ];
    println!("{}", comparison::head());
    for (name, answer, repeated, rounds, goal) in cases {
        let body = serde_json::to_vec(&answer)?;
        let ours = |body: &[u8]| read_success::<GenerateTokensResponse>(body);
        let plain = |body: &[u8]| serde_json::from_slice::<Answer>(body).ok();
        let value = |body: &[u8]| serde_json::from_slice::<Value>(body).ok();
        // In pairs: dropping a `Value` leaves the memory in another state for the next turn.
        let against_plain = Turns::take(
            rounds,
            vec![
                Contestant::new(|| decoding(repeated, &body, ours)),
                Contestant::new(|| decoding(repeated, &body, plain)),
            ],
        );
        let against_value = Turns::take(
            rounds,
            vec![
                Contestant::new(|| decoding(repeated, &body, ours)),
                Contestant::new(|| decoding(repeated, &body, value)),
            ],
        );
        let dropping = Turns::take(
            rounds,
            vec![
                Contestant::new(|| decoding_and_dropping(repeated, &body, ours)),
                Contestant::new(|| decoding_and_dropping(repeated, &body, plain)),
            ],
        );
        for (what, other, turns, goal) in [
            (
                "decode",
                "a hand-written struct",
                against_plain,
                Goal::AtMost(goal),
            ),
            (
                "decode",
                "`serde_json::Value`",
                against_value,
                Goal::Below(1.0),
            ),
            (
                "decode and drop",
                "a hand-written struct, which zeroes nothing",
                dropping,
                Goal::None,
            ),
        ] {
            let what = format!("{what} {name}, against {other}");
            println!("{}", comparison::row(&what, &turns, 1, repeated, goal));
        }
    }
    Ok(())
}

/// The time of decoding, without the time of dropping the result.
fn decoding<T>(repeated: u32, body: &[u8], decode: impl Fn(&[u8]) -> Option<T>) -> Duration {
    let mut decoded = Vec::with_capacity(repeated as usize);
    let start = Instant::now();
    for _ in 0..repeated {
        decoded.push(decode(black_box(body)));
    }
    let time = start.elapsed();
    assert!(decoded.iter().all(Option::is_some), "not decoded");
    time
}

fn decoding_and_dropping<T>(
    repeated: u32,
    body: &[u8],
    decode: impl Fn(&[u8]) -> Option<T>,
) -> Duration {
    let start = Instant::now();
    for _ in 0..repeated {
        black_box(decode(black_box(body)));
    }
    start.elapsed()
}
