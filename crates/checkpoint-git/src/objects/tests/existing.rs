//! What is there already is found, kept from being pruned, and not written again: as git does it.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use gix::ObjectId;
use gix::objs::Kind;
use rustix::fs::{AtFlags, CWD, Timespec, Timestamps};

use super::child::{Job, as_nobody, outcome};
use super::{Fixture, prose};

const LONG_AGO: i64 = 1_600_000_000;

fn make_old(path: &Path) {
    let time = Timespec {
        tv_sec: LONG_AGO,
        tv_nsec: 0,
    };
    let times = Timestamps {
        last_access: time,
        last_modification: time,
    };
    rustix::fs::utimensat(CWD, path, &times, AtFlags::empty()).unwrap();
}

fn is_old(path: &Path) -> bool {
    let modified = fs_err::metadata(path).unwrap().modified().unwrap();
    modified == SystemTime::UNIX_EPOCH + Duration::from_secs(LONG_AGO as u64)
}

fn pack_of(repo: &Fixture) -> PathBuf {
    let packs = repo
        .pack_files()
        .into_iter()
        .filter(|file| file.ends_with(".pack"));
    repo.objects().join(packs.min().expect("there is a pack"))
}

/// A repository whose first hundred `prose` blobs are in a pack, by git.
fn packed(args: &[&str]) -> (Fixture, Vec<ObjectId>) {
    let repo = Fixture::new();
    let ids: Vec<_> = (0..100)
        .map(|n| {
            fs_err::write(repo.path().join(format!("f{n}")), prose(n, 500)).unwrap();
            gix::objs::compute_hash(gix::hash::Kind::Sha1, Kind::Blob, &prose(n, 500)).unwrap()
        })
        .collect();
    repo.git(["add", "."]);
    repo.git(["commit", "-qm", "all"]);
    repo.git(["repack", "-adq"].iter().chain(args));
    (repo, ids)
}

#[test]
fn a_loose_object_is_freshened_as_git_does() {
    let repo = Fixture::new();
    let [by_git, by_us, reused] = [1, 2, 3].map(|n| {
        let path = repo.loose_path(repo.git_write(&prose(n, 100)));
        make_old(&path);
        path
    });
    repo.git_write(&prose(1, 100));
    assert!(!is_old(&by_git), "git freshens");
    let sink = repo.sink();
    sink.write(Kind::Blob, prose(2, 100)).unwrap();
    let id = gix::objs::compute_hash(gix::hash::Kind::Sha1, Kind::Blob, &prose(3, 100)).unwrap();
    assert!(sink.reuse(&id).unwrap());
    assert!(!is_old(&by_us) && !is_old(&reused), "so do we");
    assert_eq!(sink.finish().unwrap().objects, 0);
}

#[test]
fn a_pack_is_freshened_as_git_does() {
    let (repo, ids) = packed(&[]);
    let pack = pack_of(&repo);
    make_old(&pack);
    repo.git_write(&prose(0, 500));
    assert!(!is_old(&pack), "git freshens");
    make_old(&pack);
    let sink = repo.sink();
    for n in 0..100 {
        sink.write(Kind::Blob, prose(n, 500)).unwrap();
    }
    assert!(!is_old(&pack), "so do we");
    make_old(&pack);
    assert!(sink.reuse(&ids[5]).unwrap());
    assert!(
        is_old(&pack),
        "once: one time is enough for all objects of a pack"
    );
    assert_eq!(sink.finish().unwrap().objects, 0);
}

#[test]
fn objects_in_a_multi_pack_index_are_found_and_their_pack_is_freshened() {
    let (repo, ids) = packed(&[]);
    let first = pack_of(&repo);
    fs_err::write(repo.path().join("more"), "more\n").unwrap();
    repo.git(["add", "."]);
    repo.git(["commit", "-qm", "more"]);
    repo.git(["repack", "-dq"]);
    repo.git(["multi-pack-index", "write"]);
    make_old(&first);
    let sink = repo.sink();
    assert!(sink.reuse(&ids[7]).unwrap());
    assert!(!is_old(&first));
    sink.write(Kind::Blob, b"more\n".to_vec()).unwrap();
    assert_eq!(sink.finish().unwrap().objects, 0);
}

#[test]
fn an_object_in_a_cruft_pack_is_written_again_as_git_does() {
    let repo = Fixture::new();
    let ids = [1, 2, 3].map(|n| repo.git_write(&prose(n, 100)));
    repo.git(["repack", "--cruft", "-dq"]);
    assert_eq!(repo.loose_files(), [""; 0], "all three are in a cruft pack");
    repo.git_write(&prose(1, 100));
    assert!(repo.loose_path(ids[0]).exists(), "git writes a copy");
    let sink = repo.sink();
    sink.write(Kind::Blob, prose(2, 100)).unwrap();
    assert!(sink.reuse(&ids[2]).unwrap());
    assert_eq!(sink.finish().unwrap().objects, 2);
    assert!(
        repo.loose_path(ids[1]).exists() && repo.loose_path(ids[2]).exists(),
        "so do we"
    );
    repo.assert_sound();
}

#[test]
fn an_object_that_is_nowhere_cannot_be_reused() {
    let repo = Fixture::new();
    let id = gix::objs::compute_hash(gix::hash::Kind::Sha1, Kind::Blob, b"new").unwrap();
    let sink = repo.sink();
    assert!(!sink.reuse(&id).unwrap());
    assert_eq!(sink.read(&id).unwrap(), None);
    sink.write(Kind::Blob, b"new".to_vec()).unwrap();
    assert!(sink.reuse(&id).unwrap());
}

#[test]
fn an_object_that_was_packed_meanwhile_is_found() {
    let repo = Fixture::new();
    fs_err::write(repo.path().join("file"), "content\n").unwrap();
    repo.git(["add", "."]);
    repo.git(["commit", "-qm", "one"]);
    let tree: ObjectId = repo.git_text(["rev-parse", "HEAD^{tree}"]).parse().unwrap();
    let sink = repo.sink();
    sink.write(Kind::Blob, b"lists the packs".to_vec()).unwrap();
    repo.git(["repack", "-adq"]);
    assert!(!repo.loose_path(tree).exists());
    assert!(sink.reuse(&tree).unwrap());
}

#[test]
fn a_pack_that_went_away_keeps_nothing() {
    let (repo, _) = packed(&[]);
    let sink = repo.sink();
    sink.write(Kind::Blob, b"lists the packs".to_vec()).unwrap();
    fs_err::remove_file(pack_of(&repo)).unwrap();
    sink.write(Kind::Blob, prose(1, 500)).unwrap();
    assert_eq!(sink.finish().unwrap().objects, 2);
}

#[test]
fn what_a_crash_left_empty_is_written_again() {
    let repo = Fixture::new();
    let id = repo.git_write(&prose(1, 100));
    let path = repo.loose_path(id);
    fs_err::remove_file(&path).unwrap();
    fs_err::write(&path, "").unwrap();
    let sink = repo.sink();
    sink.write(Kind::Blob, prose(1, 100)).unwrap();
    assert_eq!(sink.finish().unwrap().objects, 1);
    repo.assert_object(id, Kind::Blob, &prose(1, 100));
    repo.assert_sound();
}

/// A repository that borrows all it has from another one.
fn borrower(lender: &Fixture) -> Fixture {
    let repo = Fixture::new();
    let objects = format!("{}\n", lender.objects().display());
    fs_err::write(repo.objects().join("info/alternates"), objects).unwrap();
    repo
}

#[test]
fn what_an_alternate_has_is_not_written() {
    let (lender, _) = packed(&[]);
    let loose = lender.loose_path(lender.git_write(&prose(1000, 500)));
    make_old(&loose);
    let repo = borrower(&lender);
    let sink = repo.sink();
    sink.write(Kind::Blob, prose(1, 500)).unwrap();
    sink.write(Kind::Blob, prose(1000, 500)).unwrap();
    assert_eq!(sink.finish().unwrap().objects, 0);
    assert!(!is_old(&loose), "it was freshened there");
}

#[test]
fn what_may_not_be_freshened_is_written_again() {
    // Only root can make files that belong to another; but there are some, and a link makes one look like an object.
    let lender = Fixture::new();
    let path = lender.loose_path(lender.git_write(&prose(0, 700)));
    fs_err::remove_file(&path).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", &path).unwrap();
    let repo = borrower(&lender);
    for repo in [&lender, &repo] {
        let mode = std::fs::Permissions::from_mode(0o755);
        fs_err::set_permissions(repo.path(), mode).unwrap();
    }
    if !as_nobody().is_empty() {
        let given = repo
            .command("chown")
            .args(["-R", "65534:65534", "."])
            .status();
        assert!(given.unwrap().success());
    }
    assert_eq!(outcome(repo.start(as_nobody(), Job::Prose(1))), "written");
    assert_eq!(repo.loose_files().len(), 1, "there is a copy of our own");
}
