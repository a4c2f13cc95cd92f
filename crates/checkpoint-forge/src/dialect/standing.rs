//! How a request stands, in words that all forges share.

/// How a request stands.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) is_merged: bool,
    pub(crate) is_open: bool,
    pub(crate) is_draft: bool,
    /// The commit it would merge; on some forges the beginning of its name.
    pub(crate) tip: String,
    pub(crate) has_conflicts: bool,
    /// Why the forge would not merge it now, in its own word.
    pub(crate) blocked: Option<String>,
    /// None where nobody has asked for them.
    pub(crate) checks: Checks,
}

/// How the checks of a commit stand.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Checks {
    pub(crate) running: Vec<String>,
    pub(crate) failed: Vec<String>,
    pub(crate) n_passed: usize,
}

impl Checks {
    /// Adds one that has ended well, ended otherwise, or not ended.
    pub(super) fn add(&mut self, name: &str, passed: Option<bool>) {
        match passed {
            Some(true) => self.n_passed += 1,
            Some(false) => self.failed.push(name.to_owned()),
            None => self.running.push(name.to_owned()),
        }
    }
}
