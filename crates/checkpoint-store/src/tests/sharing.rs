use super::{doing, find, kept, note};
use crate::export::{export, export_states, import, import_states};
use crate::fixture::{Fixture, now, open};
use crate::{Place, StoreError, delete, load};

fn exported(fixture: &Fixture) -> Vec<u8> {
    let loaded = load(&fixture.repo).unwrap().checkpoints;
    let mut out = Vec::new();
    let without = export(
        &fixture.repo,
        &loaded.iter().collect::<Vec<_>>(),
        now(),
        &mut out,
    )
    .unwrap();
    assert_eq!(without, [], "all have a record");
    out
}

#[test]
fn records_and_states_move_to_another_repository() {
    let (here, there) = (Fixture::new(), Fixture::new());
    let kept = [kept(&here, "one", 1), kept(&here, "", 2)];
    let records = exported(&here);
    let first = String::from_utf8_lossy(&records)
        .lines()
        .next()
        .unwrap()
        .to_owned();
    assert!(
        first.starts_with(r#"{"format":"git-checkpoint","version":1,"#),
        "it says what it is: {first}"
    );

    let imported = import(&there.repo, &mut records.as_slice(), &doing(3)).unwrap();
    assert_eq!(
        imported.new,
        [kept[0].checkpoint.id, kept[1].checkpoint.id].map(|id| id),
        "{imported:?}"
    );
    for kept in &kept {
        assert_eq!(
            note(&there, kept.snapshot),
            note(&here, kept.snapshot),
            "byte for byte"
        );
    }
    let again = import(&there.repo, &mut records.as_slice(), &doing(4)).unwrap();
    assert_eq!(
        (again.new.len(), again.unchanged),
        (0, 2),
        "twice is as good as once"
    );
    assert_eq!(
        find(&there, "one").unwrap().place,
        Place::Elsewhere,
        "the state is not here yet"
    );

    let bundle = here.path().join("states.bundle");
    let loaded = load(&here.repo).unwrap().checkpoints;
    let ids = export_states(&here.repo, &loaded.iter().collect::<Vec<_>>(), &bundle).unwrap();
    assert_eq!(ids.len(), 2);
    let states = import_states(&there.repo, &bundle).unwrap();
    assert_eq!(states.new.len(), 3, "two states and a tag: {states:?}");
    let there = Fixture {
        repo: open(there.path()),
        ..there
    };
    let stored = find(&there, "one").unwrap();
    assert_eq!((stored.place, stored.is_tagged), (Place::Here, true));
    assert_eq!(
        there.git(&["cat-file", "-p", &format!("{}:file", stored.snapshot)]),
        "state 1"
    );
    assert_eq!(
        import_states(&there.repo, &bundle).unwrap().new,
        [""; 0],
        "nothing is left to do"
    );
    assert_eq!(there.fsck(), "", "git finds nothing wrong");
}

#[test]
fn an_import_takes_no_name_away() {
    let (here, there) = (Fixture::new(), Fixture::new());
    let (ours, theirs) = (kept(&here, "same", 1), kept(&there, "same", 2));
    let imported = import(&there.repo, &mut exported(&here).as_slice(), &doing(3)).unwrap();
    assert_eq!(
        imported.names_taken,
        [(ours.checkpoint.id, "same".parse().unwrap())],
        "it is told"
    );
    let bundle = here.path().join("states.bundle");
    let loaded = load(&here.repo).unwrap().checkpoints;
    export_states(&here.repo, &loaded.iter().collect::<Vec<_>>(), &bundle).unwrap();
    let states = import_states(&there.repo, &bundle).unwrap();
    assert_eq!(
        states.kept,
        ["refs/tags/checkpoint/same"],
        "it stays where it is"
    );
    let there = Fixture {
        repo: open(there.path()),
        ..there
    };
    assert_eq!(
        find(&there, "same").unwrap().checkpoint.id,
        theirs.checkpoint.id
    );
    assert_eq!(
        find(&there, &ours.checkpoint.id.to_string()).unwrap().place,
        Place::Here,
        "the other by its id"
    );
}

#[test]
fn what_is_no_export_changes_nothing() {
    let (here, there) = (Fixture::new(), Fixture::new());
    kept(&here, "one", 1);
    let good = String::from_utf8(exported(&here)).unwrap();
    let bad = [
        String::new(),
        "hello\n".into(),
        good.replace("\"version\":1", "\"version\":9"),
        good.replace("\"sha1\"", "\"sha256\""),
        good.lines().next().unwrap().to_owned(),
        good.replace("\"type\":\"checkpoint_created\"", "\"type\":7"),
        good.replace(
            &find(&here, "one").unwrap().snapshot.to_string()[..20],
            "aaaaaaaaaaaaaaaaaaaa",
        )
        .replacen("aaaa", "bbbb", 1),
    ];
    for text in bad {
        let result = import(&there.repo, &mut text.as_bytes(), &doing(2));
        assert!(
            matches!(result, Err(StoreError::Malformed { .. })),
            "{text} gave {result:?}"
        );
        assert_eq!(
            load(&there.repo).unwrap().checkpoints.len(),
            0,
            "nothing was merged"
        );
    }
}

#[test]
fn two_clones_merge_by_git_alone() {
    let here = Fixture::new();
    let shared = kept(&here, "shared", 1);
    let there_dir = tempfile::tempdir().unwrap();
    here.git(&[
        "clone",
        "-q",
        "--mirror",
        ".",
        there_dir.path().to_str().unwrap(),
    ]);
    let there = Fixture {
        repo: open(there_dir.path()),
        dir: there_dir,
    };
    let ours = kept(&here, "", 2);
    let theirs = kept(&there, "", 3);
    let stored = find(&there, "shared").unwrap();
    delete(&there.repo, &[&stored], &doing(4)).unwrap();

    let from = there.path().to_str().unwrap();
    here.git(&[
        "fetch",
        "-q",
        from,
        "refs/notes/checkpoints:refs/notes/remotes/there/checkpoints",
    ]);
    let merge = [
        "notes",
        "--ref=checkpoints",
        "merge",
        "-q",
        "-s",
        "cat_sort_uniq",
    ];
    here.git(&[&merge[..], &["refs/notes/remotes/there/checkpoints"]].concat());

    let loaded = load(&here.repo).unwrap();
    assert_eq!(loaded.problems, [], "git's merge breaks no line");
    let ids: Vec<_> = loaded
        .checkpoints
        .iter()
        .map(|stored| stored.checkpoint.id)
        .collect();
    assert_eq!(
        ids,
        [shared, ours, theirs].map(|kept| kept.checkpoint.id),
        "the union"
    );
    assert!(
        !loaded.checkpoints[0].checkpoint.is_kept(),
        "with what the other did"
    );
}
