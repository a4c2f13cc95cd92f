//! What is asked for.

use std::{collections::BTreeMap, fmt, time::Duration};

use checkpoint_model::policy::{ForgeKind, PullRequest};

use crate::Remote;

/// How long one question to a forge may take, unless a [`Request`] says otherwise.
pub const TIME_LIMIT: Duration = Duration::from_secs(30);

/// A pull request (on GitLab: merge request) as it is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Where the branch was, or will be, pushed to.
    pub remote: Remote,
    /// The branch with the work, as it is called there, without `refs/heads/`.
    pub head: String,
    /// The branch that it is to be merged into, without `refs/heads/`.
    pub base: String,
    /// Becomes one line of at most 250 characters. The mark of a draft is put before it where a forge needs one.
    pub title: String,
    /// Markdown; cut after 60,000 characters.
    pub body: String,
    /// Whether it is to be a draft.
    pub draft: bool,
    /// By what way: `runs.pull-request` of the policy.
    pub way: PullRequest,
    /// What runs on which host: `runs.forges` of the policy. Hosts in lower case, with a port where one belongs to them.
    pub forges: BTreeMap<String, ForgeKind>,
    /// How long one question to the forge, or one program, may take; [`TIME_LIMIT`] is a good one.
    pub time_limit: Duration,
}

/// What came of it.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There is a request now.
    Opened(Opened),
    /// There is none, and that is no failure: the branch is pushed, and a person can open one.
    NotOpened(NotOpened),
}

/// A request that there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Its page: `http` or `https`, without credentials, control characters or spaces.
    pub url: String,
    /// Its number.
    pub number: u64,
    /// What runs on the host; none where only the server's words on a push tell of the request.
    pub forge: Option<ForgeKind>,
    /// By what way it was opened or found; `url` where the server told of it by itself.
    pub via: PullRequest,
    /// Whether it was there before: it was found, not made. Title, text and draft are then as somebody left them.
    pub existed: bool,
}

/// Why there is no request, and what a person can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotOpened {
    /// The page on which a person opens one; none where nobody knows.
    pub compare_url: Option<String>,
    /// Why there is none.
    pub why: Why,
}

/// Why no request was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The policy says `never`.
    Never,
    /// The policy says `url`.
    OnlyUrl,
    /// The remote is a directory, or nobody has said what runs on its host (`runs.forges`).
    HostUnknown,
    /// No program of the forge's is logged in, and there is no token.
    NoLogin,
    /// The push could have opened one, and the server told of none: it does not do that, or the branch was there before.
    NotTold,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Never => "the policy wants none",
            Self::OnlyUrl => "the policy leaves it to you",
            Self::HostUnknown => "nobody has said which forge the remote belongs to",
            Self::NoLogin => "there is no login for the forge",
            Self::NotTold => "the server told of none",
        })
    }
}
