//! What a commit says of the agent that made it.

use crate::words::words;

words! {
    /// The trailers of an agent's commit, by whose rules they are. `Signed-off-by` is in none: only a person can say that.
    #[derive(Default)]
    pub enum Attribution is "attribution" {
        /// `Assisted-by`, and the session, the task and the checkpoint.
        #[default]
        Assisted = "assisted",
        /// `Assisted-by` alone, as the Linux kernel asks for it.
        Kernel = "kernel",
        /// `Co-authored-by`, which GitHub shows.
        Github = "github",
        /// `Generated-by`, as the Apache Software Foundation suggests.
        Apache = "apache",
        /// None; the record tells all the same.
        None = "none",
    }
}
