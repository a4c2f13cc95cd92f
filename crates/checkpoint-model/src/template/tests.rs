use proptest::prelude::*;

use super::*;

fn filled(template: &str, values: &[(Field, &'static str)]) -> String {
    let template: Template = template.parse().unwrap();
    template.fill(|field| {
        let found = values.iter().find(|(it, _)| *it == field);
        found.map(|(_, value)| *value)
    })
}

#[test]
fn a_template_is_filled() {
    use Field::{Agent, Branch, Description, Model, Run, Session, Task};
    let check = |template: &str, values: &[(Field, &'static str)], want: &str| {
        assert_eq!(filled(template, values), want, "{template} with {values:?}");
    };
    let (agent, task, text) = ((Agent, "ada"), (Task, "T-1"), (Description, "fix it"));
    check(Template::DEFAULT, &[agent, task, text], "[ada] T-1: fix it");
    check(Template::DEFAULT, &[agent, text], "[ada] fix it");
    check(Template::DEFAULT, &[task, text], "T-1: fix it");
    check(Template::DEFAULT, &[text], "fix it");
    check("{description}", &[text], "fix it");
    check("{description} ({run})", &[text], "fix it");
    check("{description} ({run})", &[text, (Run, "7")], "fix it (7)");
    check(
        "{description}, by {agent}",
        &[text, agent],
        "fix it, by ada",
    );
    check(
        "{task}/{agent}: {description}",
        &[agent, text],
        "ada: fix it",
    );
    check("{{{agent}}} {description}", &[agent, text], "{ada} fix it");
    check("{{{agent}}} {description}", &[text], "fix it");
    check(
        "{branch}: {description}",
        &[(Branch, "a/b"), text],
        "a/b: fix it",
    );
    check(
        "{model} {session} {description}",
        &[(Model, "m"), (Session, "s"), text],
        "m s fix it",
    );
    check("fix({task}): {description}", &[text], "fix: fix it");
    check("é{description}", &[(Description, "{agent}")], "é{agent}");
}

#[test]
fn what_is_wrong_is_underlined() {
    let check = |template: &str, underlined: &str, why: &str| {
        let error = template.parse::<Template>().unwrap_err();
        assert_eq!(&template[error.span()], underlined, "{template}");
        assert_eq!(error.why, why, "{template}");
    };
    check("[{agnt}] {description}", "agnt", "unknown field 'agnt'");
    check("{Agent} {description}", "Agent", "unknown field 'Agent'");
    check("{} {description}", "{}", "unknown field ''");
    check("{description} {", "{", "a '{' without '}'");
    check("a} {description}", "}", "a '}' without '{'");
    check("{task}", "{task}", "it has no {description}");
    check("", "", "it has no {description}");
    check(
        "{description}\nSigned-off-by: a",
        "\n",
        "a character that cannot be seen",
    );
}

#[test]
fn the_default_is_what_it_says() {
    assert_eq!(Template::default().to_string(), Template::DEFAULT);
}

proptest! {
    #[test]
    fn no_text_makes_reading_panic(text in "[a-z{}\\[\\]: é\u{202e}\n]{0,20}(\\{description\\})?") {
        match text.parse::<Template>() {
            Ok(template) => {
                let subject = template.fill(|field| (field == Field::Description).then_some("x"));
                prop_assert!(subject.contains('x') && !subject.contains('\n'), "{:?}", subject);
                prop_assert_eq!(template.to_string(), text);
            }
            Err(error) => prop_assert!(error.span().end <= text.len()),
        }
    }
}
