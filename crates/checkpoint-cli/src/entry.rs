//! From the process to the command and back.

use std::{
    ffi::OsString,
    io::{self, Write as _},
    panic::{AssertUnwindSafe, catch_unwind},
    process::ExitCode,
};

use clap::error::ErrorKind;
use miette::Diagnostic;

use crate::{
    Common, Console, Environment, ErrorDocument, ErrorReport, Exit, Failure, Kind, Outcome, Start,
    Talk, json, report,
};

/// Runs a command: reads its arguments, the environment, the directory and the time once, tells the outcome and
/// chooses the exit number. `-h` and `--version` are answered, and bad usage refused, before anything else is read.
pub fn main<A, O, E>(run: impl FnOnce(A, &Console) -> Result<O, E>) -> ExitCode
where
    A: clap::Parser + AsRef<Common>,
    O: Outcome,
    E: Failure,
{
    main_with(|_| None, run)
}

/// The same, where `shortcut` may know the arguments by their looks: for a line that no person types, and that is run
/// so often that building the parser would be most of its cost.
pub fn main_with<A, O, E>(
    shortcut: impl FnOnce(&[OsString]) -> Option<A>,
    run: impl FnOnce(A, &Console) -> Result<O, E>,
) -> ExitCode
where
    A: clap::Parser + AsRef<Common>,
    O: Outcome,
    E: Failure,
{
    let words: Vec<OsString> = std::env::args_os().collect();
    let parsed = |words| shortcut(words).map_or_else(|| A::try_parse_from(words), Ok);
    let answer = || match parsed(&words) {
        Err(error) => answer_parser(&error, &words),
        Ok(args) => start(args, words.clone(), run),
    };
    // A bug of ours has been told by the panic's own message; nothing of `answer` is used after it.
    catch_unwind(AssertUnwindSafe(answer))
        .unwrap_or(Exit::Fatal)
        .into()
}

fn start<A, O, E>(
    args: A,
    words: Vec<OsString>,
    run: impl FnOnce(A, &Console) -> Result<O, E>,
) -> Exit
where
    A: AsRef<Common>,
    O: Outcome,
    E: Failure,
{
    let common = *args.as_ref();
    match Start::read(Environment::read(), words) {
        Err(error) => fail_at_start(&EdgeError::NoDirectory(error), common),
        Ok(start) => serve(args, &Console::new(start, common), run),
    }
}

/// Runs the command and tells how it went.
fn serve<A, O, E>(args: A, console: &Console, run: impl FnOnce(A, &Console) -> Result<O, E>) -> Exit
where
    O: Outcome,
    E: Failure,
{
    match run(args, console) {
        Ok(outcome) => match show(&outcome, console) {
            // A reader that has seen enough, as `| head`, changes neither the answer nor what is to be said beside it.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                let done = outcome.done();
                let unheard = EdgeError::NoOutput { done, error };
                let exit = tell(&unheard, Kind::Fatal, console);
                outcome.talk(&console.talk());
                exit
            }
            _ => {
                outcome.talk(&console.talk());
                outcome.exit()
            }
        },
        Err(failure) => tell(&failure, failure.kind(), console),
    }
}

fn show(outcome: &impl Outcome, console: &Console) -> io::Result<()> {
    let mut out = console.output(outcome.wants_pager() && !console.is_json())?;
    if console.is_json() {
        outcome.json(out.raw())
    } else {
        outcome.text(&mut out)
    }?;
    out.finish()
}

fn tell(failure: &dyn Diagnostic, kind: Kind, console: &Console) -> Exit {
    if console.is_json() {
        print_json(&report::document(failure));
    } else if let Some(form) = console.failure_form() {
        let text = form(&ErrorReport::of(failure));
        let _closed: io::Result<()> = io::stdout().lock().write_all(text.as_bytes());
    }
    report::tell(failure, kind, &console.talk(), console.has_boxes());
    kind.into()
}

/// What can go wrong at the edge itself.
#[derive(Debug, thiserror::Error, Diagnostic)]
enum EdgeError {
    #[error("cannot read the current directory")]
    #[diagnostic(code(edge::no_directory))]
    NoDirectory(#[source] io::Error),
    #[error("cannot write to standard output; {done}")]
    #[diagnostic(code(edge::no_output))]
    NoOutput {
        /// What stands all the same.
        done: String,
        #[source]
        error: io::Error,
    },
}

fn fail_at_start(error: &EdgeError, common: Common) -> Exit {
    if common.json {
        print_json(&report::document(error));
    }
    report::tell(error, Kind::Fatal, &plain_talk(), false);
    Exit::Fatal
}

/// Help and version go to standard output; all else that clap has to say is bad usage, in its own words.
fn answer_parser(error: &clap::Error, words: &[OsString]) -> Exit {
    let mut text = error.render().to_string();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _closed: io::Result<()> = io::stdout().lock().write_all(text.as_bytes());
            Exit::Done
        }
        kind => {
            if kind == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
                text.insert_str(0, "error: need a subcommand\n\n");
            }
            if asks_for_json(words) {
                print_json(&usage_document(&text));
            }
            plain_talk().say(format_args!("{text}"));
            Exit::Usage
        }
    }
}

/// Whether `--json`, or `--format json`, was typed, where the arguments as a whole could not be understood.
fn asks_for_json(words: &[OsString]) -> bool {
    let end = words.iter().position(|word| word == "--");
    let words = &words[..end.unwrap_or(words.len())];
    words
        .iter()
        .any(|word| word == "--json" || word == "--format=json")
        || words.windows(2).any(|two| two == ["--format", "json"])
}

fn usage_document(text: &str) -> ErrorDocument {
    let mut lines = text.lines();
    let message = lines.next().unwrap_or_default();
    let message = message.strip_prefix("error: ").unwrap_or(message);
    // What is missing stands on lines of its own.
    let listed = lines.take_while(|line| message.ends_with(':') && line.starts_with("  "));
    let listed: Vec<_> = listed.map(str::trim).collect();
    let message = match listed.is_empty() {
        true => message.to_owned(),
        false => format!("{message} {}", listed.join(", ")),
    };
    let error = ErrorReport {
        code: Some("edge::usage".to_owned()),
        message,
        help: text.lines().find_map(tip),
        causes: Vec::new(),
    };
    ErrorDocument::of(error)
}

/// What clap proposes, without its name for that.
fn tip(line: &str) -> Option<String> {
    line.trim_start().strip_prefix("tip: ").map(str::to_owned)
}

fn print_json(document: &ErrorDocument) {
    // The text on standard error follows in any case.
    let _closed: io::Result<()> = json::write_line(&mut io::stdout().lock(), document);
}

const fn plain_talk() -> Talk {
    Talk {
        is_quiet: false,
        has_hints: true,
        has_colour: false,
    }
}
