//! Agents' runs: what the records come to.

use std::collections::HashMap;

use checkpoint_git::Repository;
use checkpoint_model::event::Event;
use checkpoint_model::id::RunId;
use checkpoint_model::record::Record;
use checkpoint_model::run::Run;
use gix::ObjectId;
use gix::objs::Kind;

use crate::StoreError;
use crate::load::Problem;
use crate::notes::Notes;
use crate::subject::AGENTS;

/// What [`runs`] found.
#[derive(Debug, Clone, Default)]
pub struct Runs {
    /// All runs, oldest first; also those of other clones.
    pub runs: Vec<Run>,
    /// Lines and notes that cannot be read.
    pub problems: Vec<Problem>,
}

/// Loads all runs, with their commits. One broken record hides no other.
pub fn runs(repo: &Repository) -> Result<Runs, StoreError> {
    let notes = Notes::read(repo, AGENTS)?;
    let read = notes.read_all(read_note)?;
    let mut by_run: HashMap<RunId, Vec<Event>> = HashMap::new();
    let mut found = Runs::default();
    for (events, problems) in read {
        found.problems.extend(problems);
        for event in events {
            if let Some(run) = event.body.run() {
                by_run.entry(run).or_default().push(event);
            }
        }
    }
    let folded = by_run
        .iter()
        .filter_map(|(id, events)| Run::fold(*id, events));
    found.runs.extend(folded);
    found.runs.sort_by_key(|run| run.id);
    Ok(found)
}

/// The run `id` as its own record tells of it, without looking for its commits: a read of one note, however many there
/// are. None where there is no such record.
pub fn run_by_id(repo: &Repository, id: RunId) -> Result<Option<Run>, StoreError> {
    run_with(repo, id, &[])
}

/// The run `id` as its own record and those of `commits` tell of it; a read of so many notes.
pub fn run_with(
    repo: &Repository,
    id: RunId,
    commits: &[ObjectId],
) -> Result<Option<Run>, StoreError> {
    let notes = Notes::read(repo, AGENTS)?;
    let hash = repo.gix().object_hash();
    let subject = gix::objs::compute_hash(hash, Kind::Blob, id.subject().as_bytes());
    let subject = subject.map_err(|source| StoreError::unreadable(hash.null(), source))?;
    let mut record = crate::record::read(&notes, subject)?;
    for commit in commits {
        record.merge(crate::record::read(&notes, *commit)?);
    }
    Ok(Run::fold(id, record.events()))
}

fn read_note(subject: ObjectId, bytes: Result<&[u8], StoreError>) -> (Vec<Event>, Vec<Problem>) {
    let problem = |why: String| Problem {
        snapshot: subject,
        why,
    };
    match bytes {
        Err(error) => (Vec::new(), vec![problem(error.to_string())]),
        Ok(bytes) => {
            let record = Record::parse(bytes);
            let unreadable = record.unreadable();
            let problems = unreadable
                .map(|line| problem(line.why.to_owned()))
                .collect();
            (record.events().into_iter().cloned().collect(), problems)
        }
    }
}
