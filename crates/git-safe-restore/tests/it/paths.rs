//! Some paths only.

use crate::scene::Scene;

fn changed() -> Scene {
    let scene = Scene::new();
    scene.keep("before");
    scene.write("file", "later\n");
    scene.write("dir/inner", "later\n");
    scene.write("dir/more/new", "new\n");
    scene
}

#[test]
fn only_what_is_named_moves() {
    let scene = changed();
    let said = scene.done(&["before", "-f", "--", "dir"]);
    assert!(said.out.ends_with(" before: 2 files\n"), "{}", said.out);
    assert_eq!(scene.read("dir/inner").as_deref(), Some("inner\n"));
    assert_eq!(scene.read("dir/more/new"), None, "it was not there");
    assert_eq!(
        scene.read("file").as_deref(),
        Some("later\n"),
        "it was not named"
    );
    scene.done(&["--undo", "-f"]);
    assert_eq!(scene.read("dir/inner").as_deref(), Some("later\n"));
    assert_eq!(scene.read("dir/more/new").as_deref(), Some("new\n"));
}

#[test]
fn paths_are_read_from_the_current_directory() {
    let scene = changed();
    let check = |directory: &str, path: &str, want: &[&str]| {
        let said = scene.run_in(directory, &["before", "-n", "--", path]);
        let paths: Vec<_> = said
            .out
            .lines()
            .filter_map(|line| line.strip_prefix(" "))
            .collect();
        let paths: Vec<_> = paths
            .iter()
            .filter_map(|line| line.split_once(' '))
            .collect();
        let paths: Vec<_> = paths
            .iter()
            .filter(|(letter, _)| letter.len() == 1)
            .collect();
        let paths: Vec<_> = paths
            .iter()
            .map(|(_, path)| *path)
            .filter(|it| !it.starts_with("file:"))
            .collect();
        let paths: Vec<_> = paths
            .into_iter()
            .filter(|path| scene.read(path).is_some())
            .collect();
        assert_eq!(paths, want, "{directory} {path}: {said:?}");
    };
    check("dir", "inner", &["dir/inner"]);
    check("dir", ".", &["dir/inner", "dir/more/new"]);
    check("dir", "..", &["dir/inner", "dir/more/new", "file"]);
    check("dir", "../file", &["file"]);
    check(".", "dir/more/", &["dir/more/new"]);
    check(".", "*inner", &["dir/inner"]);
}

#[test]
fn a_path_that_means_nothing_is_refused() {
    let scene = changed();
    let check = |path: &str, want: (i32, &str)| {
        let (exit, code) = scene.failure(&["before", "-f", "--", path]);
        assert_eq!((exit, code.as_str()), want, "{path}");
    };
    check("fiel", (1, "restore::path_unknown"));
    check("../outside", (129, "restore::path_outside"));
    check("/etc/passwd", (129, "restore::path_outside"));
    let said = scene.done(&["before", "-f", "--", "*.nothing"]);
    assert!(
        said.err.contains("nothing to do"),
        "a pattern may mean nothing: {}",
        said.err
    );
}

#[test]
fn a_path_that_is_as_it_was_is_no_slip() {
    let scene = changed();
    scene.write("dir/inner", "inner\n");
    let said = scene.done(&["before", "-f", "--", "dir/inner"]);
    assert!(said.err.contains("nothing to do"), "{}", said.err);
}
