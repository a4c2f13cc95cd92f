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

/// Runs what git would run, with a program that tells its words and ends with this status.
fn run(line: &[&str], program: &Path) -> (Option<i32>, String) {
    let output = std::process::Command::new("/bin/sh")
        .args(line)
        .args(["prepared", "b c"])
        .env_clear()
        .env("PATH", program.parent().unwrap())
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

#[test]
fn scripts_and_commands_hand_over_their_words() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let program = dir.path().join("it's git-checkpoint");
    for hook in HOOKS {
        let name = hook.name();
        let script = dir.path().join(name);
        fs_err::write(&script, hook.script(&program)).unwrap();
        // As git does it: the words behind the command, and the command for a name.
        let command = format!("{} \"$@\"", hook.command(&program));
        let as_file = [script.to_str().unwrap()];
        let as_command = ["-c", &command, "hook"];
        for line in [&as_file[..], &as_command[..]] {
            let told = format!("hook {name} prepared b c\n");
            for status in [0, 1, 128] {
                let text = format!("#!/bin/sh\necho \"$@\"\nexit {status}\n");
                fs_err::write(&program, text).unwrap();
                let mode = std::fs::Permissions::from_mode(0o755);
                fs_err::set_permissions(&program, mode).unwrap();
                let want = match (hook.mode, status) {
                    (Mode::Strict, 128) => 0,
                    _ => status,
                };
                assert_eq!(run(line, &program), (Some(want), told.clone()), "{line:?}");
            }
            let is_open = hook.mode == Mode::Strict || hook.event == Event::PostCommit;
            let says_no = || {
                let (status, said) = run(line, &program);
                assert_eq!(status, Some(i32::from(!is_open)), "{line:?}: {said}");
                let n_told = said.matches("git checkpoint init").count();
                assert_eq!(n_told, usize::from(!is_open), "{line:?}: {said}");
            };
            fs_err::remove_file(&program).unwrap();
            says_no();
            if !is_open {
                // There, and nothing that the system can run.
                fs_err::write(&program, "").unwrap();
                let mode = std::fs::Permissions::from_mode(0o644);
                fs_err::set_permissions(&program, mode).unwrap();
                says_no();
            }
        }
    }
}
