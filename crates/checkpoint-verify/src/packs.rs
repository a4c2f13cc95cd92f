//! Trees out of packs: each entry is inflated once, whatever is built on it.
//!
//! In a pack most trees are differences to another one, and where states are many, often to the same. gix inflates that
//! one again each time; here what was inflated is kept for the next. Only what is plain is read: whatever is odd is left
//! to gix, which has the last word on what can be read and what not.

mod delta;

use std::{collections::HashMap, path::Path, sync::Arc};

use gix::{
    odb::pack::{data, index},
    oid,
    zlib::Inflate,
};

/// The packs of a repository, without those of its alternates.
pub(crate) struct Packs(Vec<(index::File, data::File)>);

/// Where an entry lies: in which pack, and how far into it.
pub(crate) type Place = (usize, u64);

/// What one thread reads packs with.
pub(crate) struct Reader<'p> {
    packs: &'p Packs,
    inflate: Inflate,
    delta: Vec<u8>,
    kept: Kept,
}

/// A longer chain, or a larger entry, is nothing that git writes for trees.
const LONGEST: usize = 4096;
const LARGEST: u64 = 64 << 20;

impl Packs {
    /// Opens those below `objects`; one that cannot be opened is left out.
    pub(crate) fn open(objects: &Path, hash: gix::hash::Kind) -> Self {
        let entries = fs_err::read_dir(objects.join("pack")).into_iter().flatten();
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        let indexes = paths.filter(|path| path.extension().is_some_and(|end| end == "idx"));
        let opened = indexes.filter_map(|path| {
            let pack = data::File::at(path.with_extension("pack"), hash).ok()?;
            Some((index::File::at(path, hash).ok()?, pack))
        });
        Self(opened.collect())
    }

    /// The place of an object; none where it is in no pack.
    pub(crate) fn find(&self, id: &oid) -> Option<Place> {
        let packs = self.0.iter().enumerate();
        packs
            .filter_map(|(at, (index, _))| {
                Some((at, index.pack_offset_at_index(index.lookup(id)?)))
            })
            .next()
    }
}

impl<'p> Reader<'p> {
    /// Keeps about so many bytes of what was inflated.
    pub(crate) fn new(packs: &'p Packs, bytes: usize) -> Self {
        Self {
            packs,
            inflate: Inflate::default(),
            delta: Vec::new(),
            kept: Kept::of(bytes),
        }
    }

    /// The tree at a place; none where it is none, or is to be read by gix.
    pub(crate) fn tree(&mut self, (at, offset): Place) -> Option<Arc<[u8]>> {
        let pack = &self.packs.0[at].1;
        let mut differences = Vec::new();
        let mut entry = pack.entry(offset).ok()?;
        let mut tree = loop {
            let here = (at, entry.pack_offset());
            if let Some(kept) = self.kept.get(here) {
                break kept;
            }
            match entry.header {
                data::entry::Header::Tree => {
                    let mut tree = Vec::new();
                    self.inflate(pack, &entry, &mut tree)?;
                    break self.kept.put(here, tree);
                }
                data::entry::Header::OfsDelta { base_distance } if differences.len() < LONGEST => {
                    let base = entry.checked_base_pack_offset(base_distance)?;
                    differences.push(entry);
                    entry = pack.entry(base).ok()?;
                }
                _ => return None,
            }
        };
        while let Some(entry) = differences.pop() {
            let mut delta = std::mem::take(&mut self.delta);
            self.inflate(pack, &entry, &mut delta)?;
            let next = delta::applied(&tree, &delta)?;
            self.delta = delta;
            tree = self.kept.put((at, entry.pack_offset()), next);
        }
        Some(tree)
    }

    fn inflate(&mut self, pack: &data::File, entry: &data::Entry, out: &mut Vec<u8>) -> Option<()> {
        if entry.decompressed_size > LARGEST {
            return None;
        }
        out.resize(usize::try_from(entry.decompressed_size).ok()?, 0);
        pack.decompress_entry(entry, &mut self.inflate, out).ok()?;
        Some(())
    }
}

/// What was read lately.
struct Kept {
    young: HashMap<Place, Arc<[u8]>>,
    old: HashMap<Place, Arc<[u8]>>,
    /// Of those that are young.
    bytes: usize,
    /// With more than that they grow old, and what was old goes.
    most: usize,
}

impl Kept {
    fn of(bytes: usize) -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
            bytes: 0,
            most: bytes / 2,
        }
    }

    fn get(&mut self, place: Place) -> Option<Arc<[u8]>> {
        if let Some(kept) = self.young.get(&place) {
            return Some(Arc::clone(kept));
        }
        let kept = self.old.remove(&place)?;
        self.insert(place, Arc::clone(&kept));
        Some(kept)
    }

    fn put(&mut self, place: Place, tree: Vec<u8>) -> Arc<[u8]> {
        let tree: Arc<[u8]> = tree.into();
        self.insert(place, Arc::clone(&tree));
        tree
    }

    fn insert(&mut self, place: Place, tree: Arc<[u8]>) {
        if self.bytes > self.most {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
        self.bytes += tree.len();
        self.young.insert(place, tree);
    }
}

#[cfg(test)]
mod tests;
