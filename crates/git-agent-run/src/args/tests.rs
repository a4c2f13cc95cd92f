use clap::CommandFactory as _;

use super::*;

#[test]
fn the_command_line_is_consistent() {
    Args::command().debug_assert();
}

#[test]
fn what_makes_no_sense_is_refused() {
    let check = |words: &str, want: bool| {
        let words = format!("git-agent-run {words}");
        let parsed = Args::try_parse_from(words.split_whitespace());
        assert_eq!(parsed.is_ok(), want, "{words}: {parsed:?}");
    };
    check("", true);
    check("start", false);
    check("start --task x", true);
    check("start --task x --worktree --base main", true);
    check("start --task x --worktree=../there --repo a --repo b", true);
    check("progress", false);
    check("progress --percent 10", true);
    check(
        "progress some/run-1 --step reading --percent 10 --state paused",
        true,
    );
    check("progress --state asleep", false);
    check("list --active -n 3", true);
    check("show a b", false);
    check("log --follow --json", true);
}
