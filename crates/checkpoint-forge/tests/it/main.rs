//! Pull requests against forges of our own: a table of answers behind a socket, programs that note what they are asked,
//! bare repositories with the hooks of a forge, and the real `gh` and git.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod fake;
mod scene;

mod bitbucket;
mod failures;
mod gitea;
mod github;
mod gitlab;

mod merging;

mod programs;
mod real_gh;

mod pushes;

mod tokens;
mod trust;
mod unseen_checks;
mod ways;
