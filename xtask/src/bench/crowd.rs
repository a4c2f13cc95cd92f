//! The same with few and with many checkpoints present.

use miette::{Result, bail};

use super::{
    Bench, Plan,
    contender::{Contender, count},
    field::Field,
    race::{Lane, Race},
    report,
};
use crate::{
    place::note,
    process::{output, timed},
};

/// Files of the tree: few, so that the number of checkpoints is what is felt.
const FILES: usize = 1000;

/// `create` with few and with many checkpoints present; `list` against `git for-each-ref`.
pub(crate) fn races(bench: &Bench<'_>, plan: &Plan) -> Result<Vec<Race>> {
    let many = crowded(bench, plan.many)?;
    let few = crowded(bench, plan.few)?;
    let fields = [&many, &few];
    let lanes = [plan.many, plan.few].map(|n| Lane {
        label: format!("with {n} present"),
        ..Lane::new(Contender::Ours)
    });
    let rounds = plan.rounds * 3;
    let case = format!("create with {} checkpoints present", plan.many);
    let creating = Race::run(many.files, case, lanes.into(), rounds, |who, at, seed| {
        who.run(fields[at], bench.programs, &format!("late-{seed}"))
    })?;
    note(&report::line(&creating));
    let lanes = [Contender::List, Contender::ForEachRef].map(Lane::new);
    let case = format!("list {}", plan.many);
    let listing = Race::run(many.files, case, lanes.into(), plan.rounds, |who, _, _| {
        who.run(&many, bench.programs, "")
    })?;
    note(&report::line(&listing));
    Ok(vec![creating, listing])
}

/// A repository with `checkpoints` named checkpoints, made one by one by the program, then packed
/// as git's own maintenance packs it sooner or later.
fn crowded(bench: &Bench<'_>, checkpoints: usize) -> Result<Field> {
    note(&format!("making {checkpoints} checkpoints"));
    let scratch = bench.scratch.join(format!("crowd-{checkpoints}"));
    let mut field = Field::generated(bench.world()?, &scratch, FILES)?;
    field.prepare()?;
    for number in 0..checkpoints {
        let name = format!("c{number:05}");
        timed(
            field
                .world
                .command(&bench.programs.checkpoint, &field.top)
                .args(["create", &name]),
        )?;
    }
    output(&mut field.world.git(&field.top, ["gc", "--quiet"]))?;
    let found = count(&field)?;
    if found != checkpoints {
        bail!("made {checkpoints} checkpoints, but git finds {found}");
    }
    Ok(field)
}
