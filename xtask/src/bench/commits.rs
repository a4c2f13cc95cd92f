//! A commit of a few files: an agent's, with its checkpoint and its record, against git's own two steps.

use miette::{Result, bail};

use super::{Bench, contender::Contender, edits::Edits, field::Field, race::Race};
use crate::process::{Cost, line, output, timed};

/// Nobody protects this branch, and it is put back after each run.
const BRANCH: &str = "refs/heads/work";
/// So many files are committed.
const FEW: usize = 10;

/// A few changed files committed by their names.
pub(crate) fn race(bench: &Bench<'_>, field: &mut Field, rounds: usize) -> Result<Race> {
    let usual = line(&mut field.world.git(&field.top, ["symbolic-ref", "HEAD"]))?;
    let base = line(&mut field.world.git(&field.top, ["rev-parse", "HEAD"]))?;
    let put_back = |field: &Field| -> Result<()> {
        output(&mut field.world.git(&field.top, ["update-ref", BRANCH, &base]))?;
        field.restore()
    };
    put_back(field)?;
    output(
        &mut field
            .world
            .git(&field.top, ["symbolic-ref", "HEAD", BRANCH]),
    )?;
    let who = [Contender::AgentCommit, Contender::AddAndCommit];
    let edits = Edits::Changed(FEW);
    let case = format!("commit {}", edits.label());
    let race = bench.race_of(field, case, &who, rounds, |field, who, seed| {
        edits.apply(field, seed)?;
        let cost = commit(bench, field, who)?;
        let count = ["rev-list", "--count", &format!("{base}..HEAD")];
        if line(&mut field.world.git(&field.top, count))? != "1" {
            bail!("'{who}' has not made one commit");
        }
        put_back(field)?;
        Ok(cost)
    })?;
    output(
        &mut field
            .world
            .git(&field.top, ["symbolic-ref", "HEAD", &usual]),
    )?;
    output(&mut field.world.git(&field.top, ["update-ref", "-d", BRANCH]))?;
    Ok(race)
}

fn commit(bench: &Bench<'_>, field: &Field, who: Contender) -> Result<Cost> {
    let paths = &field.sample[..FEW];
    if who == Contender::AgentCommit {
        let program = &bench.programs.agent_commit;
        let mut command = field.world.command(program, &field.top);
        let words = ["--quiet", "--agent=bench", "--message=change", "--"];
        return timed(command.args(words).args(paths));
    }
    let mut total = timed(field.world.git(&field.top, ["add", "--"]).args(paths))?;
    let words = ["commit", "--quiet", "--message=change"];
    total += timed(&mut field.world.git(&field.top, words))?;
    Ok(total)
}
