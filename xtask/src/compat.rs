//! What a change of the specification means for users of the crate and on the wire.

mod base;
mod calls;
mod change;
mod code;
mod difference;
mod exchange;
mod origin;
mod rule;
mod supplied;
mod surface;
mod types;
mod version;

use std::path::Path;

use semver::Version;
use serde_json::json;

use crate::report::{Finding, Format, Outcome, Report, Severity};
use crate::workspace::{self, Workspace};
use openapi::document::Document;

use base::{BaseError, NoBase};
use difference::Unusable;
use version::Bump;

/// Prints what changed from one specification to the other. These have no versions: whatever breaks somebody has
/// to be seen to.
pub fn of_files(old: &Path, new: &Path, format: Format) -> Outcome {
    let checked = format!("{} against {}", new.display(), old.display());
    let (old, new) = (Document::load(old)?, workspace::load(new)?);
    let findings = difference::findings(&old, &new)?;
    let bump = Bump::of(&findings);
    let note = format!("asks for a {} version of the crate", bump.name());
    Report {
        list: "changes",
        findings: &findings,
        checked: Some(checked),
        notes: Vec::from_iter((bump != Bump::None).then_some(note)),
        members: vec![("bump", bump.name().into())],
    }
    .print(format);
    Ok(bump == Bump::Breaking)
}

/// Prints what changed since a revision, by default the merge base, and returns whether the version of the crate
/// has yet to be raised.
pub fn since_revision(revision: Option<&str>, specification: &Path, format: Format) -> Outcome {
    let workspace = Workspace::find()?;
    let since = match since(workspace.root(), revision, specification)? {
        Ok(since) => since,
        Err(no_base) => {
            let text = no_base.to_string();
            let is_unusable = matches!(no_base, NoBase::Unusable { .. });
            let warning = Finding {
                file: None,
                severity: Severity::Warning,
                json: json!({"effect": Severity::Warning.name(), "place": "the document", "change": text}),
                text: text.clone(),
            };
            let findings: &[Finding] = if is_unusable { &[warning] } else { &[] };
            Report {
                list: "changes",
                findings,
                checked: None,
                notes: Vec::from_iter((!is_unusable).then_some(text)),
                members: Vec::new(),
            }
            .print(format);
            return Ok(false);
        }
    };
    let Since {
        revision,
        findings,
        bump,
        old,
        new,
    } = since;
    let is_met = bump.is_met(&old, &new);
    let lowest = bump.lowest(&old);
    let note = format!(
        "asks for version {lowest} or higher in sdk/Cargo.toml ({}): it was {old} and is {new}{}",
        bump.name(),
        if is_met { "" } else { "; raise it" },
    );
    Report {
        list: "changes",
        findings: &findings,
        checked: Some(format!("{} against {revision}", specification.display())),
        notes: Vec::from_iter((bump != Bump::None).then_some(note)),
        members: vec![
            ("bump", bump.name().into()),
            ("old_version", old.to_string().into()),
            ("new_version", new.to_string().into()),
            ("lowest_version", lowest.to_string().into()),
            ("raised", is_met.into()),
        ],
    }
    .print(format);
    Ok(!is_met)
}

/// The changes since a revision, and what became of the crate's version.
struct Since {
    revision: String,
    findings: Vec<Finding>,
    bump: Bump,
    old: Version,
    new: Version,
}

fn since(
    root: &Path,
    revision: Option<&str>,
    specification: &Path,
) -> Result<Result<Since, NoBase>, BaseError> {
    let base = match base::read(root, revision)? {
        Ok(base) => base,
        Err(none) => return Ok(Err(none)),
    };
    let new = Document::load(specification)?;
    let findings = match difference::findings(&base.specification, &new) {
        Ok(findings) => findings,
        // A base that nobody chose is no reason to stop.
        Err(Unusable {
            is_older: true,
            reason,
        }) if revision.is_none() => {
            return Ok(Err(NoBase::Unusable { reason }));
        }
        Err(unusable) => return Err(unusable.into()),
    };
    Ok(Ok(Since {
        revision: base.revision,
        bump: Bump::of(&findings),
        findings,
        old: base.version,
        new: base::version_now(root)?,
    }))
}
