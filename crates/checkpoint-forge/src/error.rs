//! Why a pull request could not be opened, found, merged or closed. The branch is pushed all the same.

use checkpoint_git::ProgramError;
use checkpoint_model::{
    failure::{Failure, Kind},
    policy::{ForgeKind, PullRequest},
};
use miette::Diagnostic;
use thiserror::Error;

use crate::RemoteError;

/// What kept a forge, or the way to it, from doing what was asked. Nothing in it is a secret, and everything that comes
/// from others is on one line, shortened, with control characters spelled out.
#[derive(Debug, Error, Diagnostic)]
pub enum ForgeError {
    /// The address of the remote makes no sense.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Remote(#[from] RemoteError),
    /// The forge is known, and the path of the remote names no repository on it.
    #[error("'{remote}' names no repository of {forge}")]
    #[diagnostic(code(forge::no_repository), help("git remote -v"))]
    NoRepository {
        /// The remote, without credentials.
        remote: String,
        /// The forge.
        forge: ForgeKind,
    },
    /// The way asked for needs to know what runs on the host.
    #[error("nobody has said which forge runs on '{host}'")]
    #[diagnostic(
        code(forge::host_unknown),
        help("in .git-checkpoint.toml: [runs] forges = {{ \"{host}\" = \"gitea\" }}")
    )]
    HostUnknown {
        /// The host; empty for a directory.
        host: String,
    },
    /// The way asked for does not lead to this forge.
    #[error("'{way}' does not work with {forge}")]
    #[diagnostic(
        code(forge::way_unfit),
        help("in .git-checkpoint.toml: [runs] pull-request = \"auto\"")
    )]
    WayUnfit {
        /// The way asked for.
        way: PullRequest,
        /// The forge of the remote.
        forge: ForgeKind,
    },
    /// The program asked for is not on PATH.
    #[error("there is no '{program}' on PATH")]
    #[diagnostic(
        code(forge::no_program),
        help("in .git-checkpoint.toml: [runs] pull-request = \"auto\"")
    )]
    NoProgram {
        /// The program.
        program: &'static str,
    },
    /// The program asked for has no login at the host.
    #[error("'{program}' is not logged in at '{host}'")]
    #[diagnostic(
        code(forge::not_logged_in),
        help("{program} auth login --hostname {host}")
    )]
    NotLoggedIn {
        /// The program.
        program: &'static str,
        /// The host.
        host: String,
    },
    /// There is no token for the host, neither in the environment nor with a credential helper.
    #[error("there is no token for '{host}'")]
    #[diagnostic(code(forge::no_token), help("{help}"))]
    NoToken {
        /// The host.
        host: String,
        /// How one can be given.
        help: String,
    },
    /// The forge does not take the token.
    #[error("'{host}' does not accept {token}: {said}")]
    #[diagnostic(code(forge::token_refused), help("{help}"))]
    TokenRefused {
        /// The host.
        host: String,
        /// Where the token comes from.
        token: String,
        /// What the forge said.
        said: String,
        /// How another one can be given.
        help: String,
    },
    /// The token may not do this.
    #[error("'{host}' does not allow this with {token}: {said}")]
    #[diagnostic(code(forge::forbidden))]
    Forbidden {
        /// The host.
        host: String,
        /// Where the token comes from.
        token: String,
        /// What the forge said.
        said: String,
    },
    /// The forge knows no such thing, or hides it from the one who asks.
    #[error("'{host}' has no '{what}', or none that {token} may see")]
    #[diagnostic(code(forge::not_found), help("git remote -v"))]
    NotFound {
        /// The host.
        host: String,
        /// The repository.
        what: String,
        /// Where the token comes from.
        token: String,
    },
    /// Too much was asked of the forge.
    #[error("'{host}' wants to be left alone for {seconds} seconds")]
    #[diagnostic(
        code(forge::rate_limited),
        help("sleep {seconds} && git agent-run finish")
    )]
    RateLimited {
        /// The host.
        host: String,
        /// How long, in seconds.
        seconds: u64,
    },
    /// A draft was asked for where there is no such thing.
    #[error("'{host}' opens no drafts for this repository: {said}")]
    #[diagnostic(
        code(forge::no_drafts),
        help("in .git-checkpoint.toml: [runs] draft = false")
    )]
    NoDrafts {
        /// The host.
        host: String,
        /// What the forge said.
        said: String,
    },
    /// The forge says no for a reason of its own.
    #[error("'{host}' refused with status {status}: {said}")]
    #[diagnostic(code(forge::refused))]
    Refused {
        /// The host.
        host: String,
        /// The status of its answer.
        status: u16,
        /// What it said.
        said: String,
    },
    /// The forge has a failure of its own.
    #[error("'{host}' failed with status {status}: {said}")]
    #[diagnostic(code(forge::server_failed), help("git agent-run finish"))]
    ServerFailed {
        /// The host.
        host: String,
        /// The status of its answer.
        status: u16,
        /// What it said.
        said: String,
    },
    /// The forge sends us to another place, where the token does not belong.
    #[error("'{host}' sends this to '{to}'")]
    #[diagnostic(
        code(forge::redirected),
        help("git remote set-url --push origin <address>")
    )]
    Redirected {
        /// The host.
        host: String,
        /// Where to.
        to: String,
    },
    /// There is no connection.
    #[error("cannot speak with '{host}': {why}")]
    #[diagnostic(code(forge::unreachable), help("git agent-run finish"))]
    Unreachable {
        /// The host.
        host: String,
        /// What the system said.
        why: String,
    },
    /// No answer within the time limit.
    #[error("no answer from '{what}' within {seconds} seconds")]
    #[diagnostic(code(forge::timed_out), help("git agent-run finish"))]
    TimedOut {
        /// The host, or the program.
        what: String,
        /// The time limit.
        seconds: u64,
    },
    /// The answer is not what the forge's documentation promises.
    #[error("cannot understand the answer of '{host}': {why}")]
    #[diagnostic(code(forge::answer_unreadable))]
    AnswerUnreadable {
        /// The host.
        host: String,
        /// What is wrong with it.
        why: String,
    },
    /// A program of the forge's, or git's credential helper, failed without an answer from the forge.
    #[error("'{program}' failed: {said}")]
    #[diagnostic(code(forge::program_failed))]
    ProgramFailed {
        /// The program.
        program: String,
        /// What it said.
        said: String,
    },
    /// The git program failed us.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Program(#[from] ProgramError),
}

impl Failure for ForgeError {
    fn kind(&self) -> Kind {
        match self {
            Self::Remote(error) => error.kind(),
            Self::Program(error) => error.kind(),
            Self::HostUnknown { .. }
            | Self::WayUnfit { .. }
            | Self::NoRepository { .. }
            | Self::NoDrafts { .. }
            | Self::NoProgram { .. }
            | Self::NotLoggedIn { .. }
            | Self::NoToken { .. } => Kind::Refused,
            _ => Kind::Fatal,
        }
    }
}

impl ForgeError {
    /// Whether the request may have been carried out although no answer to it was understood.
    pub(crate) fn is_unsettled(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::TimedOut { .. }
                | Self::ServerFailed { .. }
                | Self::AnswerUnreadable { .. }
        )
    }
}
