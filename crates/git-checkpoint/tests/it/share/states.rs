//! States go to other machines when they are asked to, and nothing that must stay goes with them.

use serde_json::{Value, json};

use super::Party;

/// What looks like a key of a cloud; put together here, so that nobody takes this file for one.
fn secret() -> String {
    format!("aws_key = \"AKIA{}\"\n", "Q3EGFJ7ZRTWXYBVN")
}

impl Party {
    fn states_there(&self) -> String {
        self.scene
            .git(&["ls-remote", "origin", "refs/checkpoints/*"])
    }

    /// Keeps what is there now, and gives its id.
    fn create(&self, args: &[&str]) -> String {
        let made = self.scene.json(&[&["create"], args].concat());
        made["checkpoint"]["id"].as_str().unwrap().to_owned()
    }
}

#[test]
fn a_state_goes_to_another_machine() {
    let party = Party::new();
    party.scene.write("file", "two\n");
    party.scene.write("new", "three\n");
    let id = party.create(&["safe", "--session", "s1"]);
    let would = party.scene.json(&["push", "safe", "--with-state", "-n"]);
    assert_eq!(would["states"], json!([{"checkpoint": id, "new": true}]));
    assert_eq!(party.states_there(), "", "only shown");
    let said = party.scene.done(&["push", "safe", "--with-state"]).out;
    assert!(said.contains(&format!("new   state     {id}")), "{said}");
    let log = party.scene.done(&["log"]).out;
    assert!(log.contains("name and state with origin"), "{log}");
    let again = party.scene.json(&["push", "safe", "--with-state"]);
    assert_eq!(again["states"], json!([{"checkpoint": id, "new": false}]));

    for wanted in [
        &["safe"][..],
        &[&id[..20]],
        &["--session", "s1"],
        &["--branch", "main"],
        &["--all-states"],
    ] {
        let clone = format!("other-{}", wanted.concat().replace(['-', '/'], ""));
        party.clone(&clone, &[]);
        let said = party.at(&clone, &[&["fetch", "origin"], wanted].concat());
        assert!(
            said.contains(&format!("new       state      {id}")) || said.contains(&id),
            "{wanted:?}: {said}"
        );
        party.git_at(
            &clone,
            &[
                "stash",
                "apply",
                "-q",
                "--index",
                &format!("refs/checkpoints/{id}"),
            ],
        );
        assert_eq!(
            party.git_at(&clone, &["show", &format!("refs/checkpoints/{id}:new")]),
            "three"
        );
        assert_eq!(
            party.at(&clone, &["fetch", "origin", "safe"]),
            "",
            "it is here already"
        );
        party.git_at(&clone, &["fsck", "--strict"]);
        party.git_at(&clone, &["push", "-q", "--all"]);
    }
    party.clone("nobody", &[]);
    assert!(
        !party
            .at("nobody", &["fetch", "--session", "s2"])
            .contains("state")
    );
}

#[test]
fn a_clone_without_history_gives_and_takes_states() {
    for args in [&["--depth=1"][..], &["--filter=blob:none"]] {
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
        party.scene.git(&["push", "-q", "origin", "main"]);
        party.clone("other", args);
        fs_err::write(format!("{}/new", party.scene.beside("other")), "theirs\n").unwrap();
        party.at("other", &["create", "theirs"]);
        party.at("other", &["push", "origin", "theirs", "--with-state"]);
        party.scene.done(&["fetch", "origin", "theirs"]);
        let shown = party.scene.json(&["show", "theirs"]);
        let id = shown["checkpoint"]["id"].as_str().unwrap();
        assert_eq!(
            party
                .scene
                .git(&["show", &format!("refs/checkpoints/{id}:new")]),
            "theirs"
        );
        party.scene.write("new", "ours\n");
        party.scene.done(&["create", "ours"]);
        party.scene.done(&["push", "ours", "--with-state"]);
        party.at("other", &["fetch", "origin", "ours"]);
        let shown: Value =
            serde_json::from_str(&party.at("other", &["show", "ours", "--json"])).unwrap();
        assert_eq!(shown["checkpoint"]["place"], "here", "{args:?}");
    }
}

#[test]
fn a_secret_stays_here_unless_a_person_says_otherwise() {
    let party = Party::new();
    party.scene.write("config/key", secret());
    party.create(&["safe"]);
    let said = party.fails(&["push", "safe", "--with-state"], 1, "share::secrets");
    assert!(
        said.contains("'config/key:1' looks like a secret") && said.contains("git checkpoint scan"),
        "{said}"
    );
    let dry = party
        .scene
        .run(&["push", "safe", "--with-state", "-n", "--json"]);
    assert_eq!(dry.code, 1, "{}", dry.err);
    let dry: Value = serde_json::from_str(&dry.out).unwrap();
    assert_eq!(dry["findings"][0]["path"], "config/key");
    let rule = dry["findings"][0]["rule"].as_str().unwrap();
    let dry = party.scene.run(&["push", "safe", "--with-state", "-n"]).out;
    assert!(
        dry.contains(&format!("keeps back  secret  config/key:1 ({rule})")),
        "{dry}"
    );

    let unknown = party
        .scene
        .run(&["push", "safe", "--with-state", "--allow-secret", "x"]);
    assert_eq!(unknown.code, 129, "{}", unknown.err);
    party
        .scene
        .done(&["push", "safe", "--with-state", "--allow-secret", rule]);
    assert_ne!(party.states_there(), "");
    let log = party.scene.done(&["log"]).out;
    assert!(
        log.contains(&format!("{rule} allowed")),
        "it is recorded: {log}"
    );
}

#[test]
fn an_agent_passes_no_rule() {
    let party = Party::new();
    party.scene.write("key", secret());
    party.create(&["safe"]);
    let mut command = party.scene.checkpoint(&[
        "push",
        "safe",
        "--with-state",
        "--allow-secret",
        "aws-access-key",
    ]);
    let said = crate::scene::Said::from(command.env("CLAUDECODE", "1").output().unwrap());
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(
        said.err.contains("may not pass the rule 'aws-access-key'"),
        "{}",
        said.err
    );
    assert_eq!(party.states_there(), "");
}

#[test]
fn a_file_of_variables_stays_here() {
    let party = Party::new();
    let content = "DATABASE=production\nVERBOSE=1\n";
    // The same bytes under a harmless name, which git meets first.
    party.scene.write("a-note", content);
    party.scene.write("sub/.env", content);
    party.create(&["safe"]);
    let said = party.fails(&["push", "safe", "--with-state"], 1, "share::secrets");
    assert!(said.contains("'sub/.env:"), "{said}");
}

#[test]
fn what_the_policy_allows_goes() {
    let party = Party::new();
    party.scene.write("key", secret());
    let found = party.scene.run(&["create", "safe"]);
    assert_eq!(found.code, 0);
    let found: Value =
        serde_json::from_str(&party.scene.run(&["scan", "safe", "--hashes", "--json"]).out)
            .unwrap();
    let hash = found["findings"][0]["secret"].as_str().unwrap();
    party.scene.write(
        ".git-checkpoint.toml",
        format!("[push]\nallow-hashes = [\"{hash}\"]\n"),
    );
    party.scene.git(&["add", ".git-checkpoint.toml"]);
    party.scene.git(&["commit", "-q", "-m", "policy"]);
    party.scene.git(&["push", "-q", "origin", "main"]);
    party.scene.done(&["push", "safe", "--with-state"]);
    assert_ne!(party.states_there(), "");
}

#[test]
fn a_secret_in_commits_that_nobody_has_is_found() {
    let party = Party::new();
    party.scene.write("key", secret());
    party.scene.git(&["add", "key"]);
    party.scene.git(&["commit", "-q", "-m", "oops"]);
    party.scene.git(&["rm", "-q", "key"]);
    party.scene.git(&["commit", "-q", "-m", "gone"]);
    party.create(&["safe"]);
    party.fails(&["push", "safe", "--with-state"], 1, "share::secrets");
    party.scene.git(&["push", "-q", "origin", "main"]);
    party.scene.done(&["push", "safe", "--with-state"]);
}

#[test]
fn ignored_files_never_leave() {
    let party = Party::new();
    party.scene.write(".gitignore", "*.local\n");
    party.scene.write("notes.local", "mine\n");
    party.create(&["mine", "--include", "*.local"]);
    party.create(&["ours"]);
    let said = party.fails(&["push", "mine", "--with-state"], 1, "checkpoint::private");
    assert!(
        said.contains("holds 'notes.local', which never leaves this machine"),
        "{said}"
    );
    party.fails(
        &["push", "ours", "mine", "--with-state"],
        1,
        "checkpoint::private",
    );
    party.create(&["again", "--include", "*.local", "--exclude", "notes.local"]);
    party.scene.done(&["push", "again", "ours", "--with-state"]);
    assert_eq!(party.states_there().lines().count(), 2);
}

#[test]
fn what_to_do_about_what_never_leaves_can_be_pasted() {
    let party = Party::new();
    let extra = party.scene.beside("extra");
    fs_err::write(&extra, "of this machine\n").unwrap();
    party.scene.write(".gitignore", "*.local\n");
    party.scene.write("notes.local", "mine\n");
    let policy = format!("[capture]\ninclude = ['*.local']\nextra = ['{extra}']\n");
    party.scene.write(".git-checkpoint.toml", policy);
    party.scene.git(&["add", "."]);
    party.scene.git(&["commit", "-q", "-m", "policy"]);
    party.scene.git(&["push", "-q", "origin", "main"]);
    party.create(&["mine"]);
    let said = party.fails(&["push", "mine", "--with-state"], 1, "checkpoint::private");
    let lines = said
        .lines()
        .filter_map(|line| line.strip_prefix("hint:   "));
    let commands: Vec<_> = lines.collect();
    assert_eq!(commands.len(), 2, "{said}");
    for command in commands {
        let words: Vec<_> = command.split(' ').skip(2).collect();
        let said = party.scene.run_later(10, &words);
        assert_eq!(said.code, 0, "{command}: {}", said.err);
    }
    assert_eq!(party.states_there().lines().count(), 1);
}

#[test]
fn what_is_not_there_or_not_what_it_should_be_is_not_taken() {
    let party = Party::new();
    let id = party.create(&["safe"]);
    party.scene.done(&["push", "safe"]);
    party.clone("other", &[]);
    let said = party.try_at("other", &["fetch", "origin", "safe"]);
    assert_eq!(said.code, 128);
    assert!(
        said.err
            .contains(&format!("git checkpoint push origin {id} --with-state")),
        "{}",
        said.err
    );
    let said = party.try_at("other", &["fetch", "--all-states"]);
    assert!(
        said.code == 0 && said.err.contains("1 state is not at 'origin'"),
        "{}",
        said.err
    );
    party.scene.git(&[
        "push",
        "-q",
        "origin",
        &format!("HEAD:refs/checkpoints/{id}"),
    ]);
    let said = party.try_at("other", &["fetch", "origin", "safe"]);
    assert_eq!(said.code, 128, "a fetch takes records: {}", said.err);
    assert!(said.err.contains("but its record tells of"), "{}", said.err);
    party.clone("fresh", &[]);
    let said = party.try_at("fresh", &["fetch", "origin", "safe"]);
    assert_eq!(said.code, 128, "{}", said.err);
    let came = "came from 'origin': 1 record\n";
    assert!(said.err.starts_with(came), "{}", said.err);
    assert_eq!(
        party.git_at("other", &["for-each-ref", "refs/checkpoints"]),
        ""
    );
    party.fails(&["push", "safe", "--with-state"], 1, "share::state_differs");
    assert_eq!(
        party.scene.failure(&["push", "--with-state"]).1,
        "share::no_checkpoint"
    );
}

#[test]
fn commits_that_go_along_with_a_name_are_told_and_searched() {
    let party = Party::new();
    party
        .scene
        .git(&["commit", "-q", "--allow-empty", "-m", "plain"]);
    party.create(&["plain"]);
    let said = party.scene.json(&["push", "plain", "-n"]);
    assert_eq!(said["commits"], 1);
    let said = party.scene.done(&["push", "plain"]);
    assert!(said.out.contains("1 commit"), "{}", said.out);
    party.scene.write("key.py", secret());
    party.scene.git(&["add", "."]);
    party.scene.git(&["commit", "-q", "-m", "secret"]);
    party.scene.git(&["rm", "-q", "key.py"]);
    party.scene.git(&["commit", "-q", "-m", "gone again"]);
    let id = party.create(&["safe"]);
    for state in [&[][..], &["--with-state"]] {
        let push = [&["push", "safe"], state].concat();
        let said = party.fails(&push, 1, "share::secrets");
        let remedy = [
            &["git checkpoint push origin", id.as_str()],
            state,
            &["--allow-secret aws-access-key-id"],
        ];
        assert!(said.contains(&remedy.concat().join(" ")), "{said}");
    }
    let rule = "aws-access-key-id";
    party
        .scene
        .done(&["push", "origin", &id, "--allow-secret", rule]);
    let log = party.scene.done(&["log"]).out;
    assert!(
        log.contains(&format!("name with origin, {rule} allowed")),
        "{log}"
    );
    let again = party.scene.done(&["push", "safe"]);
    assert!(
        !again.out.contains("commit"),
        "they are there: {}",
        again.out
    );
}

#[test]
fn a_run_is_taken_by_its_id_or_branch() {
    let party = Party::new();
    let run = "019b7caa-76e8-7000-8000-00000000abcd";
    party.scene.git(&["switch", "-q", "-c", "agent/api/run-1"]);
    let id = party.create(&[]);
    party.scene.git(&["switch", "-q", "main"]);
    party.create(&["other"]);
    let started = json!({
        "id": "019b7caa-76e8-7000-8000-00000000abce", "at": "2020-01-01T00:00:00Z",
        "by": {"user": "ada", "host": "desk"}, "type": "task_started", "run": run, "task": "api",
        "number": 1, "branch": "agent/api/run-1", "repository": "/r", "worktree": "/r",
    });
    party.scene.write("subject", format!("run:{run}"));
    let subject = party.scene.git(&["hash-object", "-w", "subject"]);
    fs_err::remove_file(party.scene.path().join("subject")).unwrap();
    party.scene.git(&[
        "notes",
        "--ref=agents",
        "add",
        "-m",
        &started.to_string(),
        &subject,
    ]);
    party
        .scene
        .done(&["push", "origin", "latest", "latest~1", "--with-state"]);
    for (at, typed) in [run, &run[..20], "agent/api/run-1", "api/run-1"]
        .into_iter()
        .enumerate()
    {
        let clone = format!("other-{at}");
        party.clone(&clone, &[]);
        party.at(&clone, &["fetch", "--run", typed]);
        assert_eq!(
            party.git_at(
                &clone,
                &["for-each-ref", "--format=%(refname)", "refs/checkpoints"]
            ),
            format!("refs/checkpoints/{id}"),
            "{typed}"
        );
    }
    party.clone("nobody", &[]);
    let said = party.try_at("nobody", &["fetch", "--run", "nothing"]);
    assert_eq!(said.code, 128, "{}", said.err);
    assert!(said.err.contains("came from 'origin': "), "{}", said.err);
    assert!(said.err.contains("'nothing' is no run"), "{}", said.err);
}

#[test]
fn what_was_taken_away_there_is_searched_again() {
    let party = Party::new();
    let scene = &party.scene;
    scene.git(&["switch", "-q", "-c", "feature"]);
    scene.write("env", secret());
    scene.git(&["add", "env"]);
    scene.git(&["commit", "-q", "-m", "by mistake"]);
    scene.git(&["push", "-q", "origin", "feature"]);
    // Whoever keeps the other repository has taken it out again; here it is remembered as being there.
    let bare = scene.beside("remote.git");
    scene.git(&["--git-dir", &bare, "update-ref", "-d", "refs/heads/feature"]);
    scene.git(&["--git-dir", &bare, "gc", "-q", "--prune=now"]);
    scene.done(&["create", "safe"]);
    for args in [&["push", "safe"][..], &["push", "safe", "--with-state"]] {
        let said = scene.run(args);
        assert_eq!(said.code, 1, "{args:?}: {}", said.err);
        assert!(
            said.err.contains("'env:1' looks like a secret"),
            "{}",
            said.err
        );
    }
    let left = scene.git(&["--git-dir", &bare, "for-each-ref", "--format=%(refname)"]);
    assert_eq!(left, "refs/heads/main");
    let passed = ["push", "safe", "--allow-secret", "aws-access-key-id"];
    let said = scene.done(&passed).out;
    assert!(said.contains("1 commit"), "{said}");
}

#[test]
fn names_and_messages_are_searched_like_content() {
    let token = format!("ghp_{}", "q7Wn2Zs9Xv4Kd1Rt8Yb3Mf6Hc5Jg0LpEaQoU");
    let stays = |party: &Party, args: &[&str], place: &str| {
        let said = party.scene.run(args);
        assert_eq!(said.code, 1, "{args:?}: {}", said.err);
        assert!(said.err.contains(place), "{place}: {}", said.err);
        assert!(!said.err.contains(&token), "{}", said.err);
        let there = party.scene.git(&["ls-remote", "origin"]);
        assert_eq!(there.lines().count(), 2, "{there}");
    };
    let party = Party::new();
    party
        .scene
        .write(&format!("a\nb/dump-{token}.txt"), "harmless\n");
    party.scene.done(&["create", "named"]);
    let place = "b/dump-….txt):1' looks like a secret (github-token)";
    stays(&party, &["push", "named", "--with-state"], place);
    let said = party.scene.run(&["scan", "named"]);
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(said.out.contains("dump-….txt)") && !said.out.contains(&token));

    let party = Party::new();
    party.scene.git(&["switch", "-q", "-c", "feature"]);
    let message = format!("deploy with {token}");
    party
        .scene
        .git(&["commit", "-q", "--allow-empty", "-m", &message]);
    party.scene.done(&["create", "said"]);
    let head = party.scene.git(&["rev-parse", "--short=7", "HEAD"]);
    let place = format!("'(message of commit {head}):1' looks like a secret (github-token)");
    stays(&party, &["push", "said"], &place);
    stays(&party, &["push", "said", "--with-state"], &place);
}

#[test]
fn what_git_would_not_commit_does_not_go() {
    let stays = |party: &Party, name: &str, why: &str| {
        party.scene.done(&["create", name]);
        let said = party.scene.run(&["push", name, "--with-state"]);
        assert_eq!(said.code, 1, "{}", said.err);
        assert!(said.err.contains(why), "{}", said.err);
        assert_eq!(party.states_there(), "");
    };
    let party = Party::new();
    let scene = &party.scene;
    scene.git(&["config", "filter.strip.clean", "sed s/key=.*/key=/"]);
    scene.write(".gitattributes", "*.cfg filter=strip\n");
    scene.write("a.cfg", "key=what nobody shall see\n");
    stays(
        &party,
        "filtered",
        "holds 'a.cfg' as git would not commit it: its filter",
    );

    for flag in ["skip-worktree", "assume-unchanged"] {
        let party = Party::new();
        let scene = &party.scene;
        scene.git(&["update-index", &format!("--{flag}"), "file"]);
        scene.done(&["create", "same"]);
        scene.done(&["push", "same", "--with-state"]);
        scene.git(&[
            "push",
            "-q",
            "origin",
            "--delete",
            &party.states_there()[41..],
        ]);
        scene.write("file", "what nobody shall see\n");
        stays(
            &party,
            "hidden",
            "holds 'file' as git would not commit it: its changes",
        );
        scene.git(&["update-index", &format!("--no-{flag}"), "file"]);
        scene.done(&["create", "shown"]);
        scene.done(&["push", "shown", "--with-state"]);
    }

    let party = Party::new();
    party.scene.git(&["config", "core.autocrlf", "input"]);
    party.scene.write("dos.txt", "one\r\ntwo\n");
    party.scene.done(&["create", "ends"]);
    party.scene.done(&["push", "ends", "--with-state"]);
}
