//! What can be typed. The doc comments are the help texts and the manual; no work is done here.

use std::{ffi::OsString, path::PathBuf};

use checkpoint_cli::Common;
use clap::{Args as ClapArgs, Parser};

/// Commit an agent's work, attributed, all or nothing
///
/// Keep the state as a checkpoint, then commit the paths, or everything that differs from HEAD, through git commit:
/// hooks run, and signing and the rules for messages hold. What else is staged stays staged. When anything fails, HEAD,
/// the index and the files are as they were.
///
/// The subject follows the template of the policy; trailers say which agent made the commit, and which checkpoint has
/// the state before it. Nobody signs off: that is for people.
///
/// On a protected branch nothing is committed. With --run a run is started there, and the work is taken along to its
/// branch. In the middle of a merge or another operation, with conflicts, or on a detached HEAD, nothing is committed
/// either.
#[derive(Debug, Parser)]
#[command(
    name = "git-agent-commit",
    bin_name = "git agent-commit",
    version,
    infer_long_args = true,
    after_long_help = "A <path> means itself and all below it; there are no patterns. The fields of a <template> are \
                       {agent}, {task}, {description}, {session}, {model}, {run} and {branch}."
)]
pub struct Args {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Commit these paths only, also untracked ones; default: everything
    #[arg(value_name = "path")]
    pub(crate) paths: Vec<OsString>,
    /// Read the paths from this file, or with - from standard input, one on each line
    #[arg(long, value_name = "file", conflicts_with = "paths")]
    pub(crate) pathspec_from_file: Option<PathBuf>,
    /// Read paths that are separated by NUL, and quoted by nothing
    #[arg(long, requires = "pathspec_from_file", conflicts_with = "paths")]
    pub(crate) pathspec_file_nul: bool,

    /// Say what was done; the first line goes into the subject. May be repeated, for more paragraphs
    #[arg(short, long, value_name = "text")]
    pub(crate) message: Vec<String>,
    /// Read that from this file, or with - from standard input
    #[arg(short = 'F', long, value_name = "file", conflicts_with = "message")]
    pub(crate) file: Option<PathBuf>,
    /// Word the subject like this; default: as the run says, else the policy's runs.commit-template
    #[arg(long, value_name = "template")]
    pub(crate) template: Option<String>,

    /// On a protected branch, start a run and take the work along to its branch
    #[arg(long)]
    pub(crate) run: bool,
    /// When it fails, record that, and exit with 0: for callers that must not stop
    #[arg(long)]
    pub(crate) best_effort: bool,

    #[command(flatten)]
    pub(crate) who: WhoArgs,
}

/// Who works.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Who")]
pub(crate) struct WhoArgs {
    /// The agent; default: GIT_AGENT_NAME, else as the run says, else the one that runs this
    #[arg(long, value_name = "name")]
    pub(crate) agent: Option<String>,
    /// What it works on; default: GIT_AGENT_TASK, else as the run says
    #[arg(long, value_name = "id")]
    pub(crate) task: Option<String>,
    /// Its session; default: GIT_AGENT_SESSION, else as the run or the agent says
    #[arg(long, value_name = "id")]
    pub(crate) session: Option<String>,
    /// Its model; default: GIT_AGENT_MODEL, else as the run says
    #[arg(long, value_name = "name")]
    pub(crate) model: Option<String>,
}

impl AsRef<Common> for Args {
    fn as_ref(&self) -> &Common {
        &self.common
    }
}
