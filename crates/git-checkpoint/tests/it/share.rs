//! `push` and `fetch`, with repositories on this machine.

use std::process::Command;

use serde_json::json;

use crate::scene::{Said, Scene};

mod along;
mod refusals;
mod states;
mod words;

/// A repository, a bare one beside it, and clones.
struct Party {
    scene: Scene,
}

impl Party {
    fn new() -> Self {
        Self::with_init(&[])
    }

    fn with_init(args: &[&str]) -> Self {
        let scene = Scene::with_init(args);
        let bare = scene.beside("remote.git");
        scene.git(
            &[
                &["init", "-q", "--bare", "-b", "main"],
                args,
                &[bare.as_str()],
            ]
            .concat(),
        );
        scene.git(&["remote", "add", "origin", &bare]);
        scene.git(&["push", "-q", "-u", "origin", "main"]);
        Self { scene }
    }

    fn clone(&self, name: &str, args: &[&str]) {
        let url = format!("file://{}", self.scene.beside("remote.git"));
        self.scene.git(
            &[
                &["clone", "-q"],
                args,
                &[url.as_str(), &self.scene.beside(name)],
            ]
            .concat(),
        );
    }

    fn command(&self, clone: &str, program: &str, args: &[&str]) -> Command {
        let mut command = self.scene.command(program, args);
        command.current_dir(self.scene.beside(clone));
        command
    }

    fn try_at(&self, clone: &str, args: &[&str]) -> Said {
        let program = env!("CARGO_BIN_EXE_git-checkpoint");
        self.command(clone, program, args).output().unwrap().into()
    }

    /// Runs `git checkpoint` in a clone, and expects that it does what was asked.
    fn at(&self, clone: &str, args: &[&str]) -> String {
        let said = self.try_at(clone, args);
        assert_eq!(said.code, 0, "{clone} {args:?}: {}", said.err);
        said.out
    }

    fn git_at(&self, clone: &str, args: &[&str]) -> String {
        let said = Said::from(self.command(clone, "git", args).output().unwrap());
        assert_eq!(said.code, 0, "{clone} {args:?}: {}", said.err);
        said.out.trim_end().to_owned()
    }
}

#[test]
fn records_go_there_and_come_back() {
    let party = Party::new();
    let kept = party.scene.keep_named(2, "safe");
    assert_eq!(
        party.scene.done(&["push", "-n"]).out,
        "To origin\n  would send  1 record  checkpoints\n"
    );
    assert_eq!(
        party.scene.git(&["ls-remote", "origin", "refs/notes/*"]),
        "",
        "only shown"
    );
    assert_eq!(
        party.scene.done(&["push"]).out,
        "To origin\n  sent  1 record  checkpoints\n"
    );
    let again = party.scene.done(&["push"]);
    assert_eq!(
        (again.out.as_str(), again.err.as_str()),
        ("", "Everything up-to-date\n")
    );

    party.clone("other", &[]);
    assert_eq!(
        party.at("other", &["fetch"]),
        "From origin\n  received  1 record  checkpoints\n"
    );
    assert_eq!(
        party.at("other", &["fetch"]),
        "",
        "twice is as good as once"
    );
    let list: serde_json::Value =
        serde_json::from_str(&party.at("other", &["list", "--json"])).unwrap();
    assert_eq!(list["checkpoints"][0]["id"], kept.id());
    assert_eq!(list["checkpoints"][0]["place"], "elsewhere");

    party.at("other", &["create", "theirs"]);
    party.scene.keep_named(1, "ours");
    party.scene.done(&["push"]);
    let both = "To origin\n  received  1 record  checkpoints\n  sent      1 record  checkpoints\n";
    assert_eq!(party.at("other", &["push", "origin"]), both);
    party.scene.done(&["fetch"]);
    let tips = [
        party.scene.git(&["rev-parse", "refs/notes/checkpoints"]),
        party.git_at("other", &["rev-parse", "refs/notes/checkpoints"]),
    ];
    assert_eq!(tips[0], tips[1], "the same in both");
    let names = party.scene.json(&["list"]);
    assert_eq!(names["checkpoints"].as_array().unwrap().len(), 3);
    party.scene.git(&["fsck", "--strict"]);
}

#[test]
fn names_go_when_they_are_named_and_that_is_recorded() {
    let party = Party::new();
    let (kept, other) = (
        party.scene.keep_named(3, "safe"),
        party.scene.keep_named(2, "later"),
    );
    let said = party.scene.done(&["push", "safe"]).out;
    assert_eq!(
        said,
        "To origin\n  sent  2 records  checkpoints\n  new   tag        checkpoint/safe\n"
    );
    let there = party
        .scene
        .git(&["ls-remote", "--tags", "--refs", "origin"]);
    assert!(
        there.ends_with("refs/tags/checkpoint/safe") && there.lines().count() == 1,
        "{there}"
    );
    assert_eq!(
        party
            .scene
            .git(&["ls-remote", "origin", "refs/checkpoints/*"]),
        "",
        "no state goes by itself"
    );

    let again = party.scene.json(&["push", "origin", &kept.id()]);
    assert_eq!(
        again["tags"],
        json!([{"checkpoint": kept.id(), "ref": "refs/tags/checkpoint/safe", "new": false}])
    );
    assert_eq!(again["records"][0]["sent"], 0, "it is told once");
    let log = party.scene.done(&["log"]).out;
    assert_eq!(log.matches("shared").count(), 1, "{log}");
    assert!(log.contains("name with origin"), "{log}");

    let all = party.scene.json(&["push", "--tags"]);
    assert_eq!(all["tags"].as_array().unwrap().len(), 2);
    party.clone("other", &["--no-tags"]);
    assert_eq!(
        party.at("other", &["fetch"]),
        "From origin\n  received  2 records  checkpoints\n  new       tag        checkpoint/later\n  new       tag        checkpoint/safe\n"
    );
    let shown: serde_json::Value =
        serde_json::from_str(&party.at("other", &["show", "later", "--json"])).unwrap();
    assert_eq!(shown["checkpoint"]["id"], other.id());
}

#[test]
fn a_hundred_records_take_two_connections() {
    let party = Party::new();
    for hours in 0..100 {
        party.scene.keep(hours);
    }
    let trace = party.scene.beside("trace");
    let connections = |args: &[&str]| {
        let _old = fs_err::remove_file(&trace);
        let mut command = party.scene.checkpoint(args);
        let said = Said::from(command.env("GIT_TRACE", &trace).output().unwrap());
        assert_eq!(said.code, 0, "{}", said.err);
        let trace = fs_err::read_to_string(&trace).unwrap();
        let is_connection = |line: &&str| {
            ["upload-pack", "receive-pack"]
                .iter()
                .any(|it| line.contains(&format!("built-in: git {it}")))
        };
        (said.out, trace.lines().filter(is_connection).count())
    };
    let (said, count) = connections(&["push"]);
    assert_eq!(said, "To origin\n  sent  100 records  checkpoints\n");
    assert_eq!(count, 2, "one to look, one to give");
    party.scene.keep_named(1, "safe");
    let with_name = connections(&["push", "safe"]).1;
    assert_eq!(with_name, 3, "one more, for what is searched");
    assert_eq!(connections(&["fetch"]).1, 1);
}

#[test]
fn any_kind_of_clone_shares() {
    for (what, args) in [
        ("shallow", &["--depth=1"][..]),
        ("partial", &["--filter=blob:none"]),
        ("treeless", &["--filter=tree:0"]),
        ("bare", &["--bare"]),
        ("single", &["--single-branch", "--no-tags"]),
    ] {
        let party = Party::new();
        party.scene.git(&[
            "--git-dir",
            &party.scene.beside("remote.git"),
            "config",
            "uploadpack.allowFilter",
            "true",
        ]);
        party
            .scene
            .git(&["commit", "-q", "--allow-empty", "-m", "two"]);
        party.scene.keep_named(2, "safe");
        party.scene.git(&["push", "-q", "origin", "main"]);
        party.scene.done(&["push", "safe"]);
        party.clone("other", args);
        // What a plain fetch brings in its own way must do.
        party.git_at(
            "other",
            &[
                "fetch",
                "-q",
                "origin",
                "+refs/notes/checkpoints:refs/notes/remotes/origin/checkpoints",
            ],
        );
        party.at("other", &["fetch", "origin"]);
        let list = party.at("other", &["list"]);
        assert!(list.contains("safe"), "{what}: {list}");
        let head = party.git_at("other", &["rev-parse", "HEAD"]);
        party.git_at(
            "other",
            &["notes", "--ref=agents", "add", "-m", "{}", &head],
        );
        assert_eq!(
            party.at("other", &["push", "origin"]),
            "To origin\n  sent  1 record  agents\n",
            "{what}"
        );
        if what != "bare" {
            party.at("other", &["create", "theirs"]);
            party.at("other", &["push", "origin", "theirs"]);
            party.scene.done(&["fetch"]);
            assert!(party.scene.done(&["list"]).out.contains("theirs"), "{what}");
            assert_ne!(
                party.scene.git(&["tag", "-l", "checkpoint/theirs"]),
                "",
                "{what}"
            );
        }
    }
}

#[test]
fn any_format_of_repository_shares() {
    for args in [&["--object-format=sha256"][..], &["--ref-format=reftable"]] {
        let probe = Scene::new();
        let probed = probe.try_git(&[&["init", "-q"], args, &[&probe.beside("probe")]].concat());
        if probed.code != 0 {
            continue;
        }
        let party = Party::with_init(args);
        party.scene.keep_named(2, "safe");
        party.scene.done(&["push", "safe"]);
        party.clone(
            "other",
            if args[0].contains("reftable") {
                args
            } else {
                &[]
            },
        );
        assert!(
            party.at("other", &["fetch"]).contains("received  1 record"),
            "{args:?}"
        );
        party.at("other", &["create", "theirs"]);
        party.at("other", &["push", "theirs"]);
        party.scene.done(&["fetch"]);
        assert_eq!(
            party.scene.json(&["list"])["checkpoints"]
                .as_array()
                .unwrap()
                .len(),
            2
        );
    }
}

#[test]
fn the_remote_is_the_one_that_git_would_use() {
    let party = Party::new();
    party.scene.keep_named(2, "safe");
    let second = party.scene.beside("second.git");
    party.scene.git(&["init", "-q", "--bare", &second]);
    party.scene.git(&["remote", "add", "second", &second]);
    let to = |want: &str| {
        let said = party.scene.json(&["push", "-n"]);
        assert_eq!(said["remote"], want);
    };
    to("origin");
    party.scene.git(&["config", "remote.pushDefault", "second"]);
    to("second");
    party
        .scene
        .git(&["config", "branch.main.pushRemote", "origin"]);
    to("origin");
    assert_eq!(
        party.scene.json(&["push", "-n", "second", "safe"])["remote"],
        "second"
    );
    let by_path = party.scene.json(&["push", "../second.git"]);
    assert_eq!(
        by_path["remote"].as_str().unwrap().rsplit('/').next(),
        Some("second.git")
    );
    assert_eq!(
        party.scene.git(&["for-each-ref", "refs/notes/remotes/"]),
        "",
        "nothing is remembered of a path"
    );
    assert!(
        party
            .scene
            .git(&["ls-remote", &second])
            .contains("refs/notes/checkpoints")
    );
    assert_eq!(
        party.scene.json(&["fetch", &format!("file://{second}")])["records"],
        json!([])
    );
}
