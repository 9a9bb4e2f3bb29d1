//! The sdk in step with the specification: checks the specification, generates from it, and writes the outcome or
//! says how it differs from what is there.

use std::error::Error;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::generate::output::Files;
use crate::report::{self, Finding, Outcome, Severity};
use crate::workspace::{self, Workspace};
use crate::{generate, lint};

/// Writes the generated files, or only prints how they differ and returns whether they do.
pub fn run(specification: Option<PathBuf>, crate_folder: Option<PathBuf>, check: bool) -> Outcome {
    let specification = workspace::specification(specification)?;
    let crate_folder = match crate_folder {
        Some(folder) => folder,
        None => Workspace::find()?.sdk(),
    };
    let generated = Generated::of(&specification, &crate_folder)?;
    if !check {
        let folder = generated.folder.display();
        if generated.is_fresh() {
            report::print(&format!("{folder} is up to date\n"));
        } else {
            generated.new.replace(&generated.folder)?;
            report::print(&format!("generated {folder}\n"));
        }
        if generated.warnings > 0 {
            let _ = writeln!(
                io::stderr(),
                "note: {} warnings of the lint are left: run `cargo xtask lint --spec {}`",
                generated.warnings,
                specification.display()
            );
        }
        return Ok(false);
    }
    if generated.is_fresh() {
        report::print(&format!("{} is up to date\n", generated.folder.display()));
        return Ok(false);
    }
    report::print(&generated.current.diff(&generated.new));
    let folder = generated.folder.display();
    let _ = writeln!(
        io::stderr(),
        "{folder} is stale: run `cargo xtask generate`"
    );
    Ok(true)
}

/// What is generated, and what is there.
struct Generated {
    folder: PathBuf,
    new: Files,
    current: Files,
    /// How many findings did not keep it from being generated.
    warnings: usize,
}

impl Generated {
    /// Generates in memory, unless the specification has errors.
    fn of(specification: &Path, crate_folder: &Path) -> Result<Self, Box<dyn Error>> {
        let document = workspace::load(specification)?;
        let findings = lint::findings(&document);
        let (errors, warnings): (Vec<_>, Vec<_>) = findings
            .into_iter()
            .partition(|finding| finding.severity == Severity::Error);
        if !errors.is_empty() {
            let lines = errors.iter().map(|Finding { file, text, .. }| match file {
                Some(file) => format!("\n  {file}: {text}"),
                None => format!("\n  {text}"),
            });
            let lines: String = lines.collect();
            return Err(format!(
                "failed to generate from {}: {lines}",
                specification.display()
            )
            .into());
        }
        let folder = crate_folder.join("src").join("generated");
        Ok(Self {
            new: generate::files(&document)?,
            current: Files::read(&folder)?,
            folder,
            warnings: warnings.len(),
        })
    }

    fn is_fresh(&self) -> bool {
        self.current == self.new
    }
}
