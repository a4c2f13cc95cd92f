//! The file steps of a plan, in the order in which they can be done.

use std::collections::BTreeSet;

use checkpoint_model::path::TreePath;
use checkpoint_model::restore::{Difference, FileKind, Leaf, Plan, is_same_or_below};
use gix::bstr::{BString, ByteSlice};

use crate::RestoreError;
use crate::apply::parse;
use crate::files::{self, Content, Expected, Step, Wanted};
use crate::state::{USUAL, ancestors};

/// The steps in their order: what stands in the way goes first, what is only to go comes last. Directories that are
/// `standing` are not removed with the last file in them.
pub(crate) fn steps(
    plan: &Plan,
    empty: &[TreePath],
    discard: &[TreePath],
    standing: &BTreeSet<BString>,
) -> Result<Vec<Step>, RestoreError> {
    let places = Places::of(plan);
    let is_in_the_way = |difference: &&Difference| places.are_blocked_by(difference.path.as_bstr());
    let mut steps = Vec::new();
    let (first, last): (Vec<_>, Vec<_>) = plan.deletes().partition(is_in_the_way);
    push_deletes(&first, &BTreeSet::new(), &mut steps)?;
    places.clear(empty.iter().chain(&plan.hollow), &mut steps);
    // Attributes decide what becomes of all other files.
    let (rules, others): (Vec<_>, Vec<_>) = plan.writes().partition(|file| is_attributes(file));
    let (rules_gone, last): (Vec<_>, Vec<_>) =
        last.into_iter().partition(|file| is_attributes(file));
    for difference in &rules_gone {
        steps.push(delete(difference)?);
    }
    for difference in rules.into_iter().chain(others) {
        steps.push(write(difference, discard)?);
    }
    push_deletes(&last, standing, &mut steps)?;
    let gone = rules_gone.iter();
    let above_gone = gone.flat_map(|difference| ancestors(difference.path.as_bstr()));
    let above_gone: Vec<TreePath> = above_gone.map(TreePath::new).collect();
    push_hollow(&above_gone, &mut steps);
    push_hollow(&plan.hollow, &mut steps);
    steps.extend(plan.directories.iter().map(|path| Step::MakeDirectory {
        path: path.as_bstr().to_owned(),
    }));
    Ok(steps)
}

/// Where files are to be written.
struct Places<'p> {
    written: BTreeSet<&'p [u8]>,
    /// The directories that these are in.
    above: BTreeSet<&'p [u8]>,
}

impl<'p> Places<'p> {
    fn of(plan: &'p Plan) -> Self {
        let written = plan.writes().map(|file| file.path.as_bstr().as_bytes());
        let written: BTreeSet<&[u8]> = written.collect();
        let above = written.iter().flat_map(|path| ancestors(path)).collect();
        Self { written, above }
    }

    /// Whether a file at `path` stands where a directory has to be, or lies in one that has to be a file.
    fn are_blocked_by(&self, path: &[u8]) -> bool {
        self.above.contains(path) || ancestors(path).any(|above| self.written.contains(above))
    }

    /// Whether a directory cannot stay, since a file is to be there or above it.
    fn take(&self, directory: &[u8]) -> bool {
        let mut above = ancestors(directory);
        self.written.contains(directory) || above.any(|above| self.written.contains(above))
    }

    /// Removes directories with nothing in them that cannot stay, the deepest first.
    fn clear<'d>(&self, empty: impl Iterator<Item = &'d TreePath>, steps: &mut Vec<Step>) {
        let mut taken: Vec<&TreePath> = empty.filter(|path| self.take(path.as_bstr())).collect();
        taken.sort();
        for path in taken.into_iter().rev() {
            let path = path.as_bstr().as_bytes();
            let directories = [path].into_iter().chain(upwards(path));
            let directories = directories.filter(|directory| self.take(directory));
            steps.extend(directories.map(|directory| Step::RemoveDirectoryIfEmpty {
                path: directory.into(),
            }));
        }
    }
}

/// Deletes, the deepest first, and the directories that are empty by that.
fn push_deletes(
    deletes: &[&Difference],
    standing: &BTreeSet<BString>,
    steps: &mut Vec<Step>,
) -> Result<(), RestoreError> {
    let mut directories: BTreeSet<BString> = BTreeSet::new();
    for difference in deletes.iter().rev() {
        let above = ancestors(difference.path.as_bstr());
        directories.extend(above.map(BString::from));
        steps.push(delete(difference)?);
    }
    steps.extend(
        directories
            .into_iter()
            .rev()
            .filter(|path| !standing.contains(path))
            .map(|path| Step::RemoveDirectoryIfEmpty { path }),
    );
    Ok(())
}

/// Directories that have nothing in them, and those above that have nothing else in them.
fn push_hollow(hollow: &[TreePath], steps: &mut Vec<Step>) {
    let paths = hollow.iter().map(|path| path.as_bstr());
    let all: BTreeSet<BString> = paths
        .flat_map(|path| ancestors(path).map(BString::from).chain([path.into()]))
        .collect();
    let all = all.into_iter().rev();
    steps.extend(all.map(|path| Step::RemoveDirectoryIfEmpty { path }));
}

fn delete(difference: &Difference) -> Result<Step, RestoreError> {
    Ok(Step::Delete {
        path: difference.path.as_bstr().to_owned(),
        expected: expected(difference.now.as_ref())?,
    })
}

fn write(difference: &Difference, discard: &[TreePath]) -> Result<Step, RestoreError> {
    let path = difference.path.as_bstr().to_owned();
    let then = difference
        .then
        .as_ref()
        .expect("a write has something to write");
    if difference
        .now
        .as_ref()
        .is_some_and(|now| is_same_content(now, then))
    {
        return Ok(Step::SetPermissions {
            path,
            executable: then.kind == FileKind::Executable,
            permissions: Some(permissions(then)),
        });
    }
    let content = match &then.raw {
        Some(raw) => Content::Raw(parse(raw)?),
        None => Content::Stored(parse(&then.id)?),
    };
    let wanted = Wanted {
        kind: kind(then.kind),
        content,
        permissions: Some(permissions(then)),
    };
    let is_given_up = |given: &TreePath| is_same_or_below(path.as_bstr(), given.as_bstr());
    let expected = match &difference.now {
        None if discard.iter().any(is_given_up) => Expected::Whatever,
        now => expected(now.as_ref())?,
    };
    Ok(Step::Write {
        path,
        wanted,
        expected,
    })
}

/// The exact bits, whatever the umask says now: those of which nothing is told were the usual.
fn permissions(leaf: &Leaf) -> u16 {
    leaf.permissions.unwrap_or(match leaf.kind {
        FileKind::Executable => USUAL.1,
        _ => USUAL.0,
    })
}

/// Whether a file has to change in nothing but its permissions.
pub(crate) fn is_same_content(now: &Leaf, then: &Leaf) -> bool {
    now.kind.is_regular() && then.kind.is_regular() && now.id == then.id && now.raw == then.raw
}

fn expected(now: Option<&Leaf>) -> Result<Expected, RestoreError> {
    let Some(now) = now else {
        return Ok(Expected::Nothing);
    };
    Ok(Expected::File {
        kind: kind(now.kind),
        stored: parse(&now.id)?,
        raw: now.raw.as_deref().map(parse).transpose()?,
    })
}

fn kind(kind: FileKind) -> files::FileKind {
    match kind {
        FileKind::Executable => files::FileKind::Executable,
        FileKind::Link => files::FileKind::Link,
        FileKind::File | FileKind::Submodule => files::FileKind::File,
    }
}

/// The directories above `path`, from the deepest.
fn upwards(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    ancestors(path).collect::<Vec<_>>().into_iter().rev()
}

/// Whether attributes are said there.
pub(crate) fn is_attributes(difference: &Difference) -> bool {
    crate::reshape::is_attributes(difference.path.as_bstr())
}
