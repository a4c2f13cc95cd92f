//! What every error of ours says beside its words: which kind of answer it is.

/// The kind of answer an error is. The numbers a shell sees are chosen in one place, in `checkpoint-cli`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The answer is no, and nothing was changed.
    Refused,
    /// Something is broken or missing, here or in the repository; the work could not be done.
    Fatal,
    /// What was typed makes no sense; the repository was not asked.
    Usage,
}

/// An error that a command may end with.
pub trait Failure: miette::Diagnostic + Send + Sync + 'static {
    /// Names the kind of answer this error is.
    fn kind(&self) -> Kind;
}
