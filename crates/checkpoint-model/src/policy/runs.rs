//! `[agents]` and `[runs]`: how an agent's work is signed, where it is done, and how it is handed in.

use std::{collections::BTreeMap, fmt, str::FromStr};

use miette::Diagnostic;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de::Error as _};
use thiserror::Error;

use crate::{
    attribution::Attribution,
    failure::{Failure, Kind},
    name,
    policy::PathGlobs,
    schema::string_schema,
    shown::{is_hidden, shown},
    template::Template,
    text_visitor::FromText,
    words::words,
};

/// `[agents]`: what a commit says of the agent that made it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Agents {
    /// `agents.attribution`: the trailers of an agent's commit. Default: `assisted`.
    pub attribution: Attribution,
    /// `agents.hash-sessions`: whether a commit names the session by a hash, so that it cannot be looked up. Default: false.
    pub hash_sessions: bool,
}

/// `[runs]`: the branch of an agent's task, and how it is handed in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Runs {
    /// `runs.branch-prefix`: what the branches of runs begin with, `<prefix>/<task>/run-<n>`. Default: `agent`.
    pub branch_prefix: BranchPrefix,
    /// `runs.commit-template`: the subject of an agent's commit. Default: `[{agent}] {task}: {description}`.
    pub commit_template: Template,
    /// `runs.push`: whether the branch of a finished run is pushed. Default: true.
    pub push: bool,
    /// `runs.pull-request`: by what way a pull request is opened for it. Default: `auto`.
    pub pull_request: PullRequest,
    /// `runs.draft`: whether it is opened as a draft. Default: true.
    pub draft: bool,
    /// `runs.body`: the template of its text, a path from the top of the working tree. Default: empty, the one that is built in.
    #[serde(deserialize_with = "body")]
    pub body: String,
    /// `runs.cleanup`: what a finished run takes away on this machine. Default: `keep`.
    pub cleanup: Cleanup,
    /// `runs.discard-ignored`: ignored files that may go with a worktree, though no checkpoint holds them. Default: none.
    pub discard_ignored: PathGlobs,
    /// `runs.forges`: what runs on hosts whose names do not tell. Default: none.
    #[serde(deserialize_with = "forges")]
    pub forges: BTreeMap<String, ForgeKind>,
}

words! {
    /// By what way a pull request is opened.
    #[derive(Default)]
    pub enum PullRequest is "way to a pull request" {
        /// The first that works for the remote's host.
        #[default]
        Auto = "auto",
        /// The program `gh`.
        Gh = "gh",
        /// The program `glab`.
        Glab = "glab",
        /// The forge's own interface, with a token.
        Api = "api",
        /// GitLab's push options.
        PushOptions = "push-options",
        /// A push to `refs/for/`.
        Agit = "agit",
        /// The address that opens one is printed.
        Url = "url",
        /// None is opened.
        Never = "never",
    }
}

words! {
    /// What a finished run takes away on this machine; from the least.
    #[derive(Default)]
    pub enum Cleanup is "clean-up" {
        /// Nothing.
        #[default]
        Keep = "keep",
        /// Its worktree.
        Worktree = "worktree",
        /// Its worktree and its branch, when that is pushed.
        All = "all",
    }
}

words! {
    /// The program that a host of repositories runs.
    pub enum ForgeKind is "forge" {
        /// GitHub, or GitHub Enterprise.
        Github = "github",
        /// GitLab.
        Gitlab = "gitlab",
        /// Gitea.
        Gitea = "gitea",
        /// Forgejo.
        Forgejo = "forgejo",
        /// Bitbucket.
        Bitbucket = "bitbucket",
    }
}

impl Default for Runs {
    fn default() -> Self {
        Self {
            branch_prefix: BranchPrefix::default(),
            commit_template: Template::default(),
            push: true,
            pull_request: PullRequest::Auto,
            draft: true,
            body: String::new(),
            cleanup: Cleanup::Keep,
            discard_ignored: PathGlobs::default(),
            forges: BTreeMap::new(),
        }
    }
}

/// What the branches of runs begin with. Exists only when `refs/heads/<prefix>/x` passes git-check-ref-format(1).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BranchPrefix(String);

/// Why a text cannot be the beginning of a branch.
#[derive(Clone, Debug, PartialEq, Eq, Error, Diagnostic)]
#[error("'{}' is not a valid prefix of a branch: {why}", shown(prefix))]
#[diagnostic(code(policy::prefix_invalid), help("branch-prefix = \"agent\""))]
pub struct PrefixError {
    /// The refused prefix.
    pub prefix: String,
    /// The rule that it breaks.
    pub why: &'static str,
}

impl Failure for PrefixError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }
}

impl BranchPrefix {
    /// Leaves room in a ref for the name of a task and a number.
    pub const MAX_BYTES: usize = 100;

    /// The prefix as text, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BranchPrefix {
    type Err = PrefixError;

    fn from_str(prefix: &str) -> Result<Self, PrefixError> {
        let why = match prefix {
            "" => Some("it is empty"),
            _ if prefix.len() > Self::MAX_BYTES => Some("it has more than 100 bytes"),
            _ if prefix.starts_with("refs/") => Some("it is a full ref"),
            _ => name::malformed(prefix),
        };
        why.map_or_else(
            || Ok(Self(prefix.to_owned())),
            |why| {
                Err(PrefixError {
                    prefix: prefix.to_owned(),
                    why,
                })
            },
        )
    }
}

impl Default for BranchPrefix {
    fn default() -> Self {
        Self("agent".to_owned())
    }
}

impl fmt::Display for BranchPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl<'de> Deserialize<'de> for BranchPrefix {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(FromText::new("the prefix of a branch"))
    }
}

string_schema!(
    BranchPrefix,
    "What the branches of runs begin with; `refs/heads/<prefix>/x` is a valid ref"
);

/// A path of the repository: neither from elsewhere nor to elsewhere.
fn body<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let path = String::deserialize(deserializer)?;
    let leads_out = path.starts_with('/') || path.split('/').any(|part| part == "..");
    match leads_out || path.contains(is_hidden) {
        true => Err(D::Error::custom(format_args!(
            "'{}' is no path in the repository",
            shown(&path)
        ))),
        false => Ok(path),
    }
}

/// Names of hosts have no case.
fn forges<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, ForgeKind>, D::Error> {
    let given = BTreeMap::<Host, ForgeKind>::deserialize(deserializer)?;
    let forges = given.into_iter();
    Ok(forges
        .map(|(Host(host), kind)| (host.to_ascii_lowercase(), kind))
        .collect())
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Host(String);

impl FromStr for Host {
    type Err = String;

    fn from_str(host: &str) -> Result<Self, String> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || "-.:[]".contains(c);
        match !host.is_empty() && host.chars().all(is_part) {
            true => Ok(Self(host.to_owned())),
            false => Err(format!("'{}' is not the name of a host", shown(host))),
        }
    }
}

impl<'de> Deserialize<'de> for Host {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(FromText::new("the name of a host"))
    }
}
