//! The one place that chooses exit numbers; they are git's own, but for one.

use std::process::ExitCode;

use crate::Kind;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It did what was asked: 0.
    Done,
    /// The answer is no, and nothing was changed: 1.
    Refused,
    /// A part of it was done, and what is left is not worth stopping for: 3.
    Partly,
    /// It could not go on: 128.
    Fatal,
    /// The command line made no sense: 129.
    Usage,
}

impl Exit {
    /// The number that the calling process sees.
    pub const fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Refused => 1,
            Self::Partly => 3,
            Self::Fatal => 128,
            Self::Usage => 129,
        }
    }
}

impl From<Kind> for Exit {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Refused => Self::Refused,
            Kind::Fatal => Self::Fatal,
            Kind::Usage => Self::Usage,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.number())
    }
}
