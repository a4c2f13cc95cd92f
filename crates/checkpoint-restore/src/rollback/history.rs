//! The commits between HEAD and where it goes, as git tells them.

use checkpoint_git::{Head, ProgramError, Repository};
use checkpoint_model::restore::{CommitLine, Leaving, Published, Rollback};
use gix::bstr::ByteSlice;

use super::RollbackError;

/// Finds the commit `commits` back from `head` along first parents, and what leaves the branch by that.
pub(super) fn find(repo: &Repository, head: &Head, commits: u32) -> Result<Leaving, RollbackError> {
    let Some(from) = head.id else {
        let branch = head.branch().map(ToString::to_string);
        return Err(RollbackError::Unborn {
            branch: branch.unwrap_or_else(|| "HEAD".to_owned()),
        });
    };
    let mut lines = log(repo, &from.to_string(), commits)?;
    let there = u32::try_from(lines.len().saturating_sub(1)).unwrap_or(u32::MAX);
    if there < commits {
        return Err(RollbackError::TooFar {
            asked: commits,
            there,
            is_shallow: repo.gix().is_shallow().unwrap_or(false),
        });
    }
    let to = lines.pop().expect("there are as many and one more");
    let reference = head.reference.as_ref().map(ToString::to_string);
    let published = published(repo, reference.as_deref(), &from.to_string(), &to.id);
    Ok(Leaving {
        rollback: Rollback {
            commits,
            from: from.to_string(),
            to: to.id,
            reference,
        },
        subject: to.subject,
        leaving: lines,
        published,
        untracked: Vec::new(),
    })
}

/// What a rollback that was found before still has to tell.
pub(super) fn told(repo: &Repository, rollback: &Rollback) -> Result<Leaving, RollbackError> {
    let mut lines = log(repo, &rollback.from, rollback.commits)?;
    let to = lines.pop();
    Ok(Leaving {
        rollback: rollback.clone(),
        subject: to.map(|to| to.subject).unwrap_or_default(),
        leaving: lines,
        published: None,
        untracked: Vec::new(),
    })
}

/// `from` and as many commits before it, newest first.
fn log(repo: &Repository, from: &str, commits: u32) -> Result<Vec<CommitLine>, ProgramError> {
    let count = format!("--max-count={}", u64::from(commits) + 1);
    let words = [
        "log",
        "--no-show-signature",
        "--no-color",
        "--first-parent",
        "-z",
        "--format=%H %s",
        &count,
        from,
        "--",
    ];
    let listed = repo.git(words).output()?;
    let line = |line: &[u8]| {
        let (id, subject) = line.split_once_str(b" ")?;
        Some(CommitLine {
            id: id.to_str_lossy().into_owned(),
            subject: subject.to_str_lossy().into_owned(),
        })
    };
    Ok(listed.split_str(b"\0").filter_map(line).collect())
}

/// How many of the commits from `to` (without it) to `from` the upstream has; none where there is no upstream, or it
/// has none of them.
fn published(
    repo: &Repository,
    reference: Option<&str>,
    from: &str,
    to: &str,
) -> Option<Published> {
    let words = [
        "for-each-ref",
        "--format=%(upstream) %(upstream:short)",
        reference?,
    ];
    let told = repo.git(words).output().ok()?;
    let told = told.lines().next()?.to_str_lossy().into_owned();
    let (full, short) = told.split_once(' ')?;
    let count = |more: &[&str]| -> Option<u64> {
        let without = format!("^{to}");
        let words = ["rev-list", "--count", from, &without];
        let words = words.iter().chain(more).chain(&["--"]);
        let told = repo.git(words).output().ok()?;
        told.to_str().ok()?.trim().parse().ok()
    };
    // An upstream that is gone has nothing.
    let commits = count(&[])? - count(&[&format!("^{full}")])?;
    (commits > 0).then(|| Published {
        upstream: short.to_owned(),
        commits,
    })
}
