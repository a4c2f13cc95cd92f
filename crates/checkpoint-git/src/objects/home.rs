//! The `objects` directory: where files go, with which mode, and how they come into view.

use std::collections::BTreeSet;
use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use gix::oid;
use rustix::fs::{Mode, OFlags};
use tempfile::NamedTempFile;

use super::shared::Shared;
use super::{Durability, ObjectError};
use crate::faults;

/// The repository's own object database; never an alternate.
#[derive(Debug)]
pub(super) struct Home {
    pub(super) path: PathBuf,
    pub(super) hash: gix::hash::Kind,
    pub(super) shared: Shared,
    pub(super) durability: Durability,
}

impl Home {
    pub(super) fn of(repo: &gix::Repository, durability: Durability) -> Self {
        Self {
            path: repo.objects.store_ref().path().to_owned(),
            hash: repo.object_hash(),
            shared: Shared::of(repo),
            durability,
        }
    }

    /// Creates `<directory>/<prefix>XXXXXX`, read-only by mode and open for us; dropped, it is removed.
    pub(super) fn temporary(
        &self,
        directory: &Path,
        prefix: &str,
    ) -> Result<NamedTempFile, ObjectError> {
        let file = tempfile::Builder::new()
            .prefix(prefix)
            .rand_bytes(6)
            .permissions(Permissions::from_mode(0o444))
            .tempfile_in(directory)
            .map_err(|error| ObjectError::at("create a file in", directory, bare(error)))?;
        self.shared.adjust(file.as_file(), file.path())?;
        Ok(file)
    }

    /// Makes a directory below `objects` and tells whether it was missing.
    pub(super) fn make_directory(&self, path: &Path) -> Result<bool, ObjectError> {
        match rustix::fs::mkdir(path, Mode::from_bits_truncate(0o777)) {
            Ok(()) => {}
            Err(rustix::io::Errno::EXIST) => return Ok(false),
            Err(error) => return Err(ObjectError::at("create", path, error)),
        }
        if self.shared != Shared::Umask {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
            let directory = rustix::fs::open(path, flags, Mode::empty())
                .map_err(ObjectError::because("open", path))?;
            self.shared.adjust(directory, path)?;
        }
        Ok(true)
    }

    /// Where the loose object `id` is, or would be.
    pub(super) fn loose_path(&self, id: &oid) -> PathBuf {
        loose_path(&self.path, id)
    }
}

/// `<objects>/xx/yyyy…`
pub(super) fn loose_path(objects: &Path, id: &oid) -> PathBuf {
    let mut hex = gix::hash::Kind::hex_buf();
    let hex = id.hex_to_buf(&mut hex);
    let mut path = PathBuf::with_capacity(objects.as_os_str().len() + hex.len() + 2);
    path.push(objects);
    path.push(&hex[..2]);
    path.push(&hex[2..]);
    path
}

/// `tempfile` wraps an error to name the path, as we do ourselves; what the system said is inside.
fn bare(error: io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => error,
    }
}

/// A file that is complete and (if asked) synced, on its way to its name.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) file: tempfile::TempPath,
    pub(super) target: PathBuf,
}

/// Gives complete files their names, and tells in which directories something is new: those are to be synced.
///
/// The order is kept: a pack comes into view before its index, as readers look for indices. A file that another
/// process put there first is replaced; its content is the same, or git would not have given it the same name.
pub(super) fn rename_all(home: &Home, files: Vec<Ready>) -> Result<BTreeSet<PathBuf>, ObjectError> {
    let mut touched = BTreeSet::new();
    let broken = |error| ObjectError::at("put files in", &home.path, error);
    faults::point("objects::before_place").map_err(broken)?;
    for (at, Ready { file, target }) in files.into_iter().enumerate() {
        if at > 0 {
            faults::point("objects::between").map_err(broken)?;
        }
        let directory = target.parent().expect("every target is below 'objects'");
        if rename(home, file, &target, directory)? {
            touched.insert(home.path.clone());
        }
        touched.insert(directory.to_owned());
    }
    faults::passed("objects::after_place");
    Ok(touched)
}

/// Gives a file its name and tells whether `directory` had to be made for that.
fn rename(
    home: &Home,
    mut file: tempfile::TempPath,
    target: &Path,
    directory: &Path,
) -> Result<bool, ObjectError> {
    let mut attempts_left = 3;
    let mut made = false;
    loop {
        let Err(error) = file.persist(target) else {
            return Ok(made);
        };
        attempts_left -= 1;
        if error.error.kind() != io::ErrorKind::NotFound || attempts_left == 0 {
            return Err(ObjectError::at("put in place", target, error.error));
        }
        // Whoever makes it, it is new; and `git gc` may remove it again while it is empty.
        home.make_directory(directory)?;
        made = true;
        file = error.path;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::tests::Fixture;

    #[test]
    fn every_directory_with_a_new_name_in_it_is_known_to_be_synced() {
        let repo = Fixture::new();
        let home = Home::of(&repo.open(), Durability::None);
        let rename = |name: &str| {
            let file = home.temporary(&home.path, "tmp_obj_").unwrap();
            let ready = Ready {
                file: file.into_temp_path(),
                target: home.path.join(name),
            };
            rename_all(&home, vec![ready]).unwrap()
        };
        let path = |name: &str| home.path.join(name);
        assert_eq!(
            rename("ab/1"),
            BTreeSet::from([home.path.clone(), path("ab")]),
            "the directory is new itself"
        );
        assert_eq!(rename("ab/2"), BTreeSet::from([path("ab")]));
        assert_eq!(rename("pack/p"), BTreeSet::from([path("pack")]));
    }
}
