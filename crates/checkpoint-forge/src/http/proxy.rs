//! The proxy that git would take: config `http.proxy`, then the environment as curl reads it.

use checkpoint_git::{Program, Surroundings};
use ureq::Proxy;

use crate::ForgeError;

/// The proxy for the address; none where it is reached directly. Fails where there is one that makes no sense: going
/// past it is not for us to decide.
pub(crate) fn for_address(
    address: &str,
    surroundings: &Surroundings,
) -> Result<Option<Proxy>, ForgeError> {
    let proxy = |found: String| {
        Proxy::new(&found).map_err(|_| ForgeError::ProgramFailed {
            program: "http.proxy".to_owned(),
            // It may hold a password.
            said: "it is not the address of a proxy".to_owned(),
        })
    };
    named(address, surroundings).map(proxy).transpose()
}

fn named(address: &str, surroundings: &Surroundings) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let authority = rest.split('/').next().unwrap_or(rest);
    let variable = |name: &str| {
        let value = surroundings
            .filled(name)
            .or_else(|| surroundings.filled(&name.to_ascii_lowercase()));
        value.and_then(|value| value.to_str()).map(str::to_owned)
    };
    if variable("NO_PROXY").is_some_and(|list| is_listed(&list, authority)) {
        return None;
    }
    let config = || {
        let asked = Program::here(
            surroundings,
            ["config", "--get-urlmatch", "http.proxy", address],
        );
        let value = asked.answer().ok()??;
        Some(value.to_string().trim_end().to_owned())
    };
    // Only in lower case: a server may be made to set `HTTP_PROXY` by a header `Proxy`.
    let of_scheme = match scheme {
        "http" => surroundings
            .filled("http_proxy")
            .and_then(|value| value.to_str())
            .map(str::to_owned),
        _ => variable("HTTPS_PROXY"),
    };
    // Set to nothing in the configuration, it is none whatever the environment says.
    let found = config().or(of_scheme).or_else(|| variable("ALL_PROXY"));
    found.filter(|proxy| !proxy.is_empty())
}

/// Whether a list like `localhost,.example.org,10.0.0.1:80` names the host; `*` names all.
fn is_listed(list: &str, authority: &str) -> bool {
    let host = authority
        .rsplit_once(':')
        .map_or(authority, |(host, _)| host);
    list.split([',', ' ']).map(str::trim).any(|entry| {
        let name = entry.trim_start_matches('.').to_ascii_lowercase();
        let is_below = |host: &str| {
            host.strip_suffix(&name)
                .is_some_and(|left| left.ends_with('.'))
        };
        entry == "*" || (!name.is_empty() && (name == authority || name == host || is_below(host)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_listed_as_curl_lists_them() {
        let check = |list: &str, want: bool| {
            assert_eq!(is_listed(list, "git.example.org:8443"), want, "{list:?}");
        };
        check("git.example.org", true);
        check(".example.org", true);
        check("example.org", true);
        check("a, git.example.org:8443", true);
        check("*", true);
        check("ample.org", false);
        check("git.example.org:443", false);
        check("", false);
        check(",", false);
    }
}
