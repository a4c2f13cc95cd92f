//! `git checkpoint push`: records, and the names of checkpoints, for another repository.

mod outcome;

use checkpoint_cli::{Schema, Session};
use checkpoint_share::{Direction, Wanted};
use checkpoint_store::Stored;

pub(crate) use self::outcome::PushOutcome;
use self::outcome::What;
use crate::{CheckpointError, args::PushArgs, share};

/// Gives what is asked for, all or nothing; with `--dry-run`, only asks the other side what it has.
pub(crate) fn run(session: &Session<'_>, args: PushArgs) -> Result<PushOutcome, CheckpointError> {
    let (remote, words) = share::parties(session, args.remote, args.checkpoints, Direction::Push)?;
    let chosen = chosen(session, &words, args.tags)?;
    let repo = &session.repo;
    let wanted: Result<Vec<_>, _> = chosen
        .iter()
        .map(|stored| Wanted::tag_of(repo, stored))
        .collect();
    let wanted = wanted?;
    let manner = share::manner(session);
    let what = match args.dry_run {
        true => What::Would(checkpoint_share::preview(repo, &remote, manner, &wanted)?),
        false => {
            let doing = session.doing("git checkpoint push");
            let pushed = checkpoint_share::push(repo, &remote, manner, &wanted, &doing)?;
            checkpoint_store::maintain(repo);
            What::Did(pushed)
        }
    };
    // With '--tags' those without a name are not meant.
    let nameless = wanted
        .iter()
        .filter(|wanted| wanted.tag.is_none() && !args.tags);
    Ok(PushOutcome {
        remote: remote.shown(),
        nameless: nameless.map(|wanted| wanted.checkpoint).collect(),
        what,
    })
}

/// The schema of `push --json`.
pub(crate) fn schema() -> Schema {
    outcome::schema()
}

fn chosen(
    session: &Session<'_>,
    words: &[String],
    all: bool,
) -> Result<Vec<Stored>, CheckpointError> {
    let mut chosen = share::chosen(session, words)?;
    if all {
        let named = checkpoint_store::load(&session.repo)?.checkpoints;
        let is_chosen = |stored: &Stored| {
            chosen
                .iter()
                .any(|it| it.checkpoint.id == stored.checkpoint.id)
        };
        let more: Vec<_> = named
            .into_iter()
            .filter(|it| it.is_tagged && !is_chosen(it))
            .collect();
        chosen.extend(more);
    }
    Ok(chosen)
}
