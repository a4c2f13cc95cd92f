//! Runs of agents: a task on a branch of its own, from its start to its pull request.
//!
//! Read in this order: [`start`] gives a task its branch, its working tree and its record; [`choose`] finds the run that
//! is meant; [`progress`] tells of it; [`finish`] hands the work in;
//! [`abandon`] gives it up, restorably, and [`resume`] goes on with it. Below them, `number` finds a free branch, `remote` asks the remote, `clock` and
//! `log` keep the order of what is recorded.
//!
//! What it does *not* do: read arguments, print an outcome, or choose exit numbers. Whatever fails, the work is where it
//! was; what was begun is taken back, or told with the next command.

mod error;

mod abandon;
mod choose;
mod finish;
mod progress;
mod resume;
mod start;

mod back;
mod body;
mod config;
mod guard;
mod number;
mod remote;
mod worktree;

mod log;
mod place;

pub use abandon::{Abandon, Abandoned, abandon};
pub use choose::{choose, choose_here, of_branch};
pub use error::RunError;
pub use finish::{Done, Finish, Finished, Trouble, close, finish};
pub use log::Log;
pub use place::{Place, current_branch, task_name};
pub use progress::{Told, progress};
pub use resume::{Moved, Resume, Resumed, resume};
pub use start::{Start, Started, Who, Worktree, start, take_back};
