//! Proving many checkpoints with their states, against git looking whether it has all objects.

use miette::{Result, bail};

use super::{
    Bench,
    contender::{Contender, count},
    edits::Edits,
    field::Field,
    race::{Lane, Race},
    report,
};
use crate::{
    place::note,
    process::{output, timed},
};

/// `verify` of so many checkpoints, each of another state of the same tree, packed as git's own maintenance packs them.
pub(crate) fn race(
    bench: &Bench<'_>,
    field: &mut Field,
    checkpoints: usize,
    rounds: usize,
) -> Result<Race> {
    field.prepare()?;
    note(&format!("making {checkpoints} checkpoints"));
    for number in 0..checkpoints {
        Edits::Changed(10).apply(field, number as u64)?;
        let mut create = field.world.command(&bench.programs.checkpoint, &field.top);
        timed(create.args(["create", &format!("proof-{number}")]))?;
    }
    output(&mut field.world.git(&field.top, ["reset", "--quiet", "--hard"]))?;
    output(&mut field.world.git(&field.top, ["gc", "--quiet"]))?;
    let found = count(field)?;
    if found != checkpoints {
        bail!("made {checkpoints} checkpoints, but git finds {found}");
    }
    let lanes = [Contender::Verify, Contender::Fsck].map(Lane::new);
    let case = format!("verify {checkpoints}");
    let race = Race::run(field.files, case, lanes.into(), rounds, |who, _, _| {
        who.run(field, bench.programs, "")
    })?;
    note(&report::line(&race));
    Ok(race)
}
