//! What a commit says: subject, body, trailers, record.

use proptest::prelude::*;
use serde_json::Value;

use crate::scene::Scene;

#[test]
fn a_commit_says_who_made_it_and_where_to_go_back_to() {
    let scene = Scene::new();
    scene.write("file", "two\n");
    let who = ["--task", "API-17", "--session", "4f1c", "--model", "opus-5"];
    let done = scene.json(&who);
    let id = done["checkpoint"].as_str().unwrap();
    let want = format!(
        "[ada] API-17: change\n\nAssisted-by: ada:opus-5\nAgent-Session: ada/4f1c\nAgent-Task: API-17\nCheckpoint-Id: {id}"
    );
    assert_eq!(scene.message().trim_end(), want);
    assert_eq!(done["message"].as_str().unwrap().trim_end(), want);
    assert_eq!(done["success"], true);
    assert_eq!(done["commit_hash"], scene.git(&["rev-parse", "HEAD"]));
    assert_eq!(done["branch"], "work");
    assert_eq!(done["files"], serde_json::json!(["file"]));
    let at = scene.git(&["log", "-1", "--format=%ct"]);
    let told: chrono::DateTime<chrono::Utc> = done["timestamp"].as_str().unwrap().parse().unwrap();
    assert_eq!(told.timestamp().to_string(), at);
    scene.git(&["rev-parse", "--verify", &format!("refs/checkpoints/{id}")]);
    let [event] = scene.events("HEAD").try_into().unwrap();
    assert_eq!(event["type"], "git_commit_created");
    assert_eq!(event["commit"], done["commit_hash"]);
    assert_eq!(event["checkpoint"], id);
    assert_eq!(event["task"], "API-17");
    assert_eq!(event["model"], "opus-5");
    assert_eq!(event["by"]["agent"], "ada");
    assert_eq!(event["by"]["session"], "4f1c");
}

#[test]
fn an_agent_that_is_not_the_author_it_names_is_told() {
    let scene = Scene::new();
    let text = "change\n\nCo-authored-by: Codex <noreply@openai.com>";
    for (agent, is_told) in [("claude-code", true), ("codex", false)] {
        scene.write("file", agent);
        let said = scene.said(&mut scene.agent_commit(&["--agent", agent, "-m", text]));
        assert_eq!(said.code, 0, "{}", said.err);
        let says = format!(
            "warning: the message is 'Co-authored-by' Codex, and 'Assisted-by' says {agent}"
        );
        assert_eq!(said.err.contains(&says), is_told, "{}", said.err);
        assert!(scene.message().contains("Codex <noreply@openai.com>"));
    }
}

#[test]
fn a_message_is_utf_8_whatever_the_configuration_says() {
    let scene = Scene::new();
    scene.git(&["config", "i18n.commitEncoding", "ISO-8859-1"]);
    scene.write("file", "two\n");
    let said = scene.said(&mut scene.agent_commit(&["--agent", "ada", "-m", "Größe"]));
    assert_eq!(said.code, 0, "{}", said.err);
    let commit = scene.git(&["cat-file", "commit", "HEAD"]);
    assert!(
        commit.contains("[ada] Größe") && !commit.contains("encoding"),
        "{commit}"
    );
}

#[test]
fn who_works_may_be_told_by_the_environment() {
    let scene = Scene::new();
    scene.write("file", "two\n");
    let mut command = scene.agent_commit(&["-m", "change"]);
    command.envs([
        ("GIT_AGENT_NAME", "James"),
        ("GIT_AGENT_TASK", "T-1"),
        ("GIT_AGENT_SESSION", "s-1"),
        ("GIT_AGENT_MODEL", "m-1"),
        ("CLAUDECODE", "1"),
    ]);
    assert_eq!(scene.said(&mut command).code, 0);
    let message = scene.message();
    assert!(
        message.starts_with(
            "[James] T-1: change\n\nAssisted-by: James:m-1\nAgent-Session: James/s-1\n"
        ),
        "{message}"
    );
    scene.write("file", "three\n");
    let mut command = scene.agent_commit(&["-m", "change"]);
    let said = scene.said(command.env("GEMINI_CLI", "1"));
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        scene
            .message()
            .starts_with("[gemini] change\n\nAssisted-by: gemini:unknown\n")
    );
}

#[test]
fn each_preset_and_the_template_of_the_policy_count() {
    let scene = Scene::new();
    let check = |policy: &str, want: &str| {
        scene.write(".git-checkpoint.toml", policy);
        let id = scene.json(&["--task", "T-1", "--session", "s-1"])["checkpoint"].clone();
        let want = want.replace("<id>", id.as_str().unwrap());
        assert_eq!(scene.message().trim_end(), want);
    };
    check(
        "[agents]\nattribution = \"kernel\"",
        "[ada] T-1: change\n\nAssisted-by: ada:unknown",
    );
    check(
        "[agents]\nattribution = \"github\"",
        "[ada] T-1: change\n\nCo-authored-by: ada <ada@agents.invalid>",
    );
    check(
        "[agents]\nattribution = \"apache\"",
        "[ada] T-1: change\n\nGenerated-by: ada",
    );
    check("[agents]\nattribution = \"none\"", "[ada] T-1: change");
    check(
        "[agents]\nattribution = \"none\"\n[runs]\ncommit-template = \"{branch}: {description} ({model})\"",
        "work: change",
    );
    scene.write("file", "two\n");
    scene.done(&["--template", "{description} by {agent}"]);
    assert!(scene.message().starts_with("change by ada"));
}

#[test]
fn a_session_can_be_named_by_a_hash() {
    let scene = Scene::new();
    scene.write(".git-checkpoint.toml", "[agents]\nhash-sessions = true\n");
    scene.done(&["--session", "secret-4f1c"]);
    let message = scene.message();
    assert!(
        message.contains("\nAgent-Session: ada/sha256:") && !message.contains("secret"),
        "{message}"
    );
}

#[test]
fn the_message_comes_from_words_a_file_or_standard_input() {
    let scene = Scene::new();
    scene.write(
        ".git-checkpoint.toml",
        "[agents]\nattribution = \"kernel\"\n",
    );
    scene.write(
        "../message",
        "# fix it\n\nThe reason.\n\nReviewed-by: Bob <b@example.com>\n",
    );
    let want = "[ada] # fix it\n\nThe reason.\n\nReviewed-by: Bob <b@example.com>\nAssisted-by: ada:unknown";
    let check = |args: &[&str]| {
        scene.write("file", format!("{args:?}"));
        let mut command = scene.agent_commit(&[&["--agent", "ada"], args].concat());
        let input = fs_err::File::open(scene.beside().join("message")).unwrap();
        let said = scene.said(command.stdin(input.into_parts().0));
        assert_eq!(said.code, 0, "{}", said.err);
        assert_eq!(scene.message().trim_end(), want, "{args:?}");
    };
    check(&["-F", "../message"]);
    check(&["-F", "-"]);
    check(&[
        "-m",
        "# fix it",
        "-m",
        "The reason.",
        "-m",
        "Reviewed-by: Bob <b@example.com>",
    ]);
}

#[test]
fn a_trailer_that_was_typed_is_not_said_twice() {
    let scene = Scene::new();
    scene.write(
        ".git-checkpoint.toml",
        "[agents]\nattribution = \"kernel\"\n",
    );
    scene.done(&["-m", "Assisted-by: ada:unknown"]);
    assert_eq!(
        scene.message().trim_end(),
        "[ada] change\n\nAssisted-by: ada:unknown"
    );
}

#[test]
fn a_message_is_the_same_whoever_puts_it_together() {
    let scene = Scene::new();
    scene.write(
        ".git-checkpoint.toml",
        "[agents]\nattribution = \"kernel\"\n",
    );
    for subject in ["change", "Fixes: it", "Assisted-by: ada:unknown"] {
        let message = || {
            scene.write("file", scene.read("file") + "more\n");
            let words = [
                "--agent",
                "ada",
                "--template",
                "{description}",
                "-m",
                subject,
            ];
            let said = scene.said(&mut scene.agent_commit(&words));
            assert_eq!(said.code, 0, "{}", said.err);
            scene.message()
        };
        let ours = message();
        // With rules in its config, git is asked.
        scene.git(&["config", "trailer.sign.key", "Signed-off-by"]);
        assert_eq!(message(), ours);
        scene.git(&["config", "--unset", "trailer.sign.key"]);
    }
}

#[test]
fn the_rules_for_messages_are_gits() {
    let scene = Scene::new();
    scene.write(".git-checkpoint.toml", "[agents]\nattribution = \"none\"\n");
    scene.git(&["config", "commit.cleanup", "strip"]);
    scene.git(&["config", "core.commentChar", ";"]);
    scene.done(&["-m", "; a comment\n# no comment\n\n\n\nend  "]);
    assert_eq!(
        scene.message().trim_end(),
        "[ada] change\n\n# no comment\n\nend"
    );
    scene.hook("commit-msg", "echo by the hook >>\"$1\"");
    scene.write("file", "two\n");
    let done = scene.json(&[]);
    assert_eq!(done["message"], "[ada] change\nby the hook\n");
}

#[test]
fn nobody_shows_and_nobody_is_told() {
    let scene = Scene::new();
    scene.write("file", "two\n");
    // This test may itself be run by an agent, so nothing of ours may be above the command.
    let program = env!("CARGO_BIN_EXE_git-agent-commit");
    let script = format!(
        "(s=0; '{program}' --json -m x >../said.new 2>&1 || s=$?; mv ../said.new ../said) </dev/null >/dev/null 2>&1 & \
         until [ -e ../said ]; do sleep 0.02; done; head -n1 ../said"
    );
    let said: Value = serde_json::from_str(&scene.sh(&script)).unwrap();
    assert_eq!(said["error"]["code"], "agent_commit::nobody");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn git_parses_the_trailers_that_we_write(
        agent in "[ -~é雪]{1,12}", task in "[ -~é]{1,12}", session in "[ -~]{1,12}", body in "[ -~\n]{0,40}",
    ) {
        let names = [&agent, &task, &session];
        prop_assume!(names.iter().all(|name| !name.trim().is_empty() && name.trim() == **name));
        let scene = Scene::new();
        scene.write("file", "two\n");
        let words = [
            format!("--agent={agent}"),
            format!("--task={task}"),
            format!("--session={session}"),
            "--message=change".to_owned(),
            format!("--message={body}"),
            "--json".to_owned(),
        ];
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let said = scene.said(&mut scene.agent_commit(&words));
        prop_assume!(!said.out.contains("commit::signed_off"));
        prop_assert_eq!(said.code, 0, "{:?}", said);
        let trailers = scene.git(&["log", "-1", "--format=%(trailers:only,unfold)"]);
        for (key, value) in [("Agent-Task", task), ("Agent-Session", format!("{agent}/{session}"))] {
            let line = format!("{key}: {value}");
            prop_assert!(trailers.lines().any(|it| it == line), "{} is not in {}", line, trailers);
        }
        prop_assert!(!trailers.contains("Signed-off-by"));
    }
}

#[test]
fn trailers_are_found_behind_a_rule_in_the_body() {
    for rule in ["---", "--- old", "---\tfile"] {
        let scene = Scene::new();
        scene.write("file", "two\n");
        let body = format!("before\n\n{rule}\n\nafter");
        scene.done(&["-m", &body, "--task", "T"]);
        let message = scene.message();
        assert!(message.contains(&format!("\n {rule}\n")), "{message}");
        let trailers = scene.git(&["log", "-1", "--format=%(trailers)"]);
        assert!(trailers.contains("Agent-Task: T"), "{trailers}");
        scene.git(&[
            "config",
            "alias.parsed",
            "!git log -1 --format=%B | git interpret-trailers --parse",
        ]);
        assert_eq!(
            scene.git(&["parsed"]),
            trailers.trim_end(),
            "all find the same"
        );
    }
}
