//! Automation of this repository, reached as `cargo xtask <task>`.
//!
//! Read in this order: [`demo`] shows what the program does, [`bench`] and [`floor`] measure it,
//! [`place`] and [`process`] are what they stand on.
//!
//! No code here knows how a checkpoint works: the program is built, started and watched from
//! outside, with git as the judge.

mod bench;
mod demo;
mod floor;
mod place;
mod process;

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
    #[command(hide = true)]
    Floor(floor::Args),
}

fn main() -> miette::Result<()> {
    match Args::parse().task {
        Task::Demo(args) => demo::run(&args),
        Task::Bench(args) => bench::run(&args),
        Task::Floor(args) => floor::run(&args),
    }
}
