//! `diff`: git is the judge.

use crate::scene::Scene;

#[test]
fn the_latest_is_compared_with_the_working_tree_untracked_files_included() {
    let scene = Scene::new();
    scene.write("file", "two\n");
    let kept = scene.keep(1);
    assert_eq!(scene.done(&["diff"]).out, "");
    scene.write("file", "three\n");
    scene.write("sub/new", "new\n");
    scene.write(".gitignore", "*.log\n");
    scene.write("ignored.log", "x\n");
    assert_eq!(
        scene.done(&["diff", "--name-status"]).out,
        "A\t.gitignore\nM\tfile\nA\tsub/new\n"
    );
    let patch = scene.done(&["diff", "latest", "--", "file"]).out;
    assert!(patch.contains("-two\n+three\n"), "{patch}");
    let told = scene.json(&["diff"]);
    assert_eq!(
        (&told["from"], &told["to"]),
        (&kept.id().into(), &serde_json::Value::Null)
    );
    assert_eq!(told["changes"].as_array().unwrap().len(), 3);
}

#[test]
fn two_checkpoints_are_compared_as_git_compares_their_snapshots() {
    let scene = Scene::new();
    let one = scene.keep_named(2, "one");
    scene.write("file", "two\n");
    scene.write("new", "a\nb\n");
    let two = scene.keep_named(1, "two");
    for options in [
        &["--stat"][..],
        &["--numstat"],
        &["--name-only"],
        &["-U0"],
        &["-U", "0"],
        &["--word-diff=plain"],
        &["-p", "--no-color"],
        &["--diff-filter=A"],
        &[],
    ] {
        let ours = scene.done(&[&["diff", "one", "two"], options].concat()).out;
        // A value after a space is ours to understand; git wants it beside the letter.
        let options: Vec<_> = if options == ["-U", "0"] {
            vec!["-U0"]
        } else {
            options.to_vec()
        };
        let args = [
            &["diff"],
            options.as_slice(),
            &[&one.snapshot, &two.snapshot],
        ]
        .concat();
        assert_eq!(ours.trim_end(), scene.git(&args), "{options:?}");
    }
    let reversed = scene.json(&["diff", "two", "one"]);
    assert_eq!(reversed["to"], one.id());
    assert_eq!(reversed["changes"][1]["status"], "deleted");
}

#[test]
fn nothing_in_the_repository_moves() {
    let scene = Scene::new();
    scene.keep(1);
    scene.write("file", "two\n");
    scene.write("new", "new\n");
    let state = || {
        let objects = scene.git(&["count-objects", "-v"]);
        let refs = scene.git(&["for-each-ref"]);
        (
            objects,
            refs,
            fs_err::read(scene.path().join(".git/index")).unwrap(),
        )
    };
    let before = state();
    scene.done(&["diff"]);
    scene.done(&["diff", "--json"]);
    assert_eq!(state(), before);
}

#[test]
fn the_index_is_compared_when_that_is_asked_for() {
    let scene = Scene::new();
    scene.keep_named(2, "clean");
    scene.write("file", "staged\n");
    scene.git(&["add", "file"]);
    scene.write("file", "later\n");
    let patch = scene.done(&["diff", "clean", "--cached"]).out;
    assert!(
        patch.contains("+staged\n") && !patch.contains("later"),
        "{patch}"
    );
    scene.keep_named(1, "dirty");
    let between = scene.done(&["diff", "clean", "dirty", "--cached"]).out;
    assert_eq!(between, patch);
}

#[test]
fn paths_mean_what_they_mean_where_one_stands() {
    let scene = Scene::new();
    scene.keep(1);
    scene.write("sub/file", "new\n");
    scene.write("file", "two\n");
    let mut command = scene.checkpoint(&["diff", "--name-only", "--", "file"]);
    let output = command
        .current_dir(scene.path().join("sub"))
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "sub/file\n");
}

#[test]
fn the_exit_tells_of_differences_when_asked_to() {
    let scene = Scene::new();
    scene.keep(1);
    assert_eq!(scene.run(&["diff", "--exit-code"]).code, 0);
    scene.write("file", "two\n");
    assert_eq!(scene.run(&["diff", "--exit-code", "--stat"]).code, 1);
    assert_eq!(scene.run(&["diff"]).code, 0);
    scene.write("file", "trailing \n");
    let checked = scene.run(&["diff", "--check"]);
    assert_eq!((checked.code, checked.err.as_str()), (1, ""));
}

#[test]
fn what_git_does_not_take_is_told_before_anything_is_printed() {
    let scene = Scene::new();
    scene.keep(1);
    scene.write("file", "two\n");
    let said = scene.run(&["diff", "--word-diff=nonsense"]);
    assert_eq!((said.code, said.out.as_str()), (128, ""));
    assert_eq!(
        scene.failure(&["diff", "latest~3"]).1,
        "checkpoint::unknown"
    );
    assert_eq!(scene.run(&["diff", "--no-such-option"]).code, 129);
}

#[test]
fn a_repository_with_other_object_names_can_be_compared() {
    let scene = Scene::with_init(&["--object-format=sha256"]);
    scene.keep(1);
    scene.write("new", "new\n");
    assert_eq!(scene.done(&["diff", "--name-only"]).out, "new\n");
}
