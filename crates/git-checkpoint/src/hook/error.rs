//! What a hook says no with.

use std::fmt;

use checkpoint_cli::{Failure, Kind};
use checkpoint_model::policy::{Because, Reason, Source};
use checkpoint_policy::{Agent, Allowance};
use miette::Diagnostic;
use thiserror::Error;

use crate::CheckpointError;

/// Why a hook stops git.
#[derive(Debug, Error, Diagnostic)]
pub enum HookError {
    /// The branch is protected.
    #[error("cannot {verb} '{branch}': it is protected")]
    #[diagnostic(code(hook::protected), help("{help}{}", grounds.ways()))]
    Protected {
        /// What git was about to do to it.
        verb: &'static str,
        /// The branch.
        branch: String,
        /// The lines that take the work on.
        help: String,
        /// The rule.
        #[source]
        grounds: Box<Grounds>,
    },
    /// No work belongs on the branch.
    #[error("cannot {verb} '{branch}': no work belongs there")]
    #[diagnostic(code(hook::not_for_work), help("{help}{}", grounds.ways()))]
    NotForWork {
        /// What git was about to do to it.
        verb: &'static str,
        /// The branch.
        branch: String,
        /// The lines that take the work on.
        help: String,
        /// The rule.
        #[source]
        grounds: Box<Grounds>,
    },
    /// A push goes to a protected branch.
    #[error("cannot {verb} '{branch}' of '{remote}': it is protected")]
    #[diagnostic(code(hook::push_protected), help("{help}{}", grounds.ways()))]
    Push {
        /// What git was about to do to it.
        verb: &'static str,
        /// The branch at the other repository.
        branch: String,
        /// The other repository.
        remote: String,
        /// The lines that take the work on.
        help: String,
        /// The rule.
        #[source]
        grounds: Box<Grounds>,
    },
    /// A push moves or deletes the tag of a checkpoint.
    #[error("cannot {verb} the tag '{tag}' of '{remote}': it is a checkpoint's")]
    #[diagnostic(code(hook::tag_immutable), help("{help}{}", grounds.ways()))]
    Tag {
        /// What git was about to do to it.
        verb: &'static str,
        /// The tag, without `refs/tags/`.
        tag: String,
        /// The other repository.
        remote: String,
        /// The lines that take the work on.
        help: String,
        /// The rule.
        #[source]
        grounds: Box<Grounds>,
    },
    /// A protected branch moves to what its upstream does not have.
    #[error("'{branch}' {stays}: it is protected, and its upstream does not have {to}")]
    #[diagnostic(code(hook::move_protected), help("{help}{}", grounds.ways()))]
    Move {
        /// The branch.
        branch: String,
        /// What becomes of it: `stays at <where it is>`.
        stays: String,
        /// Where it was to go.
        to: String,
        /// The lines that take the work on.
        help: String,
        /// The rule.
        #[source]
        grounds: Box<Grounds>,
    },
    /// The automatic checkpoint before a commit could not be made.
    #[error(
        "no commit without a checkpoint, and none could be made: {}",
        told(why)
    )]
    #[diagnostic(code(hook::commit_unkept), help("{help}{}", grounds.ways()))]
    CommitUnkept {
        /// What went wrong.
        why: Box<CheckpointError>,
        /// The lines that take the work on.
        help: &'static str,
        /// The rule.
        #[source]
        grounds: Box<Grounds>,
    },
    /// What is pushed has no checkpoint.
    #[error("cannot push '{branch}' without a checkpoint: {why}")]
    #[diagnostic(code(hook::push_unkept), help("{help}{}", grounds.ways()))]
    PushUnkept {
        /// The branch.
        branch: String,
        /// Why there is none.
        why: String,
        /// The lines that take the work on.
        help: String,
        /// The rule.
        #[source]
        grounds: Box<Grounds>,
    },
    /// What git tells a hook is not as it should be.
    #[error("cannot read what git tells the hook '{hook}'")]
    #[diagnostic(code(hook::input))]
    Input {
        /// The hook.
        hook: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
}

impl HookError {
    /// The same where the rule only warns.
    pub(super) fn let_pass(&self) -> String {
        match self {
            Self::Move { branch, to, .. } => {
                format!("'{branch}' moves to {to}, which its upstream does not have")
            }
            Self::CommitUnkept { why, .. } => {
                format!(
                    "a commit without a checkpoint, since none could be made: {}",
                    told(why)
                )
            }
            refused => {
                let refused = refused.to_string();
                let what = refused.strip_prefix("cannot ").unwrap_or(&refused);
                format!("let pass: {what}")
            }
        }
    }
}

/// An error with all that stands behind it, in one line.
pub(super) fn told(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut behind = error.source();
    while let Some(error) = behind {
        let more = error.to_string();
        if !told.contains(&more) {
            told += &format!(": {more}");
        }
        behind = error.source();
    }
    told
}

impl Failure for HookError {
    fn kind(&self) -> Kind {
        match self {
            Self::Input { .. } => Kind::Fatal,
            _ => Kind::Refused,
        }
    }
}

/// The rule that stands behind a refusal, and whether it can be passed.
#[derive(Debug, PartialEq, Eq)]
pub struct Grounds {
    reason: Reason,
    passing: Passing,
    /// The command that was stopped, see [`again`](super::again::again).
    again: Vec<String>,
}

/// Whether whoever asks could pass the rule.
#[derive(Debug, PartialEq, Eq)]
enum Passing {
    /// Nobody is told how.
    Hidden,
    /// A person may, by the word; these words of theirs are none.
    Open { unknown: Vec<String> },
    /// It was asked for, by an agent.
    Agent { agent: String },
}

impl Grounds {
    pub(super) fn of(reason: Reason) -> Box<Self> {
        Box::new(Self {
            reason,
            passing: Passing::Hidden,
            again: Vec::new(),
        })
    }

    /// With the lines that a person types to have it pass.
    pub(super) fn again(mut self: Box<Self>, lines: Vec<String>) -> Box<Self> {
        self.again = lines;
        self
    }

    pub(super) fn against(
        reason: Reason,
        allowance: &Allowance,
        agent: Option<Agent>,
    ) -> Box<Self> {
        let passing = match agent {
            None => Passing::Open {
                unknown: allowance.unknown.clone(),
            },
            Some(agent) if allowance.covers(reason.rule) => Passing::Agent {
                agent: agent.to_string(),
            },
            Some(_) => Passing::Hidden,
        };
        Box::new(Self {
            reason,
            passing,
            again: Vec::new(),
        })
    }

    /// The last lines of the help: how a person passes the rule, with the command it stops.
    fn ways(&self) -> String {
        let variable = Allowance::VARIABLE;
        match &self.passing {
            Passing::Hidden => String::new(),
            Passing::Agent { agent } => {
                format!(
                    "\n{variable} does not count here, it is for people: there is the agent {agent}"
                )
            }
            Passing::Open { unknown } => {
                let rule = self.reason.rule;
                let unknown: String = unknown
                    .iter()
                    .map(|word| {
                        format!("\n'{word}' in {variable} is no rule; this one is '{rule}'")
                    })
                    .collect();
                let (last, before) = self.again.split_last().expect("something was stopped");
                let before: String = before.iter().map(|line| format!("\n  {line}")).collect();
                let rest = match last.contains('…') {
                    true => " ('…' is the rest of what you typed)",
                    false => "",
                };
                format!(
                    "{unknown}\nor pass the rule for once, which is recorded{rest}:{before}\n  {variable}={rule} {last}"
                )
            }
        }
    }
}

/// `rule 'commit': 'main' is protected by .git-checkpoint.toml of 'origin/main'`.
impl fmt::Display for Grounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Reason {
            rule,
            because,
            source,
        } = &self.reason;
        let by = match source {
            Source::Defaults => "default".to_owned(),
            source => source.to_string(),
        };
        match because {
            Because::Protected { pattern } => {
                write!(f, "rule '{rule}': '{pattern}' is protected by {by}")
            }
            Because::NotForWork => {
                write!(f, "rule '{rule}': no pattern of 'feature' in {by} has it")
            }
            Because::Tagged | Because::NotKept => write!(f, "rule '{rule}' by {by}"),
        }
    }
}

impl std::error::Error for Grounds {}
