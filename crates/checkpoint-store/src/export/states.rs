//! States as a git bundle: anything that reads git can take them out again.

use std::collections::BTreeSet;
use std::path::Path;

use checkpoint_git::{Repository, refs};
use checkpoint_model::id::CheckpointId;
use gix::ObjectId;
use gix::bstr::ByteSlice;

use crate::load::{Place, Stored};
use crate::{StoreError, private, tag};

/// What came of an import of states.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportedStates {
    /// References that were not there before.
    pub new: Vec<String>,
    /// References that are elsewhere here, and stay where they are.
    pub kept: Vec<String>,
}

/// Writes the states of `stored` and their tags into the bundle `path`, with all history they need. Gives the ids of
/// those that went in; without any, no file is written. Fails with [`StoreError::Private`] where a state holds what never
/// leaves the machine.
pub fn export_states(
    repo: &Repository,
    stored: &[&Stored],
    path: &Path,
) -> Result<Vec<CheckpointId>, StoreError> {
    let here: Vec<_> = stored
        .iter()
        .filter(|stored| stored.place == Place::Here)
        .collect();
    if here.is_empty() {
        return Ok(Vec::new());
    }
    let mut names = String::new();
    for stored in &here {
        private::refuse(repo, stored)?;
        names += &format!("{}\n", stored.checkpoint.id.ref_name());
        if let (true, Some(name)) = (stored.is_tagged, &stored.checkpoint.name) {
            names += &format!("{}\n", tag::ref_name(repo, name));
        }
    }
    let program = [
        "bundle".as_ref(),
        "create".as_ref(),
        "--quiet".as_ref(),
        path.as_os_str(),
        "--stdin".as_ref(),
    ];
    repo.git(program).output_of(names.as_bytes())?;
    Ok(here.iter().map(|stored| stored.checkpoint.id).collect())
}

/// Takes states and tags of checkpoints out of the bundle `path`. A reference that is here already stays as it is,
/// and nothing else in the bundle is looked at.
pub fn import_states(repo: &Repository, path: &Path) -> Result<ImportedStates, StoreError> {
    repo.git([
        "bundle".as_ref(),
        "verify".as_ref(),
        "--quiet".as_ref(),
        path.as_os_str(),
    ])
    .output()?;
    let heads = repo
        .git(["bundle".as_ref(), "list-heads".as_ref(), path.as_os_str()])
        .output()?;
    let tags = format!("refs/tags/{}", tag::prefix(repo));
    let mut imported = ImportedStates::default();
    for line in heads.lines() {
        let Some((hex, name)) = line.to_str().ok().and_then(|line| line.split_once(' ')) else {
            continue;
        };
        if CheckpointId::from_ref_name(name).is_none() && !name.starts_with(&tags) {
            continue;
        }
        match refs::find(repo, name)? {
            None => imported.new.push(name.to_owned()),
            Some(id) if ObjectId::from_hex(hex.as_bytes()).is_ok_and(|there| there == id) => {}
            Some(_) => imported.kept.push(name.to_owned()),
        }
    }
    fetch(repo, path, &imported.new)?;
    Ok(imported)
}

fn fetch(repo: &Repository, path: &Path, names: &[String]) -> Result<(), StoreError> {
    if names.is_empty() {
        return Ok(());
    }
    let specs: BTreeSet<_> = names
        .iter()
        .map(|name| format!("{name}:{name}\n"))
        .collect();
    let args = [
        "--no-auto-maintenance",
        "--no-write-fetch-head",
        "--no-tags",
        "--quiet",
        "--stdin",
    ];
    let fetch = ["fetch"]
        .iter()
        .chain(&args)
        .map(AsRef::<std::ffi::OsStr>::as_ref)
        .chain([path.as_os_str()]);
    repo.git(fetch)
        .output_of(specs.into_iter().collect::<String>().as_bytes())?;
    Ok(())
}
