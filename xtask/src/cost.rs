//! What it costs to depend on the crate: crates and clean build time of a program that does, next to one that is
//! written with reqwest and serde alone.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use clap::Args;

use crate::report;
use crate::workspace::{Workspace, WorkspaceError};

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
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error("failed to prepare {}: {source}", path.display())]
    Prepare { path: PathBuf, source: io::Error },
    #[error("failed to start cargo: {0}")]
    Start(io::Error),
    #[error(
        "failed to run `cargo {command}` for {program}; the crates come from cargo's own store, which \
         `cargo fetch` fills:\n{words}"
    )]
    Cargo {
        command: String,
        program: &'static str,
        words: String,
    },
}

/// A program whose dependencies are counted and built.
struct Program {
    name: &'static str,
    /// In TOML; `{sdk}` stands for the path of the crate.
    dependencies: &'static str,
    main: &'static str,
    /// The place of the program it is compared with.
    plain: Option<usize>,
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

/// In each pair the same TLS, the same HTTP, and the runtime that a program brings with it.
const PROGRAMS: [Program; 4] = [
    Program {
        name: "reqwest + serde + serde_json",
        dependencies: r#"
reqwest = { version = "0.13", default-features = false, features = ["http2", "json", "query", "rustls"] }
serde = { version = "1.0", features = ["derive"] }
serde_json = "1.0"
tokio = { version = "1", features = ["net", "rt", "time"] }
"#,
        main: PLAIN,
        plain: None,
    },
    Program {
        name: "the crate, default features",
        dependencies: r#"
par-ordering = { path = "{sdk}" }
tokio = { version = "1", features = ["net", "rt", "time"] }
"#,
        main: OURS,
        plain: Some(0),
    },
    Program {
        name: "reqwest + serde + serde_json, no TLS",
        dependencies: r#"
reqwest = { version = "0.13", default-features = false, features = ["http2", "json", "query"] }
serde = { version = "1.0", features = ["derive"] }
serde_json = "1.0"
tokio = { version = "1", features = ["net", "rt", "time"] }
"#,
        main: PLAIN,
        plain: None,
    },
    Program {
        name: "the crate, `default-features = false`",
        dependencies: r#"
par-ordering = { path = "{sdk}", default-features = false }
tokio = { version = "1", features = ["net", "rt", "time"] }
"#,
        main: OURS,
        plain: Some(2),
    },
];

/// What was found out about a program.
struct Measured {
    crates: BTreeSet<String>,
    /// `None` where nothing was built.
    build: Option<Duration>,
}

/// Measures all programs and prints the table.
///
/// # Errors
///
/// A program can't be written down, or cargo fails for it.
pub fn run(arguments: &Cost) -> Result<(), CostError> {
    let workspace = Workspace::find()?;
    let folder = tempfile::tempdir().map_err(|source| CostError::Prepare {
        path: std::env::temp_dir(),
        source,
    })?;
    let mut measured = Vec::new();
    for (index, program) in PROGRAMS.iter().enumerate() {
        let package = folder.path().join(index.to_string());
        prepare(program, &package, &workspace)?;
        let arguments = ["tree", "--edges", "normal,build", "--prefix", "none"];
        let output = cargo(program, &package, &workspace, &arguments)?;
        measured.push(Measured {
            crates: crates(&String::from_utf8_lossy(&output.stdout)),
            build: None,
        });
    }
    if !arguments.crates_only {
        let times = builds(folder.path(), &workspace, arguments)?;
        for (measured, times) in measured.iter_mut().zip(times) {
            measured.build = median(times);
        }
    }
    let mut text = table(&measured);
    text.push_str(&more_crates(&measured));
    text.push_str(&versions(&workspace)?);
    report::print(&text);
    Ok(())
}

/// Writes the package of a program, with the versions that this workspace has.
fn prepare(program: &Program, package: &Path, workspace: &Workspace) -> Result<(), CostError> {
    let sdk = workspace.sdk();
    // A literal string of TOML, for a path may hold backslashes.
    let dependencies = program
        .dependencies
        .replace("\"{sdk}\"", &format!("'{}'", sdk.display()));
    let manifest = format!(
        "[package]\nname = \"consumer\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]{dependencies}"
    );
    let failed = |path: PathBuf| move |source| CostError::Prepare { path, source };
    let source = package.join("src");
    std::fs::create_dir_all(&source).map_err(failed(source.clone()))?;
    for (path, text) in [
        (package.join("Cargo.toml"), manifest.as_str()),
        (source.join("main.rs"), program.main),
    ] {
        std::fs::write(&path, text).map_err(failed(path.clone()))?;
    }
    let lock = workspace.root().join("Cargo.lock");
    std::fs::copy(&lock, package.join("Cargo.lock")).map_err(failed(lock))?;
    Ok(())
}

/// The times of all builds by program. The programs take turns, so that whatever else the machine does meets all.
fn builds(
    folder: &Path,
    workspace: &Workspace,
    arguments: &Cost,
) -> Result<Vec<Vec<Duration>>, CostError> {
    let mut times = vec![Vec::new(); PROGRAMS.len()];
    for run in 1..=arguments.runs {
        for (index, program) in PROGRAMS.iter().enumerate() {
            let package = folder.join(index.to_string());
            let start = Instant::now();
            let mut build = vec!["build"];
            build.extend(arguments.release.then_some("--release"));
            cargo(program, &package, workspace, &build)?;
            let time = start.elapsed();
            times[index].push(time);
            let line = format!(
                "build {run} of {}: {} in {:.1} s\n",
                arguments.runs,
                program.name,
                time.as_secs_f64()
            );
            // Kept apart from the table, which is to be copied.
            let _ = io::Write::write_all(&mut io::stderr(), line.as_bytes());
            let target = package.join("target");
            std::fs::remove_dir_all(&target).map_err(|source| CostError::Prepare {
                path: target,
                source,
            })?;
        }
    }
    Ok(times)
}

/// Runs cargo in the folder of a program, without the network and without what the caller's shell says of builds.
fn cargo(
    program: &Program,
    package: &Path,
    workspace: &Workspace,
    arguments: &[&str],
) -> Result<Output, CostError> {
    let mut command = workspace.cargo();
    command
        .current_dir(package)
        .args(arguments)
        .args(["--offline", "--quiet"])
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_TARGET_DIR", package.join("target"))
        .env_remove("RUSTC_WRAPPER")
        .env_remove("CARGO_BUILD_RUSTC_WRAPPER")
        .env_remove("RUSTFLAGS");
    finish(command, program.name, arguments)
}

fn finish(
    mut command: Command,
    program: &'static str,
    arguments: &[&str],
) -> Result<Output, CostError> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(CostError::Start)?;
    if output.status.success() {
        return Ok(output);
    }
    Err(CostError::Cargo {
        command: arguments.join(" "),
        program,
        words: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
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

/// The table for the README.
fn table(measured: &[Measured]) -> String {
    let mut text = "| program | crates | more than plain | goal | met | clean build | of plain | goal | met |\n\
                    |---|---|---|---|---|---|---|---|---|\n"
        .to_owned();
    for (program, own) in PROGRAMS.iter().zip(measured) {
        let plain = program.plain.and_then(|index| measured.get(index));
        let _ = write!(text, "| {} | {} |", program.name, own.crates.len());
        match plain {
            None => text.push_str(" | | |"),
            Some(plain) => {
                let more = own.crates.difference(&plain.crates).count();
                let met = yes_if(more <= MORE_CRATES);
                let _ = write!(text, " {more} | ≤ {MORE_CRATES} | {met} |");
            }
        }
        match own.build {
            None => text.push_str(" not built |"),
            Some(time) => {
                let _ = write!(text, " {:.1} s |", time.as_secs_f64());
            }
        }
        match (own.build, plain.and_then(|plain| plain.build)) {
            (Some(own), Some(plain)) => {
                let ratio = own.as_secs_f64() / plain.as_secs_f64();
                let met = yes_if(ratio <= BUILD_TIME);
                let _ = writeln!(text, " {ratio:.2} | ≤ {BUILD_TIME:.2} | {met} |");
            }
            _ => text.push_str(" | | |\n"),
        }
    }
    text
}

fn yes_if(met: bool) -> &'static str {
    if met { "yes" } else { "no" }
}

/// Which crates a program has that its plain counterpart has not.
fn more_crates(measured: &[Measured]) -> String {
    let mut text = String::new();
    for (program, own) in PROGRAMS.iter().zip(measured) {
        if let Some(plain) = program.plain.and_then(|index| measured.get(index)) {
            let more = own.crates.difference(&plain.crates);
            let more: Vec<&str> = more.map(String::as_str).collect();
            let _ = write!(text, "\n{}, more: {}\n", program.name, more.join(", "));
        }
    }
    text
}

/// What of the crate's dependencies is there in two versions.
fn versions(workspace: &Workspace) -> Result<String, CostError> {
    let mut command = workspace.cargo();
    let arguments = [
        "tree",
        "--duplicates",
        "--edges",
        "normal",
        "--depth",
        "0",
        "--package",
        "par-ordering",
    ];
    command.args(arguments).args(["--offline", "--quiet"]);
    let output = finish(command, "the crate", &arguments)?;
    let twice = String::from_utf8_lossy(&output.stdout);
    let twice: BTreeSet<&str> = twice.lines().filter(|line| !line.is_empty()).collect();
    if twice.is_empty() {
        return Ok("\nNo crate is there in two versions.\n".to_owned());
    }
    let twice: Vec<&str> = twice.into_iter().collect();
    Ok(format!("\nIn two versions: {}\n", twice.join(", ")))
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
