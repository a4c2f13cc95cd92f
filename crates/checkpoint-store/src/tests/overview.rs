//! The short way to all checkpoints leads where the long one does, whatever was remembered.

use std::path::PathBuf;

use proptest::prelude::*;

use super::{doing, kept, request, try_keep};
use crate::fixture::Fixture;
use crate::{Entered, Naming, load, name, overview, prune};

fn cache(fixture: &Fixture) -> PathBuf {
    fixture.path().join(".git/checkpoint/list-cache")
}

/// Says that the overview is what the records tell, and says it again of what it has then remembered.
fn check(fixture: &Fixture, after: &str) {
    let loaded = load(&fixture.repo).unwrap();
    let want: Vec<Entered<'_>> = loaded.checkpoints.iter().map(Into::into).collect();
    for turn in ["once", "twice"] {
        let overview = overview(&fixture.repo).unwrap();
        let found: Vec<_> = overview.iter().collect();
        assert_eq!(found, want, "after {after}, looking {turn}");
        let problems = |problems: &[crate::Problem]| {
            let mut whys: Vec<_> = problems
                .iter()
                .map(|it| (it.snapshot, it.why.clone()))
                .collect();
            whys.sort();
            whys
        };
        assert_eq!(
            problems(&overview.problems),
            problems(&loaded.problems),
            "after {after}, looking {turn}"
        );
    }
}

/// So many records that they are worth remembering.
fn many(fixture: &Fixture) {
    let names = (0..70).map(|n| {
        if n % 7 == 0 {
            format!("step/{n}")
        } else {
            String::new()
        }
    });
    for (n, name) in names.enumerate() {
        kept(fixture, &name, i64::try_from(n).unwrap());
    }
}

#[test]
fn few_records_leave_nothing_behind() {
    let fixture = Fixture::new();
    kept(&fixture, "one", 1);
    check(&fixture, "one");
    assert!(!cache(&fixture).exists(), "reading one record is no work");
}

#[test]
fn whatever_is_off_about_the_file_costs_only_time() {
    let fixture = Fixture::new();
    many(&fixture);
    check(&fixture, "many");
    let whole = fs_err::read(cache(&fixture)).unwrap();
    let put = |bytes: &[u8], what: &str| {
        fs_err::write(cache(&fixture), bytes).unwrap();
        check(&fixture, what);
        assert_eq!(
            fs_err::read(cache(&fixture)).unwrap(),
            whole,
            "{what}: and it is made again"
        );
    };
    put(b"", "nothing");
    put(
        b"git-checkpoint list-cache 0, 0.0.1: \n",
        "an older version",
    );
    for length in [10, whole.len() / 2, whole.len() - 1] {
        put(&whole[..length], "a part");
    }
    put(&[&whole[..], b"more"].concat(), "too much");
    for at in (0..whole.len()).step_by(whole.len() / 20) {
        let mut flipped = whole.clone();
        flipped[at] ^= 1;
        put(&flipped, "a flipped bit");
    }
    let zeros: Vec<u8> = whole.iter().map(|_| 0).collect();
    put(&zeros, "what a crash may leave");
}

#[test]
fn where_nothing_can_be_written_the_records_are_read_each_time() {
    let fixture = Fixture::new();
    many(&fixture);
    // Stands in the way, also of the superuser, whom no permission stops.
    fs_err::write(fixture.path().join(".git/checkpoint"), "").unwrap();
    check(&fixture, "a file in the place of the directory");
}

#[test]
fn what_is_remembered_is_that_of_all_worktrees() {
    let fixture = Fixture::new();
    many(&fixture);
    let linked = tempfile::tempdir().unwrap();
    let path = linked.path().join("wt");
    fixture.git(&["worktree", "add", "-q", path.to_str().unwrap()]);
    let repo = crate::fixture::open(&path);
    assert_eq!(overview(&repo).unwrap().len(), 70);
    assert!(cache(&fixture).exists(), "in the common directory");
}

/// Something that changes records or references.
#[derive(Debug, Clone)]
enum Change {
    Create(bool),
    Name(usize),
    Delete(usize),
    Prune(usize),
    DropState(usize),
    Scribble(usize),
    ScribbleElsewhere,
    Merge,
    Reset,
    DropNotes,
    DropOneNote(usize),
    DropCache,
    Collect,
}

fn any_change() -> impl Strategy<Value = Change> {
    use Change::*;
    prop_oneof![
        4 => any::<bool>().prop_map(Create),
        2 => any::<usize>().prop_map(Name),
        2 => any::<usize>().prop_map(Delete),
        2 => any::<usize>().prop_map(Prune),
        1 => any::<usize>().prop_map(DropState),
        2 => any::<usize>().prop_map(Scribble),
        1 => Just(ScribbleElsewhere),
        2 => Just(Merge),
        2 => Just(Reset),
        1 => Just(DropNotes),
        2 => any::<usize>().prop_map(DropOneNote),
        1 => Just(DropCache),
        1 => Just(Collect),
    ]
}

/// Makes `change` as the `n`th of all.
fn apply(fixture: &Fixture, change: &Change, n: usize) {
    let minutes = 1000 + i64::try_from(n).unwrap();
    let all = load(&fixture.repo).unwrap().checkpoints;
    let chosen = |at: &usize| (!all.is_empty()).then(|| &all[at % all.len()]);
    match change {
        Change::Create(is_named) => {
            let name = if *is_named {
                format!("new/{n}")
            } else {
                String::new()
            };
            try_keep(fixture, request(&name), minutes).unwrap();
        }
        Change::Name(at) => {
            let naming = Naming {
                name: format!("named/{n}").parse().unwrap(),
                replace: true,
                sign: false,
            };
            // A state that is gone cannot be named.
            let _refused = chosen(at).map(|it| name(&fixture.repo, it, &naming, &doing(minutes)));
        }
        Change::Delete(at) => {
            let chosen: Vec<_> = chosen(at).into_iter().collect();
            crate::delete(&fixture.repo, &chosen, &doing(minutes)).unwrap();
        }
        Change::Prune(at) => {
            let chosen: Vec<_> = chosen(at).into_iter().collect();
            prune(&fixture.repo, &chosen, &doing(minutes)).unwrap();
        }
        Change::DropState(at) => {
            if let Some(it) = chosen(at) {
                fixture.git(&["update-ref", "-d", &it.checkpoint.id.ref_name()]);
            }
        }
        Change::Scribble(at) => {
            if let Some(it) = chosen(at) {
                let snapshot = it.snapshot.to_string();
                let words = [
                    "notes",
                    "--ref=checkpoints",
                    "append",
                    "-m",
                    "{broken",
                    &snapshot,
                ];
                fixture.git(&words);
            }
        }
        Change::ScribbleElsewhere => {
            let words = [
                "notes",
                "--ref=checkpoints",
                "add",
                "-f",
                "-m",
                "milk",
                "HEAD",
            ];
            fixture.git(&words);
        }
        Change::Merge => merge(fixture, minutes),
        Change::Reset => {
            if fixture
                .git(&["for-each-ref", "refs/notes/checkpoints"])
                .is_empty()
            {
                return;
            }
            let older = fixture.git(&["rev-list", "--max-count=4", "refs/notes/checkpoints"]);
            let older = older.lines().last().unwrap();
            fixture.git(&["update-ref", "refs/notes/checkpoints", older]);
        }
        Change::DropNotes => {
            fixture.git(&["update-ref", "-d", "refs/notes/checkpoints"]);
        }
        Change::DropOneNote(at) => {
            if let Some(it) = chosen(at) {
                let snapshot = it.snapshot.to_string();
                let words = [
                    "notes",
                    "--ref=checkpoints",
                    "remove",
                    "--ignore-missing",
                    &snapshot,
                ];
                fixture.git(&words);
            }
        }
        Change::DropCache => drop(fs_err::remove_file(cache(fixture))),
        Change::Collect => drop(fixture.git(&["gc", "-q", "--prune=now"])),
    }
}

/// Merges the notes of somebody who knows a checkpoint that is not here.
fn merge(fixture: &Fixture, minutes: i64) {
    let before = fixture.git(&[
        "for-each-ref",
        "--format=%(objectname)",
        "refs/notes/checkpoints",
    ]);
    let theirs = try_keep(fixture, request(""), minutes).unwrap();
    let tip = fixture.git(&["rev-parse", "refs/notes/checkpoints"]);
    fixture.git(&["update-ref", "refs/notes/theirs", &tip]);
    match before.is_empty() {
        true => fixture.git(&["update-ref", "-d", "refs/notes/checkpoints"]),
        false => fixture.git(&["update-ref", "refs/notes/checkpoints", &before]),
    };
    fixture.git(&["update-ref", "-d", &theirs.checkpoint.id.ref_name()]);
    try_keep(fixture, request(""), minutes).unwrap();
    let words = [
        "notes",
        "--ref=checkpoints",
        "merge",
        "-q",
        "-s",
        "cat_sort_uniq",
        "theirs",
    ];
    fixture.git(&words);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 20, ..ProptestConfig::default() })]
    #[test]
    fn whatever_happens_the_overview_is_what_the_records_tell(
        changes in proptest::collection::vec(any_change(), 1..14)
    ) {
        let fixture = Fixture::new();
        many(&fixture);
        check(&fixture, "many");
        for (n, change) in changes.iter().enumerate() {
            apply(&fixture, change, n);
            check(&fixture, &format!("{change:?} as the {n}th of {changes:?}"));
        }
    }
}
