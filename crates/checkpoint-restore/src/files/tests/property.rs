//! Whatever is there and whatever is asked: afterwards it is as asked, or it is as it was.

use std::os::unix::fs::symlink;

use gix::bstr::ByteSlice;
use proptest::prelude::*;

use super::fixture::{Entry, Fixture, of_kind, stored, write};
use super::steps::fifo;
use crate::files::{Applied, Expected, FileKind, FilesError, Found, Step};

const CONTENTS: [&str; 3] = ["a", "b\n", "c\r\n"];
const PATHS: [&str; 7] = ["f", "d", "d/f", "d/e", "d/e/f", "d/e/g", "l"];

/// What somebody does to the working tree.
#[derive(Debug, Clone, Copy)]
enum Edit {
    Write(usize),
    Run(usize),
    Link(usize),
    Directory,
    Fifo,
    Remove,
}

#[derive(Debug, Clone, Copy)]
enum Action {
    Edit(usize, Edit),
    Write(usize, FileKind, usize, Option<(FileKind, usize)>),
    Anyhow(usize, FileKind, usize),
    Delete(usize, FileKind, usize),
    MakeDirectory(usize),
    RemoveDirectory(usize),
    SetPermissions(usize, bool),
}

fn action() -> impl Strategy<Value = Action> {
    let path = || 0..PATHS.len();
    let content = || 0..CONTENTS.len();
    let kind = || {
        prop_oneof![
            Just(FileKind::File),
            Just(FileKind::Executable),
            Just(FileKind::Link)
        ]
    };
    let edit = prop_oneof![
        content().prop_map(Edit::Write),
        content().prop_map(Edit::Run),
        content().prop_map(Edit::Link),
        Just(Edit::Directory),
        Just(Edit::Fifo),
        Just(Edit::Remove),
    ];
    prop_oneof![
        4 => (path(), edit).prop_map(|(path, edit)| Action::Edit(path, edit)),
        4 => (path(), kind(), content(), prop::option::of((kind(), content())))
            .prop_map(|(path, kind, content, old)| Action::Write(path, kind, content, old)),
        1 => (path(), kind(), content())
            .prop_map(|(path, kind, content)| Action::Anyhow(path, kind, content)),
        3 => (path(), kind(), content())
            .prop_map(|(path, kind, content)| Action::Delete(path, kind, content)),
        1 => path().prop_map(Action::MakeDirectory),
        1 => path().prop_map(Action::RemoveDirectory),
        1 => (path(), any::<bool>()).prop_map(|(path, run)| Action::SetPermissions(path, run)),
    ]
}

fn edit(fixture: &Fixture, path: &str, edit: Edit) {
    let at = fixture.path(path);
    if at
        .parent()
        .unwrap()
        .symlink_metadata()
        .is_ok_and(|meta| meta.is_dir())
    {
        drop(fs_err::remove_dir_all(&at));
        drop(fs_err::remove_file(&at));
        match edit {
            Edit::Write(content) => fixture.put(path, CONTENTS[content]),
            Edit::Run(content) => {
                fixture.put(path, CONTENTS[content]);
                fixture.chmod(path, 0o755);
            }
            Edit::Link(content) => symlink(CONTENTS[content], &at).unwrap(),
            Edit::Directory => fs_err::create_dir(&at).unwrap(),
            Edit::Fifo => fifo(&at),
            Edit::Remove => {}
        }
    }
}

fn step(fixture: &Fixture, action: Action) -> Option<Step> {
    let id = |content: usize| fixture.blob(CONTENTS[content]);
    Some(match action {
        Action::Edit(path, what) => {
            edit(fixture, PATHS[path], what);
            return None;
        }
        Action::Write(path, kind, content, old) => {
            let expected = old.map_or(Expected::Nothing, |(kind, content)| {
                of_kind(kind, id(content))
            });
            write(PATHS[path], stored(kind, id(content)), expected)
        }
        Action::Anyhow(path, kind, content) => {
            write(PATHS[path], stored(kind, id(content)), Expected::Whatever)
        }
        Action::Delete(path, kind, content) => Step::Delete {
            path: PATHS[path].into(),
            expected: of_kind(kind, id(content)),
        },
        Action::MakeDirectory(path) => Step::MakeDirectory {
            path: PATHS[path].into(),
        },
        Action::RemoveDirectory(path) => Step::RemoveDirectoryIfEmpty {
            path: PATHS[path].into(),
        },
        Action::SetPermissions(path, executable) => Step::SetPermissions {
            path: PATHS[path].into(),
            executable,
            permissions: None,
        },
    })
}

/// Whether what stands there is what the step asked for.
fn is_met(step: &Step, now: Option<&Entry>, blob: impl Fn(gix::ObjectId) -> Vec<u8>) -> bool {
    match step {
        Step::Write { wanted, .. } => {
            let content = blob(wanted.content.id());
            match (wanted.kind, now) {
                (FileKind::File, Some(Entry::File(mode, found))) => {
                    mode & 0o100 == 0 && *found == content
                }
                (FileKind::Executable, Some(Entry::File(mode, found))) => {
                    mode & 0o100 != 0 && *found == content
                }
                (FileKind::Link, Some(Entry::Link(target))) => {
                    target.as_os_str().as_encoded_bytes() == content
                }
                _ => false,
            }
        }
        Step::Delete { .. } => matches!(now, None | Some(Entry::Directory)),
        Step::MakeDirectory { .. } => now == Some(&Entry::Directory),
        Step::RemoveDirectoryIfEmpty { .. } => now != Some(&Entry::Directory),
        Step::SetPermissions { executable, .. } => {
            matches!(now, Some(Entry::File(mode, _)) if (mode & 0o100 != 0) == *executable)
        }
    }
}

/// Whether the step was allowed to change what stood there.
fn was_expected(
    step: &Step,
    before: Option<&Entry>,
    blob: impl Fn(gix::ObjectId) -> Vec<u8>,
) -> bool {
    let (Step::Write { expected, .. } | Step::Delete { expected, .. }) = step else {
        return true;
    };
    match (expected, before) {
        (Expected::Nothing, before) => before.is_none(),
        (Expected::Whatever, before) => before != Some(&Entry::Directory),
        (Expected::File { kind, stored, .. }, Some(Entry::File(mode, found))) => {
            let kind_now = match mode & 0o100 {
                0 => FileKind::File,
                _ => FileKind::Executable,
            };
            kind_now == *kind && *found == blob(*stored)
        }
        (Expected::File { kind, stored, .. }, Some(Entry::Link(target))) => {
            *kind == FileKind::Link && target.as_os_str().as_encoded_bytes() == blob(*stored)
        }
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, max_shrink_iters: 200, ..Default::default() })]

    #[test]
    fn a_step_is_done_or_changes_nothing(actions in prop::collection::vec(action(), 1..25)) {
        let fixture = Fixture::new();
        let ids = CONTENTS.map(|content| (fixture.blob(content), content.as_bytes().to_vec()));
        let blob = |id| ids.iter().find(|(known, _)| *known == id).unwrap().1.clone();
        let mut writer = fixture.writer();
        for action in actions {
            let Some(step) = step(&fixture, action) else { continue };
            let before = fixture.tree();
            let result = writer.apply(&step);
            let after = fixture.tree();
            let (was, is) = (before.get(step.path()), after.get(step.path()));
            match &result {
                Ok(Applied::Done) => {
                    prop_assert!(is_met(&step, is, blob), "{step:?} left {is:?}");
                    // What is right but for its permissions gets these, whatever was expected.
                    let was_right = matches!((was, is), (Some(Entry::File(_, one)), Some(Entry::File(_, other))) if one == other);
                    prop_assert!(was_right || was_expected(&step, was, blob), "{step:?} on {was:?}");
                    let others = |tree: &std::collections::BTreeMap<gix::bstr::BString, Entry>| {
                        let mut tree = tree.clone();
                        tree.retain(|path, entry| {
                            path != step.path() && !(*entry == Entry::Directory && step.path().starts_with_str(path))
                        });
                        tree
                    };
                    prop_assert_eq!(others(&before), others(&after), "{:?} changes nothing else", step);
                    prop_assert_eq!(writer.apply(&step).unwrap(), Applied::AlreadySo, "{:?} again", &step);
                }
                Ok(Applied::AlreadySo) => {
                    prop_assert!(is_met(&step, was, blob), "{step:?} on {was:?}");
                    prop_assert_eq!(before, after);
                }
                Ok(Applied::NotEmpty) => {
                    prop_assert_eq!(was, Some(&Entry::Directory));
                    prop_assert_eq!(before, after);
                }
                Ok(Applied::Foreign { found }) => {
                    prop_assert!(!is_met(&step, was, blob));
                    prop_assert_eq!(*found == Found::Nothing, was.is_none());
                    prop_assert_eq!(before, after);
                }
                Err(FilesError::InTheWay { at, .. }) => {
                    prop_assert!(before.contains_key(at));
                    prop_assert_eq!(before, after);
                }
                Err(error) => prop_assert!(false, "{step:?}: {error:?}"),
            }
        }
    }
}
