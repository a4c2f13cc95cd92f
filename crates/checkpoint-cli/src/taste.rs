//! A person's taste, as git config tells it.

/// The git config values that decide how things look. A command that opened a repository hands them in through
/// [`Console::set_taste`](crate::Console::set_taste); `None` is a key that is not set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taste {
    /// `color.checkpoint`, else `color.ui`.
    pub color: Option<String>,
    /// `core.pager`.
    pub core_pager: Option<String>,
    /// `pager.checkpoint`: whether there is a pager, or which one.
    pub pager: Option<String>,
    /// `advice.checkpoint`: hints are printed unless this is false.
    pub advice: Option<bool>,
}
