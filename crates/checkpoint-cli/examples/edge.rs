//! A command in miniature: what the edge does for one. The tests of the crate run it.

use std::{io, process::ExitCode, sync::atomic::Ordering, time::Duration};

use checkpoint_cli::{
    Align, Cell, Common, Console, Envelope, Failure, Kind, Outcome, Output, Style, Table, Talk,
    Taste,
};
use clap::Parser;
use miette::Diagnostic;

/// Lists as many things as are asked for
#[derive(Parser)]
#[command(
    name = "edge",
    bin_name = "git edge",
    version,
    disable_help_subcommand = true
)]
struct Args {
    #[command(flatten)]
    common: Common,
    /// How many things there are
    #[arg(default_value_t = 2)]
    things: u64,
    /// Milliseconds of work for each thing
    #[arg(long, default_value_t = 0)]
    work: u64,
    /// As git config color.ui
    #[arg(long)]
    color_ui: Option<String>,
    /// Answer that the list is not well
    #[arg(long)]
    unwell: bool,
    /// Ask before
    #[arg(long)]
    ask: bool,
    /// Panic, as a bug would
    #[arg(long)]
    bug: bool,
}

impl AsRef<Common> for Args {
    fn as_ref(&self) -> &Common {
        &self.common
    }
}

#[derive(Debug, thiserror::Error, Diagnostic)]
enum ThingError {
    #[error("nothing to list: there are 0 things")]
    #[diagnostic(code(edge::nothing), help("git edge 1"))]
    Nothing,
    #[error("not listed: nobody said yes")]
    #[diagnostic(code(edge::not_wanted))]
    NotWanted,
    #[error("cannot count to {things}")]
    #[diagnostic(code(edge::too_many))]
    TooMany { things: u64, source: io::Error },
}

impl Failure for ThingError {
    fn kind(&self) -> Kind {
        match self {
            Self::Nothing | Self::NotWanted => Kind::Refused,
            Self::TooMany { .. } => Kind::Fatal,
        }
    }
}

struct Listed {
    things: u64,
    is_well: bool,
}

#[derive(serde::Serialize)]
struct ListedJson {
    things: u64,
}

impl Outcome for Listed {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        writeln!(out, "on {}", out.paint(Style::Branch, "main"))?;
        let mut table = Table::new([Align::Right, Align::Left]);
        for thing in 0..self.things {
            table.row([Cell::new(Style::Id, thing), Cell::from("a thing")]);
        }
        table.write(out, 0)
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        checkpoint_cli::write_line(
            out,
            &Envelope::new(
                "edge",
                ListedJson {
                    things: self.things,
                },
            ),
        )
    }

    fn talk(&self, talk: &Talk) {
        talk.hint("use \"git edge 1\" to see less");
    }

    fn wants_pager(&self) -> bool {
        true
    }

    fn is_refusal(&self) -> bool {
        !self.is_well
    }
}

fn run(args: Args, console: &Console) -> Result<Listed, ThingError> {
    assert!(!args.bug, "asked to");
    console.set_taste(Taste {
        color: args.color_ui,
        ..Taste::default()
    });
    let things = args.things;
    if things == 0 {
        return Err(ThingError::Nothing);
    }
    if things > 1_000_000 {
        return Err(ThingError::TooMany {
            things,
            source: io::Error::other("out of fingers"),
        });
    }
    let may_list = !args.ask || console.confirm("list them?").ok().flatten() == Some(true);
    if !may_list {
        return Err(ThingError::NotWanted);
    }
    let progress = console.progress("Counting things");
    for _ in 0..things.min(args.work.saturating_mul(things)) {
        std::thread::sleep(Duration::from_millis(args.work));
        progress.counter().fetch_add(1, Ordering::Relaxed);
    }
    progress.finish();
    console.talk().status("counted");
    Ok(Listed {
        things,
        is_well: !args.unwell,
    })
}

fn main() -> ExitCode {
    checkpoint_cli::main(run)
}
