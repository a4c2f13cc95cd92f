//! What an error must tell the edge.

/// How a command failed; decides the exit number and the word before the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The answer is no; nothing was changed.
    Refused,
    /// It cannot go on.
    Fatal,
    /// The command line makes no sense.
    Usage,
}

/// An error that a command may end with.
pub trait Failure: miette::Diagnostic + Send + Sync + 'static {
    /// What kind of failure this is.
    fn kind(&self) -> Kind;
}
