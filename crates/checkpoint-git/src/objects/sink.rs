//! [`ObjectSink`]: takes objects from many threads and puts them into the repository together.

use std::fs::File;
use std::io::{Cursor, Read, Seek};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use gix::ObjectId;
use gix::objs::Kind;
use gix::oid;

use super::big::{self, BIG, Source};
use super::deflate::Deflaters;
use super::durable::{into_inner, lock, processors, spread};
use super::existing::{Existing, Presence};
use super::home::{Home, Ready, rename_all};
use super::loose::{Fresh, Loose};
use super::pack::{Entry, Pack};
use super::state::{Stage, State};
use super::{Durability, ObjectError};

/// Collects new objects of a repository and puts them in place in one step, [`ObjectSink::finish`].
///
/// All methods may be called from many threads at once. Nothing becomes visible in the repository before `finish`;
/// a sink that is dropped instead leaves nothing behind.
pub struct ObjectSink {
    home: Home,
    existing: Existing,
    /// For reading objects back; a handle is made from it when one is needed.
    store: gix::parallel::OwnShared<gix::odb::Store>,
    deflaters: Deflaters,
    state: Mutex<State>,
    /// An object was lost on the way, so the set must not be put in place.
    failed: AtomicBool,
}

/// What [`ObjectSink::finish`] has added to the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// Objects that were not there before.
    pub objects: usize,
    /// Bytes on the disk, deflated; a pack's index included.
    pub bytes: u64,
}

/// Objects that are in place, whole, with names that a power cut may still take away.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[must_use]
pub struct Placed {
    /// What was added to the repository.
    pub written: Written,
    /// The directories that have to be synced before a ref names the objects.
    pub unsynced: Vec<PathBuf>,
}

impl ObjectSink {
    /// Makes a sink for the repository's own object database. Nothing is written yet.
    ///
    /// Fails with [`ObjectError::Alternates`] when the alternates cannot be followed.
    pub fn new(repo: &gix::Repository) -> Result<Self, ObjectError> {
        Self::with_durability(repo, Durability::default())
    }

    /// As [`ObjectSink::new`], choosing whether [`ObjectSink::finish`] waits for the disk.
    pub fn with_durability(
        repo: &gix::Repository,
        durability: Durability,
    ) -> Result<Self, ObjectError> {
        Ok(Self {
            home: Home::of(repo, durability),
            existing: Existing::of(repo)?,
            store: repo.objects.store(),
            deflaters: Deflaters::default(),
            state: Mutex::default(),
            failed: AtomicBool::new(false),
        })
    }

    /// Names an object and keeps it for writing, unless the repository has it; then that one is freshened.
    ///
    /// Content of 8 MiB and more is written (and synced) at once, to a temporary file.
    /// After an error no more can come of this sink: [`ObjectSink::finish`] fails with [`ObjectError::Incomplete`].
    pub fn write(&self, kind: Kind, data: Vec<u8>) -> Result<ObjectId, ObjectError> {
        if data.len() as u64 >= BIG {
            let size = data.len() as u64;
            return self.must(self.write_big(kind, &mut Cursor::new(data), size));
        }
        let id = gix::objs::compute_hash(self.home.hash, kind, &data);
        let id = self.must(id.map_err(ObjectError::collision))?;
        if self.is_missing(&id) {
            self.must(self.take(Fresh { id, kind, data }))?;
        }
        Ok(id)
    }

    /// Names the content of an open file of `size` bytes and writes it as a blob, unless the repository has it.
    ///
    /// Of 8 MiB and more it is streamed in flat memory, and read twice if it has to be written. Fails with
    /// [`ObjectError::Changed`] when the file has another size or changed between the two readings, and with
    /// [`ObjectError::Source`] when it cannot be read; the sink can be used on after these two.
    pub fn write_file(&self, file: &mut File, size: u64) -> Result<ObjectId, ObjectError> {
        if size >= BIG {
            let written = self.write_big(Kind::Blob, file, size);
            return match written {
                Err(ObjectError::Changed { .. } | ObjectError::Source { .. }) => written,
                written => self.must(written),
            };
        }
        let expected = usize::try_from(size).expect("less than 8 MiB");
        let mut data = Vec::with_capacity(expected + 1);
        file.rewind().map_err(ObjectError::source)?;
        // One byte more than there should be tells a file that grew.
        let found = file
            .take(size + 1)
            .read_to_end(&mut data)
            .map_err(ObjectError::source)?;
        if found != expected {
            return Err(ObjectError::Changed {
                expected: size,
                found: found as u64,
            });
        }
        self.write(Kind::Blob, data)
    }

    /// Freshens an object that is referred to but was not written here, and tells whether it exists.
    ///
    /// Costs a search in each pack; for a loose object also a `stat`. Where it is in a cruft pack only, a copy is
    /// written, as git does. Fails when that copy cannot be read or written.
    pub fn reuse(&self, id: &oid) -> Result<bool, ObjectError> {
        if lock(&self.state).known.contains(id) {
            return Ok(true);
        }
        let mut presence = self.existing.keep(id);
        // A `git gc` that ran meanwhile has put it into another pack.
        if presence == Presence::Absent && self.existing.refresh() {
            presence = self.existing.keep(id);
        }
        match presence {
            Presence::Absent => Ok(false),
            // What we may not freshen is another's to keep: a copy of all that a clone borrows would be no gain.
            Presence::Kept | Presence::Exposed => Ok(true),
            Presence::Doomed => {
                if let Some((kind, data)) = self.read_existing(id)? {
                    let id = id.to_owned();
                    self.must(self.take(Fresh { id, kind, data }))?;
                }
                Ok(true)
            }
        }
    }

    /// Reads an object that was written here or is in the repository; `None` if there is none.
    ///
    /// Whole in memory: this is for trees and commits. A big blob that is not in place yet is not found.
    pub fn read(&self, id: &oid) -> Result<Option<(Kind, Vec<u8>)>, ObjectError> {
        if let Some(found) = lock(&self.state).read(id)? {
            return Ok(Some(found));
        }
        self.read_existing(id)
    }

    /// Puts all objects in place; when it returns they survive a power cut and a ref may name them.
    ///
    /// Fails with [`ObjectError::Incomplete`] if a write failed before. On any error nothing is left behind but, at
    /// worst, whole objects that nobody refers to.
    pub fn finish(self) -> Result<Written, ObjectError> {
        let durability = self.home.durability;
        let Placed { written, unsynced } = self.place()?;
        durability.sync_all(&unsynced, |path| durability.sync_directory(path))?;
        Ok(written)
    }

    /// As [`ObjectSink::finish`], but leaves the last wait to the caller: no ref may name the objects before
    /// [`Placed::unsynced`] is synced.
    pub fn place(self) -> Result<Placed, ObjectError> {
        if self.failed.load(Ordering::Relaxed) {
            return Err(ObjectError::Incomplete);
        }
        let home = &self.home;
        let mut written = Written::default();
        let mut ready: Vec<Ready> = Vec::new();
        let State { stage, big, .. } = into_inner(self.state);
        for big in big {
            written.add(1, big.bytes);
            ready.push(big.ready);
        }
        match stage {
            Stage::Buffered { objects, bytes } => {
                for loose in write_loose(home, &self.deflaters, &objects, bytes)? {
                    written.add(1, loose.bytes);
                    ready.push(loose.ready(home));
                }
            }
            Stage::Packing { pack, .. } => {
                let pack: Pack = pack.finish(home)?;
                pack.sync(home)?;
                written.add(pack.n_objects as usize, pack.bytes);
                ready.extend(pack.ready());
            }
        }
        let touched = rename_all(home, ready)?;
        let unsynced = match home.durability {
            Durability::Fsync => touched.into_iter().collect(),
            Durability::None => Vec::new(),
        };
        Ok(Placed { written, unsynced })
    }

    /// Whether nobody has this object: not the repository, not this sink.
    fn is_missing(&self, id: &oid) -> bool {
        if lock(&self.state).known.contains(id) {
            return false;
        }
        let is_kept = self.existing.keep(id) == Presence::Kept;
        if is_kept {
            lock(&self.state).known.insert(id.to_owned());
        }
        !is_kept
    }

    fn write_big(
        &self,
        kind: Kind,
        source: &mut dyn Source,
        size: u64,
    ) -> Result<ObjectId, ObjectError> {
        let known = big::hash(self.home.hash, kind, source, size)?;
        if self.is_missing(&known.id) {
            let big = big::write(&self.home, source, &known)?;
            // Another thread may have written the same meanwhile; then this copy is dropped.
            let mut state = lock(&self.state);
            if state.known.insert(known.id) {
                state.big.push(big);
            }
        }
        Ok(known.id)
    }

    /// Keeps a new object, unless another thread was quicker: in memory, or in the pack once there are many.
    fn take(&self, object: Fresh) -> Result<(), ObjectError> {
        // Not in the head of the loop, where the lock would be held until its end.
        let to_pack = lock(&self.state).take(&self.home, object)?;
        for object in to_pack {
            let entry = Entry::new(&self.deflaters, &object);
            lock(&self.state).append(&entry)?;
        }
        Ok(())
    }

    fn read_existing(&self, id: &oid) -> Result<Option<(Kind, Vec<u8>)>, ObjectError> {
        let mut data = Vec::new();
        let mut handle = self.store.to_handle();
        // Replacements (git-replace(1)) are for those who look at history, not for those who copy it.
        handle.ignore_replacements = true;
        let found = gix::objs::Find::try_find(&handle, id, &mut data);
        let found = found.map_err(|error| ObjectError::Unreadable {
            id: id.to_owned(),
            source: error.into(),
        })?;
        let kind = found.map(|object| object.kind);
        Ok(kind.map(|kind| (kind, data)))
    }

    /// Passes on a result without which the set of objects has a hole.
    fn must<T>(&self, result: Result<T, ObjectError>) -> Result<T, ObjectError> {
        if result.is_err() {
            self.failed.store(true, Ordering::Relaxed);
        }
        result
    }
}

impl Written {
    fn add(&mut self, objects: usize, bytes: u64) {
        self.objects += objects;
        self.bytes += bytes;
    }
}

impl std::fmt::Debug for ObjectSink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut f = f.debug_struct("ObjectSink");
        f.field("home", &self.home).finish_non_exhaustive()
    }
}

/// Writes loose objects to temporary files and syncs them.
fn write_loose(
    home: &Home,
    deflaters: &Deflaters,
    objects: &[Fresh],
    bytes: usize,
) -> Result<Vec<Loose>, ObjectError> {
    // A thread costs about as much as deflating this much, and counting processors reads three files.
    let threads = match 1 + bytes / (128 * 1024) {
        1 => 1,
        wanted => wanted.min(processors()),
    };
    let loose = spread(objects, threads, |object| {
        Loose::write(home, deflaters, object)
    })?;
    home.durability.sync_all(&loose, |loose| loose.sync(home))?;
    Ok(loose)
}
