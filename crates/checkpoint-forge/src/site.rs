//! Which forge a remote belongs to, and where on it: by what the policy says of its host, then by the well-known
//! names. No host is asked.

use std::collections::BTreeMap;

use checkpoint_model::policy::ForgeKind;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{ForgeError, Remote, Transport};

/// What is left as it is in a part of a path or a query; RFC 3986, "unreserved".
const PART: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// The same, and the slashes between parts.
const PATH: &AsciiSet = &PART.remove(b'/');

/// Encodes the text as one part of a path or a value of a query: slashes too.
pub(crate) fn part(text: &str) -> String {
    utf8_percent_encode(text, PART).to_string()
}

/// Encodes the text as a path.
pub(crate) fn path(text: &str) -> String {
    utf8_percent_encode(text, PATH).to_string()
}

/// A repository on a forge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Site {
    pub(crate) kind: ForgeKind,
    /// The host as a browser gets to it, with a port that is not the usual one.
    pub(crate) host: String,
    /// Where the forge's pages begin: `https://host`, without a slash at the end.
    pub(crate) web: String,
    /// `owner/repository`; on GitLab any number of groups before the project.
    pub(crate) path: String,
}

impl Site {
    /// The forge of the remote; none where nobody has said what runs on its host. Fails where it is known, and the path
    /// names no repository of such a forge.
    pub(crate) fn of(
        remote: &Remote,
        kinds: &BTreeMap<String, ForgeKind>,
    ) -> Result<Option<Self>, ForgeError> {
        let host = canonical(remote.host());
        let Some((kind, port)) = kind_of(remote, host, kinds) else {
            return Ok(None);
        };
        let (root, path) =
            split(kind, remote.segments()).ok_or_else(|| ForgeError::NoRepository {
                remote: remote.to_string(),
                forge: kind,
            })?;
        let host = match port {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        // Credentials of a well-known forge never travel in the clear, whatever the remote says.
        let scheme = match remote.transport() == Transport::Http && well_known(&host).is_none() {
            true => "http",
            false => "https",
        };
        let root = match remote.transport() {
            Transport::Http | Transport::Https => root,
            // What comes before the repository is a directory of the server, not of its pages.
            _ => String::new(),
        };
        let root: String = root
            .split('/')
            .filter(|part| !part.is_empty())
            .fold(String::new(), |before, part| {
                format!("{before}/{}", self::part(part))
            });
        Ok(Some(Self {
            kind,
            web: format!("{scheme}://{host}{root}"),
            host,
            path,
        }))
    }

    /// Where the forge's interface begins.
    pub(crate) fn api(&self) -> String {
        let (host, web) = (&self.host, &self.web);
        match self.kind {
            ForgeKind::Github if host == "github.com" => "https://api.github.com".to_owned(),
            ForgeKind::Github if host.ends_with(".ghe.com") => format!("https://api.{host}"),
            ForgeKind::Github => format!("{web}/api/v3"),
            ForgeKind::Gitlab => format!("{web}/api/v4"),
            ForgeKind::Gitea | ForgeKind::Forgejo => format!("{web}/api/v1"),
            ForgeKind::Bitbucket if host == "bitbucket.org" => {
                "https://api.bitbucket.org/2.0".to_owned()
            }
            ForgeKind::Bitbucket => format!("{web}/2.0"),
        }
    }

    /// The page of the repository.
    pub(crate) fn page(&self) -> String {
        format!("{}/{}", self.web, path(&self.path))
    }

    /// The page of the request with this number.
    pub(crate) fn request_page(&self, number: u64) -> String {
        let page = self.page();
        match self.kind {
            ForgeKind::Github => format!("{page}/pull/{number}"),
            ForgeKind::Gitlab => format!("{page}/-/merge_requests/{number}"),
            ForgeKind::Gitea | ForgeKind::Forgejo => format!("{page}/pulls/{number}"),
            ForgeKind::Bitbucket => format!("{page}/pull-requests/{number}"),
        }
    }

    /// The page on which a person opens a request to merge `head` into `base`.
    pub(crate) fn compare_page(&self, head: &str, base: &str) -> String {
        let page = self.page();
        match self.kind {
            ForgeKind::Github => {
                format!("{page}/compare/{}...{}?expand=1", path(base), path(head))
            }
            ForgeKind::Gitlab => format!(
                "{page}/-/merge_requests/new?merge_request%5Bsource_branch%5D={}&merge_request%5Btarget_branch%5D={}",
                part(head),
                part(base)
            ),
            ForgeKind::Gitea | ForgeKind::Forgejo => {
                format!("{page}/compare/{}...{}", path(base), path(head))
            }
            ForgeKind::Bitbucket => format!(
                "{page}/pull-requests/new?source={}&dest={}",
                part(head),
                part(base)
            ),
        }
    }

    /// Whether the host is one that everybody knows for a forge of this kind.
    pub(crate) fn is_well_known(&self) -> bool {
        well_known(&self.host) == Some(self.kind)
    }
}

/// Second names of well-known hosts: for ssh through the port of https.
fn canonical(host: &str) -> &str {
    match host {
        "ssh.github.com" | "www.github.com" => "github.com",
        "altssh.gitlab.com" => "gitlab.com",
        "altssh.bitbucket.org" => "bitbucket.org",
        host => host,
    }
}

fn well_known(host: &str) -> Option<ForgeKind> {
    match host {
        "github.com" => Some(ForgeKind::Github),
        "gitlab.com" => Some(ForgeKind::Gitlab),
        "codeberg.org" => Some(ForgeKind::Forgejo),
        "gitea.com" => Some(ForgeKind::Gitea),
        "bitbucket.org" => Some(ForgeKind::Bitbucket),
        host if host.ends_with(".ghe.com") => Some(ForgeKind::Github),
        _ => None,
    }
}

/// What runs on the host, and the port of its pages.
fn kind_of(
    remote: &Remote,
    host: &str,
    kinds: &BTreeMap<String, ForgeKind>,
) -> Option<(ForgeKind, Option<u16>)> {
    let is_web = matches!(remote.transport(), Transport::Http | Transport::Https);
    let usual = match remote.transport() {
        Transport::Http => 80,
        _ => 443,
    };
    let port = remote.port().filter(|port| is_web && *port != usual);
    if let Some(kind) = kinds.get(&remote.authority()).filter(|_| is_web) {
        return Some((*kind, port));
    }
    if let Some(kind) = kinds.get(host).copied().or_else(|| well_known(host)) {
        return Some((kind, port));
    }
    // ssh tells nothing about the port of the pages; an entry with a port does, where it is the only one.
    let mut with_port = kinds.iter().filter_map(|(key, kind)| {
        let (name, port) = key.rsplit_once(':')?;
        Some((*kind, Some(port.parse().ok()?))).filter(|_| name == host && !is_web)
    });
    with_port.next().filter(|_| with_port.next().is_none())
}

/// Splits what comes before the repository from `owner/repository`; none where there is no such thing.
fn split(kind: ForgeKind, segments: &[String]) -> Option<(String, String)> {
    let n_root = match kind {
        // Groups can be nested, so nothing tells a group from the folder that the pages begin in.
        ForgeKind::Gitlab => 0,
        ForgeKind::Gitea | ForgeKind::Forgejo => segments.len().checked_sub(2)?,
        ForgeKind::Github | ForgeKind::Bitbucket if segments.len() != 2 => return None,
        ForgeKind::Github | ForgeKind::Bitbucket => 0,
    };
    let (root, path) = segments.split_at(n_root);
    (path.len() >= 2).then(|| (root.join("/"), path.join("/")))
}

#[cfg(test)]
mod tests;
