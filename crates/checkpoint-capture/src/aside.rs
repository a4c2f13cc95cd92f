//! What `git fsck` objects to wherever a tree has it: a `.gitmodules` that is broken, dangerous or no file, links in the
//! place of files that git reads, lines of attributes that are too long. A checkpoint must not make a repository
//! look damaged, so these are set aside: kept by numbers, with their names in `meta.json`.

mod judge;
mod name;

use checkpoint_git::Repository;
use checkpoint_git::objects::ObjectSink;
use checkpoint_model::path::TreePath;
use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice};
use gix::index::entry::Mode;
use serde::{Deserialize, Serialize};

use self::judge::Judge;
use self::name::{may_be_odd, may_be_special};
use crate::CaptureError;
use crate::tree::{Change, Entry, is_in_tree, listed};

/// An entry that no tree of the snapshot has, and where it belongs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aside {
    /// `files/<path>` for one of the working tree, `staged/<path>` for one of the index; else as the side would have
    /// it: `conflicts/<stage>/<path>`, `raw/<path>`, `ignored/<path>`, `extra/<path>`.
    pub place: TreePath,
    /// The mode, as `git ls-tree` shows it.
    pub mode: String,
    /// The object, in hex; `aside/<n>` in the side holds it, where `n` counts the entries from 0.
    pub id: String,
}

/// What is set aside of files and index, and what their trees have instead.
#[derive(Debug, Default)]
pub(crate) struct SetAside {
    /// Where the tree of the index differs from the index; sorted by path.
    pub(crate) index_changes: Vec<Change>,
    /// What was set aside, each with its place.
    pub(crate) entries: Vec<(BString, Entry)>,
}

impl SetAside {
    /// Whether the index has entries that its tree does not have.
    pub(crate) fn has_staged(&self) -> bool {
        !self.index_changes.is_empty()
    }
}

/// Takes out of `changes` what would make `git fsck` complain, and tells what to take out of the index. The trees keep
/// what HEAD has at those paths. What HEAD has just so stays: there, git complains already.
pub(crate) fn set_aside(
    repo: &Repository,
    sink: &ObjectSink,
    head: Option<ObjectId>,
    index: &gix::index::State,
    changes: &mut Vec<Change>,
) -> Result<SetAside, CaptureError> {
    let mut judge = Judge::new(repo, sink, head);
    let mut aside = SetAside::default();
    for change in changes.iter_mut() {
        let Some(entry) = change.now.filter(|_| may_be_odd(&change.path)) else {
            continue;
        };
        if judge.is_new_and_odd(change.path.as_bstr(), entry)? {
            aside.push("files/", change.path.as_bstr(), entry);
            change.now = judge.in_head(change.path.as_bstr());
        }
    }
    let mut more = Vec::new();
    for entry in suspects(index) {
        let path = entry.path(index);
        let staged = Entry {
            mode: entry.mode,
            id: entry.id,
        };
        if !judge.is_new_and_odd(path, staged)? {
            continue;
        }
        if staged.mode != Mode::COMMIT && !repo.caps().promisor && !sink.reuse(&staged.id)? {
            return Err(CaptureError::MissingObject {
                id: staged.id,
                path: path.to_owned(),
            });
        }
        let instead = Change {
            path: path.to_owned(),
            now: judge.in_head(path),
        };
        aside.push("staged/", path, staged);
        if changes
            .binary_search_by(|change| change.path.as_bstr().cmp(path))
            .is_err()
        {
            aside.push("files/", path, staged);
            more.push(instead.clone());
        }
        aside.index_changes.push(instead);
    }
    if !more.is_empty() {
        changes.append(&mut more);
        changes.sort_by(|a, b| a.path.cmp(&b.path));
    }
    Ok(aside)
}

/// The entries of the index, as far as its tree has them, whose paths may be odd. The paths are sorted: those of one
/// directory share one look at it.
fn suspects(index: &gix::index::State) -> impl Iterator<Item = &gix::index::Entry> {
    let (mut directory, mut is_below) = (&b""[..], false);
    index.entries().iter().filter(move |entry| {
        let path = entry.path(index);
        let slash = path.rfind_byte(b'/').unwrap_or(0);
        if path[..slash] != *directory {
            directory = &path[..slash];
            is_below = may_be_odd(directory);
        }
        let name = path[slash..].strip_prefix(b"/").unwrap_or(path);
        (is_below || may_be_special(name)) && is_in_tree(entry) && !entry.mode.is_sparse()
    })
}

/// Takes out of `files`, which are to be the tree of the side, what would make `git fsck` complain, and puts it with
/// the `entries` that were set aside before under names that mean nothing. Gives what is to be told of them.
pub(crate) fn rename(
    repo: &Repository,
    sink: &ObjectSink,
    entries: Vec<(BString, Entry)>,
    files: &mut Vec<(BString, Entry)>,
) -> Result<Vec<Aside>, CaptureError> {
    let mut judge = Judge::new(repo, sink, None);
    let mut all = entries;
    let mut kept = Vec::with_capacity(files.len());
    for (path, entry) in files.drain(..) {
        match may_be_odd(&path) && judge.is_new_and_odd(path.as_bstr(), entry)? {
            true => all.push((path, entry)),
            false => kept.push((path, entry)),
        }
    }
    all.sort_by(|a, b| a.0.cmp(&b.0));
    let objects = all.iter().enumerate().map(|(number, (_, entry))| {
        let mode = Mode::FILE;
        let id = entry.id;
        (
            entry.mode,
            (format!("aside/{number}").into(), Entry { mode, id }),
        )
    });
    // The commit of a submodule is another repository's.
    kept.extend(
        objects
            .filter(|(mode, _)| *mode != Mode::COMMIT)
            .map(|(_, file)| file),
    );
    *files = kept;
    Ok(all
        .into_iter()
        .map(|(place, entry)| Aside {
            place: TreePath::new(place),
            mode: listed(entry.mode).0.to_owned(),
            id: entry.id.to_string(),
        })
        .collect())
}

impl SetAside {
    fn push(&mut self, place: &str, path: &BStr, entry: Entry) {
        let mut whole = BString::from(place);
        whole.extend_from_slice(path);
        self.entries.push((whole, entry));
    }
}
