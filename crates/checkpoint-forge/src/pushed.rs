//! What a push can carry to a forge beside commits, and what the server says about it on its "remote:" lines.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use checkpoint_model::policy::ForgeKind;

use crate::{Request, draft, shown::web_url, site::Site};

/// The longest text that fits into one push option, in bytes: pkt-line ends at 65,516, and some servers put options
/// into the environment of a hook.
const LONGEST_OPTION: usize = 16_000;

/// Push options by which GitLab opens a merge request.
pub(crate) fn gitlab_options(request: &Request) -> Vec<String> {
    // The draft is an option of its own here, so the title stays as it is.
    let title = draft::title(None, &request.title, false);
    let mut options = vec![
        "merge_request.create".to_owned(),
        format!("merge_request.target={}", request.base),
        format!("merge_request.title={title}"),
    ];
    if request.draft && !draft::is_marked(ForgeKind::Gitlab, &title) {
        options.push("merge_request.draft".to_owned());
    }
    if !request.body.trim().is_empty() {
        let text = one_line(&request.body);
        options.push(format!(
            "merge_request.description={}",
            fitting(&text, LONGEST_OPTION)
        ));
    }
    options.into_iter().map(|option| plain(&option)).collect()
}

/// Push options of AGit, for a push to [`agit_ref`].
pub(crate) fn agit_options(request: &Request) -> Vec<String> {
    let title = draft::title(Some(ForgeKind::Forgejo), &request.title, request.draft);
    let mut options = vec![agit_topic(&request.head), format!("title={title}")];
    let body = request.body.trim();
    if body.lines().count() > 1 {
        // Gitea's own way to say more than a line.
        let text = STANDARD.encode(fitting(body, LONGEST_OPTION / 4 * 3));
        options.push(format!("description={{base64}}{text}"));
    } else if !body.is_empty() {
        options.push(format!("description={}", fitting(body, LONGEST_OPTION)));
    }
    options.into_iter().map(|option| plain(&option)).collect()
}

/// An option is one line, and GitLab has no way to say more; `<br>` is what its markdown has for the end of a line, and a
/// heading would go on over all of them.
fn one_line(body: &str) -> String {
    let line = |line: &str| {
        let line = line.trim_end();
        let heading = line.trim_start_matches('#').strip_prefix(' ');
        match heading.filter(|_| line.starts_with('#')) {
            Some(heading) => format!("**{}**", heading.trim()),
            None => line.to_owned(),
        }
    };
    body.trim()
        .lines()
        .map(line)
        .collect::<Vec<_>>()
        .join("<br>")
}

/// Where AGit wants the commits.
pub(crate) fn agit_ref(base: &str) -> String {
    format!("refs/for/{base}")
}

/// By what AGit knows a request again.
pub(crate) fn agit_topic(head: &str) -> String {
    plain(&format!("topic={head}"))
}

/// git refuses an option with a line end in it, and a NUL ends one.
fn plain(option: &str) -> String {
    option.replace(['\n', '\r', '\0'], " ")
}

/// The beginning of the text that is not longer than so many bytes.
fn fitting(text: &str, longest: usize) -> &str {
    let mut end = text.len().min(longest);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// What a server said about requests while it took a push.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// The request that there is now.
    pub(crate) request: Option<(u64, Option<String>)>,
    /// Where a person can open one.
    pub(crate) compare_page: Option<String>,
    /// The request is new: git calls its ref a new one.
    pub(crate) is_new: bool,
}

/// Reads everything that a push printed, both streams. Only lines of the server count ("remote: "), and only addresses
/// below the repository where that is known; and `refs/pull/<n>/head`, which AGit answers with.
pub(crate) fn read(printed: &[u8], site: Option<&Site>) -> Told {
    let text = String::from_utf8_lossy(printed);
    let mut told = Told::default();
    for line in text.lines() {
        let Some(said) = line.trim_start().strip_prefix("remote:") else {
            read_ref(line, &mut told);
            continue;
        };
        let addresses = said.split_whitespace().filter_map(web_url);
        for address in addresses.filter(|address| is_ours(address, site)) {
            match number_of(&address) {
                Some(number) if told.request.as_ref().is_none_or(|(_, url)| url.is_none()) => {
                    told.request = Some((number, Some(address)));
                }
                None if told.compare_page.is_none() && is_compare_page(&address) => {
                    told.compare_page = Some(address);
                }
                _ => {}
            }
        }
    }
    told
}

/// A line of the push's own report: ` * [new reference]   HEAD -> refs/pull/7/head`, or with `--porcelain`
/// `*\tHEAD:refs/pull/7/head\t[new reference]`.
fn read_ref(line: &str, told: &mut Told) {
    let words = line.split(|c: char| c.is_whitespace() || c == ':');
    let number = words.into_iter().find_map(|word| {
        let number = word.strip_prefix("refs/pull/")?.strip_suffix("/head")?;
        number.parse().ok()
    });
    if let Some(number) = number.filter(|_| !line.trim_start().starts_with('!')) {
        told.is_new |= line.trim_start().starts_with('*');
        told.request.get_or_insert((number, None));
    }
}

fn is_ours(address: &str, site: Option<&Site>) -> bool {
    let Some(site) = site else { return true };
    let part = format!("/{}/", crate::site::path(&site.path).to_ascii_lowercase());
    address.to_ascii_lowercase().contains(&part)
}

/// The number of the request that the address is the page of.
fn number_of(address: &str) -> Option<u64> {
    let mut parts = address.trim_end_matches('/').rsplit('/');
    let number = parts.next()?.parse().ok()?;
    matches!(
        parts.next()?,
        "pull" | "pulls" | "merge_requests" | "pull-requests"
    )
    .then_some(number)
}

fn is_compare_page(address: &str) -> bool {
    [
        "/pull/new/",
        "/compare/",
        "/merge_requests/new",
        "/pull-requests/new",
    ]
    .iter()
    .any(|part| address.contains(part))
}

#[cfg(test)]
mod tests;
