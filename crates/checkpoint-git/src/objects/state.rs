//! What a sink has taken, behind its lock.

use std::sync::Arc;

use gix::hashtable::{HashMap, HashSet};
use gix::objs::Kind;
use gix::{ObjectId, oid};

use super::ObjectError;
use super::big::Big;
use super::home::Home;
use super::loose::Fresh;
use super::pack::{Entry, PackWriter};

/// Up to this many new objects become loose files. More files cost more than a pack, more packs cost every later
/// command.
const MAX_LOOSE: usize = 64;

/// Bytes of content that are held in memory before a pack is begun.
const MAX_BUFFERED: usize = 16 * 1024 * 1024;

/// All that was taken, and where it waits.
#[derive(Debug)]
pub(super) struct State {
    /// Objects that need no more looking for: taken by us, or found and freshened.
    pub(super) known: HashSet<ObjectId>,
    pub(super) stage: Stage,
    pub(super) big: Vec<Big>,
}

/// Where new objects wait that are not big.
#[derive(Debug)]
pub(super) enum Stage {
    /// In memory, while they may still be few.
    Buffered { objects: Vec<Fresh>, bytes: usize },
    /// In a pack, or on their way into it: some thread deflates them.
    Packing {
        pack: PackWriter,
        in_flight: HashMap<ObjectId, Arc<Fresh>>,
    },
}

impl State {
    /// Keeps `object` and gives those that the caller has to deflate, without holding the lock, and append.
    pub(super) fn take(
        &mut self,
        home: &Home,
        object: Fresh,
    ) -> Result<Vec<Arc<Fresh>>, ObjectError> {
        if !self.known.insert(object.id) {
            return Ok(Vec::new());
        }
        match &mut self.stage {
            Stage::Buffered { objects, bytes } => {
                *bytes += object.data.len();
                objects.push(object);
                if objects.len() <= MAX_LOOSE && *bytes <= MAX_BUFFERED {
                    return Ok(Vec::new());
                }
                let spilled: Vec<_> = objects.drain(..).map(Arc::new).collect();
                self.stage = Stage::Packing {
                    pack: PackWriter::create(home)?,
                    in_flight: spilled
                        .iter()
                        .map(|object| (object.id, object.clone()))
                        .collect(),
                };
                Ok(spilled)
            }
            Stage::Packing { in_flight, .. } => {
                let object = Arc::new(object);
                in_flight.insert(object.id, object.clone());
                Ok(vec![object])
            }
        }
    }

    pub(super) fn append(&mut self, entry: &Entry) -> Result<(), ObjectError> {
        match &mut self.stage {
            Stage::Packing { pack, in_flight } => {
                in_flight.remove(&entry.id);
                pack.append(entry)
            }
            Stage::Buffered { .. } => unreachable!("a pack that was begun is not given up"),
        }
    }

    /// Reads an object that waits.
    pub(super) fn read(&mut self, id: &oid) -> Result<Option<(Kind, Vec<u8>)>, ObjectError> {
        let copy = |object: &Fresh| Some((object.kind, object.data.clone()));
        match &mut self.stage {
            Stage::Buffered { objects, .. } => {
                Ok(objects.iter().find(|object| object.id == id).and_then(copy))
            }
            Stage::Packing { pack, in_flight } => match in_flight.get(id) {
                Some(object) => Ok(copy(object)),
                None => pack.read(id),
            },
        }
    }
}

impl Default for State {
    fn default() -> Self {
        let stage = Stage::Buffered {
            objects: Vec::new(),
            bytes: 0,
        };
        Self {
            known: HashSet::default(),
            stage,
            big: Vec::new(),
        }
    }
}
