//! What records and tags say is published with them: a secret in it holds them up, or stays here.

use super::Party;

/// What looks like a key of a cloud; put together here, so that nobody takes this file for one.
fn secret() -> String {
    format!("AKIA{}", "Q3EGFJ7ZRTWXYBVN")
}

const RULE: &str = "aws-access-key-id";

impl Party {
    /// Keeps what is there, saying what must not be said, and gives its id.
    fn say(&self, args: &[&str]) -> String {
        let text = format!("the key is {}", secret());
        let made = self
            .scene
            .json(&[&["create", "-m", text.as_str()], args].concat());
        made["checkpoint"]["id"].as_str().unwrap().to_owned()
    }

    /// Whether the secret is in any object that the remote has.
    fn is_told_there(&self) -> bool {
        let all = self.scene.git(&[
            "--git-dir",
            &self.scene.beside("remote.git"),
            "cat-file",
            "--batch-all-objects",
            "--batch",
        ]);
        all.contains(&secret())
    }

    fn records_there(&self) -> usize {
        let there = self.scene.beside("remote.git");
        let notes = ["--git-dir", &there, "notes", "--ref=checkpoints", "list"];
        self.scene.git(&notes).lines().count()
    }
}

#[test]
fn a_description_with_a_secret_stays_here_unless_a_person_says_otherwise() {
    let party = Party::new();
    party.scene.keep(2);
    let id = party.say(&[]);
    let said = party.scene.run(&["scan", &id]);
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(
        said.out.contains(&format!("(record of {id}):1")),
        "{}",
        said.out
    );
    let said = party.fails(&["push"], 1, "share::secret_in_words");
    assert!(
        said.contains(&format!("the record of checkpoint {id}")),
        "{said}"
    );
    assert!(!said.contains(&secret()), "{said}");
    let dry = party.scene.run(&["push", "-n"]);
    assert!(
        dry.code == 1
            && dry
                .out
                .contains(&format!("keeps back  record  {id} ({RULE})")),
        "{dry:?}"
    );
    assert_eq!(
        party.scene.run(&["push", "--allow-secret", "no-rule"]).code,
        129
    );
    let mut by_agent = party.scene.checkpoint(&["push", "--allow-secret", RULE]);
    let by_agent = crate::scene::Said::from(by_agent.env("CLAUDECODE", "1").output().unwrap());
    assert_eq!(by_agent.code, 1, "{}", by_agent.err);
    assert!(!party.is_told_there());

    party.scene.done(&["push", "--allow-secret", RULE]);
    assert!(party.is_told_there());
    let log = party.scene.done(&["log"]).out;
    assert!(
        log.contains(&format!("record with origin, {RULE} allowed")),
        "it is recorded: {log}"
    );
    party.scene.keep(1);
    party.scene.done(&["push"]);
    assert_eq!(
        party.scene.done(&["push"]).err,
        "Everything up-to-date\n",
        "what is there is not looked at again"
    );
}

#[test]
fn what_the_policy_allows_is_said() {
    let party = Party::new();
    let id = party.say(&[]);
    let found = party.scene.run(&["scan", &id, "--hashes", "--json"]).out;
    let found: serde_json::Value = serde_json::from_str(&found).unwrap();
    let hash = found["findings"][0]["secret"].as_str().unwrap();
    party.scene.write(
        ".git-checkpoint.toml",
        format!("[push]\nallow-hashes = ['{hash}']\n"),
    );
    party.scene.git(&["add", "."]);
    party.scene.git(&["commit", "-q", "-m", "policy"]);
    party.scene.git(&["push", "-q", "origin", "main"]);
    party.scene.done(&["push"]);
    assert!(party.is_told_there());
}

#[test]
fn all_other_records_can_be_given_without_their_history() {
    let party = Party::new();
    party.scene.keep(3);
    let id = party.say(&[]);
    party.scene.keep(1);
    let dry = party.scene.done(&["push", "--hold-back", "-n"]);
    assert!(dry.out.contains("would send  2 records"), "{}", dry.out);
    for (more, n) in [(0, 2), (1, 3), (0, 3)] {
        (0..more).for_each(|_| drop(party.scene.keep(0)));
        let said = party.scene.done(&["push", "--hold-back"]);
        assert!(
            said.out.contains("keeps back  record") && said.out.contains(&id),
            "{}",
            said.out
        );
        assert_eq!(party.records_there(), n);
        assert!(!party.is_told_there(), "nor in the history");
    }
    // Others go on from there, and what they write comes.
    party.clone("other", &[]);
    party.at("other", &["fetch"]);
    party.at("other", &["create", "theirs"]);
    party.at("other", &["push"]);
    let said = party.scene.done(&["push", "--hold-back"]);
    assert!(said.out.contains("received    1 record"), "{}", said.out);
    assert!(!party.is_told_there());
    // Once it may go, nothing is missing.
    party.scene.done(&["push", "--allow-secret", RULE]);
    party.at("other", &["fetch"]);
    let notes = ["notes", "--ref=checkpoints", "list"];
    assert_eq!(
        party.git_at("other", &notes),
        party.scene.git(&notes),
        "both know the same"
    );
}

#[test]
fn a_secret_that_was_said_once_stays_here_too() {
    let party = Party::new();
    let id = party.say(&[]);
    let snapshot = party
        .scene
        .git(&["rev-parse", &format!("refs/checkpoints/{id}")]);
    let note = party
        .scene
        .git(&["notes", "--ref=checkpoints", "show", &snapshot]);
    let note = note.replace(&secret(), "…");
    let add = ["notes", "--ref=checkpoints", "add", "-f", "-m", &note];
    party.scene.git(&[&add[..], &[snapshot.as_str()]].concat());
    party.fails(&["push"], 1, "share::secret_in_words");
    party.scene.done(&["push", "--hold-back"]);
    assert_eq!(party.records_there(), 1, "it is clean now");
    assert!(!party.is_told_there(), "and its history stays here");
}

#[test]
fn a_name_whose_tag_tells_a_secret_does_not_go() {
    let party = Party::new();
    let id = party.say(&["named"]);
    for more in [&[][..], &["--with-state"]] {
        let push = [&["push", "named", "--hold-back"], more].concat();
        let said = party.fails(&push, 1, "share::secret_in_words");
        let remedy = [
            &["git checkpoint push origin", id.as_str()],
            more,
            &["--allow-secret"],
        ];
        assert!(said.contains(&remedy.concat().join(" ")), "{said}");
    }
    party.scene.done(&["push", "named", "--allow-secret", RULE]);
    let again = party.scene.done(&["push", "named"]);
    assert!(again.out.contains("is there"), "{}", again.out);
}

#[test]
fn records_of_agents_are_looked_at_as_well() {
    let party = Party::new();
    let text = format!(
        "{{\"id\":\"x\",\"type\":\"odd\",\"text\":\"{}\"}}",
        secret()
    );
    party
        .scene
        .git(&["notes", "--ref=agents", "add", "-m", &text, "HEAD"]);
    party.scene.keep(1);
    let said = party.fails(&["push"], 1, "share::secret_in_words");
    assert!(said.contains("a record in 'refs/notes/agents'"), "{said}");
    party.scene.done(&["push", "--hold-back"]);
    assert!(!party.is_told_there());
    assert_eq!(party.records_there(), 1);
}

#[test]
fn along_with_a_push_all_else_goes() {
    let party = Party::new();
    party.scene.done(&["init", "--no-policy"]);
    party.scene.keep(2);
    let id = party.say(&[]);
    party.scene.git(&["switch", "-q", "-c", "work"]);
    let said = party.scene.try_git(&["push", "origin", "work"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.err.contains(&format!(
            "warning: the record of checkpoint {id} is not shared with 'origin'"
        )),
        "{}",
        said.err
    );
    assert_eq!(party.records_there(), 1);
    assert!(!party.is_told_there());
}
