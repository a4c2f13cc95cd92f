use clap::CommandFactory as _;

use super::*;

fn parse(words: &str) -> Result<Args, clap::Error> {
    Args::try_parse_from(format!("git-safe-restore {words}").split_whitespace())
}

#[test]
fn the_command_line_is_consistent() {
    Args::command().debug_assert();
}

#[test]
fn what_excludes_each_other_is_refused() {
    let check = |words: &str, want: bool| {
        let parsed = parse(words);
        assert_eq!(parsed.is_ok(), want, "{words}: {parsed:?}");
    };
    check("", false);
    check("latest", true);
    check("latest other", false);
    check("latest -- a b", true);
    check("latest --files -- a", true);
    check("latest --exact -- a", false);
    check("latest --soft --mixed", false);
    check("latest --files --exact", false);
    check("latest --undo", false);
    check("--undo", true);
    check("--undo --redo", false);
    check("--undo --force", true);
    check("latest --dry-run --force", false);
    check("latest --discard a --discard b -f", true);
    check("--latest-backup --exact", true);
    check("--list", true);
    check("--list --files", false);
    check("--continue --force", false);
    check("--abort -- a", false);
    check("--continue --abort", false);
}

#[test]
fn the_mode_and_the_scope_are_those_that_were_typed() {
    let check = |words: &str, mode: Mode, scope: Option<Scope>| {
        let args = parse(words).unwrap();
        assert_eq!((args.mode(), args.scope()), (mode, scope), "{words}");
    };
    let checkpoint = || Mode::Restore(From::Checkpoint("a".to_owned()));
    check("a", checkpoint(), None);
    check("a --exact", checkpoint(), Some(Scope::Exact));
    check("a --files", checkpoint(), Some(Scope::Files));
    check("a --soft", checkpoint(), Some(Scope::Soft));
    check("a --mixed", checkpoint(), Some(Scope::Mixed));
    check("a -- b", checkpoint(), Some(Scope::Paths));
    check("--undo", Mode::Restore(From::Undo), None);
    check("--redo", Mode::Restore(From::Redo), None);
    check("--latest-backup", Mode::Restore(From::LatestBackup), None);
    check("--list", Mode::List, None);
    check("--continue", Mode::Continue, None);
    check("--abort", Mode::Abort, None);
}
