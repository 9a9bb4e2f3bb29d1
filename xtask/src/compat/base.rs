//! The specification and the version of the crate at an earlier revision, read from git.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Output};

use semver::Version;

use super::difference::Unusable;
use openapi::document::{Document, LoadError};
use openapi::workspace::SPECIFICATION;

/// Below the root of the workspace.
const MANIFEST: &str = "sdk/Cargo.toml";

/// Names of the branch to compare with, in the order in which they are tried.
const UPSTREAMS: &[&str] = &["origin/HEAD", "origin/main", "origin/master"];

pub struct Base {
    /// Its name, or the hash of its commit.
    pub revision: String,
    pub specification: Document,
    pub version: Version,
}

#[derive(Debug, thiserror::Error)]
pub enum BaseError {
    #[error("failed to start git: {0}")]
    Git(io::Error),
    #[error("failed to run `git {arguments}`: {message}")]
    Failed { arguments: String, message: String },
    #[error(
        "failed to find the revision `{revision}`: git knows no such commit; in a shallow clone fetch it first"
    )]
    NoSuchRevision { revision: String },
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Unusable(#[from] Unusable),
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

/// Why there is nothing to compare with. This is not an error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoBase {
    #[error("git is not installed: nothing to compare with")]
    WithoutGit,
    /// No repository, no remote branch, or no commit in common with it.
    #[error(
        "there is no merge base with any of {}: nothing to compare with; name a revision with --base",
        UPSTREAMS.join(", ")
    )]
    NoMergeBase,
    /// There was no specification yet.
    #[error("{revision} has no {SPECIFICATION}: nothing to compare with")]
    NoSpecification { revision: String },
    /// Nothing can be generated from the old specification.
    #[error("{reason}; nothing was compared: name another revision with --base")]
    Unusable { reason: String },
}

/// Reads the specification and the version at `revision`. Without a revision, that is the merge base with the
/// upstream branch, or the commit before `HEAD` if `HEAD` is in the upstream branch already, as after a push.
pub fn read(root: &Path, named: Option<&str>) -> Result<Result<Base, NoBase>, BaseError> {
    let commit = match named {
        Some(revision) => commit(root, revision)?.ok_or_else(|| BaseError::NoSuchRevision {
            revision: revision.to_owned(),
        })?,
        None => match before(root) {
            Ok(Some(commit)) => commit,
            Ok(None) => return Ok(Err(NoBase::NoMergeBase)),
            Err(BaseError::Git(error)) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Err(NoBase::WithoutGit));
            }
            Err(error) => return Err(error),
        },
    };
    let revision = named.unwrap_or(&commit);
    // Paths start at the folder in which git runs: the workspace need not be the root of the repository.
    if text(root, &["ls-tree", &commit, SPECIFICATION])?.is_empty() {
        let revision = revision.to_owned();
        return Ok(Err(NoBase::NoSpecification { revision }));
    }
    let bytes = show(root, &commit, SPECIFICATION)?;
    let name = format!("{SPECIFICATION} at {revision}");
    let manifest = show(root, &commit, MANIFEST)?;
    let specification = match Document::parse(Path::new(&name), &bytes) {
        Ok(specification) => specification,
        Err(error) if named.is_none() => {
            let reason = error.to_string();
            return Ok(Err(NoBase::Unusable { reason }));
        }
        Err(error) => return Err(error.into()),
    };
    Ok(Ok(Base {
        revision: revision.to_owned(),
        specification,
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

fn before(root: &Path) -> Result<Option<String>, BaseError> {
    if !is_repository(root)? {
        return Ok(None);
    }
    let Some(head) = commit(root, "HEAD")? else {
        return Ok(None);
    };
    let Some(base) = merge_base(root)? else {
        return Ok(None);
    };
    if base != head {
        return Ok(Some(base));
    }
    // Without an earlier commit, only uncommitted changes are left to compare.
    Ok(Some(commit(root, "HEAD^")?.unwrap_or(head)))
}

fn is_repository(root: &Path) -> Result<bool, BaseError> {
    let arguments = ["rev-parse", "--git-dir"];
    let output = git(root, &arguments)?;
    if output.status.success() {
        return Ok(true);
    }
    let message = String::from_utf8_lossy(&output.stderr);
    if message.contains("not a git repository") {
        return Ok(false);
    }
    Err(failed(&arguments, &output))
}

fn merge_base(root: &Path) -> Result<Option<String>, BaseError> {
    for upstream in UPSTREAMS {
        let upstream = format!("refs/remotes/{upstream}");
        if answer(root, &["rev-parse", "--verify", "--quiet", &upstream])?.is_none() {
            continue;
        }
        if let Some(commit) = answer(root, &["merge-base", "HEAD", &upstream])? {
            return Ok(Some(commit));
        }
    }
    Ok(None)
}

fn commit(root: &Path, revision: &str) -> Result<Option<String>, BaseError> {
    let name = format!("{revision}^{{commit}}");
    let quietly = ["rev-parse", "--verify", "--quiet", "--end-of-options"];
    answer(root, &[&quietly[..], &[&name]].concat())
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

fn show(root: &Path, commit: &str, path: &str) -> Result<Vec<u8>, BaseError> {
    bytes(root, &["show", &format!("{commit}:./{path}")])
}

/// The output of git in one line; `None` if git reports by its exit code, without a message, that there is no such
/// thing.
fn answer(root: &Path, arguments: &[&str]) -> Result<Option<String>, BaseError> {
    let output = git(root, arguments)?;
    // The HEAD of the upstream may point at a branch that was renamed there.
    let is_silent = String::from_utf8_lossy(&output.stderr)
        .lines()
        .all(|line| line.starts_with("warning: ignoring dangling symref "));
    if output.status.code() == Some(1) && is_silent {
        return Ok(None);
    }
    if !output.status.success() {
        return Err(failed(arguments, &output));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(Some(text.trim().to_owned()))
}

fn text(root: &Path, arguments: &[&str]) -> Result<String, BaseError> {
    let bytes = bytes(root, arguments)?;
    Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
}

fn bytes(root: &Path, arguments: &[&str]) -> Result<Vec<u8>, BaseError> {
    let output = git(root, arguments)?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(failed(arguments, &output))
    }
}

fn failed(arguments: &[&str], output: &Output) -> BaseError {
    let message = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = message.trim().lines().map(str::trim).collect();
    let message = if lines.is_empty() {
        output.status.to_string()
    } else {
        lines.join("; ")
    };
    BaseError::Failed {
        arguments: arguments.join(" "),
        message,
    }
}

fn git(root: &Path, arguments: &[&str]) -> Result<Output, BaseError> {
    Command::new("git")
        .args(arguments)
        .current_dir(root)
        // Messages of git are read here too.
        .env("LC_ALL", "C")
        .output()
        .map_err(BaseError::Git)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compat::{Bump, Since};

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

    fn since(root: &Path, revision: Option<&str>) -> Result<Result<Since, NoBase>, BaseError> {
        crate::compat::since(root, revision, &root.join(SPECIFICATION))
    }

    #[test]
    fn the_working_tree_is_held_against_a_revision_and_its_version() {
        let workspace = Workspace::new();
        workspace.state("0.1.0", SPEC);
        workspace.commit();
        workspace.state("0.2.0", &SPEC.replace("operationId: a", "operationId: b"));
        let since = since(workspace.root(), Some("HEAD")).unwrap().ok().unwrap();
        assert_eq!((since.bump, since.findings.len()), (Bump::Breaking, 1));
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
        let head = "refs/remotes/origin/HEAD";
        workspace.git(&["symbolic-ref", head, "refs/remotes/origin/renamed"]);
        workspace.state("0.1.0", &SPEC.replace("/a:", "/b:"));
        workspace.commit();
        let since = since(workspace.root(), None).unwrap().ok().unwrap();
        assert_eq!(since.bump, Bump::Breaking);
    }

    #[test]
    fn where_the_merge_base_is_here_the_first_commit_before_is_taken() {
        let workspace = Workspace::new();
        workspace.state("0.1.0", SPEC);
        workspace.commit();
        workspace.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
        workspace.state("0.1.0", &SPEC.replace("/a:", "/c:"));
        // The first commit has no predecessor, so uncommitted changes are compared with it.
        let uncommitted = since(workspace.root(), None).unwrap().ok().unwrap();
        assert_eq!(uncommitted.bump, Bump::Breaking);

        workspace.state("0.1.0", SPEC);
        workspace.git(&["checkout", "--quiet", "-b", "side"]);
        workspace.state("0.1.0", &SPEC.replace("/a:", "/b:"));
        workspace.commit();
        workspace.git(&["checkout", "--quiet", "work"]);
        workspace.git(&["merge", "--quiet", "--no-ff", "--no-edit", "side"]);
        workspace.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
        // The second parent of the merge is the changed one.
        let merged = since(workspace.root(), None).unwrap().ok().unwrap();
        assert_eq!(merged.bump, Bump::Breaking);
    }

    #[test]
    fn a_failure_of_git_is_an_error_that_says_what_git_said() {
        let lost = "1234567890123456789012345678901234567890\n";
        // What is damaged and how, and the message.
        let cases = [
            (".git/config", "[\n", "bad config line 1"),
            (
                ".git/refs/remotes/origin/main",
                lost,
                "failed to run `git merge-base HEAD refs/remotes/origin/main`: fatal: Not a valid commit name",
            ),
            (
                ".git/refs/remotes/origin/main",
                "no commit\n",
                "ignoring broken ref refs/remotes/origin/main",
            ),
        ];
        let mut failures = Vec::new();
        for (path, text, expected) in cases {
            let workspace = Workspace::new();
            workspace.state("0.1.0", SPEC);
            workspace.commit();
            workspace.write(path, text);
            match since(workspace.root(), None) {
                Err(error) if error.to_string().contains(expected) => {}
                Err(error) => failures.push(format!("{path} as {text:?}: {error}")),
                Ok(_) => failures.push(format!("{path} as {text:?}: no error")),
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    #[test]
    fn a_revision_without_a_manifest_is_an_error_that_says_what_git_said() {
        let workspace = Workspace::new();
        workspace.write(SPECIFICATION, SPEC);
        workspace.commit();
        let error = since(workspace.root(), Some("HEAD")).err().unwrap();
        let message = error.to_string();
        assert!(
            message.contains("sdk/Cargo.toml' does not exist"),
            "{message}"
        );
    }

    #[test]
    fn where_there_is_no_base_there_is_nothing_to_compare_with() {
        let workspace = Workspace::new();
        workspace.state("0.1.0", SPEC);
        let none = |revision| since(workspace.root(), revision).unwrap().err();
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(
            since(folder.path(), None).unwrap().err(),
            Some(NoBase::NoMergeBase)
        );
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
    fn a_base_that_nobody_named_is_no_reason_to_stop_whatever_is_wrong_with_it() {
        // A file that can't be read, and one from which nothing can be generated.
        let broken = SPEC.replace(
            "'200': {description: d}",
            "'200': {content: {application/json: {schema: {type: [1]}}}}",
        );
        for (spec, expected) in [
            ("- no\n", "failed to read openapi/par-ordering.yaml at "),
            (&broken, "failed to compare openapi/par-ordering.yaml at "),
        ] {
            let workspace = Workspace::new();
            workspace.state("0.1.0", spec);
            workspace.commit();
            workspace.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
            workspace.state("0.1.0", SPEC);
            match since(workspace.root(), None) {
                Ok(Err(NoBase::Unusable { reason })) => {
                    assert!(reason.starts_with(expected), "{reason}");
                }
                other => panic!("{spec}: {:?}", other.err().map(|error| error.to_string())),
            }
            let named = since(workspace.root(), Some("HEAD")).err();
            let message = named.map(|error| error.to_string()).unwrap_or_default();
            assert!(message.starts_with(expected), "{message}");
        }
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
