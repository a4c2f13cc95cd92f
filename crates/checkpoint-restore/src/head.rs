//! Putting HEAD and its branch back, through the git program: it writes both reflogs and runs the hooks that watch refs.

use std::path::{Path, PathBuf};

use checkpoint_git::paths::as_path;
use checkpoint_git::refs;
use checkpoint_git::{Head, Repository};
use checkpoint_model::event::Upstream;
use checkpoint_model::restore::{BranchMove, HeadMove, HeadPosition};
use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice};

use crate::RestoreError;
use crate::faults;

/// How HEAD has to move from `now` to `then`, whose branch follows `upstream`; none when it need not.
pub(crate) fn plan(
    repo: &Repository,
    now: &Head,
    then: &Head,
    upstream: Option<&Upstream>,
) -> Result<Option<HeadMove>, RestoreError> {
    if now == then {
        return Ok(None);
    }
    let branch_now = match &then.reference {
        Some(name) => refs::find(repo, &name.to_string())?,
        None => None,
    };
    // Of a branch that is there, what it follows is its own matter.
    let is_made = branch_now.is_none() && then.id.is_some();
    let is_free = |_: &&Upstream| short(then).is_some_and(|branch| !is_configured(repo, branch));
    Ok(Some(HeadMove {
        now: position(now),
        then: position(then),
        branch_now: branch_now.map(|id| id.to_string()),
        upstream: upstream.filter(|_| is_made).filter(is_free).cloned(),
    }))
}

/// Where HEAD points, as a plan tells it.
pub(crate) fn position(head: &Head) -> HeadPosition {
    HeadPosition {
        reference: head.reference.as_ref().map(ToString::to_string),
        id: head.id.map(|id| id.to_string()),
    }
}

/// The branch, without `refs/heads/`.
fn short(head: &Head) -> Option<&BStr> {
    let name = head.reference.as_ref()?;
    name.strip_prefix(b"refs/heads/").map(ByteSlice::as_bstr)
}

/// Whether the configuration says what `branch` follows.
fn is_configured(repo: &Repository, branch: &BStr) -> bool {
    let config = repo.gix().config_snapshot();
    let is_set = |key| config.string_by("branch", branch, key).is_some();
    is_set("remote") || is_set("merge")
}

/// Lets a branch that was made follow what it followed.
fn follow(repo: &Repository, branch: &BStr, upstream: &Upstream) -> Result<(), RestoreError> {
    for (key, value) in [("remote", &upstream.remote), ("merge", &upstream.merge)] {
        let key = format!("branch.{branch}.{key}");
        repo.git(["config", "--local", "--replace-all", &key, value])
            .output()?;
    }
    Ok(())
}

/// Takes that away again, unless somebody has changed it since.
fn unfollow(repo: &Repository, branch: &BStr, upstream: &Upstream) -> Result<(), RestoreError> {
    let section = format!("branch.{branch}");
    let keys = format!("^{}\\.", escaped(&section));
    let set = repo
        .git(["config", "--local", "--null", "--get-regexp", &keys])
        .answer()?;
    let (remote, merge) = (&upstream.remote, &upstream.merge);
    let ours = format!("{section}.remote\n{remote}\0{section}.merge\n{merge}\0");
    if set.is_some_and(|set| set == ours) {
        repo.git(["config", "--local", "--remove-section", &section])
            .output()?;
    }
    Ok(())
}

/// `text`, meant as it stands in a regular expression.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() * 2);
    for character in text.chars() {
        if !character.is_alphanumeric() && !matches!(character, '/' | '-' | '_' | ' ') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// Moves HEAD to `then`, and its branch by compare-and-swap: it must still be where the plan saw it.
pub(crate) fn apply(
    repo: &Repository,
    step: &HeadMove,
    then: &Head,
    message: &str,
) -> Result<(), RestoreError> {
    let point = |name| faults::point(name).map_err(|source| failed(repo, source));
    match &then.reference {
        Some(name) => {
            point("head::before_branch")?;
            move_branch(repo, name, step.branch_now.as_deref(), then.id, message)?;
            let branch = name.strip_prefix(b"refs/heads/").map(ByteSlice::as_bstr);
            if let Some((branch, upstream)) = branch.zip(step.upstream.as_ref()) {
                follow(repo, branch, upstream)?;
            }
            point("head::between")?;
            if step.now.reference.as_deref() != Some(&*name.to_str_lossy()) {
                let name = name.to_string();
                repo.git(["symbolic-ref", "-m", message, "HEAD", &name])
                    .output()?;
            }
        }
        None => {
            point("head::before_detach")?;
            let id = then.id.map(|id| id.to_string()).unwrap_or_default();
            let mut arguments = vec!["update-ref", "--no-deref", "-m", message, "HEAD", &id];
            // On an unborn branch HEAD has no value that could be compared.
            if step.now.reference.is_none() {
                arguments.extend(step.now.id.as_deref());
            }
            repo.git(arguments).output()?;
        }
    }
    faults::passed("head::after");
    Ok(())
}

/// Puts a branch back where it was before a restore moved it, unless somebody has moved it since.
pub(crate) fn take_back(
    repo: &Repository,
    branch: &BranchMove,
    message: &str,
) -> Result<(), RestoreError> {
    let parse = |hex: &Option<String>| hex.as_deref().map(crate::apply::parse).transpose();
    let now = refs::find(repo, &branch.name)?;
    if now != parse(&branch.to)? {
        return Ok(());
    }
    faults::point("head::before_take_back").map_err(|source| failed(repo, source))?;
    let (name, to) = (BString::from(branch.name.as_str()), branch.to.as_deref());
    move_branch(repo, &name, to, parse(&branch.from)?, message)?;
    let short = name.strip_prefix(b"refs/heads/").map(ByteSlice::as_bstr);
    if let Some((short, upstream)) = short.zip(branch.upstream.as_ref()) {
        unfollow(repo, short, upstream)?;
    }
    faults::passed("head::after_take_back");
    Ok(())
}

fn failed(repo: &Repository, source: std::io::Error) -> RestoreError {
    RestoreError::GitDir {
        path: repo.git_dir().join("HEAD"),
        source,
    }
}

/// Moves the branch, makes it, or removes it where it was unborn.
fn move_branch(
    repo: &Repository,
    name: &BString,
    now: Option<&str>,
    then: Option<ObjectId>,
    message: &str,
) -> Result<(), RestoreError> {
    let name = name.to_string();
    let none = ObjectId::null(repo.gix().object_hash()).to_string();
    match (now, then.map(|id| id.to_string())) {
        (Some(now), Some(then)) if now == then => {}
        (None, None) => {}
        (now, Some(then)) => {
            let now = now.unwrap_or(&none);
            repo.git(["update-ref", "--no-deref", "-m", message, &name, &then, now])
                .output()?;
        }
        (Some(now), None) => {
            repo.git(["update-ref", "--no-deref", "-m", message, "-d", &name, now])
                .output()?;
        }
    }
    Ok(())
}

/// The top of another worktree in which `branch` (a full name) is checked out.
pub(crate) fn checked_out_elsewhere(repo: &Repository, branch: &str) -> Option<PathBuf> {
    let linked = fs_err::read_dir(repo.common_dir().join("worktrees"))
        .into_iter()
        .flatten();
    let linked = linked.filter_map(Result::ok).map(|entry| entry.path());
    let is_bare = repo
        .gix()
        .config_snapshot()
        .boolean("core.bare")
        .unwrap_or(false);
    let main = Some(repo.common_dir().to_owned()).filter(|_| !is_bare);
    let here = repo.git_dir().canonicalize().ok();
    let others = main
        .into_iter()
        .chain(linked)
        .filter(|dir| dir.canonicalize().ok() != here);
    let points_there = |dir: &PathBuf| {
        let head = fs_err::read(dir.join("HEAD")).unwrap_or_default();
        head.strip_prefix(b"ref: ")
            .is_some_and(|name| name.trim() == branch.as_bytes())
    };
    others
        .into_iter()
        .find(points_there)
        .map(|dir| top_of(&dir))
}

/// The working tree of a git directory, as far as it tells.
fn top_of(git_dir: &Path) -> PathBuf {
    let told = fs_err::read(git_dir.join("gitdir")).unwrap_or_default();
    let file = match told.trim() {
        [] => git_dir.to_owned(),
        told => git_dir.join(as_path(told.as_bstr())),
    };
    let is_usual = file.file_name().is_some_and(|name| name == ".git");
    match file.parent().filter(|_| is_usual) {
        Some(top) => top.to_owned(),
        None => file,
    }
}
