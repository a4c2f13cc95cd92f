use std::process::Command;

use gix::ObjectId;

use super::{Expect, RefChange, RefError, find, list, names, stamp, transaction};
use crate::{Repository, Surroundings};

struct Fixture {
    dir: tempfile::TempDir,
    repo: Repository,
    one: ObjectId,
    two: ObjectId,
}

impl Fixture {
    /// A repository with two commits, made by `git init` with `args`.
    fn new(args: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let git = |args: &[&str]| git_in(dir.path(), args);
        git(&[&["init", "-q", "-b", "main", "."], args].concat());
        git(&["commit", "-q", "--allow-empty", "-m", "one"]);
        git(&["commit", "-q", "--allow-empty", "-m", "two"]);
        let id = |name: &str| ObjectId::from_hex(git(&["rev-parse", name]).as_bytes()).unwrap();
        let (one, two) = (id("HEAD~1"), id("HEAD"));
        let repo = open(dir.path());
        Self {
            dir,
            repo,
            one,
            two,
        }
    }

    fn git(&self, args: &[&str]) -> String {
        git_in(self.dir.path(), args)
    }

    fn set(&self, changes: &[RefChange]) -> Result<(), RefError> {
        transaction(
            &self.repo,
            changes,
            "test: set",
            &self.repo.signature(epoch()),
        )
    }

    fn find(&self, name: &str) -> Option<ObjectId> {
        find(&self.repo, name).unwrap()
    }
}

fn open(dir: &std::path::Path) -> Repository {
    let env = [
        ("HOME", dir.to_str().unwrap()),
        ("GIT_CONFIG_NOSYSTEM", "1"),
    ];
    let env = env
        .iter()
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    Repository::open(&Surroundings {
        cwd: dir.canonicalize().unwrap(),
        now: epoch(),
        env,
    })
    .unwrap()
}

fn epoch() -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap()
}

fn git_in(dir: &std::path::Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(dir)
        .args(["-c", "user.name=A", "-c", "user.email=a@example.com"])
        .args(args)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "git {args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .unwrap()
        .trim_end()
        .to_owned()
}

/// Every way a repository may keep references: files, files with a hook, packed, reftable, sha256.
fn each_kind(check: impl Fn(&str, &Fixture)) {
    check("files", &Fixture::new(&[]));
    check("sha256", &Fixture::new(&["--object-format=sha256"]));
    let hooked = Fixture::new(&[]);
    plant_hook(&hooked, "#!/bin/sh\nexit 0\n");
    check("hook", &hooked);
    let packed = Fixture::new(&[]);
    packed.git(&["config", "core.packedRefs", "true"]);
    packed.git(&["pack-refs", "--all"]);
    check("packed", &packed);
    check("reftable", &Fixture::new(&["--ref-format=reftable"]));
}

fn plant_hook(fixture: &Fixture, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    let hook = fixture
        .repo
        .common_dir()
        .join("hooks/reference-transaction");
    fs_err::create_dir_all(hook.parent().unwrap()).unwrap();
    fs_err::write(&hook, text).unwrap();
    fs_err::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn what_moves_no_reference_leaves_the_stamp_and_what_does_not_changes_it() {
    each_kind(|kind, fixture| {
        let Fixture { one, two, .. } = *fixture;
        let name = "refs/notes/x";
        let now = || stamp(&fixture.repo, &[name]);
        let none = now();
        fixture.git(&["update-ref", name, &one.to_string()]);
        let at_one = now();
        assert_ne!(none, at_one, "made, {kind}");
        fixture.find(name);
        fixture.git(&["status"]);
        assert_eq!(at_one, now(), "only looked at, {kind}");
        fixture.git(&["pack-refs", "--all"]);
        let packed = now();
        fixture
            .set(&[RefChange::update(name, Some(one), two)])
            .unwrap();
        assert_ne!(packed, now(), "moved, {kind}");
        let at_two = now();
        fixture.git(&["update-ref", "-d", name]);
        assert_ne!(at_two, now(), "gone, {kind}");
    });
}

#[test]
fn what_is_written_git_reads_and_what_git_writes_is_found() {
    each_kind(|kind, fixture| {
        let Fixture { one, two, .. } = *fixture;
        fixture
            .set(&[
                RefChange::create("refs/checkpoints/b", one),
                RefChange::create("refs/tags/checkpoint/x/y", two),
            ])
            .unwrap();
        assert_eq!(
            fixture.git(&["rev-parse", "refs/checkpoints/b"]),
            one.to_string(),
            "git reads {kind}"
        );
        fixture.git(&["update-ref", "refs/checkpoints/a", &two.to_string()]);
        assert_eq!(
            fixture.find("refs/checkpoints/a"),
            Some(two),
            "we read {kind}"
        );
        assert_eq!(
            fixture.find("refs/checkpoints/c"),
            None,
            "{kind}: nobody wrote it"
        );
        if kind == "packed" {
            fixture.git(&["pack-refs", "--all"]);
        }
        let listed = list(&fixture.repo, "refs/checkpoints/").unwrap();
        assert_eq!(
            listed,
            [
                ("refs/checkpoints/a".into(), two),
                ("refs/checkpoints/b".into(), one)
            ],
            "{kind}: sorted, with the values"
        );
        assert_eq!(
            names(&fixture.repo, "refs/checkpoints/").unwrap(),
            ["a", "b"],
            "{kind}: sorted"
        );
        assert_eq!(
            names(&fixture.repo, "refs/tags/checkpoint/").unwrap(),
            ["x/y"],
            "{kind}: slashes"
        );
        assert_eq!(
            names(&fixture.repo, "refs/nothing/").unwrap(),
            [""; 0],
            "{kind}: an empty place is no error"
        );
    });
}

#[test]
fn a_transaction_is_all_or_nothing() {
    each_kind(|kind, fixture| {
        let Fixture { one, two, .. } = *fixture;
        fixture
            .set(&[RefChange::create("refs/checkpoints/a", one)])
            .unwrap();
        let changes = [
            RefChange::create("refs/checkpoints/b", one),
            RefChange {
                name: "refs/checkpoints/a".into(),
                expected: Expect::Is(two),
                new: Some(one),
            },
        ];
        let error = fixture.set(&changes).unwrap_err();
        assert!(
            matches!(&error, RefError::Moved { name, .. } if name == "refs/checkpoints/a"),
            "{kind}: the moved one is named, not {error:?}"
        );
        assert_eq!(
            fixture.find("refs/checkpoints/b"),
            None,
            "{kind}: the good half is not done"
        );
        let error = fixture
            .set(&[RefChange::create("refs/checkpoints/a", two)])
            .unwrap_err();
        assert!(
            matches!(
                error,
                RefError::Moved {
                    actual: Some(_),
                    ..
                }
            ),
            "{kind}: it exists, so not {error:?}"
        );
        let error = fixture
            .set(&[RefChange::create("refs/checkpoints/a", one)])
            .unwrap_err();
        assert!(
            matches!(error, RefError::Moved { .. }),
            "{kind}: it exists with this very value: {error:?}"
        );
        let error = fixture
            .set(&[RefChange::update("refs/checkpoints/c", Some(one), two)])
            .unwrap_err();
        assert!(
            matches!(error, RefError::Moved { actual: None, .. }),
            "{kind}: it is gone, so not {error:?}"
        );
    });
}

#[test]
fn deleting_takes_loose_and_packed_ones_in_one_step() {
    each_kind(|kind, fixture| {
        let Fixture { one, two, .. } = *fixture;
        fixture
            .set(&[RefChange::create("refs/checkpoints/a", one)])
            .unwrap();
        fixture.git(&["pack-refs", "--all"]);
        fixture
            .set(&[RefChange::create("refs/checkpoints/b", two)])
            .unwrap();
        let error = fixture.set(&[
            RefChange::delete("refs/checkpoints/a", one),
            RefChange::delete("refs/checkpoints/b", one),
        ]);
        assert!(
            matches!(error, Err(RefError::Moved { .. })),
            "{kind}: b is elsewhere, so not {error:?}"
        );
        fixture
            .set(&[
                RefChange::delete("refs/checkpoints/a", one),
                RefChange::delete("refs/checkpoints/b", two),
                RefChange::create("refs/notes/n", two),
            ])
            .unwrap();
        assert_eq!(
            list(&fixture.repo, "refs/checkpoints/").unwrap(),
            [],
            "{kind}: both are gone"
        );
        assert_eq!(
            fixture.find("refs/notes/n"),
            Some(two),
            "{kind}: changes may come with deletions"
        );
    });
}

#[test]
fn names_that_stand_in_each_others_way_are_named() {
    each_kind(|kind, fixture| {
        let one = fixture.one;
        fixture
            .set(&[RefChange::create("refs/tags/checkpoint/a", one)])
            .unwrap();
        if kind == "packed" {
            fixture.git(&["pack-refs", "--all"]);
        }
        let error = fixture
            .set(&[RefChange::create("refs/tags/checkpoint/a/b", one)])
            .unwrap_err();
        assert!(
            matches!(&error, RefError::Occupied { other, .. } if other == "refs/tags/checkpoint/a"),
            "{kind}: below a reference: {error:?}"
        );
        let error = fixture
            .set(&[RefChange::create("refs/tags/checkpoint", one)])
            .unwrap_err();
        assert!(
            matches!(&error, RefError::Occupied { other, .. } if other == "refs/tags/checkpoint/a"),
            "{kind}: above a reference: {error:?}"
        );
    });
}

#[test]
fn a_planted_lock_is_named_with_its_remedy() {
    for hook in [false, true] {
        let fixture = Fixture::new(&[]);
        if hook {
            plant_hook(&fixture, "#!/bin/sh\nexit 0\n");
        }
        let lock = fixture
            .repo
            .common_dir()
            .join("refs/notes/checkpoints.lock");
        fs_err::create_dir_all(lock.parent().unwrap()).unwrap();
        fs_err::write(&lock, "").unwrap();
        let changes = [
            RefChange::create("refs/checkpoints/a", fixture.one),
            RefChange::create("refs/notes/checkpoints", fixture.two),
        ];
        let error = fixture.set(&changes).unwrap_err();
        assert!(
            matches!(&error, RefError::Locked { lock: named, .. } if *named == lock),
            "hook {hook}: {error:?}"
        );
        let help = miette::Diagnostic::help(&error).unwrap().to_string();
        assert!(
            help.contains(&format!("rm '{}'", lock.display())),
            "the remedy can be pasted: {help}"
        );
        assert_eq!(
            fixture.find("refs/checkpoints/a"),
            None,
            "hook {hook}: nothing moved"
        );
        fs_err::remove_file(&lock).unwrap();
        fixture.set(&changes).unwrap();
    }
}

#[test]
fn a_lock_on_packed_refs_stops_no_creation() {
    let fixture = Fixture::new(&[]);
    fixture.git(&["pack-refs", "--all"]);
    fs_err::write(fixture.repo.common_dir().join("packed-refs.lock"), "").unwrap();
    fixture
        .set(&[RefChange::create("refs/checkpoints/a", fixture.one)])
        .unwrap();
    assert_eq!(
        fixture.find("refs/checkpoints/a"),
        Some(fixture.one),
        "git does not need that lock either"
    );
}

#[test]
fn a_hook_that_says_no_is_heard() {
    let fixture = Fixture::new(&[]);
    plant_hook(
        &fixture,
        "#!/bin/sh\necho 'not today' >&2\n[ \"$1\" != prepared ]\n",
    );
    let error = fixture
        .set(&[RefChange::create("refs/checkpoints/a", fixture.one)])
        .unwrap_err();
    assert!(
        matches!(&error, RefError::Program(_)),
        "no contention, but an answer: {error:?}"
    );
    assert!(
        error.to_string().contains("not today"),
        "the hook's words are kept: {error}"
    );
    assert_eq!(
        fixture.find("refs/checkpoints/a"),
        None,
        "the hook has refused it"
    );
}

#[test]
fn notes_get_a_reflog_line_with_the_message() {
    for kind in [&[][..], &["--ref-format=reftable"]] {
        let fixture = Fixture::new(kind);
        fixture
            .set(&[RefChange::create("refs/notes/checkpoints", fixture.one)])
            .unwrap();
        fixture
            .set(&[RefChange::update(
                "refs/notes/checkpoints",
                Some(fixture.one),
                fixture.two,
            )])
            .unwrap();
        let log = fixture.git(&["reflog", "show", "refs/notes/checkpoints"]);
        assert_eq!(log.matches("test: set").count(), 2, "{kind:?}: {log}");
    }
}

#[test]
fn a_shared_repository_stays_writable_for_the_group() {
    use std::os::unix::fs::PermissionsExt;
    let fixture = Fixture::new(&["--shared=0660"]);
    fixture
        .set(&[RefChange::create("refs/checkpoints/x/a", fixture.one)])
        .unwrap();
    fixture.git(&["update-ref", "refs/other/x/a", &fixture.one.to_string()]);
    for path in ["x/a", "x", ""] {
        let mode = |base: &str| {
            let path = fixture.repo.common_dir().join(base).join(path);
            fs_err::metadata(path).unwrap().permissions().mode()
        };
        assert_eq!(
            mode("refs/checkpoints"),
            mode("refs/other"),
            "as git has it at '{path}'"
        );
    }
}

#[test]
fn a_symbolic_notes_reference_is_followed() {
    let fixture = Fixture::new(&[]);
    fixture
        .set(&[RefChange::create("refs/notes/real", fixture.one)])
        .unwrap();
    fixture.git(&["symbolic-ref", "refs/notes/checkpoints", "refs/notes/real"]);
    assert_eq!(
        fixture.find("refs/notes/checkpoints"),
        Some(fixture.one),
        "through the link"
    );
    fixture
        .set(&[RefChange::update(
            "refs/notes/checkpoints",
            Some(fixture.one),
            fixture.two,
        )])
        .unwrap();
    assert_eq!(
        fixture.find("refs/notes/real"),
        Some(fixture.two),
        "the real one moves"
    );
    assert_eq!(
        fixture.git(&["symbolic-ref", "refs/notes/checkpoints"]),
        "refs/notes/real",
        "the link stays"
    );
}

#[test]
fn below_a_reference_there_is_none() {
    each_kind(|kind, fixture| {
        fixture
            .set(&[RefChange::create("refs/tags/checkpoint/api", fixture.one)])
            .unwrap();
        assert_eq!(
            fixture.find("refs/tags/checkpoint/api/step"),
            None,
            "{kind}"
        );
        let names = names(&fixture.repo, "refs/tags/checkpoint/api/");
        assert_eq!(names.unwrap(), Vec::<String>::new(), "{kind}");
    });
}
