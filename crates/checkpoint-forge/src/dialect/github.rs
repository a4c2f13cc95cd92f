//! GitHub's REST interface, <https://docs.github.com/rest/pulls/pulls>.

use serde_json::{Value, json};

use super::{Checks, Dialect, Places, Standing, claim, list, text};
use crate::{
    ForgeError,
    caller::{Ask, Caller},
    site::{Site, part, path},
};

/// GitHub, and GitHub Enterprise.
pub(super) const GITHUB: Dialect = Dialect {
    requests: |site| format!("repos/{}/pulls", path(&site.path)),
    query: |site, head, base| {
        let owner = site.path.split('/').next().unwrap_or_default();
        let head = part(&format!("{owner}:{head}"));
        format!("state=open&head={head}&base={}", part(base))
    },
    pages: 1,
    at: Places {
        list: "",
        number: "/number",
        url: "/html_url",
        head: "/head/ref",
        base: "/base/ref",
        // The owner is in the question.
        repositories: ["", ""],
        merged: &["/sha"],
    },
    wanted: |wanted| {
        json!({
            "title": wanted.title,
            "body": wanted.body,
            "head": wanted.head,
            "base": wanted.base,
            "draft": wanted.draft,
        })
    },
    standing,
    checks,
    allowed: Some(|site| format!("repos/{}", path(&site.path))),
    merge: ("PUT", |allowed, tip| {
        let is_allowed = |key: &str| allowed[key] != json!(false);
        let way = match () {
            () if is_allowed("allow_merge_commit") => "merge",
            () if is_allowed("allow_squash_merge") => "squash",
            () => "rebase",
        };
        json!({ "sha": tip, "merge_method": way })
    }),
    close: ("PATCH", "", || json!({ "state": "closed" })),
};

fn standing(_: &Site, pull: &Value) -> Standing {
    let state = text(pull, "/mergeable_state");
    Standing {
        is_merged: claim(pull, "/merged"),
        is_open: text(pull, "/state") == "open",
        is_draft: claim(pull, "/draft"),
        has_conflicts: state == "dirty" || pull["mergeable"] == json!(false),
        // `unstable` and `has_hooks` are no reasons: the checks are read one by one.
        blocked: Some(state)
            .filter(|state| matches!(*state, "blocked" | "behind"))
            .map(str::to_owned),
        tip: text(pull, "/head/sha").to_owned(),
        checks: Checks::default(),
    }
}

/// Both kinds of checks that a commit may have: runs of apps (Actions among them), and plain statuses.
fn checks(site: &Site, to: &dyn Caller, _: &str, pull: &Value) -> Result<Checks, ForgeError> {
    let tip = part(text(pull, "/head/sha"));
    let commit = format!("repos/{}/commits/{tip}", path(&site.path));
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
