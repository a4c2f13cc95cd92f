//! What was meddled with is found, each thing by its own check.

use super::{fails, kept, why};
use crate::scene::Scene;

const TAG: &str = "refs/tags/checkpoint/safe";

/// The tag object as text, changed.
fn retag(scene: &Scene, change: impl FnOnce(String) -> String) {
    let text = scene.git(&["cat-file", "tag", TAG]);
    let id = scene.write_object("tag", change(text + "\n").as_bytes());
    scene.git(&["update-ref", TAG, &id]);
}

/// The commit that a name means as text, changed; its new id.
fn recommit(scene: &Scene, commit: &str, change: impl FnOnce(String) -> String) -> String {
    let text = scene.git(&["cat-file", "commit", commit]);
    scene.write_object("commit", change(text + "\n").as_bytes())
}

fn snapshot(scene: &Scene) -> String {
    scene.json(&["show", "safe"])["checkpoint"]["snapshot"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn state(scene: &Scene) -> String {
    format!(
        "refs/checkpoints/{}",
        scene.json(&["show", "safe"])["checkpoint"]["id"]
            .as_str()
            .unwrap()
    )
}

#[test]
fn a_tag_that_was_moved() {
    let scene = kept();
    let clone = scene.beside("clone.git");
    scene.git(&["clone", "-q", "--mirror", ".", &clone]);
    scene.git(&["remote", "add", "origin", &clone]);
    fails(&scene, &["safe", "--remote", "origin"], &[]);
    // As with a new one of the same name, in its own right.
    scene.done(&["create", "-q", "safe", "--replace"]);
    let document = fails(&scene, &["--remote", "origin"], &["tag-immutable"]);
    assert!(
        why(&document, "tag-immutable").starts_with("it is another tag on 'origin': "),
        "{document:#}"
    );
}

#[test]
fn a_tag_that_was_renamed() {
    let scene = kept();
    scene.git(&["update-ref", "refs/tags/checkpoint/other", TAG]);
    // The record knows nothing of that name either.
    let document = fails(&scene, &["other"], &["name-valid", "record-matches-tag"]);
    assert!(why(&document, "name-valid").contains("says it is 'checkpoint/safe': it was renamed"));
    fails(&scene, &["safe"], &[]);
}

#[test]
fn a_tag_that_was_replayed() {
    let scene = kept();
    let old = scene.git(&["rev-parse", TAG]);
    scene.done(&["create", "-q", "safe", "--replace"]);
    scene.git(&["update-ref", TAG, &old]);
    let document = fails(&scene, &["safe"], &["record-matches-tag"]);
    assert!(
        why(&document, "record-matches-tag").contains("lost this name"),
        "{document:#}"
    );
    // Another's tag in its place.
    scene.done(&["create", "-q", "other"]);
    scene.git(&["update-ref", TAG, "refs/tags/checkpoint/other"]);
    fails(&scene, &["safe"], &["name-valid", "record-matches-tag"]);
}

#[test]
fn a_tag_that_was_dated_back() {
    let scene = kept();
    retag(&scene, |text| {
        text.replace(" 1800000000 +0000", " 1700000000 +0000")
    });
    let document = fails(&scene, &["safe"], &["tag-dated"]);
    assert!(why(&document, "tag-dated").ends_with("it was dated back"));
    // With all that it tells of: then the id tells, or the commit it stands on.
    let scene = kept();
    retag(&scene, |text| {
        let text = text.replace(" 1800000000 +0000", " 1700000000 +0000");
        text.replace(
            "Checkpoint-Created: 2027-01-15T08:00:00Z",
            "Checkpoint-Created: 2023-11-14T22:13:20Z",
        )
    });
    let document = fails(&scene, &["safe"], &["tag-dated"]);
    assert!(
        why(&document, "tag-dated").contains("the id of the checkpoint"),
        "{document:#}"
    );
}

#[test]
fn a_tag_that_is_none() {
    let scene = kept();
    scene.git(&["update-ref", TAG, "HEAD"]);
    let document = fails(&scene, &["safe"], &["record-present", "tag-annotated"]);
    assert!(why(&document, "tag-annotated").starts_with("it is no annotated tag"));
    scene.git(&["update-ref", "-d", TAG]);
    scene.git(&["tag", "-a", "-m", "by hand", "checkpoint/safe"]);
    let document = fails(
        &scene,
        &["safe"],
        &["record-present", "tag-annotated", "tag-on-commit"],
    );
    assert_eq!(
        why(&document, "tag-annotated"),
        "its message does not tell of a checkpoint"
    );
}

#[test]
fn a_tag_on_something_else() {
    let scene = kept();
    let tree = scene.git(&["rev-parse", "HEAD^{tree}"]);
    let mark = scene.git(&["rev-parse", &format!("{TAG}^{{}}")]);
    retag(&scene, |text| {
        text.replace(&mark, &tree)
            .replace("type commit", "type tree")
    });
    let document = fails(&scene, &["safe"], &["tag-on-commit"]);
    assert_eq!(
        why(&document, "tag-on-commit"),
        "it points at a tree, not at a commit"
    );
    // On the state itself, so that pushing it would publish what is not committed.
    let scene = kept();
    let (mark, snapshot) = (
        scene.git(&["rev-parse", &format!("{TAG}^{{}}")]),
        snapshot(&scene),
    );
    retag(&scene, |text| text.replacen(&mark, &snapshot, 1));
    fails(&scene, &["safe"], &["tag-on-commit"]);
    // On a commit with HEAD for its parent and the files of the state.
    let scene = kept();
    let mark = scene.git(&["rev-parse", &format!("{TAG}^{{}}")]);
    let tree = scene.git(&["rev-parse", &format!("{}^{{tree}}", self::snapshot(&scene))]);
    let clean = scene.git(&["rev-parse", &format!("{mark}^{{tree}}")]);
    let loaded = recommit(&scene, &mark, |text| text.replace(&clean, &tree));
    retag(&scene, |text| text.replacen(&mark, &loaded, 1));
    let document = fails(&scene, &["safe"], &["tag-on-commit"]);
    assert!(why(&document, "tag-on-commit").contains("publishing it publishes them"));
}

/// Does something to the record.
fn record(scene: &Scene, words: &[&str]) -> String {
    let snapshot = snapshot(scene);
    scene.git(&[&["notes", "--ref=checkpoints"], words, &[snapshot.as_str()]].concat())
}

#[test]
fn a_record_that_was_edited() {
    let scene = kept();
    let told = record(&scene, &["show"]).replace("before the change", "nothing to see");
    record(&scene, &["add", "-f", "-m", &told]);
    let document = fails(&scene, &["safe"], &["record-matches-tag"]);
    assert!(why(&document, "record-matches-tag").contains("its first line was changed"));
    // A line before the first one.
    let scene = kept();
    let told = record(&scene, &["show"]);
    let id = &told[7..43];
    let added = told
        .replace(id, "01000000-0000-7000-8000-000000000000")
        .replace("before", "long before");
    record(&scene, &["append", "-m", &added]);
    fails(&scene, &["safe"], &["record-matches-tag"]);
}

/// Whoever may push notes can add one, and none goes away again.
#[test]
fn a_line_that_is_none_is_told_and_fails_nothing() {
    let scene = kept();
    record(&scene, &["append", "-m", "no JSON"]);
    let document = fails(&scene, &["safe"], &[]);
    let told = "1 line of the record cannot be read and counts for nothing";
    assert!(document.to_string().contains(told), "{document:#}");
    let said = scene.done(&["verify", "safe"]);
    assert!(said.out.contains(told), "{}", said.out);
    // With nothing else in it, it is no record.
    record(&scene, &["add", "-f", "-m", "no JSON"]);
    fails(&scene, &["safe"], &["record-present"]);
}

#[test]
fn two_records_of_one_checkpoint() {
    let scene = kept();
    let line = record(&scene, &["show"]);
    let other = scene.git(&["rev-parse", "HEAD"]);
    let line = line.replace(&snapshot(&scene), other.trim());
    let add = [
        "notes",
        "--ref=checkpoints",
        "add",
        "-m",
        &line,
        other.trim(),
    ];
    scene.git(&add);
    // The tag vouches for the one, and nothing for the other.
    let document = fails(&scene, &[], &["record-present"]);
    assert!(why(&document, "record-present").contains("claims to be of the same checkpoint"));
    fails(&scene, &["safe"], &[]);
}

#[test]
fn a_record_that_was_dropped() {
    let scene = kept();
    scene.git(&["notes", "--ref=checkpoints", "remove", &snapshot(&scene)]);
    let document = fails(&scene, &["safe"], &["record-present"]);
    assert!(why(&document, "record-present").contains("it was dropped, or not fetched"));
    scene.git(&["update-ref", "-d", "refs/notes/checkpoints"]);
    let document = fails(&scene, &[], &["record-present"]);
    assert!(why(&document, "record-present").contains("there is no refs/notes/checkpoints"));
}

#[test]
fn a_record_in_the_place_of_another() {
    let scene = kept();
    let later = scene.git(&[
        "for-each-ref",
        "--format=%(objectname)",
        "refs/checkpoints/",
    ]);
    let later = later.lines().last().unwrap().to_owned();
    scene.git(&[
        "notes",
        "--ref=checkpoints",
        "copy",
        "-f",
        &later,
        &snapshot(&scene),
    ]);
    let document = fails(&scene, &["safe"], &["record-present"]);
    assert!(
        why(&document, "record-present").starts_with("the record here is that of another snapshot")
    );
}

#[test]
fn a_record_of_another_repository() {
    // The same commits up to their dates, so that only the checkpoint is foreign.
    let (scene, other) = (kept(), Scene::new());
    other.write("alien", "of another kind\n");
    other.git(&["add", "."]);
    other.git(&["commit", "-q", "--amend", "-m", "alien"]);
    other.done(&["create", "-q", "foreign"]);
    let from = other.path().display().to_string();
    scene.git(&[
        "fetch",
        "-q",
        "--no-tags",
        &from,
        "refs/tags/checkpoint/foreign:refs/tags/checkpoint/foreign",
    ]);
    scene.git(&[
        "fetch",
        "-q",
        &from,
        "refs/notes/checkpoints:refs/notes/other",
    ]);
    scene.git(&[
        "notes",
        "--ref=checkpoints",
        "merge",
        "-q",
        "-s",
        "cat_sort_uniq",
        "other",
    ]);
    let document = fails(&scene, &["foreign"], &["tag-on-commit"]);
    assert!(
        why(&document, "tag-on-commit").ends_with("it is of another repository"),
        "{document:#}"
    );
    fails(&scene, &["safe"], &[]);
}

#[test]
fn a_state_with_a_missing_object() {
    let scene = kept();
    let snapshot = snapshot(&scene);
    let blob = scene.git(&["rev-parse", &format!("{snapshot}:src/new.rs")]);
    let object = scene
        .path()
        .join(".git/objects")
        .join(&blob[..2])
        .join(&blob[2..]);
    fs_err::remove_file(object).unwrap();
    let document = fails(&scene, &["safe"], &["objects-complete"]);
    assert_eq!(
        why(&document, "objects-complete"),
        format!("object {blob} of 'src/new.rs' is not here")
    );
    let tree = scene.git(&["rev-parse", &format!("{snapshot}^2^{{tree}}")]);
    let object = scene
        .path()
        .join(".git/objects")
        .join(&tree[..2])
        .join(&tree[2..]);
    fs_err::remove_file(object).unwrap();
    // It is the tree of 'main' as well, so nothing tells what the policy asks for.
    let wanted = ["objects-complete", "policy-readable"];
    fails(&scene, &["safe"], &wanted);
}

#[test]
fn what_git_misses_of_a_state_is_missed() {
    let scene = kept();
    scene.git(&["commit", "-qam", "ours"]);
    scene.git(&["switch", "-qc", "other", "HEAD~1"]);
    scene.write("file", "three\n");
    scene.git(&["commit", "-qam", "theirs"]);
    assert_ne!(scene.try_git(&["merge", "-q", "topic"]).code, 0);
    scene.done(&["create", "-q", "conflict"]);
    let id = scene.json(&["show", "conflict"])["checkpoint"]["id"].clone();
    let state = format!("refs/checkpoints/{}", id.as_str().unwrap());
    let words = ["rev-list", "--objects", &state, "--not", "--branches"];
    let listed = scene.git(&words);
    // git can do without the empty tree.
    let empty = scene.git(&["hash-object", "-t", "tree", "/dev/null"]);
    let objects = listed.lines().map(|line| &line[..40]);
    let objects: Vec<_> = objects.filter(|id| *id != empty).collect();
    assert!(
        objects.len() > 9,
        "three commits, their trees, what is in them: {listed}"
    );
    for id in objects {
        let place = scene
            .path()
            .join(".git/objects")
            .join(&id[..2])
            .join(&id[2..]);
        let aside = scene.beside("aside");
        fs_err::rename(&place, &aside).unwrap();
        let git = scene.try_git(&["fsck", "--connectivity-only"]);
        let (code, document) = super::verified(&scene, &["conflict"]);
        assert_ne!(git.code, 0, "{id}");
        assert_eq!(code, 1, "{id}: {document:#}");
        let failed = super::checks(&document, "failed");
        assert!(
            failed.contains(&"objects-complete".to_owned()),
            "{id}: {failed:?}"
        );
        assert!(
            why(&document, "objects-complete").contains(id),
            "{document:#}"
        );
        fs_err::rename(&aside, &place).unwrap();
    }
    fails(&scene, &["conflict"], &[]);
}

/// Another object in the place of `id`, under its name.
fn corrupt(scene: &Scene, id: &str, other: &str) {
    let place = |id: &str| {
        let objects = scene.path().join(".git/objects");
        objects.join(&id[..2]).join(&id[2..])
    };
    fs_err::remove_file(place(id)).unwrap();
    fs_err::copy(place(other), place(id)).unwrap();
}

#[test]
fn a_state_with_a_corrupt_loose_object() {
    let scene = kept();
    let snapshot = snapshot(&scene);
    let blob = scene.git(&["rev-parse", &format!("{snapshot}:src/new.rs")]);
    let other = scene.write_object("blob", b"other\n");
    corrupt(&scene, &blob, &other);
    // It is there, and that is all that is looked at unless it is asked for.
    fails(&scene, &["safe"], &[]);
    let document = fails(&scene, &["safe", "--objects"], &["objects-complete"]);
    assert_eq!(
        why(&document, "objects-complete"),
        format!("object {blob} of 'src/new.rs' is corrupt: it is not what its name says")
    );
    // As git finds.
    let said = scene.command("git", &["fsck"]).output().unwrap();
    assert!(!said.status.success() && String::from_utf8_lossy(&said.stderr).contains(&blob[2..]));
    let place = scene.path().join(".git/objects").join(&blob[..2]);
    let place = place.join(&blob[2..]);
    fs_err::remove_file(&place).unwrap();
    fs_err::write(place, "no object").unwrap();
    let document = fails(&scene, &["safe", "--objects"], &["objects-complete"]);
    assert!(why(&document, "objects-complete").ends_with("of 'src/new.rs' cannot be read"));
    // So is a commit of the state: with other words in it, it says another thing, too.
    let scene = kept();
    let snapshot = self::snapshot(&scene);
    let index = scene.git(&["rev-parse", &format!("{snapshot}^2")]);
    let other = recommit(&scene, &index, |text| text + "more\n");
    corrupt(&scene, &index, &other);
    fails(&scene, &["safe"], &[]);
    fails(&scene, &["safe", "--objects"], &["objects-complete"]);
}

#[test]
fn a_state_with_a_corrupt_pack() {
    let scene = kept();
    let snapshot = snapshot(&scene);
    // Random digits do not become shorter, and are large enough that nothing else is hit.
    let noise: Vec<u8> = (0_u32..5000)
        .flat_map(|n| n.wrapping_mul(0x9e37_79b9).to_le_bytes())
        .collect();
    scene.write("noise", &noise);
    scene.done(&["create", "-q", "noisy"]);
    scene.git(&["repack", "-adq"]);
    fails(&scene, &["--objects"], &[]);
    let packs = scene.path().join(".git/objects/pack");
    let packs = fs_err::read_dir(packs)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let pack = packs
        .into_iter()
        .find(|path| path.extension().unwrap() == "pack")
        .unwrap();
    let index = pack.with_extension("idx");
    let listed = scene.git(&["verify-pack", "-v", index.to_str().unwrap()]);
    let blob = scene.git(&["hash-object", "noise"]);
    let line = listed.lines().find(|line| line.starts_with(&blob)).unwrap();
    let offset: usize = line.split_whitespace().nth(4).unwrap().parse().unwrap();
    let mut bytes = fs_err::read(&pack).unwrap();
    for byte in &mut bytes[offset + 5000..offset + 5010] {
        *byte ^= 0x55;
    }
    fs_err::remove_file(&pack).unwrap();
    fs_err::write(&pack, bytes).unwrap();
    fails(&scene, &[], &[]);
    let document = fails(&scene, &["--objects"], &["objects-complete"]);
    let told = why(&document, "objects-complete");
    assert!(told.contains("of 'noise' "), "{told}");
    // The other state has none of it.
    fails(&scene, &[&snapshot, "--objects"], &[]);
}

#[test]
fn a_state_with_other_files() {
    let scene = kept();
    let (snapshot, state) = (snapshot(&scene), state(&scene));
    // The commit keeps its message and its parents.
    let tree = scene.git(&["rev-parse", &format!("{snapshot}^{{tree}}")]);
    let other = scene.git(&["rev-parse", "HEAD^{tree}"]);
    let changed = recommit(&scene, &snapshot, |text| text.replace(&tree, &other));
    scene.git(&["update-ref", &state, &changed]);
    fails(&scene, &["safe"], &["manifest-matches", "snapshot-shape"]);
    let document = fails(
        &scene,
        &["safe", "--restore"],
        &["manifest-matches", "snapshot-shape"],
    );
    assert!(why(&document, "snapshot-shape").contains("does not point at the snapshot"));
    // Told of in the record as well: then the tag does not vouch for it, and the fingerprint tells.
    let note = scene
        .git(&["notes", "--ref=checkpoints", "show", &snapshot])
        .replace(&snapshot, &changed);
    scene.git(&["notes", "--ref=checkpoints", "remove", &snapshot]);
    scene.git(&["notes", "--ref=checkpoints", "add", "-m", &note, &changed]);
    let (_, document) = super::verified(&scene, &[]);
    let failed = super::checks(&document, "failed");
    assert!(
        failed.contains(&"manifest-matches".to_owned()),
        "{document:#}"
    );
    assert!(
        failed.contains(&"record-present".to_owned()),
        "{document:#}"
    );
}

#[test]
fn a_state_in_another_shape() {
    let scene = kept();
    let (snapshot, state) = (snapshot(&scene), state(&scene));
    let head = scene.git(&["rev-parse", "HEAD"]);
    let flat = recommit(&scene, &snapshot, |text| {
        let parent = |line: &&str| !line.starts_with("parent ") || line.ends_with(&head);
        text.lines().filter(parent).collect::<Vec<_>>().join("\n") + "\n"
    });
    scene.git(&["update-ref", &state, &flat]);
    let document = fails(&scene, &["safe"], &["snapshot-shape"]);
    assert!(why(&document, "snapshot-shape").contains("does not point at the snapshot"));
    // Without a record to compare with, its own shape counts.
    scene.git(&["notes", "--ref=checkpoints", "remove", &snapshot]);
    scene.git(&["update-ref", "-d", TAG]);
    let document = fails(&scene, &[], &["record-present", "snapshot-shape"]);
    assert!(
        why(&document, "snapshot-shape").contains("do not stand on one another"),
        "{document:#}"
    );
    scene.git(&["update-ref", &state, "HEAD"]);
    let (_, document) = super::verified(&scene, &[]);
    assert!(
        super::checks(&document, "failed").contains(&"snapshot-shape".to_owned()),
        "{document:#}"
    );
}

#[test]
fn a_secret_in_what_is_shared() {
    let scene = kept();
    let token = ["gh", "p_", "Zk3vQ9xW1mT7cR5bN8jL2hF6dS4gP0aYeUiO"].concat();
    scene.done(&["create", "-q", "leak", "-m", &format!("works with {token}")]);
    let document = fails(&scene, &[], &["no-secret"]);
    assert!(
        why(&document, "no-secret").contains("github-token")
            && !document.to_string().contains(&token)
    );
    // What a state holds is looked at when it is asked for.
    let scene = kept();
    scene.write(".env", "KEY=value\n");
    scene.done(&["create", "-q"]);
    fails(&scene, &[], &[]);
    fails(&scene, &["--secrets"], &["no-secret"]);
}

/// Each of these was the end of it all; now it is told, and all else with it.
#[test]
fn what_is_broken_hides_nothing_else() {
    let scene = kept();
    let place = |name: &str| scene.path().join(".git").join(name);
    scene.done(&["create", "-q", "other"]);
    let n_passed = |document: &serde_json::Value| document["passed"].as_u64().unwrap();
    let whole = n_passed(&fails(&scene, &[], &[]));
    // A tag object that is rubbish: the checkpoint is known by its record then, and the tag by nothing.
    let lost = ["record-present", "tag-annotated", "tag-present"];
    let tag = scene.git(&["rev-parse", "refs/tags/checkpoint/other"]);
    let object = place("objects").join(&tag[..2]).join(tag[2..].trim());
    let content = fs_err::read(&object).unwrap();
    fs_err::remove_file(&object).unwrap();
    fs_err::write(&object, "rubbish").unwrap();
    let document = fails(&scene, &[], &lost);
    assert!(
        why(&document, "tag-annotated").contains("cannot be read"),
        "{document:#}"
    );
    fs_err::remove_file(&object).unwrap();
    let document = fails(&scene, &[], &lost);
    assert!(
        why(&document, "tag-annotated").contains("is not here"),
        "{document:#}"
    );
    fs_err::write(&object, content).unwrap();
    // References that are rubbish.
    fs_err::write(place("refs/tags/checkpoint/rubbish"), "rubbish\n").unwrap();
    let document = fails(&scene, &[], &["tag-present"]);
    assert!(why(&document, "tag-present").contains("'refs/tags/checkpoint/rubbish' is broken"));
    assert_eq!(n_passed(&document), whole);
    fs_err::remove_file(place("refs/tags/checkpoint/rubbish")).unwrap();
    let state = place("refs/checkpoints/01900000-0000-7000-8000-000000000000");
    fs_err::write(&state, "rubbish\n").unwrap();
    fails(&scene, &[], &["snapshot-shape"]);
    fs_err::remove_file(&state).unwrap();
    // A branch where records should be; and records that are gone.
    let notes = scene.git(&["rev-parse", "refs/notes/checkpoints"]);
    scene.git(&["update-ref", "refs/notes/checkpoints", "HEAD"]);
    scene.git(&["update-ref", "refs/notes/agents", "HEAD"]);
    let document = fails(
        &scene,
        &["--range=HEAD"],
        &["feature-branch", "record-present"],
    );
    let wanted = "'refs/notes/checkpoints' holds no records: it is ";
    assert!(
        why(&document, "record-present").starts_with(wanted),
        "{document:#}"
    );
    scene.git(&["update-ref", "-d", "refs/notes/agents"]);
    scene.git(&["update-ref", "refs/notes/checkpoints", notes.trim()]);
    let tree = scene.git(&["rev-parse", "refs/notes/checkpoints^{tree}"]);
    fs_err::remove_file(place("objects").join(&tree[..2]).join(tree[2..].trim())).unwrap();
    let document = fails(&scene, &[], &["record-present"]);
    assert!(
        why(&document, "record-present").starts_with("cannot read object "),
        "{document:#}"
    );
    assert!(n_passed(&document) > 10, "{document:#}");
}
