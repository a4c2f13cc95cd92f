//! What we put into the repository's config: one block at its end, so that it can be cut out again as it came.

use std::path::Path;

use bstr::ByteSlice as _;
use checkpoint_cli::Session;
use checkpoint_share::{Direction, Remote};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    CheckpointError,
    hook::scripts::{CONFIG, Hook},
};

/// A value that is to be in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Setting {
    /// Such as `notes.rewriteRef`.
    pub(crate) key: String,
    pub(crate) value: String,
}

impl Setting {
    fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            value: value.into(),
        }
    }

    /// The section header and the name of the variable.
    fn place(&self) -> (String, &str) {
        let (section, variable) = self.key.rsplit_once('.').unwrap_or((&self.key, ""));
        let header = match section.split_once('.') {
            Some((section, sub)) => format!("[{section} \"{sub}\"]"),
            None => format!("[{section}]"),
        };
        (header, variable)
    }
}

/// What makes git run a hook of ours; the command first, since an event without one stops every commit.
pub(crate) fn of_hook(hook: &Hook, binary: &Path) -> [Setting; 2] {
    of_hook_as(hook, &hook.command(binary))
}

/// The same with a command that is given.
pub(crate) fn of_hook_as(hook: &Hook, command: &str) -> [Setting; 2] {
    let name = hook.config_name();
    [
        Setting::new(format!("hook.{name}.command"), command),
        Setting::new(format!("hook.{name}.event"), hook.name()),
    ]
}

/// What records need to follow their commits and to be shared, as far as it is not set, in `config` or by the person.
/// Where notes of somebody else are rewritten as well, how is theirs to say.
pub(crate) fn of_notes(
    session: &Session<'_>,
    config: &[u8],
) -> Result<Vec<Setting>, CheckpointError> {
    let known = Known::read(session, config)?;
    let [(refs, own), (mode, how)] = CONFIG;
    let mut settings = Vec::new();
    let rewritten = known.values(refs);
    if !rewritten.iter().any(|name| covers(name, own)) {
        settings.push(Setting::new(refs, own));
    }
    let others = rewritten.iter().any(|name| *name != own);
    if known.values(mode).is_empty() && !others {
        settings.push(Setting::new(mode, how));
    }
    settings.extend(of_sharing(session, &known));
    Ok(settings)
}

/// How git merges records that it is told to merge, and that it fetches those of the remote that we share with.
fn of_sharing(session: &Session<'_>, known: &Known) -> Vec<Setting> {
    let strategies = checkpoint_share::RECORDS.iter().filter_map(|reference| {
        let name = reference.strip_prefix("refs/notes/")?;
        let key = format!("notes.{name}.mergeStrategy");
        known
            .values(&key)
            .is_empty()
            .then(|| Setting::new(key, CONFIG[1].1))
    });
    let mut settings: Vec<_> = strategies.collect();
    let remote = Remote::default(&session.repo, Direction::Push).ok();
    let named = remote.and_then(|remote| Some((remote.name.clone()?, remote)));
    // The whole of a mirror is as it is there.
    let is_mirror = |name: &str| known.values(&format!("remote.{name}.mirror")) == ["true"];
    if let Some((name, remote)) = named.filter(|(name, _)| is_plain_name(name) && !is_mirror(name))
    {
        let key = format!("remote.{name}.fetch");
        let there = known.values(&key);
        let missing = remote.refspecs().into_iter();
        let missing = missing.filter(|refspec| !there.contains(&refspec.as_str()));
        settings.extend(missing.map(|refspec| Setting::new(key.clone(), refspec)));
    }
    settings
}

/// Whether a name needs no quoting where it stands in the header of a section.
fn is_plain_name(name: &str) -> bool {
    !name.contains(['"', '\\', '\n', '\0'])
}

/// What is set.
struct Known(Vec<(String, String)>);

impl Known {
    /// In `config`, and by the person for all repositories.
    fn read(session: &Session<'_>, config: &[u8]) -> Result<Self, CheckpointError> {
        let mut all = with(session, config, &["--list", "-z"])?;
        for scope in ["--global", "--system"] {
            let git = session.repo.git(["config", scope, "--list", "-z"]);
            // A global config that is not there is an error of its own for some gits.
            all.extend(git.answer().ok().flatten().unwrap_or_default().iter());
        }
        Ok(Self(entries(&all)))
    }

    fn values(&self, key: &str) -> Vec<&str> {
        let key = canonical(key);
        let of_key = self.0.iter().filter(|(known, _)| *known == key);
        of_key.map(|(_, value)| value.as_str()).collect()
    }
}

/// Keys and values, as `git config --list -z` has them.
fn entries(list: &[u8]) -> Vec<(String, String)> {
    let entries = list.split_str(b"\0").filter(|entry| !entry.is_empty());
    let parse = |entry: &[u8]| {
        let entry = entry.to_str_lossy();
        // A variable without a value is true.
        let (key, value) = entry.split_once('\n').unwrap_or((&entry, "true"));
        (key.to_owned(), value.to_owned())
    };
    entries.map(parse).collect()
}

/// A key as git lists it: only what is between the first and the last dot has upper case.
fn canonical(key: &str) -> String {
    let (section, variable) = key.rsplit_once('.').unwrap_or((key, ""));
    let variable = variable.to_ascii_lowercase();
    match section.split_once('.') {
        Some((section, sub)) => format!("{}.{sub}.{variable}", section.to_ascii_lowercase()),
        None => format!("{}.{variable}", section.to_ascii_lowercase()),
    }
}

/// Whether a value of `notes.rewriteRef` means this reference: git takes it for a pattern.
fn covers(value: &str, reference: &str) -> bool {
    let mode = gix::glob::wildmatch::Mode::empty();
    value == reference || gix::glob::wildmatch(value.into(), reference.into(), mode)
}

/// The text for these settings.
pub(crate) fn block(settings: &[Setting]) -> String {
    let mut text = String::new();
    let mut last = String::new();
    for setting in settings {
        let (header, variable) = setting.place();
        if header != last {
            text += &format!("{header}\n");
            last = header;
        }
        text += &format!("\t{variable} = {}\n", quoted(&setting.value));
    }
    text
}

/// `config` with this block at its end, and the block as it was put there.
pub(crate) fn with_block(config: &[u8], block: &str) -> (Vec<u8>, String) {
    let needs_end = !config.is_empty() && !config.ends_with(b"\n");
    let block = match needs_end && !block.is_empty() {
        true => format!("\n{block}"),
        false => block.to_owned(),
    };
    ([config, block.as_bytes()].concat(), block)
}

/// `config` without what is ours: without the block, where it is still in one piece; else git takes out value by value.
pub(crate) fn without_ours(
    session: &Session<'_>,
    config: &[u8],
    block: &str,
) -> Result<Vec<u8>, CheckpointError> {
    let at = config.rfind(block.as_bytes()).filter(|_| !block.is_empty());
    // A line below the block that begins no section of its own is one more value of the block's last section.
    let is_whole = |end: usize| matches!(config[end..].trim_start().first(), None | Some(b'['));
    if let Some(at) = at.filter(|at| is_whole(at + block.len())) {
        return Ok([&config[..at], &config[at + block.len()..]].concat());
    }
    let copy = Copy::of(session, config)?;
    refuse_edited(session, &copy, block)?;
    for section in our_sections(&copy.git(session, &["--list", "--name-only", "-z"])?) {
        copy.git(session, &["--remove-section", &section])?;
    }
    let put = Copy::of(session, block.as_bytes())?.git(session, &["--list", "-z"])?;
    let now = entries(&copy.git(session, &["--list", "-z"])?);
    for (key, value) in entries(&put).iter().filter(|entry| now.contains(entry)) {
        copy.git(session, &["--unset-all", key, &pattern(value)])?;
    }
    copy.read()
}

/// Refuses what stands in the sections of our hooks and is not what we have put there. Where the note of that is lost,
/// nothing can be told.
fn refuse_edited(session: &Session<'_>, now: &Copy, block: &str) -> Result<(), CheckpointError> {
    let list = ["--list", "-z"];
    let put = Copy::of(session, block.as_bytes())?.git(session, &list)?;
    let now = now.git(session, &list)?;
    let is_ours = |entry: &&[u8]| entry.starts_with(b"hook.checkpoint-");
    let mut entries = now.split_str(b"\0").filter(is_ours);
    match entries.find(|entry| put.split_str(b"\0").all(|put| put != *entry)) {
        Some(entry) if !block.is_empty() => {
            let entry = entry.to_str_lossy();
            let (key, value) = entry.split_once('\n').unwrap_or((&entry, ""));
            let (key, value) = (key.to_owned(), value.to_owned());
            Err(super::SetupError::Edited { key, value }.into())
        }
        _ => Ok(()),
    }
}

/// The sections that hold hooks of ours.
fn our_sections(names: &[u8]) -> Vec<String> {
    let names = names.split_str(b"\0").map(|name| name.to_str_lossy());
    let mut sections: Vec<_> = names
        .filter(|name| name.starts_with("hook.checkpoint-"))
        .filter_map(|name| Some(name.rsplit_once('.')?.0.to_owned()))
        .collect();
    sections.dedup();
    sections
}

/// What git makes of a config file with this content: the values of a key, one on each line.
pub(crate) fn with(
    session: &Session<'_>,
    config: &[u8],
    words: &[&str],
) -> Result<Vec<u8>, CheckpointError> {
    Copy::of(session, config)?.git(session, words)
}

/// The regular expression that matches this value only.
fn pattern(value: &str) -> String {
    let mut pattern = String::from("^");
    for c in value.chars() {
        if ".[]{}()*+?^$|\\".contains(c) {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern + "$"
}

/// A config file that only we know.
struct Copy {
    file: tempfile::NamedTempFile,
}

impl Copy {
    fn of(session: &Session<'_>, config: &[u8]) -> Result<Self, CheckpointError> {
        let written = || {
            let mut file = tempfile::NamedTempFile::new()?;
            std::io::Write::write_all(&mut file, config)?;
            Ok(Self { file })
        };
        let path = session.repo.common_dir().join("config");
        written().map_err(|source| super::SetupError::Unwritten { path, source }.into())
    }

    fn git(&self, session: &Session<'_>, words: &[&str]) -> Result<Vec<u8>, CheckpointError> {
        let path = self.file.path().as_os_str();
        let start = ["config".as_ref(), "--file".as_ref(), path];
        let words = words.iter().map(std::ffi::OsStr::new);
        let git = session.repo.git(start.into_iter().chain(words));
        Ok(git.answer()?.unwrap_or_default().into())
    }

    fn read(&self) -> Result<Vec<u8>, CheckpointError> {
        let path = self.file.path();
        // git has put a new file in the place of the one that is open here.
        fs_err::read(path).map_err(|source| {
            let path = path.to_owned();
            super::SetupError::Unwritten { path, source }.into()
        })
    }
}

/// A value as git-config(1) wants it.
fn quoted(value: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    match value.bytes().all(is_plain) {
        true => value.to_owned(),
        false => format!(
            "\"{}\"",
            value
                .replace('\\', "\\\\")
                .replace('"', "\\\"")
                .replace('\n', "\\n")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_reads_as_git_would_write_it() {
        let settings = [
            Setting::new("hook.checkpoint-pre-push.command", "a \"b\" '\\n'; # c"),
            Setting::new("hook.checkpoint-pre-push.event", "pre-push"),
            Setting::new("notes.rewriteRef", "refs/notes/agents"),
        ];
        let text = block(&settings);
        assert_eq!(
            text,
            "[hook \"checkpoint-pre-push\"]\n\tcommand = \"a \\\"b\\\" '\\\\n'; # c\"\n\tevent = pre-push\n\
             [notes]\n\trewriteRef = refs/notes/agents\n"
        );
        assert_eq!(with_block(b"[a]", &text).1, format!("\n{text}"));
        assert_eq!(with_block(b"", &text).1, text);
        assert_eq!(with_block(b"[a]", ""), (b"[a]".to_vec(), String::new()));
    }
}
