//! In a working tree whose files are not all there yet, what is missing is not deleted.

use crate::scene::{Scene, failure_of};

#[test]
fn nothing_is_committed_where_git_was_stopped_while_checking_out() {
    let scene = Scene::new();
    let dir = scene.beside().join("half");
    let dir = dir.to_str().unwrap();
    let words = ["worktree", "add", "-q", "--no-checkout", "-b", "half", dir];
    scene.git(&words);
    let refused = || {
        fs_err::write(format!("{dir}/new"), "new\n").unwrap();
        let mut command = scene.ada(&["--json"]);
        failure_of(&scene.said(command.current_dir(dir)))
    };
    let half_made = (1, "commit::half_made".to_owned());
    assert_eq!(refused(), half_made, "no index");
    scene.git(&["-C", dir, "reset", "-q", "--hard"]);
    scene.git(&["worktree", "lock", "--reason", "initializing", dir]);
    assert_eq!(refused(), half_made, "locked");
    assert_eq!(
        scene.git(&["rev-parse", "half"]),
        scene.git(&["rev-parse", "HEAD"])
    );

    scene.git(&["worktree", "unlock", dir]);
    let mut command = scene.ada(&[]);
    let said = scene.said(command.current_dir(dir));
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(
        scene.git(&["diff", "--name-status", "HEAD", "half"]),
        "A\tnew"
    );
}
