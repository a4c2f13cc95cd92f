//! What each forge calls things, and how it wants to be asked.

mod bitbucket;
mod gitea;
mod github;
mod gitlab;
mod standing;

use checkpoint_model::policy::ForgeKind;
use serde_json::Value;

pub(crate) use self::standing::{Checks, Standing};
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

/// One kind of forge: where it has its requests, what it calls their parts, and what it wants to be told.
pub(crate) struct Dialect {
    /// The path of a repository's requests.
    requests: fn(&Site) -> String,
    /// What asks there for the open requests to merge one branch into another.
    query: fn(&Site, &str, &str) -> String,
    /// How many pages of the answer are looked through.
    pages: usize,
    at: Places,
    /// A request as it is to be.
    wanted: fn(&Wanted<'_>) -> Value,
    /// How a request stands, by the forge's own word, but for its checks.
    standing: fn(&Site, &Value) -> Standing,
    /// The checks of a request; its path is for whatever else has to be asked.
    checks: fn(&Site, &dyn Caller, &str, &Value) -> Result<Checks, ForgeError>,
    /// The path of what the repository allows, if a merge has to choose its way.
    allowed: Option<fn(&Site) -> String>,
    /// Verb and body of a merge, by what is allowed and the tip that was looked at.
    merge: (&'static str, fn(&Value, &str) -> Value),
    /// Verb, end of the path, and body of what closes a request without merging it.
    close: (&'static str, &'static str, fn() -> Value),
}

/// Where things stand in the forge's JSON, each a path like `/head/ref`.
struct Places {
    /// The requests in an answer that has several.
    list: &'static str,
    number: &'static str,
    /// The page of a request.
    url: &'static str,
    head: &'static str,
    base: &'static str,
    /// The repositories of both: a fork may have a branch of the same name.
    repositories: [&'static str; 2],
    /// The commit that came of a merge; the first that is there.
    merged: &'static [&'static str],
}

/// How to speak with forges of this kind.
pub(crate) fn of(kind: ForgeKind) -> &'static Dialect {
    match kind {
        ForgeKind::Github => &github::GITHUB,
        ForgeKind::Gitlab => &gitlab::GITLAB,
        ForgeKind::Gitea | ForgeKind::Forgejo => &gitea::GITEA,
        ForgeKind::Bitbucket => &bitbucket::BITBUCKET,
    }
}

impl Dialect {
    /// The open request to merge `head` into `base`, both of this repository.
    pub(crate) fn find(
        &self,
        site: &Site,
        to: &dyn Caller,
        head: &str,
        base: &str,
    ) -> Result<Option<Found>, ForgeError> {
        let [of_head, of_base] = self.at.repositories;
        let is_meant = |request: &&Value| {
            text(request, self.at.head) == head
                && text(request, self.at.base) == base
                && request.pointer(of_head) == request.pointer(of_base)
        };
        let (requests, query) = ((self.requests)(site), (self.query)(site, head, base));
        for page in 1..=self.pages {
            let page = match self.pages {
                1 => String::new(),
                _ => format!("&page={page}"),
            };
            let answer = to.ask(&Ask::get(format!("{requests}?{query}{page}")))?;
            let all = answer.pointer(self.at.list).and_then(Value::as_array);
            let all = all.ok_or_else(|| to.about().unreadable("it is no list"))?;
            if let Some(request) = all.iter().find(is_meant) {
                return self.found(to, request).map(Some);
            }
            if all.is_empty() {
                break;
            }
        }
        Ok(None)
    }

    /// Opens a request.
    pub(crate) fn create(
        &self,
        site: &Site,
        to: &dyn Caller,
        wanted: &Wanted<'_>,
    ) -> Result<Found, ForgeError> {
        let ask = Ask::with("POST", (self.requests)(site), (self.wanted)(wanted));
        let made = to.ask(&ask).map_err(|error| no_drafts(error, wanted))?;
        self.found(to, &made)
    }

    /// How the request stands; of one that is open also how its checks do.
    pub(crate) fn standing(
        &self,
        site: &Site,
        to: &dyn Caller,
        number: u64,
    ) -> Result<Standing, ForgeError> {
        let path = self.path(site, number);
        let request = to.ask(&Ask::get(path.as_str()))?;
        let mut standing = (self.standing)(site, &request);
        if standing.is_open {
            standing.checks = (self.checks)(site, to, &path, &request)?;
        }
        Ok(standing)
    }

    /// How the request stands, but for its checks, which a token need not be allowed to see.
    pub(crate) fn unchecked(
        &self,
        site: &Site,
        to: &dyn Caller,
        number: u64,
    ) -> Result<Standing, ForgeError> {
        let request = to.ask(&Ask::get(self.path(site, number)))?;
        Ok((self.standing)(site, &request))
    }

    /// Merges the request if its tip is still `tip`; gives the commit that came of it, where the forge says.
    pub(crate) fn merge(
        &self,
        site: &Site,
        to: &dyn Caller,
        number: u64,
        tip: &str,
    ) -> Result<Option<String>, ForgeError> {
        let allowed = match self.allowed {
            Some(path) => to.ask(&Ask::get(path(site)))?,
            None => Value::Null,
        };
        let (verb, body) = self.merge;
        let path = format!("{}/merge", self.path(site, number));
        let done = tell(to, &Ask::with(verb, path, body(&allowed, tip)))?;
        let mut commits = self.at.merged.iter().map(|at| text(&done, at));
        Ok(commits.find(|commit| !commit.is_empty()).map(str::to_owned))
    }

    /// Closes the request without merging it.
    pub(crate) fn close(
        &self,
        site: &Site,
        to: &dyn Caller,
        number: u64,
    ) -> Result<(), ForgeError> {
        let (verb, end, body) = self.close;
        let path = format!("{}{end}", self.path(site, number));
        tell(to, &Ask::with(verb, path, body())).map(drop)
    }

    fn path(&self, site: &Site, number: u64) -> String {
        format!("{}/{number}", (self.requests)(site))
    }

    fn found(&self, to: &dyn Caller, request: &Value) -> Result<Found, ForgeError> {
        let number = request.pointer(self.at.number).and_then(Value::as_u64);
        let url = text(request, self.at.url);
        Ok(Found {
            number: number.ok_or_else(|| to.about().unreadable("it names no number"))?,
            url: (!url.is_empty()).then(|| url.to_owned()),
        })
    }
}

/// Not every plan of GitHub's has drafts; the answer names no code for it.
fn no_drafts(error: ForgeError, wanted: &Wanted<'_>) -> ForgeError {
    let has_none = |said: &str| {
        let said = said.to_lowercase();
        wanted.draft && said.contains("draft pull requests are not supported")
    };
    match error {
        ForgeError::Refused {
            host,
            status: 422,
            said,
        } if has_none(&said) => ForgeError::NoDrafts { host, said },
        error => error,
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

/// Asks for something to be done, where only yes or no counts.
fn tell(to: &dyn Caller, ask: &Ask) -> Result<Value, ForgeError> {
    let reply = to.call(ask)?;
    match to.about().failure(&reply) {
        Some(error) => Err(error),
        None => Ok(serde_json::from_slice(&reply.body).unwrap_or_default()),
    }
}
