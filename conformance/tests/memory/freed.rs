//! What is still in memory of a secret after its value was dropped.

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom};

use conformance::testing::documented_answer::documented_answer;
use par_ordering::conformance::read_success;
use par_ordering::types::GenerateTokensResponse;

/// How many bytes in a row are searched: more than two texts share by chance.
const FRAGMENT: usize = 32;
const LENGTH: usize = 4096;

/// One byte of a secret. It is stored in this way so that the whole secret is nowhere while it is searched.
fn byte(place: usize) -> u8 {
    b'a' + ((place * place / 7 + place / 11) % 26) as u8
}

/// Whether the writable memory of this process contains a fragment of the secret.
fn is_in_memory() -> bool {
    const PAGE: usize = 4096;
    let mut memory = File::open("/proc/self/mem").unwrap();
    let mut page = [0; PAGE];
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let places = maps.lines().filter_map(|line| line.split_once(" rw"));
    for (range, _) in places {
        let (start, end) = range.split_once('-').unwrap();
        let [start, end] = [start, end].map(|number| u64::from_str_radix(number, 16).unwrap());
        for place in (start..end).step_by(PAGE) {
            memory.seek(SeekFrom::Start(place)).unwrap();
            // Not all mapped memory can be read, and most of it was never written.
            if memory.read_exact(&mut page).is_ok() && page != [0; PAGE] && holds_fragment(&page) {
                return true;
            }
        }
    }
    false
}

/// A part of the secret may have been overwritten, so fragments of several parts are searched.
fn holds_fragment(page: &[u8]) -> bool {
    let starts = || (0..LENGTH - FRAGMENT).step_by(509);
    let mut is_first = [false; 256];
    for start in starts() {
        is_first[usize::from(byte(start))] = true;
    }
    page.windows(FRAGMENT).any(|window| {
        is_first[usize::from(window[0])]
            && starts().any(|start| (start..).map(byte).zip(window).all(|(a, b)| a == *b))
    })
}

/// The documented answer with the secret in its token and in the query of its URL, after a part with an escape, in
/// memory that is large enough from the start.
fn body(escape: &str) -> Vec<u8> {
    let mut answer = documented_answer().unwrap();
    let token = &mut answer["data"]["tokens"][0];
    token["token"] = "SECRET".into();
    token["actions"]["url"] = "https://a.example/?SECRET".into();
    let text = answer.to_string();
    let mut body = Vec::with_capacity(text.len() + 3 * LENGTH);
    for (number, part) in text.split("SECRET").enumerate() {
        if number > 0 {
            body.extend(escape.as_bytes());
            body.extend((0..LENGTH).map(byte));
        }
        body.extend(part.as_bytes());
    }
    body
}

#[test]
fn a_secret_that_was_written_with_escapes_is_not_left_in_freed_memory() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let mut failures = Vec::new();
    for escape in ["", r"\/", r"\u0026", r"\ud83d\ude00"] {
        let mut body = body(escape);
        let read = read_success::<GenerateTokensResponse>(&body).unwrap();
        assert!(is_in_memory(), "the search finds nothing");
        drop(read);
        body.fill(0);
        if is_in_memory() {
            failures.push(format!("after {escape:?} it is left in memory"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
