//! What can be typed. The doc comments are the help texts and the manual; no work is done here.

mod create;
mod exchange;
mod git_options;
mod hook;
mod read;
mod scan;
mod setup;
mod share;
mod verify;
mod words;
mod write;

use std::ffi::OsString;

use checkpoint_cli::Common;
use clap::{Parser, Subcommand};

pub(crate) use self::{
    create::CreateArgs,
    exchange::{ExportArgs, ExportFormat, ImportArgs},
    hook::HookArgs,
    read::{DiffArgs, Filters, ListArgs, LogArgs, ShowArgs, SummaryArgs, ValidateArgs},
    scan::ScanArgs,
    setup::{DoctorArgs, InitArgs, UninstallArgs},
    share::{FetchArgs, PushArgs},
    verify::{Format, VerifyArgs},
    write::{DeleteArgs, NameArgs, PruneArgs},
};

/// Keep the whole working state, touching nothing
///
/// A checkpoint holds the files (tracked and untracked), the index, HEAD and the branch, and the operation in progress.
/// Making one changes neither HEAD nor the index nor any file. Without a subcommand, show the status.
#[derive(Debug, Parser)]
#[command(
    name = "git-checkpoint",
    bin_name = "git checkpoint",
    version,
    disable_help_subcommand = true,
    infer_long_args = true,
    after_long_help = "A <checkpoint> is a name, an id or a unique prefix of one, 'latest', 'latest~<n>', a snapshot \
                       commit, or a full ref."
)]
pub struct Args {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

impl Args {
    /// Understands `git-checkpoint hook <name> <word>…`, as the hook scripts have it; none for any other line.
    pub fn of_hook(words: &[OsString]) -> Option<Self> {
        let (_, hook, name, words) = match words {
            [program, hook, name, words @ ..] => (program, hook, name.to_str()?, words),
            _ => return None,
        };
        let is_plain = hook == "hook" && !name.starts_with('-');
        is_plain.then(|| Self {
            common: Common::default(),
            command: Some(Command::Hook(HookArgs {
                name: name.to_owned(),
                words: words.to_vec(),
            })),
        })
    }
}

impl AsRef<Common> for Args {
    fn as_ref(&self) -> &Common {
        &self.common
    }
}

/// The subcommands, in the order in which they are explained.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show branch, changes, operation in progress, recent commits and checkpoints
    Status,
    /// Keep the present state
    ///
    /// Files, index, HEAD and branch, and the operation in progress are kept as they are; none of them changes. With a
    /// name, the checkpoint gets a tag; without one, it is found by its id. It stays until it is deleted; only one of
    /// type 'automatic' or 'backup' without a name is subject to retention.
    ///
    /// What cannot be kept is listed with its reason: repositories inside this one, untracked files over the policy's
    /// capture.max-file-size, sockets, named pipes, devices, files that cannot be read.
    Create(Box<CreateArgs>),
    /// List checkpoints, the newest first
    List(ListArgs),
    /// Show what a checkpoint holds and what happened to it
    Show(ShowArgs),
    /// Show what changed between a checkpoint and another, or the working tree
    Diff(DiffArgs),
    /// Give a checkpoint a name
    Name(NameArgs),
    /// Delete checkpoints; their states stay restorable until the grace of 'prune' ends
    Delete(DeleteArgs),
    /// Remove what the policy's retention does not keep
    Prune(PruneArgs),
    /// Tell whether a checkpoint may be taken now; exit 1 if not
    Validate(ValidateArgs),
    /// Show totals: how many, of which type, how many used for rollback, how large
    Summary(SummaryArgs),
    /// Show what happened to checkpoints, the newest first
    Log(LogArgs),
    /// Write checkpoints to a file
    Export(ExportArgs),
    /// Read checkpoints from a file that 'export' wrote
    Import(ImportArgs),
    /// Give the records to another repository, and the names of checkpoints
    ///
    /// Records are merged first: any number of machines may write and share in any order, and nothing is ever forced.
    /// The names (tags) of the checkpoints that are given go with them; a name that is another checkpoint's there is
    /// refused, and then nothing goes. All of it arrives, or nothing. Through git, with its transports and credentials.
    /// What records say, and the commits that names bring along, are searched for secrets: a finding holds all of it up.
    Push(PushArgs),
    /// Take the records and names of another repository, and states that are asked for
    ///
    /// Records are merged; nothing that is here is lost. Names that are here stay. With the state of a checkpoint,
    /// 'git safe-restore' puts another machine's work here.
    Fetch(FetchArgs),
    /// Prove that checkpoints are what they say; exit 1 if a check fails, 128 if nothing could be looked at
    ///
    /// Tags, records, states and commits are checked against one another, against a remote and the policy, as the
    /// protected branch has it. A missing tag or record is a failure that names the command which fetches it; a state
    /// that was never fetched is told as not here. Nothing is changed.
    Verify(VerifyArgs),
    /// Look for secrets in what a state would publish; exit 1 if there are any
    ///
    /// Looked at is what the state holds and no remote has, as far as is known here; without a remote, what its HEAD
    /// does not hold. A finding tells the rule and the place, never the secret. What is none is allowed in the
    /// policy's [push], by rule, path or hash. No service is asked whether a token is alive.
    Scan(ScanArgs),
    /// Put the hooks in place, in this repository and all its worktrees
    ///
    /// With git 2.54 or newer they go into the repository's config, else into its hooks directory, where a hook that is
    /// there already is kept and called after ours, with the same words and input. core.hooksPath is never touched.
    /// Records are told to follow amend and rebase, and to be shared with the remote that git pushes to; a policy file
    /// is written if there is none. A second 'init' repairs; all of it is done, or nothing.
    Init(InitArgs),
    /// Take the hooks out again, and give back what was there, byte for byte
    ///
    /// A hook that somebody has changed since is not removed. Checkpoints, records and a policy that is tracked stay.
    Uninstall(UninstallArgs),
    /// Look whether all is well, and say what mends it; exit 1 if something failed
    Doctor(DoctorArgs),
    /// Do what a git hook is for; the hook scripts call this
    ///
    /// Protected branches are not committed to, pushed to or, with the strict hook, moved; what is about to be
    /// committed is kept first. What is enforced, and how hard, is in the policy's [hooks]. A person passes a rule for
    /// one command by its word in the environment, such as CHECKPOINT_ALLOW=commit; that is recorded.
    Hook(HookArgs),
}

#[cfg(test)]
mod tests;
