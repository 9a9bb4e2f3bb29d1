//! The main job, shown: the conformance crate runs it, because this package must work while the sdk does
//! not compile.

use std::process::{Child, ExitStatus, Stdio};

use crate::generate::output::{Files, OutputError};
use crate::generate::{GenerateError, generate};
use crate::report;
use crate::workspace::{self, Workspace, WorkspaceError};

#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error(transparent)]
    Generate(#[from] GenerateError),
    #[error(transparent)]
    Output(#[from] OutputError),
    #[error("failed to start the demo: {0}")]
    Start(std::io::Error),
    #[error("failed to run the demo ({0})")]
    Demo(ExitStatus),
}

pub fn run() -> Result<(), DemoError> {
    let workspace = Workspace::find()?;
    let new = generate(&workspace.specification())?;
    let current = Files::read(&workspace::generated(&workspace.sdk()))?;
    let step = if current == new {
        "in step with"
    } else {
        "OUT OF STEP with (`cargo xtask generate` brings it back)"
    };
    report::print(format!("The crate is {step} the specification.\n\n").as_bytes());
    // What it writes goes through here, so that a closed pipe is no failure of it.
    let mut command = workspace.cargo();
    report::quiet_unless_watched(&mut command);
    let output = command
        .args(["run", "--package", "conformance", "--", "demo"])
        .stdout(Stdio::piped())
        .spawn()
        .and_then(Child::wait_with_output)
        .map_err(DemoError::Start)?;
    report::print(&output.stdout);
    if output.status.success() {
        Ok(())
    } else {
        Err(DemoError::Demo(output.status))
    }
}
