//! `[hooks]`: what the hooks enforce, and how hard.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::words::words;

words! {
    /// How hard a hook holds to its rule; from the mildest.
    pub enum Level is "level" {
        /// It does not look.
        Off = "off",
        /// It says what is wrong, and lets it pass.
        Warn = "warn",
        /// It says no.
        Refuse = "refuse",
    }
}

words! {
    /// A rule that a hook enforces: its key in `[hooks]`, and the word that a person overrides it by.
    pub enum Rule is "rule" {
        /// No commits, merges, applied patches or rebases on a protected branch, nor on one that is not for work.
        Commit = "commit",
        /// No pushes to a protected branch.
        Push = "push",
        /// No other move of a protected branch than to what its upstream has; only with the strict hook.
        Move = "move",
        /// No push that moves or deletes the tag of a checkpoint.
        Tags = "tags",
        /// The automatic checkpoint before a commit, and what `checkpoint.require` asks of a push.
        Checkpoint = "checkpoint",
    }
}

/// `[hooks]`: each key is `"refuse"`, `"warn"` or `"off"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Hooks {
    /// `hooks.commit`: commits, merges, applied patches and rebases on a protected branch, or on one where no work belongs. Default: `refuse`.
    pub commit: Level,
    /// `hooks.push`: pushes to a protected branch. Default: `refuse`.
    pub push: Level,
    /// `hooks.move`: with `init --strict`, any move of a protected branch but to what its upstream has. Default: `refuse`.
    #[serde(rename = "move")]
    pub moves: Level,
    /// `hooks.tags`: pushes that move or delete the tag of a checkpoint. Default: `refuse`.
    pub tags: Level,
    /// `hooks.checkpoint`: the automatic checkpoint before each commit; `off` takes none, `warn` tells when it fails,
    /// `refuse` then stops the commit. Default: `warn`.
    pub checkpoint: Level,
}

impl Default for Hooks {
    fn default() -> Self {
        Self {
            commit: Level::Refuse,
            push: Level::Refuse,
            moves: Level::Refuse,
            tags: Level::Refuse,
            checkpoint: Level::Warn,
        }
    }
}

impl Hooks {
    /// How hard `rule` is held to.
    #[must_use]
    pub fn level(&self, rule: Rule) -> Level {
        match rule {
            Rule::Commit => self.commit,
            Rule::Push => self.push,
            Rule::Move => self.moves,
            Rule::Tags => self.tags,
            Rule::Checkpoint => self.checkpoint,
        }
    }

    pub(super) fn level_mut(&mut self, rule: Rule) -> &mut Level {
        match rule {
            Rule::Commit => &mut self.commit,
            Rule::Push => &mut self.push,
            Rule::Move => &mut self.moves,
            Rule::Tags => &mut self.tags,
            Rule::Checkpoint => &mut self.checkpoint,
        }
    }
}
