use checkpoint_git::refs::{self, RefChange};
use gix::ObjectId;

use super::{CHECKPOINTS, NoteEdit, Notes};
use crate::fixture::{Fixture, now};

/// Writes the notes of `edits` in one commit and moves the reference.
fn write(fixture: &Fixture, edits: &[NoteEdit]) {
    let notes = Notes::read(&fixture.repo, CHECKPOINTS).unwrap();
    let who = fixture.repo.signature(now());
    let commit = notes
        .commit(edits, "Notes added by a test", &who, fixture.repo.gix())
        .unwrap();
    let change = RefChange::update(CHECKPOINTS, notes.tip(), commit.expect("the notes are new"));
    refs::transaction(&fixture.repo, &[change], "notes: test", &who).unwrap();
}

fn note(key: ObjectId, text: &str) -> NoteEdit {
    NoteEdit {
        key,
        content: Some(text.as_bytes().to_vec()),
    }
}

/// The id of the blob with the decimal digits of `n`, which is as good an object to annotate as any.
fn key(fixture: &Fixture, n: usize) -> ObjectId {
    gix::objs::compute_hash(
        fixture.repo.gix().object_hash(),
        gix::objs::Kind::Blob,
        n.to_string().as_bytes(),
    )
    .unwrap()
}

fn read(fixture: &Fixture, key: ObjectId) -> Option<String> {
    let notes = Notes::read(&fixture.repo, CHECKPOINTS).unwrap();
    notes
        .get(&key)
        .unwrap()
        .map(|bytes| String::from_utf8(bytes).unwrap())
}

fn show(fixture: &Fixture, key: ObjectId) -> String {
    fixture.git(&["notes", "--ref=checkpoints", "show", &key.to_string()])
}

/// Lets git write `count` notes, all the same, beside one on HEAD.
fn copy(fixture: &Fixture, count: usize) {
    fixture.git(&["notes", "--ref=checkpoints", "add", "-m", "note", "HEAD"]);
    let head = fixture.id("HEAD");
    let pairs: String = (0..count)
        .map(|n| format!("{head} {}\n", key(fixture, n)))
        .collect();
    fixture.git_with(&["notes", "--ref=checkpoints", "copy", "--stdin"], pairs);
}

/// How deep the fanout of the note of `key` is.
fn depth(fixture: &Fixture, key: ObjectId) -> usize {
    let paths = fixture.git(&["ls-tree", "-r", "--name-only", CHECKPOINTS]);
    let path = paths
        .lines()
        .find(|path| path.replace('/', "") == *key.to_string());
    path.expect("the note is there").matches('/').count()
}

#[test]
fn git_shows_what_we_write_and_we_read_what_git_adds() {
    for args in [
        &[][..],
        &["--object-format=sha256"],
        &["--ref-format=reftable"],
    ] {
        let fixture = Fixture::with(args);
        let head = fixture.id("HEAD");
        assert_eq!(read(&fixture, head), None, "nobody has written one");
        write(&fixture, &[note(head, "ours\n")]);
        assert_eq!(show(&fixture, head), "ours", "git reads it");
        fixture.git(&[
            "notes",
            "--ref=checkpoints",
            "append",
            "-m",
            "theirs",
            "HEAD",
        ]);
        assert_eq!(
            read(&fixture, head).as_deref(),
            Some("ours\n\ntheirs\n"),
            "git puts an empty line between"
        );
        let tree = fixture.id("HEAD^{tree}");
        fixture.git(&[
            "notes",
            "--ref=checkpoints",
            "add",
            "-m",
            "another",
            &tree.to_string(),
        ]);
        assert_eq!(
            read(&fixture, tree).as_deref(),
            Some("another\n"),
            "beside ours"
        );
        write(
            &fixture,
            &[
                note(head, "again\n"),
                NoteEdit {
                    key: tree,
                    content: None,
                },
            ],
        );
        assert_eq!(show(&fixture, head), "again", "replaced");
        assert_eq!(read(&fixture, tree), None, "removed");
        assert_eq!(fixture.fsck(), "", "git finds nothing wrong");
    }
}

#[test]
fn nothing_new_is_no_commit() {
    let fixture = Fixture::new();
    let head = fixture.id("HEAD");
    write(&fixture, &[note(head, "ours\n")]);
    let notes = Notes::read(&fixture.repo, CHECKPOINTS).unwrap();
    let who = fixture.repo.signature(now());
    let commit = notes
        .commit(&[note(head, "ours\n")], "x", &who, fixture.repo.gix())
        .unwrap();
    assert_eq!(commit, None, "the tree is the same");
}

#[test]
fn every_fanout_of_git_is_read_and_kept() {
    for (count, fanout) in [(10, 0), (1_000, 1), (20_000, 2)] {
        let fixture = Fixture::new();
        copy(&fixture, count);
        assert_eq!(
            depth(&fixture, key(&fixture, 0)),
            fanout,
            "git's own fanout of {count} notes"
        );
        assert_eq!(
            read(&fixture, key(&fixture, 3)).as_deref(),
            Some("note\n"),
            "fanout {fanout}"
        );
        write(
            &fixture,
            &[
                note(fixture.id("HEAD"), "ours\n"),
                note(key(&fixture, 3), "changed\n"),
            ],
        );
        assert_eq!(
            show(&fixture, key(&fixture, 3)),
            "changed",
            "fanout {fanout}"
        );
        assert_eq!(
            show(&fixture, fixture.id("HEAD")),
            "ours",
            "fanout {fanout}"
        );
        assert_eq!(
            depth(&fixture, key(&fixture, 0)),
            fanout,
            "the others stay where they were"
        );

        let notes = Notes::read(&fixture.repo, CHECKPOINTS).unwrap();
        let all = notes
            .read_all(|key, text| (key, String::from_utf8(text.unwrap().to_vec()).unwrap()))
            .unwrap();
        assert_eq!(all.len(), count + 1, "each note once");
        assert!(
            all.is_sorted_by_key(|(key, _)| *key),
            "in the order of their keys"
        );
        let keys: Vec<_> = all.iter().map(|(key, _)| *key).collect();
        assert_eq!(notes.keys().unwrap(), keys, "the same keys without reading");
        let expected = |n: usize| {
            if n == 3 {
                "changed\n".to_owned()
            } else {
                "note\n".to_owned()
            }
        };
        for n in [0, 3, count - 1] {
            let at = keys
                .binary_search(&key(&fixture, n))
                .expect("it was written");
            assert_eq!(all[at].1, expected(n), "the note of its own key");
        }
        assert_eq!(fixture.fsck(), "", "git finds nothing wrong");
    }
}

#[test]
fn our_notes_grow_into_the_fanout_of_git() {
    let fixture = Fixture::new();
    let edits: Vec<_> = (0..600)
        .map(|n| note(key(&fixture, n), &format!("note {n}\n")))
        .collect();
    for some in edits.chunks(40) {
        write(&fixture, some);
    }
    assert_eq!(
        depth(&fixture, key(&fixture, 0)),
        1,
        "600 notes are too many for one tree"
    );
    let ours = fixture.git(&["ls-tree", "-r", CHECKPOINTS]);
    assert_eq!(
        fixture
            .git(&["notes", "--ref=checkpoints", "list"])
            .lines()
            .count(),
        600,
        "git sees them all"
    );
    // git rewrites the tree in its own way whenever it adds a note.
    fixture.git(&["notes", "--ref=checkpoints", "add", "-m", "x", "HEAD"]);
    fixture.git(&["notes", "--ref=checkpoints", "remove", "HEAD"]);
    assert_eq!(
        fixture.git(&["ls-tree", "-r", CHECKPOINTS]),
        ours,
        "and finds it as it would have written it"
    );
}

#[test]
fn what_is_not_a_note_stays() {
    let fixture = Fixture::new();
    let blob = fixture.id("HEAD:file");
    let tree = fixture.git_with(&["mktree"], format!("100644 blob {blob}\tREADME\n"));
    let commit = fixture.git(&["commit-tree", "-m", "x", &tree]);
    fixture.git(&["update-ref", CHECKPOINTS, &commit]);
    let head = fixture.id("HEAD");
    write(&fixture, &[note(head, "ours\n")]);
    assert_eq!(
        fixture.id("refs/notes/checkpoints:README"),
        blob,
        "somebody else's file"
    );
    assert_eq!(
        Notes::read(&fixture.repo, CHECKPOINTS)
            .unwrap()
            .keys()
            .unwrap(),
        [head],
        "but no note"
    );
}

#[test]
fn a_note_under_two_fanouts_is_both() {
    let fixture = Fixture::new();
    let head = fixture.id("HEAD");
    let (first, rest) = (
        head.to_string()[..2].to_owned(),
        head.to_string()[2..].to_owned(),
    );
    let blob = |text: &str| fixture.git_with(&["hash-object", "-w", "--stdin"], text);
    let deep = fixture.git_with(
        &["mktree"],
        format!("100644 blob {}\t{rest}\n", blob("two\n")),
    );
    let tree = format!(
        "100644 blob {}\t{head}\n040000 tree {deep}\t{first}\n",
        blob("one\n")
    );
    let tree = fixture.git_with(&["mktree"], tree);
    let commit = fixture.git(&["commit-tree", "-m", "x", &tree]);
    fixture.git(&["update-ref", CHECKPOINTS, &commit]);
    assert_eq!(
        read(&fixture, head).as_deref(),
        Some("one\ntwo\n"),
        "no half of a record is lost"
    );
    let notes = Notes::read(&fixture.repo, CHECKPOINTS).unwrap();
    let all = notes.read_all(|_, text| text.unwrap().len()).unwrap();
    assert_eq!(all, [8], "one note, with both halves");
}

#[test]
fn a_lost_blob_hides_no_other_note() {
    let fixture = Fixture::new();
    let (one, two) = (fixture.id("HEAD"), fixture.id("HEAD^{tree}"));
    write(&fixture, &[note(one, "one\n"), note(two, "two\n")]);
    let lost = fixture.git_with(&["hash-object", "--stdin"], "one\n");
    fs_err::remove_file(
        fixture
            .path()
            .join(format!(".git/objects/{}/{}", &lost[..2], &lost[2..])),
    )
    .unwrap();
    let notes = Notes::read(&fixture.repo, CHECKPOINTS).unwrap();
    let mut all = notes.read_all(|key, text| text.ok().map(|_| key)).unwrap();
    all.sort();
    assert_eq!(all, [None, Some(two)], "one is lost, the other is there");
}
