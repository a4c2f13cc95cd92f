//! One walk over the objects of all states: each tree is read once, each blob asked for once.
//!
//! A thousand states share nearly all of their trees, so what is below them is looked at as one set, level by level, by
//! as many threads as there are processors. Nothing is known of paths here: where all is well nobody asks for them, and
//! where something is missing [`missing`](crate::missing) finds out where.

use std::{
    num::NonZero,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use checkpoint_git::{Repository, objects::Bases};
use gix::{
    ObjectId,
    hashtable::{HashMap, HashSet},
    objs::{FindExt as _, Kind, TreeRefIter, tree::EntryKind},
};

use crate::{
    content::{self, Fault, Size},
    packs::{Packs, Place, Reader},
};

/// How closely objects are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// Trees are read, blobs are there.
    Presence,
    /// All is read, and is what its name says.
    Content,
}

/// What is wrong with the objects below some trees; empty where nothing is.
pub(crate) type Faults = HashMap<ObjectId, Fault>;

/// More threads wait for memory.
const THREADS: usize = 8;
/// Bytes of trees that are kept for the differences to them, by all threads.
const KEPT: usize = 64 << 20;
/// So many objects are worth a thread.
const PIECE: usize = 64;

/// What git takes, too (`core.maxTreeDepth`).
const DEEPEST: usize = 2048;

/// Looks at all of `roots`, which are trees, and at all below them.
pub(crate) fn look(repo: &Repository, roots: &[ObjectId], depth: Depth) -> Faults {
    let packs = Packs::open(
        repo.gix().objects.store_ref().path(),
        repo.gix().object_hash(),
    );
    let threads = thread::available_parallelism()
        .map_or(1, NonZero::get)
        .min(THREADS);
    let worker = |_| Worker {
        handle: handle(repo),
        packs: Reader::new(&packs, KEPT / threads),
    };
    let mut workers: Vec<_> = (0..threads).map(worker).collect();
    let mut met = Met {
        depth,
        trees: HashSet::default(),
        blobs: HashSet::default(),
    };
    let mut faults = Faults::default();
    let mut level = met.fresh(roots.iter().copied());
    let mut left = DEEPEST;
    while !level.is_empty() {
        if left == 0 {
            faults.extend(level.into_iter().map(|id| (id, Fault::TooDeep)));
            break;
        }
        left -= 1;
        // In a pack differences lie near to what they are based on.
        let mut placed: Vec<_> = level.drain(..).map(|id| (packs.find(&id), id)).collect();
        placed.sort_unstable();
        let parts = spread(&mut workers, &placed, |worker, placed, found| {
            met.read(worker, *placed, found)
        });
        for part in parts {
            faults.extend(part.faults);
            met.blobs.extend(part.blobs);
            level.extend(met.fresh(part.trees.into_iter()));
        }
    }
    let mut blobs: Vec<_> = met.blobs.iter().copied().collect();
    // Neighbours in the index of a pack are looked up one after the other.
    blobs.sort_unstable();
    let parts = spread(&mut workers, &blobs, |worker, id, found| {
        met.blob(&worker.handle, *id, found)
    });
    for part in parts {
        faults.extend(part.faults);
        let streamed = part.large.into_iter();
        faults.extend(streamed.filter_map(|id| Some((id, content::stream(repo, id).err()?))));
    }
    faults
}

/// A handle of one's own on the objects.
pub(crate) fn handle(repo: &Repository) -> gix::Repository {
    let mut handle = repo.gix().clone();
    handle.objects.ignore_replacements = true;
    handle.objects.set_pack_cache(|| Box::new(Bases::default()));
    handle
}

/// What one thread reads with.
struct Worker<'p> {
    handle: gix::Repository,
    packs: Reader<'p>,
}

/// What was met so far.
struct Met {
    depth: Depth,
    trees: HashSet<ObjectId>,
    blobs: HashSet<ObjectId>,
}

/// What one thread found.
#[derive(Default)]
struct Found {
    trees: HashSet<ObjectId>,
    blobs: HashSet<ObjectId>,
    /// Blobs that only the git program can read in little memory.
    large: Vec<ObjectId>,
    faults: Vec<(ObjectId, Fault)>,
    buffer: Vec<u8>,
}

impl Met {
    /// Those of `trees` that were not met before. The empty tree is there without being there.
    fn fresh(&mut self, trees: impl Iterator<Item = ObjectId>) -> Vec<ObjectId> {
        trees
            .filter(|id| *id != ObjectId::empty_tree(id.kind()) && self.trees.insert(*id))
            .collect()
    }

    /// Reads a tree.
    fn read(
        &self,
        worker: &mut Worker<'_>,
        (place, id): (Option<Place>, ObjectId),
        found: &mut Found,
    ) {
        let Found {
            trees,
            blobs,
            buffer,
            ..
        } = found;
        let mut read = || {
            let packed = place.and_then(|place| worker.packs.tree(place));
            let tree = match &packed {
                Some(tree) => tree,
                None => {
                    let read = worker.handle.objects.find_tree(&id, buffer).map(drop);
                    read.map_err(|_| content::why_unread(&worker.handle, id))?;
                    buffer.as_slice()
                }
            };
            if self.depth == Depth::Content {
                content::require_own(id, Kind::Tree, tree)?;
            }
            for entry in TreeRefIter::from_bytes(tree, id.kind()) {
                let entry = entry.map_err(|_| Fault::Unreadable)?;
                let (met, found) = match entry.mode.kind() {
                    EntryKind::Commit => continue,
                    EntryKind::Tree => (&self.trees, &mut *trees),
                    _ => (&self.blobs, &mut *blobs),
                };
                if !met.contains(entry.oid) {
                    found.insert(entry.oid.to_owned());
                }
            }
            Ok(())
        };
        if let Err(fault) = read() {
            found.faults.push((id, fault));
        }
    }

    /// Looks at a blob.
    fn blob(&self, handle: &gix::Repository, id: ObjectId, found: &mut Found) {
        let fault = match self.depth {
            Depth::Presence if handle.has_object(id) => None,
            Depth::Presence => Some(Fault::Gone),
            Depth::Content => match content::check(handle, id, &mut found.buffer) {
                Ok(Size::Read) => None,
                Ok(Size::Large) => {
                    found.large.push(id);
                    None
                }
                Err(fault) => Some(fault),
            },
        };
        found.faults.extend(fault.map(|fault| (id, fault)));
    }
}

/// Does `work` on each of `items`, piece by piece, on as many threads as are worth it.
fn spread<'p, T: Sync>(
    workers: &mut [Worker<'p>],
    items: &[T],
    work: impl Fn(&mut Worker<'p>, &T, &mut Found) + Sync,
) -> Vec<Found> {
    // Large enough that neighbours come together, small enough that none waits for another.
    let piece = PIECE.max(items.len() / workers.len() / 8);
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let run = |worker: &mut Worker<'p>| {
        let mut found = Found::default();
        while let Some(rest) = items.get(next.fetch_add(piece, Ordering::Relaxed)..) {
            let piece = rest.iter().take(piece);
            piece.for_each(|item| work(worker, item, &mut found));
        }
        done.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(found);
    };
    let (run, pieces) = (&run, items.len().div_ceil(piece));
    if let [own, others @ ..] = workers {
        thread::scope(|scope| {
            for other in others.iter_mut().take(pieces.saturating_sub(1)) {
                // Without a thread to spare, this one does it all.
                drop(thread::Builder::new().spawn_scoped(scope, move || run(other)));
            }
            run(own);
        });
    }
    done.into_inner().unwrap_or_else(PoisonError::into_inner)
}
