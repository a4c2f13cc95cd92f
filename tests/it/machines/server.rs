//! The other side, as it is reached over a network.

mod http;
mod ssh;

pub(super) use self::{http::Http, ssh::Ssh};
