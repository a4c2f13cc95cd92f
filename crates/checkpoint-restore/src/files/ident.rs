//! `$Id$`, expanded as git expands it (`ident_to_worktree` in its convert.c, what `git cat-file --filters` does); gix
//! leaves out the last space, and keeps an id that is expanded already.

use gix::ObjectId;
use gix::bstr::ByteSlice;

/// `content`, a blob with the id `id`, with that id in each `$Id$` and `$Id: …$`.
pub(super) fn expand(content: &[u8], id: ObjectId) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len());
    let mut rest = content;
    while let Some(at) = rest.find_byte(b'$') {
        out.extend_from_slice(&rest[..=at]);
        rest = &rest[at + 1..];
        if let Some(length) = keyword(rest) {
            out.extend_from_slice(format!("Id: {id} $").as_bytes());
            rest = &rest[length..];
        }
    }
    out.extend_from_slice(rest);
    out
}

/// The length of what follows a `$`, if it is `Id$` or `Id:…$` on one line. Spaces within mean that some other system
/// has written it; that stays.
fn keyword(rest: &[u8]) -> Option<usize> {
    let after = rest.strip_prefix(b"Id")?;
    if after.starts_with(b"$") {
        return Some(3);
    }
    let after = after.strip_prefix(b":")?;
    let end = after.find_byteset(b"$\n")?;
    let inner = &after[..end];
    // The first byte may be a space, and so may the last.
    let is_foreign = inner
        .get(1..)
        .and_then(|inner| inner.find_byte(b' '))
        .is_some_and(|space| space + 2 < inner.len());
    (after[end] == b'$' && !is_foreign).then_some(3 + end + 1)
}
