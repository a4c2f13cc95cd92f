//! What is refused, and that nothing was changed then.

use checkpoint_model::{
    path::TreePath,
    verdict::{SkipReason, Skipped},
};

use crate::scene::Scene;

#[test]
fn what_means_no_checkpoint_is_refused() {
    let scene = Scene::new();
    scene.keep("before");
    let check = |args: &[&str], want: (i32, &str)| {
        let (exit, code) = scene.failure(args);
        assert_eq!((exit, code.as_str()), want, "{args:?}");
    };
    check(&["befor"], (128, "checkpoint::unknown"));
    check(&["-f", "latest~7"], (128, "checkpoint::unknown"));
    check(&[], (129, "edge::usage"));
    check(&["before", "--soft", "--mixed"], (129, "edge::usage"));
    check(&["before", "--exact", "--", "file"], (129, "edge::usage"));
    check(&["--undo", "-f"], (1, "restore::nothing_to_undo"));
    check(&["--continue"], (1, "restore::nothing_under_way"));
}

#[test]
fn a_locked_index_is_told() {
    let scene = Scene::new();
    scene.keep("before");
    scene.write("file", "later\n");
    scene.write(".git/index.lock", "");
    let before = scene.n_checkpoints();
    let said = scene.run(&["before", "-f"]);
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(said.err.contains("index.lock"), "{}", said.err);
    assert_eq!(scene.read("file").as_deref(), Some("later\n"));
    assert_eq!(scene.n_checkpoints(), before);
    scene.remove(".git/index.lock");
    scene.done(&["before", "-f"]);
}

#[test]
fn what_no_backup_can_hold_has_to_be_given_up_by_name() {
    let scene = Scene::new();
    scene.write(
        ".git-checkpoint.toml",
        "[capture]\nmax-file-size = \"1 KiB\"\n",
    );
    scene.write("big", "small then\n");
    scene.keep("before");
    scene.write("big", vec![b'x'; 4096]);
    assert_eq!(
        scene.failure(&["before", "-f"]),
        (1, "restore::would_lose".to_owned())
    );
    let said = scene.done(&["before", "-n"]);
    assert!(
        said.out
            .contains("in the way, and no backup can hold it:\n   big: "),
        "{}",
        said.out
    );
    let (exit, seen) = scene.on_terminal(&["before"], "");
    assert_eq!(exit, 1, "nobody is asked for nothing: {seen}");
    assert!(seen.contains("--discard big"), "{seen}");

    let said = scene.done(&["before", "-n", "--discard", "big"]);
    assert!(said.out.contains(" A big\n"), "{}", said.out);
    scene.done(&["before", "-f", "--discard", "big"]);
    assert_eq!(scene.read("big").as_deref(), Some("small then\n"));
}

#[test]
fn what_a_partial_checkpoint_lacks_is_told_before_and_left_alone() {
    let scene = Scene::new();
    let skipped = Skipped {
        path: TreePath::new("video"),
        reason: SkipReason::TooLarge,
        bytes: Some(1 << 40),
    };
    scene.keep_partly("before", vec![skipped]);
    scene.write("video", "frames\n");
    scene.write("file", "later\n");
    let told = "left alone, since it is not in the checkpoint:\n   video: untracked and larger";
    let said = scene.done(&["before", "-n"]);
    assert!(said.out.contains(told), "{}", said.out);
    let said = scene.done(&["before", "-f"]);
    assert!(
        said.err
            .contains("1 path is not in the checkpoint:\n  video: "),
        "{}",
        said.err
    );
    assert_eq!(scene.read("video").as_deref(), Some("frames\n"));
}

#[test]
fn a_damaged_checkpoint_touches_nothing() {
    let scene = Scene::new();
    scene.write("file", "kept by this checkpoint alone\n");
    scene.keep("before");
    let blob = scene.git(&["hash-object", "file"]);
    scene.write("file", "later\n");
    scene.remove(&format!(".git/objects/{}/{}", &blob[..2], &blob[2..]));
    let said = scene.run(&["before", "-f"]);
    assert_eq!(said.code, 128, "{said:?}");
    assert!(
        said.err.contains(&blob),
        "it tells which object is missing: {}",
        said.err
    );
    assert_eq!(scene.read("file").as_deref(), Some("later\n"));
}
