use checkpoint_model::{
    event::{Event, TaskProgress, TaskStarted},
    id::{EventId, RunId},
    words::Actor,
};
use chrono::DateTime;

use super::*;

fn run(task: &str, steps: &[&str]) -> Run {
    let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let id = RunId::new(at, [1; 10]);
    let by = Actor {
        user: "ada".to_owned(),
        host: "desk".to_owned(),
        agent: Some("codex".to_owned()),
        session: Some("secret-session".to_owned()),
    };
    let started = TaskStarted {
        run: id,
        task: task.to_owned(),
        task_id: Some("API-17".to_owned()),
        number: 2,
        branch: "agent/fix/run-2".to_owned(),
        base: Some("main".to_owned()),
        commit: None,
        repository: "/home/ada/api/.git".to_owned(),
        worktree: "/home/ada/api".to_owned(),
        linked: false,
        model: None,
        checkpoint: None,
        template: None,
    };
    let mut events = vec![Event::new(
        EventId::new(at, [0; 10]),
        at,
        by.clone(),
        started.into(),
    )];
    for (n, step) in (1_i64..).zip(steps) {
        let told = TaskProgress {
            run: id,
            step: Some((*step).to_owned()),
            percent: None,
            state: None,
        };
        let later = at + chrono::TimeDelta::milliseconds(n);
        events.push(Event::new(
            EventId::new(later, [1; 10]),
            later,
            by.clone(),
            told.into(),
        ));
    }
    Run::fold(id, &events).unwrap()
}

#[test]
fn the_template_that_is_built_in_holds_the_record_in_a_block() {
    let commits = [Commit {
        id: "4b825dc642cb6eb9a060e54bf8d69288fbee4904".to_owned(),
        subject: "Mend it".to_owned(),
    }];
    let text = fill(
        &Template::default(),
        &run("Fix the API", &["read", "write"]),
        &commits,
    )
    .unwrap();
    assert_eq!(
        text,
        "Fix the API\n\n- read\n- write\n\n<details>\n<summary>Record of the run</summary>\n\n\
         | | |\n|---|---|\n\
         | Task | <code>API&#45;17</code> |\n\
         | Agent | <code>codex</code> |\n\
         | Run | <code>01a31b00&#45;9000&#45;7101&#45;8101&#45;010101010101</code> |\n"
            .replace(
                "01a31b00&#45;9000",
                &plain(&run("", &[]).id.to_string()[..13])
            )
            + "| Branch | <code>agent&#47;fix&#47;run&#45;2</code> |\n\
         | Base | <code>main</code> |\n\
         | Commits | <code>1</code> |\n\
         | State | <code>running</code> |\n\
         | Errors | <code>0</code> |\n\n\
         - 4b825dc642cb Mend it\n\n</details>\n"
    );
}

#[test]
fn no_value_breaks_out_of_its_place() {
    let hostile = [
        "</code></details><script>alert(1)</script>",
        "a\n\n# heading\n</details>",
        "@everyone fixes #1, closes #2",
        "![x](https://evil.example/x.png) [y](javascript:z)",
        "```\n</details>",
        "a | b | c",
        "{{commits}}",
        "&lt;/details&gt;",
        "\u{202e}evil",
        "<!--",
    ];
    let calm = fill(&Template::default(), &run("calm", &["calm"]), &[]).unwrap();
    for words in hostile {
        let commits = [Commit {
            id: "0".repeat(40),
            subject: words.to_owned(),
        }];
        let text = fill(&Template::default(), &run(words, &[words]), &commits).unwrap();
        let count = |text: &str, what: &str| text.matches(what).count();
        for mark in ["<", ">", "#", "@", "|", "`", "[", "!", "\u{202e}", "{{"] {
            let is_reference = |text: &str| text.replace("&#", "");
            assert_eq!(
                count(&is_reference(&text), mark),
                count(&is_reference(&calm), mark),
                "{words:?} adds no {mark:?}: {text}"
            );
        }
        assert!(!text.contains("secret-session"), "a session stays here");
    }
}

fn named(text: &str) -> Template {
    Template {
        name: "agent.md".to_owned(),
        text: text.to_owned(),
    }
}

#[test]
fn the_place_of_a_wrong_field_is_known() {
    let check = |text: &str, want: &str| {
        let error = fill(&named(text), &run("x", &[]), &[]).unwrap_err();
        let RunError::Template { field, place, .. } = error else {
            panic!("{error}")
        };
        let at = &text[place.offset()..place.offset() + place.len()];
        assert_eq!((field.as_str(), at), (want, want));
    };
    check("{{task}} é\n{{  agnt }}", "agnt");
    check("a {{agent", "agent");
    check("{{}}", "");
}

#[test]
fn a_template_may_use_every_field_and_no_other() {
    let all = "{{task}} {{task-id}} {{agent}} {{model}} {{number}} {{run}} {{branch}} {{ base }}\n\
               {{checkpoint}}{{steps}}{{commits}}{{record}}";
    assert!(fill(&named(all), &run("x", &[]), &[]).is_ok());
    for bad in ["{{session}}", "{{nothing}}", "{{task", "{{}}"] {
        let error = fill(&named(bad), &run("x", &[]), &[]).unwrap_err();
        assert!(matches!(error, RunError::Template { .. }), "{bad}: {error}");
    }
    assert_eq!(
        fill(&named("a { b } }} c"), &run("x", &[]), &[]).unwrap(),
        "a { b } }} c\n"
    );
}

#[test]
fn of_many_steps_the_last_are_told() {
    let steps: Vec<_> = (0..60).map(|n| format!("step {n}")).collect();
    let steps: Vec<_> = steps.iter().map(String::as_str).collect();
    let text = fill(&named("{{steps}}"), &run("x", &steps), &[]).unwrap();
    assert!(text.starts_with("- … 10 before\n- step 10\n"), "{text}");
    assert_eq!(text.lines().count(), 51);
}
