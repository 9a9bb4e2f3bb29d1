//! Commands for the maintainers of this workspace; `cargo xtask` lists them. It depends on neither the sdk
//! nor the conformance crate, so that it can repair a crate that does not compile.

mod ci;
mod cli;
mod compat;
mod demo;
mod document;
mod drift;
mod element;
mod extension;
mod generate;
mod generator;
mod lint;
mod lower;
mod operation;
mod output;
mod page;
mod place;
mod published;
mod report;
mod rewrite;
mod rust_name;
mod tables;
mod workspace;

use std::fmt::Display;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Arguments, Command};
use crate::compat::{Bump, Since};
use crate::document::Document;
use crate::drift::Difference;
use crate::generate::generate;
use crate::output::Files;
use crate::published::Published;
use crate::report::{Format, Report};

/// Exit code for "there is a difference", as opposed to "it could not be found out".
const DIFFERENT: u8 = 3;

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Generate { check, spec, out } => {
            let specification = spec.unwrap_or_else(workspace::specification);
            let folder = workspace::generated(&out.unwrap_or_else(workspace::sdk));
            run_generate(&specification, &folder, check)
        }
        Command::Lint { spec, format } => {
            run_lint(&spec.unwrap_or_else(workspace::specification), format)
        }
        Command::Drift(drift) => run_drift(drift),
        Command::Compat {
            files,
            base,
            format,
        } => match &files[..] {
            [old, new] => compare_files(old, new, format),
            _ => compare_with_base(base.as_deref(), format),
        },
        Command::Demo => demo::run()
            .map(|()| ExitCode::SUCCESS)
            .map_err(into_message),
        Command::Ci => ci::run().map(|()| ExitCode::SUCCESS).map_err(into_message),
    };
    outcome.unwrap_or_else(|message| {
        // Nobody is left to be told when this fails.
        let _ = writeln!(io::stderr(), "error: {message}");
        ExitCode::FAILURE
    })
}

fn run_generate(specification: &Path, folder: &Path, check: bool) -> Result<ExitCode, String> {
    let new = generate(specification).map_err(into_message)?;
    let current = Files::read(folder).map_err(into_message)?;
    if !check {
        if current != new {
            new.replace(folder).map_err(into_message)?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let diff = current.diff(&new);
    if diff.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    // A reader that closes the pipe early has seen enough.
    let _ = io::stdout().write_all(diff.as_bytes());
    let _ = writeln!(
        io::stderr(),
        "{} is stale: run `cargo xtask generate`",
        folder.display()
    );
    Ok(ExitCode::from(DIFFERENT))
}

fn run_lint(specification: &Path, format: Format) -> Result<ExitCode, String> {
    let document = Document::load(specification).map_err(into_message)?;
    let findings = lint::findings(&document);
    Report {
        list: "findings",
        entries: &findings,
        notes: &[],
        members: Vec::new(),
    }
    .print(format);
    Ok(different_if(!findings.is_empty()))
}

fn run_drift(arguments: cli::Drift) -> Result<ExitCode, String> {
    let specification = arguments.spec.unwrap_or_else(workspace::specification);
    let published = match arguments.published {
        Some(folder) => Published::new(folder),
        None => Published::beside(&specification),
    };
    match arguments.page {
        None => hold_against_facts(&specification, &published, arguments.format),
        Some(page) => {
            let named = arguments.operation.as_deref();
            let difference =
                drift::page(&page, named, &specification, &published).map_err(into_message)?;
            tell_difference(&difference, &published, arguments.accept, arguments.format)
        }
    }
}

fn hold_against_facts(
    specification: &Path,
    published: &Published,
    format: Format,
) -> Result<ExitCode, String> {
    let agreement = drift::specification(specification, published).map_err(into_message)?;
    let notes: Vec<String> = agreement
        .unpublished
        .iter()
        .map(|id| format!("{id} has no published facts: nothing to hold it against"))
        .collect();
    Report {
        list: "disagreements",
        entries: &agreement.disagreements,
        notes: &notes,
        members: Vec::new(),
    }
    .print(format);
    Ok(different_if(!agreement.disagreements.is_empty()))
}

fn tell_difference(
    difference: &Difference,
    published: &Published,
    accept: bool,
    format: Format,
) -> Result<ExitCode, String> {
    let id = &difference.operation_id;
    let is_different = !difference.stored || !difference.changes.is_empty();
    let mut notes = Vec::new();
    if !difference.stored {
        notes.push(format!("{id} had no stored facts"));
    }
    if accept {
        published.store(id, &difference.new).map_err(into_message)?;
        notes.push(format!("stored {}", published.path(id).display()));
    } else if is_different {
        notes.push("`--accept` stores what the page says".to_owned());
    }
    Report {
        list: "changes",
        entries: &difference.changes,
        notes: &notes,
        members: vec![("operation", id.as_str().into())],
    }
    .print(format);
    Ok(different_if(is_different && !accept))
}

fn compare_files(old: &Path, new: &Path, format: Format) -> Result<ExitCode, String> {
    let changes = compat::between(old, new).map_err(into_message)?;
    let bump = Bump::of(&changes);
    let notes = match bump {
        Bump::None => Vec::new(),
        Bump::Compatible => vec!["asks for a compatible version of the crate".to_owned()],
        Bump::Breaking => vec!["asks for a breaking version of the crate".to_owned()],
    };
    Report {
        list: "changes",
        entries: &changes,
        notes: &notes,
        members: vec![("bump", bump.name().into())],
    }
    .print(format);
    Ok(different_if(bump == Bump::Breaking))
}

fn compare_with_base(revision: Option<&str>, format: Format) -> Result<ExitCode, String> {
    let since = match compat::since(workspace::root(), revision).map_err(into_message)? {
        Ok(since) => since,
        Err(no_base) => {
            let entries: &[compat::Change] = &[];
            Report {
                list: "changes",
                entries,
                notes: &[no_base.to_string()],
                members: Vec::new(),
            }
            .print(format);
            return Ok(ExitCode::SUCCESS);
        }
    };
    let Since {
        changes,
        bump,
        old,
        new,
    } = since;
    let is_met = bump.is_met(&old, &new);
    let lowest = bump.lowest(&old);
    let notes = match bump {
        Bump::None => Vec::new(),
        Bump::Compatible | Bump::Breaking => vec![format!(
            "asks for version {lowest} of sdk/Cargo.toml or higher ({}): it was {old} and is {new}{}",
            bump.name(),
            if is_met { "" } else { "; raise it" },
        )],
    };
    Report {
        list: "changes",
        entries: &changes,
        notes: &notes,
        members: vec![
            ("bump", bump.name().into()),
            ("old_version", old.to_string().into()),
            ("new_version", new.to_string().into()),
            ("lowest_version", lowest.to_string().into()),
            ("raised", is_met.into()),
        ],
    }
    .print(format);
    Ok(different_if(!is_met))
}

fn different_if(different: bool) -> ExitCode {
    if different {
        ExitCode::from(DIFFERENT)
    } else {
        ExitCode::SUCCESS
    }
}

fn into_message(error: impl Display) -> String {
    error.to_string()
}
