//! `cargo xtask bench`: ours against git, paired and interleaved, on scratch repositories.
//!
//! Read in this order: [`field`] is where a race is run ([`tree`] and [`text`] generate it),
//! [`edits`] is what was changed before, [`contender`] who runs, [`race`] how, [`crowd`] the same
//! with many checkpoints present, [`proof`] proves many, [`back`] the way back, [`hooks`] what comes before a commit,
//! [`records`] the merge of records; [`report`], [`curve`] and [`machine`] tell.

mod back;
mod commits;
mod contender;
mod crowd;
mod curve;
mod edits;
mod field;
mod hooks;
mod machine;
mod proof;
mod race;
mod records;
mod report;
mod text;
mod tree;

use std::{
    ops::Range,
    path::{Path, PathBuf},
};

use miette::{IntoDiagnostic as _, Result};

use self::{
    contender::{Contender, Programs},
    edits::Edits,
    field::Field,
    race::{Lane, Race},
};
use crate::{
    place::{Place, note},
    process::{Cost, World},
};

const EVERYONE: [Contender; 5] = [
    Contender::Ours,
    Contender::Recipe,
    Contender::Stash,
    Contender::Status,
    Contender::Floor,
];
const CASES: [Edits; 4] = [
    Edits::Clean,
    Edits::Changed(10),
    Edits::Changed(1000),
    Edits::Untracked(1000),
];
const HUGE: Edits = Edits::Huge(500_000_000);
/// The targets hold for trees of at least so many files.
const LARGE: usize = 50_000;
/// Many checkpoints are proven in the first large tree, and in trees of so many files.
const PROVEN: Range<usize> = 10_000..LARGE;

/// Measure against git and write docs/performance.md
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Measure in a scratch clone of this repository instead of generated trees
    #[arg(long, value_name = "dir")]
    repo: Option<PathBuf>,
    /// Sizes of the generated trees
    #[arg(long, value_delimiter = ',', default_values = ["1k", "10k", "50k", "100k"], value_parser = size, value_name = "n,…")]
    files: Vec<usize>,
    /// Rounds of each case
    #[arg(long, default_value_t = 11, value_name = "n")]
    rounds: usize,
    /// Small trees, three rounds, 500 checkpoints, no large file: to see that all of it runs
    #[arg(long)]
    quick: bool,
    /// Only the proof of many checkpoints, on each tree
    #[arg(long, conflicts_with = "repo")]
    proof: bool,
    /// Measure this binary, and the others of ours beside it, instead of building them
    #[arg(long, value_name = "git-checkpoint")]
    bin: Option<PathBuf>,
    /// Write performance.md and performance.svg here [default: docs/; with --quick, --proof or --repo: nowhere]
    #[arg(long, value_name = "dir")]
    out: Option<PathBuf>,
}

/// How much is measured.
struct Plan {
    sizes: Vec<usize>,
    rounds: usize,
    few: usize,
    many: usize,
    proven: usize,
    huge: bool,
}

/// Measures, prints the report, and writes it.
pub(crate) fn run(args: &Args) -> Result<()> {
    let place = Place::read()?;
    let programs = programs(&place, args.bin.as_deref())?;
    let scratch = place.scratch("bench")?;
    let home = scratch.path().join("home");
    fs_err::create_dir_all(&home).into_diagnostic()?;
    let bench = Bench {
        place: &place,
        programs: &programs,
        scratch: scratch.path(),
        home: &home,
    };
    let plan = plan(args);
    let races = match &args.repo {
        Some(repo) => bench.repository(repo, args.rounds)?,
        None if args.proof => bench.proofs(&plan)?,
        None => bench.generated(&plan)?,
    };
    let world = bench.world()?;
    let report = report::Report {
        races: &races,
        machine: machine::describe(&world, &place.root)?,
    };
    report::print(&report)?;
    let is_all = !args.quick && !args.proof && args.repo.is_none();
    let docs = is_all.then(|| place.root.join("docs"));
    if let Some(out) = args.out.clone().or(docs) {
        fs_err::create_dir_all(&out).into_diagnostic()?;
        fs_err::write(out.join("performance.md"), report.markdown()).into_diagnostic()?;
        curve::draw(&races, &out.join("performance.svg"))?;
        note(&format!(
            "written: {}",
            out.join("performance.md").display()
        ));
    }
    Ok(())
}

fn plan(args: &Args) -> Plan {
    if args.quick {
        return Plan {
            sizes: vec![1000, 5000],
            rounds: 3,
            few: 10,
            many: 500,
            proven: 50,
            huge: false,
        };
    }
    Plan {
        sizes: args.files.clone(),
        rounds: args.rounds,
        few: 10,
        many: 10_000,
        proven: 1000,
        huge: true,
    }
}

fn programs(place: &Place, bin: Option<&Path>) -> Result<Programs> {
    let bin = bin
        .map(fs_err::canonicalize)
        .transpose()
        .into_diagnostic()?;
    let program = |name: &str| match &bin {
        Some(bin) => Ok(bin.with_file_name(name)),
        None => place.build_program(name),
    };
    Ok(Programs {
        checkpoint: program("git-checkpoint")?,
        safe_restore: program("git-safe-restore")?,
        agent_commit: program("git-agent-commit")?,
        xtask: std::env::current_exe().into_diagnostic()?,
    })
}

/// Where and with what everything is measured.
struct Bench<'a> {
    place: &'a Place,
    programs: &'a Programs,
    scratch: &'a Path,
    home: &'a Path,
}

impl Bench<'_> {
    fn world(&self) -> Result<World> {
        World::new(&self.place.path, None, self.home)
    }

    /// The four plain cases in a clone of `repo`.
    fn repository(&self, repo: &Path, rounds: usize) -> Result<Vec<Race>> {
        let mut field = Field::cloned(self.world()?, self.scratch, repo)?;
        CASES
            .iter()
            .map(|edits| self.race(&mut field, *edits, &EVERYONE, rounds))
            .collect()
    }

    /// All cases, each tree removed before the next is made.
    fn generated(&self, plan: &Plan) -> Result<Vec<Race>> {
        let mut races = Vec::new();
        races.push(self.small(plan.rounds)?);
        let last = plan.sizes.last().copied().unwrap_or_default();
        let first_large = plan.sizes.iter().position(|size| *size >= LARGE);
        for (at, size) in plan.sizes.iter().enumerate() {
            note(&format!("generating a tree of {size} files"));
            let mut field = Field::generated(self.world()?, self.scratch, *size)?;
            for edits in CASES {
                races.push(self.race(&mut field, edits, &EVERYONE, plan.rounds)?);
            }
            if plan.huge && first_large.unwrap_or(plan.sizes.len() - 1) == at {
                let two = [Contender::Ours, Contender::Recipe];
                races.push(self.race(&mut field, HUGE, &two, plan.rounds.div_ceil(3))?);
            }
            races.extend(back::races(self, &mut field, plan.rounds)?);
            races.push(commits::race(self, &mut field, plan.rounds)?);
            if first_large.unwrap_or(plan.sizes.len() - 1) == at {
                races.extend(hooks::races(self, &mut field, plan.rounds)?);
            }
            if first_large.unwrap_or(plan.sizes.len() - 1) == at || PROVEN.contains(size) {
                races.push(self.proof(&mut field, plan)?);
            }
            if plan.huge && *size == last {
                races.push(back::huge(self, &mut field)?);
            }
            fs_err::remove_dir_all(&field.top).into_diagnostic()?;
        }
        races.extend(crowd::races(self, plan)?);
        races.extend(records::races(self, plan)?);
        Ok(races)
    }

    /// Nothing but many checkpoints verified, on each tree.
    fn proofs(&self, plan: &Plan) -> Result<Vec<Race>> {
        let race = |size: &usize| {
            note(&format!("generating a tree of {size} files"));
            let mut field = Field::generated(self.world()?, self.scratch, *size)?;
            let race = self.proof(&mut field, plan)?;
            fs_err::remove_dir_all(&field.top).into_diagnostic()?;
            Ok(race)
        };
        plan.sizes.iter().map(race).collect()
    }

    fn proof(&self, field: &mut Field, plan: &Plan) -> Result<Race> {
        proof::race(self, field, plan.proven, plan.rounds.div_ceil(3))
    }

    /// A repository in which starting up is all the work.
    fn small(&self, rounds: usize) -> Result<Race> {
        let mut field = Field::generated(self.world()?, self.scratch, 5)?;
        let two = [Contender::Ours, Contender::RevParse];
        // Runs of a few milliseconds vary more, and cost less.
        self.race(&mut field, Edits::Clean, &two, rounds * 5)
    }

    fn race(
        &self,
        field: &mut Field,
        edits: Edits,
        who: &[Contender],
        rounds: usize,
    ) -> Result<Race> {
        self.race_of(field, edits.label(), who, rounds, |field, who, seed| {
            edits.apply(field, seed)?;
            let cost = who.run(field, self.programs, &format!("bench-{seed}"))?;
            field.restore()?;
            Ok(cost)
        })
    }

    /// Makes the field ready, lets all of `who` do `run` in it, and says how it went.
    fn race_of(
        &self,
        field: &mut Field,
        case: String,
        who: &[Contender],
        rounds: usize,
        mut run: impl FnMut(&Field, Contender, u64) -> Result<Cost>,
    ) -> Result<Race> {
        field.prepare()?;
        let field = &*field;
        let lanes = who.iter().copied().map(Lane::new).collect();
        let race = Race::run(field.files, case, lanes, rounds, |who, _, seed| {
            run(field, who, seed)
        })?;
        note(&report::line(&race));
        Ok(race)
    }
}

/// `1k`, `50k`, `1234`.
fn size(word: &str) -> Result<usize, std::num::ParseIntError> {
    match word.strip_suffix('k') {
        Some(thousands) => thousands.parse::<usize>().map(|n| n * 1000),
        None => word.parse(),
    }
}
