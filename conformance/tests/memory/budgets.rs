//! How much a call and the decoding of an answer may allocate. These are counts, which are the same on every machine.

use allocation_counter::{AllocationInfo, measure};
use conformance::testing::documented_answer::{answer_with_tokens, documented_answer};
use par_ordering::Client;
use par_ordering::conformance::read_success;
use par_ordering::types::GenerateTokensResponse;

use crate::start;

/// The limits: measured, and a few per cent more.
#[derive(Clone, Copy)]
struct Budget {
    allocations: u64,
    bytes: u64,
}

/// The smallest of several measurements: that of the work itself, without anything else that happened.
fn least(mut measured: impl FnMut() -> AllocationInfo) -> AllocationInfo {
    // What is made once, such as a connection or a table of the runtime, does not count.
    for _ in 0..5 {
        measured();
    }
    (0..20)
        .map(|_| measured())
        .min_by_key(|info| (info.count_total, info.bytes_total))
        .unwrap()
}

fn check(cases: impl IntoIterator<Item = (String, AllocationInfo, Budget)>) {
    let mut failures = Vec::new();
    for (what, measured, budget) in cases {
        let line = format!(
            "{what}: {} of {} allocations, {} of {} bytes",
            measured.count_total, budget.allocations, measured.bytes_total, budget.bytes
        );
        println!("{line}");
        if measured.count_total > budget.allocations || measured.bytes_total > budget.bytes {
            failures.push(line);
        }
    }
    assert!(
        failures.is_empty(),
        "more than the budget; if that is what it takes, change the budget with the code:\n{}",
        failures.join("\n")
    );
}

#[test]
fn a_call_keeps_within_its_budget() {
    let (_server, runtime, client) = start(&[]);
    let measured = least(|| {
        measure(|| {
            let response = runtime.block_on(client.generate_tokens().send()).unwrap();
            assert_eq!(response.data.tokens.len(), 1);
        })
    });
    let budget = Budget {
        allocations: 64,
        bytes: 30_500,
    };
    check([("a call".to_owned(), measured, budget)]);
}

#[test]
fn decoding_keeps_within_its_budget_and_grows_with_the_number_of_tokens() {
    let cases = [
        (
            "the documented example",
            documented_answer().unwrap(),
            Budget {
                allocations: 7,
                bytes: 2_300,
            },
        ),
        (
            "10 tokens",
            answer_with_tokens(10).unwrap(),
            Budget {
                allocations: 56,
                bytes: 20_800,
            },
        ),
        (
            "1,000 tokens",
            answer_with_tokens(1_000).unwrap(),
            Budget {
                allocations: 5_100,
                bytes: 1_950_000,
            },
        ),
    ];
    check(cases.map(|(name, answer, budget)| {
        let body = serde_json::to_vec(&answer).unwrap();
        let measured = least(|| {
            measure(|| {
                assert!(read_success::<GenerateTokensResponse>(&body).is_some());
            })
        });
        (format!("decoding {name}"), measured, budget)
    }));
}

/// A future is moved when it is passed on. So what a call needs while it runs is kept in one place.
#[test]
fn a_call_is_small_to_hand_on() {
    let client = Client::builder()
        .base_url("http://127.0.0.1:1")
        .application("my-application")
        .build()
        .unwrap();
    let bytes = size_of_val(&client.generate_tokens().send());
    println!("a call that is not begun: {bytes} of 640 bytes");
    assert!(bytes <= 640, "{bytes} bytes");
}
