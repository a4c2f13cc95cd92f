use super::*;

#[test]
fn every_hook_has_a_script_of_its_own() {
    for hook in HOOKS {
        let script = hook.script(Path::new("/opt/it's here/git-checkpoint"));
        assert!(script.starts_with("#!/bin/sh\n"), "{script}");
        assert_eq!(
            script.lines().count(),
            2,
            "a shebang and one line: {script}"
        );
        assert!(
            script.contains("'/opt/it'\\''s here/git-checkpoint' git-checkpoint"),
            "{script}"
        );
        assert!(hook.is_ours(&script), "{script}");
        assert!(hook.is_ours(hook.text), "as it lies in hooks/");
        let command = hook.command(Path::new("/bin/git-checkpoint"));
        assert!(
            hook.is_ours(&command) && !command.contains(OUT),
            "{command}"
        );
        let others = HOOKS.iter().filter(|other| *other != hook);
        assert!(
            others.into_iter().all(|other| !other.is_ours(&script)),
            "{script}"
        );
    }
    assert!(!HOOKS[0].is_ours("#!/bin/sh\nexit 0\n"));
}

#[test]
fn names_read_back() {
    for event in Event::ALL {
        assert_eq!(event.as_str().parse(), Ok(event));
    }
    let error = "post-checkout".parse::<Event>().unwrap_err();
    assert!(error.known.starts_with("pre-commit, "), "{}", error.known);
}

#[test]
fn most_of_what_git_tells_is_of_no_interest() {
    let check = |event: Event, word: &str, env: &[(&str, &str)], want: bool| {
        let env: Environment = env.iter().copied().collect();
        assert_eq!(
            event.is_of_interest(&[word.into()], &env),
            want,
            "{event:?} {word}"
        );
    };
    check(Event::ReferenceTransaction, "prepared", &[], true);
    check(Event::ReferenceTransaction, "preparing", &[], false);
    check(Event::ReferenceTransaction, "committed", &[], false);
    check(Event::ReferenceTransaction, "aborted", &[], false);
    check(Event::ReferenceTransaction, "what-comes-next", &[], false);
    check(Event::PostCommit, "", &[], false);
    check(Event::PostCommit, "", &[("GEMINI_CLI", "1")], true);
    check(Event::PostRewrite, "amend", &[], false);
    check(Event::PreCommit, "", &[], true);
}
