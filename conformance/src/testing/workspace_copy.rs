//! A copy of the workspace, in which tests change what they must not change here, and what is then built
//! and tested there.
//!
//! A copy has a place of its own below the target folder and is only written where it differs, and all
//! copies share one folder for what cargo makes: a second run compiles little.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use serde_json::Value;

/// Part of the names of tests that work in a copy: there they are left out.
pub const IN_A_COPY: &str = "in_a_copy";

/// What the workspace consists of.
const PARTS: [&str; 7] = [
    ".cargo",
    "Cargo.lock",
    "Cargo.toml",
    "conformance",
    "openapi",
    "sdk",
    "xtask",
];

/// Files by their path within the workspace.
pub type Files = BTreeMap<PathBuf, Vec<u8>>;

/// What keeps a copy from being made or used.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    #[error("failed to copy {}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("failed to read {} as YAML: {message}", path.display())]
    Yaml { path: PathBuf, message: String },
    #[error("failed to generate from the changed specification ({status}): {output}")]
    Generate { status: ExitStatus, output: String },
}

/// What came of a command: whether it succeeded, and all that it printed.
pub struct Outcome {
    pub status: ExitStatus,
    pub output: String,
}

/// The copies of one test run.
pub struct Copies {
    folder: PathBuf,
    /// One process at a time works here.
    _lock: File,
}

/// One copy.
pub struct Copy<'a> {
    copies: &'a Copies,
    root: PathBuf,
    number: u8,
}

impl Copies {
    /// Copies below `folder`; waits until no other process works there.
    ///
    /// # Errors
    ///
    /// The folder can't be made.
    pub fn below(folder: &Path) -> Result<Self, CopyError> {
        let folder = folder.join("copies");
        fs::create_dir_all(&folder).map_err(failed(&folder))?;
        let path = folder.join("lock");
        let lock = File::create(&path).map_err(failed(&path))?;
        lock.lock().map_err(failed(&path))?;
        Ok(Self {
            folder,
            _lock: lock,
        })
    }

    /// A copy that consists of these files and nothing else. No other copy has its name or its number.
    ///
    /// # Errors
    ///
    /// A file can't be written or removed.
    pub fn copy(&self, name: &str, number: u8, files: &Files) -> Result<Copy<'_>, CopyError> {
        let root = self.folder.join(name);
        fs::create_dir_all(&root).map_err(failed(&root))?;
        for old in read(&root)?.keys().filter(|old| !files.contains_key(*old)) {
            let path = root.join(old);
            fs::remove_file(&path).map_err(failed(&path))?;
        }
        for (path, contents) in files {
            let path = root.join(path);
            if fs::read(&path).is_ok_and(|old| old == *contents) {
                continue;
            }
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(failed(parent))?;
            }
            fs::write(&path, contents).map_err(failed(&path))?;
        }
        Ok(Copy {
            copies: self,
            root,
            number,
        })
    }

    /// What is generated from a specification, by its path within the workspace.
    ///
    /// # Errors
    ///
    /// The specification is refused.
    pub fn generated(&self, specification: &Value) -> Result<Files, CopyError> {
        let folder = self.folder.join("generated");
        let sdk = folder.join("sdk");
        fs::create_dir_all(&sdk).map_err(failed(&sdk))?;
        let path = folder.join(specification_file().file_name().unwrap_or_default());
        // JSON is YAML.
        fs::write(&path, specification.to_string()).map_err(failed(&path))?;
        let Outcome { status, output } = run(cargo(&workspace())
            .args(["run", "--quiet", "--package", "xtask", "--", "generate"])
            .arg("--spec")
            .arg(&path)
            .arg("--out")
            .arg(&sdk))
        .map_err(failed(&folder))?;
        if !status.success() {
            return Err(CopyError::Generate { status, output });
        }
        let generated = read(&folder)?.into_iter();
        Ok(generated
            .filter(|(path, _)| path.starts_with("sdk"))
            .collect())
    }
}

impl Copy<'_> {
    /// Runs this package's tests in the copy, without those that work in a copy themselves.
    ///
    /// # Errors
    ///
    /// Cargo can't be started.
    pub fn test(&self, targets: &[&str], update_snapshots: bool) -> Result<Outcome, CopyError> {
        // To cargo a package of the same name at the same place in another workspace is the same package: it
        // would take what was made for another copy. Another profile makes it another package.
        let profile = format!(
            "profile.dev.package.par-ordering.codegen-units={}",
            16 + u16::from(self.number)
        );
        let mut command = cargo(&self.root);
        command
            .args(["--config", &profile])
            .args([
                "test",
                "--locked",
                "--package",
                "conformance",
                "--no-fail-fast",
            ])
            .args(targets)
            .args(["--", "--skip", IN_A_COPY])
            .env("CARGO_TARGET_DIR", self.copies.folder.join("target"))
            // Neither is looked at, and both take time and space.
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env(
                "INSTA_UPDATE",
                if update_snapshots { "always" } else { "no" },
            );
        run(&mut command).map_err(failed(&self.root))
    }

    /// The files as they are now.
    ///
    /// # Errors
    ///
    /// One can't be read.
    pub fn files(&self) -> Result<Files, CopyError> {
        read(&self.root)
    }
}

/// The files of this workspace.
///
/// # Errors
///
/// One can't be read.
pub fn files() -> Result<Files, CopyError> {
    read(&workspace())
}

/// The specification of this workspace, untyped.
///
/// # Errors
///
/// It can't be read, or is no YAML.
pub fn specification() -> Result<Value, CopyError> {
    let path = workspace().join(specification_file());
    let text = fs::read_to_string(&path).map_err(failed(&path))?;
    serde_saphyr::from_str(&text).map_err(|error| CopyError::Yaml {
        path,
        message: error.to_string(),
    })
}

/// Where the specification is within the workspace.
#[must_use]
pub fn specification_file() -> PathBuf {
    Path::new("openapi").join("par-ordering.yaml")
}

fn workspace() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_owned()
}

fn read(root: &Path) -> Result<Files, CopyError> {
    let mut files = Files::new();
    for part in PARTS {
        collect(root, Path::new(part), &mut files)?;
    }
    Ok(files)
}

fn collect(root: &Path, path: &Path, files: &mut Files) -> Result<(), CopyError> {
    let full = root.join(path);
    if full.is_dir() {
        for entry in fs::read_dir(&full).map_err(failed(&full))? {
            let name = entry.map_err(failed(&full))?.file_name();
            if !is_left_over(&name.to_string_lossy()) {
                collect(root, &path.join(name), files)?;
            }
        }
    } else if full.exists() {
        let contents = fs::read(&full).map_err(failed(&full))?;
        files.insert(path.to_owned(), contents);
    }
    Ok(())
}

/// What is no part of the workspace, although it may lie about in it: what cargo makes, and snapshots that
/// nobody has accepted.
fn is_left_over(name: &str) -> bool {
    name == "target" || name.ends_with(".snap.new")
}

fn cargo(folder: &Path) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command
        .current_dir(folder)
        // All that is needed was needed to get here.
        .env("CARGO_NET_OFFLINE", "true");
    command
}

fn run(command: &mut Command) -> io::Result<Outcome> {
    let output = command.output()?;
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    Ok(Outcome {
        status: output.status,
        output: text,
    })
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> CopyError + use<> {
    let path = path.to_owned();
    |source| CopyError::Io { path, source }
}
