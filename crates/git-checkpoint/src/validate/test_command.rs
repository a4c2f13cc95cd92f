//! The policy's `checkpoint.test-command`.

use std::{
    io,
    process::{Command, Stdio},
};

use checkpoint_cli::Session;
use schemars::JsonSchema;
use serde::Serialize;

use crate::CheckpointError;

/// How the test command ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Tested {
    /// The command, as the policy has it.
    pub(super) command: String,
    /// Whether it ended with exit status 0.
    pub(super) passed: bool,
    /// Its exit status; null when a signal ended it.
    pub(super) exit_status: Option<i32>,
}

/// Runs the command by the shell at the top of the working tree. What it prints goes to standard error: standard output
/// is ours.
pub(super) fn run(session: &Session<'_>, command: &str) -> Result<Tested, CheckpointError> {
    let repo = &session.repo;
    let status = Command::new("sh")
        .args(["-c", command])
        .current_dir(repo.work_tree().unwrap_or(repo.git_dir()))
        .stdin(Stdio::null())
        .stdout(io::stderr())
        .status()
        .map_err(|source| CheckpointError::TestNotRun {
            command: command.to_owned(),
            source,
        })?;
    Ok(Tested {
        command: command.to_owned(),
        passed: status.success(),
        exit_status: status.code(),
    })
}
