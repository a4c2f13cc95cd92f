//! What is wrong is refused, with git's own exit codes, a stable code for machines, and nothing changed.

use std::time::Duration;

use checkpoint_tests::{Fingerprint, Output, Sandbox, Snapshot};

/// Runs the command twice, for a person and for a machine: both times it fails alike and changes nothing.
fn refused(sandbox: &Sandbox, words: &[&str], exit: i32, code: &str) -> Output {
    let before = (Fingerprint::of(sandbox), refs(sandbox));
    let told = sandbox.checkpoint(words).exits(exit);
    assert_eq!(told.text(), "", "stdout is for data: {told}");
    let talk = told.talk();
    assert!(
        !talk.trim().is_empty() && !talk.contains("panicked"),
        "a person is told why: {told}"
    );
    let json = sandbox
        .checkpoint([&["--json"], words].concat())
        .exits(exit);
    let error = &json.json()["error"];
    assert_eq!(error["code"], code, "the stable code: {json}");
    let message = error["message"].as_str().unwrap_or_default();
    assert!(
        !message.is_empty() && !message.ends_with('.'),
        "git's wording has no full stop: {message:?}"
    );
    before.0.assert_same(
        &Fingerprint::of(sandbox),
        &format!("a refusal changes nothing: {told}"),
    );
    assert_eq!(refs(sandbox), before.1, "and keeps nothing: {told}");
    told
}

fn refs(sandbox: &Sandbox) -> String {
    sandbox.try_git(["for-each-ref"]).text()
}

/// A repository with something to keep.
fn start() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.append("README", "edited\n");
    sandbox
}

#[test]
fn names_that_no_ref_can_have() {
    let sandbox = start();
    let long = "x".repeat(201);
    let uuid = "0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";
    let names = [
        "",
        " ",
        "a b",
        "a..b",
        "a//b",
        "/a",
        "a/",
        ".a",
        "a/.b",
        "a.lock",
        "a.lock/b",
        "a.",
        "@",
        "a@{b",
        "a~1",
        "a^",
        "a:b",
        "a?",
        "a*",
        "a[b",
        "a\\b",
        "a\nb",
        "a\tb",
        "a\x7f",
        "\u{1b}[31m",
        &long,
        "latest",
        "latest~2",
        uuid,
        "0123456789abcdef0123456789abcdef01234567",
    ];
    for name in names {
        refused(&sandbox, &["create", name], 129, "checkpoint::name_invalid");
    }
    refused(
        &sandbox,
        &["create", "--", "-dash"],
        129,
        "checkpoint::name_invalid",
    );
}

#[test]
fn names_that_are_fine() {
    let sandbox = start();
    for name in [
        "a",
        "before-api-work",
        "with/slash/es",
        "v1.2.3",
        "ünïcode-☃",
        "100%",
        "a+b",
        "=",
        "a'b\"c",
        "(1)",
        &"x".repeat(200),
    ] {
        sandbox.checkpoint(["create", name]).exits(0);
        assert_ne!(
            sandbox.git(["tag", "--list", &format!("checkpoint/{name}")]),
            "",
            "it has its tag"
        );
    }
}

#[test]
fn a_name_that_is_taken() {
    let sandbox = start();
    sandbox.checkpoint(["create", "taken"]).exits(0);
    let told = refused(&sandbox, &["create", "taken"], 1, "checkpoint::name_taken");
    assert!(
        told.talk().contains("--replace"),
        "the way out is told: {told}"
    );
    let first = sandbox.git(["rev-parse", "refs/tags/checkpoint/taken"]);
    sandbox
        .checkpoint(["create", "taken", "--replace"])
        .exits(0);
    assert_ne!(
        sandbox.git(["rev-parse", "refs/tags/checkpoint/taken"]),
        first,
        "the name has moved"
    );
    assert_eq!(
        sandbox
            .git(["for-each-ref", "refs/checkpoints/"])
            .lines()
            .count(),
        2,
        "the old state stays by its id"
    );
}

#[test]
fn a_name_in_the_way_of_another() {
    let sandbox = start();
    sandbox.checkpoint(["create", "a/b"]).exits(0);
    refused(&sandbox, &["create", "a"], 1, "refs::occupied");
    refused(&sandbox, &["create", "a/b/c"], 1, "refs::occupied");
}

#[test]
fn words_that_are_none_of_ours() {
    let sandbox = start();
    refused(
        &sandbox,
        &["create", "--type", "important"],
        129,
        "checkpoint::word_unknown",
    );
    refused(
        &sandbox,
        &["create", "--phase", "lunch"],
        129,
        "checkpoint::word_unknown",
    );
    for state in [
        "tasks_done=1",
        "=1",
        "tasks_completed",
        "tasks_completed=",
        "tasks_completed=-1",
        "tasks_completed=1.5",
        "tasks_completed=x",
    ] {
        refused(
            &sandbox,
            &["create", "--state", state],
            129,
            "checkpoint::state_invalid",
        );
    }
    refused(
        &sandbox,
        &[
            "create",
            "--state",
            "tasks_completed=99999999999999999999999",
        ],
        129,
        "checkpoint::state_invalid",
    );
}

#[test]
fn lines_that_cannot_be_read() {
    let sandbox = start();
    for words in [
        &["create", "--no-such-option"][..],
        &["no-such-command"],
        &["create", "a", "b"],
        &["list", "-n", "-1"],
        &["list", "-n", "x"],
        &["delete"],
        &["create", "--include", "[", "x"],
        &["create", "-m"],
    ] {
        let before = Fingerprint::of(&sandbox);
        let output = sandbox.checkpoint(words).exits(129);
        assert!(
            output.stdout.is_empty() && !output.stderr.is_empty(),
            "{output}"
        );
        before.assert_same(
            &Fingerprint::of(&sandbox),
            "a line that cannot be read does nothing",
        );
    }
}

#[test]
fn checkpoints_that_are_not_there() {
    let sandbox = start();
    refused(&sandbox, &["show", "latest"], 128, "checkpoint::unknown");
    sandbox.checkpoint(["create", "there"]).exits(0);
    for word in [
        "absent",
        "latest~1",
        "01234567",
        "refs/checkpoints/0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
        "HEAD",
    ] {
        for command in ["show", "delete", "diff"] {
            refused(&sandbox, &[command, word], 128, "checkpoint::unknown");
        }
        refused(
            &sandbox,
            &["name", word, "other"],
            128,
            "checkpoint::unknown",
        );
    }
}

#[test]
fn a_broken_policy_is_underlined() {
    let sandbox = start();
    let broken = [
        (
            "[capture]\nmax-file-sise = 1\n",
            "max-file-sise",
            "policy::invalid",
        ),
        (
            "[capture]\nmax-file-size = \"many\"\n",
            "many",
            "policy::invalid",
        ),
        ("[capture]\nexclude = [\"a[\"]\n", "a[", "policy::invalid"),
        ("[capture\n", "[capture", "policy::invalid"),
        (
            "[retention]\nautomatic-count = -1\n",
            "-1",
            "policy::invalid",
        ),
        ("nonsense = true\n", "nonsense", "policy::invalid"),
    ];
    for (text, place, code) in broken {
        sandbox.write(".git-checkpoint.toml", text);
        let told = refused(&sandbox, &["create"], 128, code);
        let talk = told.talk();
        assert!(
            talk.contains(".git-checkpoint.toml") && talk.contains(place),
            "file and place are shown: {told}"
        );
    }
    sandbox.write(".git-checkpoint.toml", b"[capture]\nexclude = [\"\xff\"]\n");
    assert_eq!(
        sandbox.checkpoint(["create"]).code,
        128,
        "not UTF-8, so no policy"
    );
}

#[test]
fn a_broken_index() {
    let sound = start();
    let good = sound.read(".git/index");
    let cut = good[..good.len() / 2].to_vec();
    let mut newer = good;
    newer[7] = 9;
    for bytes in [
        cut,
        newer,
        b"DIRC".to_vec(),
        b"no index at all, but long enough to be one".to_vec(),
    ] {
        let sandbox = start();
        sandbox.write(".git/index", bytes);
        refused(&sandbox, &["create"], 128, "index::corrupt");
    }
}

#[test]
fn an_index_with_any_byte_wrong_is_refused_or_read_as_git_reads_it() {
    let sandbox = start();
    let good = sandbox.read(".git/index");
    for at in (0..good.len()).step_by(5) {
        let mut bent = good.clone();
        bent[at] ^= 0x55;
        sandbox.write(".git/index", bent);
        let refs = refs(&sandbox);
        let listed = sandbox.try_git(["ls-files", "--stage"]);
        let output = sandbox.checkpoint(["create"]);
        assert!(!output.talk().contains("panicked"), "byte {at}: {output}");
        if output.code == 0 {
            assert_eq!(
                listed.code, 0,
                "byte {at}: git reads no such index, and yet {output}"
            );
            let snapshot = Snapshot::latest(&sandbox);
            // The tree of the index names what the index names, and all of it is there.
            sandbox.git([
                "rev-list",
                "--objects",
                "--quiet",
                "--no-walk",
                &snapshot.work,
                &snapshot.index,
            ]);
        } else {
            assert_eq!(output.code, 128, "byte {at}: {output}");
            assert_eq!(
                self::refs(&sandbox),
                refs,
                "byte {at}: a refusal keeps nothing: {output}"
            );
        }
    }
}

#[test]
fn a_repository_from_the_future() {
    let sandbox = start();
    sandbox.git(["config", "core.repositoryFormatVersion", "1"]);
    sandbox.git(["config", "extensions.fromTheFuture", "true"]);
    refused(&sandbox, &["create"], 128, "repository::unknown_extension");
    let sandbox = start();
    sandbox.git(["config", "core.repositoryFormatVersion", "99"]);
    assert_eq!(
        sandbox.checkpoint(["create"]).code,
        128,
        "a version that nobody knows"
    );
}

#[test]
fn no_repository() {
    let sandbox = Sandbox::without_repository();
    for command in ["create", "list", "status", "validate"] {
        let told = refused(&sandbox, &[command], 128, "repository::not_found");
        assert!(
            told.talk().starts_with("fatal: not a git repository"),
            "in git's own words: {told}"
        );
    }
}

#[test]
fn a_repository_that_the_environment_names_is_not_there() {
    let mut sandbox = start();
    sandbox.set_env("GIT_DIR", sandbox.world().join("nowhere"));
    let told = refused(&sandbox, &["list"], 128, "repository::no_git_dir");
    let git = sandbox.try_git(["status"]);
    let (ours, gits) = (told.talk(), git.talk());
    assert_eq!(ours.lines().next(), gits.lines().next(), "in git's words");
    assert!(
        !told.talk().contains("symbolic-ref"),
        "the repository that is here is sound: {told}"
    );
}

#[test]
fn a_working_tree_that_is_not_there_is_not_somebody_elses() {
    let mut sandbox = start();
    let nowhere = sandbox.world().join("nowhere");
    sandbox.git([
        "config".as_ref(),
        "core.worktree".as_ref(),
        nowhere.as_os_str(),
    ]);
    refused(&sandbox, &["create"], 128, "repository::no_work_tree");
    sandbox.git(["config", "--unset", "core.worktree"]);
    sandbox.set_env("GIT_WORK_TREE", &nowhere);
    let told = refused(&sandbox, &["create"], 128, "repository::no_work_tree");
    assert!(told.talk().contains("unset GIT_WORK_TREE"), "{told}");
    sandbox.set_env("GIT_DIR", ".git");
    refused(&sandbox, &["create"], 128, "repository::no_work_tree");
}

#[test]
fn no_working_tree() {
    let mut sandbox = start();
    sandbox.git_in(
        sandbox.world(),
        ["clone", "--quiet", "--bare", "repo", "bare.git"],
    );
    sandbox.move_to("bare.git");
    refused(&sandbox, &["create"], 128, "capture::bare");
}

#[test]
fn a_home_folder_is_too_much_unless_the_policy_says_so() {
    let mut sandbox = start();
    let top = sandbox.top().to_owned();
    sandbox.set_env("HOME", top);
    refused(&sandbox, &["create"], 1, "capture::too_wide");
    sandbox.write(".git-checkpoint.toml", "[capture]\nallow-home = true\n");
    sandbox.checkpoint(["create"]).exits(0);
}

#[test]
fn the_root_folder_is_too_much() {
    let mut sandbox = start();
    sandbox.set_env("GIT_DIR", sandbox.path(".git"));
    sandbox.set_env("GIT_WORK_TREE", "/");
    // Git itself would look at every file of the machine: no fingerprint here.
    let output = sandbox.checkpoint_within(Duration::from_secs(20), ["create", "--json"]);
    let error = output.json()["error"]["code"].clone();
    // An ordinary user is told first whose folder it is.
    let codes = [(1, "capture::too_wide"), (128, "repository::foreign_owner")];
    assert!(
        codes
            .iter()
            .any(|(exit, code)| output.code == *exit && error == *code),
        "{output}"
    );
    assert_eq!(
        refs(&sandbox).lines().count(),
        1,
        "only the branch is there"
    );
}

#[test]
fn objects_that_are_missing() {
    for object in ["HEAD:README", "HEAD:src", "HEAD^{tree}", "HEAD"] {
        let sandbox = start();
        sandbox.git(["rm", "--quiet", "--cached", "run.sh"]);
        let id = sandbox.git(["rev-parse", object]);
        sandbox.remove(format!(".git/objects/{}/{}", &id[..2], &id[2..]));
        let before = refs(&sandbox);
        let output = sandbox.checkpoint(["create"]);
        if output.code == 0 {
            // It was written again from what is on disk, or nothing that was kept needs it; HEAD's own history is not ours to repair.
            let snapshot = Snapshot::only(&sandbox);
            for commit in [Some(snapshot.work), Some(snapshot.index), snapshot.side]
                .into_iter()
                .flatten()
            {
                sandbox.git([
                    "rev-list",
                    "--objects",
                    "--quiet",
                    &format!("{commit}^{{tree}}"),
                ]);
            }
        } else {
            assert_eq!(output.code, 128, "without {object}: {output}");
            assert_eq!(
                refs(&sandbox),
                before,
                "nothing is kept by halves: {output}"
            );
        }
    }
}

#[test]
fn a_head_that_cannot_be_read() {
    for head in ["", "nonsense\n", "ref: refs/heads/a..b\n"] {
        let sandbox = start();
        sandbox.write(".git/HEAD", head);
        let output = sandbox.checkpoint(["create"]);
        assert_eq!(output.code, 128, "HEAD is {head:?}: {output}");
    }
}
