//! What it costs to depend on the crate: crates and clean build time of a program that does, next to one that is
//! written with reqwest and serde alone.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use clap::Args;

use crate::cargo::{self, CargoError};
use crate::report::{self, Outcome};
use crate::workspace::Workspace;

/// More crates than a plain program has.
const MORE_CRATES: usize = 10;
/// Build time as a multiple of that of a plain program.
const BUILD_TIME: f64 = 1.10;

#[derive(Args)]
pub struct Cost {
    /// How often each program is built from nothing; the median counts.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    pub runs: u16,
    /// Build nothing: count the crates alone.
    #[arg(long, conflicts_with = "runs")]
    pub crates_only: bool,
    /// Build optimised.
    #[arg(long)]
    pub release: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum CostError {
    #[error("failed to prepare the programs: {0}")]
    Prepare(#[from] io::Error),
    #[error(
        "failed to measure {program}; the crates come from cargo's own store, which `cargo fetch` fills: {source}"
    )]
    Cargo {
        program: &'static str,
        source: CargoError,
    },
}

const OURS: &str = "fn main() { println!(\"{}\", par_ordering::Client::from_env().is_ok()); }\n";

/// A call as small as it gets: send, decode, done.
const PLAIN: &str = r#"
#[derive(serde::Deserialize)]
struct Answer {
    status: String,
}

async fn call() -> reqwest::Result<Answer> {
    let client = reqwest::Client::new();
    let response = client.post("http://127.0.0.1:1/").send().await?;
    response.error_for_status()?.json().await
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    println!("{}", runtime.block_on(call()).map(|answer| answer.status).is_ok());
}
"#;

/// A program whose dependencies are counted and built.
struct Program {
    name: &'static str,
    /// Whether it uses the crate; else it is the plain one that stands before.
    is_ours: bool,
    has_tls: bool,
}

/// In pairs with the same TLS and the same HTTP; the first of each is the plain one.
const PROGRAMS: [Program; 4] = [
    Program {
        name: "reqwest + serde + serde_json",
        is_ours: false,
        has_tls: true,
    },
    Program {
        name: "the crate, default features",
        is_ours: true,
        has_tls: true,
    },
    Program {
        name: "reqwest + serde + serde_json, no TLS",
        is_ours: false,
        has_tls: false,
    },
    Program {
        name: "the crate, `default-features = false`",
        is_ours: true,
        has_tls: false,
    },
];

impl Program {
    /// In TOML. Each brings the same runtime with it.
    fn dependencies(&self, sdk: &Path) -> String {
        let has_tls = self.has_tls;
        let tls = if has_tls { ", \"rustls\"" } else { "" };
        let own = if self.is_ours {
            let sdk = toml::Value::from(sdk.display().to_string());
            format!("par-ordering = {{ path = {sdk}, default-features = {has_tls} }}")
        } else {
            format!(
                "reqwest = {{ version = \"0.13\", default-features = false, \
                 features = [\"http2\", \"json\", \"query\"{tls}] }}\n\
                 serde = {{ version = \"1.0\", features = [\"derive\"] }}\nserde_json = \"1.0\""
            )
        };
        format!("{own}\ntokio = {{ version = \"1\", features = [\"net\", \"rt\", \"time\"] }}\n")
    }
}

/// What was found out about a program.
struct Measured {
    crates: BTreeSet<String>,
    /// `None` where nothing was built.
    build: Option<Duration>,
}

/// Measures all programs and prints the table.
pub fn run(arguments: &Cost) -> Outcome {
    let workspace = Workspace::find()?;
    let folder = tempfile::tempdir()?;
    let mut measured = Vec::new();
    for (index, program) in PROGRAMS.iter().enumerate() {
        let package = folder.path().join(index.to_string());
        prepare(program, &package, &workspace)?;
        let tree = ["tree", "--edges", "normal,build", "--prefix", "none"];
        measured.push(Measured {
            crates: crates(&cargo(program.name, &package, &tree)?),
            build: None,
        });
    }
    if !arguments.crates_only {
        let times = builds(folder.path(), arguments)?;
        for (measured, times) in measured.iter_mut().zip(times) {
            measured.build = median(times);
        }
    }
    let twice = crates_in_two_versions(&workspace)?;
    report::print(&format!(
        "{}{}{twice}",
        table(&measured),
        more_crates(&measured)
    ));
    Ok(false)
}

/// Writes the package of a program, with the versions that this workspace has.
fn prepare(program: &Program, package: &Path, workspace: &Workspace) -> io::Result<()> {
    let manifest = format!(
        "[package]\nname = \"consumer\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\n{}",
        program.dependencies(&workspace.sdk())
    );
    let main = if program.is_ours { OURS } else { PLAIN };
    fs::create_dir_all(package.join("src"))?;
    fs::write(package.join("Cargo.toml"), manifest)?;
    fs::write(package.join("src").join("main.rs"), main)?;
    let lock = workspace.root().join("Cargo.lock");
    fs::copy(lock, package.join("Cargo.lock")).map(drop)
}

/// The times of all builds by program. The programs take turns, so that whatever else the machine does meets all.
fn builds(folder: &Path, arguments: &Cost) -> Result<Vec<Vec<Duration>>, CostError> {
    let mut build = vec!["build"];
    build.extend(arguments.release.then_some("--release"));
    let mut times = vec![Vec::new(); PROGRAMS.len()];
    for run in 1..=arguments.runs {
        for (index, program) in PROGRAMS.iter().enumerate() {
            let package = folder.join(index.to_string());
            let start = Instant::now();
            cargo(program.name, &package, &build)?;
            let time = start.elapsed();
            times[index].push(time);
            // Kept apart from the table, which is to be copied.
            let _ = writeln!(
                io::stderr(),
                "build {run} of {}: {} in {:.1} s",
                arguments.runs,
                program.name,
                time.as_secs_f64()
            );
            fs::remove_dir_all(package.join("target"))?;
        }
    }
    Ok(times)
}

/// Runs cargo in the folder of a program, without the network and without what the caller's shell says of builds.
fn cargo(program: &'static str, package: &Path, arguments: &[&str]) -> Result<String, CostError> {
    let mut command = cargo::command();
    command
        .current_dir(package)
        .args(arguments)
        .args(["--offline", "--quiet"])
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_TARGET_DIR", package.join("target"))
        .env_remove("RUSTC_WRAPPER")
        .env_remove("CARGO_BUILD_RUSTC_WRAPPER")
        .env_remove("RUSTFLAGS")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let output =
        cargo::finish(&mut command).map_err(|source| CostError::Cargo { program, source })?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The crates that `cargo tree` lists without indentation, except for the first one, which is the program.
fn crates(tree: &str) -> BTreeSet<String> {
    tree.lines()
        .skip(1)
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let (name, version) = (words.next()?, words.next()?);
            // Build dependencies stand under a heading of their own.
            version
                .starts_with('v')
                .then(|| format!("{name} {version}"))
        })
        .collect()
}

fn median(mut times: Vec<Duration>) -> Option<Duration> {
    times.sort_unstable();
    times.get(times.len() / 2).copied()
}

/// Each program with what was measured of it and, unless it is plain, of its plain counterpart.
fn rows(
    measured: &[Measured],
) -> impl Iterator<Item = (&'static str, &Measured, Option<&Measured>)> {
    let rows = PROGRAMS.iter().zip(measured).enumerate();
    rows.map(|(index, (program, own))| {
        let plain = program.is_ours.then(|| &measured[index - 1]);
        (program.name, own, plain)
    })
}

/// The table for the README.
fn table(measured: &[Measured]) -> String {
    let mut text = "| program | crates | more than plain | goal | met | clean build | of plain | goal | met |\n\
                    |---|---|---|---|---|---|---|---|---|\n"
        .to_owned();
    let yes_if = |met: bool| if met { "yes" } else { "no" };
    for (name, own, plain) in rows(measured) {
        let more = plain.map_or_else(
            || " | | |".to_owned(),
            |plain| {
                let more = own.crates.difference(&plain.crates).count();
                format!(
                    " {more} | ≤ {MORE_CRATES} | {} |",
                    yes_if(more <= MORE_CRATES)
                )
            },
        );
        let build = own.build.map_or_else(
            || "not built".to_owned(),
            |time| format!("{:.1} s", time.as_secs_f64()),
        );
        let ratio = own
            .build
            .zip(plain.and_then(|plain| plain.build))
            .map_or_else(
                || " | | |".to_owned(),
                |(own, plain)| {
                    let ratio = own.as_secs_f64() / plain.as_secs_f64();
                    format!(
                        " {ratio:.2} | ≤ {BUILD_TIME:.2} | {} |",
                        yes_if(ratio <= BUILD_TIME)
                    )
                },
            );
        let crates = own.crates.len();
        let _ = writeln!(text, "| {name} | {crates} |{more} {build} |{ratio}");
    }
    text
}

/// Which crates a program has that its plain counterpart has not.
fn more_crates(measured: &[Measured]) -> String {
    rows(measured)
        .filter_map(|(name, own, plain)| {
            let more: Vec<&str> = own
                .crates
                .difference(&plain?.crates)
                .map(String::as_str)
                .collect();
            Some(format!("\n{name}, more: {}\n", more.join(", ")))
        })
        .collect()
}

/// What of the crate's dependencies is there in two versions.
fn crates_in_two_versions(workspace: &Workspace) -> Result<String, CostError> {
    let tree = ["tree", "--duplicates", "--edges", "normal", "--depth", "0"];
    let twice = cargo("the crate", &workspace.sdk(), &tree)?;
    let twice: BTreeSet<&str> = twice.lines().filter(|line| !line.is_empty()).collect();
    if twice.is_empty() {
        return Ok("\nNo crate is there in two versions.\n".to_owned());
    }
    let twice = Vec::from_iter(twice).join(", ");
    Ok(format!("\nIn two versions: {twice}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_crate_is_counted_once_and_the_program_is_not() {
        let tree = "consumer v0.0.0 (/tmp/a b/0)\n\
                    serde v1.0.2\n\
                    serde_derive v1.0.2 (proc-macro)\n\
                    serde v1.0.2 (*)\n\
                    \n\
                    [build-dependencies]\n\
                    cc v1.2.3\n\
                    syn v2.0.0\n\
                    syn v3.0.0\n";
        let expected = [
            "cc v1.2.3",
            "serde v1.0.2",
            "serde_derive v1.0.2",
            "syn v2.0.0",
            "syn v3.0.0",
        ];
        assert_eq!(crates(tree), expected.map(str::to_owned).into());
    }

    fn measured(crates: usize, build: Option<u64>) -> Measured {
        Measured {
            crates: (0..crates).map(|number| number.to_string()).collect(),
            build: build.map(Duration::from_millis),
        }
    }

    #[test]
    fn the_table_says_by_how_much_and_whether_the_goal_is_met() {
        let text = table(&[
            measured(100, Some(10_000)),
            measured(110, Some(11_000)),
            measured(50, Some(10_000)),
            measured(61, Some(11_100)),
        ]);
        let rows: Vec<&str> = text.lines().skip(2).collect();
        let expected = [
            "| reqwest + serde + serde_json | 100 | | | | 10.0 s | | | |",
            "| the crate, default features | 110 | 10 | ≤ 10 | yes | 11.0 s | 1.10 | ≤ 1.10 | yes |",
            "| reqwest + serde + serde_json, no TLS | 50 | | | | 10.0 s | | | |",
            "| the crate, `default-features = false` | 61 | 11 | ≤ 10 | no | 11.1 s | 1.11 | ≤ 1.10 | no |",
        ];
        assert_eq!(rows, expected);
        let text = table(&[measured(1, None), measured(2, None)]);
        let expected = "| the crate, default features | 2 | 1 | ≤ 10 | yes | not built | | | |";
        assert_eq!(text.lines().nth(3), Some(expected));
    }

    #[test]
    fn the_crates_that_only_one_of_a_pair_has_are_named() {
        let text = more_crates(&[measured(1, None), measured(3, None)]);
        assert_eq!(text, "\nthe crate, default features, more: 1, 2\n");
    }

    #[test]
    fn the_median_of_the_builds_counts() {
        let seconds = |seconds: &[u64]| seconds.iter().copied().map(Duration::from_secs).collect();
        assert_eq!(median(seconds(&[9, 1, 2])), Some(Duration::from_secs(2)));
        assert_eq!(median(Vec::new()), None);
    }
}
