//! Options of `git commit` that there are not here, each with what there is instead.

use checkpoint_cli::Common;
use clap::{
    Arg, ArgAction, ArgMatches, Command, CommandFactory, Error, FromArgMatches, Parser,
    builder::UnknownArgumentValueParser,
};

use crate::Args;

/// What was typed. Options of `git commit` are refused in words: clap alone would propose whatever looks alike, or to
/// take the word for a path. Manual and completions, made from [`Args`], do not know of them.
#[derive(Debug)]
pub struct Typed(pub(crate) Args);

/// The option, its letter, and what is said.
const OPTIONS: [(&str, Option<char>, &str); 5] = [
    (
        "no-verify",
        Some('n'),
        "hooks cannot be skipped here: put right what they say",
    ),
    (
        "allow-empty",
        None,
        "there are no empty commits here: 'git agent-run progress' records a step without one",
    ),
    (
        "amend",
        None,
        "commits are not made again here: make another one on top",
    ),
    (
        "all",
        Some('a'),
        "everything that differs from HEAD is committed where no path is given",
    ),
    (
        "signoff",
        Some('s'),
        "an agent cannot sign off: a person can later, by git commit --amend --signoff",
    ),
];

impl CommandFactory for Typed {
    fn command() -> Command {
        let options = OPTIONS.map(|(name, letter, instead)| {
            Arg::new(name)
                .long(name)
                .short(letter)
                .action(ArgAction::SetTrue)
                .value_parser(UnknownArgumentValueParser::suggest(instead))
                .hide(true)
        });
        Args::command().args(options)
    }

    fn command_for_update() -> Command {
        Self::command()
    }
}

impl FromArgMatches for Typed {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        Args::from_arg_matches(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.update_from_arg_matches(matches)
    }
}

impl Parser for Typed {}

impl AsRef<Common> for Typed {
    fn as_ref(&self) -> &Common {
        self.0.as_ref()
    }
}
