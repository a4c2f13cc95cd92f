//! Gives records, names and states of checkpoints to other repositories, and takes theirs.
//!
//! Through the git program, with its transports and credentials. Records merge by set union
//! ([`checkpoint_store::notes::merge`]), so any number of machines write and share in any order and end with the same;
//! nothing is ever forced, and a failure of the network leaves all that is here as it was.
//!
//! Read in this order: [`Remote`] is with whom, [`Manner`] how; [`fetch_records`] takes, [`push`] gives. Below them
//! `states` lets no state out before it was searched for secrets ([`screen`]), `transport` runs git, `report` understands what it says.
//!
//! What it does *not* do: choose checkpoints, ask a person, or print.

mod error;
mod fetch;
mod hidden;
mod locks;
mod push;
mod records;
mod remote;
mod report;
mod states;
mod transport;
mod unmerged;
mod words;

pub use checkpoint_model::url::without_password;
pub use error::ShareError;
pub use fetch::{Fetched, States, fetch_records, fetch_states};
pub use hidden::Hidden;
pub use push::{
    Preview, Pushed, SharedState, SharedTag, There, Unpushed, Wanted, commits_along, is_sharing,
    preview, push, push_at_once,
};
pub use records::{RECORDS, Shared, is_shared};
pub use remote::{Direction, Remote};
pub use states::{ClearedState, Screen, Screened, screen, screen_commits};
pub use transport::Manner;
pub use unmerged::unmerged;
pub use words::{Otherwise, Spoken, Words, record_of};
