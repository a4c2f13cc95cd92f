//! GitLab's REST interface, <https://docs.gitlab.com/api/merge_requests/>.

use serde_json::{Value, json};

use super::{Checks, Dialect, Found, Standing, Wanted, claim, first, found, tell, text};
use crate::{
    ForgeError,
    caller::{Ask, Caller},
    site::{Site, part},
};

/// GitLab.
pub(super) struct Gitlab;

const NUMBER: &str = "/iid";
const URL: &str = "/web_url";

fn requests(site: &Site) -> String {
    format!("projects/{}/merge_requests", part(&site.path))
}

impl Dialect for Gitlab {
    fn find(
        &self,
        site: &Site,
        to: &dyn Caller,
        head: &str,
        base: &str,
    ) -> Result<Option<Found>, ForgeError> {
        let ask = format!(
            "{}?state=opened&source_branch={}&target_branch={}",
            requests(site),
            part(head),
            part(base)
        );
        // A fork may have a branch of the same name.
        let is_meant = |request: &Value| {
            text(request, "/source_branch") == head
                && text(request, "/target_branch") == base
                && request["source_project_id"] == request["target_project_id"]
        };
        first(to, &to.ask(&Ask::get(ask))?, is_meant, NUMBER, URL)
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
            "description": wanted.body,
            "source_branch": wanted.head,
            "target_branch": wanted.base,
        });
        let made = to.ask(&Ask::with("POST", requests(site), body))?;
        found(to, &made, NUMBER, URL)
    }

    fn standing(&self, site: &Site, to: &dyn Caller, number: u64) -> Result<Standing, ForgeError> {
        let request = to.ask(&Ask::get(format!("{}/{number}", requests(site))))?;
        let state = text(&request, "/detailed_merge_status");
        // The checks have their own answer below.
        let says_nothing = matches!(
            state,
            "" | "mergeable" | "ci_still_running" | "ci_must_pass" | "draft_status" | "conflict"
        );
        Ok(Standing {
            is_merged: text(&request, "/state") == "merged",
            is_open: text(&request, "/state") == "opened",
            is_draft: claim(&request, "/draft") || claim(&request, "/work_in_progress"),
            tip: text(&request, "/sha").to_owned(),
            has_conflicts: claim(&request, "/has_conflicts"),
            blocked: (!says_nothing).then(|| state.to_owned()),
            checks: pipeline(&request),
        })
    }

    fn merge(
        &self,
        site: &Site,
        to: &dyn Caller,
        number: u64,
        tip: &str,
    ) -> Result<Option<String>, ForgeError> {
        let body = json!({ "sha": tip });
        let ask = Ask::with("PUT", format!("{}/{number}/merge", requests(site)), body);
        let done = tell(to, &ask)?;
        let commits = ["/merge_commit_sha", "/squash_commit_sha"];
        let mut commits = commits.iter().map(|at| text(&done, at));
        Ok(commits.find(|sha| !sha.is_empty()).map(str::to_owned))
    }

    fn close(&self, site: &Site, to: &dyn Caller, number: u64) -> Result<(), ForgeError> {
        let body = json!({ "state_event": "close" });
        tell(
            to,
            &Ask::with("PUT", format!("{}/{number}", requests(site)), body),
        )
        .map(drop)
    }
}

/// The pipeline of the request's tip is all the checks there are.
fn pipeline(request: &Value) -> Checks {
    let mut checks = Checks::default();
    let pipeline = &request["head_pipeline"];
    let status = text(pipeline, "/status");
    if status.is_empty() {
        return checks;
    }
    let is_of_tip = pipeline["sha"] == request["sha"];
    let passed = match status {
        "success" | "skipped" if is_of_tip => Some(true),
        "failed" | "canceled" if is_of_tip => Some(false),
        _ => None,
    };
    checks.add("pipeline", passed);
    checks
}
