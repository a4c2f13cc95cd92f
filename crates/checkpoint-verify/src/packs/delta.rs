//! How a pack tells one object by another.

use super::LARGEST;

/// What `delta` makes of `base`; gitformat-pack(5) "Deltified representation". None where it is not well-formed.
pub(super) fn applied(base: &[u8], mut delta: &[u8]) -> Option<Vec<u8>> {
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

#[cfg(test)]
mod tests {
    use super::applied;

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
