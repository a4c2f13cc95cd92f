//! What cannot be shared: nothing is lost, and the next line is told.

use std::os::unix::fs::PermissionsExt as _;

use super::Party;
use crate::scene::Scene;

impl Party {
    /// Puts a hook into the bare repository.
    pub(super) fn hook(&self, name: &str, text: &str) {
        let path = self.scene.beside(&format!("remote.git/hooks/{name}"));
        fs_err::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// A push that fails leaves everything as it was, here and there.
    pub(super) fn fails(&self, args: &[&str], code: i32, error: &str) -> String {
        let refs = || {
            let there = self.scene.beside("remote.git");
            let there = self.scene.git(&["--git-dir", &there, "for-each-ref"]);
            let here = self
                .scene
                .git(&["for-each-ref", "--exclude=refs/notes/remotes"]);
            (here, there)
        };
        let before = refs();
        let (found, name) = self.scene.failure(args);
        assert_eq!((found, name.as_str()), (code, error), "{args:?}");
        assert_eq!(refs(), before, "{args:?}: nothing has moved");
        self.scene.run(args).err
    }
}

#[test]
fn a_name_is_never_moved_there() {
    let party = Party::new();
    party.scene.keep_named(3, "safe");
    party.scene.done(&["push", "safe"]);
    party.clone("other", &["--no-tags"]);
    party.at("other", &["create", "safe"]);
    let theirs = party.git_at("other", &["rev-parse", "refs/tags/checkpoint/safe"]);
    let ours = party.scene.git(&["rev-parse", "refs/tags/checkpoint/safe"]);
    let tag = |at: &str| {
        party
            .scene
            .git(&["ls-remote", at, "refs/tags/checkpoint/safe", "refs/notes/*"])
    };
    let before = tag("origin");
    for dry in [&[][..], &["-n"]] {
        let said = party.try_at("other", &[&["push", "origin", "safe"], dry].concat());
        assert_eq!(said.code, 1, "{}", said.err);
        assert!(
            said.err.contains(&ours) && said.err.contains(&theirs),
            "{}",
            said.err
        );
    }
    assert_eq!(tag("origin"), before, "nor did the records go");
    let said = party.try_at("other", &["fetch"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.err
            .contains("'checkpoint/safe' is another tag at 'origin'"),
        "{}",
        said.err
    );
    assert_eq!(
        party.git_at("other", &["rev-parse", "refs/tags/checkpoint/safe"]),
        theirs,
        "it stays"
    );
}

#[test]
fn nobody_to_share_with_is_told() {
    let scene = Scene::new();
    scene.keep(1);
    assert_eq!(
        scene.failure(&["push"]),
        (128, "share::no_remote".to_owned())
    );
    assert_eq!(
        scene.failure(&["fetch"]),
        (128, "share::no_remote".to_owned())
    );
    scene.git(&["remote", "add", "origin", "../nowhere.git"]);
    assert_eq!(
        scene.failure(&["push"]),
        (128, "share::unreachable".to_owned())
    );
    assert_eq!(
        scene.failure(&["push", "somebody"]),
        (128, "share::unknown".to_owned())
    );
    assert_eq!(
        scene.run(&["push", "--", "--upload-pack=touch x"]).code,
        129
    );
    let said = scene.run(&["push", "https://ada:secret@127.0.0.1:1/x.git"]);
    assert_eq!(said.code, 128);
    assert!(
        !said.err.contains("secret") && said.err.contains("127.0.0.1"),
        "{}",
        said.err
    );
    assert_eq!(scene.git(&["for-each-ref", "refs/notes/remotes"]), "");
}

#[test]
fn a_remote_with_an_odd_name_is_no_option() {
    let party = Party::new();
    party.scene.keep(1);
    let bare = party.scene.beside("remote.git");
    party
        .scene
        .git(&["config", "remote.--upload-pack=touch pwned.url", &bare]);
    let said = party
        .scene
        .done(&["push", "--", "--upload-pack=touch pwned"]);
    assert!(said.out.contains("sent  1 record"), "{}", said.out);
    assert!(!party.scene.path().join("pwned").exists());
}

#[test]
fn a_server_that_says_no_is_heard() {
    let party = Party::new();
    party.scene.keep_named(2, "safe");
    party.hook(
        "pre-receive",
        "echo >&2 'no notes here'\ngrep -q refs/notes/ && exit 1\nexit 0",
    );
    let said = party.fails(&["push"], 1, "share::refused");
    assert!(
        said.contains("'origin' refuses 'refs/notes/checkpoints'")
            && said.contains("no notes here"),
        "{said}"
    );
    party.fails(&["push", "safe"], 1, "share::refused");
    party.hook("pre-receive", "exit 0");
    party.hook("update", "case $1 in refs/tags/*) exit 1;; esac");
    party.fails(&["push", "safe"], 1, "share::refused");
    party.scene.done(&["push"]);
}

#[test]
fn what_a_server_refuses_is_named() {
    let party = Party::new();
    party.scene.keep_named(2, "safe");
    party.hook(
        "pre-receive",
        "#!/bin/sh\necho \"error: 'refs/notes/checkpoints' would hold something else\" >&2\nexit 1\n",
    );
    let said = party.scene.run(&["push", "safe"]);
    let refused = "'origin' refuses 'refs/notes/checkpoints'";
    assert!(said.err.contains(refused), "{}", said.err);
    assert!(said.err.contains("to let 'refs/notes/checkpoints' grow"));
    party.hook(
        "pre-receive",
        "#!/bin/sh\necho \"error: 'checkpoint/safe' is not signed\" >&2\nexit 1\n",
    );
    let said = party.scene.run(&["push", "safe"]);
    let refused = "to let 'refs/tags/checkpoint/safe' in: git checkpoint push origin";
    assert!(said.err.contains(refused), "{}", said.err);
}

#[test]
fn a_connection_that_breaks_loses_nothing() {
    let party = Party::new();
    party.scene.keep_named(2, "safe");
    // The server dies in the middle of taking it.
    party.hook("pre-receive", "kill -9 $PPID");
    party.fails(&["push", "safe"], 128, "share::unreachable");
    party.hook("pre-receive", "exit 0");
    party.scene.git(&[
        "config",
        "remote.origin.uploadpack",
        "sh -c 'head -c 20 /dev/zero; exit 1'",
    ]);
    party.fails(&["push", "safe"], 128, "share::unreachable");
    party
        .scene
        .git(&["config", "--unset", "remote.origin.uploadpack"]);
    party.scene.done(&["push", "safe"]);
}

#[test]
fn a_server_that_dies_while_it_gives_changes_nothing() {
    let party = Party::new();
    // Enough that the end comes in the midst of it, whatever git says first.
    let text: String = (0..20_000_u64)
        .map(|n| format!("{:x}\n", n.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
        .collect();
    party.scene.write("large", text);
    party.scene.keep_named(2, "safe");
    party.scene.done(&["push", "safe", "--with-state"]);
    party.clone("other", &["--no-tags"]);
    let serve = |n: usize| {
        let script = format!(
            "sh -c 'git-upload-pack \"$@\" | {{ dd bs=1 count={n} status=none; kill -9 $$; }}' sh"
        );
        party.git_at("other", &["config", "remote.origin.uploadpack", &script]);
    };
    let fails = |args: &[&str]| {
        let refs = || party.git_at("other", &["for-each-ref"]);
        let before = refs();
        let said = party.try_at("other", args);
        assert_eq!(said.code, 128, "{}", said.err);
        assert!(
            said.err.contains("cannot read from 'origin'"),
            "{}",
            said.err
        );
        assert_eq!(refs(), before, "nothing has moved");
    };
    for n in [0, 40, 1000, 1500] {
        serve(n);
        fails(&["fetch", "origin"]);
    }
    party.git_at("other", &["config", "--unset", "remote.origin.uploadpack"]);
    party.at("other", &["fetch", "origin"]);
    serve(20_000);
    fails(&["fetch", "origin", "safe"]);
    party.git_at("other", &["config", "--unset", "remote.origin.uploadpack"]);
    party.at("other", &["fetch", "origin", "safe"]);
    party.git_at("other", &["fsck", "--strict"]);
}

#[test]
fn a_full_disk_there_loses_nothing() {
    let party = Party::new();
    party.scene.write("large", "large\n".repeat(50_000));
    party.scene.keep_named(2, "safe");
    // What a program meets that may write no byte, or not all of them.
    for blocks in [0, 1] {
        let script =
            format!("sh -c 'ulimit -f {blocks}; trap \"\" XFSZ; exec git-receive-pack \"$@\"' sh");
        party
            .scene
            .git(&["config", "remote.origin.receivepack", &script]);
        let said = party.fails(&["push", "safe"], 128, "share::unreachable");
        assert!(said.contains("cannot write to 'origin'"), "{said}");
    }
    assert_eq!(
        party
            .scene
            .git(&["ls-remote", "origin", "refs/notes/*", "refs/tags/*"]),
        ""
    );
    party
        .scene
        .git(&["config", "--unset", "remote.origin.receivepack"]);
    party.scene.done(&["push", "safe"]);
}

#[test]
fn a_remote_that_only_goes_forward_is_served() {
    let party = Party::new();
    let bare = party.scene.beside("remote.git");
    for key in [
        "receive.denyNonFastForwards",
        "receive.denyDeletes",
        "transfer.fsckObjects",
    ] {
        party
            .scene
            .git(&["--git-dir", &bare, "config", key, "true"]);
    }
    party.scene.keep(2);
    party.scene.done(&["push"]);
    party.clone("other", &[]);
    party.at("other", &["create", "theirs"]);
    party.scene.keep(1);
    party.scene.done(&["push"]);
    party.at("other", &["push"]);
    party.scene.done(&["push"]);
    assert_eq!(
        party.scene.json(&["list"])["checkpoints"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
}

#[test]
fn a_push_without_atomicity_checks_names_first() {
    let party = Party::new();
    let bare = party.scene.beside("remote.git");
    party.scene.git(&[
        "--git-dir",
        &bare,
        "config",
        "receive.advertiseAtomic",
        "false",
    ]);
    party.scene.keep_named(2, "safe");
    party.scene.done(&["push", "safe"]);
    party.clone("other", &["--no-tags"]);
    party.at("other", &["create", "safe"]);
    let said = party.try_at("other", &["push", "origin", "safe"]);
    assert_eq!(said.code, 1, "{}", said.err);
    let there = party
        .scene
        .git(&["--git-dir", &bare, "notes", "--ref=checkpoints", "list"]);
    assert_eq!(
        there.lines().count(),
        1,
        "the other's record did not go: {there}"
    );
}

#[test]
fn what_are_no_records_there_is_refused() {
    let party = Party::new();
    party.scene.keep(1);
    party
        .scene
        .git(&["push", "-q", "origin", "HEAD:refs/notes/checkpoints"]);
    party.fails(&["push"], 1, "store::not_notes");
    party.fails(&["fetch"], 1, "store::not_notes");
}

#[test]
fn beside_what_are_no_records_nothing_comes() {
    let party = Party::new();
    party.scene.keep_named(2, "safe");
    party.scene.done(&["push", "safe"]);
    party
        .scene
        .git(&["push", "-q", "origin", "HEAD:refs/notes/guard"]);
    party.clone("other", &["--no-tags"]);
    let said = party.try_at("other", &["fetch"]);
    assert_eq!(said.code, 1, "{}", said.err);
    let here = ["for-each-ref", "refs/notes/checkpoints", "refs/tags"];
    assert_eq!(party.git_at("other", &here), "", "refused is unchanged");
    let bare = party.scene.beside("remote.git");
    party
        .scene
        .git(&["--git-dir", &bare, "update-ref", "-d", "refs/notes/guard"]);
    assert!(party.at("other", &["fetch"]).contains("checkpoint/safe"));
}

#[test]
fn lines_that_are_no_events_are_kept_and_told() {
    let party = Party::new();
    party.scene.keep(2);
    party.scene.done(&["push"]);
    party.clone("other", &[]);
    let head = party.git_at("other", &["rev-parse", "HEAD"]);
    party.git_at(
        "other",
        &["notes", "--ref=agents", "add", "-m", "by hand", &head],
    );
    party.git_at("other", &["push", "-q", "origin", "refs/notes/agents"]);
    let said = party.scene.done(&["fetch"]);
    assert!(
        said.err
            .contains("1 line that is no event came with 'refs/notes/agents'"),
        "{}",
        said.err
    );
    assert_eq!(
        party.scene.git(&["notes", "--ref=agents", "show", &head]),
        "by hand"
    );
}

#[test]
fn what_somebody_wrote_into_a_record_goes_on_with_it() {
    let party = Party::new();
    party.scene.keep_named(2, "safe");
    let snapshot = party
        .scene
        .git(&["for-each-ref", "--format=%(objectname)", "refs/checkpoints"]);
    party.scene.done(&["push"]);
    party.clone("other", &[]);
    let note = ["notes", "--ref=origin/checkpoints"];
    let refs = "+refs/notes/checkpoints:refs/notes/origin/checkpoints";
    party.git_at("other", &["fetch", "-q", "origin", refs]);
    let add = ["append", "-m", "{\"half\": \"a li", &snapshot];
    party.git_at("other", &[&note[..], &add].concat());
    let back = "refs/notes/origin/checkpoints:refs/notes/checkpoints";
    party.git_at("other", &["push", "-q", "origin", back]);
    // It comes with a push as well as with a fetch, is told, and the record is as good as before.
    party.scene.keep(1);
    let said = party.scene.done(&["push"]);
    assert!(
        said.err
            .contains("1 line that is no event came with 'refs/notes/checkpoints'"),
        "{}",
        said.err
    );
    let there = ["--git-dir", &party.scene.beside("remote.git")];
    let show = ["notes", "--ref=checkpoints", "show", &snapshot];
    let there = party.scene.git(&[&there[..], &show].concat());
    assert_eq!(party.scene.git(&show), there);
    assert!(there.contains("{\"half\": \"a li") && there.contains("checkpoint_created"));
    let shown = party.scene.run(&["show", "safe"]);
    assert_eq!(shown.code, 0, "{}", shown.err);
}

#[test]
fn who_is_slower_tries_again() {
    let party = Party::new();
    party.scene.keep(2);
    party.scene.done(&["push"]);
    party.clone("other", &[]);
    party.at("other", &["fetch"]);
    // Somebody else is there first, just before the push arrives.
    let faster = party.scene.beside("other");
    let script = format!(
        "test -e faster || {{ touch faster; cd {faster} && unset GIT_DIR GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES && \
         git notes --ref=checkpoints add -m '{{}}' HEAD && git push -q origin refs/notes/checkpoints; }} >&2 || exit 1"
    );
    party.hook("pre-receive", &script);
    party.scene.keep(1);
    let said = party.scene.done(&["push"]);
    assert_eq!(
        said.out,
        "To origin\n  received  1 record  checkpoints\n  sent      1 record  checkpoints\n",
        "{}",
        said.err
    );
}

#[test]
fn a_name_below_another_is_left_out_and_all_else_comes() {
    let party = Party::new();
    party.scene.keep_named(3, "x/y");
    party.scene.keep_named(2, "z");
    party.scene.done(&["push", "origin", "--tags"]);
    party.clone("other", &["--no-tags"]);
    party.at("other", &["create", "x"]);
    let said = party.try_at("other", &["fetch"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.err
            .contains("'checkpoint/x/y' at 'origin' cannot be here"),
        "{}",
        said.err
    );
    assert!(said.out.contains("received  2 records"), "{}", said.out);
    let tags = party.git_at("other", &["tag", "-l"]);
    assert_eq!(tags, "checkpoint/x\ncheckpoint/z");
}

#[test]
fn what_was_deleted_or_renamed_does_not_come_back() {
    let party = Party::new();
    party.scene.keep_named(4, "gone");
    party.scene.keep_named(3, "old");
    party.scene.keep_named(2, "stays");
    party.scene.done(&["push", "origin", "--tags"]);
    party.clone("before", &[]);
    party.at("before", &["fetch"]);
    assert_eq!(party.scene.run_later(10, &["delete", "gone"]).code, 0);
    let said = party
        .scene
        .run_later(10, &["name", "--replace", "old", "new"]);
    assert_eq!(said.code, 0, "{}", said.err);
    party.scene.done(&["push"]);
    // Whoever has the tags already, and who asks the remote for them.
    party.at("before", &["fetch"]);
    let out = party.at("before", &["verify", "gone"]);
    assert!(out.contains("deleted since"), "{out}");
    let out = party.at("before", &["verify", "refs/tags/checkpoint/old"]);
    assert!(out.contains("renamed since"), "{out}");
    party.scene.done(&["fetch"]);
    assert_eq!(
        party.scene.git(&["tag", "-l"]),
        "checkpoint/new\ncheckpoint/stays"
    );
    party.scene.done(&["verify", "--remote", "origin"]);
    party.clone("after", &["--no-tags"]);
    party.at("after", &["fetch"]);
    assert_eq!(party.git_at("after", &["tag", "-l"]), "checkpoint/stays");
}

#[test]
fn what_are_no_records_here_is_not_given() {
    let party = Party::new();
    party
        .scene
        .git(&["update-ref", "refs/notes/checkpoints", "HEAD"]);
    party.fails(&["push"], 1, "store::not_notes");
    let blob = party.scene.git(&["rev-parse", "HEAD:file"]);
    party
        .scene
        .git(&["update-ref", "refs/notes/checkpoints", &blob]);
    party.fails(&["push"], 1, "store::not_notes");
    party
        .scene
        .git(&["update-ref", "-d", "refs/notes/checkpoints"]);
    party
        .scene
        .git(&["update-ref", "refs/notes/agents", "HEAD"]);
    party.fails(&["push"], 1, "store::not_notes");
}

#[test]
fn one_name_on_two_machines_has_a_way_out() {
    let party = Party::new();
    party.scene.keep_named(3, "safe");
    party.scene.done(&["push", "safe"]);
    party.clone("other", &["--no-tags"]);
    party.at("other", &["create", "safe"]);
    let shown: serde_json::Value =
        serde_json::from_str(&party.at("other", &["show", "safe", "--json"])).unwrap();
    let id = shown["checkpoint"]["id"].as_str().unwrap().to_owned();
    party.at("other", &["fetch"]);
    let said = party.try_at("other", &["push", "origin", "--tags"]);
    assert_eq!(said.code, 1, "{}", said.err);
    let lines = said.err.lines();
    let commands = lines.filter_map(|line| line.strip_prefix("hint:   git checkpoint "));
    let commands: Vec<Vec<_>> = commands.map(|line| line.split(' ').collect()).collect();
    assert_eq!(
        commands,
        [
            vec!["name", "--replace", &id, "safe-2"],
            vec!["push", "origin", "safe-2"]
        ]
    );
    for command in commands {
        party.at("other", &command);
    }
    party.at("other", &["push", "origin", "--tags"]);
    party.scene.done(&["fetch"]);
    party.scene.done(&["push", "origin", "--tags"]);
    assert_eq!(
        party.scene.git(&["tag", "-l"]),
        "checkpoint/safe\ncheckpoint/safe-2"
    );
}

#[test]
fn what_was_deleted_is_not_given() {
    let party = Party::new();
    party.scene.keep_named(3, "safe");
    assert_eq!(party.scene.run_later(10, &["delete", "safe"]).code, 0);
    for more in [&[][..], &["--with-state"]] {
        party.fails(&[&["push", "safe"], more].concat(), 1, "share::deleted");
    }
}
