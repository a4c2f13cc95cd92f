use checkpoint_model::failure::{Failure, Kind};

use super::{doing, find, kept, note};
use crate::fixture::Fixture;
use crate::{Naming, Place, StoreError, load, name, rebuild};

#[test]
fn every_way_to_say_which_one() {
    for args in [&[][..], &["--ref-format=reftable"]] {
        let fixture = Fixture::with(args);
        let all = [
            kept(&fixture, "one", 1),
            kept(&fixture, "", 2),
            kept(&fixture, "three/four", 3),
        ];
        let check = |word: &str, n: usize| {
            let found = find(&fixture, word).unwrap_or_else(|error| panic!("'{word}': {error}"));
            assert_eq!(
                found.checkpoint.id, all[n].checkpoint.id,
                "'{word}', {args:?}"
            );
            assert_eq!(
                found.snapshot, all[n].snapshot,
                "'{word}' with its own snapshot"
            );
        };
        check("latest", 2);
        check("latest~2", 0);
        check("one", 0);
        check("three/four", 2);
        check("refs/tags/checkpoint/one", 0);
        for (n, kept) in all.iter().enumerate() {
            check(&kept.checkpoint.id.to_string(), n);
            check(&kept.checkpoint.id.ref_name(), n);
            check(&kept.checkpoint.id.short(), n);
            check(&kept.snapshot.to_string(), n);
            check(&kept.snapshot.to_string()[..12], n);
        }
    }
}

#[test]
fn what_nobody_or_several_are_called_is_told() {
    let fixture = Fixture::new();
    kept(&fixture, "before-api-work", 1);
    kept(&fixture, "", 2);
    let error = find(&fixture, "before-api-wrok").unwrap_err();
    assert!(
        matches!(&error, StoreError::Unknown { similar, .. } if similar == &["before-api-work"]),
        "{error:?}"
    );
    assert_eq!(
        miette::Diagnostic::code(&error).unwrap().to_string(),
        "checkpoint::unknown"
    );
    assert_eq!(
        error.kind(),
        Kind::Fatal,
        "as git has it with a bad revision"
    );
    assert!(
        matches!(find(&fixture, "latest~9"), Err(StoreError::Unknown { .. })),
        "there are not so many"
    );
    assert!(
        matches!(find(&fixture, "zzz"), Err(StoreError::Unknown { similar, .. }) if similar.is_empty())
    );
    // The first digits are time: 2023 for both.
    let error = find(&fixture, "018bc").unwrap_err();
    assert!(error.to_string().contains("ambiguous"), "{error}");
    assert_eq!(
        miette::Diagnostic::code(&error).unwrap().to_string(),
        "checkpoint::ambiguous"
    );
}

#[test]
fn a_broken_line_hides_nothing_and_is_kept() {
    let fixture = Fixture::new();
    let kept = kept(&fixture, "one", 1);
    let snapshot = kept.snapshot.to_string();
    fixture.git(&[
        "notes",
        "--ref=checkpoints",
        "append",
        "-m",
        "{not json",
        &snapshot,
    ]);
    let loaded = load(&fixture.repo).unwrap();
    assert_eq!(loaded.checkpoints.len(), 1, "the good line counts");
    assert_eq!(loaded.problems.len(), 1, "the broken one is told");
    let stored = find(&fixture, "one").unwrap();
    crate::delete(&fixture.repo, &[&stored], &doing(2)).unwrap();
    assert!(
        note(&fixture, kept.snapshot).contains("{not json"),
        "nothing is ever thrown away"
    );
}

#[test]
fn lost_records_come_back_byte_for_byte() {
    let fixture = Fixture::new();
    let all = [
        kept(&fixture, "one", 1),
        kept(&fixture, "", 2),
        kept(&fixture, "", 3),
    ];
    let before: Vec<_> = all
        .iter()
        .map(|kept| note(&fixture, kept.snapshot))
        .collect();
    let stored = find(&fixture, "latest").unwrap();
    let naming = Naming {
        name: "later".parse().unwrap(),
        replace: false,
        sign: false,
    };
    name(&fixture.repo, &stored, &naming, &doing(4)).unwrap();

    fixture.git(&["update-ref", "-d", "refs/notes/checkpoints"]);
    let loaded = load(&fixture.repo).unwrap().checkpoints;
    assert_eq!(loaded.len(), 3, "none is lost with its record");
    assert!(
        loaded.iter().all(|stored| stored.record_missing),
        "but it is told"
    );
    assert_eq!(
        find(&fixture, "later").unwrap().checkpoint.id,
        all[2].checkpoint.id,
        "found by its tag"
    );
    assert!(
        find(&fixture, "one").unwrap().record_missing,
        "also one by one"
    );

    let rebuilt = rebuild(&fixture.repo, &doing(5)).unwrap();
    assert_eq!(rebuilt.len(), 3);
    assert_eq!(
        rebuilt.iter().map(|it| it.is_exact).collect::<Vec<_>>(),
        [Some(true), None, Some(true)]
    );
    let after: Vec<_> = all
        .iter()
        .map(|kept| note(&fixture, kept.snapshot))
        .collect();
    assert_eq!(after[..2], before[..2], "the very lines that were lost");
    assert!(after[2].starts_with(&before[2]), "and one more");
    assert!(
        after[2].contains("checkpoint_named"),
        "for the name it got later"
    );
    assert_eq!(
        find(&fixture, "later").unwrap().checkpoint.name.as_deref(),
        Some("later")
    );
    assert_eq!(
        rebuild(&fixture.repo, &doing(6)).unwrap(),
        [],
        "nothing is left to do"
    );
}

#[test]
fn a_record_without_a_state_is_elsewhere() {
    let fixture = Fixture::new();
    let id = kept(&fixture, "one", 1).checkpoint.id;
    fixture.git(&["update-ref", "-d", &id.ref_name()]);
    fixture.git(&["tag", "-d", "checkpoint/one"]);
    let stored = find(&fixture, "one").unwrap();
    assert_eq!(
        (stored.place, stored.is_tagged),
        (Place::Elsewhere, false),
        "its record names it still"
    );
    let naming = Naming {
        name: "two".parse().unwrap(),
        replace: true,
        sign: false,
    };
    let error = name(&fixture.repo, &stored, &naming, &doing(2)).unwrap_err();
    assert!(
        matches!(error, StoreError::StateMissing { .. }),
        "{error:?}"
    );
}

#[test]
fn notes_of_somebody_else_are_no_checkpoints() {
    let fixture = Fixture::new();
    fixture.git(&[
        "notes",
        "--ref=checkpoints",
        "add",
        "-m",
        "remember the milk",
        "HEAD",
    ]);
    fixture.git(&["tag", "-a", "-m", "not ours", "checkpoint/foreign"]);
    let loaded = load(&fixture.repo).unwrap();
    assert_eq!(loaded.checkpoints.len(), 0, "there are none");
    let error = super::try_keep(&fixture, super::request("foreign"), 1).unwrap_err();
    assert!(
        matches!(error, StoreError::NameTaken { id: None, .. }),
        "somebody's tag is not ours to move: {error:?}"
    );
}
