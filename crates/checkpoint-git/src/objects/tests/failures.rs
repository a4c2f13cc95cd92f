//! When it cannot be done: said why, and nothing is left behind.

use std::os::unix::fs::PermissionsExt;

use gix::objs::Kind;
use miette::Diagnostic;
use rustix::io::Errno;

use super::super::{ObjectError, ObjectSink};
use super::child::{Job, as_nobody, outcome};
use super::{Fixture, noise, prose};

const BIG: usize = 9 * 1024 * 1024;
const NOTHING: [&str; 0] = [];

/// Small objects for `loose` and `pack`, and one that is streamed.
fn fill(sink: &ObjectSink, n: u64) -> Result<(), ObjectError> {
    for n in 0..n {
        sink.write(Kind::Blob, prose(n, 500))?;
    }
    sink.write(Kind::Blob, noise(1, BIG)).map(drop)
}

#[test]
fn each_cause_has_its_code() {
    let check = |errno: Errno, code: &str| {
        let error = ObjectError::at("write", "objects/tmp".as_ref(), errno);
        assert_eq!(error.code().unwrap().to_string(), code, "{error:?}");
    };
    check(Errno::NOSPC, "objects::disk_full");
    check(Errno::DQUOT, "objects::disk_full");
    check(Errno::FBIG, "objects::disk_full");
    check(Errno::ACCESS, "objects::unwritable");
    check(Errno::PERM, "objects::unwritable");
    check(Errno::ROFS, "objects::unwritable");
    check(Errno::NOTDIR, "objects::unwritable");
    check(Errno::IO, "objects::io");
}

#[test]
fn a_sink_that_is_dropped_leaves_nothing_behind() {
    for n in [0, 10, 100] {
        let repo = Fixture::new();
        let sink = repo.sink();
        fill(&sink, n).unwrap();
        assert!(!repo.files().is_empty(), "there are temporary files");
        drop(sink);
        assert_eq!(repo.files(), NOTHING);
    }
}

#[test]
fn what_a_killed_process_leaves_is_swept_up_by_git() {
    for n in [0, 100] {
        let repo = Fixture::new();
        let sink = repo.sink();
        fill(&sink, n).unwrap();
        let left = repo.files();
        std::mem::forget(sink);
        repo.git(["prune", "--expire=now"]);
        assert_eq!(repo.files(), NOTHING, "git knows these names: {left:?}");
    }
}

#[test]
fn an_object_database_that_is_none_is_unwritable() {
    for n in [1, 100] {
        let repo = Fixture::new();
        let sink = repo.sink();
        fs_err::remove_dir_all(repo.objects()).unwrap();
        fs_err::write(repo.objects(), "in the way").unwrap();
        let written = (0..n).try_for_each(|n| sink.write(Kind::Blob, prose(n, 500)).map(drop));
        let error = written.and_then(|()| sink.finish().map(drop)).unwrap_err();
        assert!(matches!(error, ObjectError::Unwritable { .. }), "{error:?}");
    }
}

#[test]
fn a_read_only_object_database_is_unwritable() {
    for job in [Job::Prose(3), Job::Prose(100), Job::Big] {
        let repo = Fixture::new();
        let set_mode = |mode| {
            let permissions = std::fs::Permissions::from_mode(mode);
            for directory in [repo.objects(), repo.objects().join("pack")] {
                fs_err::set_permissions(directory, permissions.clone()).unwrap();
            }
        };
        fs_err::set_permissions(repo.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        set_mode(0o555);
        let child = repo.start(as_nobody(), job);
        assert_eq!(outcome(child), "objects::unwritable", "{job:?}");
        assert_eq!(repo.files(), NOTHING);
        set_mode(0o755);
    }
}

#[test]
fn when_no_space_is_left_nothing_is_left_behind() {
    // A limit on the size of files stands in for a full disk: it needs no privilege and hits the same calls.
    let script = "trap '' XFSZ; ulimit -f 16; exec \"$@\"";
    for job in [Job::Noise(3), Job::Noise(100), Job::Big] {
        let repo = Fixture::new();
        let child = repo.start(&["sh", "-c", script, "sh"], job);
        assert_eq!(outcome(child), "objects::disk_full", "{job:?}");
        assert_eq!(repo.files(), NOTHING);
    }
}

#[test]
fn after_a_failed_write_nothing_is_put_in_place() {
    let repo = Fixture::new();
    let sink = repo.sink();
    sink.write(Kind::Blob, b"good".to_vec()).unwrap();
    let hidden = repo.path().join(".git/hidden");
    fs_err::rename(repo.objects(), &hidden).unwrap();
    sink.write(Kind::Blob, noise(1, BIG)).unwrap_err();
    fs_err::rename(&hidden, repo.objects()).unwrap();
    let error = sink.finish().unwrap_err();
    assert!(matches!(error, ObjectError::Incomplete), "{error:?}");
    assert_eq!(repo.files(), NOTHING);
}

#[test]
fn alternates_that_go_round_in_circles_are_reported() {
    let repo = Fixture::new();
    let info = repo.objects().join("info/alternates");
    let sink = |repo: &gix::Repository| ObjectSink::new(repo).map(drop);
    let open = repo.open();
    fs_err::write(info, format!("{}\n", repo.objects().display())).unwrap();
    let error = sink(&open).unwrap_err();
    assert!(matches!(error, ObjectError::Alternates { .. }), "{error:?}");
}
