//! The file steps of a plan, in the order in which they can be done.

use std::collections::BTreeSet;

use checkpoint_model::path::TreePath;
use checkpoint_model::restore::{Difference, FileKind, Leaf, Plan, is_same_or_below};
use gix::bstr::{BString, ByteSlice};

use crate::RestoreError;
use crate::apply::parse;
use crate::files::{self, Content, Expected, Step, Wanted};
use crate::state::{USUAL, ancestors};

/// The steps in their order: what stands in the way goes first, what is only to go comes last.
pub(crate) fn steps(
    plan: &Plan,
    empty: &[TreePath],
    discard: &[TreePath],
) -> Result<Vec<Step>, RestoreError> {
    let written: BTreeSet<&[u8]> = plan
        .writes()
        .map(|difference| difference.path.as_bstr().as_bytes())
        .collect();
    let above: BTreeSet<&[u8]> = written.iter().flat_map(|path| ancestors(path)).collect();
    let is_in_the_way = |path: &[u8]| {
        above.contains(path) || ancestors(path).any(|directory| written.contains(directory))
    };
    let mut steps = Vec::new();
    let (first, last): (Vec<_>, Vec<_>) = plan
        .deletes()
        .partition(|difference| is_in_the_way(difference.path.as_bstr()));
    push_deletes(&first, &mut steps)?;
    let mut hollow: Vec<&TreePath> = empty
        .iter()
        .chain(&plan.hollow)
        .filter(|path| {
            written.contains(path.as_bstr().as_bytes())
                || ancestors(path.as_bstr()).any(|directory| written.contains(directory))
        })
        .collect();
    hollow.sort();
    for path in hollow.into_iter().rev() {
        for directory in [path.as_bstr().as_bytes()]
            .into_iter()
            .chain(upwards(path.as_bstr()))
        {
            if written.contains(directory)
                || ancestors(directory).any(|above| written.contains(above))
            {
                steps.push(Step::RemoveDirectoryIfEmpty {
                    path: directory.into(),
                });
            }
        }
    }
    // Attributes decide what becomes of all other files.
    let (rules, others): (Vec<_>, Vec<_>) = plan
        .writes()
        .partition(|difference| is_attributes(difference));
    let (gone, last): (Vec<_>, Vec<_>) = last
        .into_iter()
        .partition(|difference| is_attributes(difference));
    for difference in &gone {
        let path = difference.path.as_bstr().to_owned();
        steps.push(Step::Delete {
            path,
            expected: expected(difference.now.as_ref())?,
        });
    }
    for difference in rules.into_iter().chain(others) {
        steps.push(write(difference, discard)?);
    }
    push_deletes(&last, &mut steps)?;
    let above_gone = gone
        .iter()
        .flat_map(|difference| ancestors(difference.path.as_bstr()));
    let above_gone: Vec<TreePath> = above_gone.map(TreePath::new).collect();
    push_hollow(&above_gone, &mut steps);
    push_hollow(&plan.hollow, &mut steps);
    steps.extend(plan.directories.iter().map(|path| Step::MakeDirectory {
        path: path.as_bstr().to_owned(),
    }));
    Ok(steps)
}

/// Deletes, the deepest first, and the directories that are empty by that.
fn push_deletes(deletes: &[&Difference], steps: &mut Vec<Step>) -> Result<(), RestoreError> {
    let mut directories: BTreeSet<BString> = BTreeSet::new();
    for difference in deletes.iter().rev() {
        let path = difference.path.as_bstr().to_owned();
        directories.extend(ancestors(&path).map(BString::from));
        steps.push(Step::Delete {
            path,
            expected: expected(difference.now.as_ref())?,
        });
    }
    steps.extend(
        directories
            .into_iter()
            .rev()
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
