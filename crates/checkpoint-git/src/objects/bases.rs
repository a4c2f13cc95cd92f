//! The bases of deltas, kept while many similar objects are read from packs.

use std::collections::HashMap;

use gix::objs::Kind;
use gix::odb::pack::cache::DecodeEntry;

/// At most so many bytes are kept; more bases are then read again.
const MAX_BYTES: usize = 32 << 20;

/// Decoded objects by their place, pack and offset; for the `set_pack_cache` of a handle of the object database.
#[derive(Default)]
pub struct Bases {
    kept: HashMap<(u32, u64), (Kind, Vec<u8>, usize)>,
    bytes: usize,
}

impl DecodeEntry for Bases {
    fn put(&mut self, pack: u32, offset: u64, data: &[u8], kind: Kind, compressed_size: usize) {
        if self.bytes + data.len() <= MAX_BYTES {
            self.bytes += data.len();
            self.kept
                .insert((pack, offset), (kind, data.to_vec(), compressed_size));
        }
    }

    fn get(&mut self, pack: u32, offset: u64, out: &mut Vec<u8>) -> Option<(Kind, usize)> {
        let (kind, data, compressed_size) = self.kept.get(&(pack, offset))?;
        out.clear();
        out.extend_from_slice(data);
        Some((*kind, *compressed_size))
    }
}
