//! A state comes back, exactly, and says so.

use crate::scene::Scene;

/// A day's work: staged, changed again, untracked, deleted.
fn work(scene: &Scene) {
    scene.write("file", "staged\n");
    scene.git(&["add", "file"]);
    scene.write("file", "changed\n");
    scene.write("notes/new", "new\n");
    scene.remove("dir/inner");
}

#[test]
fn everything_comes_back_as_it_was() {
    let scene = Scene::new();
    work(&scene);
    let (id, before) = (scene.keep("before"), scene.state());
    scene.git(&["reset", "-q", "--hard"]);
    scene.remove("notes/new");
    scene.write("later", "later\n");

    let said = scene.done(&["before", "--force"]);
    assert_eq!(scene.state(), before);
    assert_eq!(
        said.out,
        format!("Restored {} before: 4 files, index\n", id.short())
    );
    assert!(
        said.err.contains("what was there before is kept as "),
        "{}",
        said.err
    );
    assert!(
        said.err
            .contains("to take this back: git safe-restore --undo\n"),
        "{}",
        said.err
    );
}

#[test]
fn a_plan_is_shown_and_nothing_done_without_a_terminal() {
    let scene = Scene::new();
    work(&scene);
    let id = scene.keep("before");
    scene.git(&["reset", "-q", "--hard"]);
    scene.write("later", "later\n");
    let (before, n_checkpoints) = (scene.state(), scene.n_checkpoints());
    let plan = format!(
        "checkpoint {} before, made 60 minutes ago: everything as it was\n \
         D dir/inner\n M file\n D later\n 3 files: 1 to change, 2 to delete\nindex: as it was\n",
        id.short()
    );

    let said = scene.run(&["before"]);
    assert_eq!((said.code, said.out.as_str()), (1, plan.as_str()));
    let want = "nothing was changed: there is no terminal to ask on\n\
                hint: --force does it without asking, --dry-run only shows it\n";
    assert_eq!(said.err, want);
    let said = scene.done(&["before", "--dry-run"]);
    assert_eq!((said.out, said.err), (plan, String::new()));
    assert_eq!(scene.state(), before);
    assert_eq!(
        scene.n_checkpoints(),
        n_checkpoints,
        "a plan makes no backup"
    );
}

#[test]
fn what_is_there_already_is_not_done_again() {
    let scene = Scene::new();
    work(&scene);
    let id = scene.keep("before");
    let n_checkpoints = scene.n_checkpoints();
    for args in [
        &["before"] as &[_],
        &["before", "--force"],
        &["before", "-n"],
    ] {
        let said = scene.done(args);
        let want = format!("nothing to do: all is as in checkpoint {}\n", id.short());
        assert_eq!((said.out, said.err), (String::new(), want), "{args:?}");
    }
    assert_eq!(scene.n_checkpoints(), n_checkpoints);
}

#[test]
fn files_alone_leave_index_and_branch() {
    let scene = Scene::new();
    scene.write("file", "then\n");
    scene.keep("before");
    scene.commit("two");
    scene.write("file", "later\n");
    scene.git(&["add", "file"]);
    let (index, head) = (
        scene.git(&["ls-files", "--stage"]),
        scene.git(&["rev-parse", "HEAD"]),
    );

    let said = scene.done(&["before", "--files", "--force"]);
    assert!(said.out.ends_with(" before: 1 file\n"), "{}", said.out);
    assert_eq!(scene.read("file").as_deref(), Some("then\n"));
    assert_eq!(scene.git(&["ls-files", "--stage"]), index);
    assert_eq!(scene.git(&["rev-parse", "HEAD"]), head);
}

#[test]
fn what_git_ignores_stays() {
    let scene = Scene::new();
    scene.write(".gitignore", "*.log\n");
    scene.keep("before");
    scene.write("build.log", "log\n");
    scene.write("file", "later\n");
    scene.done(&["before", "--force"]);
    assert_eq!(scene.read("build.log").as_deref(), Some("log\n"));
    assert_eq!(scene.read("file").as_deref(), Some("one\n"));
}

#[test]
fn quiet_prints_what_was_done_and_no_more() {
    let scene = Scene::new();
    scene.keep("before");
    scene.write("file", "later\n");
    let said = scene.done(&["before", "-f", "-q"]);
    assert_eq!(said.err, "");
    assert!(said.out.starts_with("Restored "), "{}", said.out);
}
