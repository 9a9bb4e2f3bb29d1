//! The sdk in step with the specification: checks the specification, generates from it, and writes the outcome or
//! says how it differs from what is there.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::generate::output::{Files, OutputError};
use crate::generate::{self, GenerateError};
use crate::lint;
use crate::report::{self, Finding, Severity};
use crate::workspace::{self, Workspace, WorkspaceError};
use openapi::document::{Document, LoadError};

#[derive(Debug, thiserror::Error)]
pub enum RegenerateError {
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error("{0}{advice}", advice = .0.spec_option())]
    Load(#[from] LoadError),
    #[error("failed to generate from {}: {}", path.display(), list(findings))]
    Findings {
        path: PathBuf,
        findings: Vec<Finding>,
    },
    #[error(transparent)]
    Generate(#[from] GenerateError),
    #[error(transparent)]
    Output(#[from] OutputError),
}

fn list(findings: &[Finding]) -> String {
    let lines = findings
        .iter()
        .map(|finding| format!("\n  {}", finding.text));
    lines.collect()
}

/// Writes the generated files, or only prints how they differ and returns whether they do.
pub fn run(
    specification: Option<PathBuf>,
    crate_folder: Option<PathBuf>,
    check: bool,
) -> Result<bool, RegenerateError> {
    let specification = workspace::specification(specification)?;
    let crate_folder = match crate_folder {
        Some(folder) => folder,
        None => Workspace::find()?.sdk(),
    };
    let outcome = Outcome::of(&specification, &crate_folder)?;
    if !check {
        if !outcome.is_fresh() {
            outcome.new.replace(&outcome.folder)?;
        }
        return Ok(false);
    }
    if outcome.is_fresh() {
        return Ok(false);
    }
    report::print(&outcome.current.diff(&outcome.new));
    let folder = outcome.folder.display();
    let _ = writeln!(
        io::stderr(),
        "{folder} is stale: run `cargo xtask generate`"
    );
    Ok(true)
}

/// Whether the sdk of a workspace is what is generated from its specification.
pub fn is_fresh(workspace: &Workspace) -> Result<bool, RegenerateError> {
    Ok(Outcome::of(&workspace.specification(), &workspace.sdk())?.is_fresh())
}

/// What is generated, and what is there.
struct Outcome {
    folder: PathBuf,
    new: Files,
    current: Files,
}

impl Outcome {
    /// Generates in memory, unless the specification has errors.
    fn of(specification: &Path, crate_folder: &Path) -> Result<Self, RegenerateError> {
        let document = Document::load(specification)?;
        let mut findings = lint::findings(&document);
        findings.retain(|finding| finding.severity == Severity::Error);
        if !findings.is_empty() {
            let path = specification.to_owned();
            return Err(RegenerateError::Findings { path, findings });
        }
        let folder = crate_folder.join("src").join("generated");
        Ok(Self {
            new: generate::files(&document)?,
            current: Files::read(&folder)?,
            folder,
        })
    }

    fn is_fresh(&self) -> bool {
        self.current == self.new
    }
}
