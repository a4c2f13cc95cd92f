use clap::CommandFactory as _;

use super::*;

#[test]
fn the_command_line_is_consistent() {
    Args::command().debug_assert();
}

#[test]
fn what_belongs_together_is_asked_for() {
    let check = |words: &str, want: bool| {
        let parsed = Args::try_parse_from(words.split(' '));
        assert_eq!(parsed.is_ok(), want, "{words}: {parsed:?}");
    };
    check("git-checkpoint", true);
    check("git-checkpoint --json", true);
    check(
        "git-checkpoint create before --state tests_passing=1 --state tests_failing=0 -q",
        true,
    );
    check("git-checkpoint create -- -x", true);
    check("git-checkpoint create -x", false);
    check("git-checkpoint create --replace", false);
    check("git-checkpoint create a b", false);
    check("git-checkpoint create --type nonsense", true);
    check("git-checkpoint diff", true);
    check("git-checkpoint diff a b --stat -- path", true);
    check("git-checkpoint diff a b c", false);
    check("git-checkpoint list --named --backups", false);
    check("git-checkpoint list -n -1", false);
    check("git-checkpoint delete", false);
    check("git-checkpoint export --format nonsense", false);
    check("git-checkpoint help", false);
}
