//! Addresses of repositories, as they may be shown.

/// Without what is secret in it: all that stands before the host in an address of the web, be it a name, a password or
/// a token; of others the password.
pub(super) fn without_secret(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else {
        return address.to_owned();
    };
    let end = rest.find('/').unwrap_or(rest.len());
    let Some(at) = rest[..end].rfind('@') else {
        return address.to_owned();
    };
    let (who, place) = (&rest[..at], &rest[at + 1..]);
    let name = match who.split_once(':') {
        Some((name, _)) => name,
        None => who,
    };
    match scheme.starts_with("http") || name.is_empty() {
        true => format!("{scheme}://{place}"),
        false => format!("{scheme}://{name}@{place}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_secret_is_left() {
        let check = |address: &str, want: &str| assert_eq!(without_secret(address), want);
        check("origin", "origin");
        check("../up.git", "../up.git");
        check("git@host:ada/repo", "git@host:ada/repo");
        check("https://host/ada/re@po", "https://host/ada/re@po");
        check("https://ada:changeme@host/repo", "https://host/repo");
        check("https://t0ken@host:8443/repo", "https://host:8443/repo");
        check("https://ada:p@ss@host", "https://host");
        check("ssh://git@host/repo", "ssh://git@host/repo");
        check("ssh://git:changeme@host/repo", "ssh://git@host/repo");
    }
}
