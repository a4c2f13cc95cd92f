//! `git checkpoint hook`.

use std::ffi::OsString;

use clap::Args;

/// What `hook` takes.
#[derive(Debug, Args)]
pub(crate) struct HookArgs {
    /// Name the hook as git does: pre-commit, pre-merge-commit, prepare-commit-msg, pre-applypatch, pre-rebase,
    /// pre-push, post-commit, post-rewrite or reference-transaction
    #[arg(value_name = "hook")]
    pub(crate) name: String,
    /// Give the words that git gives to the hook
    #[arg(
        value_name = "word",
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    pub(crate) words: Vec<OsString>,
}
