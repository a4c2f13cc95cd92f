//! What a restore that was killed has left in the working tree.

use std::fs::File;
use std::os::fd::OwnedFd;

use checkpoint_git::Repository;
use gix::bstr::{BStr, BString, ByteSlice};
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags};
use rustix::io::Errno;

use super::directory::{Located, Place, Top};
use super::look::{look, open_regular};
use super::{FilesError, Token};

/// The temporary files of one restore, wherever in the working tree.
pub(crate) struct Leftovers {
    top: Top,
    /// From the top of the working tree.
    pub(crate) paths: Vec<BString>,
}

impl Leftovers {
    /// Looks into every directory but those of other repositories; ignored ones as well, since a restore may write there.
    pub(crate) fn find(repo: &Repository, token: &Token) -> Result<Self, FilesError> {
        let top = Top::open(repo)?;
        let name = token.file_name();
        let (mut paths, mut directories) = (Vec::new(), vec![BString::default()]);
        while let Some(directory) = directories.pop() {
            let path = below(&directory, name.as_bytes());
            // Gone meanwhile, the git directory, or not for us: then it was not for the restore either.
            let Ok(Located::Place(place)) = top.find(path.as_bstr()) else {
                continue;
            };
            let is_other = !directory.is_empty()
                && rustix::fs::statat(&place.dir, ".git", AtFlags::SYMLINK_NOFOLLOW).is_ok();
            if is_other {
                continue;
            }
            if look(&place)?.stat.is_some() {
                paths.push(path.clone());
            }
            directories.extend(inside(&place.dir, &directory));
        }
        Ok(Self { top, paths })
    }

    /// Opens one for reading and tells its size; none when it is not a file.
    pub(crate) fn open(&self, path: &BString) -> Result<Option<(File, u64)>, FilesError> {
        let Some(place) = self.place(path.as_bstr())? else {
            return Ok(None);
        };
        let there = look(&place)?;
        let file = match there.found.is_regular() {
            true => open_regular(&place, &there)?,
            false => None,
        };
        Ok(file.map(|file| (file, there.size())))
    }

    /// Removes them all.
    pub(crate) fn remove(&self) -> Result<(), FilesError> {
        for path in &self.paths {
            let Some(place) = self.place(path.as_bstr())? else {
                continue;
            };
            match rustix::fs::unlinkat(&place.dir, place.name, AtFlags::empty()) {
                Ok(()) | Err(Errno::NOENT) => {}
                Err(errno) => return Err(FilesError::at("clean up", path.as_bstr(), errno)),
            }
        }
        Ok(())
    }

    fn place<'a>(&self, path: &'a BStr) -> Result<Option<Place<'a>>, FilesError> {
        Ok(match self.top.find(path)? {
            Located::Place(place) => Some(place),
            _ => None,
        })
    }
}

/// The directories in `directory`; none where they may not be listed.
fn inside(dir: &OwnedFd, directory: &BString) -> Vec<BString> {
    // The handle that names are resolved from may not be good for more than that.
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let opened = rustix::fs::openat(dir, ".", flags, Mode::empty());
    let Ok(entries) = opened.and_then(Dir::new) else {
        return Vec::new();
    };
    let is_directory = |name: &[u8], kind: FileType| match kind {
        FileType::Directory => true,
        FileType::Unknown => rustix::fs::statat(dir, name, AtFlags::SYMLINK_NOFOLLOW)
            .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Directory),
        _ => false,
    };
    let entries = entries.filter_map(Result::ok);
    let names = entries.map(|entry| (entry.file_name().to_bytes().to_owned(), entry.file_type()));
    names
        .filter(|(name, _)| !matches!(name.as_slice(), b"." | b".." | b".git"))
        .filter(|(name, kind)| is_directory(name, *kind))
        .map(|(name, _)| below(directory, &name))
        .collect()
}

fn below(directory: &BString, name: &[u8]) -> BString {
    match directory.is_empty() {
        true => name.into(),
        false => [directory.as_slice(), b"/", name].concat().into(),
    }
}
