use crate::edge::{on_terminal, piped};

const PLAIN: &str = "on main\n0  a thing\n";
const COLOURED: &str = "on \x1b[32mmain\x1b[m\n\x1b[33m0\x1b[m  a thing\n";

#[test]
fn colours_are_for_eyes() {
    let seen = |args: &[&str], env: &[(&str, &str)]| {
        let env: Vec<_> = env.iter().copied().chain([("GIT_PAGER", "cat")]).collect();
        on_terminal(&[args, &["-q", "1"]].concat(), &env).1
    };
    assert_eq!(seen(&[], &[]), COLOURED);
    assert_eq!(seen(&[], &[("NO_COLOR", "1")]), PLAIN);
    assert_eq!(seen(&["--color-ui=always"], &[("NO_COLOR", "1")]), COLOURED);
    assert_eq!(seen(&[], &[("TERM", "dumb")]), PLAIN);
    assert_eq!(seen(&["--color-ui=false"], &[]), PLAIN);

    let sent = |args: &[&str], env: &[(&str, &str)]| piped(&[args, &["-q", "1"]].concat(), env).1;
    assert_eq!(sent(&[], &[]), PLAIN);
    assert_eq!(sent(&["--color-ui=always"], &[]), COLOURED);
    assert_eq!(
        sent(&[], &[("GIT_PAGER_IN_USE", "true")]),
        COLOURED,
        "git has put a pager behind the pipe"
    );
}

#[test]
fn a_terminal_gets_the_pager_and_the_hint_comes_after_it() {
    let pager = [
        ("GIT_PAGER", "sed -e 's/^/paged: /'; echo $LESS $LV"),
        ("NO_COLOR", "1"),
    ];
    let (code, seen) = on_terminal(&["1"], &pager);
    assert_eq!(code, 0);
    let want = "counted\npaged: on main\npaged: 0  a thing\nFRX -c\nhint: use \"git edge 1\" to see less\n";
    assert_eq!(seen, want);
    assert_eq!(
        on_terminal(&["1", "-q", "--unwell"], &pager).0,
        1,
        "the pager does not hide the answer"
    );
    assert_eq!(piped(&["1", "-q"], &pager).1, PLAIN, "a pipe gets none");
    let (_, seen) = on_terminal(&["1", "-q", "--json"], &pager);
    assert_eq!(
        seen, "{\"version\":1,\"command\":\"edge\",\"things\":1}\n",
        "a machine gets none"
    );
}

#[test]
fn a_pager_that_is_left_early_or_missing_is_no_error() {
    let (code, seen) = on_terminal(
        &["-q", "100000"],
        &[("GIT_PAGER", "head -n 1"), ("NO_COLOR", "1")],
    );
    assert_eq!((code, seen.as_str()), (0, "on main\n"));
    let (code, seen) = on_terminal(
        &["-q", "1"],
        &[("GIT_PAGER", "no-such-pager"), ("NO_COLOR", "1")],
    );
    assert_eq!((code, seen.as_str()), (0, PLAIN));
}

#[test]
fn progress_is_shown_on_a_terminal_when_work_is_long() {
    let env = [
        ("GIT_PROGRESS_DELAY", "0"),
        ("GIT_PAGER", "cat"),
        ("NO_COLOR", "1"),
    ];
    let (_, seen) = on_terminal(&["--work=5", "30"], &env);
    assert!(seen.starts_with("\rCounting things: "), "{seen:?}");
    assert!(
        seen.contains("\rCounting things: 30, done.\ncounted\n"),
        "{seen:?}"
    );
    let quiet = |args: &[&str], env: &[(&str, &str)]| {
        let (_, seen) = on_terminal(args, env);
        assert!(!seen.contains("Counting"), "{seen:?}");
    };
    quiet(&["--work=5", "-q", "30"], &env);
    quiet(&["--work=5", "30"], &env[1..]);
    assert!(
        !piped(&["--work=5", "30"], &env).2.contains("Counting"),
        "a log file has no use for it"
    );
}

#[test]
fn hints_are_yellow_as_gits_are() {
    let (_, seen) = on_terminal(&["0"], &[]);
    assert_eq!(
        seen,
        "error: nothing to list: there are 0 things\n\x1b[33mhint: git edge 1\x1b[m\n"
    );
}
