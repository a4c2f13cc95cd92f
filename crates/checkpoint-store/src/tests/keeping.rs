use checkpoint_git::refs::RefError;
use checkpoint_model::failure::{Failure, Kind};

use super::{find, keep_in, kept, note, refs_of, request, try_keep};
use crate::StoreError;
use crate::fixture::Fixture;

#[test]
fn a_named_checkpoint_is_all_there_for_git() {
    for args in [
        &[][..],
        &["--object-format=sha256"],
        &["--ref-format=reftable"],
    ] {
        let fixture = Fixture::with(args);
        let head = fixture.git(&["rev-parse", "HEAD"]);
        let kept = kept(&fixture, "before-api-work", 1);
        let (id, snapshot) = (kept.checkpoint.id, kept.snapshot.to_string());

        assert_eq!(
            fixture.git(&["rev-parse", &id.ref_name()]),
            snapshot,
            "the state"
        );
        assert_eq!(
            fixture.git(&["cat-file", "-p", &format!("{snapshot}:file")]),
            "state 1",
            "its content"
        );
        let parents = fixture.git(&["log", "-1", "--format=%P", &snapshot]);
        assert_eq!(
            parents.split(' ').next(),
            Some(head.as_str()),
            "HEAD is the first parent"
        );
        assert!(
            note(&fixture, kept.snapshot).contains(&id.to_string()),
            "the record, read by git"
        );

        let tag = "refs/tags/checkpoint/before-api-work";
        assert_eq!(fixture.git(&["cat-file", "-t", tag]), "tag", "annotated");
        assert_eq!(
            fixture.git(&["rev-parse", &format!("{tag}^{{commit}}^")]),
            head,
            "the mark stands on HEAD"
        );
        assert_eq!(
            fixture.git(&["rev-parse", &format!("{tag}^{{tree}}")]),
            fixture.git(&["rev-parse", "HEAD^{tree}"])
        );
        let trailers = fixture.git(&[
            "for-each-ref",
            "--format=%(contents:trailers:key=Checkpoint-Id,valueonly)",
            tag,
        ]);
        assert_eq!(trailers.trim(), id.to_string(), "git reads our trailers");

        assert_eq!(
            fixture.git(&["describe", "--always", "--tags"]),
            &head[..7],
            "the tag is beside the branch"
        );
        assert_eq!(
            fixture.git(&["status", "--porcelain"]),
            "",
            "nothing is seen"
        );
        assert_eq!(fixture.fsck(), "", "git finds nothing wrong");
        let log = fixture.git(&["log", "-1", "--format=%s%n%an", "refs/notes/checkpoints"]);
        assert!(
            log.starts_with("Notes added by 'git checkpoint create'"),
            "as git words it: {log}"
        );
    }
}

#[test]
fn garbage_collection_loses_nothing_and_a_mirror_has_all() {
    let fixture = Fixture::new();
    let (one, two) = (kept(&fixture, "one", 1), kept(&fixture, "", 2));
    fixture.git(&["reflog", "expire", "--expire=now", "--all"]);
    fixture.git(&["gc", "-q", "--prune=now"]);
    for kept in [&one, &two] {
        assert_eq!(
            fixture.git(&["cat-file", "-t", &format!("{}:file", kept.snapshot)]),
            "blob",
            "still there"
        );
        assert!(
            find(&fixture, &kept.checkpoint.id.to_string()).is_ok(),
            "found among packed references"
        );
    }
    let mirror = tempfile::tempdir().unwrap();
    let path = mirror.path().to_str().unwrap();
    fixture.git(&["clone", "-q", "--mirror", ".", path]);
    let loaded = crate::load(&crate::fixture::open(mirror.path())).unwrap();
    assert_eq!(
        loaded.checkpoints.len(),
        2,
        "both came along, with their records"
    );
    assert!(
        loaded
            .checkpoints
            .iter()
            .all(|stored| !stored.record_missing && stored.place == crate::Place::Here)
    );
}

#[test]
fn a_taken_name_is_refused_and_nothing_changes() {
    let fixture = Fixture::new();
    let first = kept(&fixture, "before", 1);
    let before = fixture.git(&["for-each-ref"]);
    let error = try_keep(&fixture, request("before"), 2).unwrap_err();
    assert!(
        matches!(&error, StoreError::NameTaken { id: Some(id), .. } if *id == first.checkpoint.id),
        "{error:?}"
    );
    assert_eq!(error.kind(), Kind::Refused, "the answer is no");
    let help = miette::Diagnostic::help(&error).unwrap().to_string();
    assert!(
        help.contains("--replace") && help.contains(&first.checkpoint.id.to_string()),
        "{help}"
    );
    assert_eq!(
        fixture.git(&["for-each-ref"]),
        before,
        "no reference has moved"
    );

    let error = try_keep(&fixture, request("before/api"), 3).unwrap_err();
    assert!(
        matches!(error, StoreError::Refs(RefError::Occupied { .. })),
        "one would be a directory of the other"
    );
    assert_eq!(error.kind(), Kind::Refused, "the answer is no");
    assert_eq!(
        fixture.git(&["for-each-ref"]),
        before,
        "no reference has moved"
    );
}

#[test]
fn replace_moves_the_name_and_tells_the_old_one() {
    let fixture = Fixture::new();
    let old = kept(&fixture, "before", 1);
    let mut request = request("before");
    request.replace = true;
    let new = try_keep(&fixture, request, 2).unwrap();
    assert_eq!(
        new.replaced,
        Some(old.checkpoint.id),
        "it is told who had the name"
    );
    assert_eq!(
        find(&fixture, "before").unwrap().checkpoint.id,
        new.checkpoint.id,
        "the name has moved"
    );
    let old = find(&fixture, &old.checkpoint.id.to_string()).unwrap();
    assert_eq!(old.checkpoint.name, None, "the old one has lost it");
    assert!(old.checkpoint.is_kept(), "but is there, by its id");
    assert_eq!(fixture.fsck(), "", "git finds nothing wrong");
}

#[test]
fn an_unborn_branch_has_a_mark_without_parent_and_tree() {
    let dir = tempfile::tempdir().unwrap();
    crate::fixture::git_in(dir.path(), &["init", "-q", "-b", "main", "."], b"");
    let repo = crate::fixture::open(dir.path());
    let kept = keep_in(&repo, "first\n", &request("first"), 1).unwrap();
    let git = |args: &[&str]| crate::fixture::git_in(dir.path(), args, b"");
    assert_eq!(
        git(&["log", "-1", "--format=%P", "checkpoint/first"]),
        "",
        "no parent"
    );
    assert_eq!(git(&["ls-tree", "checkpoint/first"]), "", "an empty tree");
    assert_eq!(
        git(&["rev-list", "--count", &kept.snapshot.to_string()]),
        "2",
        "the snapshot and the index"
    );
    assert_eq!(
        git(&["fsck", "--strict", "--no-dangling"]),
        "",
        "git finds nothing wrong"
    );
}

#[test]
fn a_failing_signer_fails_the_whole_and_a_working_one_signs() {
    let fixture = Fixture::new();
    fixture.git(&["config", "gpg.program", "/nonexistent/signer"]);
    fixture.git(&["config", "user.signingKey", "nobody"]);
    let fixture = Fixture {
        repo: crate::fixture::open(fixture.path()),
        ..fixture
    };
    let before = fixture.git(&["for-each-ref"]);
    let mut signed = request("signed");
    signed.sign = true;
    let error = try_keep(&fixture, signed.clone(), 1).unwrap_err();
    assert!(matches!(error, StoreError::Unsigned { .. }), "{error:?}");
    assert_eq!(
        fixture.git(&["for-each-ref"]),
        before,
        "no reference has moved"
    );

    let signer = fixture.path().join("signer");
    let script = "#!/bin/sh\ncat >/dev/null\necho '[GNUPG:] SIG_CREATED ' >&2\n\
        printf -- '-----BEGIN PGP SIGNATURE-----\\n\\nx\\n-----END PGP SIGNATURE-----\\n'\n";
    fs_err::write(&signer, script).unwrap();
    use std::os::unix::fs::PermissionsExt;
    fs_err::set_permissions(&signer, std::fs::Permissions::from_mode(0o755)).unwrap();
    fixture.git(&["config", "gpg.program", signer.to_str().unwrap()]);
    let fixture = Fixture {
        repo: crate::fixture::open(fixture.path()),
        ..fixture
    };
    let kept = try_keep(&fixture, signed, 2).unwrap();
    let tag = fixture.git(&["cat-file", "-p", "checkpoint/signed"]);
    assert!(tag.ends_with("-----END PGP SIGNATURE-----"), "{tag}");
    assert!(
        !tag.contains("\n\n-----BEGIN"),
        "the signature follows the trailers, as git has it: {tag}"
    );
    assert_eq!(
        find(&fixture, "signed").unwrap().checkpoint.id,
        kept.checkpoint.id,
        "read through its signature"
    );
}

#[test]
fn a_planted_lock_stops_everything_and_is_named() {
    let fixture = Fixture::new();
    kept(&fixture, "one", 1);
    let before = refs_of(&fixture);
    let lock = fixture.path().join(".git/refs/notes/checkpoints.lock");
    fs_err::write(&lock, "").unwrap();
    let error = try_keep(&fixture, request("two"), 2).unwrap_err();
    assert!(
        matches!(&error, StoreError::Refs(RefError::Locked { .. })),
        "{error:?}"
    );
    assert_eq!(refs_of(&fixture), before, "no reference has moved");
    fs_err::remove_file(&lock).unwrap();
    kept(&fixture, "two", 3);
}

#[test]
fn the_prefix_of_tags_can_be_chosen() {
    for (value, expected) in [
        ("cp", "refs/tags/cp/x"),
        ("refs/tags/cp/", "refs/tags/cp/x"),
        ("", "refs/tags/x"),
    ] {
        let fixture = Fixture::new();
        fixture.git(&["config", "checkpoint.tagPrefix", value]);
        let fixture = Fixture {
            repo: crate::fixture::open(fixture.path()),
            ..fixture
        };
        let id = kept(&fixture, "x", 1).checkpoint.id;
        assert_eq!(
            fixture.git(&["cat-file", "-t", expected]),
            "tag",
            "with checkpoint.tagPrefix={value}"
        );
        assert_eq!(
            find(&fixture, "x").unwrap().checkpoint.id,
            id,
            "found again"
        );
        assert_eq!(
            find(&fixture, expected).unwrap().checkpoint.id,
            id,
            "also by the full name"
        );
    }
}
