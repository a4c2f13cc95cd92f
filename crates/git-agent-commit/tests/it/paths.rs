//! What of the working tree a commit takes; git says what it should have been.

use serde_json::json;

use crate::scene::Scene;

/// After `before`, our commit of `paths` leaves what git's own commit of them leaves: HEAD's tree, the index, the status.
fn check(before: &str, paths: &[&str]) {
    let [ours, gits] = [Scene::new(), Scene::new()];
    for scene in [&ours, &gits] {
        scene.sh(before);
    }
    let case = format!("{before} -- {paths:?}");
    ours.done(&[&["--"], paths].concat());
    let literal = ["--literal-pathspecs"].as_slice();
    match paths {
        [] => {
            gits.git(&["add", "--all"]);
            gits.git(&["commit", "-qm", "change"]);
        }
        paths => {
            // git commits no paths that it does not know yet.
            gits.try_git(&[literal, &["add", "--intent-to-add", "--"], paths].concat());
            gits.git(&[literal, &["commit", "-qm", "change", "--only", "--"], paths].concat());
        }
    }
    assert_eq!(ours.state(), gits.state(), "{case}");
    assert_eq!(ours.git(&["fsck", "--no-dangling"]), "", "{case}");
}

#[test]
fn everything_is_what_git_would_add() {
    check("echo two >file", &[]);
    check("echo two >file; echo new >new; rm other", &[]);
    check("echo two >file; git add file; echo three >file", &[]);
    check("git mv file moved; echo more >>moved", &[]);
    check("git rm -q --cached file; echo new >new", &[]);
    check("rm -r dir; echo dir >dir", &[]);
    check("rm file; mkdir file; echo deep >file/deep", &[]);
    check("chmod +x file; ln -s file link", &[]);
    check(
        "mkdir -p new/deep; echo x >new/deep/x; echo y >ignored.log",
        &[],
    );
    check("echo intended >intended; git add -N intended", &[]);
    check(
        "echo kept >file; git update-index --assume-unchanged file; echo new >new",
        &[],
    );
    check(
        "git update-index --skip-worktree file; rm file; echo new >new",
        &[],
    );
    check(
        "printf 'a\\r\\n' >crlf; echo '* text=auto' >.gitattributes",
        &[],
    );
    check("echo new >new; git add new; rm new; echo two >file", &[]);
}

#[test]
fn chosen_paths_are_committed_and_what_else_is_staged_stays() {
    let staged = "echo staged >other; git add other; echo new >staged; git add staged;";
    for before in ["", staged] {
        let check = |script: &str, paths: &[&str]| check(&format!("{before}{script}"), paths);
        check("echo two >file; echo two >dir/a", &["file"]);
        check("echo two >file; echo two >dir/a", &["dir"]);
        check("echo two >dir/a; rm dir/b", &["dir/"]);
        check("rm file", &["file"]);
        check("git mv file moved; echo more >>moved", &["file", "moved"]);
        check("git mv file moved", &["moved"]);
        check("echo new >new; echo beside >beside", &["new"]);
        check("echo two >file; git add file; echo three >file", &["file"]);
        check(
            "echo two >file; git add file; echo one >file; echo a >dir/a; echo x >dir/a",
            &["file", "dir"],
        );
        check("chmod +x file", &["file"]);
        check("rm file; ln -s other file", &["file"]);
        check(
            "echo x >-m; echo y >:x; echo z >'*'; echo w >'a b'",
            &["-m", ":x", "*", "a b"],
        );
        check("echo two >file; echo x >'[f]ile'", &["[f]ile"]);
        check("mkdir deep; echo x >deep/x; echo y >deep/y.log", &["deep"]);
        check("rm -r dir; echo dir >dir", &["dir"]);
    }
}

#[test]
fn a_submodule_is_committed_with_its_new_commit() {
    let module = Scene::new();
    let make = format!(
        "git -c protocol.file.allow=always submodule --quiet add '{}' sub; git commit -qm sub; \
         git -C sub commit -q --allow-empty -m two; git -C sub rev-parse HEAD >two.log; echo two >file",
        module.path().display()
    );
    let scene = Scene::new();
    scene.sh(&make);
    scene.done(&["--", "sub"]);
    let tree = scene.git(&["ls-tree", "HEAD", "sub"]);
    assert!(tree.contains(scene.read("two.log").trim()), "{tree}");
    assert_eq!(scene.git(&["status", "--porcelain"]), " M file");
}

#[test]
fn paths_are_those_of_the_directory_we_are_in() {
    let scene = Scene::new();
    scene.write("dir/a", "two\n");
    scene.write("file", "two\n");
    let mut command = scene.ada(&["--", "a", "../file"]);
    let said = scene.said(command.current_dir(scene.path().join("dir")));
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(
        scene.git(&["diff", "--name-only", "HEAD~1", "HEAD"]),
        "dir/a\nfile"
    );
    scene.write("dir/b", "two\n");
    scene.write("file", "three\n");
    let mut command = scene.ada(&["."]);
    let said = scene.said(command.current_dir(scene.path().join("dir")));
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(
        scene.git(&["diff", "--name-only", "HEAD~1", "HEAD"]),
        "dir/b"
    );
    let absolute = scene.path().join("file").display().to_string();
    scene.done(&["--", &absolute]);
}

#[test]
fn paths_come_from_a_file_too() {
    let scene = Scene::new();
    scene.write("a\nb", "x");
    scene.write("file", "two\n");
    scene.write("list", "file\0a\nb\0");
    scene.done(&["--pathspec-from-file", "list", "--pathspec-file-nul"]);
    assert_eq!(
        scene.git(&["diff", "--name-only", "HEAD~1", "HEAD"]),
        "\"a\\nb\"\nfile"
    );
    let mut command = scene.ada(&["--pathspec-from-file=-"]);
    let list = fs_err::File::open(scene.path().join("list")).unwrap();
    scene.write("list", "list\n");
    let said = scene.said(command.stdin(list.into_parts().0));
    assert_eq!(said.code, 0, "{}", said.err);
    scene.write("empty", "");
    let refused = scene.failure(&["--pathspec-from-file", "empty"]);
    assert_eq!(
        refused,
        (1, "commit::nothing".to_owned()),
        "no list is not everything"
    );
}

#[test]
fn a_file_that_is_named_is_committed_whatever_its_size() {
    let scene = Scene::new();
    scene.write(
        ".git-checkpoint.toml",
        "[capture]\nmax-file-size = 100\nexclude = [\"*.iso\"]\n",
    );
    scene.write("large", "x".repeat(101));
    scene.write("x.iso", "x");
    let done = scene.json(&[]);
    assert_eq!(done["files"], json!([".git-checkpoint.toml"]));
    assert_eq!(done["skipped"].as_array().unwrap().len(), 2, "{done}");
    let done = scene.json(&["--", "large", "x.iso"]);
    assert_eq!(done["files"], json!(["large", "x.iso"]));
    assert_eq!(scene.git(&["status", "--porcelain"]), "");
}

#[test]
fn the_first_commit_of_a_repository_is_one_like_any() {
    let scene = Scene::unborn("main");
    scene.write("a", "a");
    scene.write("b", "b");
    scene.git(&["add", "b"]);
    scene.done(&["--", "a"]);
    assert_eq!(scene.git(&["ls-tree", "--name-only", "HEAD"]), "a");
    assert_eq!(scene.git(&["status", "--porcelain"]), "A  b");
}

#[test]
fn the_commit_is_what_the_checkpoint_holds() {
    let scene = Scene::new();
    scene.write("file", "two\n");
    scene.write("new", "new\n");
    let done = scene.json(&[]);
    let id = done["checkpoint"].as_str().unwrap();
    let tree = |rev: &str| scene.git(&["rev-parse", &format!("{rev}^{{tree}}")]);
    assert_eq!(tree("HEAD"), tree(&format!("refs/checkpoints/{id}")));
}

#[test]
fn a_file_outside_a_sparse_checkout_that_is_there_is_committed() {
    let check = |how: &str, paths: &[&str]| {
        let scene = Scene::new();
        scene.sh("mkdir in deep; echo in >in/f; echo q >deep/q; echo r >deep/r; git add .; git commit -qm deep");
        scene.sh(how);
        scene.write("deep/q", "changed\n");
        scene.write("file", "two\n");
        scene.done(&[&["--"], paths].concat());
        assert_eq!(scene.git(&["show", "HEAD:deep/q"]), "changed", "{how}");
        assert_eq!(
            scene.git(&["show", "HEAD:deep/r"]),
            "r",
            "what is not there stays"
        );
        let status = scene.git(&["status", "--porcelain"]);
        assert_eq!(
            status,
            if paths.is_empty() { "" } else { " M file" },
            "{how}"
        );
    };
    for how in [
        "git sparse-checkout set in",
        "git sparse-checkout set --sparse-index in",
    ] {
        check(how, &[]);
        check(how, &["deep/q"]);
        check(how, &["deep"]);
    }
}

#[test]
fn what_a_commit_leaves_out_is_told_and_nothing_else_is() {
    let scene = Scene::new();
    scene.write(
        ".git-checkpoint.toml",
        "[capture]\nmax-file-size = \"1 KiB\"\n",
    );
    scene.done(&["--", ".git-checkpoint.toml"]);
    scene.write("large", "x".repeat(2000));
    scene.write("file", "two\n");
    let said = scene.done(&["--", "file"]);
    assert!(!said.err.contains("large"), "nobody asked: {}", said.err);
    scene.write("file", "three\n");
    let said = scene.done(&[]);
    let told = "1 path is not committed, and not in the checkpoint:\n  large:";
    assert!(said.err.contains(told), "{}", said.err);
    let said = scene.done(&["--", "large"]);
    assert!(!said.err.contains("not committed"), "{}", said.err);
    assert_eq!(scene.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_path_through_a_link_to_the_working_tree_is_in_it() {
    let scene = Scene::new();
    scene.sh("ln -s \"$PWD\" ../link; mkdir ../deep; ln -s \"$PWD/..\" ../deep/link");
    let beside = scene.beside();
    for through in ["link", "deep/link/repo"] {
        let top = beside.join(through);
        for path in ["dir/a", "gone"] {
            scene.write(path, format!("{through}\n"));
            let typed = top.join(path);
            let done = scene.json(&["--", typed.to_str().unwrap()]);
            assert_eq!(done["files"], json!([path]), "{through}");
        }
        scene.sh("rm gone");
        let done = scene.json(&["--", top.join("gone").to_str().unwrap()]);
        assert_eq!(done["files"], json!(["gone"]), "it is not there any more");
    }
}
