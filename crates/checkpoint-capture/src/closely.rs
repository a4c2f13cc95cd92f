//! A closer look at files that git takes for unchanged: whether a checkout would give their bytes back.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use checkpoint_git::Repository;
use checkpoint_git::objects::{ObjectError, ObjectSink};
use checkpoint_git::paths::as_path;
use gix::ObjectId;
use gix::bstr::{BStr, BString};
use gix::index::entry::{Flags, Mode, Stage};
use gix::objs::Kind;
use rustix::fs::{Mode as OpenMode, OFlags};

use crate::filter::{BIG, Filters};
use crate::stat::is_same_file;
use crate::{CaptureError, Captured, Side};

/// How often a file that changes while it is read is read again.
const N_TRIES: usize = 4;

/// Keeps with `captured` the very bytes of those of `files` that a checkout would make otherwise; gives these, by path.
///
/// `files` are regular ones, each with what a capture found that git stores of it. A capture takes git at its word where
/// the index knows a file as unchanged, since to run every filter on every file would cost more than all the rest. Whoever
/// is about to overwrite a file has to know better. What the index does not have was read by the capture, and is passed
/// over here.
pub fn look_closely<'f>(
    repo: &Repository,
    sink: &ObjectSink,
    captured: &mut Captured,
    files: impl IntoIterator<Item = (&'f BStr, ObjectId)>,
) -> Result<BTreeMap<BString, ObjectId>, CaptureError> {
    let work_tree = repo.work_tree().ok_or(CaptureError::Bare)?;
    let index = repo.read_index()?.state;
    let mut filters = Filters::new(repo.clone(), &index)?;
    let mut found = BTreeMap::new();
    for (path, id) in files {
        let entry = index.entry_by_path_and_stage(path, Stage::Unconflicted);
        let is_known = entry.is_some_and(|entry| {
            let is_file = matches!(entry.mode, Mode::FILE | Mode::FILE_EXECUTABLE);
            is_file && entry.id == id && !entry.flags.contains(Flags::INTENT_TO_ADD)
        });
        if !is_known {
            continue;
        }
        if let Some(raw) = bytes_apart(&mut filters, sink, work_tree, path, id)? {
            found.insert(path.to_owned(), raw);
        }
    }
    if !found.is_empty() {
        let raw = found.iter().map(|(path, id)| (path.clone(), *id));
        captured.side = Some(Side::with_raw(captured.side.take(), repo, sink, raw)?);
    }
    Ok(found)
}

/// Keeps the bytes of a file, unless a checkout of the blob `id` gives them; none as well where there is no such file, or
/// it cannot be read.
fn bytes_apart(
    filters: &mut Filters<'_>,
    sink: &ObjectSink,
    work_tree: &Path,
    path: &BStr,
    id: ObjectId,
) -> Result<Option<ObjectId>, CaptureError> {
    let place = work_tree.join(as_path(path));
    // Without NONBLOCK a fifo that took the file's place would wait for a writer.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let mut kept = None;
    for _ in 0..N_TRIES {
        let Ok(file) = rustix::fs::open(&place, flags, OpenMode::empty()) else {
            return Ok(None);
        };
        let mut file = File::from(file);
        let (Ok(before), Ok(looks)) = (
            rustix::fs::fstat(&file),
            filters.gives_back(path, id, &mut file),
        ) else {
            return Ok(None);
        };
        kept = match looks {
            true => None,
            false => match store(sink, &mut file) {
                Ok(id) => Some(id),
                // It has become longer or shorter.
                Err(ObjectError::Changed { .. }) => continue,
                Err(error) => return Err(error.into()),
            },
        };
        if rustix::fs::lstat(&place).is_ok_and(|after| is_same_file(&before, &after)) {
            break;
        }
    }
    // Where it never stood still, whoever overwrites it will see that it is not what was kept.
    Ok(kept)
}

fn store(sink: &ObjectSink, file: &mut File) -> Result<ObjectId, ObjectError> {
    let read = |source| ObjectError::Source { source };
    file.seek(SeekFrom::Start(0)).map_err(read)?;
    let size = file.metadata().map_err(read)?.len();
    if size > BIG {
        return sink.write_file(file, size);
    }
    let mut content = Vec::new();
    file.read_to_end(&mut content).map_err(read)?;
    sink.write(Kind::Blob, content)
}
