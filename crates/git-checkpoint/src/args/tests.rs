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

#[test]
fn the_line_of_a_hook_is_understood_as_the_parser_would() {
    let words = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
    let hook = |args: Args| match args.command {
        Some(Command::Hook(hook)) => (args.common, hook.name, hook.words),
        other => panic!("not a hook: {other:?}"),
    };
    let check = |line: &str| {
        let short = Args::of_hook(&words(line)).map(hook);
        let long = Args::try_parse_from(line.split(' ')).map(hook);
        assert_eq!(short, long.ok(), "{line}");
    };
    check("git-checkpoint hook pre-commit");
    check("git-checkpoint hook pre-push origin git@example.com:a/b");
    check("git-checkpoint hook pre-rebase main -x");
    check("git-checkpoint hook prepare-commit-msg .git/COMMIT_EDITMSG message");
    check("git-checkpoint hook reference-transaction prepared");
    for line in [
        "git-checkpoint",
        "git-checkpoint hook",
        "git-checkpoint hook -h",
        "git-checkpoint list x y",
    ] {
        assert!(Args::of_hook(&words(line)).is_none(), "{line}");
    }
}

/// What people type who know git: none of it may be taken for the beginning of a word that means something else.
const OF_GIT: [&str; 24] = [
    "abort",
    "all",
    "amend",
    "continue",
    "delete",
    "dry",
    "edit",
    "exec",
    "follow",
    "force",
    "hard",
    "interactive",
    "keep",
    "mirror",
    "mixed",
    "move",
    "onto",
    "patch",
    "prune",
    "recursive",
    "soft",
    "staged",
    "tag",
    "verbose",
];

#[test]
fn no_option_of_git_is_taken_for_the_beginning_of_another_word() {
    let mut root = Args::command();
    root.build();
    for command in std::iter::once(&root).chain(root.get_subcommands()) {
        let mut longs: Vec<&str> = Vec::new();
        for arg in command.get_arguments() {
            longs.extend(arg.get_long());
            longs.extend(arg.get_all_aliases().unwrap_or_default());
        }
        for typed in OF_GIT.iter().filter(|typed| !longs.contains(typed)) {
            let mut taken = longs.iter().filter_map(|long| long.strip_prefix(typed));
            let (Some(rest), None) = (taken.next(), taken.next()) else {
                continue;
            };
            // '--dry' for '--dry-run', '--tag' for '--tags' and '--delete' for '--deleted' say what is meant.
            let is_same_word = rest.starts_with('-') || ["s", "d"].contains(&rest);
            assert!(is_same_word, "--{typed}{rest} of '{}'", command.get_name());
        }
    }
}
