//! Files that are secret by what they are: told by their names and how they begin.

use bstr::{BStr, ByteSlice as _};

use crate::rules::{self, Rule};

/// What a name makes one look for in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Suspect {
    /// A file of environment variables.
    Environment,
    /// A file of passwords.
    Passwords,
    /// A file of keys in a form of its own.
    Keys,
}

/// A file that is what its name says.
#[derive(Debug)]
pub(crate) struct Convicted {
    pub(crate) rule: &'static Rule,
    /// Counted from 1.
    pub(crate) line: u64,
    /// What may be shown of it.
    pub(crate) label: String,
}

impl Suspect {
    /// By the last part of `path`; none: nothing to look for.
    pub(crate) fn of(path: &BStr) -> Option<Self> {
        let name = path
            .rsplit_once_str("/")
            .map_or(path.as_bytes(), |(_, name)| name);
        let name = name.to_str_lossy().to_ascii_lowercase();
        let ends_in = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
        if [
            ".netrc",
            "_netrc",
            ".pgpass",
            "pgpass.conf",
            ".htpasswd",
            ".git-credentials",
        ]
        .contains(&name.as_str())
        {
            return Some(Self::Passwords);
        }
        if ends_in(&[
            ".p12",
            ".pfx",
            ".jks",
            ".jceks",
            ".keystore",
            ".kdbx",
            ".kdb",
        ]) {
            return Some(Self::Keys);
        }
        let is_environment = name.starts_with(".env")
            && !name[4..].starts_with(|c: char| c.is_ascii_alphanumeric())
            || name == ".envrc"
            || name.ends_with(".env");
        (is_environment && !ends_in(&SAMPLES)).then_some(Self::Environment)
    }

    /// Looks at how the file begins.
    pub(crate) fn convict(self, head: &[u8]) -> Option<Convicted> {
        let (rule, is_such): (_, fn(&[u8]) -> bool) = match self {
            Self::Environment => ("env-file", is_variable),
            Self::Passwords => ("password-file", is_password_line),
            Self::Keys => {
                return is_key_store(head).then(|| convicted("key-store", 1, String::new()));
            }
        };
        let (line, text) = head.lines().enumerate().find(|(_, line)| is_such(line))?;
        let name = text
            .split(|byte| b"=: \t".contains(byte))
            .next()
            .unwrap_or_default();
        let label = match self {
            Self::Environment => name.to_str_lossy().chars().take(60).collect(),
            Self::Passwords | Self::Keys => String::new(),
        };
        Some(convicted(rule, line as u64 + 1, label))
    }
}

/// How the names of files end that show what a file of variables looks like.
const SAMPLES: [&str; 10] = [
    ".example",
    ".sample",
    ".template",
    ".dist",
    ".defaults",
    ".tmpl",
    ".tpl",
    ".schema",
    "example.env",
    "sample.env",
];

fn convicted(rule: &str, line: u64, label: String) -> Convicted {
    let rule = rules::find(rule).expect("the table has the rules of files");
    Convicted { rule, line, label }
}

/// `NAME=value`, with a value.
fn is_variable(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let line = line.strip_prefix(b"export ").unwrap_or(line).trim_ascii();
    let Some((name, value)) = line.split_once_str("=") else {
        return false;
    };
    let name = name.trim_ascii();
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    !name.is_empty()
        && name.iter().all(is_name)
        && !value
            .trim_ascii()
            .trim_with(|c| c == '"' || c == '\'')
            .is_empty()
}

/// A line of netrc(5), .pgpass, .htpasswd or git-credential-store(1).
fn is_password_line(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let colons = line.iter().filter(|byte| **byte == b':').count();
    !line.starts_with(b"#")
        && (line.find(b"password ").is_some()
            || colons == 4
            || line
                .find(b"://")
                .is_some_and(|at| line[at..].contains(&b'@'))
            || colons == 1 && (line.find(b":$").is_some() || line.find(b":{").is_some()))
}

/// By the bytes they begin with: Java, JCE, KeePass, and the sequence of PKCS #12.
fn is_key_store(head: &[u8]) -> bool {
    const MAGIC: [&[u8]; 4] = [
        &[0xfe, 0xed, 0xfe, 0xed],
        &[0xce, 0xce, 0xce, 0xce],
        &[0x03, 0xd9, 0xa2, 0x9a],
        &[0x30, 0x82],
    ];
    MAGIC.iter().any(|magic| head.starts_with(magic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_alone_convicts_nobody() {
        let check = |path: &str, head: &str, wanted: Option<(&str, u64)>| {
            let suspect = Suspect::of(path.into());
            let found = suspect.and_then(|suspect| suspect.convict(head.as_bytes()));
            assert_eq!(
                found.map(|found| (found.rule.id, found.line)),
                wanted,
                "{path}"
            );
        };
        check("api/.env", "# keys\n\nPORT=80\n", Some(("env-file", 3)));
        check(".env.production", "export A='b'\n", Some(("env-file", 1)));
        check("prod.env", "A=1", Some(("env-file", 1)));
        check(".env", "A=\nB=\"\"\n", None);
        check(".env.example", "A=1\n", None);
        check(".environment", "A=1\n", None);
        check("main.rs", "A=1\n", None);
        check(
            "home/.netrc",
            "machine a login b password c\n",
            Some(("password-file", 1)),
        );
        check(".pgpass", "h:5432:d:u:p\n", Some(("password-file", 1)));
        check("app.jks", "nothing of the kind", None);
        let store = Suspect::of("app.jks".into())
            .and_then(|suspect| suspect.convict(&[0xfe, 0xed, 0xfe, 0xed]));
        assert!(store.is_some(), "a file of keys");
    }
}
