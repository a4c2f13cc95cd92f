//! Bitbucket Cloud's REST interface,
//! <https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pullrequests/>.

use serde_json::{Value, json};

use super::{Checks, Dialect, Found, Standing, Wanted, claim, first, found, list, tell, text};
use crate::{
    ForgeError,
    caller::{Ask, Caller},
    site::{Site, part, path},
};

/// Bitbucket Cloud.
pub(super) struct Bitbucket;

const NUMBER: &str = "/id";
const URL: &str = "/links/html/href";

fn requests(site: &Site) -> String {
    format!("repositories/{}/pullrequests", path(&site.path))
}

impl Dialect for Bitbucket {
    fn find(
        &self,
        site: &Site,
        to: &dyn Caller,
        head: &str,
        base: &str,
    ) -> Result<Option<Found>, ForgeError> {
        let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
        let query = format!(
            r#"state = "OPEN" AND source.branch.name = "{}" AND destination.branch.name = "{}""#,
            quoted(head),
            quoted(base)
        );
        let answer = to.ask(&Ask::get(format!("{}?q={}", requests(site), part(&query))))?;
        // A fork may have a branch of the same name.
        let is_meant = |request: &Value| {
            let full_name = |side: &str| text(request, &format!("/{side}/repository/full_name"));
            text(request, "/source/branch/name") == head
                && text(request, "/destination/branch/name") == base
                && full_name("source") == full_name("destination")
        };
        first(to, &answer["values"], is_meant, NUMBER, URL)
    }

    fn create(
        &self,
        site: &Site,
        to: &dyn Caller,
        wanted: &Wanted<'_>,
    ) -> Result<Found, ForgeError> {
        let body = json!({
            "title": wanted.title,
            "description": wanted.body,
            "source": { "branch": { "name": wanted.head } },
            "destination": { "branch": { "name": wanted.base } },
            "draft": wanted.draft,
        });
        let made = to.ask(&Ask::with("POST", requests(site), body))?;
        found(to, &made, NUMBER, URL)
    }

    fn standing(&self, site: &Site, to: &dyn Caller, number: u64) -> Result<Standing, ForgeError> {
        let request = to.ask(&Ask::get(format!("{}/{number}", requests(site))))?;
        let ask = format!("{}/{number}/statuses?pagelen=100", requests(site));
        let statuses = to.ask(&Ask::get(ask))?;
        let mut checks = Checks::default();
        for status in list(&statuses, "/values") {
            let passed = match text(status, "/state") {
                "INPROGRESS" => None,
                state => Some(state == "SUCCESSFUL"),
            };
            checks.add(text(status, "/name"), passed);
        }
        let state = text(&request, "/state");
        Ok(Standing {
            is_merged: state == "MERGED",
            is_open: state == "OPEN",
            is_draft: claim(&request, "/draft"),
            tip: text(&request, "/source/commit/hash").to_owned(),
            has_conflicts: false,
            blocked: None,
            checks,
        })
    }

    /// There is no condition on the tip here; it was compared a moment ago.
    fn merge(
        &self,
        site: &Site,
        to: &dyn Caller,
        number: u64,
        _tip: &str,
    ) -> Result<Option<String>, ForgeError> {
        let ask = Ask::with(
            "POST",
            format!("{}/{number}/merge", requests(site)),
            json!({}),
        );
        let done = tell(to, &ask)?;
        let commit = text(&done, "/merge_commit/hash");
        Ok(Some(commit)
            .filter(|commit| !commit.is_empty())
            .map(str::to_owned))
    }

    fn close(&self, site: &Site, to: &dyn Caller, number: u64) -> Result<(), ForgeError> {
        tell(
            to,
            &Ask::with(
                "POST",
                format!("{}/{number}/decline", requests(site)),
                json!({}),
            ),
        )
        .map(drop)
    }
}
