//! What ships beside the binary, all of it generated from the program itself: manual pages from
//! its arguments and its error types, completions from its arguments, schemas from its types.

mod completions;
mod errors;
mod man;

use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic as _, Result};

/// A generated file.
pub(crate) struct Generated {
    /// Which folder it belongs to.
    pub(crate) kind: Kind,
    /// Its name there.
    pub(crate) name: PathBuf,
    pub(crate) content: Vec<u8>,
}

/// Where a generated file belongs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Man,
    Bash,
    Zsh,
    Fish,
    Schema,
}

/// Everything, for the workspace at `root`.
pub(crate) fn generate(root: &Path) -> Result<Vec<Generated>> {
    let mut all = Vec::new();
    let commands = [
        git_checkpoint::command(),
        git_safe_restore::command(),
        git_agent_commit::command(),
        git_agent_run::command(),
    ];
    for command in commands {
        let errors = errors::read(root, command.get_name())?;
        all.extend(man::pages(&command, &errors)?);
        all.extend(completions::scripts(&command)?);
    }
    let schemas = [
        git_checkpoint::schemas(),
        git_safe_restore::schemas(),
        git_agent_commit::schemas(),
        git_agent_run::schemas(),
    ];
    for (name, schema) in schemas.into_iter().flatten() {
        let mut content = serde_json::to_vec_pretty(&schema).into_diagnostic()?;
        content.push(b'\n');
        let name = PathBuf::from(format!("{name}.schema.json"));
        all.push(Generated {
            kind: Kind::Schema,
            name,
            content,
        });
    }
    Ok(all)
}
