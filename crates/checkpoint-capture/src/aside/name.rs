//! Names that git knows: `.gitmodules` and its like, in every spelling by which some file system finds them.

/// A file that git reads, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Special {
    Modules,
    Attributes,
    Ignore,
    Mailmap,
}

/// Each with its name behind the dot, and how NTFS may shorten it when other short names are taken.
const NAMES: [(Special, &str, &str); 4] = [
    (Special::Modules, "gitmodules", "gi7eba"),
    (Special::Attributes, "gitattributes", "gi7d29"),
    (Special::Ignore, "gitignore", "gi250a"),
    (Special::Mailmap, "mailmap", "maba30"),
];

impl Special {
    /// The file that `name` is on some file system.
    pub(super) fn of(name: &[u8]) -> Option<Self> {
        if !may_be_special(name) {
            return None;
        }
        let found = NAMES
            .iter()
            .find(|(_, long, short)| is_on_hfs(name, long) || is_on_ntfs(name, long, short));
        found.map(|(special, _, _)| *special)
    }
}

/// Whether a part of `path` may be one of these names. Cheap: it is asked for every path of an index.
pub(super) fn may_be_odd(path: &[u8]) -> bool {
    path.split(|byte| *byte == b'/').any(may_be_special)
}

/// By the first bytes: a dot and a letter of `git` or `mail`, a short name, or what HFS ignores.
pub(super) fn may_be_special(name: &[u8]) -> bool {
    match name {
        [b'.', b'g' | b'G', b'i' | b'I', b't' | b'T', ..] => true,
        [b'.', b'm' | b'M', b'a' | b'A', ..] => true,
        [b'g' | b'G' | b'm' | b'M', ..] => name.len() >= 8 && name[..8].contains(&b'~'),
        [0xe2 | 0xef, ..] => true,
        [b'.', ..] => name.iter().any(|byte| matches!(byte, 0xe2 | 0xef)),
        _ => false,
    }
}

/// HFS+ tells no cases apart and passes over some characters that nobody sees.
fn is_on_hfs(name: &[u8], long: &str) -> bool {
    let Ok(name) = std::str::from_utf8(name) else {
        return false;
    };
    let mut seen = name.chars().filter(|character| {
        !matches!(character, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}')
    });
    let mut known = std::iter::once('.').chain(long.chars());
    loop {
        match (seen.next(), known.next()) {
            (None, None) => return true,
            (Some(one), Some(other)) if one.eq_ignore_ascii_case(&other) => {}
            _ => return false,
        }
    }
}

/// NTFS tells no cases apart, drops spaces and dots at the end and a stream behind a colon, and has short names:
/// `GITMOD~1`, and a hash where those are taken.
fn is_on_ntfs(name: &[u8], long: &str, short: &str) -> bool {
    let begins = |name: &[u8], with: &[u8]| {
        name.get(..with.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(with))
    };
    if let Some(rest) = name.strip_prefix(b".") {
        return begins(rest, long.as_bytes()) && is_dropped(&rest[long.len()..]);
    }
    if name.len() < 8 || !is_dropped(&name[8..]) {
        return false;
    }
    let Some(tilde) = name[..8].iter().position(|byte| *byte == b'~') else {
        return false;
    };
    let number = &name[tilde + 1..8];
    let is_number =
        matches!(number, [b'1'..=b'9', rest @ ..] if rest.iter().all(u8::is_ascii_digit));
    let is_usual = tilde == 6 && begins(name, &long.as_bytes()[..6]) && number <= b"4".as_slice();
    let is_hashed = tilde <= 6 && begins(name, &short.as_bytes()[..tilde]);
    is_number && (is_usual || is_hashed)
}

fn is_dropped(end: &[u8]) -> bool {
    end.iter()
        .take_while(|byte| **byte != b':')
        .all(|byte| matches!(byte, b' ' | b'.'))
}
