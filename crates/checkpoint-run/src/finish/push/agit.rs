//! Whether a server has AGit. One that has none takes `refs/for/<base>` as it is, and the work is on no branch there.

use checkpoint_model::event::{GitPushFailed, PushFailure};

use super::Carried;
use crate::{finish::Work, log::without_credentials, remote};

/// Why nothing is pushed to AGit, where it is known before that the server has none. A git that has nothing to push,
/// but options, may die of it without a word.
pub(super) fn missing(
    work: &Work<'_>,
    remote: &str,
    url: &str,
    carried: &Carried,
) -> Option<GitPushFailed> {
    let to = carried.to.as_deref()?;
    // One with AGit makes a request of what goes there.
    let is_ordinary = remote::has(&work.common.repo, remote, to);
    let message = format!("this server has no AGit: '{to}' is an ordinary reference there");
    is_ordinary.then(|| failed(work, remote, url, message))
}

/// Why a push to AGit counts for nothing, though the server has taken it.
pub(super) fn unanswered(
    work: &Work<'_>,
    remote: &str,
    url: &str,
    carried: &Carried,
    printed: &[u8],
) -> Option<GitPushFailed> {
    let to = carried.to.as_deref()?;
    let message = || format!("the server took '{to}', and told of no pull request");
    let is_told = checkpoint_forge::tells_of_request(printed);
    missing(work, remote, url, carried)
        .or_else(|| (!is_told).then(|| failed(work, remote, url, message())))
}

fn failed(work: &Work<'_>, remote: &str, url: &str, message: String) -> GitPushFailed {
    GitPushFailed {
        run: Some(work.run.id),
        remote: remote.to_owned(),
        url: Some(without_credentials(url)),
        branch: work.branch().to_owned(),
        reason: PushFailure::Other,
        code: None,
        message,
    }
}
