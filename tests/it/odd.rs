//! Every odd repository: a checkpoint of it is whole and leaves no trace, or it is refused and nothing was written.

mod conflicts;
mod content;
mod indexes;
mod limits;
mod names;
mod operations;
mod places;
mod remotes;
