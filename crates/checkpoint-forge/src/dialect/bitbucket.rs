//! Bitbucket Cloud's REST interface,
//! <https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pullrequests/>.

use serde_json::{Value, json};

use super::{Checks, Dialect, Places, Standing, claim, list, text};
use crate::{
    ForgeError,
    caller::{Ask, Caller},
    site::{Site, part, path},
};

/// Bitbucket Cloud.
pub(super) const BITBUCKET: Dialect = Dialect {
    requests: |site| format!("repositories/{}/pullrequests", path(&site.path)),
    query: |_, head, base| {
        let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
        let query = format!(
            r#"state = "OPEN" AND source.branch.name = "{}" AND destination.branch.name = "{}""#,
            quoted(head),
            quoted(base)
        );
        format!("q={}", part(&query))
    },
    pages: 1,
    at: Places {
        list: "/values",
        number: "/id",
        url: "/links/html/href",
        head: "/source/branch/name",
        base: "/destination/branch/name",
        repositories: [
            "/source/repository/full_name",
            "/destination/repository/full_name",
        ],
        merged: &["/merge_commit/hash"],
    },
    wanted: |wanted| {
        json!({
            "title": wanted.title,
            "description": wanted.body,
            "source": { "branch": { "name": wanted.head } },
            "destination": { "branch": { "name": wanted.base } },
            "draft": wanted.draft,
        })
    },
    standing,
    checks,
    allowed: None,
    // There is no condition on the tip here; it was compared a moment ago.
    merge: ("POST", |_, _| json!({})),
    close: ("POST", "/decline", || json!({})),
};

fn standing(_: &Site, request: &Value) -> Standing {
    let state = text(request, "/state");
    Standing {
        is_merged: state == "MERGED",
        is_open: state == "OPEN",
        is_draft: claim(request, "/draft"),
        tip: text(request, "/source/commit/hash").to_owned(),
        has_conflicts: false,
        blocked: None,
        checks: Checks::default(),
    }
}

fn checks(_: &Site, to: &dyn Caller, path: &str, _: &Value) -> Result<Checks, ForgeError> {
    let statuses = to.ask(&Ask::get(format!("{path}/statuses?pagelen=100")))?;
    let mut checks = Checks::default();
    for status in list(&statuses, "/values") {
        let passed = match text(status, "/state") {
            "INPROGRESS" => None,
            state => Some(state == "SUCCESSFUL"),
        };
        checks.add(text(status, "/name"), passed);
    }
    Ok(checks)
}
