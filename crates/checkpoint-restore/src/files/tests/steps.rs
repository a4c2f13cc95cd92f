//! A table of steps: what is there, what is asked, what comes of it.

use std::os::unix::fs::{MetadataExt, symlink};
use std::time::{Duration, SystemTime};

use gix::bstr::BString;

use super::fixture::token;
use super::fixture::{Entry, Fixture, delete, file, id_of, of_kind, options, stored, write};
use crate::files::{
    Applied, Attributes, Content, Durability, Expected, FileKind, FilesError, Found, Leftovers,
    Options, Step, Token, Unsynced, Wanted, Writer,
};

/// What stands at `path` before the step.
#[derive(Debug, Clone, Copy)]
enum Now {
    Nothing,
    File(&'static str),
    Executable(&'static str),
    Link(&'static str),
    Directory,
    Fifo,
}

fn make(fixture: &Fixture, path: &str, now: Now) {
    let at = fixture.path(path);
    fs_err::create_dir_all(at.parent().unwrap()).unwrap();
    match now {
        Now::Nothing => {}
        Now::File(content) => fixture.put(path, content),
        Now::Executable(content) => {
            fixture.put(path, content);
            fixture.chmod(path, 0o755);
        }
        Now::Link(target) => symlink(target, at).unwrap(),
        Now::Directory => fs_err::create_dir(at).unwrap(),
        Now::Fifo => fifo(&at),
    }
}

pub(super) fn fifo(at: &std::path::Path) {
    let status = std::process::Command::new("mkfifo").arg(at).status();
    assert!(status.unwrap().success(), "a fifo can be made");
}

const DONE: Option<Applied> = Some(Applied::Done);
const SO: Option<Applied> = Some(Applied::AlreadySo);
/// [`FilesError::InTheWay`]
const OBSTACLE: Option<Applied> = None;

fn foreign(found: Found) -> Option<Applied> {
    Some(Applied::Foreign { found })
}

/// Does `step` where `now` stands, twice; the second time there is nothing to do if the first time there was.
fn check(now: Now, step: &dyn Fn(&Fixture) -> Step, expected: Option<Applied>) {
    let fixture = Fixture::new();
    let step = step(&fixture);
    let path = step.path().to_string();
    make(&fixture, &path, now);
    let before = fixture.tree();
    let case = format!("{step:?} on {now:?}");
    let applied = match fixture.apply(&step) {
        Ok(applied) => Some(applied),
        Err(FilesError::InTheWay { at, .. }) if at == path => None,
        Err(error) => panic!("{case}: {error:?}"),
    };
    assert_eq!(applied, expected, "{case}");
    match applied {
        Some(Applied::Done) => {
            let after = fixture.tree();
            let again = fixture.apply(&step).unwrap();
            assert_eq!(again, Applied::AlreadySo, "{case}, again");
            assert_eq!(fixture.tree(), after, "{case}, again");
        }
        _ => assert_eq!(fixture.tree(), before, "{case}: nothing was touched"),
    }
}

#[test]
fn writing() {
    let step = |kind, expected| {
        move |fixture: &Fixture| write("d/f", stored(kind, fixture.blob("new")), expected)
    };
    let old = file(id_of(b"old"));
    let to_file = |expected| step(FileKind::File, expected);
    check(Now::Nothing, &to_file(Expected::Nothing), DONE);
    check(Now::File("old"), &to_file(old), DONE);
    check(Now::File("new"), &to_file(old), SO);
    check(Now::File("new"), &to_file(Expected::Nothing), SO);
    check(Now::File("edited"), &to_file(old), foreign(Found::File));
    check(
        Now::File("old"),
        &to_file(Expected::Nothing),
        foreign(Found::File),
    );
    check(
        Now::Executable("old"),
        &to_file(old),
        foreign(Found::Executable),
    );
    check(Now::Nothing, &to_file(old), foreign(Found::Nothing));
    check(Now::Link("old"), &to_file(old), foreign(Found::Link));
    check(
        Now::Link("new"),
        &to_file(Expected::Nothing),
        foreign(Found::Link),
    );
    check(Now::Directory, &to_file(Expected::Nothing), OBSTACLE);
    check(Now::Directory, &to_file(Expected::Whatever), OBSTACLE);
    check(Now::Fifo, &to_file(old), OBSTACLE);
    check(Now::Fifo, &to_file(Expected::Nothing), OBSTACLE);
    check(Now::Fifo, &to_file(Expected::Special), DONE);
    check(Now::Fifo, &to_file(Expected::Whatever), DONE);
    check(Now::File("edited"), &to_file(Expected::Whatever), DONE);
    check(Now::Link("gone"), &to_file(Expected::Whatever), DONE);
    check(Now::Nothing, &to_file(Expected::Whatever), DONE);
    // From one kind to another.
    let of_link = of_kind(FileKind::Link, id_of(b"old"));
    check(Now::Link("old"), &to_file(of_link), DONE);
    check(Now::Link("other"), &to_file(of_link), foreign(Found::Link));
    check(Now::Executable("new"), &to_file(old), DONE);
    check(Now::File("new"), &step(FileKind::Executable, old), DONE);
    check(Now::File("old"), &step(FileKind::Executable, old), DONE);
    check(Now::File("old"), &step(FileKind::Link, old), DONE);
    check(Now::Link("old"), &step(FileKind::Link, of_link), DONE);
    check(Now::Link("new"), &step(FileKind::Link, of_link), SO);
    check(Now::Nothing, &step(FileKind::Link, Expected::Nothing), DONE);
    check(
        Now::File("new"),
        &step(FileKind::Link, of_link),
        foreign(Found::File),
    );
    check(Now::Directory, &step(FileKind::Link, of_link), OBSTACLE);
    check(Now::Fifo, &step(FileKind::Link, of_link), OBSTACLE);
}

#[test]
fn writing_exact_permissions() {
    let step = |permissions, expected| {
        move |fixture: &Fixture| {
            let wanted = Wanted {
                kind: FileKind::File,
                content: Content::Raw(fixture.blob("new")),
                permissions: Some(permissions),
            };
            write("d/f", wanted, expected)
        }
    };
    check(Now::Nothing, &step(0o600, Expected::Nothing), DONE);
    check(Now::Nothing, &step(0o444, Expected::Nothing), DONE);
    check(Now::Nothing, &step(0o666, Expected::Nothing), DONE);
    check(Now::File("old"), &step(0o640, file(id_of(b"old"))), DONE);
    check(Now::File("new"), &step(0o640, Expected::Nothing), DONE);
    check(Now::File("new"), &step(0o644, Expected::Nothing), SO);
}

#[test]
fn deleting() {
    let step = |expected| move |_: &Fixture| delete("d/f", expected);
    let old = file(id_of(b"old"));
    check(Now::File("old"), &step(old), DONE);
    check(Now::Nothing, &step(old), SO);
    check(Now::Directory, &step(old), SO);
    check(Now::File("edited"), &step(old), foreign(Found::File));
    check(
        Now::Executable("old"),
        &step(old),
        foreign(Found::Executable),
    );
    check(Now::Link("old"), &step(old), foreign(Found::Link));
    check(
        Now::Link("old"),
        &step(of_kind(FileKind::Link, id_of(b"old"))),
        DONE,
    );
    check(Now::Fifo, &step(old), foreign(Found::Special));
    check(Now::Fifo, &step(Expected::Special), DONE);
    check(Now::Fifo, &step(Expected::Whatever), DONE);
    check(Now::File("edited"), &step(Expected::Whatever), DONE);
    check(Now::Directory, &step(Expected::Whatever), SO);
    check(
        Now::File("old"),
        &step(Expected::Nothing),
        foreign(Found::File),
    );
}

#[test]
fn directories() {
    let make = |_: &Fixture| Step::MakeDirectory { path: "d/e".into() };
    check(Now::Nothing, &make, DONE);
    check(Now::Directory, &make, SO);
    check(Now::File("x"), &make, OBSTACLE);
    check(Now::Link("."), &make, OBSTACLE);
    check(Now::Fifo, &make, OBSTACLE);
    let remove = |_: &Fixture| Step::RemoveDirectoryIfEmpty { path: "d/e".into() };
    check(Now::Directory, &remove, DONE);
    check(Now::Nothing, &remove, SO);
    check(Now::File("x"), &remove, SO);
    check(Now::Link("."), &remove, SO);
    let parent = |_: &Fixture| Step::RemoveDirectoryIfEmpty { path: "d".into() };
    let fixture = Fixture::new();
    fixture.put("d/ignored", "kept");
    assert_eq!(fixture.apply(&parent(&fixture)).unwrap(), Applied::NotEmpty);
    assert_eq!(fixture.read("d/ignored"), b"kept");
}

#[test]
fn permissions() {
    let step = |executable, permissions| {
        move |_: &Fixture| Step::SetPermissions {
            path: "d/f".into(),
            executable,
            permissions,
        }
    };
    check(Now::File("x"), &step(true, None), DONE);
    check(Now::Executable("x"), &step(false, None), DONE);
    check(Now::Executable("x"), &step(true, None), SO);
    check(Now::File("x"), &step(false, Some(0o600)), DONE);
    check(Now::File("x"), &step(false, Some(0o644)), SO);
    check(Now::Nothing, &step(true, None), foreign(Found::Nothing));
    check(Now::Link("x"), &step(true, None), foreign(Found::Link));
    check(Now::Fifo, &step(true, None), foreign(Found::Special));
    check(Now::Directory, &step(true, None), foreign(Found::Directory));
}

#[test]
fn permissions_keep_content_time_and_other_names() {
    let fixture = Fixture::new();
    fixture.put("f", "content");
    let outside = fixture.outside("same");
    fs_err::hard_link(fixture.path("f"), &outside).unwrap();
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let opened = fs_err::OpenOptions::new()
        .write(true)
        .open(&outside)
        .unwrap();
    opened.file().set_modified(long_ago).unwrap();
    let step = Step::SetPermissions {
        path: "f".into(),
        executable: true,
        permissions: Some(0o700),
    };
    assert_eq!(fixture.apply(&step).unwrap(), Applied::Done);
    let meta = fs_err::metadata(fixture.path("f")).unwrap();
    assert_eq!(meta.mode() & 0o7777, 0o700);
    assert_eq!(meta.modified().unwrap(), long_ago);
    assert_eq!(fixture.read("f"), b"content");
    let meta = fs_err::metadata(&outside).unwrap();
    assert_eq!(
        meta.mode() & 0o7777,
        0o644,
        "the other name has what it had"
    );
    assert_eq!(meta.nlink(), 1);
}

#[test]
fn a_file_that_is_right_keeps_its_time() {
    let fixture = Fixture::new();
    fixture.put("f", "same");
    let before = fs_err::metadata(fixture.path("f")).unwrap();
    let step = write(
        "f",
        stored(FileKind::File, fixture.blob("same")),
        Expected::Whatever,
    );
    assert_eq!(fixture.apply(&step).unwrap(), Applied::AlreadySo);
    let after = fs_err::metadata(fixture.path("f")).unwrap();
    assert_eq!(before.ino(), after.ino());
    assert_eq!(before.modified().unwrap(), after.modified().unwrap());
}

#[test]
fn raw_bytes_must_be_the_very_bytes() {
    let fixture = Fixture::new();
    fixture.put(".gitattributes", "* text eol=lf\n");
    fixture.git(["add", ".gitattributes"]);
    let (stored_id, raw) = (fixture.blob("a\nb\n"), fixture.blob("a\r\nb\n"));
    let expected = |raw| Expected::File {
        kind: FileKind::File,
        stored: stored_id,
        raw,
    };
    let wanted = Wanted {
        kind: FileKind::File,
        content: Content::Raw(fixture.blob("x\r\n")),
        permissions: None,
    };
    fixture.put("f", "a\r\nb\r\n");
    let told = Applied::Foreign { found: Found::File };
    let step = write("f", wanted, expected(Some(raw)));
    assert_eq!(fixture.apply(&step).unwrap(), told);
    fixture.put("f", "a\r\nb\n");
    assert_eq!(fixture.apply(&step).unwrap(), Applied::Done);
    assert_eq!(fixture.read("f"), b"x\r\n", "no filter touches raw bytes");
    fixture.put("f", "a\r\nb\r\n");
    let step = write("f", wanted, expected(None));
    assert_eq!(
        fixture.apply(&step).unwrap(),
        Applied::Done,
        "what git would store of it is expected"
    );
}

#[test]
fn attributes_that_change_are_followed() {
    let fixture = Fixture::new();
    let repo = fixture.repo();
    let hash = repo.gix().object_hash();
    let (old, new) = (fixture.blob("* -text\n"), fixture.blob("* text eol=crlf\n"));
    let lines = fixture.blob("a\n");
    let before = crate::files::attributes_of(hash, [(".gitattributes".into(), old)]);
    let after = crate::files::attributes_of(hash, [(".gitattributes".into(), new)]);
    let attributes = Attributes {
        before: &before,
        after: &after,
    };
    fixture.put(".gitattributes", "* -text\n");
    fixture.put("f", "b\r\n");
    let steps = [
        write(".gitattributes", stored(FileKind::File, new), file(old)),
        // What was kept of it was kept by the old rules.
        write("f", stored(FileKind::File, lines), file(id_of(b"b\r\n"))),
    ];
    let mut writer = Writer::new(&repo, attributes, &options()).unwrap();
    for step in &steps {
        assert_eq!(writer.apply(step).unwrap(), Applied::Done);
    }
    assert_eq!(fixture.read("f"), b"a\r\n");
    assert_eq!(fixture.read(".gitattributes"), b"* text eol=crlf\r\n");
    // After a crash everything is asked once more.
    let mut writer = Writer::new(&repo, attributes, &options()).unwrap();
    for step in &steps {
        assert_eq!(writer.apply(step).unwrap(), Applied::AlreadySo);
    }
}

#[test]
fn attributes_in_the_working_tree_count_when_no_others_do() {
    let fixture = Fixture::new();
    let lines = fixture.blob("a\n");
    fixture.put("sub/.gitattributes", "* eol=crlf\n");
    let step = write("sub/f", stored(FileKind::File, lines), Expected::Nothing);
    let mut writer = fixture.writer();
    assert_eq!(writer.apply(&step).unwrap(), Applied::Done);
    assert_eq!(fixture.read("sub/f"), b"a\r\n");
    let gone = delete("sub/.gitattributes", Expected::Whatever);
    assert_eq!(writer.apply(&gone).unwrap(), Applied::Done);
    let step = write("sub/f", stored(FileKind::File, lines), Expected::Whatever);
    assert_eq!(writer.apply(&step).unwrap(), Applied::Done);
    assert_eq!(
        fixture.read("sub/f"),
        b"a\n",
        "the rule is gone with its file"
    );
}

#[test]
fn without_file_mode_who_may_execute_stays() {
    let fixture = Fixture::new();
    fixture.git(["config", "core.fileMode", "false"]);
    let (old, new) = (fixture.blob("old"), fixture.blob("new"));
    for (mode, kind) in [(0o755, FileKind::File), (0o644, FileKind::Executable)] {
        fixture.put("f", "old");
        fixture.chmod("f", mode);
        let step = write("f", stored(kind, new), file(old));
        assert_eq!(fixture.apply(&step).unwrap(), Applied::Done);
        assert_eq!(fixture.mode("f"), mode);
        let step = Step::SetPermissions {
            path: "f".into(),
            executable: kind == FileKind::Executable,
            permissions: None,
        };
        assert_eq!(fixture.apply(&step).unwrap(), Applied::AlreadySo);
        fs_err::remove_file(fixture.path("f")).unwrap();
    }
    let step = write("x", stored(FileKind::Executable, new), Expected::Nothing);
    assert_eq!(fixture.apply(&step).unwrap(), Applied::Done);
    assert_eq!(fixture.mode("x"), 0o755, "a new file is as git makes it");
}

#[test]
fn without_links_a_link_is_a_file() {
    let fixture = Fixture::new();
    fixture.git(["config", "core.symlinks", "false"]);
    fixture.put(".gitattributes", "* eol=crlf\n");
    fixture.git(["add", ".gitattributes"]);
    let (old, new) = (fixture.blob("old\n"), fixture.blob("to\nhere"));
    let step = write("l", stored(FileKind::Link, new), Expected::Nothing);
    assert_eq!(fixture.apply(&step).unwrap(), Applied::Done);
    assert_eq!(
        fixture.tree().get(b"l".as_slice()),
        Some(&Entry::File(0o644, b"to\nhere".to_vec())),
        "no filter touches a target"
    );
    assert_eq!(fixture.apply(&step).unwrap(), Applied::AlreadySo);
    let step = write(
        "l",
        stored(FileKind::Link, old),
        of_kind(FileKind::Link, new),
    );
    assert_eq!(fixture.apply(&step).unwrap(), Applied::Done);
    assert_eq!(fixture.read("l"), b"old\n");
}

#[test]
fn synced_steps_do_the_same() {
    let fixture = Fixture::new();
    let repo = fixture.repo();
    let empty = crate::files::attributes_of(repo.gix().object_hash(), []);
    let attributes = Attributes {
        before: &empty,
        after: &empty,
    };
    let options = Options {
        durability: Durability::Fsync,
        token: Token::random(),
        links: Default::default(),
    };
    let mut writer = Writer::new(&repo, attributes, &options).unwrap();
    let id = fixture.blob("x");
    let steps = [
        Step::MakeDirectory { path: "d".into() },
        write("d/f", stored(FileKind::File, id), Expected::Nothing),
        write("d/l", stored(FileKind::Link, id), Expected::Nothing),
        delete("d/f", file(id)),
        delete("d/l", of_kind(FileKind::Link, id)),
        Step::RemoveDirectoryIfEmpty { path: "d".into() },
    ];
    for step in &steps {
        assert_eq!(writer.apply(step).unwrap(), Applied::Done, "{step:?}");
    }
    assert!(fixture.tree().is_empty());
}

#[test]
fn whatever_stands_there_is_waited_for() {
    let fixture = Fixture::new();
    make(&fixture, "d/e/f", Now::File("x"));
    make(&fixture, "l", Now::Link("nowhere"));
    make(&fixture, "p", Now::Fifo);
    let paths = ["d/e/f", "d/e/gone", "gone/f", "l", "p", "d/e/f/below", "d"];
    let unsynced = Unsynced::of(&fixture.repo(), paths.map(BString::from)).unwrap();
    unsynced.wait().unwrap();
    let outside = Unsynced::of(&fixture.repo(), [BString::from(".git/config")]).unwrap();
    assert!(
        matches!(outside.wait(), Err(FilesError::InvalidPath { .. })),
        "nothing is entered that is not the working tree's"
    );
}

#[test]
fn objects_that_cannot_be_files_are_told() {
    let fixture = Fixture::new();
    fixture.put("f", "old");
    let try_one = |kind, id| {
        let result = fixture.apply(&write("f", stored(kind, id), Expected::Whatever));
        assert_eq!(fixture.read("f"), b"old");
        result.unwrap_err()
    };
    let missing = id_of(b"nowhere");
    assert!(matches!(
        try_one(FileKind::File, missing),
        FilesError::MissingObject { id, path, .. } if id == missing && path == "f"
    ));
    let tree = fixture.git_of(["mktree"], b"");
    let tree = gix::ObjectId::from_hex(tree.trim_ascii()).unwrap();
    assert!(matches!(
        try_one(FileKind::File, tree),
        FilesError::NotABlob { .. }
    ));
    for target in ["", "a\0b", "x".repeat(100_000).as_str()] {
        let id = fixture.blob(target);
        assert!(matches!(
            try_one(FileKind::Link, id),
            FilesError::LinkTarget { .. }
        ));
    }
}

#[test]
fn a_token_reads_back() {
    let token = Token::random();
    assert_eq!(token.to_string().parse::<Token>().unwrap(), token);
    for wrong in [
        "",
        "abc",
        "0123456789ABCDEF",
        "../../../../../..",
        "0123456789abcde/",
    ] {
        assert!(wrong.parse::<Token>().is_err(), "'{wrong}' is no token");
    }
}

#[test]
fn a_sweep_takes_only_what_a_killed_restore_left() {
    let fixture = Fixture::new();
    let left = ".git-checkpoint-0123456789abcdef.tmp";
    let other = ".git-checkpoint-fedcba9876543210.tmp";
    for name in [left, other] {
        fixture.put(&format!("d/{name}"), "half");
        fixture.put(name, "half");
    }
    fixture.put("other/repository/.git", "");
    fixture.put(&format!("other/repository/{left}"), "theirs");
    std::os::unix::fs::symlink(fixture.outside(""), fixture.path("link")).unwrap();
    fs_err::write(fixture.outside(left), "theirs").unwrap();
    let leftovers = Leftovers::find(&fixture.repo(), &token()).unwrap();
    leftovers.remove().unwrap();
    assert!(
        fixture.path(&format!("other/repository/{left}")).exists(),
        "another repository is none of ours"
    );
    assert!(fixture.outside(left).exists(), "no link is followed");
    for directory in ["", "d/"] {
        assert!(!fixture.path(&format!("{directory}{left}")).exists());
        assert!(fixture.path(&format!("{directory}{other}")).exists());
    }
}
