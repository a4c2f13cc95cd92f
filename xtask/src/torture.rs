//! `cargo xtask torture`: the long run of what the tests do for a minute only.
//!
//! The tests make up histories and restore out of them; here they do so with seed after seed, and keep what failed.

mod tally;

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use miette::{IntoDiagnostic as _, Result, WrapErr as _, bail, miette};

use crate::place::{Place, note, say};
use tally::Tally;

/// Try restores on made-up histories for a long time, in a development build
#[derive(clap::Args)]
pub(crate) struct Args {
    /// How many histories are made up
    #[arg(long, value_name = "n", default_value_t = 2000)]
    cases: u64,
    /// The seed of the first ones
    #[arg(long, value_name = "n", default_value_t = 1)]
    seed: u64,
    /// End after this many minutes, however many were tried
    #[arg(long, value_name = "n")]
    minutes: Option<u64>,
    /// Also break a restore at each time of each point, in place of some
    #[arg(long)]
    halfway: bool,
    /// Also let machines share with each other, in as many rounds as there are histories, and die at it
    #[arg(long)]
    machines: bool,
}

/// So many histories have one seed: small enough to be run again for one that failed.
const EACH: u64 = 50;
const HISTORIES: &str =
    "back_and_forth::whatever_was_done_a_checkpoint_comes_back_and_that_can_be_taken_back";

/// Runs, prints what it did, and fails where anything failed.
pub(crate) fn run(args: &Args) -> Result<()> {
    let place = Place::read()?;
    let logs = place.root.join("target/torture");
    fs_err::create_dir_all(&logs).into_diagnostic()?;
    let program = build(&place)?;
    let started = Instant::now();
    let is_over = || {
        let limit = args
            .minutes
            .map(|minutes| Duration::from_secs(60 * minutes));
        limit.is_some_and(|limit| started.elapsed() > limit)
    };
    let mut tally = Tally::default();
    let mut failed: Vec<(String, PathBuf)> = Vec::new();
    let n_runs = args.cases.div_ceil(EACH);
    for (at, seed) in (args.seed..)
        .take(usize::try_from(n_runs).into_diagnostic()?)
        .enumerate()
    {
        if is_over() {
            break;
        }
        let n_cases = EACH.min(args.cases - EACH * at as u64);
        let run = Run {
            program: &program,
            root: &place.root,
            log: logs.join(format!("{seed}.log")),
            counts: logs.join("counts"),
        };
        if !run.tests(&[HISTORIES, "--exact"], n_cases, seed)? {
            failed.push((format!("seed {seed}"), run.log.clone()));
        }
        tally.add(&run.counts)?;
        note(&format!("seed {seed}: {} failed so far", failed.len()));
    }
    if args.halfway && !is_over() {
        let run = Run {
            program: &program,
            root: &place.root,
            log: logs.join("halfway.log"),
            counts: logs.join("counts"),
        };
        if !run.tests(&["halfway::"], u64::from(u32::MAX), args.seed)? {
            failed.push(("halfway".to_owned(), run.log.clone()));
        }
    }
    if args.machines && !is_over() {
        let run = Run {
            program: &program,
            root: &place.root,
            log: logs.join("machines.log"),
            counts: logs.join("counts"),
        };
        if !run.tests(&["machines::"], args.cases, args.seed)? {
            failed.push(("machines".to_owned(), run.log.clone()));
        }
        tally.add(&run.counts)?;
    }
    say(&tally.table(started.elapsed()))?;
    for (what, log) in &failed {
        say(&format!("failed: {what}, {}\n", log.display()))?;
    }
    if tally.is_empty() {
        bail!("nothing was tried");
    }
    match failed.is_empty() {
        true => Ok(()),
        false => bail!("{} of the runs failed", failed.len()),
    }
}

/// One start of the tests.
struct Run<'a> {
    program: &'a Path,
    root: &'a Path,
    log: PathBuf,
    counts: PathBuf,
}

impl Run<'_> {
    /// Tells whether all was well; then no log is kept.
    fn tests(&self, filter: &[&str], n_cases: u64, seed: u64) -> Result<bool> {
        let log = fs_err::File::create(&self.log).into_diagnostic()?;
        let mut command = Command::new(self.program);
        command
            .args(filter)
            .current_dir(self.root.join("tests"))
            .env("CHECKPOINT_TEST_CASES", n_cases.to_string())
            .env("CHECKPOINT_TEST_SEED", seed.to_string())
            .env("CHECKPOINT_TEST_COUNTS", &self.counts)
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::null())
            .stdout(log.file().try_clone().into_diagnostic()?)
            .stderr(log.into_parts().0);
        let status = command.status().into_diagnostic()?;
        if status.success() {
            fs_err::remove_file(&self.log).into_diagnostic()?;
        }
        Ok(status.success())
    }
}

/// Builds the tests and tells where they are.
fn build(place: &Place) -> Result<PathBuf> {
    note("building the tests");
    let built = place
        .cargo()
        .args([
            "test",
            "--no-run",
            "--package",
            "checkpoint-tests",
            "--test",
            "it",
        ])
        .args(["--message-format", "json-render-diagnostics"])
        .stderr(Stdio::inherit())
        .output()
        .into_diagnostic()
        .wrap_err("cannot start cargo")?;
    if !built.status.success() {
        bail!("cannot build the tests");
    }
    String::from_utf8_lossy(&built.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        // The programs that the tests start are built as well.
        .filter(|message| message["target"]["name"] == "it")
        .find_map(|message| Some(PathBuf::from(message.get("executable")?.as_str()?)))
        .ok_or_else(|| miette!("cargo built no tests"))
}
