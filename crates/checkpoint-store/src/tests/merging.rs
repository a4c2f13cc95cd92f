//! Merging the records of another repository, with `git notes merge` as the judge.

use std::collections::BTreeMap;

use checkpoint_git::refs::{self, RefChange};
use gix::ObjectId;
use proptest::prelude::*;

use super::doing;
use crate::StoreError;
use crate::fixture::{Fixture, now};
use crate::notes::{Merged, NoteEdit, Notes, compare, merge};

const OURS: &str = "refs/notes/ours";
const THEIRS: &str = "refs/notes/theirs";

/// The notes of one side, by the number of what they annotate.
type Side = BTreeMap<usize, Vec<u32>>;

fn key(fixture: &Fixture, n: usize) -> ObjectId {
    let hash = fixture.repo.gix().object_hash();
    gix::objs::compute_hash(hash, gix::objs::Kind::Blob, n.to_string().as_bytes()).unwrap()
}

/// Sorted lines, as records have them.
fn text(lines: &[u32]) -> String {
    let mut lines: Vec<_> = lines
        .iter()
        .map(|line| format!("{{\"id\":{line}}}\n"))
        .collect();
    lines.sort();
    lines.dedup();
    lines.concat()
}

/// Writes these notes in one commit on top of `reference`.
fn put(fixture: &Fixture, reference: &str, notes: &[(usize, String)]) {
    let edits: Vec<_> = notes
        .iter()
        .map(|(n, text)| NoteEdit {
            key: key(fixture, *n),
            content: Some(text.clone().into_bytes()),
        })
        .collect();
    let read = Notes::read(&fixture.repo, reference).unwrap();
    let who = fixture.repo.signature(now());
    let commit = read.commit(&edits, "notes", &who, fixture.repo.gix());
    if let Some(commit) = commit.unwrap() {
        let change = RefChange::update(reference, read.tip(), commit);
        refs::transaction(&fixture.repo, &[change], "notes: test", &who).unwrap();
    }
}

fn put_side(fixture: &Fixture, reference: &str, side: &Side) {
    let notes: Vec<_> = side.iter().map(|(n, lines)| (*n, text(lines))).collect();
    put(fixture, reference, &notes);
}

/// Lets `reference` begin where `from` stands, if that is there.
fn begin(fixture: &Fixture, reference: &str, from: &str) {
    if refs::find(&fixture.repo, from).unwrap().is_some() {
        fixture.git(&["update-ref", reference, from]);
    }
}

fn take(fixture: &Fixture) -> Result<Merged, StoreError> {
    let theirs = fixture.id(THEIRS);
    merge(&fixture.repo, OURS, theirs, &doing(1))
}

fn read(fixture: &Fixture, n: usize) -> String {
    let notes = Notes::read(&fixture.repo, OURS).unwrap();
    let text = notes.get(&key(fixture, n)).unwrap().unwrap_or_default();
    String::from_utf8(text).unwrap()
}

/// What git makes of the same, as a tree.
fn by_git(fixture: &Fixture) -> String {
    begin(fixture, "refs/notes/git", OURS);
    let merge = ["notes", "--ref=git", "merge", "-q", "-s", "cat_sort_uniq"];
    fixture.git(&[&merge[..], &[THEIRS]].concat());
    fixture.git(&["rev-parse", "refs/notes/git^{tree}"])
}

fn any_side() -> impl Strategy<Value = Side> {
    let lines = prop::collection::vec(0..12_u32, 1..4);
    prop::collection::btree_map(0..40_usize, lines, 0..20)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 20, ..ProptestConfig::default() })]

    #[test]
    fn what_only_grows_merges_as_git_merges_it(base in any_side(), ours in any_side(), theirs in any_side()) {
        let fixture = Fixture::new();
        put_side(&fixture, "refs/notes/base", &base);
        begin(&fixture, OURS, "refs/notes/base");
        begin(&fixture, THEIRS, "refs/notes/base");
        let grown = |side: &Side| {
            let mut grown = side.clone();
            for (n, lines) in &base {
                grown.entry(*n).and_modify(|it| it.extend(lines));
            }
            grown
        };
        put_side(&fixture, OURS, &grown(&ours));
        put_side(&fixture, THEIRS, &grown(&theirs));
        if refs::find(&fixture.repo, THEIRS).unwrap().is_none() {
            return Ok(());
        }
        let wanted = by_git(&fixture);
        let merged = take(&fixture).unwrap();
        prop_assert_eq!(fixture.git(&["rev-parse", "refs/notes/ours^{tree}"]), wanted);
        prop_assert_eq!(take(&fixture).unwrap(), Merged { received: 0, ..merged }, "twice is as good as once");
        fixture.git(&["merge-base", "--is-ancestor", THEIRS, OURS]);
        prop_assert_eq!(fixture.fsck(), "");
    }
}

#[test]
fn any_fanouts_merge_as_git_merges_them() {
    for (of_ours, of_theirs) in [(2_000, 30), (30, 2_000), (700, 900)] {
        let fixture = Fixture::new();
        put_side(&fixture, "refs/notes/base", &[(1, vec![1])].into());
        begin(&fixture, OURS, "refs/notes/base");
        begin(&fixture, THEIRS, "refs/notes/base");
        put_side(
            &fixture,
            OURS,
            &(0..of_ours).map(|n| (n, vec![1])).collect(),
        );
        put_side(
            &fixture,
            THEIRS,
            &(of_ours - 10..of_ours + of_theirs)
                .map(|n| (n, vec![2]))
                .collect(),
        );
        let wanted = by_git(&fixture);
        let merged = take(&fixture).unwrap();
        assert_eq!(
            (merged.received, merged.ahead),
            (of_theirs + 10, of_ours - 1)
        );
        let names = |name: &str| {
            let list = fixture.git(&["notes", "--ref", name, "list"]);
            let mut list: Vec<_> = list.lines().map(str::to_owned).collect();
            list.sort();
            list
        };
        assert_eq!(names("ours"), names("git"), "{of_ours} and {of_theirs}");
        assert_ne!(wanted, "", "git has merged");
        assert_eq!(fixture.fsck(), "");
    }
}

#[test]
fn one_who_has_nothing_new_goes_forward_without_a_merge() {
    let fixture = Fixture::new();
    put(&fixture, THEIRS, &[(1, text(&[1]))]);
    assert_eq!(
        take(&fixture).unwrap().tip,
        fixture.id(THEIRS),
        "none of our own"
    );
    put(&fixture, THEIRS, &[(2, text(&[2]))]);
    let merged = take(&fixture).unwrap();
    assert_eq!((merged.tip, merged.received), (fixture.id(THEIRS), 1));
    put(&fixture, OURS, &[(3, text(&[3]))]);
    let ours = fixture.id(OURS);
    let merged = take(&fixture).unwrap();
    assert_eq!(
        (merged.tip, merged.received, merged.ahead),
        (ours, 0, 1),
        "they are behind"
    );
}

#[test]
fn what_one_side_took_away_comes_back() {
    let fixture = Fixture::new();
    put(&fixture, OURS, &[(1, text(&[1, 2])), (2, text(&[3]))]);
    begin(&fixture, THEIRS, OURS);
    put(&fixture, THEIRS, &[(1, text(&[2]))]);
    let read_theirs = Notes::read(&fixture.repo, THEIRS).unwrap();
    let gone = NoteEdit {
        key: key(&fixture, 2),
        content: None,
    };
    let who = fixture.repo.signature(now());
    let commit = read_theirs
        .commit(&[gone], "notes", &who, fixture.repo.gix())
        .unwrap()
        .unwrap();
    fixture.git(&["update-ref", THEIRS, &commit.to_string()]);
    let merged = take(&fixture).unwrap();
    assert_eq!((merged.received, merged.ahead), (0, 2));
    assert_eq!(
        (read(&fixture, 1), read(&fixture, 2)),
        (text(&[1, 2]), text(&[3])),
        "git would drop both"
    );
    fixture.git(&["merge-base", "--is-ancestor", THEIRS, OURS]);
}

#[test]
fn lines_that_are_no_events_are_kept_and_counted() {
    let fixture = Fixture::new();
    put(&fixture, OURS, &[(1, text(&[1]))]);
    put(
        &fixture,
        THEIRS,
        &[
            (1, "hello\n".to_owned()),
            (2, "{\"id\":\nnul\0\n".to_owned()),
        ],
    );
    assert_eq!(take(&fixture).unwrap().odd_lines, 3);
    assert_eq!(read(&fixture, 1), "hello\n{\"id\":1}\n");
    assert_eq!(read(&fixture, 2), "{\"id\":\nnul\0\n", "as it came");
}

#[test]
fn a_note_under_two_fanouts_is_merged_as_both() {
    let fixture = Fixture::new();
    let hex = key(&fixture, 1).to_string();
    let blob = |text: &str| fixture.git_with(&["hash-object", "-w", "--stdin"], text);
    let tree = |flat: &str, deep: &str| {
        let deep = fixture.git_with(&["mktree"], format!("100644 blob {deep}\t{}\n", &hex[2..]));
        let tree = format!(
            "100644 blob {flat}\t{hex}\n040000 tree {deep}\t{}\n",
            &hex[..2]
        );
        fixture.git_with(&["mktree"], tree)
    };
    let flat = blob(&text(&[1]));
    for (reference, deep) in [(OURS, text(&[2])), (THEIRS, text(&[3]))] {
        let commit = fixture.git(&["commit-tree", "-m", "x", &tree(&flat, &blob(&deep))]);
        fixture.git(&["update-ref", reference, &commit]);
    }
    take(&fixture).unwrap();
    assert_eq!(read(&fixture, 1), text(&[1, 2, 3]));
    let list = fixture.git(&["notes", "--ref=ours", "list"]);
    assert_eq!(list.lines().count(), 1, "one note now: {list}");
}

#[test]
fn what_is_no_notes_is_refused() {
    let fixture = Fixture::new();
    put(&fixture, OURS, &[(1, text(&[1]))]);
    let ours = fixture.id(OURS);
    for other in ["HEAD", "HEAD^{tree}", "HEAD:file"] {
        let theirs = fixture.id(other);
        let refused = merge(&fixture.repo, OURS, theirs, &doing(1));
        assert!(
            matches!(refused, Err(StoreError::NotNotes { .. })),
            "{other}: {refused:?}"
        );
        assert!(compare(&fixture.repo, OURS, Some(ours), Some(theirs)).is_err());
    }
    assert_eq!(fixture.id(OURS), ours, "nothing has moved");
}

#[test]
fn both_sides_are_told_apart() {
    let fixture = Fixture::new();
    put(&fixture, OURS, &[(1, text(&[1])), (2, text(&[2]))]);
    assert_eq!(
        compare(&fixture.repo, OURS, Some(fixture.id(OURS)), None).unwrap(),
        (2, 0)
    );
    put(&fixture, THEIRS, &[(2, text(&[2, 3])), (4, text(&[4]))]);
    let tips = [OURS, THEIRS].map(|name| Some(fixture.id(name)));
    assert_eq!(
        compare(&fixture.repo, OURS, tips[0], tips[1]).unwrap(),
        (1, 2)
    );
}
