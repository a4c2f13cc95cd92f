//! What `finish` gives back.

use std::path::PathBuf;

use checkpoint_model::{event::GitPushFailed, run::Run, verdict::Skipped};
use gix::ObjectId;

use crate::RunError;

/// What was done, in order.
#[derive(Debug)]
pub struct Finished {
    /// The run as it is now.
    pub run: Run,
    /// Where its branch is checked out.
    pub worktree: Option<PathBuf>,
    /// What was done, oldest first.
    pub done: Vec<Done>,
    /// Why it went no further. What was done stays.
    pub trouble: Option<Trouble>,
}

/// A step that was made, or found to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// What was left is committed.
    Committed(ObjectId),
    /// What was left, but is in no commit, since no checkpoint holds it either.
    LeftOut(Vec<Skipped>),
    /// There is not one commit on the branch.
    NothingToPush,
    /// The branch is at the remote.
    Pushed {
        /// The remote.
        remote: String,
        /// The commit it has there.
        commit: ObjectId,
        /// Whether it was there before.
        existed: bool,
    },
    /// It stays here, since that was asked for.
    NotPushed,
    /// There is no remote to push to.
    NoRemote,
    /// There is a pull request; whether it was there before.
    PullRequest {
        /// Its page.
        url: String,
        /// Whether it was there before.
        existed: bool,
    },
    /// A person opens the pull request, here.
    CompareUrl(String),
    /// The pull request is merged.
    Merged(String),
    /// The working tree is gone.
    WorktreeRemoved(PathBuf),
    /// The branch is gone.
    BranchRemoved(String),
    /// Something is not removed, and why.
    Kept(String),
}

/// Why a run was not finished.
#[derive(Debug)]
pub enum Trouble {
    /// The branch is not at the remote.
    NotPushed(GitPushFailed),
    /// Nor is it: the push that was to open a request has opened none.
    NoRequest(GitPushFailed),
    /// It is, and there is no pull request; the page on which a person opens one, and why there is none.
    NoPullRequest {
        /// The page, where one is known.
        compare_url: Option<String>,
        /// Why, in words.
        why: String,
        /// What failed, where something did.
        error: Option<RunError>,
    },
    /// There is one, and it is not merged yet.
    NotMerged {
        /// Its page.
        url: String,
        /// Why, in words.
        why: String,
    },
}
