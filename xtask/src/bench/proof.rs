//! Proving many checkpoints with their states, against git looking whether it has all objects.

use std::path::PathBuf;

use miette::{IntoDiagnostic as _, Result, bail};

use super::{
    Bench,
    contender::{Contender, count},
    edits,
    field::Field,
    race::{Lane, Race},
    report,
};
use crate::{
    place::note,
    process::{line, output, timed},
};

/// So many files are edited from one checkpoint to the next.
const EDITED: usize = 10;

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
        edit(field, number)?;
        let mut create = field.world.command(&bench.programs.checkpoint, &field.top);
        timed(create.args(["create", &format!("proof-{number}")]))?;
    }
    require_states(field, checkpoints)?;
    require_notice(bench, field)?;
    output(&mut field.world.git(&field.top, ["reset", "--quiet", "--hard"]))?;
    output(&mut field.world.git(&field.top, ["gc", "--quiet"]))?;
    let lanes = [Contender::Verify, Contender::Fsck].map(Lane::new);
    let case = format!("verify {checkpoints}");
    let race = Race::run(field.files, case, lanes.into(), rounds, |who, _, _| {
        who.run(field, bench.programs, "")
    })?;
    note(&report::line(&race));
    Ok(race)
}

/// The work between two checkpoints: the next files of the sample, all over the tree; what was edited before stays.
fn edit(field: &Field, number: usize) -> Result<()> {
    for n in 0..EDITED {
        let path = &field.sample[(number * EDITED + n) % field.sample.len()];
        edits::write(&field.top.join(path), number as u64, n)?;
    }
    Ok(())
}

/// Fails unless git finds so many states, no two of which have the same files.
fn require_states(field: &Field, checkpoints: usize) -> Result<()> {
    let found = count(field)?;
    let words = ["for-each-ref", "--format=%(tree)", "refs/checkpoints"];
    let listed = line(&mut field.world.git(&field.top, words))?;
    let mut trees: Vec<_> = listed.lines().collect();
    trees.sort_unstable();
    trees.dedup();
    if (found, trees.len()) != (checkpoints, checkpoints) {
        let n_trees = trees.len();
        bail!(
            "made {checkpoints} checkpoints, but git finds {found}, with {n_trees} different trees"
        );
    }
    Ok(())
}

/// Fails unless both miss a blob that one state alone has: they look at the same objects.
fn require_notice(bench: &Bench<'_>, field: &Field) -> Result<()> {
    let refs = line(
        &mut field
            .world
            .git(&field.top, ["for-each-ref", "refs/checkpoints"]),
    )?;
    let middle = refs.lines().nth(refs.lines().count() / 2);
    let middle = middle
        .and_then(|line| line.split_whitespace().next())
        .unwrap_or_default();
    // What the next one changed again is in many states; the edit of a file is in all until its turn comes again.
    let words = ["diff-tree", "-r", "--diff-filter=M", "HEAD", middle];
    let changed = line(&mut field.world.git(&field.top, words))?;
    let blob = changed
        .lines()
        .find_map(|line| line.split_whitespace().nth(3));
    let Some((folder, rest)) = blob.and_then(|id| id.split_at_checked(2)) else {
        bail!("the state {middle} changes no file");
    };
    let lost: PathBuf = field.git_dir.join("objects").join(folder).join(rest);
    let aside = field.top.with_extension("aside");
    fs_err::rename(&lost, &aside).into_diagnostic()?;
    let noticed =
        [Contender::Verify, Contender::Fsck].map(|who| who.run(field, bench.programs, "").is_err());
    fs_err::rename(&aside, &lost).into_diagnostic()?;
    if noticed != [true, true] {
        bail!("a missing blob of a state goes unnoticed (verify, fsck: {noticed:?})");
    }
    Ok(())
}
