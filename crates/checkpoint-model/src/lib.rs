//! The words and the rules of git-checkpoint: values in, values out; no repository, no files, no clock.
//!
//! Read in this order: [`id`], [`name`], [`path`], [`slug`], [`words`] and [`verdict`] are the words; an [`event`] says what
//! happened, a [`record`] is a set of events, and a [`checkpoint`] or a [`run`] is what a record comes to. [`selector`] says which
//! checkpoint is meant, [`policy`] what a repository asks for,
//! [`who`], [`template`] and [`attribution`] what an agent's commit says, [`retention`] what may go, [`trailers`] how a record
//! can be had back from a message of git's; [`brief`], [`summary`] and [`maestro`] are views.
//!
//! ```
//! use checkpoint_model::{checkpoint::Checkpoint, record::Record};
//!
//! let note = br#"{"id":"0199a1b2-c3d4-7000-8000-000000000001","at":"2025-10-01T08:00:00Z","by":{"user":"ada","host":"desk"},"type":"checkpoint_created","checkpoint":"0199a1b2-c3d4-7000-8000-000000000000","name":"before-api-work","description":"","kind":"manual","snapshot":"4b825dc642cb6eb9a060e54bf8d69288fbee4904","worktree":"/home/ada/api","files":{"tracked":3,"changed":1,"untracked":0,"bytes":120},"verdict":"full","skipped":[],"manifest":"sha256:00","tool":"0.1.0"}"#;
//! let checkpoint = Checkpoint::fold(&Record::parse(note)).expect("the record tells how it was made");
//! assert_eq!(checkpoint.name.as_deref(), Some("before-api-work"));
//! ```

pub mod failure;

pub mod id;
pub mod name;
pub mod path;
pub mod shell;
pub mod slug;
pub mod url;
pub mod words;

pub mod verdict;

pub mod who;

pub mod attribution;
pub mod template;

pub mod event;
pub mod record;

pub mod brief;
pub mod checkpoint;
pub mod run;

pub mod selector;

pub mod policy;
pub mod restore;
pub mod retention;

pub mod trailers;

pub mod maestro;
pub mod summary;

#[cfg(test)]
mod samples;
mod schema;
mod shown;
mod text_visitor;
