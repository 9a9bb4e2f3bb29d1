//! The main job, shown by an example of the crate against the crate's own mock of the API: no server, no account, and
//! nothing built that it does not need.

use std::env;
use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use sha2::{Digest as _, Sha256};

use crate::{cargo, not_started};

const SPECIFICATION: &str = "openapi/par-ordering.yaml";

/// Any of the generated files: each names the specification that it was made of.
const GENERATED: &str = "sdk/src/generated/mod.rs";

/// The example, without TLS: it calls this machine only.
const EXAMPLE: [&str; 7] = [
    "--package",
    "par-ordering",
    "--no-default-features",
    "--features",
    "httpmock",
    "--example",
    "demo",
];

const NEXT: &str = "
What next?

  README.md                                    a call, errors, and tests with the mock that you just saw
  cargo run -p conformance -- serve --mint     a mock server to develop against, in any language
  cargo run -p conformance --example store_payment_method
                                               a web application that opens the payment page
  cargo xtask                                  what maintainers run
";

pub fn run() -> Result<(), String> {
    let root = root();
    say("[1/3] Compare the specification with the one that the crate was generated from.\n");
    say(if is_in_step(&root)? {
        "      They are the same; `cargo xtask generate --check` compares every line of the crate.\n"
    } else {
        "      They DIFFER: `cargo xtask generate` brings the crate up to date.\n"
    });
    say("[2/3] Build the crate and its example `demo`: about a minute the first time.\n");
    let mut build = cargo();
    build.current_dir(&root).arg("build").args(EXAMPLE);
    // Whoever looks at a terminal sees the progress of cargo.
    if !io::stderr().is_terminal() {
        build.env("CARGO_TERM_QUIET", "true");
    }
    if !build.status().map_err(not_started)?.success() {
        return Err("failed to build the example".to_owned());
    }
    say("[3/3] Run it: it calls a mock of the API on this machine.\n\n");
    let mut show = cargo();
    show.current_dir(&root)
        .args(["run", "--quiet"])
        .args(EXAMPLE);
    let output = show
        .stderr(Stdio::inherit())
        .output()
        .map_err(not_started)?;
    say(&String::from_utf8_lossy(&output.stdout));
    if !output.status.success() {
        return Err("failed to run the example".to_owned());
    }
    say(NEXT);
    Ok(())
}

/// A reader that closes the pipe early has seen enough.
fn say(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// The workspace that this package is a part of: that is not known before it runs, because checkouts that share a
/// target folder share the executable.
fn root() -> PathBuf {
    let package = env::var_os("CARGO_MANIFEST_DIR").map_or_else(PathBuf::new, PathBuf::from);
    package.join("..").join("..")
}

/// Whether the generated code names the specification as it is now. What was changed in it by hand is not seen here.
fn is_in_step(root: &Path) -> Result<bool, String> {
    let read = |name: &str| {
        let path = root.join(name);
        fs::read_to_string(path).map_err(|error| format!("failed to read {name}: {error}"))
    };
    Ok(read(GENERATED)?.contains(&hash(&read(SPECIFICATION)?)))
}

/// As `openapi` computes it: white space at the ends of lines says nothing.
fn hash(specification: &str) -> String {
    let lines: Vec<&str> = specification.split('\n').map(str::trim_end).collect();
    let hash = Sha256::digest(lines.join("\n"));
    let digits = hash.iter().map(|byte| format!("{byte:02x}"));
    digits.collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

    use super::*;

    #[test]
    fn the_crate_is_in_step_with_the_specification_until_either_changes() {
        let root = root();
        assert!(is_in_step(&root).unwrap());
        let text = fs::read_to_string(root.join(SPECIFICATION)).unwrap();
        let generated = fs::read_to_string(root.join(GENERATED)).unwrap();
        for (text, is_named) in [
            (text.replace('\n', " \r\n"), true),
            (text.replace("openapi:", "openapi: "), false),
        ] {
            assert_eq!(generated.contains(&hash(&text)), is_named);
        }
    }
}
