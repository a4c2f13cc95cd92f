use super::{keep_in, request};
use crate::fixture::{Fixture, git_in, open};
use crate::{load, maintain};

/// Every thread opens the repository for itself, as a process would; each has its own linked worktree.
#[test]
fn many_at_once_lose_nothing() {
    const WRITERS: usize = 8;
    const EACH: usize = 12;
    for args in [&[][..], &["--ref-format=reftable"]] {
        let fixture = Fixture::with(args);
        let each = if args.is_empty() { EACH } else { 2 };
        let dirs: Vec<_> = (0..WRITERS)
            .map(|n| fixture.path().join(format!("linked-{n}")))
            .collect();
        for dir in &dirs {
            fixture.git(&["worktree", "add", "-q", "--detach", dir.to_str().unwrap()]);
        }
        std::thread::scope(|scope| {
            for (writer, dir) in dirs.iter().enumerate() {
                scope.spawn(move || {
                    for n in 0..each {
                        let repo = open(dir);
                        let name = if n % 2 == 0 {
                            format!("w{writer}/{n}")
                        } else {
                            String::new()
                        };
                        let content = format!("{writer} {n}\n");
                        keep_in(&repo, &content, &request(&name), n as i64).unwrap();
                    }
                });
            }
        });
        let loaded = load(&fixture.repo).unwrap();
        assert_eq!(
            loaded.checkpoints.len(),
            WRITERS * each,
            "every checkpoint, {args:?}"
        );
        assert!(
            loaded
                .checkpoints
                .iter()
                .all(|stored| !stored.record_missing),
            "every record, {args:?}"
        );
        assert_eq!(loaded.problems, [], "none broken");
        let notes = fixture.git(&["notes", "--ref=checkpoints", "list"]);
        assert_eq!(notes.lines().count(), WRITERS * each, "git counts the same");
        assert_eq!(fixture.fsck(), "", "git finds nothing wrong");
    }
}

#[test]
fn one_name_goes_to_one_of_many() {
    let fixture = Fixture::new();
    let won = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for n in 0..6 {
            let (path, won) = (fixture.path(), &won);
            scope.spawn(move || {
                let repo = open(path);
                match keep_in(&repo, &format!("{n}\n"), &request("mine"), n) {
                    Ok(_) => drop(won.fetch_add(1, std::sync::atomic::Ordering::Relaxed)),
                    Err(error) => assert!(
                        matches!(error, crate::StoreError::NameTaken { .. }),
                        "{error:?}"
                    ),
                }
            });
        }
    });
    assert_eq!(won.into_inner(), 1, "the others were told");
    assert_eq!(
        load(&fixture.repo).unwrap().checkpoints.len(),
        1,
        "and left nothing behind"
    );
}

#[test]
fn maintenance_starts_only_when_git_would_do_something() {
    let fixture = Fixture::new();
    assert!(!maintain(&fixture.repo), "a small repository needs none");
    fixture.git(&["config", "gc.auto", "1"]);
    let dir = fixture.path().join(".git/objects/17");
    fs_err::create_dir_all(&dir).unwrap();
    for name in ["1", "2"] {
        fs_err::write(dir.join(name.repeat(38)), "").unwrap();
    }
    assert!(
        maintain(&open(fixture.path())),
        "more loose objects than gc.auto allows"
    );
    git_in(
        fixture.path(),
        &["config", "maintenance.auto", "false"],
        b"",
    );
    assert!(!maintain(&open(fixture.path())), "turned off");
}
