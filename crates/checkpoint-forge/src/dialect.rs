//! What each forge calls things, and how it wants to be asked.

mod bitbucket;
mod gitea;
mod github;
mod gitlab;

use checkpoint_model::policy::ForgeKind;
use serde_json::Value;

use crate::{
    ForgeError,
    caller::{Ask, Caller},
    site::Site,
};

/// A request to merge, as it is to be.
pub(crate) struct Wanted<'a> {
    pub(crate) head: &'a str,
    pub(crate) base: &'a str,
    /// With the mark of a draft, where that is how the forge knows one.
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) draft: bool,
}

/// A request to merge, as the forge has it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) number: u64,
    /// What the forge says is its page.
    pub(crate) url: Option<String>,
}

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
    fn add(&mut self, name: &str, passed: Option<bool>) {
        match passed {
            Some(true) => self.n_passed += 1,
            Some(false) => self.failed.push(name.to_owned()),
            None => self.running.push(name.to_owned()),
        }
    }
}

/// One kind of forge.
pub(crate) trait Dialect {
    /// The open request to merge `head` into `base`, both of this repository.
    fn find(
        &self,
        site: &Site,
        to: &dyn Caller,
        head: &str,
        base: &str,
    ) -> Result<Option<Found>, ForgeError>;

    /// Opens a request.
    fn create(
        &self,
        site: &Site,
        to: &dyn Caller,
        wanted: &Wanted<'_>,
    ) -> Result<Found, ForgeError>;

    /// How the request stands.
    fn standing(&self, site: &Site, to: &dyn Caller, number: u64) -> Result<Standing, ForgeError>;

    /// Merges the request if its tip is still `tip`; gives the commit that came of it, where the forge says.
    fn merge(
        &self,
        site: &Site,
        to: &dyn Caller,
        number: u64,
        tip: &str,
    ) -> Result<Option<String>, ForgeError>;

    /// Closes the request without merging it.
    fn close(&self, site: &Site, to: &dyn Caller, number: u64) -> Result<(), ForgeError>;
}

/// How to speak with forges of this kind.
pub(crate) fn of(kind: ForgeKind) -> &'static dyn Dialect {
    match kind {
        ForgeKind::Github => &github::Github,
        ForgeKind::Gitlab => &gitlab::Gitlab,
        ForgeKind::Gitea | ForgeKind::Forgejo => &gitea::Gitea,
        ForgeKind::Bitbucket => &bitbucket::Bitbucket,
    }
}

/// The text at a place like `/head/ref`; empty where there is none.
fn text<'a>(value: &'a Value, at: &str) -> &'a str {
    value
        .pointer(at)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// The claim at a place; no where there is none.
fn claim(value: &Value, at: &str) -> bool {
    value.pointer(at).and_then(Value::as_bool).unwrap_or(false)
}

/// The list at a place; empty where there is none.
fn list<'a>(value: &'a Value, at: &str) -> &'a [Value] {
    value
        .pointer(at)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The number and the page of a request, at the places where the forge writes them.
fn found(to: &dyn Caller, value: &Value, number: &str, url: &str) -> Result<Found, ForgeError> {
    let number = value.pointer(number).and_then(Value::as_u64);
    let number = number.ok_or_else(|| to.about().unreadable("it names no number"))?;
    Ok(Found {
        number,
        url: Some(text(value, url))
            .filter(|url| !url.is_empty())
            .map(str::to_owned),
    })
}

/// The first request of a list that is the one meant.
fn first(
    to: &dyn Caller,
    list: &Value,
    is_meant: impl Fn(&Value) -> bool,
    number: &str,
    url: &str,
) -> Result<Option<Found>, ForgeError> {
    let list = list
        .as_array()
        .ok_or_else(|| to.about().unreadable("it is no list"))?;
    let meant = list.iter().find(|value| is_meant(value));
    meant.map(|value| found(to, value, number, url)).transpose()
}

/// Asks for something to be done, where only yes or no counts.
fn tell(to: &dyn Caller, ask: &Ask) -> Result<Value, ForgeError> {
    let reply = to.call(ask)?;
    match to.about().failure(&reply) {
        Some(error) => Err(error),
        None => Ok(serde_json::from_slice(&reply.body).unwrap_or_default()),
    }
}
