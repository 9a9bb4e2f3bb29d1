//! The main job, shown: the conformance crate runs it, because this package must work while the sdk does
//! not compile.

use std::process::Stdio;

use crate::report::{self, Outcome};
use crate::workspace::Workspace;
use crate::{cargo, regenerate};

pub fn run() -> Outcome {
    let workspace = Workspace::find()?;
    let step = if regenerate::is_fresh(&workspace)? {
        "in step with"
    } else {
        "OUT OF STEP with (`cargo xtask generate` brings it back)"
    };
    report::print(&format!("The crate is {step} the specification.\n\n"));
    // What it writes goes through here, so that a closed pipe is not a failure of it.
    let mut command = workspace.cargo();
    cargo::quiet_unless_watched(&mut command);
    let output = cargo::finish(
        command
            .args(["run", "--package", "conformance", "--", "demo"])
            .stdout(Stdio::piped()),
    )?;
    report::print(&String::from_utf8_lossy(&output.stdout));
    Ok(false)
}
