//! A writer that is killed, or told that the disk is full, at each point of each step.

use std::collections::BTreeMap;
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Output};

use gix::bstr::BString;

use super::fixture::{Entry, Fixture, delete, file, id_of, of_kind, stored, token, write};
use crate::files::{
    Applied, Content, Expected, FAULT_POINTS, FileKind, FilesError, Leftovers, Step, Wanted,
};

/// One step of each kind, on what [`prepare`] makes; none depends on another.
fn steps() -> Vec<Step> {
    let old = || id_of(b"old");
    let new = |kind| stored(kind, id_of(b"new"));
    let secret = Wanted {
        kind: FileKind::File,
        content: Content::Raw(id_of(b"new")),
        permissions: Some(0o600),
    };
    vec![
        write("made/by/us", new(FileKind::File), Expected::Nothing),
        write("replaced", new(FileKind::Executable), file(old())),
        write("secret", secret, file(old())),
        write("link", new(FileKind::Link), of_kind(FileKind::Link, old())),
        write("filtered", new(FileKind::File), file(old())),
        write("streamed", new(FileKind::File), file(old())),
        delete("deleted", file(old())),
        delete("d/deleted", file(old())),
        Step::RemoveDirectoryIfEmpty { path: "d".into() },
        Step::MakeDirectory {
            path: "empty/one".into(),
        },
        Step::SetPermissions {
            path: "run".into(),
            executable: true,
            permissions: None,
        },
        Step::SetPermissions {
            path: "shared".into(),
            executable: true,
            permissions: Some(0o700),
        },
    ]
}

fn prepare() -> Fixture {
    let fixture = Fixture::new();
    fixture.git(["config", "filter.pass.smudge", "cat"]);
    fixture.git(["config", "filter.pass.clean", "cat"]);
    fixture.git(["config", "filter.must.smudge", "cat"]);
    fixture.git(["config", "filter.must.clean", "cat"]);
    fixture.git(["config", "filter.must.required", "true"]);
    fixture.put(
        ".gitattributes",
        "filtered filter=must\nstreamed filter=pass\n",
    );
    fixture.git(["add", "-A"]);
    fixture.blob("new");
    for name in [
        "replaced",
        "secret",
        "filtered",
        "streamed",
        "deleted",
        "d/deleted",
        "run",
        "shared",
    ] {
        fixture.put(name, "old");
    }
    symlink("old", fixture.path("link")).unwrap();
    fs_err::hard_link(fixture.path("shared"), fixture.outside("shared")).unwrap();
    fixture
}

/// Does all steps in a process of its own, with `fault`.
fn run(fixture: &Fixture, fault: &str) -> Output {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "files::tests::faults::does_all_steps"])
        .env("CHECKPOINT_TEST_TREE", fixture.top())
        .env("CHECKPOINT_FAULT", fault)
        .output()
        .unwrap()
}

/// Not a test of its own: what [`run`] runs. Fails with the errors that the writer gave.
#[test]
#[expect(clippy::disallowed_methods, reason = "the parent says where to write")]
fn does_all_steps() {
    let Some(top) = std::env::var_os("CHECKPOINT_TEST_TREE") else {
        return;
    };
    let fixture = Fixture::at(top.into());
    let mut writer = fixture.writer();
    let steps = steps();
    let left = Leftovers::find(&fixture.repo(), &token()).unwrap();
    left.remove().unwrap();
    for step in &steps {
        let before = fixture.tree();
        match writer.apply(step) {
            Ok(Applied::Done | Applied::AlreadySo) => {}
            Ok(other) => panic!("{step:?}: {other:?}"),
            Err(error) => {
                assert_untouched(&before, &fixture.tree(), step);
                let is_typed = matches!(
                    error,
                    FilesError::DiskFull { .. }
                        | FilesError::Denied { .. }
                        | FilesError::ReadOnly { .. }
                        | FilesError::TooManyOpen { .. }
                );
                assert!(is_typed, "{step:?}: {error:?}");
                // It was for once: now there is room.
                assert_eq!(writer.apply(step).unwrap(), Applied::Done, "{step:?}");
            }
        }
    }
}

/// Empty directories may have been made for a file that was not.
fn assert_untouched(
    before: &BTreeMap<BString, Entry>,
    after: &BTreeMap<BString, Entry>,
    step: &Step,
) {
    let files = |tree: &BTreeMap<BString, Entry>| {
        let mut tree = tree.clone();
        tree.retain(|_, entry| *entry != Entry::Directory);
        tree
    };
    assert_eq!(files(before), files(after), "{step:?} has touched nothing");
}

/// What is there when all is done, without faults.
fn target() -> BTreeMap<BString, Entry> {
    let fixture = prepare();
    let output = run(&fixture, "");
    assert!(output.status.success(), "{output:?}");
    let tree = fixture.tree();
    assert!(!tree.contains_key(b"d".as_slice()));
    tree
}

/// How often each point is passed in one run, at most.
const MOST: usize = 12;

#[test]
fn killed_anywhere_it_goes_on_from_there() {
    let target = target();
    let mut n_kills = 0;
    for point in FAULT_POINTS {
        for n in 1..MOST {
            let fixture = prepare();
            let output = run(&fixture, &format!("{point}:{n}:abort"));
            if output.status.success() {
                assert!(n > 1, "{point} is passed");
                break;
            }
            assert_eq!(output.status.signal(), Some(6), "{point}:{n}: {output:?}");
            n_kills += 1;
            for (path, entry) in fixture.tree() {
                let is_temporary = path.ends_with(b".tmp");
                let is_whole = match &entry {
                    Entry::File(_, content) => content == b"old" || content == b"new",
                    _ => true,
                };
                assert!(
                    is_temporary || is_whole || path == ".gitattributes",
                    "{point}:{n}: '{path}' is whole, not {entry:?}"
                );
            }
            // Killed once more, then left in peace.
            let again = run(&fixture, &format!("{point}:1:abort"));
            assert!(again.status.success() || again.status.signal() == Some(6));
            let output = run(&fixture, "");
            assert!(output.status.success(), "{point}:{n}: {output:?}");
            assert_eq!(fixture.tree(), target, "{point}:{n}");
            let other = fs_err::read(fixture.outside("shared")).unwrap();
            assert_eq!(other, b"old");
        }
    }
    assert!(n_kills > FAULT_POINTS.len(), "{n_kills} kills");
}

#[test]
fn told_no_anywhere_it_touches_nothing_and_can_be_asked_again() {
    let target = target();
    let before_the_act = FAULT_POINTS
        .iter()
        .filter(|name| !name.contains("::after_"));
    for point in before_the_act.chain([&"files::after_temp"]) {
        for what in ["enospc", "eacces", "erofs", "emfile"] {
            for n in 1..MOST {
                // All errors at the first place, one of them at each.
                if n > 1 && what != "enospc" {
                    break;
                }
                let fixture = prepare();
                let output = run(&fixture, &format!("{point}:{n}:{what}"));
                assert!(output.status.success(), "{point}:{n}:{what}: {output:?}");
                assert_eq!(fixture.tree(), target, "{point}:{n}:{what}");
            }
        }
    }
}
