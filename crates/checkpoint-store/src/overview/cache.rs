//! The file that remembers what the records came to. It costs only time when it is lost, broken or of another version.

use std::io::Write as _;

use checkpoint_git::Repository;
use checkpoint_model::words::{CheckpointKind, Phase};
use flate2::Crc;
use gix::ObjectId;

use super::rows::Rows;

/// Changes whenever a row, or what a record comes to, does.
const FORMAT: u32 = 1;

/// Below the git directory that all worktrees share.
const PATH: &str = "checkpoint/list-cache";

/// What the notes of one tree came to.
#[derive(Debug, Clone)]
pub(super) struct Cached {
    /// The tree of notes.
    pub(super) tree: ObjectId,
    /// One row for each record that can be remembered.
    pub(super) rows: Rows,
    /// The annotated objects whose notes have to be read each time, sorted.
    pub(super) odd: Vec<ObjectId>,
}

/// Reads the file; none when it is not there or anything about it is off.
pub(super) fn read(repo: &Repository) -> Option<Cached> {
    let bytes = fs_err::read(repo.common_dir().join(PATH)).ok()?;
    parse(bytes, repo.gix().object_hash())
}

/// Puts the file in the place of the last one, where that is possible. Not flushed to disk: whoever finds half of it
/// after a crash finds the wrong checksum.
pub(super) fn write(repo: &Repository, cached: &Cached) {
    let path = repo.common_dir().join(PATH);
    let temporary = path.with_extension(std::process::id().to_string());
    let attempt = || {
        if let Some(dir) = path.parent().filter(|dir| !dir.exists()) {
            fs_err::create_dir(dir)?;
        }
        fs_err::File::create(&temporary)?.write_all(&format(cached))?;
        fs_err::rename(&temporary, &path)
    };
    if attempt().is_err() {
        // A directory that may not be written, a full disk: the next one reads the records again.
        let _nothing_to_remove: std::io::Result<()> = fs_err::remove_file(&temporary);
    }
}

/// The first line. Rows keep the places of words in these lists, so another list is another format.
fn signature() -> String {
    let words = |words: &mut dyn Iterator<Item = &'static str>| words.collect::<Vec<_>>().join(" ");
    let kinds = words(&mut CheckpointKind::ALL.iter().map(|kind| kind.as_str()));
    let phases = words(&mut Phase::ALL.iter().map(|phase| phase.as_str()));
    let version = env!("CARGO_PKG_VERSION");
    format!("git-checkpoint list-cache {FORMAT}, {version}: {kinds}, {phases}\n")
}

fn format(cached: &Cached) -> Vec<u8> {
    let Cached { tree, rows, odd } = cached;
    let mut body = Vec::with_capacity(rows.bytes().len() + rows.texts.len() + 1024);
    for length in [rows.bytes().len(), odd.len()] {
        body.extend((length as u64).to_le_bytes());
    }
    body.extend(tree.as_slice());
    body.extend(rows.bytes());
    odd.iter().for_each(|key| body.extend(key.as_slice()));
    body.extend(rows.texts.as_bytes());
    let mut file = signature().into_bytes();
    file.extend(checksum(&body));
    file.extend(body);
    file
}

fn parse(mut file: Vec<u8>, kind: gix::hash::Kind) -> Option<Cached> {
    let (sum, body) = file
        .strip_prefix(signature().as_bytes())?
        .split_first_chunk()?;
    if checksum(body) != *sum {
        return None;
    }
    let (rows_len, body) = body.split_first_chunk()?;
    let (n_odd, body) = body.split_first_chunk()?;
    let rows_len = usize::try_from(u64::from_le_bytes(*rows_len)).ok()?;
    let n_odd = usize::try_from(u64::from_le_bytes(*n_odd)).ok()?;
    let hash_len = kind.len_in_bytes();
    let (tree, body) = body.split_at_checked(hash_len)?;
    let (rows, body) = body.split_at_checked(rows_len)?;
    let (odd, texts) = body.split_at_checked(n_odd.checked_mul(hash_len)?)?;
    if rows.len() % Rows::width(kind) != 0 {
        return None;
    }
    let tree = ObjectId::try_from(tree).ok()?;
    let odd = odd
        .chunks_exact(hash_len)
        .map(ObjectId::from_bytes_or_panic)
        .collect();
    let rows_start = file.len() - texts.len() - n_odd * hash_len - rows_len;
    let texts = String::from_utf8(file.split_off(file.len() - texts.len())).ok()?;
    file.truncate(rows_start + rows_len);
    let rows = Rows::read(kind, file, rows_start, texts);
    Some(Cached { tree, rows, odd })
}

/// Length and CRC, which no torn or overwritten block keeps.
fn checksum(body: &[u8]) -> [u8; 12] {
    let mut crc = Crc::new();
    crc.update(body);
    let mut sum = [0; 12];
    sum[..8].copy_from_slice(&(body.len() as u64).to_le_bytes());
    sum[8..].copy_from_slice(&crc.sum().to_le_bytes());
    sum
}
