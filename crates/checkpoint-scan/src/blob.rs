//! Reading blobs: small ones at once, big ones piece by piece.

use std::io::{Cursor, Read};
use std::process::{Child, ChildStdout, Stdio};

use checkpoint_git::{Repository, objects::LooseBlob};
use gix::ObjectId;

use crate::ScanError;

/// From this size on a blob is streamed.
const BIG: u64 = 8 * 1024 * 1024;

/// What is known of a blob before it is read.
pub(crate) enum Blob {
    /// It can be read here.
    Here(Box<dyn Read>),
    /// It is big and in a pack: only the git program streams those.
    Packed,
    /// It is not here, as in a partial clone.
    Missing,
}

/// Opens the blob `id`.
pub(crate) fn open(repo: &gix::Repository, id: ObjectId) -> Result<Blob, ScanError> {
    let unreadable =
        |source: Box<dyn std::error::Error + Send + Sync>| ScanError::Unreadable { id, source };
    let header = repo
        .try_find_header(id)
        .map_err(|error| unreadable(error.into()))?;
    let Some(header) = header else {
        return Ok(Blob::Missing);
    };
    if header.size() < BIG {
        let mut object = repo
            .find_object(id)
            .map_err(|error| unreadable(error.into()))?;
        return Ok(Blob::Here(Box::new(Cursor::new(std::mem::take(
            &mut object.data,
        )))));
    }
    match LooseBlob::open(repo, &id).map_err(|error| unreadable(error.into()))? {
        Some(loose) => Ok(Blob::Here(Box::new(loose))),
        None => Ok(Blob::Packed),
    }
}

/// The content of a blob as the git program gives it out, in little memory.
pub(crate) struct Streamed {
    child: Child,
    content: ChildStdout,
}

impl Streamed {
    /// Starts git.
    pub(crate) fn open(repo: &Repository, id: ObjectId) -> Result<Self, ScanError> {
        let id_hex = id.to_string();
        let words = [
            "-c",
            "core.bigFileThreshold=8m",
            "-c",
            "core.packedGitWindowSize=16m",
            "-c",
            "core.packedGitLimit=32m",
        ];
        let words = words.into_iter().chain(["cat-file", "blob", &id_hex]);
        let mut command = repo.git(words).into_command();
        let spawned = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = spawned.map_err(|error| ScanError::Unreadable {
            id,
            source: error.into(),
        })?;
        let content = child
            .stdout
            .take()
            .expect("standard output was asked for as a pipe");
        Ok(Self { child, content })
    }

    /// Whether git has given out all of it.
    pub(crate) fn finish(mut self) -> std::io::Result<()> {
        drop(self.content);
        match self.child.wait()?.success() {
            true => Ok(()),
            false => Err(std::io::Error::other("git cat-file failed")),
        }
    }
}

impl Read for Streamed {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.content.read(buffer)
    }
}
