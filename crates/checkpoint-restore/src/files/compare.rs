//! Whether what is there is what is wanted, or what is expected.

use std::fs::File;
use std::io::Read;

use gix::ObjectId;
use gix::bstr::BStr;
use gix::objs::Kind;

use super::content::{BIG, Body, Source};
use super::directory::Place;
use super::look::{There, hash_file, open_regular, read_link};
use super::{Expected, FileKind, FilesError, Found};

impl Source {
    /// Whether what is at `place` holds `body` already; one that is to be made is not compared here.
    pub(super) fn is_there(
        &self,
        place: &Place<'_>,
        there: &There,
        body: &Body,
    ) -> Result<bool, FilesError> {
        let expected_size = match body {
            Body::Target(target) => {
                return Ok(there.found == Found::Link
                    && read_link(place).is_some_and(|found| found == *target));
            }
            Body::Bytes(bytes) => bytes.len() as u64,
            Body::Blob { size, .. } => *size,
            Body::ByProgram { .. } | Body::ByDriver { .. } => return Ok(false),
        };
        if !there.found.is_regular() || there.size() != expected_size {
            return Ok(false);
        }
        let Some(mut file) = open_regular(place, there)? else {
            return Ok(false);
        };
        let is_same = match body {
            Body::Bytes(bytes) => is_same_content(&mut file, &mut bytes.as_slice()),
            Body::Blob { id, size } => {
                hash_file(id.kind(), &mut file, *size).map(|found| found == Some(*id))
            }
            _ => Ok(false),
        };
        is_same.map_err(FilesError::because("read", place.path))
    }

    /// Whether what was seen at `place` is what the caller expects, as far as a look can tell.
    pub(super) fn may_be(&self, found: Found, expected: &Expected) -> bool {
        match expected {
            Expected::Nothing => found == Found::Nothing,
            Expected::Special => found == Found::Special,
            Expected::Whatever => found != Found::Directory,
            Expected::File { kind, .. } => match (kind, found) {
                (FileKind::Link, Found::Link) => true,
                (FileKind::Link, found) => !self.symlinks && found.is_regular(),
                (FileKind::File, Found::File) => true,
                (FileKind::Executable, Found::Executable) => true,
                (_, found) => !self.file_mode && found.is_regular(),
            },
        }
    }

    /// Whether what was seen at `place` is what the caller expects, down to its content.
    pub(super) fn is_expected(
        &mut self,
        place: &Place<'_>,
        there: &There,
        expected: &Expected,
    ) -> Result<bool, FilesError> {
        if !self.may_be(there.found, expected) {
            return Ok(false);
        }
        let Expected::File { kind, stored, raw } = expected else {
            return Ok(true);
        };
        if there.found == Found::Link {
            let target = read_link(place).unwrap_or_default();
            let id = gix::objs::compute_hash(stored.kind(), Kind::Blob, &target);
            return Ok(id.is_ok_and(|id| id == *stored));
        }
        let Some(mut file) = open_regular(place, there)? else {
            return Ok(false);
        };
        let is_it = match there.size() > BIG {
            true => self.is_big_file(place.path, &mut file, there.size(), stored, *raw),
            false => self.is_small_file(place.path, &mut file, *kind, stored, *raw),
        };
        is_it.map_err(FilesError::because("read", place.path))
    }

    fn is_small_file(
        &mut self,
        path: &BStr,
        file: &mut File,
        kind: FileKind,
        stored: &ObjectId,
        raw: Option<ObjectId>,
    ) -> std::io::Result<bool> {
        // It is asked for its size once more, lest the reading begins with crumbs.
        let size = usize::try_from(file.metadata()?.len()).unwrap_or(0);
        let mut content = Vec::with_capacity(size + 1);
        file.take(BIG + 1).read_to_end(&mut content)?;
        let id = gix::objs::compute_hash(stored.kind(), Kind::Blob, &content).ok();
        if let Some(raw) = raw {
            return Ok(id == Some(raw));
        }
        Ok(id == Some(*stored)
            || kind != FileKind::Link && self.filters.is_stored_as(path, &content, stored))
    }

    fn is_big_file(
        &mut self,
        path: &BStr,
        file: &mut File,
        size: u64,
        stored: &ObjectId,
        raw: Option<ObjectId>,
    ) -> std::io::Result<bool> {
        let id = hash_file(stored.kind(), file, size)?;
        if let Some(raw) = raw {
            return Ok(id == Some(raw));
        }
        Ok(id == Some(*stored) || self.filters.is_big_stored_as(path, file, stored)?)
    }
}

/// Whether both give the same bytes, to their ends.
pub(super) fn is_same_content(one: &mut dyn Read, other: &mut dyn Read) -> std::io::Result<bool> {
    const CHUNK: usize = 64 * 1024;
    let (mut left, mut right) = (Vec::with_capacity(CHUNK), Vec::with_capacity(CHUNK));
    loop {
        left.clear();
        right.clear();
        one.take(CHUNK as u64).read_to_end(&mut left)?;
        other.take(CHUNK as u64).read_to_end(&mut right)?;
        if left != right {
            return Ok(false);
        }
        if left.is_empty() {
            return Ok(true);
        }
    }
}
