//! What `init` puts in place and `uninstall` takes out again; `doctor` looks at the same things.
//!
//! Read in this order: [`ground`] says where hooks go in this repository, [`script`] what the files say, [`there`] what
//! lies at a hook's place already and [`call`] whether it calls ours, [`settings`] what goes into the repository's config, [`installed`] remembers it all,
//! [`out`] takes files out, and [`change`] does it all, or nothing.

pub(crate) mod call;
pub(crate) mod change;
pub(crate) mod error;
pub(crate) mod ground;
pub(crate) mod installed;
pub(crate) mod out;
pub(crate) mod programs;
pub(crate) mod script;
pub(crate) mod settings;
pub(crate) mod there;

pub use self::error::SetupError;
