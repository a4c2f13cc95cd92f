//! Trees out of packs: each entry is inflated once, whatever is built on it.
//!
//! In a pack most trees are differences to another one, and where states are many, often to the same. gix inflates that
//! one again each time; here what was inflated is kept for the next. Only what is plain is read: whatever is odd is left
//! to gix, which has the last word on what can be read and what not.

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
            let next = applied(&tree, &delta)?;
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

/// What `delta` makes of `base`; gitformat-pack(5) "Deltified representation". None where it is not well-formed.
fn applied(base: &[u8], mut delta: &[u8]) -> Option<Vec<u8>> {
    if size(&mut delta)? != base.len() {
        return None;
    }
    let length = size(&mut delta)?;
    if length as u64 > LARGEST {
        return None;
    }
    let mut made = Vec::with_capacity(length);
    while let Some((first, rest)) = delta.split_first() {
        delta = rest;
        let piece = match first {
            0 => return None,
            copied if copied & 0x80 != 0 => {
                let mut number = |bits: std::ops::Range<u8>| {
                    let mut number = 0;
                    for (at, bit) in bits.enumerate() {
                        if copied >> bit & 1 == 1 {
                            let (byte, rest) = delta.split_first()?;
                            number |= usize::from(*byte) << (8 * at);
                            delta = rest;
                        }
                    }
                    Some(number)
                };
                let start = number(0..4)?;
                let length = match number(4..7)? {
                    0 => 0x10000,
                    length => length,
                };
                base.get(start..start.checked_add(length)?)?
            }
            length => {
                let (piece, rest) = delta.split_at_checked(usize::from(*length))?;
                delta = rest;
                piece
            }
        };
        if made.len() + piece.len() > length {
            return None;
        }
        made.extend_from_slice(piece);
    }
    (made.len() == length).then_some(made)
}

/// A number at the beginning of a delta, seven bits in a byte, the lowest first.
fn size(delta: &mut &[u8]) -> Option<usize> {
    let mut size = 0;
    for shift in (0..usize::BITS - 7).step_by(7) {
        let (byte, rest) = delta.split_first()?;
        *delta = rest;
        size |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(size);
        }
    }
    None
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
mod tests {
    use std::{fmt::Write as _, io::Write as _, process::Stdio};

    use super::*;

    #[test]
    fn every_tree_of_a_pack_is_what_its_name_says() {
        let place = tempfile::tempdir().unwrap();
        let git = |words: &[&str], input: &str| {
            let mut git = std::process::Command::new("git");
            git.args(words).current_dir(place.path());
            git.stdin(Stdio::piped()).stdout(Stdio::piped());
            let mut child = git.spawn().unwrap();
            child
                .stdin
                .take()
                .unwrap()
                .write_all(input.as_bytes())
                .unwrap();
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{words:?}");
            String::from_utf8(output.stdout).unwrap()
        };
        git(&["init", "-q", "--bare", "--object-format=sha1", "."], "");
        let mut script = String::new();
        for n in 0..60 {
            let head =
                "commit refs/heads/main\ncommitter A <a@example.com> 1700000000 +0000\ndata 0\n";
            script += head;
            for file in (0..300).filter(|file| n == 0 || file % 60 == n) {
                let path = format!("d{}/f{file}", file % 3);
                writeln!(script, "M 100644 inline {path}\ndata 2\n{:02}", n % 100).unwrap();
            }
        }
        git(&["fast-import", "--quiet"], &script);
        git(&["repack", "-adfq", "--depth=50"], "");
        let format = "--batch-check=%(objecttype) %(objectname) %(deltabase)";
        let listed = git(&["cat-file", "--batch-all-objects", format], "");
        let trees: Vec<_> = listed
            .lines()
            .filter_map(|line| line.strip_prefix("tree "))
            .collect();
        let n_deltas = trees
            .iter()
            .filter(|line| !line.ends_with(&"0".repeat(40)))
            .count();
        assert!(n_deltas > 40, "differences are what this is about");
        let packs = Packs::open(&place.path().join("objects"), gix::hash::Kind::Sha1);
        // So little that what is built upon is read again and again.
        let mut reader = Reader::new(&packs, 10_000);
        let id = |hex: &str| gix::ObjectId::from_hex(hex.as_bytes()).unwrap();
        for line in &trees {
            let id = id(&line[..40]);
            let tree = reader.tree(packs.find(&id).unwrap()).unwrap();
            let own = gix::objs::compute_hash(gix::hash::Kind::Sha1, gix::objs::Kind::Tree, &tree);
            assert_eq!(own.unwrap(), id);
        }
        // Other objects are none of its business, and those that are not there.
        for line in listed
            .lines()
            .filter_map(|line| line.strip_prefix("commit "))
        {
            assert!(reader.tree(packs.find(&id(&line[..40])).unwrap()).is_none());
        }
        assert!(packs.find(&id(&"1".repeat(40))).is_none());
    }

    #[test]
    fn a_difference_that_is_not_well_formed_makes_nothing() {
        let made = |delta: &[u8]| applied(b"abcdef", delta);
        assert_eq!(made(b"\x06\x05\x90\x03\x02xy"), Some(b"abcxy".to_vec()));
        assert_eq!(made(b"\x06\x03\x91\x02\x03"), Some(b"cde".to_vec()));
        for (delta, why) in [
            (&b"\x07\x03\x90\x03"[..], "another base"),
            (b"\x06\x04\x90\x03", "less than told"),
            (b"\x06\x02\x90\x03", "more than told"),
            (b"\x06\x03\x91\x04\x03", "beyond the base"),
            (b"\x06\x03\x03xy", "cut within what is added"),
            (b"\x06\x03\x91\x02", "cut within a number"),
            (b"\x06\x00\x00", "the instruction that is reserved"),
            (b"\x86", "a size without an end"),
            (
                b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
                "a size that is none",
            ),
            (b"", "nothing"),
        ] {
            assert_eq!(made(delta), None, "{why}");
        }
    }
}
