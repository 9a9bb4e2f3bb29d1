//! Any bytes as the body of each documented response.
#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| {
    if let Err(problem) = conformance::agreement::decoding::check(body) {
        panic!("{problem}");
    }
});
