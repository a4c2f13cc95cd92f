//! Big files: the same memory whatever their size.

use std::io::{Read, Write};
use std::process::Command;

use gix::ObjectId;

use super::fixture::{Fixture, file, stored, write};
use crate::files::{Applied, Content, Expected, FileKind, Found, Step, Wanted};

/// As many bytes as this would show in the memory of a process that holds them.
const SIZE: u64 = 160 * 1024 * 1024;
/// What it may hold, in KiB.
const LIMIT: u64 = 64 * 1024;

/// Keeps a blob of [`SIZE`] bytes, the first and the last of them `first`.
fn big_blob(fixture: &Fixture, first: u8) -> ObjectId {
    let at = fixture.outside("big");
    let mut out = fs_err::File::create(&at).unwrap();
    out.write_all(&[first]).unwrap();
    out.file().set_len(SIZE - 1).unwrap();
    let mut out = fs_err::OpenOptions::new().append(true).open(&at).unwrap();
    out.write_all(&[first]).unwrap();
    let args = ["-c", "core.bigFileThreshold=1m", "-c", "core.compression=1"];
    let at = at.to_str().unwrap();
    let hex = fixture.git(
        args.iter()
            .chain(&["hash-object", "-w", "--no-filters", at]),
    );
    ObjectId::from_hex(hex.trim_ascii()).unwrap()
}

/// Most memory this process ever had, in KiB; none where that is not told.
fn peak() -> Option<u64> {
    let status = fs_err::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn is_big(fixture: &Fixture, first: u8) -> bool {
    let mut found = fs_err::File::open(fixture.path("f")).unwrap();
    let mut byte = [0];
    found.read_exact(&mut byte).unwrap();
    byte[0] == first && found.metadata().unwrap().len() == SIZE
}

#[test]
fn memory_does_not_grow_with_a_file() {
    for rules in ["", "* text=auto\n", "f filter=pass\n"] {
        let fixture = Fixture::new();
        fixture.git(["config", "filter.pass.smudge", "cat"]);
        fixture.git(["config", "filter.pass.clean", "cat"]);
        fixture.put(".gitattributes", rules);
        fixture.git(["add", "-A"]);
        let (one, two) = (big_blob(&fixture, b'1'), big_blob(&fixture, b'2'));
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "files::tests::big::writes_big_files"])
            .env("CHECKPOINT_TEST_TREE", fixture.top())
            .env("CHECKPOINT_TEST_IDS", format!("{one} {two}"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{rules}: {said}");
        assert!(is_big(&fixture, b'2'));
    }
}

/// Not a test of its own: what [`memory_does_not_grow_with_a_file`] runs in a process of its own.
#[test]
#[expect(clippy::disallowed_methods, reason = "the parent says what to write")]
fn writes_big_files() {
    let Some(top) = std::env::var_os("CHECKPOINT_TEST_TREE") else {
        return;
    };
    let Ok(ids) = std::env::var("CHECKPOINT_TEST_IDS") else {
        return;
    };
    let mut ids = ids
        .split(' ')
        .map(|hex| ObjectId::from_hex(hex.as_bytes()).unwrap());
    let (one, two) = (ids.next().unwrap(), ids.next().unwrap());
    let fixture = Fixture::at(top.into());
    let mut writer = fixture.writer();
    let mut check = |step: &Step, applied| {
        assert_eq!(writer.apply(step).unwrap(), applied, "{step:?}");
    };
    let first = write("f", stored(FileKind::File, one), Expected::Nothing);
    check(&first, Applied::Done);
    assert!(is_big(&fixture, b'1'));
    check(&first, Applied::AlreadySo);
    let raw = Wanted {
        kind: FileKind::File,
        content: Content::Raw(one),
        permissions: None,
    };
    check(&write("f", raw, Expected::Nothing), Applied::AlreadySo);
    let second = |expected| write("f", stored(FileKind::File, two), expected);
    let told = Applied::Foreign { found: Found::File };
    check(&second(file(two.kind().null())), told);
    let third = stored(FileKind::File, fixture.blob("small"));
    check(&write("f", third, file(two)), told);
    check(&second(file(one)), Applied::Done);
    if let Some(peak) = peak() {
        assert!(peak < LIMIT, "{peak} KiB are too much for one file");
    }
}

#[test]
fn a_big_file_that_is_converted() {
    let fixture = Fixture::new();
    fixture.put(".gitattributes", "f eol=crlf\n");
    fixture.git(["add", "-A"]);
    let lines = "a line of a big file\n".repeat(500_000);
    let id = fixture.blob(&lines);
    let step = write("f", stored(FileKind::File, id), Expected::Nothing);
    assert_eq!(fixture.apply(&step).unwrap(), Applied::Done);
    assert!(fixture.read("f") == lines.replace('\n', "\r\n").as_bytes());
    assert_eq!(fixture.apply(&step).unwrap(), Applied::AlreadySo);
    let small = stored(FileKind::File, fixture.blob("small\n"));
    let step = write("f", small, file(id));
    assert_eq!(fixture.apply(&step).unwrap(), Applied::Done);
}
