//! The rules of a repository: `.git-checkpoint.toml`, read with its patterns and sizes checked.

mod error;
mod globs;
mod hooks;
mod looser;
mod push;
mod rules;
mod runs;
mod size;
mod tighten;

use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de::Error as _};

pub use self::{
    error::PolicyError,
    globs::{BranchGlobs, Case, GlobError, PathGlobs},
    hooks::{Hooks, Level, Rule},
    push::{ContentHash, Push},
    rules::{Because, Layer, Movement, PushStep, Reason, Rules, Source, Verdict},
    runs::{Agents, BranchPrefix, Cleanup, ForgeKind, PrefixError, PullRequest, Runs},
    size::{ByteSize, SizeError},
};
use crate::{shown::shown, text_visitor::FromText, words::words};

/// The policy of a repository, `.git-checkpoint.toml`. Every key may be left out; an unknown one is refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Policy {
    /// `[branches]`: which branches are protected, and where work belongs.
    pub branches: Branches,
    /// `[hooks]`: what the hooks enforce.
    pub hooks: Hooks,
    /// `[capture]`: what a checkpoint holds.
    pub capture: Capture,
    /// `[retention]`: how long automatic checkpoints stay.
    pub retention: Retention,
    /// `[checkpoint]`: what is asked of checkpoints.
    pub checkpoint: CheckpointRules,
    /// `[agents]`: what a commit says of the agent that made it.
    pub agents: Agents,
    /// `[runs]`: the branch of an agent's task, and how it is handed in.
    pub runs: Runs,
    /// `[push]`: what may leave the machine although it looks like a secret.
    pub push: Push,
}

/// `[branches]`. `*` in a pattern also stands for `/`, as in `git branch --list`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Branches {
    /// `branches.protected`: no direct commits there. Default: `main`, `master`, `release/*`.
    pub protected: BranchGlobs,
    /// `branches.feature`: where work may be done; protected ones are none of them. Default: `*`.
    pub feature: BranchGlobs,
}

/// `[capture]`. Patterns are of paths from the top of the working tree; see [`PathGlobs`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Capture {
    /// `capture.include`: ignored files that are captured all the same. They never leave the machine. Default: none.
    pub include: PathGlobs,
    /// `capture.exclude`: untracked files that are not captured. Default: none.
    pub exclude: PathGlobs,
    /// `capture.max-file-size`: untracked files over it are not captured. Default: 100 MiB.
    pub max_file_size: ByteSize,
    /// `capture.nested`: what to do about repositories inside this one. Default: `report`.
    pub nested: Nested,
    /// `capture.allow-home`: whether a working tree may be a home directory or `/`. Default: false.
    pub allow_home: bool,
    /// `capture.extra`: files outside the working tree that are kept with a checkpoint, absolute or from `~/`. Default: none.
    #[serde(deserialize_with = "extra_paths")]
    pub extra: Vec<String>,
}

words! {
    /// What to do about a repository inside this one, whose content no checkpoint holds.
    pub enum Nested is "answer to nested repositories" {
        /// Make the checkpoint, and name the repository in its skip list.
        Report = "report",
        /// Make no checkpoint.
        Refuse = "refuse",
    }
}

/// `[retention]`: what `prune` leaves.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Retention {
    /// `retention.automatic-count`: how many automatic checkpoints stay; the newest. Default: 100.
    pub automatic_count: u64,
    /// `retention.automatic-days`: how many days they stay. Default: 30.
    pub automatic_days: u64,
    /// `retention.max-bytes`: how much may be kept alive by automatic checkpoints alone. Default: 10 GiB.
    pub max_bytes: ByteSize,
    /// `retention.grace-days`: how many days a deleted checkpoint can be had back. Default: 14.
    pub grace_days: u64,
}

/// `[checkpoint]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct CheckpointRules {
    /// `checkpoint.require`: what must not happen without a checkpoint. Default: `never`.
    pub require: Require,
    /// `checkpoint.test-command`: the shell command that `validate` runs. Default: none.
    #[serde(deserialize_with = "command")]
    #[schemars(with = "String")]
    pub test_command: Option<String>,
    /// `checkpoint.sign`: whether the tags of named checkpoints are signed. Default: false.
    pub sign: bool,
    /// `checkpoint.signers`: a file on the protected branch that lists who may sign them, as git-config(1)
    /// `gpg.ssh.allowedSignersFile` does. Default: none, what git config names counts.
    #[serde(deserialize_with = "file")]
    #[schemars(with = "String")]
    pub signers: Option<String>,
}

words! {
    /// What must not happen without a checkpoint.
    #[derive(Default)]
    pub enum Require is "requirement" {
        /// Nothing.
        #[default]
        Never = "never",
        /// A push.
        Push = "push",
        /// A run of an agent.
        Run = "run",
    }
}

impl Policy {
    /// The name of the file at the top of the working tree.
    pub const FILE_NAME: &'static str = ".git-checkpoint.toml";

    /// Reads a policy. `file_name` is where it came from, for the error, which shows and underlines the place.
    pub fn parse(text: &str, file_name: &str) -> Result<Self, PolicyError> {
        toml::from_str(text).map_err(|error| PolicyError::new(&error, text, file_name))
    }
}

impl Branches {
    /// Whether no direct commits may be made on the branch, given without `refs/heads/`.
    #[must_use]
    pub fn is_protected(&self, branch: &str) -> bool {
        self.protected.is_match(branch)
    }

    /// Whether work may be done on the branch.
    #[must_use]
    pub fn is_feature(&self, branch: &str) -> bool {
        self.feature.is_match(branch) && !self.is_protected(branch)
    }
}

impl Default for Branches {
    fn default() -> Self {
        Self {
            protected: BranchGlobs::of_defaults(&["main", "master", "release/*"]),
            feature: BranchGlobs::of_defaults(&["*"]),
        }
    }
}

impl Default for Capture {
    fn default() -> Self {
        Self {
            include: PathGlobs::default(),
            exclude: PathGlobs::default(),
            max_file_size: ByteSize::from_bytes(100 << 20),
            nested: Nested::Report,
            allow_home: false,
            extra: Vec::new(),
        }
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            automatic_count: 100,
            automatic_days: 30,
            max_bytes: ByteSize::from_bytes(10 << 30),
            grace_days: 14,
        }
    }
}

fn command<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let command = String::deserialize(deserializer)?;
    if command.trim().is_empty() {
        return Err(D::Error::custom("the command is empty"));
    }
    Ok(Some(command))
}

/// A path from the top of the repository.
fn file<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let path = String::deserialize(deserializer)?;
    let is_inside = |part: &str| !part.is_empty() && part != "." && part != "..";
    match path.split('/').all(is_inside) {
        true => Ok(Some(path)),
        false => Err(D::Error::custom(
            "it is no path from the top of the repository",
        )),
    }
}

fn extra_paths<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let paths = Vec::<ExtraPath>::deserialize(deserializer)?;
    Ok(paths.into_iter().map(|ExtraPath(path)| path).collect())
}

/// A path that means the same from every directory.
struct ExtraPath(String);

impl FromStr for ExtraPath {
    type Err = String;

    fn from_str(path: &str) -> Result<Self, String> {
        if path.starts_with('/') || path.starts_with("~/") {
            Ok(Self(path.to_owned()))
        } else {
            Err(format!(
                "'{}' is neither absolute nor below '~/'",
                shown(path)
            ))
        }
    }
}

impl<'de> Deserialize<'de> for ExtraPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(FromText::new("a path"))
    }
}

#[cfg(test)]
mod tests;
