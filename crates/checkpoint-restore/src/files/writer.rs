//! Does one step at a time.

use std::collections::BTreeSet;
use std::os::fd::AsFd;

use checkpoint_git::Repository;
use gix::bstr::{BStr, BString};
use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::io::Errno;

use super::content::{Body, Source};
use super::directory::{Located, Place, Top, in_the_way, make_directory};
use super::filters::Attributes;
use super::look::{There, is_still, look};
use super::permissions::{Wish, change};
use super::temporary::{Temporary, Token};
use super::{Applied, Expected, FileKind, FilesError, Found, Names, Step, Wanted};
use crate::faults;

/// Whether a step is on disk when it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// Each file and its directory are synced.
    Fsync,
    /// The caller syncs what it must.
    #[default]
    None,
}

/// How a [`Writer`] goes about it.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether a step is on disk when it is done.
    pub durability: Durability,
    /// Names the temporary files; the same again when a restore goes on after a crash.
    pub token: Token,
    /// Links that are written whatever their names: they were there, though git would not check them out.
    pub links: BTreeSet<BString>,
}

/// Writes to the working tree of one repository.
pub struct Writer {
    top: Top,
    names: Names,
    links: BTreeSet<BString>,
    source: Source,
    temporary_name: String,
    durability: Durability,
}

impl Writer {
    /// A writer for the working tree of `repo`. Nothing is written yet. Fails with [`FilesError::Bare`] where there is no
    /// working tree.
    pub fn new(
        repo: &Repository,
        attributes: Attributes<'_>,
        options: &Options,
    ) -> Result<Self, FilesError> {
        Ok(Self {
            top: Top::open(repo)?,
            names: Names::of(repo),
            links: options.links.clone(),
            source: Source::new(repo, attributes)?,
            temporary_name: options.token.file_name(),
            durability: options.durability,
        })
    }

    /// Does one step. What is neither expected nor wanted is left alone and told with [`Applied::Foreign`]; on any error
    /// what the step would have changed is as it was.
    pub fn apply(&mut self, step: &Step) -> Result<Applied, FilesError> {
        let path = step.path();
        let is_link = matches!(step, Step::Write { wanted, .. } if wanted.kind == FileKind::Link);
        self.names
            .check(path, is_link && !self.links.contains(path))?;
        let applied = match step {
            Step::Write {
                wanted, expected, ..
            } => self.write(path, wanted, expected),
            Step::Delete { expected, .. } => self.delete(path, expected),
            Step::SetPermissions {
                executable,
                permissions,
                ..
            } => self.set_permissions(path, Wish::of(*permissions, *executable)),
            Step::MakeDirectory { .. } => self.make_directory(path),
            Step::RemoveDirectoryIfEmpty { .. } => self.remove_directory(path),
        }?;
        if applied == Applied::Done {
            self.source.changed(path);
        }
        Ok(applied)
    }

    fn write(
        &mut self,
        path: &BStr,
        wanted: &Wanted,
        expected: &Expected,
    ) -> Result<Applied, FilesError> {
        let needs_a_file = !matches!(expected, Expected::Nothing | Expected::Whatever);
        let place = match self.top.find(path)? {
            Located::Place(place) => place,
            Located::Missing if needs_a_file => return Ok(foreign(Found::Nothing)),
            Located::Missing => self.top.make(path)?,
            Located::Obstructed { at, found } => return Err(in_the_way(path, at, found)),
        };
        let there = look(&place)?;
        refuse_obstacle(&place, there.found, expected)?;
        let body = self.source.body(path, wanted)?;
        let wish = Wish::of_wanted(wanted, &there, self.source.file_mode);
        if self.source.is_there(&place, &there, &body)? {
            return self.settle(&place, &there, wish);
        }
        if !body.is_to_be_made() && !self.source.may_be(there.found, expected) {
            return Ok(foreign(there.found));
        }
        let temporary_name = self.temporary_name.clone();
        let mut temporary = self.fill(&place, &temporary_name, &body, wish)?;
        if body.is_to_be_made() && temporary.is_there(&there)? {
            drop(temporary);
            return self.settle(&place, &there, wish);
        }
        // Filling it may have taken its time: another look, as late as can be.
        let there = look(&place)?;
        if !self.source.is_expected(&place, &there, expected)? || !temporary.put(&there)? {
            return Ok(foreign(look(&place)?.found));
        }
        self.sync_directory(&place)?;
        Ok(Applied::Done)
    }

    /// Makes the new file beside its place.
    fn fill<'a>(
        &mut self,
        place: &'a Place<'a>,
        name: &'a str,
        body: &Body,
        wish: Wish,
    ) -> Result<Temporary<'a>, FilesError> {
        let path = place.path;
        if let Body::Target(target) = body {
            let link = Temporary::link(place, name, target)?;
            faults::point("files::after_temp").map_err(FilesError::because("write", path))?;
            return Ok(link);
        }
        let mut temporary = Temporary::file(place, name, wish.at_creation())?;
        faults::point("files::in_write").map_err(FilesError::because("write", path))?;
        let file = temporary.file_mut().expect("it was made as a file");
        self.source.pour(path, body, file)?;
        wish.finish(&*file)
            .map_err(FilesError::because("write", path))?;
        if self.durability == Durability::Fsync {
            file.sync_all().map_err(FilesError::because("sync", path))?;
        }
        faults::point("files::after_temp").map_err(FilesError::because("write", path))?;
        Ok(temporary)
    }

    /// The content is as wanted: only the permissions may have to change.
    fn settle(&self, place: &Place<'_>, there: &There, wish: Wish) -> Result<Applied, FilesError> {
        match there.found.is_regular() && !wish.is_met(there) {
            true => change(place, there, wish, &self.temporary_name),
            false => Ok(Applied::AlreadySo),
        }
    }

    fn delete(&mut self, path: &BStr, expected: &Expected) -> Result<Applied, FilesError> {
        // Where a file or a link has taken the place of a directory, what was in that is gone.
        let Located::Place(place) = self.top.find(path)? else {
            return Ok(Applied::AlreadySo);
        };
        let there = look(&place)?;
        if matches!(there.found, Found::Nothing | Found::Directory) {
            return Ok(Applied::AlreadySo);
        }
        if !self.source.is_expected(&place, &there, expected)? {
            return Ok(foreign(there.found));
        }
        faults::point("files::before_delete").map_err(FilesError::because("delete", path))?;
        if !is_still(&place, &there)? {
            return Ok(foreign(look(&place)?.found));
        }
        match rustix::fs::unlinkat(&place.dir, place.name, AtFlags::empty()) {
            Ok(()) => faults::passed("files::after_delete"),
            Err(errno) => return Err(FilesError::at("delete", path, errno)),
        }
        self.sync_directory(&place)?;
        Ok(Applied::Done)
    }

    fn set_permissions(&self, path: &BStr, wish: Wish) -> Result<Applied, FilesError> {
        let Located::Place(place) = self.top.find(path)? else {
            return Ok(foreign(Found::Nothing));
        };
        let there = look(&place)?;
        match there.found.is_regular() {
            true => {
                let wish = wish.keeping(&there, self.source.file_mode);
                change(&place, &there, wish, &self.temporary_name)
            }
            false => Ok(foreign(there.found)),
        }
    }

    fn make_directory(&self, path: &BStr) -> Result<Applied, FilesError> {
        let place = self.top.make(path)?;
        match look(&place)?.found {
            Found::Directory => return Ok(Applied::AlreadySo),
            Found::Nothing => {}
            found => return Err(in_the_way(path, path, found)),
        }
        make_directory(place.dir.as_fd(), place.name, path)?;
        match look(&place)?.found {
            Found::Directory => {}
            found => return Err(in_the_way(path, path, found)),
        }
        self.sync_directory(&place)?;
        Ok(Applied::Done)
    }

    fn remove_directory(&self, path: &BStr) -> Result<Applied, FilesError> {
        let Located::Place(place) = self.top.find(path)? else {
            return Ok(Applied::AlreadySo);
        };
        if look(&place)?.found != Found::Directory {
            return Ok(Applied::AlreadySo);
        }
        const WHAT: &str = "remove the directory";
        faults::point("files::before_rmdir").map_err(FilesError::because(WHAT, path))?;
        match rustix::fs::unlinkat(&place.dir, place.name, AtFlags::REMOVEDIR) {
            Ok(()) => faults::passed("files::after_rmdir"),
            Err(Errno::NOENT | Errno::NOTDIR) => return Ok(Applied::AlreadySo),
            Err(Errno::NOTEMPTY | Errno::EXIST) => return Ok(Applied::NotEmpty),
            Err(errno) => return Err(FilesError::at(WHAT, path, errno)),
        }
        self.sync_directory(&place)?;
        Ok(Applied::Done)
    }

    fn sync_directory(&self, place: &Place<'_>) -> Result<(), FilesError> {
        if self.durability == Durability::None {
            return Ok(());
        }
        // The handle that names are resolved from may not be good for more than that.
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        rustix::fs::openat(&place.dir, ".", flags, Mode::empty())
            .and_then(rustix::fs::fsync)
            .map_err(FilesError::because("sync", place.path))
    }
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer")
            .field("top", &self.top)
            .field("temporary_name", &self.temporary_name)
            .field("durability", &self.durability)
            .finish_non_exhaustive()
    }
}

fn foreign(found: Found) -> Applied {
    Applied::Foreign { found }
}

/// A directory is never replaced by a file; a fifo, socket or device only when the caller knows of it.
fn refuse_obstacle(place: &Place<'_>, found: Found, expected: &Expected) -> Result<(), FilesError> {
    let is_expected = match found {
        Found::Directory => false,
        Found::Special => matches!(expected, Expected::Special | Expected::Whatever),
        _ => true,
    };
    match is_expected {
        true => Ok(()),
        false => Err(in_the_way(place.path, place.path, found)),
    }
}
