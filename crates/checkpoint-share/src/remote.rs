//! With whom: the remote that is meant, as git would choose it.

use std::path::Path;

use checkpoint_git::Repository;
use checkpoint_model::url::without_password;
use gix::bstr::ByteSlice as _;
use sha2::{Digest as _, Sha256};

use crate::{RECORDS, ShareError};

/// Where records go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To the other repository.
    Push,
    /// From it.
    Fetch,
}

/// Another repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// Its name in the configuration; none where a URL or a path was given.
    pub name: Option<String>,
    /// What git is told to write to: the name, or the URL.
    pub(crate) address: String,
    /// What git is told to read from: the same repository.
    pub(crate) source: String,
}

impl Remote {
    /// The remote that `typed` names, if it names one: a configured one, a URL, or the path of a repository.
    pub fn named(repo: &Repository, cwd: &Path, typed: &str) -> Option<Self> {
        if is_configured(repo, typed) {
            return Some(Self::configured(repo, typed));
        }
        let address = match is_url(typed) {
            true => typed.to_owned(),
            false => {
                let path = cwd.join(typed);
                let is_repository = path.join("HEAD").exists() || path.join(".git").exists();
                is_repository.then(|| path.to_string_lossy().into_owned())?
            }
        };
        Some(Self {
            name: None,
            source: address.clone(),
            address,
        })
    }

    /// The one that git itself would use from here, and otherwise `origin`; git-config(1) `branch.<name>.pushRemote`,
    /// `remote.pushDefault`, `branch.<name>.remote`. Fails with [`ShareError::NoRemote`] where there is none.
    pub fn default(repo: &Repository, direction: Direction) -> Result<Self, ShareError> {
        let config = repo.gix().config_snapshot();
        let value = |key: &str| Some(config.string(key)?.to_string());
        let head = repo.head().ok();
        let branch = head.as_ref().and_then(|head| head.branch());
        let of_branch = |key: &str| {
            let branch = branch?.to_str().ok()?;
            value(&format!("branch.{branch}.{key}"))
        };
        let to_push = || of_branch("pushRemote").or_else(|| value("remote.pushDefault"));
        let chosen = match direction {
            Direction::Push => to_push().or_else(|| of_branch("remote")),
            Direction::Fetch => of_branch("remote"),
        };
        let chosen = chosen.filter(|name| name != "." && !name.is_empty());
        let chosen = chosen.or_else(|| only(repo));
        let name = chosen.unwrap_or_else(|| "origin".to_owned());
        match (is_configured(repo, &name), is_url(&name)) {
            (true, _) => Ok(Self::configured(repo, &name)),
            (false, true) => Ok(Self {
                name: None,
                address: name.clone(),
                source: name,
            }),
            (false, false) => Err(ShareError::NoRemote),
        }
    }

    fn configured(repo: &Repository, name: &str) -> Self {
        let config = repo.gix().config_snapshot();
        let push_url = config.string(format!("remote.{name}.pushurl").as_str());
        // What is merged must be what is written to.
        let source = push_url.map_or_else(|| name.to_owned(), |url| url.to_string());
        Self {
            name: Some(name.to_owned()),
            address: name.to_owned(),
            source,
        }
    }

    /// How it is told to people: its name, or its URL without a password.
    pub fn shown(&self) -> String {
        match &self.name {
            Some(name) => name.clone(),
            None => without_password(&self.address),
        }
    }

    /// The reference that remembers where `reference` (`refs/notes/checkpoints`) stands there.
    pub fn tracking(&self, reference: &str) -> String {
        let record = reference.strip_prefix("refs/notes/").unwrap_or(reference);
        format!("refs/notes/remotes/{}/{record}", self.part())
    }

    /// What git config `remote.<name>.fetch` needs for the records to come with every fetch, whether they are there
    /// yet or not: a pattern may match nothing.
    pub fn refspecs(&self) -> [String; 3] {
        RECORDS.map(|reference| format!("+{reference}*:{}*", self.tracking(reference)))
    }

    /// Whether `git checkpoint init` has set up that records are shared with it.
    pub fn is_set_up(&self, repo: &Repository) -> bool {
        let Some(name) = &self.name else { return false };
        let config = repo.gix().config_snapshot();
        let key = format!("remote.{name}.fetch");
        let known = config.plumbing().strings(key.as_str()).unwrap_or_default();
        let wanted = self.refspecs();
        known.iter().any(|known| *known == wanted[0].as_str())
    }

    /// What stands for it in the name of a reference.
    fn part(&self) -> String {
        let name = self.name.as_deref().filter(|name| {
            gix::validate::reference::name(format!("refs/{name}/x").as_str().into()).is_ok()
        });
        name.map_or_else(|| digest(&self.address), str::to_owned)
    }
}

/// A URL hides what may be a password in it; a digest stands for it.
fn digest(address: &str) -> String {
    let digest = Sha256::digest(address);
    let hex = digest.iter().take(8).map(|byte| format!("{byte:02x}"));
    format!("url-{}", hex.collect::<String>())
}

fn is_configured(repo: &Repository, name: &str) -> bool {
    let names = repo.gix().remote_names();
    names.iter().any(|known| ***known == *name.as_bytes())
}

/// The only remote there is.
fn only(repo: &Repository) -> Option<String> {
    let names = repo.gix().remote_names();
    let mut names = names.iter();
    let only = names.next().filter(|_| names.next().is_none())?;
    Some(only.to_str().ok()?.to_owned())
}

/// Whether git would take it for a URL: `scheme://…`, or `host:path`.
fn is_url(text: &str) -> bool {
    let has_host = |(host, _): (&str, &str)| host.len() > 1 && !host.contains('/');
    !text.starts_with('-') && (text.contains("://") || text.split_once(':').is_some_and(has_host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_told_from_a_name() {
        let check = |text: &str, want: bool| assert_eq!(is_url(text), want, "{text}");
        check("https://example.org/a.git", true);
        check("git@example.org:a.git", true);
        check("host:path", true);
        check("origin", false);
        check("a/b:c", false);
        check("--upload-pack=x:y", false);
    }
}
