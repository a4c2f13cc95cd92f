//! GitHub's REST interface, <https://docs.github.com/rest/pulls/pulls>.

use serde_json::{Value, json};

use super::{Checks, Dialect, Found, Standing, Wanted, claim, first, found, list, tell, text};
use crate::{
    ForgeError,
    caller::{Ask, Caller},
    site::{Site, part, path},
};

/// GitHub, and GitHub Enterprise.
pub(super) struct Github;

const NUMBER: &str = "/number";
const URL: &str = "/html_url";

fn pulls(site: &Site) -> String {
    format!("repos/{}/pulls", path(&site.path))
}

impl Dialect for Github {
    fn find(
        &self,
        site: &Site,
        to: &dyn Caller,
        head: &str,
        base: &str,
    ) -> Result<Option<Found>, ForgeError> {
        let owner = site.path.split('/').next().unwrap_or_default();
        let head_of_owner = part(&format!("{owner}:{head}"));
        let ask = format!(
            "{}?state=open&head={head_of_owner}&base={}",
            pulls(site),
            part(base)
        );
        let is_meant =
            |pull: &Value| text(pull, "/head/ref") == head && text(pull, "/base/ref") == base;
        first(to, &to.ask(&Ask::get(ask))?, is_meant, NUMBER, URL)
    }

    fn create(
        &self,
        site: &Site,
        to: &dyn Caller,
        wanted: &Wanted<'_>,
    ) -> Result<Found, ForgeError> {
        let body = json!({
            "title": wanted.title,
            "body": wanted.body,
            "head": wanted.head,
            "base": wanted.base,
            "draft": wanted.draft,
        });
        let made = to.ask(&Ask::with("POST", pulls(site), body));
        found(
            to,
            &made.map_err(|error| no_drafts(error, wanted))?,
            NUMBER,
            URL,
        )
    }

    fn standing(&self, site: &Site, to: &dyn Caller, number: u64) -> Result<Standing, ForgeError> {
        let pull = to.ask(&Ask::get(format!("{}/{number}", pulls(site))))?;
        let tip = text(&pull, "/head/sha").to_owned();
        let state = text(&pull, "/mergeable_state");
        Ok(Standing {
            is_merged: claim(&pull, "/merged"),
            is_open: text(&pull, "/state") == "open",
            is_draft: claim(&pull, "/draft"),
            has_conflicts: state == "dirty" || pull["mergeable"] == json!(false),
            // `unstable` and `has_hooks` are no reasons: the checks are read one by one.
            blocked: Some(state)
                .filter(|state| matches!(*state, "blocked" | "behind"))
                .map(str::to_owned),
            checks: checks(site, to, &tip)?,
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
            () if is_allowed("allow_merge_commit") => "merge",
            () if is_allowed("allow_squash_merge") => "squash",
            () => "rebase",
        };
        let body = json!({ "sha": tip, "merge_method": way });
        let ask = Ask::with("PUT", format!("{}/{number}/merge", pulls(site)), body);
        let done = tell(to, &ask)?;
        Ok(Some(text(&done, "/sha"))
            .filter(|sha| !sha.is_empty())
            .map(str::to_owned))
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

/// Not every plan has drafts; the answer names no code for it.
fn no_drafts(error: ForgeError, wanted: &Wanted<'_>) -> ForgeError {
    match error {
        ForgeError::Refused {
            host,
            status: 422,
            said,
        } if wanted.draft
            && said
                .to_lowercase()
                .contains("draft pull requests are not supported") =>
        {
            ForgeError::NoDrafts { host, said }
        }
        error => error,
    }
}

/// Both kinds of checks that a commit may have: runs of apps (Actions among them), and plain statuses.
fn checks(site: &Site, to: &dyn Caller, tip: &str) -> Result<Checks, ForgeError> {
    let commit = format!("repos/{}/commits/{}", path(&site.path), part(tip));
    let mut checks = Checks::default();
    for page in 1.. {
        let ask = format!("{commit}/check-runs?per_page=100&page={page}");
        let runs = to.ask(&Ask::get(ask))?;
        let runs = list(&runs, "/check_runs");
        for run in runs {
            let conclusion = text(run, "/conclusion");
            let passed = (text(run, "/status") == "completed")
                .then_some(matches!(conclusion, "success" | "neutral" | "skipped"));
            checks.add(text(run, "/name"), passed);
        }
        // More than a thousand is more than anybody reads.
        if runs.len() < 100 || page == 10 {
            break;
        }
    }
    let statuses = to.ask(&Ask::get(format!("{commit}/status?per_page=100")))?;
    for status in list(&statuses, "/statuses") {
        let passed = match text(status, "/state") {
            "pending" => None,
            state => Some(state == "success"),
        };
        checks.add(text(status, "/context"), passed);
    }
    Ok(checks)
}
