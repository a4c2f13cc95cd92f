//! The names in a directory, by the cheapest means of the system.

use std::os::fd::OwnedFd;

use gix::bstr::{BStr, ByteSlice};
use rustix::fs::FileType;
use rustix::io::Errno;

/// The names in one directory with the kinds the system tells for free, sorted by their bytes; `.`, `..` and `.git`
/// are left out. One listing is filled again and again.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    bytes: Vec<u8>,
    names: Vec<Name>,
    /// There was a `.git` among them.
    pub(crate) has_dot_git: bool,
    #[cfg(target_os = "linux")]
    buffer: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
struct Name {
    start: usize,
    end: usize,
    kind: FileType,
}

impl Listing {
    /// How many names there are.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// The name at `position` and the kind of what it names; the kind may be `FileType::Unknown`.
    pub(crate) fn get(&self, position: usize) -> (&BStr, FileType) {
        let name = self.names[position];
        (self.bytes[name.start..name.end].as_bstr(), name.kind)
    }

    /// The position of `name`; `hint` is tried first, since most names are asked for in order.
    pub(crate) fn position(&self, name: &BStr, hint: usize) -> Option<usize> {
        if hint < self.len() && self.get(hint).0 == name {
            return Some(hint);
        }
        self.names
            .binary_search_by(|at| self.bytes[at.start..at.end].cmp(name))
            .ok()
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.names.clear();
        self.has_dot_git = false;
    }

    fn push(&mut self, name: &[u8], kind: FileType) {
        match name {
            b"." | b".." => {}
            b".git" => self.has_dot_git = true,
            _ => {
                let start = self.bytes.len();
                self.bytes.extend_from_slice(name);
                self.names.push(Name {
                    start,
                    end: self.bytes.len(),
                    kind,
                });
            }
        }
    }

    fn sort(&mut self) {
        let bytes = &self.bytes;
        self.names
            .sort_unstable_by(|a, b| bytes[a.start..a.end].cmp(&bytes[b.start..b.end]));
    }

    /// Fills the listing with the names in `directory`.
    #[cfg(target_os = "linux")]
    pub(crate) fn read(&mut self, directory: &OwnedFd) -> Result<(), Errno> {
        const BUFFER: usize = 32 * 1024;
        self.clear();
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.reserve(BUFFER);
        let mut entries = rustix::fs::RawDir::new(directory, buffer.spare_capacity_mut());
        let read = loop {
            match entries.next() {
                Some(Ok(entry)) => self.push(entry.file_name().to_bytes(), entry.file_type()),
                Some(Err(error)) => break Err(error),
                None => break Ok(()),
            }
        };
        self.buffer = buffer;
        self.sort();
        read
    }

    /// Fills the listing with the names in `directory`.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn read(&mut self, directory: &OwnedFd) -> Result<(), Errno> {
        self.clear();
        for entry in rustix::fs::Dir::read_from(directory)? {
            let entry = entry?;
            self.push(entry.file_name().to_bytes(), entry.file_type());
        }
        self.sort();
        Ok(())
    }
}
