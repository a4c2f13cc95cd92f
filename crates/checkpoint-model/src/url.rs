//! How addresses are told: without what is secret in them.

/// The same text, without what may be a password in its URLs: what stands before the host, and what is asked for
/// behind a question mark, where tokens may stand.
pub fn without_password(text: &str) -> String {
    let is_end = |c: char| c.is_whitespace() || "'\"".contains(c);
    let mut shown = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        shown += before;
        let is_web = before.ends_with("http://") || before.ends_with("https://");
        let (url, behind) = after.split_at(after.find(is_end).unwrap_or(after.len()));
        let host_end = url.find(['/', '?', '#']).unwrap_or(url.len());
        let host = match url[..host_end].rfind('@') {
            // A token may stand in the place of the name.
            Some(at) if is_web => at + 1,
            Some(at) => match url[..at].split(':').next() {
                None | Some("") => at + 1,
                Some(user) => {
                    shown += user;
                    at
                }
            },
            None => 0,
        };
        match url[host..].split_once('?') {
            Some((place, _)) => shown.extend([place, "?…"]),
            None => shown += &url[host..],
        }
        rest = behind;
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn no_password_is_ever_shown() {
        let check = |text: &str, want: &str| assert_eq!(without_password(text), want);
        check("origin", "origin");
        check(
            "https://ada:secret@example.org/a.git",
            "https://example.org/a.git",
        );
        check(
            "fatal: 'https://token@example.org/a.git/' not found",
            "fatal: 'https://example.org/a.git/' not found",
        );
        check("ssh://git:pw@example.org/a", "ssh://git@example.org/a");
        check("ssh://:pw@example.org/a", "ssh://example.org/a");
        check("git@example.org:a.git", "git@example.org:a.git");
        check(
            "https://a:p%40@h/x and http://b:c@h",
            "https://h/x and http://h",
        );
        check("https://h/a@b", "https://h/a@b");
        check("https://a:p@ss@h/x", "https://h/x");
        check(
            "fatal: 'https://h/x.git?access_token=abc&x=1' not found",
            "fatal: 'https://h/x.git?…' not found",
        );
        check("https://h?token=a@b/c", "https://h?…");
    }
}
