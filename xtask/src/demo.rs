//! `cargo xtask demo`: a real mess, kept, destroyed, brought back, and proven equal.
//!
//! Read in this order: [`scratch`] clones, [`mess`] makes what must not be lost, [`back`] brings
//! it back, with plain git and with ours, [`fingerprint`] is the proof, [`session`] prints all of it.

mod back;
mod fingerprint;
mod mess;
mod scratch;
mod session;

use std::{path::PathBuf, time::Duration};

use miette::{IntoDiagnostic as _, Result, bail, miette};

use self::{fingerprint::Fingerprint, session::Session};
use crate::{
    place::Place,
    process::{World, line},
};

/// Make a mess in a scratch clone of this repository, checkpoint it, destroy it, bring it back
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Show this binary, and the git-safe-restore beside it, instead of building them
    #[arg(long, value_name = "git-checkpoint")]
    bin: Option<PathBuf>,
}

/// Prints the session; fails when what came back is not what was there.
pub(crate) fn run(args: &Args) -> Result<()> {
    let place = Place::read()?;
    let bin = match &args.bin {
        Some(bin) => fs_err::canonicalize(bin).into_diagnostic()?,
        None => {
            place.build_program("git-safe-restore")?;
            place.build()?
        }
    };
    let scratch = place.scratch("demo")?;
    let world = World::new(&place.path, bin.parent(), scratch.path())?;
    let top = scratch::clone(&world, &place.root, scratch.path())?;
    let mut session = Session::new(&world, &top);

    session
        .say("A scratch clone of this repository, and a day's work in it that no commit has.")?;
    mess::edits(&mut session)?;
    session.show("git status --short")?;
    let edits = act(&mut session, "before-cleanup", back::plain)?;

    session.say("Second act: a merge with conflicts, half resolved, with other work beside it.")?;
    mess::merge(&mut session)?;
    session.show("git status --short")?;
    let merge = act(&mut session, "mid-merge", back::conflicted)?;

    session.say("Last act: the same by one command, after worse, and taken back.")?;
    back::restored(&mut session, "mid-merge")?;

    session.say(&format!(
        "All came back equal: every byte, mode, index entry and status line.\n\
         Kept in {edits:.0?} and {merge:.0?}; no file, index or branch was touched for it."
    ))
}

/// Keeps the state under `name`, destroys it, brings it back by `back`, and compares. Returns the
/// time that keeping it took.
fn act(
    session: &mut Session<'_>,
    name: &str,
    back: impl Fn(&mut Session<'_>, &str) -> Result<()>,
) -> Result<Duration> {
    let before = Fingerprint::take(session.world, session.top)?;
    session.say(&format!("Keep it. ({before})"))?;
    let took = session.show(&format!("git checkpoint create {name}"))?;
    let state = newest(session)?;
    if Fingerprint::take(session.world, session.top)? != before {
        bail!("'git checkpoint create' changed the working state");
    }
    session.show(&format!("git checkpoint show {name}"))?;

    session.say("Destroy it.")?;
    session.show("git reset --hard")?;
    session.show("git clean -fd")?;
    if Fingerprint::take(session.world, session.top)? == before {
        bail!("nothing was destroyed: the demo proves nothing");
    }

    session.say("Bring it back, with nothing but git.")?;
    session.name(&state, "state")?;
    back(session, &state)?;
    session.show("git status --short")?;
    let after = Fingerprint::take(session.world, session.top)?;
    if let Some(difference) = before.first_difference(&after) {
        bail!("not equal: {difference}");
    }
    session.say(&format!("Equal. ({after})"))?;
    Ok(took)
}

/// The ref of the newest checkpoint; ids sort by time.
fn newest(session: &Session<'_>) -> Result<String> {
    let words = [
        "for-each-ref",
        "--sort=-refname",
        "--count=1",
        "--format=%(refname)",
    ];
    let found = line(
        session
            .world
            .git(session.top, words)
            .arg("refs/checkpoints/"),
    )?;
    if found.is_empty() {
        return Err(miette!(
            "'git checkpoint create' made no ref below 'refs/checkpoints/'"
        ));
    }
    Ok(found)
}
