//! GitLab's REST interface, <https://docs.gitlab.com/api/merge_requests/>.

use serde_json::{Value, json};

use super::{Checks, Dialect, Places, Standing, claim, text};
use crate::site::{Site, part};

/// GitLab.
pub(super) const GITLAB: Dialect = Dialect {
    requests: |site| format!("projects/{}/merge_requests", part(&site.path)),
    query: |_, head, base| {
        let (head, base) = (part(head), part(base));
        format!("state=opened&source_branch={head}&target_branch={base}")
    },
    pages: 1,
    at: Places {
        list: "",
        number: "/iid",
        url: "/web_url",
        head: "/source_branch",
        base: "/target_branch",
        repositories: ["/source_project_id", "/target_project_id"],
        merged: &["/merge_commit_sha", "/squash_commit_sha"],
    },
    // A draft is known by its title here.
    wanted: |wanted| {
        json!({
            "title": wanted.title,
            "description": wanted.body,
            "source_branch": wanted.head,
            "target_branch": wanted.base,
        })
    },
    standing,
    checks: |_, _, _, request| Ok(pipeline(request)),
    allowed: None,
    merge: ("PUT", |_, tip| json!({ "sha": tip })),
    close: ("PUT", "", || json!({ "state_event": "close" })),
};

fn standing(_: &Site, request: &Value) -> Standing {
    let state = text(request, "/detailed_merge_status");
    // The checks have their own answer below.
    let says_nothing = matches!(
        state,
        "" | "mergeable" | "ci_still_running" | "ci_must_pass" | "draft_status" | "conflict"
    );
    Standing {
        is_merged: text(request, "/state") == "merged",
        is_open: text(request, "/state") == "opened",
        is_draft: claim(request, "/draft") || claim(request, "/work_in_progress"),
        tip: text(request, "/sha").to_owned(),
        has_conflicts: claim(request, "/has_conflicts"),
        blocked: (!says_nothing).then(|| state.to_owned()),
        checks: Checks::default(),
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
