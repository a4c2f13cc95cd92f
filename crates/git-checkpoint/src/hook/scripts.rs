//! The hooks: their events, and what is installed for each. `hooks/` holds the texts.

use std::{ffi::OsString, path::Path};

use checkpoint_cli::Environment;
use checkpoint_model::words::WordError;
use checkpoint_policy::Agent;

/// What stands in a script for the path of the program; see [`Hook::script`].
const PLACE: &str = "'@git-checkpoint@'";
/// What a script in a file tells people to do without it.
const OUT: &str = "rm '$at$0'";

/// git config that records of commits need to follow amend and rebase: key and value. `notes.rewriteRef` may have
/// several values; the other one.
pub const CONFIG: [(&str, &str); 2] = [
    ("notes.rewriteRef", "refs/notes/agents"),
    ("notes.rewriteMode", "cat_sort_uniq"),
];

/// An event of git's, by the name of its hook; githooks(5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Before a commit, unless `--no-verify`.
    PreCommit,
    /// Before the commit of a merge without conflicts, unless `--no-verify`.
    PreMergeCommit,
    /// Before any commit but those of `am`; also with `--no-verify`.
    PrepareCommitMsg,
    /// Before the commit of a patch by `am`.
    PreApplypatch,
    /// Before a rebase.
    PreRebase,
    /// Before a push.
    PrePush,
    /// After a commit.
    PostCommit,
    /// After amend or rebase; nothing is installed for it.
    PostRewrite,
    /// Around every change of references.
    ReferenceTransaction,
}

/// When a hook is installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Always.
    Usual,
    /// Only with `init --strict`: it runs several times for every change of references.
    Strict,
}

/// A hook that is installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hook {
    /// The event that runs it.
    pub event: Event,
    /// When it is installed.
    pub mode: Mode,
    /// The text of `hooks/<name>`, with a place for the path of the program.
    text: &'static str,
}

macro_rules! hooks {
    ($($event:ident $mode:ident $name:literal),+ $(,)?) => {
        /// All hooks that are installed, in the order in which git runs them.
        pub const HOOKS: &[Hook] = &[$(Hook {
            event: Event::$event,
            mode: Mode::$mode,
            text: include_str!(concat!("../../../../hooks/", $name)),
        }),+];
    };
}

hooks!(
    PreRebase Usual "pre-rebase",
    PreApplypatch Usual "pre-applypatch",
    PreCommit Usual "pre-commit",
    PreMergeCommit Usual "pre-merge-commit",
    PrepareCommitMsg Usual "prepare-commit-msg",
    PostCommit Usual "post-commit",
    PrePush Usual "pre-push",
    ReferenceTransaction Strict "reference-transaction",
);

impl Hook {
    /// The name of the file in a hooks directory, and the value of `hook.<name>.event`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.event.as_str()
    }

    /// The `<name>` of `hook.<name>.command`; git refuses the bare name of an event there.
    #[must_use]
    pub fn config_name(&self) -> String {
        format!("checkpoint-{}", self.event.as_str())
    }

    /// The script, for a file with mode 755: it hands over to `binary`, else to what PATH has, else says no (or lets
    /// git go on, where nothing is guarded by it).
    #[must_use]
    pub fn script(&self, binary: &Path) -> String {
        self.text.replace(PLACE, &quoted(&binary.to_string_lossy()))
    }

    /// The same for `hook.<config_name>.command`, which git gives to the shell with the hook's words behind it.
    #[must_use]
    pub fn command(&self, binary: &Path) -> String {
        let out = format!("git config --remove-section hook.{}", self.config_name());
        let script = self.script(binary).replace(OUT, &out);
        let line = script.split_once('\n').map_or("", |(_, line)| line);
        format!("hand_over() {{ {}; }}; hand_over", line.trim_end())
    }

    /// Whether a text of a file, or of a config command, is one of ours for this hook, of any version.
    #[must_use]
    pub fn is_ours(&self, text: &str) -> bool {
        text.contains(&format!("hook {} \"$@\"", self.name()))
            && text.contains(checkpoint_policy::MARK)
    }
}

/// A word for the shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

impl Event {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::PreCommit,
        Self::PreMergeCommit,
        Self::PrepareCommitMsg,
        Self::PreApplypatch,
        Self::PreRebase,
        Self::PrePush,
        Self::PostCommit,
        Self::PostRewrite,
        Self::ReferenceTransaction,
    ];

    /// The name of the hook.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::PreMergeCommit => "pre-merge-commit",
            Self::PrepareCommitMsg => "prepare-commit-msg",
            Self::PreApplypatch => "pre-applypatch",
            Self::PreRebase => "pre-rebase",
            Self::PrePush => "pre-push",
            Self::PostCommit => "post-commit",
            Self::PostRewrite => "post-rewrite",
            Self::ReferenceTransaction => "reference-transaction",
        }
    }

    /// Whether there can be anything to do, as far as words and environment tell: the repository is not opened for
    /// nothing. Of a transaction only the state `prepared` is: the others cannot be stopped, or come too early to know
    /// the branch; and git may have new ones.
    pub(super) fn is_of_interest(self, words: &[OsString], env: &Environment) -> bool {
        match self {
            Self::ReferenceTransaction => words.first().is_some_and(|state| state == "prepared"),
            Self::PostCommit => Agent::in_environment(&env.0).is_some(),
            Self::PostRewrite => false,
            _ => true,
        }
    }
}

impl std::str::FromStr for Event {
    type Err = WordError;

    fn from_str(name: &str) -> Result<Self, WordError> {
        let event = Self::ALL.into_iter().find(|event| event.as_str() == name);
        event.ok_or_else(|| WordError {
            what: "hook",
            word: name.to_owned(),
            known: Self::ALL.map(Self::as_str).join(", "),
        })
    }
}

#[cfg(test)]
mod tests;
