//! The REST interface that Gitea and Forgejo share, <https://codeberg.org/api/swagger>.

use serde_json::{Value, json};

use super::{Checks, Dialect, Found, Standing, Wanted, claim, first, found, list, tell, text};
use crate::{
    ForgeError,
    caller::{Ask, Caller},
    site::{Site, part, path},
};

/// Gitea, and Forgejo.
pub(super) struct Gitea;

const NUMBER: &str = "/number";
const URL: &str = "/html_url";
/// How many pages of open requests are looked through, newest first.
const PAGES: usize = 20;

fn pulls(site: &Site) -> String {
    format!("repos/{}/pulls", path(&site.path))
}

impl Dialect for Gitea {
    fn find(
        &self,
        site: &Site,
        to: &dyn Caller,
        head: &str,
        base: &str,
    ) -> Result<Option<Found>, ForgeError> {
        // A fork may have a branch of the same name.
        let is_meant = |pull: &Value| {
            text(pull, "/head/ref") == head
                && text(pull, "/base/ref") == base
                && pull.pointer("/head/repo_id") == pull.pointer("/base/repo_id")
        };
        for page in 1..=PAGES {
            // There is no filter for branches that all versions know.
            let ask = format!(
                "{}?state=open&sort=recentupdate&limit=50&page={page}",
                pulls(site)
            );
            let pulls = to.ask(&Ask::get(ask))?;
            if let Some(found) = first(to, &pulls, is_meant, NUMBER, URL)? {
                return Ok(Some(found));
            }
            if list(&pulls, "").is_empty() {
                break;
            }
        }
        Ok(None)
    }

    fn create(
        &self,
        site: &Site,
        to: &dyn Caller,
        wanted: &Wanted<'_>,
    ) -> Result<Found, ForgeError> {
        // A draft is known by its title here.
        let body = json!({
            "title": wanted.title,
            "body": wanted.body,
            "head": wanted.head,
            "base": wanted.base,
        });
        let made = to.ask(&Ask::with("POST", pulls(site), body))?;
        found(to, &made, NUMBER, URL)
    }

    fn standing(&self, site: &Site, to: &dyn Caller, number: u64) -> Result<Standing, ForgeError> {
        let pull = to.ask(&Ask::get(format!("{}/{number}", pulls(site))))?;
        let tip = text(&pull, "/head/sha").to_owned();
        let ask = format!("repos/{}/commits/{}/status", path(&site.path), part(&tip));
        let statuses = to.ask(&Ask::get(ask))?;
        let mut checks = Checks::default();
        for status in list(&statuses, "/statuses") {
            let passed = match text(status, "/status") {
                "pending" => None,
                state => Some(matches!(state, "success" | "warning" | "skipped")),
            };
            checks.add(text(status, "/context"), passed);
        }
        Ok(Standing {
            is_merged: claim(&pull, "/merged"),
            is_open: text(&pull, "/state") == "open",
            is_draft: claim(&pull, "/draft")
                || crate::draft::is_marked(site.kind, text(&pull, "/title")),
            has_conflicts: pull["mergeable"] == json!(false),
            blocked: None,
            checks,
            tip,
        })
    }

    fn merge(
        &self,
        site: &Site,
        to: &dyn Caller,
        number: u64,
        tip: &str,
    ) -> Result<Option<String>, ForgeError> {
        let allowed = to.ask(&Ask::get(format!("repos/{}", path(&site.path))))?;
        let is_allowed = |key: &str| allowed[key] != json!(false);
        let way = match () {
            () if is_allowed("allow_merge_commits") => "merge",
            () if is_allowed("allow_squash_merge") => "squash",
            () => "rebase",
        };
        let body = json!({ "Do": way, "head_commit_id": tip });
        let ask = Ask::with("POST", format!("{}/{number}/merge", pulls(site)), body);
        tell(to, &ask)?;
        Ok(None)
    }

    fn close(&self, site: &Site, to: &dyn Caller, number: u64) -> Result<(), ForgeError> {
        let body = json!({ "state": "closed" });
        tell(
            to,
            &Ask::with("PATCH", format!("{}/{number}", pulls(site)), body),
        )
        .map(drop)
    }
}
