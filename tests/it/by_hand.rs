//! What `docs/format.md` says can be done with git and a shell, done.

use checkpoint_tests::Sandbox;

/// The script at the end of the page.
fn script() -> String {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/format.md");
    let page = fs_err::read_to_string(page).expect("the page");
    let (_, rest) = page.split_once("```sh\n").expect("a script");
    rest.split_once("```").expect("its end").0.to_owned()
}

fn written() -> Sandbox {
    let mut sandbox = Sandbox::committed();
    // As the script dates things: by the clock of the machine.
    let now = sandbox.sh("date +%s");
    sandbox.set_env("GIT_COMMITTER_DATE", format!("{} +0000", now.trim()));
    sandbox.git(["switch", "-q", "-c", "topic"]);
    sandbox.write("README", "staged\n");
    sandbox.git(["add", "README"]);
    sandbox.write("README", "changed\n");
    sandbox.write("new.txt", "untracked\n");
    sandbox.write("../script", script());
    sandbox.sh("sh -eu ../script");
    sandbox
}

#[test]
fn a_checkpoint_written_by_hand_is_one() {
    let sandbox = written();
    let before = sandbox.git(["status", "--porcelain"]);
    let listed = sandbox.checkpoint(["list"]).exits(0).text();
    assert!(listed.contains("by-hand"), "{listed}");
    let shown = sandbox
        .checkpoint(["show", "by-hand", "--json"])
        .exits(0)
        .json();
    assert_eq!(
        (&shown["checkpoint"]["branch"], &shown["checkpoint"]["tool"]),
        (&"topic".into(), &"by hand".into())
    );
    let verified = sandbox
        .checkpoint(["verify", "--restore", "--json"])
        .exits(0)
        .json();
    assert_eq!(
        (&verified["failed"], &verified["not_here"]),
        (&0.into(), &0.into()),
        "{verified:#}"
    );
    let checks = verified["subjects"][0]["checks"]
        .as_array()
        .expect("checks");
    let passed = |id: &str| {
        checks
            .iter()
            .any(|check| check["check"] == id && check["status"] == "passed")
    };
    for id in [
        "record-matches-tag",
        "tag-on-commit",
        "snapshot-shape",
        "manifest-matches",
        "restorable",
    ] {
        assert!(passed(id), "{id}: {verified:#}");
    }
    sandbox.git(["reset", "-q", "--hard"]);
    sandbox.remove("new.txt");
    sandbox.safe_restore(["by-hand", "--force"]).exits(0);
    assert_eq!(sandbox.git(["status", "--porcelain"]), before);
    assert_eq!(sandbox.read("README"), b"changed\n");
    assert_eq!(sandbox.git(["show", ":README"]), "staged");
}

#[test]
fn it_lives_on_as_one_of_ours() {
    let sandbox = written();
    sandbox
        .checkpoint(["name", "-q", "by-hand", "kept", "--replace"])
        .exits(0);
    let verified = sandbox.checkpoint(["verify"]).exits(0);
    assert!(verified.text().contains("kept"), "{verified}");
    // Its record comes back from the tag, by what stands on the page.
    sandbox.git(["update-ref", "-d", "refs/notes/checkpoints"]);
    let shown = sandbox
        .checkpoint(["show", "kept", "--json"])
        .exits(0)
        .json();
    assert_eq!(shown["checkpoint"]["kind"], "manual", "{shown}");
}
