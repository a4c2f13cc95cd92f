//! What may be done to a branch, by which rule, and who says so: pure verdicts on layers of policy.

use std::fmt;

use super::{Case, Level, Policy, Require, Rule};

/// Where a policy was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// As committed on a branch, by its short name: `origin/main`, `main`.
    Branch(String),
    /// The file in the working tree, which anybody may have edited.
    WorkingTree,
    /// Nowhere: what holds without a policy.
    Defaults,
}

/// For the end of a sentence: `.git-checkpoint.toml of 'origin/main'`.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Branch(name) => write!(f, "{} of '{name}'", Policy::FILE_NAME),
            Self::WorkingTree => write!(f, "{} in the working tree", Policy::FILE_NAME),
            Self::Defaults => f.write_str("the defaults"),
        }
    }
}

/// A policy, and where it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Where it was read.
    pub source: Source,
    /// The policy. That of the working tree is read over a trusted one, see [`Policy::parse_over`].
    pub policy: Policy,
}

/// The rules that hold for a branch: layers of policy, the most trusted first, of which the strictest word counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    layers: Vec<Layer>,
    case: Case,
}

/// Whether something may be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may.
    Allowed,
    /// It may, with a word about it.
    Warned(Reason),
    /// It may not.
    Refused(Reason),
}

/// Why something may not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The rule.
    pub rule: Rule,
    /// What makes it apply.
    pub because: Because,
    /// Who says so.
    pub source: Source,
}

/// What makes a rule apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because {
    /// The branch matches this pattern of `branches.protected`.
    Protected {
        /// The pattern.
        pattern: String,
    },
    /// The branch matches none of `branches.feature`.
    NotForWork,
    /// The tag of a checkpoint would move or go.
    Tagged,
    /// No checkpoint was made.
    NotKept,
}

/// How a branch is about to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Movement {
    /// To where it is.
    Nowhere,
    /// It goes away. git packs references by such steps, so they cannot be told from what git does by itself.
    Away,
    /// It begins, and no upstream has it: the first commit of a repository.
    Birth,
    /// To something that its upstream has.
    ToUpstream,
    /// To anything else: a commit of one's own, a merge, another branch.
    Elsewhere,
}

/// What a push is about to do to one reference of the other repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushStep {
    /// It creates the reference. `first`: nothing of the other repository is known here, so that it has no branch yet.
    Create {
        /// Whether it is the first.
        first: bool,
    },
    /// It moves the reference.
    Move,
    /// It deletes the reference.
    Delete,
}

impl Rules {
    /// Rules of `layers`, the most trusted first; without any, those that hold without a policy.
    #[must_use]
    pub fn new(mut layers: Vec<Layer>, case: Case) -> Self {
        if layers.is_empty() {
            layers.push(Layer {
                source: Source::Defaults,
                policy: Policy::default(),
            });
        }
        Self { layers, case }
    }

    /// The layers, the most trusted first; never empty.
    #[must_use]
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// All layers in one: the first, and of the others what is stricter.
    #[must_use]
    pub fn merged(&self) -> Policy {
        let (first, others) = self.layers.split_first().expect("there is a layer");
        let mut policy = first.policy.clone();
        for layer in others {
            policy = policy.tightened_by(&layer.policy);
        }
        policy
    }

    /// How hard `rule` is held to.
    #[must_use]
    pub fn level(&self, rule: Rule) -> Level {
        let levels = self
            .layers
            .iter()
            .map(|layer| layer.policy.hooks.level(rule));
        levels.max().expect("there is a layer")
    }

    /// By which pattern the branch, without `refs/heads/`, is protected, and who says so.
    #[must_use]
    pub fn protection(&self, branch: &str) -> Option<(Because, &Source)> {
        self.layers.iter().find_map(|layer| {
            let protected = &layer.policy.branches.protected;
            let pattern = protected.matching(branch, self.case)?.to_owned();
            Some((Because::Protected { pattern }, &layer.source))
        })
    }

    /// May there be a commit on `branch`? `is_first`: the branch is not born, and no upstream has it.
    #[must_use]
    pub fn commit(&self, branch: &str, is_first: bool) -> Verdict {
        match self.protection(branch) {
            Some(_) if is_first => Verdict::Allowed,
            Some(reason) => self.judge(Rule::Commit, reason),
            None => self.work(branch),
        }
    }

    /// May work be done on `branch`?
    fn work(&self, branch: &str) -> Verdict {
        let is_for_work = |layer: &&Layer| {
            layer
                .policy
                .branches
                .feature
                .matching(branch, self.case)
                .is_some()
        };
        match self.layers.iter().find(|layer| !is_for_work(layer)) {
            Some(layer) => self.judge(Rule::Commit, (Because::NotForWork, &layer.source)),
            None => Verdict::Allowed,
        }
    }

    /// May `branch` of another repository be pushed to?
    #[must_use]
    pub fn push(&self, branch: &str, step: PushStep) -> Verdict {
        match self.protection(branch) {
            None => Verdict::Allowed,
            Some(_) if step == (PushStep::Create { first: true }) => Verdict::Allowed,
            Some(reason) => self.judge(Rule::Push, reason),
        }
    }

    /// May the tag of a checkpoint be pushed?
    #[must_use]
    pub fn push_tag(&self, step: PushStep) -> Verdict {
        match step {
            PushStep::Create { .. } => Verdict::Allowed,
            PushStep::Move | PushStep::Delete => {
                self.judge(Rule::Tags, (Because::Tagged, self.strictest(Rule::Tags)))
            }
        }
    }

    /// May `branch` move?
    #[must_use]
    pub fn movement(&self, branch: &str, movement: Movement) -> Verdict {
        match (movement, self.protection(branch)) {
            (Movement::Elsewhere, Some(reason)) => self.judge(Rule::Move, reason),
            _ => Verdict::Allowed,
        }
    }

    /// What it means that the automatic checkpoint before a commit could not be made.
    #[must_use]
    pub fn commit_without_checkpoint(&self) -> Verdict {
        let source = self.strictest(Rule::Checkpoint);
        self.judge(Rule::Checkpoint, (Because::NotKept, source))
    }

    /// Who asks for the level of `rule`: the most trusted of those that do.
    fn strictest(&self, rule: Rule) -> &Source {
        let level = self.level(rule);
        let mut layers = self.layers.iter();
        let layer = layers.find(|layer| layer.policy.hooks.level(rule) == level);
        &layer.expect("the level is that of a layer").source
    }

    /// What it means that a push goes without the checkpoint that it needs; none where it needs none.
    #[must_use]
    pub fn push_without_checkpoint(&self) -> Option<Reason> {
        let requires = |layer: &&Layer| layer.policy.checkpoint.require == Require::Push;
        let layer = self.layers.iter().find(requires)?;
        Some(Reason {
            rule: Rule::Checkpoint,
            because: Because::NotKept,
            source: layer.source.clone(),
        })
    }

    fn judge(&self, rule: Rule, (because, source): (Because, &Source)) -> Verdict {
        let reason = Reason {
            rule,
            because,
            source: source.clone(),
        };
        match self.level(rule) {
            Level::Off => Verdict::Allowed,
            Level::Warn => Verdict::Warned(reason),
            Level::Refuse => Verdict::Refused(reason),
        }
    }
}

#[cfg(test)]
mod tests;
