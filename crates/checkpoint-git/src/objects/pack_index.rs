//! Writes the index of a pack, version 2 (gitformat-pack(5)).

use gix::ObjectId;

use super::ObjectError;

/// Where an object is in a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Packed {
    pub(super) id: ObjectId,
    /// From the start of the pack to the entry's header.
    pub(super) offset: u64,
    /// CRC-32 of header and deflated content.
    pub(super) crc32: u32,
}

/// An offset with this bit set is an index into the table of 64-bit offsets.
const LARGE: u32 = 1 << 31;

/// The content of the `.idx` file for a pack with this trailer.
pub(super) fn encode(
    mut entries: Vec<Packed>,
    pack_trailer: &gix::oid,
) -> Result<Vec<u8>, ObjectError> {
    entries.sort_unstable_by_key(|entry| entry.id);
    let hash = pack_trailer.kind();
    let mut out = Vec::with_capacity(8 + 1024 + entries.len() * (hash.len_in_bytes() + 8) + 64);
    out.extend_from_slice(b"\xfftOc\x00\x00\x00\x02");
    let mut up_to = 0;
    for first_byte in 0..=u8::MAX {
        up_to += entries[up_to..].partition_point(|entry| entry.id.as_bytes()[0] <= first_byte);
        out.extend_from_slice(&count(up_to).to_be_bytes());
    }
    for entry in &entries {
        out.extend_from_slice(entry.id.as_bytes());
    }
    for entry in &entries {
        out.extend_from_slice(&entry.crc32.to_be_bytes());
    }
    let mut large = Vec::new();
    for entry in &entries {
        let offset = match u32::try_from(entry.offset) {
            Ok(offset) if offset < LARGE => offset,
            _ => {
                large.push(entry.offset);
                LARGE | count(large.len() - 1)
            }
        };
        out.extend_from_slice(&offset.to_be_bytes());
    }
    for offset in large {
        out.extend_from_slice(&offset.to_be_bytes());
    }
    out.extend_from_slice(pack_trailer.as_bytes());
    let mut hasher = gix::hash::hasher(hash);
    hasher.update(&out);
    let trailer = hasher.try_finalize().map_err(ObjectError::collision)?;
    out.extend_from_slice(trailer.as_bytes());
    Ok(out)
}

fn count(n: usize) -> u32 {
    u32::try_from(n).expect("a pack holds fewer than 2^32 objects: the writer made sure")
}

#[cfg(test)]
mod tests {
    use super::*;
    use gix::odb::pack::index;

    #[test]
    fn offsets_beyond_two_gigabytes_have_a_table_of_their_own() {
        let offsets = [12, (1 << 31) - 1, 1 << 31, (1 << 31) + 1, 1 << 32, 1 << 40];
        let entries: Vec<_> = (0u8..)
            .zip(offsets)
            .map(|(n, offset)| Packed {
                // Backwards, to see them sorted.
                id: ObjectId::Sha1([200 - 40 * n; 20]),
                offset,
                crc32: u32::from(n),
            })
            .collect();
        let trailer = ObjectId::null(gix::hash::Kind::Sha1);
        let bytes = encode(entries.clone(), &trailer).unwrap();
        let file = index::File::from_data(bytes, "test.idx".into(), gix::hash::Kind::Sha1).unwrap();
        assert_eq!(file.num_objects(), 6);
        for entry in entries {
            let at = file.lookup(entry.id).expect("every object is found");
            assert_eq!(file.pack_offset_at_index(at), entry.offset);
            assert_eq!(file.crc32_at_index(at), Some(entry.crc32));
        }
    }
}
