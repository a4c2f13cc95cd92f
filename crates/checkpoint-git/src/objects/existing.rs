//! Finds objects that are there already, and keeps them from being pruned.
//!
//! gix can tell that an object exists but not in which file, and its handles belong to one thread. Here are the same
//! files, mapped once and looked into from all threads: one search per pack and one `stat` tell that an object is new.

use std::path::{Path, PathBuf};
use std::sync::RwLock;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::SystemTime;

use gix::odb::pack::{index, multi_index};
use gix::oid;

use super::ObjectError;
use super::freshen::{Freshened, Freshener};
use super::home::loose_path;

/// Whether and how safely an object is in the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    /// It is nowhere.
    Absent,
    /// It is there and was freshened.
    Kept,
    /// It is there, in a file that we may not freshen: another's, or in a read-only alternate.
    Exposed,
    /// It is in a cruft pack only, where each object has its own time to die.
    Doomed,
}

/// All object databases of a repository: its own, then its alternates.
#[derive(Debug)]
pub(super) struct Existing {
    databases: Vec<Database>,
    freshener: Freshener,
    hash: gix::hash::Kind,
}

impl Existing {
    pub(super) fn of(repo: &gix::Repository) -> Result<Self, ObjectError> {
        let path = repo.objects.store_ref().path();
        let alternates = gix::odb::alternate::resolve(path.to_owned(), repo.current_dir());
        let alternates = alternates.map_err(|error| ObjectError::Alternates {
            path: path.to_owned(),
            source: error.into(),
        })?;
        let databases = std::iter::once(path.to_owned())
            .chain(alternates)
            .map(|objects| Database {
                objects,
                packs: RwLock::new(None),
            })
            .collect();
        Ok(Self {
            databases,
            freshener: Freshener::default(),
            hash: repo.object_hash(),
        })
    }

    /// Looks for `id` in everything that was there when the packs were last listed, packs first, and freshens it.
    pub(super) fn keep(&self, id: &oid) -> Presence {
        let mut presence = Presence::Absent;
        let packed = self.databases.iter().map(|database| {
            database.with_packs(self.hash, |packs| packs.keep(id, &self.freshener))
        });
        let loose = self.databases.iter().map(|database| {
            match self.freshener.freshen(&loose_path(&database.objects, id)) {
                Freshened::Missing => Presence::Absent,
                Freshened::Kept => Presence::Kept,
                Freshened::Refused => Presence::Exposed,
            }
        });
        for found in packed.chain(loose) {
            match found {
                Presence::Kept => return Presence::Kept,
                Presence::Absent => {}
                worse => presence = worse,
            }
        }
        presence
    }

    /// Lists the packs of each database again if they changed since, and tells whether any did.
    pub(super) fn refresh(&self) -> bool {
        let mut changed = false;
        for database in &self.databases {
            changed |= database.refresh();
        }
        changed
    }
}

/// One `objects` directory. Its packs are listed when they are first asked for.
#[derive(Debug)]
struct Database {
    objects: PathBuf,
    packs: RwLock<Option<Packs>>,
}

impl Database {
    fn with_packs<R>(&self, hash: gix::hash::Kind, ask: impl Fn(&Packs) -> R) -> R {
        let read = || {
            self.packs
                .read()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
        };
        if let Some(packs) = &*read() {
            return ask(packs);
        }
        let mut packs = self
            .packs
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        ask(packs.get_or_insert_with(|| Packs::list(&self.objects.join("pack"), hash)))
    }

    fn refresh(&self) -> bool {
        let mut packs = self
            .packs
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let changed = packs
            .as_ref()
            .is_some_and(|packs| packs.listed_at != changed_at(&self.objects.join("pack")));
        if changed {
            *packs = None;
        }
        changed
    }
}

/// The packs of one database, as listed at one time.
struct Packs {
    listed_at: Option<SystemTime>,
    multi: Option<(multi_index::File, Vec<Pack>)>,
    single: Vec<(index::File, Pack)>,
}

impl Packs {
    /// An index that cannot be read is passed over: the worst that comes of it is an object written once more.
    fn list(directory: &Path, hash: gix::hash::Kind) -> Self {
        let listed_at = changed_at(directory);
        let mut indices = Vec::new();
        let mut cruft = Vec::new();
        let mut has_multi = false;
        for entry in fs_err::read_dir(directory).into_iter().flatten().flatten() {
            let path = directory.join(entry.file_name());
            match path.extension().and_then(|ending| ending.to_str()) {
                Some("idx") => indices.push(path),
                Some("mtimes") => cruft.push(path.with_extension("idx")),
                _ => has_multi |= path.ends_with("multi-pack-index"),
            }
        }
        let pack = |index: &Path| Pack {
            path: index.with_extension("pack"),
            is_cruft: cruft.iter().any(|path| path == index),
            state: AtomicU8::new(UNKNOWN),
        };
        let multi = has_multi
            .then(|| multi_index::File::at(directory.join("multi-pack-index"), None).ok())
            .flatten()
            .filter(|multi| multi.object_hash() == hash)
            .map(|multi| {
                let names = multi.index_names().iter().map(|name| directory.join(name));
                let names: Vec<_> = names.collect();
                indices.retain(|path| !names.contains(path));
                let packs = names.iter().map(|path| pack(path)).collect();
                (multi, packs)
            });
        let single = indices
            .iter()
            .filter_map(|path| Some((index::File::at(path, hash).ok()?, pack(path))))
            .collect();
        Self {
            listed_at,
            multi,
            single,
        }
    }

    fn keep(&self, id: &oid, freshener: &Freshener) -> Presence {
        let in_multi = self.multi.iter().filter_map(|(multi, packs)| {
            let at = multi.lookup(id)?;
            let (pack, _) = multi.pack_id_and_pack_offset_at_index(at).ok()?;
            packs.get(pack as usize)
        });
        let in_single = self
            .single
            .iter()
            .filter_map(|(index, pack)| index.lookup(id).map(|_| pack));
        let mut presence = Presence::Absent;
        for pack in in_multi.chain(in_single) {
            match pack.keep(freshener) {
                Presence::Kept => return Presence::Kept,
                Presence::Absent => {}
                worse => presence = worse,
            }
        }
        presence
    }
}

impl std::fmt::Debug for Packs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let in_multi = self.multi.as_ref().map_or(0, |(_, packs)| packs.len());
        write!(
            f,
            "Packs({} + {in_multi} in a multi-pack-index)",
            self.single.len()
        )
    }
}

/// One pack; it is freshened when the first of its objects is found, and then no more.
struct Pack {
    path: PathBuf,
    is_cruft: bool,
    state: AtomicU8,
}

const UNKNOWN: u8 = 0;
const KEPT: u8 = 1;
const REFUSED: u8 = 2;
const GONE: u8 = 3;

impl Pack {
    fn keep(&self, freshener: &Freshener) -> Presence {
        if self.is_cruft {
            return Presence::Doomed;
        }
        let mut state = self.state.load(Ordering::Relaxed);
        if state == UNKNOWN {
            state = match freshener.freshen(&self.path) {
                Freshened::Missing => GONE,
                Freshened::Kept => KEPT,
                Freshened::Refused => REFUSED,
            };
            self.state.store(state, Ordering::Relaxed);
        }
        match state {
            KEPT => Presence::Kept,
            REFUSED => Presence::Exposed,
            _ => Presence::Absent,
        }
    }
}

/// When a directory last got or lost a file.
fn changed_at(directory: &Path) -> Option<SystemTime> {
    fs_err::metadata(directory)
        .and_then(|meta| meta.modified())
        .ok()
}
