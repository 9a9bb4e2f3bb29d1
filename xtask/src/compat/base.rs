//! The specification and the version of the crate at an earlier revision, as git has them.

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Output};

use semver::Version;

use crate::document::{Document, LoadError};

/// Below the root of the workspace.
pub const SPECIFICATION: &str = "openapi/par-ordering.yaml";
const MANIFEST: &str = "sdk/Cargo.toml";

/// Names that the branch to compare with goes by, in the order in which they are tried.
const UPSTREAMS: &[&str] = &["origin/HEAD", "origin/main", "origin/master"];

pub struct Base {
    pub specification: Document,
    pub version: Version,
}

#[derive(Debug, thiserror::Error)]
pub enum BaseError {
    #[error("failed to start git: {0}")]
    Git(io::Error),
    #[error(
        "failed to find the revision `{revision}`: git knows no such commit; in a shallow clone fetch it first"
    )]
    NoSuchRevision { revision: String },
    #[error("failed to read {path} at {revision}: {message}")]
    Show {
        path: &'static str,
        revision: String,
        message: String,
    },
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error("failed to read {path}: {source}")]
    Read {
        path: &'static str,
        source: io::Error,
    },
    #[error("failed to find the version in {path} of {revision}: {message}")]
    Version {
        path: &'static str,
        revision: String,
        message: String,
    },
}

/// Why there is nothing to compare with, which is no error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoBase {
    /// No repository, no remote branch, or no commit in common with it.
    NoMergeBase,
    /// There was no specification yet.
    NoSpecification { revision: String },
}

impl fmt::Display for NoBase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoMergeBase => write!(
                f,
                "there is no merge base with any of {}: nothing to compare with; name a revision with --base",
                UPSTREAMS.join(", ")
            ),
            Self::NoSpecification { revision } => {
                write!(
                    f,
                    "{revision} has no {SPECIFICATION}: nothing to compare with"
                )
            }
        }
    }
}

/// Reads what was there at `revision`, or at the merge base with the upstream branch.
pub fn read(root: &Path, revision: Option<&str>) -> Result<Result<Base, NoBase>, BaseError> {
    let commit = match revision {
        Some(revision) => {
            let name = format!("{revision}^{{commit}}");
            output(
                root,
                &[
                    "rev-parse",
                    "--verify",
                    "--quiet",
                    "--end-of-options",
                    &name,
                ],
            )?
            .ok_or_else(|| BaseError::NoSuchRevision {
                revision: revision.to_owned(),
            })?
        }
        None => match merge_base(root)? {
            Some(commit) => commit,
            None => return Ok(Err(NoBase::NoMergeBase)),
        },
    };
    let revision = revision.unwrap_or(&commit);
    // The workspace need not be the root of the repository.
    let specification = format!("{commit}:./{SPECIFICATION}");
    if output(root, &["cat-file", "-e", &specification])?.is_none() {
        let revision = revision.to_owned();
        return Ok(Err(NoBase::NoSpecification { revision }));
    }
    let bytes = show(root, &commit, SPECIFICATION)?;
    let name = format!("{SPECIFICATION} at {revision}");
    let manifest = show(root, &commit, MANIFEST)?;
    Ok(Ok(Base {
        specification: Document::parse(Path::new(&name), &bytes)?,
        version: version(&String::from_utf8_lossy(&manifest), revision)?,
    }))
}

/// The version of the crate as it is in the working tree.
pub fn version_now(root: &Path) -> Result<Version, BaseError> {
    let text = fs::read_to_string(root.join(MANIFEST)).map_err(|source| BaseError::Read {
        path: MANIFEST,
        source,
    })?;
    version(&text, "the working tree")
}

fn merge_base(root: &Path) -> Result<Option<String>, BaseError> {
    for upstream in UPSTREAMS {
        if let Some(commit) = output(root, &["merge-base", "HEAD", upstream])? {
            return Ok(Some(commit));
        }
    }
    Ok(None)
}

fn version(manifest: &str, revision: &str) -> Result<Version, BaseError> {
    let failed = |message: String| BaseError::Version {
        path: MANIFEST,
        revision: revision.to_owned(),
        message,
    };
    let manifest: toml::Table = manifest
        .parse()
        .map_err(|error: toml::de::Error| failed(error.message().to_owned()))?;
    let version = manifest
        .get("package")
        .and_then(|package| package.get("version")?.as_str())
        .ok_or_else(|| failed("there is no `version` of `[package]`".to_owned()))?;
    version
        .parse()
        .map_err(|error: semver::Error| failed(error.to_string()))
}

fn show(root: &Path, commit: &str, path: &'static str) -> Result<Vec<u8>, BaseError> {
    let output = git(root, &["show", &format!("{commit}:./{path}")])?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let message = String::from_utf8_lossy(&output.stderr);
    Err(BaseError::Show {
        path,
        revision: commit.to_owned(),
        message: message.lines().next().unwrap_or_default().to_owned(),
    })
}

/// What git prints, in one line; `None` if it says no.
fn output(root: &Path, arguments: &[&str]) -> Result<Option<String>, BaseError> {
    let output = git(root, arguments)?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    Ok(output.status.success().then_some(text))
}

fn git(root: &Path, arguments: &[&str]) -> Result<Output, BaseError> {
    Command::new("git")
        .args(arguments)
        .current_dir(root)
        .output()
        .map_err(BaseError::Git)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compat::{Bump, since};

    const SPEC: &str = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    get:\n      \
                        operationId: a\n      responses: {'200': {description: d}}\n";

    /// A workspace in a repository of its own.
    struct Workspace(tempfile::TempDir);

    impl Workspace {
        fn new() -> Self {
            let workspace = Self(tempfile::tempdir().unwrap());
            workspace.git(&["init", "--quiet", "--initial-branch=work"]);
            workspace
        }

        fn root(&self) -> &Path {
            self.0.path()
        }

        fn git(&self, arguments: &[&str]) {
            let identity = [
                "-c",
                "user.name=t",
                "-c",
                "user.email=t@example.com",
                "-c",
                "commit.gpgsign=false",
            ];
            let all = [&identity[..], arguments].concat();
            let output = git(self.root(), &all).unwrap();
            assert!(output.status.success(), "git {arguments:?}: {output:?}");
        }

        fn write(&self, path: &str, text: &str) {
            let path = self.root().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        fn state(&self, version: &str, spec: &str) {
            let manifest = format!("[package]\nname = \"c\"\nversion = \"{version}\"\n");
            self.write(MANIFEST, &manifest);
            self.write(SPECIFICATION, spec);
        }

        fn commit(&self) {
            self.git(&["add", "--all"]);
            self.git(&["commit", "--quiet", "--allow-empty", "--message", "c"]);
        }
    }

    #[test]
    fn the_working_tree_is_held_against_a_revision_and_its_version() {
        let workspace = Workspace::new();
        workspace.state("0.1.0", SPEC);
        workspace.commit();
        workspace.state("0.2.0", &SPEC.replace("operationId: a", "operationId: b"));
        let since = since(workspace.root(), Some("HEAD")).unwrap().ok().unwrap();
        assert_eq!((since.bump, since.changes.len()), (Bump::Breaking, 1));
        assert_eq!(
            (since.old, since.new),
            (Version::new(0, 1, 0), Version::new(0, 2, 0))
        );
    }

    #[test]
    fn without_a_revision_the_merge_base_is_taken() {
        let workspace = Workspace::new();
        workspace.state("0.1.0", SPEC);
        workspace.commit();
        workspace.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
        workspace.state("0.1.0", &SPEC.replace("/a:", "/b:"));
        workspace.commit();
        let since = since(workspace.root(), None).unwrap().ok().unwrap();
        assert_eq!(since.bump, Bump::Breaking);
    }

    #[test]
    fn where_there_is_no_base_there_is_nothing_to_compare_with() {
        let workspace = Workspace::new();
        workspace.state("0.1.0", SPEC);
        let none = |revision| since(workspace.root(), revision).unwrap().err();
        assert_eq!(none(None), Some(NoBase::NoMergeBase));
        workspace.commit();
        assert_eq!(none(None), Some(NoBase::NoMergeBase));

        let empty = Workspace::new();
        empty.commit();
        empty.state("0.1.0", SPEC);
        let revision = "HEAD".to_owned();
        assert_eq!(
            since(empty.root(), Some("HEAD")).unwrap().err(),
            Some(NoBase::NoSpecification { revision })
        );
    }

    #[test]
    fn a_revision_that_is_not_there_or_not_readable_is_an_error() {
        let workspace = Workspace::new();
        workspace.state("0.1.0", "- no\n");
        workspace.commit();
        let message = |revision| match since(workspace.root(), Some(revision)) {
            Err(error) => error.to_string(),
            Ok(_) => "no error".to_owned(),
        };
        for (revision, expected) in [
            ("nowhere", "failed to find the revision `nowhere`"),
            ("--help", "failed to find the revision `--help`"),
            ("HEAD", "failed to read openapi/par-ordering.yaml at HEAD"),
        ] {
            let message = message(revision);
            assert!(message.contains(expected), "{revision}: {message}");
        }
    }
}
