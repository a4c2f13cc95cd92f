//! The fingerprint of a whole tree that plain git can recompute.

use std::fmt::Write as _;

use gix::bstr::BStr;
use sha2::{Digest, Sha256};

use crate::CaptureError;
use crate::tree::{Entry, Source, listed};

/// `sha256:` and the hash of what `git ls-tree -r -z --full-tree <snapshot>` prints.
///
/// Sparse directories are read from the repository, since `ls-tree -r` walks them too.
pub(crate) fn manifest(
    repo: &gix::Repository,
    source: &Source<'_>,
) -> Result<String, CaptureError> {
    let mut blocks = Vec::new();
    spell(repo, source, |lines| blocks.push(lines))?;
    Ok(hash(blocks))
}

/// Spells what is hashed, block by block, for a thread that hashes it meanwhile.
pub(crate) fn spell(
    repo: &gix::Repository,
    source: &Source<'_>,
    mut tell: impl FnMut(Vec<u8>),
) -> Result<(), CaptureError> {
    const BLOCK: usize = 256 * 1024;
    let mut lines = Vec::with_capacity(BLOCK);
    for (path, entry) in source.files() {
        match entry.mode.is_sparse() {
            true => push_tree(repo, &mut lines, path, entry)?,
            false => push_line(&mut lines, path, entry),
        }
        if lines.len() > BLOCK - 8 * 1024 {
            tell(std::mem::replace(&mut lines, Vec::with_capacity(BLOCK)));
        }
    }
    tell(lines);
    Ok(())
}

/// `sha256:` and the hash of the blocks, one after the other.
pub(crate) fn hash(blocks: impl IntoIterator<Item = Vec<u8>>) -> String {
    let mut hasher = Sha256::new();
    for block in blocks {
        hasher.update(&block);
    }
    let mut text = String::from("sha256:");
    for byte in hasher.finalize() {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
    }
    text
}

fn push_line(lines: &mut Vec<u8>, path: &[u8], entry: Entry) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let (mode, kind) = listed(entry.mode);
    lines.extend_from_slice(mode.as_bytes());
    lines.push(b' ');
    lines.extend_from_slice(kind.as_bytes());
    lines.push(b' ');
    for byte in entry.id.as_bytes() {
        lines.extend_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
    }
    lines.push(b'\t');
    lines.extend_from_slice(path);
    lines.push(0);
}

/// Adds all files below a tree of the repository; `path` ends in a slash, as sparse directories do.
fn push_tree(
    repo: &gix::Repository,
    lines: &mut Vec<u8>,
    path: &BStr,
    entry: Entry,
) -> Result<(), CaptureError> {
    for (name, child) in crate::sparse::children(repo, path, entry.id)? {
        match child.mode.is_sparse() {
            true => push_tree(repo, lines, name.as_ref(), child)?,
            false => push_line(lines, &name, child),
        }
    }
    Ok(())
}
