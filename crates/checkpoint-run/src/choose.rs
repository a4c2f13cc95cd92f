//! From what was typed to the run that is meant.

use checkpoint_cli::Session;
use checkpoint_model::run::Run;
use gix::ObjectId;

use crate::{Place, RunError, body::Commit, config, current_branch};

/// The variable in which a run hands its id to the processes it starts.
const GIT_AGENT_RUN: &str = "GIT_AGENT_RUN";

/// The run that `typed` means: an id or the beginning of one, a branch, or the end of one, `<task>/run-<n>`. Nothing
/// means the newest run of the branch that HEAD is on, or else that of `GIT_AGENT_RUN`; where both go on and differ, that
/// is told. Runs of other clones are found too.
pub fn choose(session: &Session<'_>, typed: Option<&str>) -> Result<Run, RunError> {
    let runs = checkpoint_store::runs(&session.repo)?.runs;
    match typed {
        Some(typed) => by_words(session, runs, typed),
        None => around(session, runs),
    }
}

/// The same for what changes the run: one of another clone is refused.
pub fn choose_here(session: &Session<'_>, typed: Option<&str>) -> Result<Run, RunError> {
    let run = choose(session, typed)?;
    Place::here(session).must_have(&run)?;
    Ok(run)
}

/// The newest run of `branch`, given without `refs/heads/`, that belongs to this clone; its commits are not looked for.
pub fn of_branch(session: &Session<'_>, branch: &str) -> Result<Option<Run>, RunError> {
    if let Some(run) = config::remembered(session, branch)? {
        return Ok(Some(run));
    }
    let runs = checkpoint_store::runs(&session.repo)?.runs;
    let place = Place::here(session);
    Ok(newest_of(runs, branch, &place).filter(|run| place.has(run)))
}

/// The run as it is now; its commits are those that were known before, and of `more` those that are on record.
pub(crate) fn again(session: &Session<'_>, run: &Run, more: &[Commit]) -> Result<Run, RunError> {
    let hexes = run
        .commits
        .iter()
        .chain(more.iter().map(|commit| &commit.id));
    let ids = hexes.filter_map(|hex| ObjectId::from_hex(hex.as_bytes()).ok());
    let mut ids: Vec<_> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    let now = checkpoint_store::run_with(&session.repo, run.id, &ids)?;
    now.ok_or(RunError::Unrecorded)
}

/// The run of the branch, or of `GIT_AGENT_RUN`: a process need not have been started with the environment of its run, or
/// may still have that of another one.
fn around(session: &Session<'_>, runs: Vec<Run>) -> Result<Run, RunError> {
    let told = told_around(session);
    let of_told = |run: &&Run| Some(run.id.to_string()) == told;
    let around = runs.iter().find(of_told).cloned();
    let place = Place::here(session);
    let branch = current_branch(session)?;
    if around.is_some() && around.as_ref().map(|run| &run.started.branch) == branch.as_ref() {
        return around.ok_or(RunError::None);
    }
    let of_branch = branch.and_then(|branch| newest_of(runs, &branch, &place));
    let (Some(told), here) = (told, of_branch.as_ref().filter(|run| place.has(run))) else {
        return of_branch.ok_or(RunError::None);
    };
    match (here.filter(|run| goes_on(run)), around) {
        (Some(here), around) => {
            tell_stale(session, around.as_ref(), here);
            Ok(here.clone())
        }
        (None, Some(around)) => Ok(around),
        (None, None) => Err(RunError::Unknown { typed: told }),
    }
}

/// What `GIT_AGENT_RUN` says.
pub(crate) fn told_around(session: &Session<'_>) -> Option<String> {
    let told = session.surroundings.filled(GIT_AGENT_RUN)?;
    Some(told.to_string_lossy().to_lowercase())
}

/// Whether nobody has given it up.
fn goes_on(run: &Run) -> bool {
    run.abandoned.is_none()
}

/// Tells whose environment this is, where the run of the branch is another one.
fn tell_stale(session: &Session<'_>, around: Option<&Run>, here: &Run) {
    let around = around.map_or("no run here", Run::short_branch);
    session.console.talk().warning(format_args!(
        "GIT_AGENT_RUN is of {around}; the run of this branch is meant: {}",
        here.short_branch()
    ));
}

/// The newest run of `branch`; one of another clone where there is none of this one, as in a copy of the repository.
fn newest_of(runs: Vec<Run>, branch: &str, place: &Place) -> Option<Run> {
    let of_branch = runs.into_iter().filter(|run| run.started.branch == branch);
    // The last one of the largest, and they come oldest first.
    of_branch.max_by_key(|run| place.has(run))
}

/// The least that is taken for the beginning of an id.
const SHORTEST: usize = 4;

fn by_words(session: &Session<'_>, runs: Vec<Run>, typed: &str) -> Result<Run, RunError> {
    let place = Place::here(session);
    let branch = typed.strip_prefix("refs/heads/").unwrap_or(typed);
    let is_beginning = |run: &Run| {
        typed.len() >= SHORTEST && run.id.to_string().starts_with(&typed.to_ascii_lowercase())
    };
    // What is here comes first: two clones of a repository have a run-1 each.
    let ways: [&dyn Fn(&Run) -> bool; 5] = [
        &|run| run.started.branch == branch && place.has(run),
        &|run| run.started.branch == branch,
        &|run| run.short_branch() == branch && place.has(run),
        &|run| run.short_branch() == branch,
        &is_beginning,
    ];
    for way in ways {
        let meant: Vec<_> = runs.iter().filter(|run| way(run)).collect();
        match meant.as_slice() {
            [] => {}
            [one] => return Ok((*one).clone()),
            several => {
                return Err(RunError::Ambiguous {
                    typed: typed.to_owned(),
                    ids: several.iter().map(|run| run.id.to_string()).collect(),
                });
            }
        }
    }
    Err(RunError::Unknown {
        typed: typed.to_owned(),
    })
}
