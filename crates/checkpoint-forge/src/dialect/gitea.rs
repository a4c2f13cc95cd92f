//! The REST interface that Gitea and Forgejo share, <https://codeberg.org/api/swagger>.

use serde_json::{Value, json};

use super::{Checks, Dialect, Places, Standing, claim, list, text};
use crate::{
    ForgeError,
    caller::{Ask, Caller},
    site::{Site, part, path},
};

/// Gitea, and Forgejo.
pub(super) const GITEA: Dialect = Dialect {
    requests: |site| format!("repos/{}/pulls", path(&site.path)),
    // There is no filter for branches that all versions know; the newest come first.
    query: |_, _, _| "state=open&sort=recentupdate&limit=50".to_owned(),
    pages: 20,
    at: Places {
        list: "",
        number: "/number",
        url: "/html_url",
        head: "/head/ref",
        base: "/base/ref",
        repositories: ["/head/repo_id", "/base/repo_id"],
        merged: &[],
    },
    // A draft is known by its title here.
    wanted: |wanted| {
        json!({
            "title": wanted.title,
            "body": wanted.body,
            "head": wanted.head,
            "base": wanted.base,
        })
    },
    standing,
    checks,
    allowed: Some(|site| format!("repos/{}", path(&site.path))),
    merge: ("POST", |allowed, tip| {
        let is_allowed = |key: &str| allowed[key] != json!(false);
        let way = match () {
            () if is_allowed("allow_merge_commits") => "merge",
            () if is_allowed("allow_squash_merge") => "squash",
            () => "rebase",
        };
        json!({ "Do": way, "head_commit_id": tip })
    }),
    close: ("PATCH", "", || json!({ "state": "closed" })),
};

fn standing(site: &Site, pull: &Value) -> Standing {
    Standing {
        is_merged: claim(pull, "/merged"),
        is_open: text(pull, "/state") == "open",
        is_draft: claim(pull, "/draft") || crate::draft::is_marked(site.kind, text(pull, "/title")),
        has_conflicts: pull["mergeable"] == json!(false),
        blocked: None,
        tip: text(pull, "/head/sha").to_owned(),
        checks: Checks::default(),
    }
}

fn checks(site: &Site, to: &dyn Caller, _: &str, pull: &Value) -> Result<Checks, ForgeError> {
    let tip = part(text(pull, "/head/sha"));
    let ask = format!("repos/{}/commits/{tip}/status", path(&site.path));
    let statuses = to.ask(&Ask::get(ask))?;
    let mut checks = Checks::default();
    for status in list(&statuses, "/statuses") {
        let passed = match text(status, "/status") {
            "pending" => None,
            state => Some(matches!(state, "success" | "warning" | "skipped")),
        };
        checks.add(text(status, "/context"), passed);
    }
    Ok(checks)
}
