//! One thing that was looked at.

use schemars::JsonSchema;
use serde::Serialize;

use super::mend::Mend;

/// How it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Health {
    /// As it should be.
    Ok,
    /// Something to know; work goes on.
    Warning,
    /// Something does not work.
    Failure,
}

/// What was found about one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) health: Health,
    /// What was looked at, stable across versions, such as `hooks`.
    pub(super) what: &'static str,
    /// In words.
    pub(super) says: String,
    /// The command that mends it.
    pub(super) command: Option<String>,
    /// What `--fix` does about it.
    pub(super) mend: Option<Mend>,
}

impl Finding {
    pub(super) fn ok(what: &'static str, says: impl Into<String>) -> Self {
        Self {
            health: Health::Ok,
            what,
            says: says.into(),
            command: None,
            mend: None,
        }
    }

    pub(super) fn warning(what: &'static str, says: impl Into<String>) -> Self {
        Self {
            health: Health::Warning,
            ..Self::ok(what, says)
        }
    }

    pub(super) fn failure(what: &'static str, says: impl Into<String>) -> Self {
        Self {
            health: Health::Failure,
            ..Self::ok(what, says)
        }
    }

    /// Mended by this command.
    pub(super) fn by(self, command: impl Into<String>) -> Self {
        Self {
            command: Some(command.into()),
            ..self
        }
    }

    /// Mended by `git checkpoint doctor --fix`, in this way.
    pub(super) fn fixed_by(self, mend: Mend) -> Self {
        let command = self.command.clone();
        Self {
            mend: Some(mend),
            command: command.or_else(|| Some("git checkpoint doctor --fix".to_owned())),
            ..self
        }
    }
}
