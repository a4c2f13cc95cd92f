//! The way back: a restore against what git takes to look, or to put a change away and fetch it.

use miette::{Result, bail};

use super::{
    Bench,
    contender::Contender,
    edits::Edits,
    field::Field,
    race::{Lane, Race},
    report,
};
use crate::{
    place::note,
    process::{Cost, timed},
};

/// What is restored to see how much memory a large file takes.
const HUGE: Edits = Edits::Huge(2_000_000_000);

/// A few and many changed files brought back.
pub(crate) fn races(bench: &Bench<'_>, field: &mut Field, rounds: usize) -> Result<Vec<Race>> {
    let few = [Contender::Restore, Contender::Status];
    let many = [Contender::Restore, Contender::StashAndPop];
    Ok(vec![
        race(bench, field, Edits::Changed(10), &few, rounds)?,
        race(bench, field, Edits::Changed(1000), &many, rounds)?,
    ])
}

/// One file of 2 GB, once: its memory is asked, not its time.
pub(crate) fn huge(bench: &Bench<'_>, field: &mut Field) -> Result<Race> {
    field.prepare()?;
    let cost = run(bench, field, HUGE, Contender::Restore, 0)?;
    let race = Race {
        files: field.files,
        case: format!("restore {}", HUGE.label()),
        lanes: vec![Lane {
            costs: vec![cost],
            ..Lane::new(Contender::Restore)
        }],
    };
    note(&report::line(&race));
    Ok(race)
}

fn race(
    bench: &Bench<'_>,
    field: &mut Field,
    edits: Edits,
    who: &[Contender],
    rounds: usize,
) -> Result<Race> {
    let case = format!("restore {}", edits.label());
    bench.race_of(field, case, who, rounds, |field, who, seed| {
        run(bench, field, edits, who, seed)
    })
}

/// Keeps the content of one seed, writes that of another, and lets `who` run.
fn run(bench: &Bench<'_>, field: &Field, edits: Edits, who: Contender, seed: u64) -> Result<Cost> {
    let name = format!("back-{seed}");
    edits.apply(field, seed * 2)?;
    let create = &bench.programs.checkpoint;
    timed(
        field
            .world
            .command(create, &field.top)
            .args(["create", &name]),
    )?;
    let kept = edits.content(field)?;
    edits.apply(field, seed * 2 + 1)?;
    let cost = who.run(field, bench.programs, &name)?;
    if who == Contender::Restore && edits.content(field)? != kept {
        bail!("'{name}' did not come back as it was");
    }
    field.restore()?;
    Ok(cost)
}
