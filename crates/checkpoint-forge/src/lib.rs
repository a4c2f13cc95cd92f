//! Pull requests for branches that are pushed: opened, found, merged, closed.
//!
//! Read in this order: a [`Remote`] is an address as git reads it; a [`Request`] says what is wanted; a [`Plan`] decides
//! by which way (`gh` or `glab`, the forge's interface with a token, options of the push, AGit, or a page for a person),
//! gives the push what it has to carry, and opens the request after it; an [`Outcome`] tells what came of it. [`open`]
//! does both where the branch is pushed already. [`merge`] and [`close`] end a request, [`became`] tells whether it has ended.
//!
//! A request that exists for the same branches is found, not made a second time, so whoever was interrupted can do
//! everything again. No host is asked what runs on it: that is in the policy, or well known.
//!
//! What it does *not* do: push, print, write to the repository, store or judge a credential, or ask anybody anything.
//! Tokens go to the host they were given for, and are in nothing that comes back from here. What servers say is not
//! trusted: it is checked, shortened, and its control characters are spelled out.
//!
//! ```
//! use checkpoint_forge::{Outcome, Request, Why, open};
//! use checkpoint_git::Surroundings;
//! use checkpoint_model::policy::PullRequest;
//!
//! let request = Request {
//!     remote: "git@github.com:ada/engine.git".parse()?,
//!     head: "agent/add-mill/run-1".to_owned(),
//!     base: "main".to_owned(),
//!     title: "Add the mill".to_owned(),
//!     body: String::new(),
//!     draft: true,
//!     way: PullRequest::Url,
//!     forges: Default::default(),
//!     time_limit: checkpoint_forge::TIME_LIMIT,
//! };
//! let surroundings = Surroundings { cwd: "/".into(), now: Default::default(), env: Default::default() };
//! let Outcome::NotOpened(not) = open(&request, &surroundings)? else { unreachable!("`url` opens none") };
//! assert_eq!(not.why, Why::OnlyUrl);
//! assert_eq!(
//!     not.compare_url.as_deref(),
//!     Some("https://github.com/ada/engine/compare/main...agent/add-mill/run-1?expand=1"),
//! );
//! # Ok::<(), checkpoint_forge::ForgeError>(())
//! ```

mod remote;
mod request;

mod plan;

mod forge;
mod merge;
mod outcome;
mod pushed;

mod alias;
mod dialect;
mod draft;
mod site;

mod caller;
mod cli;
mod http;
mod process;
mod token;

mod error;
mod shown;

use checkpoint_git::Surroundings;

pub use self::{
    error::ForgeError,
    merge::{Became, Merging, NotYet, became, close, merge},
    plan::Plan,
    remote::{Remote, RemoteError, Transport},
    request::{NotOpened, Opened, Outcome, Request, TIME_LIMIT, Why},
};

/// Opens the request for a branch that is pushed already, or finds the one that there is. Ways that are part of a push
/// open none here; for them, make a [`Plan`] before the push.
pub fn open(request: &Request, surroundings: &Surroundings) -> Result<Outcome, ForgeError> {
    Plan::of(request, surroundings)?.open(&[])
}

/// What a push of further commits to a request of AGit's has to carry: the ref it goes to in place of the branch's own,
/// and the value of its `--push-option`. Title and text are no part of it: people may have changed them meanwhile.
pub fn agit_again(head: &str, base: &str) -> (String, String) {
    (pushed::agit_ref(base), pushed::agit_topic(head))
}

/// Whether a push failed because the server takes no push options, by what it printed on standard error.
pub fn refuses_options(printed: &[u8]) -> bool {
    String::from_utf8_lossy(printed).contains("does not support push options")
}

/// Whether a push to AGit's `refs/for/` failed because the request has these commits already, by what it printed on
/// both streams. Nothing is left to be pushed then; the server does not tell which request it is.
pub fn has_it_already(printed: &[u8]) -> bool {
    String::from_utf8_lossy(printed).contains("new commit is same with old commit")
}

/// Whether the server told of a request while it took a push, by what the push has printed on both streams. One that
/// knows nothing of AGit takes `refs/for/` for an ordinary reference, and tells of none.
pub fn tells_of_request(printed: &[u8]) -> bool {
    pushed::read(printed, None).request.is_some()
}
