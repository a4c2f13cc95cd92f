//! What `templates/` has for the other side of a push, tried as far as it can be without a forge.

use checkpoint_tests::{Output, Sandbox};
use serde_json::Value;

fn template(name: &str) -> String {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../templates");
    fs_err::read_to_string(folder.join(name)).expect("a template lies there")
}

/// A repository, and the bare one it pushes to, with the hook in it.
fn served() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.git(["init", "-q", "--bare", "../up.git"]);
    sandbox.git(["remote", "add", "origin", "../up.git"]);
    sandbox.write("../up.git/hooks/pre-receive", template("pre-receive"));
    sandbox.chmod("../up.git/hooks/pre-receive", 0o755);
    sandbox.git(["push", "-q", "-u", "origin", "main"]);
    sandbox.git(["switch", "-q", "-c", "feature"]);
    sandbox.git(["commit", "-q", "--allow-empty", "-m", "work"]);
    sandbox
}

fn refs(sandbox: &Sandbox) -> String {
    sandbox.git(["--git-dir=../up.git", "for-each-ref"])
}

fn refused(sandbox: &Sandbox, push: &str, why: &str) -> Output {
    let before = refs(sandbox);
    let output = sandbox.terminal(&format!("git push {push}"));
    assert_ne!(output.code, 0, "{output}");
    assert!(output.text().contains(why), "{why}: {output}");
    assert_eq!(refs(sandbox), before, "nothing of it has moved: {output}");
    output
}

#[test]
fn protected_branches_are_not_pushed_to() {
    let sandbox = served();
    let why = "'main' is protected: '";
    refused(&sandbox, "origin HEAD:main", why);
    refused(&sandbox, "origin +HEAD:main", why);
    refused(&sandbox, "origin :main", why);
    refused(&sandbox, "--no-verify origin HEAD:main", why);
    refused(&sandbox, "origin feature HEAD:main", why);
    refused(&sandbox, "origin HEAD:master", "'master' is protected: '");
    refused(
        &sandbox,
        "origin HEAD:release/1/2",
        "'release/1/2' is protected: '",
    );
    sandbox.git(["push", "-q", "origin", "feature"]);
    sandbox.git([
        "push",
        "-q",
        "origin",
        "HEAD:mainly",
        "HEAD:x/main",
        "HEAD:releases",
    ]);
    sandbox.git(["push", "-q", "origin", ":mainly"]);
    sandbox.git(["push", "-q", "--force", "origin", "HEAD~1:feature"]);
}

#[test]
fn it_is_set_up_by_git_config() {
    let sandbox = served();
    let config = |key: &str, value: &str| {
        sandbox.git(["--git-dir=../up.git", "config", "--add", key, value]);
    };
    config("checkpoint.protected", "trunk");
    config("checkpoint.protected", "keep *");
    sandbox.git(["push", "-q", "origin", "HEAD:main"]);
    refused(&sandbox, "origin HEAD:trunk", "'trunk' is protected");
    config("checkpoint.mayPush", "nobody");
    refused(&sandbox, "origin HEAD:trunk", "'trunk' is protected");
    let user = sandbox.sh("id -un");
    config("checkpoint.mayPush", &user);
    sandbox.git(["push", "-q", "origin", "HEAD:trunk"]);
    config("checkpoint.tagPrefix", "refs/tags/kept/");
    sandbox.git(["tag", "kept/a"]);
    refused(&sandbox, "origin kept/a", "'kept/a' is no annotated tag");
}

#[test]
fn the_tags_of_checkpoints_are_pushed_once() {
    let sandbox = served();
    sandbox.checkpoint(["create", "-q", "safe"]).exits(0);
    sandbox.git(["push", "-q", "origin", "checkpoint/safe"]);
    sandbox
        .checkpoint(["create", "-q", "safe", "--replace"])
        .exits(0);
    let why = "'checkpoint/safe' is the tag of a checkpoint";
    refused(&sandbox, "--force origin checkpoint/safe", why);
    refused(&sandbox, "origin :refs/tags/checkpoint/safe", why);
    refused(
        &sandbox,
        "origin checkpoint/safe:refs/tags/checkpoint/other",
        "was made under another name",
    );
    sandbox.git(["tag", "checkpoint/light"]);
    refused(
        &sandbox,
        "origin checkpoint/light",
        "'checkpoint/light' is no annotated tag",
    );
    sandbox.git(["tag", "v1"]);
    sandbox.git(["push", "-q", "origin", "v1"]);
    sandbox.git(["push", "-q", "origin", ":v1"]);
}

#[test]
fn tags_that_only_look_like_those_of_checkpoints_are_refused() {
    let sandbox = served();
    sandbox.git(["tag", "-a", "-m", "by hand", "checkpoint/by-hand"]);
    let why = "'checkpoint/by-hand' does not tell of a checkpoint";
    refused(&sandbox, "origin checkpoint/by-hand", why);
    // The tag of a checkpoint, moved to the state itself: pushing it would publish what is not committed.
    sandbox.write("private", "not committed\n");
    sandbox.checkpoint(["create", "-q", "safe"]).exits(0);
    sandbox.sh(
        "state=$(git for-each-ref --format='%(objectname)' refs/checkpoints/)
         git cat-file tag checkpoint/safe | sed \"1s/.*/object $state/\" >../text
         git update-ref refs/tags/checkpoint/safe $(git mktag --no-strict <../text)",
    );
    let why = "'checkpoint/safe' does not stand beside its HEAD";
    refused(&sandbox, "origin checkpoint/safe", why);
    // A tag of a tag.
    sandbox.sh(
        "tag=$(git rev-parse checkpoint/safe)
         git cat-file tag $tag | sed \"1s/.*/object $tag/; 2s/.*/type tag/; 3s/.*/tag checkpoint\\/twice/\" >../text
         git update-ref refs/tags/checkpoint/twice $(git mktag --no-strict <../text)",
    );
    let why = "'checkpoint/twice' does not name a commit";
    refused(&sandbox, "origin checkpoint/twice", why);
    // One that begins in a repository without commits stands on nothing.
    sandbox.git(["switch", "-q", "--orphan", "unborn"]);
    sandbox.checkpoint(["create", "-q", "first"]).exits(0);
    sandbox.git(["push", "-q", "origin", "checkpoint/first"]);
}

#[test]
fn tags_are_signed_where_that_is_asked_for() {
    let sandbox = served();
    sandbox.sh(
        "for name in ada eve; do ssh-keygen -q -t ed25519 -N '' -C $name -f ../home/$name; done
                echo \"ada@example.com $(cat ../home/ada.pub)\" >../up.git/signers",
    );
    let signers = sandbox.path("../up.git/signers").display().to_string();
    sandbox.git([
        "--git-dir=../up.git",
        "config",
        "checkpoint.signers",
        &signers,
    ]);
    sandbox.git(["config", "gpg.format", "ssh"]);
    sandbox.checkpoint(["create", "-q", "plain"]).exits(0);
    let why = "'checkpoint/plain' is not signed by somebody who may";
    refused(&sandbox, "origin checkpoint/plain", why);
    for (name, may) in [("eve", false), ("ada", true)] {
        sandbox.git(["config", "user.signingKey", &format!("../home/{name}")]);
        sandbox
            .checkpoint(["create", "-q", "--sign", name])
            .exits(0);
        let push = sandbox.try_git(["push", "-q", "origin", &format!("checkpoint/{name}")]);
        assert_eq!(push.code == 0, may, "{push}");
    }
    // The date of a tag is chosen by whoever makes it, the time at which it comes is not.
    sandbox.sh("key=$(cat ../home/ada.pub); echo \"ada@example.com valid-before=\\\"20200101\\\" $key\" >../up.git/signers");
    sandbox.sh(
        "git cat-file tag checkpoint/ada | sed '/BEGIN SSH/,$d; s/^tag .*/tag checkpoint\\/old/; s/^\\(tagger .*>\\).*/\\1 1559347200 +0000/' >../text
         ssh-keygen -q -Y sign -f ../home/ada -n git ../text
         cat ../text ../text.sig | git mktag --no-strict >../tag
         git update-ref refs/tags/checkpoint/old $(cat ../tag)"
    );
    sandbox.git([
        "-c",
        &format!("gpg.ssh.allowedSignersFile={signers}"),
        "verify-tag",
        "checkpoint/old",
    ]);
    let why = "'checkpoint/old' is signed with a key that is not valid today";
    refused(&sandbox, "origin checkpoint/old", why);
}

#[test]
fn states_do_not_move_and_notes_are_notes() {
    let sandbox = served();
    sandbox.checkpoint(["create", "-q"]).exits(0);
    sandbox.git(["push", "-q", "origin", "refs/checkpoints/*"]);
    let state = sandbox.git(["for-each-ref", "--format=%(refname)", "refs/checkpoints/"]);
    refused(
        &sandbox,
        &format!("--force origin HEAD:{state}"),
        "it does not move",
    );
    sandbox.git(["push", "-q", "origin", &format!(":{state}")]);
    let why = "'refs/notes/checkpoints' would hold something else than notes";
    refused(&sandbox, "origin HEAD:refs/notes/checkpoints", why);
    sandbox.git(["push", "-q", "origin", "refs/notes/checkpoints"]);
}

#[test]
fn records_only_grow() {
    let sandbox = served();
    let push = ["push", "-q", "origin", "refs/notes/checkpoints"];
    sandbox.checkpoint(["create", "-q", "one"]).exits(0);
    sandbox.git(push);
    sandbox
        .checkpoint(["name", "-q", "one", "two", "--replace"])
        .exits(0);
    for _ in 0..3 {
        sandbox.checkpoint(["create", "-q"]).exits(0);
    }
    sandbox.git(push);
    let grown = sandbox.git(["rev-parse", "refs/notes/checkpoints"]);
    let subject = sandbox.git(["notes", "--ref=checkpoints", "list"])[41..81].to_owned();
    sandbox.git(["notes", "--ref=checkpoints", "remove", &subject]);
    refused(
        &sandbox,
        "origin refs/notes/checkpoints",
        "what they say cannot be taken away",
    );
    sandbox.git([
        "update-ref",
        "refs/notes/checkpoints",
        &format!("{grown}~1"),
    ]);
    refused(
        &sandbox,
        "--force origin refs/notes/checkpoints",
        "has moved on: merge it first",
    );
    refused(
        &sandbox,
        "origin :refs/notes/checkpoints",
        "it cannot be deleted",
    );
    sandbox.git(["notes", "add", "-m", "x"]);
    sandbox.git(["push", "-q", "origin", "refs/notes/commits"]);
    sandbox.git(["push", "-q", "origin", ":refs/notes/commits"]);
}

#[test]
fn a_record_keeps_its_lines_whatever_is_put_beside_them() {
    let sandbox = served();
    let push = "origin refs/notes/checkpoints";
    sandbox.checkpoint(["create", "-q", "one"]).exits(0);
    sandbox.checkpoint(["create", "-q", "two"]).exits(0);
    let whole = sandbox.git(["rev-parse", "refs/notes/checkpoints"]);
    let list = sandbox.git(["notes", "--ref=checkpoints", "list"]);
    let subjects: Vec<_> = list.lines().map(|line| &line[41..81]).collect();
    let [first, second] = subjects[..] else {
        panic!("two notes: {list}")
    };
    let notes = "git notes --ref=checkpoints";
    let garbage = format!("{notes} append -m 'no json at all' {first}");
    let blob = |text: &str| {
        format!("blob=$({text} | git hash-object -w --stdin); {notes} add -f -C $blob {first}")
    };
    let wiped = blob(r#"printf '{"a\000":1}\n'"#);
    let hidden = blob(&format!(
        r#"{{ {notes} show {first}; printf '{{"a\000":1}}\n'; }}"#
    ));
    // What is lost in one note is there in the other.
    let swapped = format!(
        "a=$({notes} list {first}) b=$({notes} list {second})
         {notes} add -f -C $a {second}; {notes} add -f -C $b {first}"
    );
    sandbox.sh(&garbage);
    refused(&sandbox, push, "has lines that are no records");
    sandbox.git(["update-ref", "refs/notes/checkpoints", &whole]);
    sandbox.git(["push", "-q", "origin", "refs/notes/checkpoints"]);
    for hand in [garbage, wiped, hidden, swapped] {
        sandbox.sh(&hand);
        refused(&sandbox, push, "what they say cannot be taken away");
        sandbox.git(["update-ref", "refs/notes/checkpoints", &whole]);
    }
    sandbox
        .checkpoint(["name", "-q", "one", "three", "--replace"])
        .exits(0);
    sandbox.git(["push", "-q", "origin", "refs/notes/checkpoints"]);
}

#[test]
fn the_rulesets_name_what_the_policy_protects() {
    let read = |name: &str| -> Value { serde_json::from_str(&template(name)).expect("JSON") };
    let has = |ruleset: &Value, include: &str| {
        let all = &ruleset["conditions"]["ref_name"]["include"];
        all.as_array()
            .expect("a list")
            .iter()
            .any(|one| one == include)
    };
    let types = |ruleset: &Value| {
        let rules = ruleset["rules"].as_array().expect("a list").iter();
        rules
            .map(|rule| rule["type"].as_str().expect("a word").to_owned())
            .collect::<Vec<_>>()
    };
    let branches = read("github-ruleset.json");
    for branch in ["main", "master", "release/*", "release/**/*"] {
        assert!(has(&branches, &format!("refs/heads/{branch}")), "{branch}");
    }
    assert_eq!(
        types(&branches),
        ["deletion", "non_fast_forward", "pull_request"]
    );
    let tags = read("github-ruleset-tags.json");
    assert!(has(&tags, "refs/tags/checkpoint/*") && has(&tags, "refs/tags/checkpoint/**/*"));
    assert_eq!(types(&tags), ["deletion", "update", "non_fast_forward"]);
    for ruleset in [branches, tags] {
        assert_eq!(ruleset["enforcement"], "active");
        assert_eq!(
            ruleset["bypass_actors"],
            Value::Array(Vec::new()),
            "nobody is above it"
        );
    }
}

/// curl, as far as the script goes: it notes what is asked for, and answers with a status.
const CURL: &str = "#!/bin/sh\ncat >>\"$HOME/header\"; echo \"$*\" >>\"$HOME/asked\"\ncase $* in *push_rule*) printf 404 ;; *master*) printf 409 ;; *) printf 201 ;; esac\n";

#[test]
fn the_settings_of_gitlab_are_asked_for() {
    let sandbox = Sandbox::new();
    sandbox.write("../bin/curl", CURL);
    sandbox.chmod("../bin/curl", 0o755);
    sandbox.write("../settings", template("gitlab-settings"));
    let run =
        |words: &str| sandbox.terminal(&format!("export PATH=\"$PWD/../bin:$PATH\"; {words}"));
    let output =
        run("GITLAB_TOKEN=secret sh ../settings group/name https://git.example.com").exits(0);
    let said = output.text();
    assert!(
        said.contains("branch main is protected\nbranch master is protected: set already\n"),
        "{said}"
    );
    assert!(said.contains("push rules need GitLab Premium"), "{said}");
    let asked = String::from_utf8(sandbox.read("../home/asked")).expect("text");
    let api = "https://git.example.com/api/v4/projects/group%2Fname/";
    for wanted in [
        "protected_branches --data-urlencode name=main --data push_access_level=0",
        "protected_branches --data-urlencode name=release/*",
        "protected_tags --data-urlencode name=checkpoint/* --data create_access_level=30",
        "push_rule --data deny_delete_tag=true",
    ] {
        assert!(
            asked.contains(&format!("{api}{wanted}")),
            "{wanted}: {asked}"
        );
    }
    assert!(
        !asked.contains("secret"),
        "a command line is no place for it: {asked}"
    );
    let header = String::from_utf8(sandbox.read("../home/header")).expect("text");
    assert!(header.contains("PRIVATE-TOKEN: secret"), "{header}");
    assert_ne!(
        run("sh ../settings group/name").code,
        0,
        "without a token nothing is asked"
    );
}
