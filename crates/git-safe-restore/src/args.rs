//! What can be typed. The doc comments are the help texts and the manual; no work is done here.

use std::ffi::OsString;

use checkpoint_cli::Common;
use checkpoint_model::restore::Scope;
use clap::{ArgGroup, Parser};

/// Put a checkpoint back exactly, and be able to take that back
///
/// Show what would change, ask, keep what is there as a backup, and put back the files, the index, HEAD and the branch,
/// and the operation in progress as the checkpoint has them. Only what differs is written. What the checkpoint does not
/// hold, and what git ignores, is left alone.
///
/// Every restore can be undone, and every undo too. A restore that was stopped halfway, by a crash or by Ctrl-C, is
/// finished by --continue or given up by --abort.
///
/// Off a terminal nobody can be asked: the plan is shown, nothing is changed, and the exit status is 1, unless --force
/// is given.
#[derive(Debug, Parser)]
#[command(
    name = "git-safe-restore",
    bin_name = "git safe-restore",
    version,
    infer_long_args = true,
    group(ArgGroup::new("what").required(true)),
    group(ArgGroup::new("scope")),
    group(ArgGroup::new("alone").conflicts_with_all(["scope", "paths", "discard", "dry_run", "force"])),
    after_long_help = "A <checkpoint> is a name, an id or a unique prefix of one, 'latest', 'latest~<n>', a snapshot \
                       commit, or a full ref."
)]
pub struct Args {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The checkpoint to put back
    #[arg(group = "what")]
    checkpoint: Option<String>,
    /// Put back these paths only, and move nothing else; a directory stands for all below it
    #[arg(last = true, value_name = "path", conflicts_with_all = ["exact", "soft", "mixed", "hard", "rollback"])]
    pub(crate) paths: Vec<OsString>,

    /// Put back files only: HEAD, branches, commits and the index stay
    #[arg(
        long,
        group = "scope",
        conflicts_with = "rollback",
        help_heading = "How much"
    )]
    files: bool,
    /// Put back everything, also if HEAD has moved since: the branch moves back
    #[arg(
        long,
        group = "scope",
        conflicts_with = "rollback",
        help_heading = "How much"
    )]
    exact: bool,
    /// Move the branch only; index and files stay
    #[arg(long, group = "scope", help_heading = "How much")]
    soft: bool,
    /// Move the branch and the index; files stay
    #[arg(long, group = "scope", help_heading = "How much")]
    mixed: bool,
    /// With --rollback: move the branch, the index and the files that git tracks; untracked files stay
    #[arg(
        long,
        group = "scope",
        conflicts_with_all = ["checkpoint", "latest_backup", "undo", "redo"],
        help_heading = "How much"
    )]
    hard: bool,

    /// Put back the state before the last restore, the newest backup of this working tree
    #[arg(long, group = "what", help_heading = "What else to go back to")]
    latest_backup: bool,
    /// Undo the last restore; once more, the one before it
    #[arg(long, group = "what", help_heading = "What else to go back to")]
    undo: bool,
    /// Redo what was undone last
    #[arg(long, group = "what", help_heading = "What else to go back to")]
    redo: bool,
    /// Go so many commits back on this branch, along first parents: --soft (the default), --mixed or --hard
    #[arg(
        long,
        value_name = "n",
        group = "what",
        value_parser = number_of_commits,
        help_heading = "What else to go back to"
    )]
    rollback: Option<u32>,
    /// List everything one can go back to: checkpoints, backups, recent commits, the reflog
    #[arg(long, groups = ["what", "alone"], help_heading = "What else to go back to")]
    list: bool,

    /// Finish a restore that was stopped halfway
    #[arg(long = "continue", groups = ["what", "alone"], help_heading = "After a crash")]
    proceed: bool,
    /// Give up a restore that was stopped halfway: back to what was there before it
    #[arg(long, groups = ["what", "alone"], help_heading = "After a crash")]
    abort: bool,

    /// Show what would be done, and do nothing
    #[arg(short = 'n', long, conflicts_with = "force")]
    pub(crate) dry_run: bool,
    /// Ask nothing
    #[arg(short, long)]
    pub(crate) force: bool,
    /// Give up this path for good, though no backup can hold it; may be repeated
    #[arg(long, value_name = "path")]
    pub(crate) discard: Vec<OsString>,
}

/// Reads `<n>`: 0 would be no way back at all.
fn number_of_commits(typed: &str) -> Result<u32, &'static str> {
    let number = typed.parse().ok().filter(|number| *number > 0);
    number.ok_or("it is to be a number of commits, 1 or more")
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Put back a state.
    Restore(From),
    /// Go so many commits back.
    Rollback(u32),
    /// Show what there is.
    List,
    /// Finish what was stopped.
    Continue,
    /// Give up what was stopped.
    Abort,
}

/// Which state is to be put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum From {
    /// The checkpoint that these words mean.
    Checkpoint(String),
    /// The newest backup.
    LatestBackup,
    /// The one before the last restore.
    Undo,
    /// The one before the last undo.
    Redo,
}

impl Args {
    /// What is to be done; exactly one of these was typed, or the line was refused.
    pub(crate) fn mode(&self) -> Mode {
        if let Some(commits) = self.rollback {
            return Mode::Rollback(commits);
        }
        let flags = [
            (self.latest_backup, Mode::Restore(From::LatestBackup)),
            (self.undo, Mode::Restore(From::Undo)),
            (self.redo, Mode::Restore(From::Redo)),
            (self.list, Mode::List),
            (self.proceed, Mode::Continue),
            (self.abort, Mode::Abort),
        ];
        let typed = flags.into_iter().find(|(is_set, _)| *is_set);
        typed.map_or_else(
            || {
                Mode::Restore(From::Checkpoint(
                    self.checkpoint.clone().unwrap_or_default(),
                ))
            },
            |(_, mode)| mode,
        )
    }

    /// How much is to be put back, where that was typed.
    pub(crate) fn scope(&self) -> Option<Scope> {
        let flags = [
            // Paths are files already; saying so twice does no harm.
            (!self.paths.is_empty(), Scope::Paths),
            (self.files, Scope::Files),
            (self.exact, Scope::Exact),
            (self.soft, Scope::Soft),
            (self.mixed, Scope::Mixed),
            (self.hard, Scope::Hard),
        ];
        let typed = flags.into_iter().find(|(is_set, _)| *is_set);
        typed.map(|(_, scope)| scope)
    }
}

impl AsRef<Common> for Args {
    fn as_ref(&self) -> &Common {
        &self.common
    }
}

#[cfg(test)]
mod tests;
