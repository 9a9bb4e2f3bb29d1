//! The Rust version that the manifests declare is one that all dependencies are content with. That this
//! workspace's own code uses nothing newer is clippy's business (`incompatible_msrv`), and the public CI
//! builds with that very version.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "in a test a panic is the report"
)]

use std::process::Command;

use semver::Version;
use serde_json::Value;

#[test]
fn no_dependency_asks_for_a_newer_rust_than_is_declared() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    let ours: Vec<&Value> = packages
        .iter()
        .filter(|package| package["source"].is_null())
        .collect();
    assert_eq!(ours.len(), 4, "the packages of this workspace");
    let declared: Vec<Version> = ours.iter().map(|ours| rust(ours).unwrap()).collect();
    let lowest = declared.iter().min().unwrap();
    let newer: Vec<String> = packages
        .iter()
        .filter(|package| rust(package).is_some_and(|needed| needed > *lowest))
        .map(|package| {
            format!(
                "{} {} needs Rust {}",
                package["name"], package["version"], package["rust_version"]
            )
        })
        .collect();
    assert!(packages.len() > 100, "{}", packages.len());
    assert!(
        newer.is_empty(),
        "Rust {lowest} is declared, but\n{}",
        newer.join("\n")
    );
}

/// What is needed on this machine: of other platforms nothing has been downloaded.
fn metadata() -> Value {
    let cargo = env!("CARGO");
    let version = Command::new(cargo).arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .args(["--filter-platform", host.unwrap()])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The version that a package declares, if it does; `1.85` means `1.85.0`.
fn rust(package: &Value) -> Option<Version> {
    let declared = package["rust_version"].as_str()?;
    let complete = match declared.split('.').count() {
        1 => format!("{declared}.0.0"),
        2 => format!("{declared}.0"),
        _ => declared.to_owned(),
    };
    Some(Version::parse(&complete).unwrap())
}
