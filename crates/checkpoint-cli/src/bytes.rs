//! Amounts as git words them.

use std::fmt::Write as _;

/// A size as git prints one (`git count-objects -H`): `1.21 MiB`, `512 bytes`.
pub fn human_bytes(bytes: u64) -> String {
    const KIB: u64 = 1 << 10;
    const MIB: u64 = 1 << 20;
    const GIB: u64 = 1 << 30;
    // The roundings are git's own, strbuf_humanise() in strbuf.c.
    if bytes > GIB {
        format!("{}.{:02} GiB", bytes / GIB, bytes % GIB / 10_737_419)
    } else if bytes > MIB {
        let rounded = bytes + 5243;
        format!("{}.{:02} MiB", rounded / MIB, rounded % MIB * 100 / MIB)
    } else if bytes > KIB {
        let rounded = bytes + 5;
        format!("{}.{:02} KiB", rounded / KIB, rounded % KIB * 100 / KIB)
    } else {
        count(bytes, "byte", "bytes")
    }
}

/// A number with its noun: `1 file`, `2 files`.
pub fn count(n: u64, one: &str, many: &str) -> String {
    let mut text = String::with_capacity(16);
    count_onto(&mut text, n, one, many);
    text
}

/// Like [`count`], for who writes thousands of them.
pub(crate) fn count_onto(text: &mut String, n: u64, one: &str, many: &str) {
    write!(text, "{n} ").expect("a string takes all that is written");
    text.push_str(if n == 1 { one } else { many });
}
