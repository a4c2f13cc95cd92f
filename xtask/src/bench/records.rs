//! Records of two machines, merged: as much history on one side as on the other.

use std::{fmt::Write as _, io::Write as _, path::Path, process::Stdio};

use miette::{IntoDiagnostic as _, Result, bail};

use super::{
    Bench, Plan,
    contender::{Contender, RECORD},
    field::Field,
    race::{Lane, Race},
    report,
};
use crate::{
    place::note,
    process::{line, output},
};

const OURS: &str = "refs/notes/checkpoints";
const THEIRS: &str = "refs/notes/remotes/origin/checkpoints";
/// What both knew when they parted.
const COMMON: usize = 1000;

/// `git checkpoint fetch` against `git notes merge`, where the records of the other machine are there already.
pub(crate) fn races(bench: &Bench<'_>, plan: &Plan) -> Result<Vec<Race>> {
    note(&format!("making two times {} records", plan.many));
    let scratch = bench.scratch.join("records");
    let field = Field::generated(bench.world()?, &scratch, 5)?;
    write(&field, plan.many)?;
    let tip = line(&mut field.world.git(&field.top, ["rev-parse", OURS]))?;
    let lanes = [Contender::Fetch, Contender::NotesMerge].map(Lane::new);
    let case = format!("merge of {0} and {0} records", plan.many);
    let race = Race::run(field.files, case, lanes.into(), plan.rounds, |who, _, _| {
        output(&mut field.world.git(&field.top, ["update-ref", OURS, &tip]))?;
        let cost = who.run(&field, bench.programs, "")?;
        let words = ["merge-base", "--is-ancestor", THEIRS, OURS];
        output(&mut field.world.git(&field.top, words))?;
        Ok(cost)
    })?;
    note(&report::line(&race));
    Ok(vec![race])
}

/// A common beginning, then on each side one commit for each record, packed; `origin` has theirs.
fn write(field: &Field, records: usize) -> Result<()> {
    let mut script = String::new();
    let common = (0..COMMON).map(|n| ('c', n));
    commit(
        &mut script,
        "refs/bench/common",
        "mark :1\n",
        &common.collect::<Vec<_>>(),
    );
    for (reference, side) in [(OURS, 'a'), (THEIRS, 'b')] {
        writeln!(script, "reset {reference}\nfrom :1\n").into_diagnostic()?;
        for n in 0..records {
            commit(&mut script, reference, "", &[(side, n)]);
        }
    }
    let mut import = field.world.git(&field.top, ["fast-import", "--quiet"]);
    let mut child = import.stdin(Stdio::piped()).spawn().into_diagnostic()?;
    let Some(mut input) = child.stdin.take() else {
        bail!("git takes no input");
    };
    input.write_all(script.as_bytes()).into_diagnostic()?;
    drop(input);
    if !child.wait().into_diagnostic()?.success() {
        bail!("git imports no records");
    }
    let git = |words: &[&str]| output(&mut field.world.git(&field.top, words)).map(drop);
    git(&["repack", "-adq"])?;
    let remote = field.top.with_extension("remote.git");
    let remote = remote.to_string_lossy();
    git(&["init", "--quiet", "--bare", &remote])?;
    git(&["remote", "add", "origin", &remote])?;
    git(&["push", "--quiet", "origin", &format!("{THEIRS}:{OURS}")])
}

/// A commit of notes, in the fanout that git gives to so many.
fn commit(script: &mut String, reference: &str, mark: &str, notes: &[(char, usize)]) {
    *script += &format!(
        "commit {reference}\n{mark}committer A <a@example.com> 1700000000 +0000\ndata 0\n"
    );
    for (side, n) in notes {
        // Any forty digits may be annotated; spread as ids are.
        let spread = (*n as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let key = format!("{spread:016x}{spread:016x}{:04x}{n:04x}", u32::from(*side));
        let record = RECORD.replacen("0000", &format!("{n:04x}"), 1);
        let record = record.replacen("a state", &format!("a state of {side}"), 1) + "\n";
        let path = Path::new(&key[..2]).join(&key[2..]);
        *script += &format!(
            "M 100644 inline {}\ndata {}\n{record}\n",
            path.display(),
            record.len()
        );
    }
    script.push('\n');
}
