//! What a command is started with: read once at the edge, handed down from there.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use chrono::{DateTime, Utc};

/// The directory, the moment and the environment a command was started with.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The directory the command runs in; absolute.
    pub cwd: PathBuf,
    /// The moment the command began.
    pub now: DateTime<Utc>,
    /// The environment, as it was at the start.
    pub env: BTreeMap<OsString, OsString>,
}

impl Surroundings {
    /// The value of the environment variable `name`, if it is set (even to nothing).
    pub fn var(&self, name: &str) -> Option<&OsStr> {
        self.env.get(OsStr::new(name)).map(OsString::as_os_str)
    }

    /// The value of the environment variable `name`, if it is set to something.
    pub fn filled(&self, name: &str) -> Option<&OsStr> {
        self.var(name).filter(|value| !value.is_empty())
    }
}
