//! What `git fsck` would say.

use checkpoint_git::objects::ObjectSink;
use checkpoint_git::paths::as_path;
use checkpoint_git::{ProgramError, Repository};
use gix::ObjectId;
use gix::bstr::{BStr, ByteSlice};
use gix::index::entry::Mode;
use gix::objs::Kind;

use super::name::Special;
use crate::CaptureError;
use crate::tree::Entry;

/// A line of attributes of so many bytes is too long, and a file of so many too large (git's attr.h).
const LONG_LINE: usize = 2048;
const LARGE: usize = 100 << 20;

/// Judges entries by their paths and content.
pub(super) struct Judge<'a> {
    repo: &'a Repository,
    sink: &'a ObjectSink,
    head: Option<ObjectId>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(repo: &'a Repository, sink: &'a ObjectSink, head: Option<ObjectId>) -> Self {
        Self { repo, sink, head }
    }

    /// What HEAD has at `path`, other than a directory.
    pub(super) fn in_head(&self, path: &BStr) -> Option<Entry> {
        let commit = self.repo.gix().find_commit(self.head?).ok()?;
        let entry = commit
            .tree()
            .ok()?
            .lookup_entry_by_path(as_path(path))
            .ok()??;
        let mode = Mode::from(entry.mode());
        let id = entry.object_id();
        (mode != Mode::DIR).then_some(Entry { mode, id })
    }

    /// Whether git would object to `entry` at `path`, and does not so yet because HEAD has it there.
    pub(super) fn is_new_and_odd(
        &mut self,
        path: &BStr,
        entry: Entry,
    ) -> Result<bool, CaptureError> {
        let (above, name) = match path.rfind_byte(b'/') {
            Some(slash) => (&path[..slash], &path[slash + 1..]),
            None => (&path[..0], path),
        };
        let is_blob = |special: Special| matches!(special, Special::Modules | Special::Attributes);
        let is_below = above
            .split(|byte| *byte == b'/')
            .any(|name| Special::of(name).is_some_and(is_blob));
        let special = Special::of(name);
        let is_odd = is_below
            || match special {
                None => false,
                Some(_) if entry.mode == Mode::SYMLINK => true,
                Some(special) if entry.mode == Mode::COMMIT => is_blob(special),
                Some(Special::Modules) => {
                    // The program is asked about new content only.
                    return Ok(self.in_head(path) != Some(entry) && self.is_bad_modules(entry.id)?);
                }
                Some(Special::Attributes) => self.is_bad_attributes(entry.id)?,
                Some(Special::Ignore | Special::Mailmap) => false,
            };
        Ok(is_odd && self.in_head(path) != Some(entry))
    }

    fn is_bad_attributes(&self, id: ObjectId) -> Result<bool, CaptureError> {
        let content = self.content(id)?;
        Ok(content.len() > LARGE || content.lines().any(|line| line.len() >= LONG_LINE))
    }

    /// git itself reads it as the configuration it is; what it reads is judged as git does.
    fn is_bad_modules(&self, id: ObjectId) -> Result<bool, CaptureError> {
        let content = self.content(id)?;
        let listed = self.repo.git(["config", "--file", "-", "--list", "-z"]);
        let listed = match listed.output_of(&content) {
            Ok(listed) => listed,
            Err(ProgramError::Failed { .. }) => return Ok(true),
            Err(error) => return Err(error.into()),
        };
        let bad = listed.split(|byte| *byte == 0).any(|variable| {
            let (key, value) = match variable.find_byte(b'\n') {
                Some(end) => (&variable[..end], Some(&variable[end + 1..])),
                None => (variable, None),
            };
            is_bad_variable(key, value)
        });
        Ok(bad)
    }

    /// The bytes of a blob; nothing where it is not here, since then nobody can judge it.
    fn content(&self, id: ObjectId) -> Result<Vec<u8>, CaptureError> {
        Ok(match self.sink.read(&id)? {
            Some((Kind::Blob, content)) => content,
            _ => Vec::new(),
        })
    }
}

/// Whether git refuses `submodule.<name>.<what>` with this value.
fn is_bad_variable(key: &[u8], value: Option<&[u8]>) -> bool {
    let Some(rest) = key.strip_prefix(b"submodule.") else {
        return false;
    };
    let Some(dot) = rest.rfind_byte(b'.') else {
        return false;
    };
    let (name, what) = (&rest[..dot], &rest[dot + 1..]);
    let has_climbing_part = name
        .split(|byte| matches!(byte, b'/' | b'\\'))
        .any(|part| part == b"..");
    if name.is_empty() || has_climbing_part {
        return true;
    }
    match (what, value) {
        (b"url", Some(url)) => is_doubtful_url(url),
        (b"path", Some(path)) => path.starts_with(b"-"),
        (b"update", Some(update)) => update.starts_with(b"!"),
        _ => false,
    }
}

/// Whether git refuses the address of a submodule, or may: options, line ends, a relative one that climbs out of its
/// host, an address for curl that is none.
fn is_doubtful_url(url: &[u8]) -> bool {
    let has_line_end = url.contains(&b'\n') || url.to_ascii_lowercase().contains_str(b"%0a");
    if url.starts_with(b"-") {
        return true;
    }
    if url.starts_with(b"./") || url.starts_with(b"../") || url.starts_with(b"git://") {
        let mut rest = url;
        let mut climbs = false;
        loop {
            if let Some(next) = rest.strip_prefix(b"../") {
                (rest, climbs) = (next, true);
            } else if let Some(next) = rest.strip_prefix(b"./") {
                rest = next;
            } else {
                break;
            }
        }
        return has_line_end || climbs && matches!(rest.first(), Some(b':' | b'/'));
    }
    for scheme in ["http", "https", "ftp", "ftps"] {
        let doubled = url.strip_prefix(format!("{scheme}::").as_bytes());
        let rest = doubled.unwrap_or(url);
        let is_for_curl = doubled.is_some() || rest.starts_with(format!("{scheme}://").as_bytes());
        if is_for_curl {
            return has_line_end || !is_plain_address(rest);
        }
    }
    false
}

/// Whether `url` surely has the form that git takes: scheme, host, perhaps a port, a path without oddities.
fn is_plain_address(url: &[u8]) -> bool {
    let Some((scheme, rest)) = url.split_once_str(b"://") else {
        return false;
    };
    let (host, path) = match rest.find_byte(b'/') {
        Some(slash) => (&rest[..slash], &rest[slash..]),
        None => (rest, &rest[..0]),
    };
    let (host, port) = match host.rfind_byte(b':') {
        Some(colon) => (&host[..colon], &host[colon + 1..]),
        None => (host, &host[..0]),
    };
    let host = host.rsplit_once_str(b"@").map_or(host, |(_, host)| host);
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let climbs = path.split(|byte| *byte == b'/').any(|part| part == b"..");
    scheme.iter().all(u8::is_ascii_alphanumeric)
        && !host.is_empty()
        && host.iter().all(is_name)
        && port.len() <= 4
        && port.iter().all(u8::is_ascii_digit)
        && path.iter().all(u8::is_ascii_graphic)
        && !path.contains(&b'%')
        && !climbs
}
