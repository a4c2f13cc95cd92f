//! How a request stands, in the words of each forge.

use checkpoint_model::policy::ForgeKind::{self, Bitbucket, Gitea, Github, Gitlab};
use serde_json::{Value, json};

use super::TIP;
use crate::fake::Fake;

/// A check as all forges have it.
#[derive(Clone, Copy)]
pub(super) enum Check {
    Passed,
    Failed,
    Running,
}

/// How request 7 stands, in words that are each forge's own.
#[derive(Clone, Copy)]
pub(super) struct Stands {
    pub(super) tip: &'static str,
    pub(super) is_open: bool,
    pub(super) is_merged: bool,
    pub(super) is_draft: bool,
    pub(super) has_conflicts: bool,
    pub(super) check: Option<Check>,
}

pub(super) const WELL: Stands = Stands {
    tip: TIP,
    is_open: true,
    is_merged: false,
    is_draft: false,
    has_conflicts: false,
    check: Some(Check::Passed),
};

/// Puts it into the table.
pub(super) fn put(fake: &Fake, kind: ForgeKind, stands: Stands) {
    match kind {
        Github => github(fake, stands),
        Gitlab => gitlab(fake, stands),
        Gitea | ForgeKind::Forgejo => gitea(fake, stands),
        Bitbucket => bitbucket(fake, stands),
    }
}

fn github(fake: &Fake, stands: Stands) {
    let base = "GET /api/v3/repos/ada/engine";
    let pull = json!({
        "number": 7,
        "state": if stands.is_open { "open" } else { "closed" },
        "merged": stands.is_merged,
        "draft": stands.is_draft,
        "mergeable": !stands.has_conflicts,
        "mergeable_state": if stands.has_conflicts { "dirty" } else { "clean" },
        "head": { "sha": stands.tip },
    });
    let runs: Vec<Value> = stands
        .check
        .iter()
        .map(|check| match check {
            Check::Passed => {
                json!({ "name": "build", "status": "completed", "conclusion": "success" })
            }
            Check::Failed => {
                json!({ "name": "build", "status": "completed", "conclusion": "timed_out" })
            }
            Check::Running => {
                json!({ "name": "build", "status": "in_progress", "conclusion": null })
            }
        })
        .collect();
    fake.json(&format!("{base}/pulls/7"), 200, pull);
    fake.json(
        &format!("{base}/commits/{}/check-runs", stands.tip),
        200,
        json!({ "check_runs": runs }),
    );
    fake.json(
        &format!("{base}/commits/{}/status", stands.tip),
        200,
        json!({ "statuses": [] }),
    );
    fake.json(
        base,
        200,
        json!({ "allow_merge_commit": false, "allow_squash_merge": true }),
    );
}

fn gitlab(fake: &Fake, stands: Stands) {
    let state = match stands {
        Stands {
            is_merged: true, ..
        } => "merged",
        Stands { is_open: true, .. } => "opened",
        _ => "closed",
    };
    let pipeline = stands.check.map(|check| match check {
        Check::Passed => json!({ "status": "success", "sha": stands.tip }),
        Check::Failed => json!({ "status": "failed", "sha": stands.tip }),
        Check::Running => json!({ "status": "running", "sha": stands.tip }),
    });
    let request = json!({
        "iid": 7,
        "state": state,
        "draft": stands.is_draft,
        "sha": stands.tip,
        "has_conflicts": stands.has_conflicts,
        "detailed_merge_status": "mergeable",
        "head_pipeline": pipeline,
    });
    fake.json(
        "GET /api/v4/projects/ada%2Fengine/merge_requests/7",
        200,
        request,
    );
}

fn gitea(fake: &Fake, stands: Stands) {
    let base = "GET /api/v1/repos/ada/engine";
    let pull = json!({
        "number": 7,
        "state": if stands.is_open { "open" } else { "closed" },
        "merged": stands.is_merged,
        "title": if stands.is_draft { "WIP: x" } else { "x" },
        "mergeable": !stands.has_conflicts,
        "head": { "sha": stands.tip },
    });
    let statuses: Vec<Value> = stands
        .check
        .iter()
        .map(|check| match check {
            Check::Passed => json!({ "context": "build", "status": "success" }),
            Check::Failed => json!({ "context": "build", "status": "failure" }),
            Check::Running => json!({ "context": "build", "status": "pending" }),
        })
        .collect();
    fake.json(&format!("{base}/pulls/7"), 200, pull);
    fake.json(
        &format!("{base}/commits/{}/status", stands.tip),
        200,
        json!({ "statuses": statuses }),
    );
    fake.json(base, 200, json!({ "allow_merge_commits": true }));
}

fn bitbucket(fake: &Fake, stands: Stands) {
    let base = "GET /2.0/repositories/ada/engine/pullrequests/7";
    let state = match stands {
        Stands {
            is_merged: true, ..
        } => "MERGED",
        Stands { is_open: true, .. } => "OPEN",
        _ => "DECLINED",
    };
    let request = json!({
        "id": 7,
        "state": state,
        "draft": stands.is_draft,
        "source": { "commit": { "hash": &stands.tip[..12] } },
    });
    let statuses: Vec<Value> = stands
        .check
        .iter()
        .map(|check| match check {
            Check::Passed => json!({ "name": "build", "state": "SUCCESSFUL" }),
            Check::Failed => json!({ "name": "build", "state": "STOPPED" }),
            Check::Running => json!({ "name": "build", "state": "INPROGRESS" }),
        })
        .collect();
    fake.json(base, 200, request);
    fake.json(
        &format!("{base}/statuses"),
        200,
        json!({ "values": statuses }),
    );
}

/// The question that merges.
pub(super) fn merge_question(kind: ForgeKind) -> &'static str {
    match kind {
        Github => "PUT /api/v3/repos/ada/engine/pulls/7/merge",
        Gitlab => "PUT /api/v4/projects/ada%2Fengine/merge_requests/7/merge",
        Gitea | ForgeKind::Forgejo => "POST /api/v1/repos/ada/engine/pulls/7/merge",
        Bitbucket => "POST /2.0/repositories/ada/engine/pullrequests/7/merge",
    }
}
