//! Why nothing was installed, or not taken out.

use std::path::{Path, PathBuf};

use checkpoint_cli::{Failure, Kind, shell_word};
use miette::Diagnostic;
use thiserror::Error;

use super::there::Replaced;

/// Why the hooks stay as they are. Nothing was changed, but where a variant says otherwise.
#[derive(Debug, Error, Diagnostic)]
pub enum SetupError {
    /// git looks for hooks in a directory that belongs to somebody else.
    #[error("git takes hooks from '{dir}' here ({why}), which is not ours to write to")]
    #[diagnostic(
        code(setup::hooks_elsewhere),
        help(
            "add our line to each of these hooks, above all else it does, then run 'git checkpoint init' again:\n{lines}"
        )
    )]
    Elsewhere {
        /// That directory.
        dir: String,
        /// What makes git look there.
        why: String,
        /// The lines to paste.
        lines: String,
    },
    /// git looks for hooks in a directory that is not there.
    #[error("no hook runs here: git takes them from '{dir}' ({why}), which is not there")]
    #[diagnostic(
        code(setup::hooks_nowhere),
        help("make it again, or: git config --unset core.hooksPath")
    )]
    Nowhere {
        /// That directory.
        dir: String,
        /// What makes git look there.
        why: String,
    },
    /// A hook that cannot be called by another one.
    #[error("cannot call '{}' after ours: {why}", path.display())]
    #[diagnostic(
        code(setup::hook_unchainable),
        help("add this line to it, then run 'git checkpoint init' again:\n  {line}")
    )]
    Unchainable {
        /// The hook.
        path: PathBuf,
        /// Why not.
        why: &'static str,
        /// Our line.
        line: String,
    },
    /// What has the name of a hook and can be none.
    #[error("cannot put a hook at '{}': it is no file", path.display())]
    #[diagnostic(
        code(setup::hook_no_file),
        help(
            "give it another name, then run 'git checkpoint init' again:\n  mv {} {}",
            word(path),
            word(aside)
        )
    )]
    NoFile {
        /// What is there.
        path: PathBuf,
        /// A name that is free.
        aside: PathBuf,
    },
    /// What was there before ours is still kept, and something else has come meanwhile.
    #[error("{said}")]
    #[diagnostic(
        code(setup::hook_replaced),
        help(
            "keep both: give the one from before another name, call it from the one that is there now if it is still \
             wanted, and run this again:\n  {aside}"
        )
    )]
    Replaced {
        /// Which hooks.
        said: String,
        /// The command that keeps both.
        aside: String,
    },
    /// Our hook was edited: what was added to it would be lost.
    #[error("'{}' was changed since it was installed, in line {line}: {text}", path.display())]
    #[diagnostic(
        code(setup::hook_changed),
        help("keep what you need of it, then: rm {}", word(path))
    )]
    Changed {
        /// The hook.
        path: PathBuf,
        /// The first line that differs, from 1.
        line: usize,
        /// What it says now.
        text: String,
    },
    /// A setting of ours was edited: what it says now would be lost.
    #[error("'{key}' was changed since it was installed: {value}")]
    #[diagnostic(
        code(setup::config_changed),
        help("keep what you need of it, then: git config --unset-all {key}")
    )]
    Edited {
        /// The key.
        key: String,
        /// What it is set to now.
        value: String,
    },
    /// Another one is at it.
    #[error("another 'git checkpoint init' or 'uninstall' is running")]
    #[diagnostic(code(setup::running))]
    Running,
    /// Somebody edits the repository's config at this moment, or died doing so.
    #[error("'{}' is locked", path.display())]
    #[diagnostic(
        code(setup::config_locked),
        help("if no git is running here: rm {}", word(path))
    )]
    ConfigLocked {
        /// The lock.
        path: PathBuf,
    },
    /// Nothing can be installed without a place of our own on disk.
    #[error("cannot tell where the program 'git-checkpoint' is")]
    #[diagnostic(code(setup::no_program), help("put git-checkpoint on PATH"))]
    NoProgram,
    /// The note of what was installed makes no sense.
    #[error("cannot read '{}': {why}", path.display())]
    #[diagnostic(
        code(setup::note_unreadable),
        help("rm {}; git checkpoint init", word(path))
    )]
    Unreadable {
        /// The note.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// A file could not be read or written; what was done before it was taken back.
    #[error("cannot write '{}'", path.display())]
    #[diagnostic(code(setup::not_written), help("ls -ld {}", word(path.parent().unwrap_or(path))))]
    Unwritten {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// A path for a line that is to be pasted.
pub(crate) fn word(path: &Path) -> String {
    shell_word(&path.display().to_string()).into_owned()
}

impl From<Replaced> for SetupError {
    fn from(replaced: Replaced) -> Self {
        let (said, aside) = (replaced.to_string(), replaced.aside());
        Self::Replaced { said, aside }
    }
}

impl Failure for SetupError {
    fn kind(&self) -> Kind {
        match self {
            Self::Elsewhere { .. }
            | Self::Nowhere { .. }
            | Self::Unchainable { .. }
            | Self::NoFile { .. }
            | Self::Replaced { .. }
            | Self::Changed { .. }
            | Self::Edited { .. }
            | Self::Running
            | Self::ConfigLocked { .. } => Kind::Refused,
            Self::NoProgram | Self::Unreadable { .. } | Self::Unwritten { .. } => Kind::Fatal,
        }
    }
}
