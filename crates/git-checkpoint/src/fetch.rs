//! `git checkpoint fetch`: records, names and states of another repository.

mod outcome;

use checkpoint_cli::{Schema, Session};
use checkpoint_share::{Direction, ShareError, States};
use checkpoint_store::Stored;

pub(crate) use self::outcome::FetchOutcome;
use crate::{CheckpointError, args::FetchArgs, share};

/// Takes the records first, since only they tell which states there are; then the states that are asked for.
pub(crate) fn run(session: &Session<'_>, args: FetchArgs) -> Result<FetchOutcome, CheckpointError> {
    let (remote, words) = share::parties(
        session,
        args.remote.clone(),
        args.checkpoints.clone(),
        Direction::Fetch,
    )?;
    let (repo, manner) = (&session.repo, share::manner(session));
    let doing = session.doing("git checkpoint fetch");
    // A tag stands on history, which a shallow clone does not have for a reason.
    let is_shallow = repo.gix().is_shallow().unwrap_or(false);
    let with_tags = args.tags || !is_shallow;
    let fetched = checkpoint_share::fetch_records(repo, &remote, manner, with_tags, &doing)?;
    let named = share::chosen(session, &words)?;
    let wanted = wanted(session, &args, &named)?;
    let states = match wanted.is_empty() {
        true => States::default(),
        false => {
            let all: Vec<_> = wanted.iter().collect();
            checkpoint_share::fetch_states(repo, &remote, manner, &all)?
        }
    };
    checkpoint_store::maintain(repo);
    let is_named = |id| named.iter().any(|stored| stored.checkpoint.id == id);
    match states.absent.iter().copied().find(|id| is_named(*id)) {
        Some(id) => Err(ShareError::StateAbsent {
            remote: remote.shown(),
            id,
        }
        .into()),
        None => Ok(FetchOutcome {
            remote: remote.shown(),
            without_tags: !with_tags,
            fetched,
            states,
        }),
    }
}

/// The schema of `fetch --json`.
pub(crate) fn schema() -> Schema {
    outcome::schema()
}

/// Those whose states are asked for: by name or id, and of those that are wanted, by what the options say.
fn wanted(
    session: &Session<'_>,
    args: &FetchArgs,
    named: &[Stored],
) -> Result<Vec<Stored>, CheckpointError> {
    let mut wanted = named.to_vec();
    if !args.all_states && args.session.is_none() && args.branch.is_none() {
        return Ok(wanted);
    }
    let is_meant = |stored: &Stored| {
        let created = &stored.checkpoint.created;
        let session = args.session.is_none() || created.session == args.session;
        let branch = args.branch.is_none() || created.branch == args.branch;
        session && branch && stored.checkpoint.is_kept()
    };
    let all = checkpoint_store::load(&session.repo)?.checkpoints;
    let more = all.into_iter().filter(|stored| {
        is_meant(stored)
            && named
                .iter()
                .all(|it| it.checkpoint.id != stored.checkpoint.id)
    });
    wanted.extend(more);
    Ok(wanted)
}
