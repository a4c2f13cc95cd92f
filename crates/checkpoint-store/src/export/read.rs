//! Reading a file of records.

use std::collections::BTreeMap;
use std::io::BufRead;

use checkpoint_git::Repository;
use checkpoint_git::objects::ObjectSink;
use checkpoint_model::id::CheckpointId;
use checkpoint_model::name::CheckpointName;
use checkpoint_model::record::Record;
use gix::ObjectId;

use super::{FORMAT, Header, Line, VERSION};
use crate::load::fold;
use crate::notes::{CHECKPOINTS, Notes};
use crate::record::{self, Additions, Doing};
use crate::{StoreError, tag};

/// What came of an import of records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Checkpoints that were not known before.
    pub new: Vec<CheckpointId>,
    /// Checkpoints whose records got lines that they did not have.
    pub merged: Vec<CheckpointId>,
    /// The number of records that had nothing new to tell.
    pub unchanged: usize,
    /// Names that belong to another checkpoint here, and stay with it.
    pub names_taken: Vec<(CheckpointId, CheckpointName)>,
}

/// Merges the records in `input` into those of the repository, by set union: nothing is overwritten, no order
/// matters, and twice is as good as once. Either all of it is merged or, on an error, nothing.
pub fn import(
    repo: &Repository,
    input: &mut dyn BufRead,
    doing: &Doing,
) -> Result<Imported, StoreError> {
    let read = read(repo, input)?;
    let notes = Notes::read(repo, CHECKPOINTS)?;
    let mut imported = Imported::default();
    let mut additions = Additions::new();
    for (snapshot, record) in read {
        let old = record::read(&notes, snapshot)?;
        let mut new = old.clone();
        new.merge(record.clone());
        let checkpoint = fold(&new);
        let id = checkpoint.as_ref().map(|checkpoint| checkpoint.id);
        match (new.len() == old.len(), old.is_empty()) {
            (true, _) => imported.unchanged += 1,
            (false, true) => imported.new.extend(id),
            (false, false) => imported.merged.extend(id),
        }
        if let Some(name) = checkpoint.and_then(|checkpoint| checkpoint.name) {
            let holder = tag::find(repo, &name)?;
            let taken = holder.is_some_and(|holder| {
                holder.message.map(|message| message.created.checkpoint) != id
            });
            imported
                .names_taken
                .extend(id.filter(|_| taken).map(|id| (id, name)));
        }
        additions.insert(snapshot, record);
    }
    imported.new.sort_unstable();
    imported.merged.sort_unstable();
    record::write(repo, doing, ObjectSink::new(repo.gix())?, &additions, &[])?;
    Ok(imported)
}

fn read(
    repo: &Repository,
    input: &mut dyn BufRead,
) -> Result<BTreeMap<ObjectId, Record>, StoreError> {
    let mut lines = input.split(b'\n').enumerate();
    let malformed = |line: usize, why: String| StoreError::Malformed {
        line: line + 1,
        why,
    };
    let Some((_, first)) = lines.next() else {
        return Err(malformed(0, "the file is empty".into()));
    };
    let header: Header = serde_json::from_slice(&first.map_err(StoreError::io)?)
        .map_err(|error| malformed(0, error.to_string()))?;
    check(repo, &header).map_err(|why| malformed(0, why))?;
    let mut records: BTreeMap<ObjectId, Record> = BTreeMap::new();
    let mut n_lines = 0;
    for (number, line) in lines {
        let line = line.map_err(StoreError::io)?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        n_lines += 1;
        let (snapshot, record) = parse(repo, &line).map_err(|why| malformed(number, why))?;
        records.entry(snapshot).or_default().merge(record);
    }
    match n_lines == header.checkpoints {
        true => Ok(records),
        false => Err(malformed(
            n_lines,
            format!(
                "{} records were announced, {n_lines} came",
                header.checkpoints
            ),
        )),
    }
}

fn check(repo: &Repository, header: &Header) -> Result<(), String> {
    let object_format = repo.gix().object_hash().to_string();
    if header.format != FORMAT {
        Err(format!("its format is '{}', not '{FORMAT}'", header.format))
    } else if header.version > VERSION {
        Err(format!(
            "its version is {}; up to {VERSION} is known",
            header.version
        ))
    } else if header.object_format != object_format {
        Err(format!(
            "its object ids are {}, this repository has {object_format}",
            header.object_format
        ))
    } else {
        Ok(())
    }
}

fn parse(repo: &Repository, line: &[u8]) -> Result<(ObjectId, Record), String> {
    let line: Line<'_> = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    let snapshot = ObjectId::from_hex(line.snapshot.as_bytes()).ok();
    let snapshot = snapshot.filter(|id| id.kind() == repo.gix().object_hash());
    let snapshot = snapshot.ok_or_else(|| format!("'{}' is no object id", line.snapshot))?;
    let text: String = line
        .events
        .iter()
        .map(|event| format!("{}\n", event.get()))
        .collect();
    let record = Record::parse(text.as_bytes());
    if let Some(unreadable) = record.unreadable().next() {
        return Err(unreadable.why.to_owned());
    }
    let told = fold(&record).map(|checkpoint| checkpoint.created.snapshot);
    match told {
        Some(told) if told == line.snapshot => Ok((snapshot, record)),
        Some(told) => Err(format!("the record is of snapshot {told}")),
        None => Err("the record does not tell how the checkpoint was made".into()),
    }
}
