//! Which checkout a command works on.

use std::fs;

use tempfile::TempDir;

use crate::{cases, code, generated, xtask};

/// The parts of a checkout that `generate` needs. Its sdk does not compile.
fn checkout() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let api = cases::api_to_generate_from().to_string();
    for (name, text) in [
        ("Cargo.toml", "[workspace]\nmembers = [\"xtask\"]\n"),
        (
            "xtask/Cargo.toml",
            "[package]\nname = \"xtask\"\nversion = \"0.0.0\"\n",
        ),
        ("xtask/src/main.rs", "fn main() {}\n"),
        ("sdk/src/lib.rs", "this is not Rust\n"),
        ("openapi/par-ordering.yaml", &api),
    ] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// With one target folder, two checkouts share the executable, which was compiled in one of them.
#[test]
fn one_executable_works_on_the_checkout_that_it_runs_in_and_on_no_other() {
    let generate = |checkout: &TempDir, by_cargo: bool, more: &[&str]| {
        let mut command = xtask(checkout.path());
        command.env_remove("CARGO_MANIFEST_DIR");
        if by_cargo {
            // As `cargo run` sets it.
            command.env("CARGO_MANIFEST_DIR", checkout.path().join("xtask"));
        }
        let output = command.arg("generate").args(more).output().unwrap();
        assert!(matches!(code(&output), 0 | 3), "{output:?}");
        code(&output)
    };
    for by_cargo in [true, false] {
        let (here, there) = (checkout(), checkout());
        for checkout in [&here, &there] {
            assert_eq!(generate(checkout, by_cargo, &["--check"]), 3);
            assert_eq!(generate(checkout, by_cargo, &[]), 0);
            assert_eq!(generate(checkout, by_cargo, &["--check"]), 0);
        }
        let before = generated(&there.path().join("sdk"));
        let api = here.path().join("openapi/par-ordering.yaml");
        let text = fs::read_to_string(&api).unwrap();
        fs::write(&api, text.replace("One line of an order.", "Half a line.")).unwrap();
        assert_eq!(generate(&here, by_cargo, &["--check"]), 3);
        assert_eq!(generate(&there, by_cargo, &["--check"]), 0);
        assert_eq!(generate(&here, by_cargo, &[]), 0);
        assert_eq!(generate(&here, by_cargo, &["--check"]), 0);
        assert_ne!(generated(&here.path().join("sdk")), before);
        assert_eq!(generated(&there.path().join("sdk")), before);
    }
}
