use super::*;

fn environment(pairs: &[(&str, &str)]) -> BTreeMap<OsString, OsString> {
    pairs
        .iter()
        .map(|(name, value)| (name.into(), value.into()))
        .collect()
}

#[test]
fn an_agent_shows_in_the_environment() {
    let check = |pairs: &[(&str, &str)], want: Option<(&str, Option<&str>)>| {
        let agent = Agent::in_environment(&environment(pairs));
        let found = agent
            .as_ref()
            .map(|agent| (agent.name.as_str(), agent.session.as_deref()));
        assert_eq!(found, want, "{pairs:?}");
    };
    check(&[], None);
    check(
        &[("CLAUDECODE", "1"), ("CLAUDE_CODE_SESSION_ID", "s1")],
        Some(("claude-code", Some("s1"))),
    );
    check(&[("CLAUDECODE", "")], None);
    check(&[("CODEX_THREAD_ID", "t")], Some(("codex", Some("t"))));
    check(&[("GEMINI_CLI", "1")], Some(("gemini", None)));
    check(&[("CURSOR_TRACE_ID", "t")], None);
    check(&[("CURSOR_AGENT", "1")], Some(("cursor", None)));
    check(&[("COPILOT_MODEL", "m"), ("COPILOT_ALLOW_ALL", "1")], None);
    check(
        &[("AI_AGENT", "Claude-Code_2-1-328_agent")],
        Some(("claude-code", None)),
    );
    check(&[("AI_AGENT", "devin@3")], Some(("devin", None)));
    check(&[("AGENT", "amp")], Some(("amp", None)));
    check(&[("AGENT", "1")], None);
    check(&[("AGENT", "ssh-agent")], None);
    check(&[("GIT_AGENT_SESSION", "s2")], Some(("agent", Some("s2"))));
    check(
        &[("GEMINI_CLI", "1"), ("GIT_AGENT_SESSION", "s2")],
        Some(("gemini", Some("s2"))),
    );
    check(&[("GIT_AGENT_NAME", "James")], Some(("James", None)));
    check(
        &[("GEMINI_CLI", "1"), ("GIT_AGENT_NAME", "James")],
        Some(("James", None)),
    );
    check(
        &[("SSH_AUTH_SOCK", "/tmp/agent.1"), ("TERM", "xterm")],
        None,
    );
}

#[test]
fn an_agent_shows_among_the_processes() {
    let check = |lines: &[&str], want: Option<&str>| {
        let processes = lines.iter().zip(10..).map(|(line, pid)| Process {
            pid,
            words: line.split(' ').map(str::to_owned).collect(),
        });
        let agent = Agent::among(processes);
        assert_eq!(
            agent.as_ref().map(|agent| agent.name.as_str()),
            want,
            "{lines:?}"
        );
    };
    check(&["git git commit", "bash -bash", "sshd sshd: ada"], None);
    check(
        &[
            "git git commit",
            "bash bash -c x",
            "node node /usr/bin/claude --resume",
        ],
        Some("claude-code"),
    );
    check(&["codex /opt/codex/bin/codex exec"], Some("codex"));
    check(
        &["node node --no-warnings /usr/lib/gemini.js"],
        Some("gemini"),
    );
    check(
        &["python3 /usr/bin/python3 /home/ada/.local/bin/aider"],
        Some("aider"),
    );
    check(
        &[
            "vim vim claude",
            "less less /srv/amp",
            "python3 python3 train.py gemini",
        ],
        None,
    );
    check(&["vim vim notes-on-claude", "cursor cursor ."], None);
    check(&["cat cat /home/claude/notes"], None);
    check(
        &["bash bash", "git-agent-run git-agent-run", "codex codex"],
        Some("git-agent-run"),
    );
}

#[test]
fn it_is_told_how_it_showed() {
    let agent = Agent::in_environment(&environment(&[("GEMINI_CLI", "1")])).unwrap();
    assert_eq!(agent.to_string(), "'gemini' (GEMINI_CLI is set)");
    let words = vec!["codex".to_owned()];
    let agent = Agent::among([Process { pid: 7, words }]).unwrap();
    assert_eq!(agent.to_string(), "'codex' (process 7)");
}

#[test]
fn the_processes_above_are_seen() {
    let above: Vec<_> = ancestry::of_this_process().collect();
    let parent = rustix::process::getppid()
        .unwrap()
        .as_raw_nonzero()
        .get()
        .unsigned_abs();
    assert_eq!(
        above.first().map(|process| process.pid),
        Some(parent),
        "a test has a parent"
    );
    assert!(
        above.iter().all(|process| !process.words.is_empty()),
        "{above:?}"
    );
}
