//! The demo. `cargo xtask` shows it before it builds this package, which it does not need.

use crate::cargo;
use crate::report::Outcome;
use crate::workspace::Workspace;

pub fn run() -> Outcome {
    let mut command = Workspace::find()?.cargo();
    cargo::finish(command.args(["run", "--quiet", "--package", "starter", "--", "demo"]))?;
    Ok(false)
}
