//! Automation of this repository, reached as `cargo xtask <task>`.
//!
//! Read in this order: [`demo`] shows what the program does, [`mod@bench`] and [`floor`] measure it,
//! [`product`] generates what ships beside the binary, [`dist`] keeps copies of that,
//! [`install`] puts it in place, [`torture`] tries it for a long time, [`managers`] fetches what others put beside it,
//! [`lint`] holds the YAML for forges against their schemas. [`place`] and [`process`] are what they stand on.
//!
//! No code here knows how a checkpoint works: the program is built, started and watched from
//! outside, with git as the judge.

mod bench;
mod demo;
mod dist;
mod floor;
mod install;
mod lint;
mod managers;
mod place;
mod process;
mod product;
mod registry;
mod torture;

use clap::{Parser, Subcommand};

/// Build, install, show and measure git-checkpoint
#[derive(Parser)]
#[command(name = "xtask", bin_name = "cargo xtask")]
struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    Demo(demo::Args),
    Bench(bench::Args),
    Dist(dist::Args),
    Install(install::Args),
    Lint(lint::Args),
    Managers(managers::Args),
    Torture(torture::Args),
    #[command(hide = true)]
    Floor(floor::Args),
}

fn main() -> miette::Result<()> {
    match Args::parse().task {
        Task::Demo(args) => demo::run(&args),
        Task::Bench(args) => bench::run(&args),
        Task::Dist(args) => dist::run(&args),
        Task::Install(args) => install::run(&args),
        Task::Lint(args) => lint::run(&args),
        Task::Managers(args) => managers::run(&args),
        Task::Torture(args) => torture::run(&args),
        Task::Floor(args) => floor::run(&args),
    }
}
