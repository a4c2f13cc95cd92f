use proptest::prelude::*;

use super::*;

const ID: &str = "0199a1b2-c3d4-7000-8000-000000000000";

fn who(agent: &str) -> Who {
    Who {
        agent: agent.parse().unwrap(),
        task: Some("API-17".parse().unwrap()),
        session: Some("4f1c".parse().unwrap()),
        model: Some("opus-5".parse().unwrap()),
    }
}

fn nobody(agent: &str) -> Who {
    Who {
        task: None,
        session: None,
        model: None,
        ..who(agent)
    }
}

fn lines(attribution: Attribution, who: &Who) -> Vec<String> {
    let trailers = attribution.trailers(who, Some(ID.parse().unwrap()), Sessions::Plain);
    trailers.iter().map(ToString::to_string).collect()
}

#[test]
fn each_preset_is_as_those_who_ask_for_it_say() {
    use Attribution::{Apache, Assisted, Github, Kernel, None};
    let check = |attribution, who: &Who, want: &[&str]| {
        assert_eq!(lines(attribution, who), want, "{attribution}");
    };
    let (known, unknown) = (who("claude-code"), nobody("claude-code"));
    let all = [
        "Assisted-by: claude-code:opus-5",
        "Agent-Session: claude-code/4f1c",
        "Agent-Task: API-17",
        "Checkpoint-Id: 0199a1b2-c3d4-7000-8000-000000000000",
    ];
    check(Assisted, &known, &all);
    check(
        Assisted,
        &unknown,
        &["Assisted-by: claude-code:unknown", all[3]],
    );
    check(Kernel, &known, &all[..1]);
    check(
        Github,
        &known,
        &["Co-authored-by: Claude <noreply@anthropic.com>"],
    );
    check(Apache, &known, &["Generated-by: claude-code (opus-5)"]);
    check(Apache, &unknown, &["Generated-by: claude-code"]);
    check(None, &known, &[]);
}

#[test]
fn the_grammar_of_the_kernel_holds_whatever_the_names() {
    let check = |agent: &str, model: &str, want: &str| {
        let who = Who {
            model: Some(model.parse().unwrap()),
            ..who(agent)
        };
        assert_eq!(lines(Attribution::Kernel, &who), [want]);
    };
    check("Claude", "opus 5", "Assisted-by: Claude:opus-5");
    check("My Agent", "a:b", "Assisted-by: My-Agent:a:b");
    check("a:b", "c", "Assisted-by: a-b:c");
}

#[test]
fn an_address_is_the_makers_or_nobodys() {
    let check = |agent: &str, want: &str| assert_eq!(author(agent), want);
    check("codex", "Codex <noreply@openai.com>");
    check("cursor-agent", "Cursor <cursoragent@cursor.com>");
    check("James", "James <james@agents.invalid>");
    check("Eve <e@e>", "Eve e@e <eve--e-e@agents.invalid>");
    check("雪", "雪 <agent@agents.invalid>");
}

#[test]
fn two_agents_that_claim_one_commit_contradict_each_other() {
    let check = |agent: &str, message: &str, want: Option<&str>| {
        assert_eq!(contradicted(message, agent), want, "{agent} {message}");
    };
    let codex = "fix\n\nCo-Authored-By: Codex <noreply@openai.com>\n";
    check("claude-code", codex, Some("Codex"));
    check("codex", codex, None);
    check("codex-cli", codex, None);
    check("James", codex, None);
    check("claude-code", "fix\n\nco-authored-by: Ada <ada@b.c>", None);
    check(
        "claude-code",
        "as Co-authored-by Codex <noreply@openai.com>",
        None,
    );
    check(
        "claude-code",
        "fix\n\nCo-authored-by: Claude Opus <noreply@anthropic.com>\nCo-authored-by: C <cursoragent@cursor.com>",
        Some("Cursor"),
    );
}

#[test]
fn a_hashed_session_is_the_same_each_time_and_tells_nothing() {
    let value = |session: &str| named("ada", session, Sessions::Hashed);
    assert_eq!(value("s-1"), value("s-1"));
    assert_ne!(value("s-1"), value("s-2"));
    assert!(!value("secret-session").contains("secret"));
    assert_eq!(value("s-1").len(), "ada/sha256:".len() + 16);
}

proptest! {
    #[test]
    fn a_trailer_is_one_line_and_nobody_signs_off(agent in "\\PC{1,20}", session in "\\PC{1,20}") {
        let (Ok(agent), Ok(session)) = (agent.parse(), session.parse()) else {
            return Ok(());
        };
        let who = Who { agent, session: Some(session), ..nobody("a") };
        for attribution in Attribution::ALL {
            for sessions in [Sessions::Plain, Sessions::Hashed] {
                for trailer in attribution.trailers(&who, None, sessions) {
                    prop_assert_eq!(trailer.to_string().lines().count(), 1);
                    prop_assert_ne!(trailer.key, "Signed-off-by");
                }
            }
        }
    }
}
