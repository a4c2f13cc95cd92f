//! Which names may be written: git is the judge.

use std::process::Command;

use gix::bstr::ByteSlice;

use super::fixture::{Fixture, stored, write};
use crate::files::{Expected, FileKind, FilesError, Names};

const NAMES: &[&str] = &[
    "a",
    "a/b",
    ".gitignore",
    ".gitattributes",
    ".gitmodules",
    "a/.gitmodules",
    ".git",
    ".git/config",
    ".GIT/config",
    ".gIt/hooks/pre-commit",
    "a/.git",
    "a/.git/config",
    "a/.Git",
    ".git /config",
    ".git./config",
    ".git.../config",
    ".git ./config",
    ".git:stream",
    ".git::$INDEX_ALLOCATION/config",
    "git~1/config",
    "GIT~1",
    "git~10",
    "git~2",
    ".git\\config",
    "a\\.git\\config",
    ".gitx",
    "x.git",
    ".g\u{200c}it/config",
    "\u{feff}.git/config",
    ".gi\u{200d}T",
    ".git\u{200e}",
    "..",
    "../a",
    "a/..",
    "a/../b",
    "../../etc/passwd",
    ".",
    "./a",
    "a/.",
    "a/./b",
    "/",
    "/etc/passwd",
    "//a",
    "a//b",
    "a/",
    "...",
    "a/...",
    " ",
    "con",
    "a:b",
    "a?",
    "nul",
    "back\\slash",
];

fn git_takes(fixture: &Fixture, name: &str, mode: &str) -> bool {
    let id = fixture.blob("x");
    let mut command = Command::new("git");
    command.current_dir(fixture.top());
    command.args(["-c", "core.protectHFS=true", "update-index", "--add"]);
    command.args(["--cacheinfo", &format!("{mode},{id},{name}")]);
    let is_taken = command.output().unwrap().status.success();
    fixture.git(["read-tree", "--empty"]);
    is_taken
}

#[test]
fn a_name_is_refused_if_git_refuses_it() {
    let fixture = Fixture::new();
    let names = Names::of(&fixture.repo());
    for name in NAMES {
        for (is_link, mode) in [(false, "100644"), (true, "120000")] {
            assert_eq!(
                names.check((*name).into(), is_link).is_ok(),
                git_takes(&fixture, name, mode),
                "git and we agree on '{name}' with mode {mode}"
            );
        }
    }
}

#[test]
fn a_name_that_is_refused_changes_nothing() {
    let fixture = Fixture::new();
    let id = fixture.blob("pwned");
    let names = Names::of(&fixture.repo());
    let before = fixture.git(["config", "--list"]);
    let refused = NAMES
        .iter()
        .filter(|name| names.check((**name).into(), false).is_err());
    for name in refused {
        let step = write(name, stored(FileKind::File, id), Expected::Whatever);
        let result = fixture.apply(&step);
        assert!(
            matches!(&result, Err(FilesError::InvalidPath { path, .. }) if path == name),
            "'{name}' is refused, not {result:?}"
        );
    }
    assert_eq!(fixture.git(["config", "--list"]), before);
    assert!(fixture.tree().is_empty(), "nothing was written");
}

#[test]
fn a_nul_or_an_empty_path_is_refused() {
    let names = Names::of(&Fixture::new().repo());
    for name in ["".as_bytes(), b"a\0b", b"\0"] {
        assert!(names.check(name.as_bstr(), false).is_err(), "{name:?}");
    }
}

#[test]
fn what_the_user_switched_off_is_off() {
    let fixture = Fixture::new();
    fixture.git(["config", "core.protectNTFS", "false"]);
    let names = Names::of(&fixture.repo());
    assert!(names.check("git~1".into(), false).is_ok());
    assert!(names.check(".gIt/config".into(), false).is_err());
}

#[test]
fn a_git_directory_with_another_name_is_not_written_to() {
    let fixture = Fixture::new();
    let id = fixture.blob("#!/bin/sh\n");
    let wanted = stored(FileKind::Executable, id);
    fs_err::rename(fixture.path(".git"), fixture.path("meta")).unwrap();
    fs_err::write(fixture.path(".git"), "gitdir: meta\n").unwrap();
    let result = fixture.apply(&write(
        "meta/hooks/post-index-change",
        wanted,
        Expected::Nothing,
    ));
    assert!(
        matches!(result, Err(FilesError::InvalidPath { .. })),
        "{result:?}"
    );
    assert!(!fixture.path("meta/hooks/post-index-change").exists());
}
