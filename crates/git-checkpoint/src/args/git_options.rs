//! Options that are git-diff(1)'s, taken as they are and handed to it.

use std::ffi::OsString;

use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches};

/// What was typed of them, in the spelling that git takes.
#[derive(Debug, Clone, Default)]
pub(crate) struct GitOptions(pub(crate) Vec<OsString>);

/// What may follow an option.
enum Takes {
    Nothing,
    /// A value, after `=` or a space.
    Value(&'static str),
    /// A value after `=`, or nothing.
    Maybe(&'static str),
}

use Takes::{Maybe, Nothing, Value};

/// The long and the short spelling, what follows, and what it does.
type Row = (&'static str, Option<char>, Takes, &'static str);

const OPTIONS: &[Row] = &[
    (
        "patch",
        Some('p'),
        Nothing,
        "Show the changed lines; the default",
    ),
    (
        "stat",
        None,
        Maybe("widths"),
        "Show how many lines changed in each file",
    ),
    (
        "numstat",
        None,
        Nothing,
        "Show the numbers of --stat for a program",
    ),
    (
        "shortstat",
        None,
        Nothing,
        "Show only the last line of --stat",
    ),
    (
        "compact-summary",
        None,
        Nothing,
        "Show --stat with files that are new, gone or changed in mode",
    ),
    (
        "summary",
        None,
        Nothing,
        "Show files that are new, gone, renamed or changed in mode",
    ),
    (
        "name-only",
        None,
        Nothing,
        "Show only the names of changed files",
    ),
    (
        "name-status",
        None,
        Nothing,
        "Show only the names of changed files and how each changed",
    ),
    ("raw", None, Nothing, "Show git's raw format"),
    (
        "check",
        None,
        Nothing,
        "Warn of conflict markers and errors of white space",
    ),
    (
        "unified",
        Some('U'),
        Value("lines"),
        "Show so many lines around each change",
    ),
    (
        "function-context",
        Some('W'),
        Nothing,
        "Show the whole function around each change",
    ),
    ("word-diff", None, Maybe("mode"), "Show changed words"),
    (
        "color-words",
        None,
        Maybe("regex"),
        "Show changed words by colour only",
    ),
    (
        "color-moved",
        None,
        Maybe("mode"),
        "Show moved lines in other colours",
    ),
    (
        "color",
        None,
        Maybe("when"),
        "Show colours: always, never or auto",
    ),
    ("no-color", None, Nothing, "Show no colours"),
    ("ignore-all-space", Some('w'), Nothing, "Ignore white space"),
    (
        "ignore-space-change",
        Some('b'),
        Nothing,
        "Ignore changes in the amount of white space",
    ),
    ("ignore-blank-lines", None, Nothing, "Ignore blank lines"),
    (
        "find-renames",
        None,
        Maybe("n"),
        "Tell renames that are so similar",
    ),
    (
        "no-renames",
        None,
        Nothing,
        "Tell renames as removal and addition",
    ),
    (
        "diff-algorithm",
        None,
        Value("name"),
        "Choose git's algorithm",
    ),
    (
        "diff-filter",
        None,
        Value("letters"),
        "Show only files that are added, deleted, modified … (ADM…)",
    ),
    (
        "relative",
        None,
        Maybe("path"),
        "Show paths from the current directory, and nothing outside it",
    ),
    (
        "binary",
        None,
        Nothing,
        "Show changes of binary files so that they can be applied",
    ),
    ("full-index", None, Nothing, "Show object names in full"),
    ("text", Some('a'), Nothing, "Treat all files as text"),
    (
        "exit-code",
        None,
        Nothing,
        "Exit with 1 if there are differences",
    ),
    ("ext-diff", None, Nothing, "Allow external diff programs"),
    ("no-ext-diff", None, Nothing, "Run no external diff program"),
    (
        "textconv",
        None,
        Nothing,
        "Convert binary files to text by their drivers",
    ),
    (
        "no-textconv",
        None,
        Nothing,
        "Do not convert binary files to text",
    ),
];

/// The heading under which help lists them.
const HEADING: &str = "Options of git-diff(1)";

fn arg(row: &Row) -> Arg {
    let (long, short, takes, help) = row;
    let mut arg = Arg::new(*long)
        .long(*long)
        .help(*help)
        .help_heading(HEADING)
        // As with git, the last one counts.
        .overrides_with(*long);
    if let Some(short) = short {
        arg = arg.short(*short);
    }
    match takes {
        Nothing => arg.action(ArgAction::SetTrue),
        Value(name) => arg.value_name(*name),
        // git tells the value from the next word by the equals sign alone.
        Maybe(name) => arg.value_name(*name).num_args(0..=1).require_equals(true),
    }
}

impl Args for GitOptions {
    fn augment_args(command: Command) -> Command {
        command.args(OPTIONS.iter().map(arg))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for GitOptions {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut options = Self::default();
        options.update_from_arg_matches(matches)?;
        Ok(options)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0 = OPTIONS
            .iter()
            .filter_map(|row| spelled(row, matches))
            .collect();
        Ok(())
    }
}

/// The option as git is to be given it; none where it was not typed.
fn spelled((long, _, takes, _): &Row, matches: &ArgMatches) -> Option<OsString> {
    let is_typed = matches.value_source(long) == Some(clap::parser::ValueSource::CommandLine);
    let value = match takes {
        Nothing => None,
        Value(_) | Maybe(_) => matches.get_one::<String>(long),
    };
    let option = match value {
        Some(value) => format!("--{long}={value}"),
        None => format!("--{long}"),
    };
    is_typed.then(|| option.into())
}
