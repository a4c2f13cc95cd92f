//! What others wrote, made fit to be shown: nothing in it may drive a terminal, go on for ever, or be a secret.

/// The longest piece of somebody else's text in a message, in characters.
pub(crate) const LONGEST: usize = 300;
/// The longest address that is taken for one, in bytes.
const LONGEST_URL: usize = 2000;

/// The text on one line, with control characters and marks that turn its direction spelled out, cut after `longest`
/// characters.
pub(crate) fn shown(text: &str, longest: usize) -> String {
    let mut shown = String::with_capacity(text.len().min(longest * 4));
    for (position, character) in text.trim().chars().enumerate() {
        if position == longest {
            shown.push('…');
            break;
        }
        match is_hidden(character) {
            true => shown.extend(character.escape_default()),
            false => shown.push(character),
        }
    }
    shown
}

/// The address, if it is one of the web that can be shown and followed; user and password taken out.
pub(crate) fn web_url(text: &str) -> Option<String> {
    let text = text.trim();
    let (scheme, rest) = text.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let is_plain = |c: char| !is_hidden(c) && !c.is_whitespace() && !"<>\"'`\\{}|^".contains(c);
    if !matches!(scheme.as_str(), "http" | "https")
        || text.len() > LONGEST_URL
        || !rest.chars().all(is_plain)
    {
        return None;
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let begins_well = |c: char| c.is_alphanumeric() || c == '[';
    host.starts_with(begins_well)
        .then(|| format!("{scheme}://{host}{path}"))
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        )
}

/// Secrets that may not be in anything that is shown, because they were given to a program or a server that may say
/// them again.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Vec<String>);

impl Secrets {
    /// Adds one; what is shorter than four characters could not be told from other text.
    pub(crate) fn add(&mut self, secret: &str) {
        if secret.len() >= 4 && !self.0.iter().any(|known| known == secret) {
            self.0.push(secret.to_owned());
            // The longest first: one secret may be the beginning of another.
            self.0.sort_by_key(|known| std::cmp::Reverse(known.len()));
        }
    }

    /// The text without them, shown.
    pub(crate) fn shown(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.0 {
            text = text.replace(secret.as_str(), "***");
        }
        shown(&text, LONGEST)
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secrets({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_hostile_is_shown() {
        let check = |text: &str, want: &str| assert_eq!(shown(text, 8), want, "{text:?}");
        check("plain", "plain");
        check("a\u{1b}[2Jb", "a\\u{1b}[2Jb");
        check("a\nb", "a\\nb");
        check("\u{202e}b", "\\u{202e}b");
        check("ninechars", "ninechar…");
    }

    #[test]
    fn only_addresses_of_the_web_pass() {
        let check = |text: &str, want: Option<&str>| {
            assert_eq!(web_url(text).as_deref(), want, "{text:?}");
        };
        check("https://a.b/c/pull/1", Some("https://a.b/c/pull/1"));
        check("HTTP://a.b:80/c", Some("http://a.b:80/c"));
        check("https://user:secret@a.b/c", Some("https://a.b/c"));
        check("https://a.b/c@d", Some("https://a.b/c@d"));
        check("https://[::1]:80/c", Some("https://[::1]:80/c"));
        check("javascript:alert(1)", None);
        check("file:///etc/passwd", None);
        check("https://", None);
        check("https:///path", None);
        check("https://-x/c", None);
        check("https://a.b/\u{1b}]8;;x", None);
        check("https://a.b/\u{202e}c", None);
        check("https://a.b/c d", None);
        check(&format!("https://a.b/{}", "c".repeat(2000)), None);
    }

    #[test]
    fn secrets_are_taken_out() {
        let mut secrets = Secrets::default();
        for secret in ["tok", "token-1", "token-12"] {
            secrets.add(secret);
        }
        assert_eq!(
            secrets.shown("tok token-1 token-12"),
            "tok *** ***",
            "the longer one is not left in half"
        );
        assert_eq!(format!("{secrets:?}"), "Secrets(2)");
    }
}
