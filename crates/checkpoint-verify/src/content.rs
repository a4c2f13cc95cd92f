//! Whether the bytes of an object are those that it is named after.

use std::{
    io::{self, Read},
    process::Stdio,
};

use checkpoint_git::{Repository, objects::LooseBlob};
use gix::{
    ObjectId,
    objs::{FindExt as _, Kind},
};

/// What is wrong with an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is not here.
    Gone,
    /// It is here and cannot be read.
    Unreadable,
    /// It can be read, and is something else than what its name says.
    Other,
    /// It lies deeper in directories than git goes.
    TooDeep,
}

impl Fault {
    /// What is to be said of the object.
    pub(crate) fn told(self) -> &'static str {
        match self {
            Self::Gone => "is not here",
            Self::Unreadable => "cannot be read",
            Self::Other => "is corrupt: it is not what its name says",
            Self::TooDeep => "lies deeper in directories than git goes",
        }
    }
}

/// Why an object could not be read.
pub(crate) fn why_unread(handle: &gix::Repository, id: ObjectId) -> Fault {
    match handle.has_object(id) {
        true => Fault::Unreadable,
        false => Fault::Gone,
    }
}

/// Fails unless an object of this kind and content has this name.
pub(crate) fn require_own(id: ObjectId, kind: Kind, data: &[u8]) -> Result<(), Fault> {
    match gix::objs::compute_hash(id.kind(), kind, data) {
        Ok(own) if own == id => Ok(()),
        _ => Err(Fault::Other),
    }
}

/// The same for a commit that can be read.
pub(crate) fn require_own_commit(handle: &gix::Repository, id: ObjectId) -> Result<(), Fault> {
    let object = handle.try_find_object(id).map_err(|_| Fault::Unreadable)?;
    let object = object.ok_or(Fault::Gone)?;
    require_own(id, object.kind, &object.data)
}

/// From so many bytes on a blob is read piece by piece.
const LARGE: u64 = 8 << 20;

/// How a blob was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// To its end.
    Read,
    /// Not yet: it is large, and in a pack.
    Large,
}

/// Reads the blob `id` and hashes it, unless only [`stream`] can do that in little memory.
pub(crate) fn check(
    handle: &gix::Repository,
    id: ObjectId,
    buffer: &mut Vec<u8>,
) -> Result<Size, Fault> {
    let header = handle.try_find_header(id).map_err(|_| Fault::Unreadable)?;
    let size = header.ok_or(Fault::Gone)?.size();
    if size < LARGE {
        let blob = handle.objects.find_blob(&id, buffer);
        let blob = blob.map_err(|_| why_unread(handle, id))?;
        require_own(id, Kind::Blob, blob.data)?;
        return Ok(Size::Read);
    }
    let Some(blob) = LooseBlob::open(handle, &id).map_err(|_| Fault::Unreadable)? else {
        return Ok(Size::Large);
    };
    require_read(id, blob.size, blob).map(|()| Size::Read)
}

/// The same for a large blob in a pack, by the git program.
pub(crate) fn stream(repo: &Repository, id: ObjectId) -> Result<(), Fault> {
    let size = repo.gix().try_find_header(id).ok().flatten();
    let size = size.ok_or(Fault::Gone)?.size();
    let hex = id.to_string();
    let words = ["-c", "core.bigFileThreshold=8m", "cat-file", "blob", &hex];
    let mut command = repo.git(words).into_command();
    let spawned = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = spawned.map_err(|_| Fault::Unreadable)?;
    let content = child.stdout.take().ok_or(Fault::Unreadable)?;
    let read = require_read(id, size, content);
    match child.wait() {
        Ok(status) if status.success() => read,
        _ => Err(Fault::Unreadable),
    }
}

fn require_read(id: ObjectId, size: u64, mut content: impl Read) -> Result<(), Fault> {
    let mut hasher = gix::hash::hasher(id.kind());
    hasher.update(&gix::objs::encode::loose_header(Kind::Blob, size));
    let mut buffer = vec![0; 1 << 20];
    loop {
        match content.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => hasher.update(&buffer[..n]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return Err(Fault::Unreadable),
        }
    }
    match hasher.try_finalize() {
        Ok(own) if own == id => Ok(()),
        _ => Err(Fault::Other),
    }
}
