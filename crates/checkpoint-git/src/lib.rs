//! The one door to the repository: gix, and the git program where gix cannot.
//!
//! It opens a repository as git would ([`Repository::open`]), tells what is special about it ([`Caps`]), reads HEAD
//! ([`Head`]) and the index ([`IndexSnapshot`]), and runs the git program with optional locks off ([`Program`]).
//!
//! What it does *not* do: decide anything, print anything, or ask for the time or the environment; both come in with
//! [`Surroundings`].

pub mod caps;
#[doc(hidden)]
pub mod faults;
pub mod head;
mod head_move;
pub mod identity;
pub mod index;
pub mod objects;
pub mod open;
pub mod paths;
pub mod program;
pub mod refs;
pub mod surroundings;

pub use caps::Caps;
pub use head::Head;
pub use head_move::HeadMoveError;
pub use index::{IndexError, IndexSnapshot};
pub use open::{OpenError, Repository};
pub use program::{Program, ProgramError};
pub use surroundings::Surroundings;
