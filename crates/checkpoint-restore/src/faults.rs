//! Failures on purpose, for tests: named points around everything that a restore writes.
//!
//! Only the unit tests and the feature `faults` compile them in; without that they are nothing.
//! [`checkpoint_git::faults`] tells how a test says where to break.

/// The points outside the working tree, which has [`FAULT_POINTS`](crate::files::FAULT_POINTS); and those of the
/// crate below.
pub const POINTS: &[&[&str]] = &[
    checkpoint_git::faults::POINTS,
    crate::files::FAULT_POINTS,
    &[
        "lock::before",
        "lock::after",
        "backup::before",
        "backup::after",
        "journal::before_write",
        "journal::before_rename",
        "journal::after_write",
        "index::before_make",
        "index::before_write",
        "index::before_rename",
        "index::after_rename",
        "index::after_unlock",
        "head::before_branch",
        "head::between",
        "head::before_detach",
        "head::after",
        "head::before_take_back",
        "head::after_take_back",
        "operation::before_remove",
        "operation::after_remove",
        "operation::before_write",
        "operation::before_rename",
        "operation::after_rename",
        "sync::before",
        "check::before",
        "record::before",
        "record::after",
        "sync::after",
        "journal::before_clear",
        "journal::after_clear",
    ],
];

/// Fails, or ends the process, when the test that runs us asked for it; [`passed`] is for the time after the act.
#[cfg(not(any(test, feature = "faults")))]
#[inline]
pub(crate) fn point(_name: &str) -> std::io::Result<()> {
    Ok(())
}

/// Ends the process when the test that runs us asked for it: what was done is done, and cannot fail any more.
#[cfg(not(any(test, feature = "faults")))]
#[inline]
pub(crate) fn passed(_name: &str) {}

#[cfg(any(test, feature = "faults"))]
pub(crate) use checkpoint_git::faults::on_purpose::{passed, point};
