//! The main job, shown: the conformance crate runs it, because this package must work while the sdk does
//! not compile.

use std::process::ExitStatus;

use crate::generate::{GenerateError, generate};
use crate::output::{Files, OutputError};
use crate::workspace;

#[derive(Debug, thiserror::Error)]
pub enum DemoError {
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
    let new = generate(&workspace::specification())?;
    let current = Files::read(&workspace::generated(&workspace::sdk()))?;
    println!(
        "The crate is {} the specification.\n",
        if current == new {
            "in step with"
        } else {
            "OUT OF STEP with (`cargo xtask generate` brings it back)"
        }
    );
    let status = workspace::cargo()
        .args(["run", "--quiet", "--package", "conformance", "--", "demo"])
        .status()
        .map_err(DemoError::Start)?;
    if status.success() {
        Ok(())
    } else {
        Err(DemoError::Demo(status))
    }
}
