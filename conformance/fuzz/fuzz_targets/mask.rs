//! Any text as something that a server says.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &[u8]| {
    if let Err(problem) = conformance::agreement::masking::check(text) {
        panic!("{problem}");
    }
});
