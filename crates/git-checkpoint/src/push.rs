//! `git checkpoint push`: records, and what of checkpoints is asked for, for another repository.

mod outcome;

use checkpoint_cli::{Schema, Session};
use checkpoint_policy::Agent;
use checkpoint_scan::{Findings, Rules};
use checkpoint_share::{Direction, Manner, Remote, Screen, Screened, ShareError, Wanted};
use checkpoint_store::Stored;
use gix::ObjectId;

pub(crate) use self::outcome::PushOutcome;
use self::outcome::What;
use crate::{CheckpointError, args::PushArgs, scan, share};

/// Gives what is asked for, all or nothing; with `--dry-run`, only asks the other side what it has.
pub(crate) fn run(session: &Session<'_>, args: PushArgs) -> Result<PushOutcome, CheckpointError> {
    let (first, rest) = (args.remote.clone(), args.checkpoints.clone());
    let (remote, words) = share::parties(session, first, rest, Direction::Push)?;
    let chosen = chosen(session, &words, &args)?;
    if let Some(gone) = chosen.iter().find(|it| !it.checkpoint.is_kept()) {
        let (remote, id) = (remote.shown(), gone.checkpoint.id);
        return Err(ShareError::Deleted { remote, id }.into());
    }
    let repo = &session.repo;
    let manner = share::manner(session);
    let wanted = chosen.iter().map(|stored| Wanted::tag_of(repo, stored));
    let mut wanted = wanted.collect::<Result<Vec<_>, _>>()?;
    let mut findings = Findings::default();
    if args.with_state {
        let screened = screen(session, &remote, manner, &chosen, &args)?;
        if args.dry_run {
            findings.clone_from(&screened.findings);
        }
        if findings.findings.is_empty() {
            let states = screened.cleared()?;
            let pairs = wanted.iter_mut().zip(states);
            pairs.for_each(|(wanted, state)| wanted.state = Some(state));
        }
    }
    warn_of_words(session, &remote, &args)?;
    let what = match args.dry_run {
        true => What::Would(checkpoint_share::preview(repo, &remote, manner, &wanted)?),
        false => {
            let doing = session.doing("git checkpoint push");
            let pushed = checkpoint_share::push(repo, &remote, manner, &wanted, &doing)?;
            checkpoint_store::maintain(repo);
            What::Did(pushed)
        }
    };
    let commits = checkpoint_share::commits_along(repo, &remote, &heads(&chosen, &what))?;
    // With '--tags' those without a name are not meant; with their state, something of them goes.
    let is_all = args.tags || args.with_state;
    let nameless = wanted
        .iter()
        .filter(|wanted| wanted.tag.is_none() && !is_all);
    Ok(PushOutcome {
        remote: remote.shown(),
        nameless: nameless.map(|wanted| wanted.checkpoint).collect(),
        what,
        findings,
        commits,
        is_searched: args.with_state,
    })
}

/// The schema of `push --json`.
pub(crate) fn schema() -> Schema {
    outcome::schema()
}

/// The commits that what is new there stands on.
fn heads(chosen: &[Stored], what: &What) -> Vec<ObjectId> {
    let (tags, states) = match what {
        What::Did(pushed) => (&pushed.tags, &pushed.states),
        What::Would(preview) => (&preview.tags, &preview.states),
    };
    let tags = tags.iter().map(|tag| (tag.checkpoint, tag.is_new));
    let states = states.iter().map(|state| (state.checkpoint, state.is_new));
    let new: Vec<_> = tags.chain(states).filter(|(_, is_new)| *is_new).collect();
    let is_new = |it: &&Stored| new.iter().any(|(id, _)| *id == it.checkpoint.id);
    let heads = chosen
        .iter()
        .filter(is_new)
        .filter_map(|it| it.checkpoint.created.head.as_deref());
    heads
        .filter_map(|hex| ObjectId::from_hex(hex.as_bytes()).ok())
        .collect()
}

/// Says so where a description that is about to go looks like a secret. Records are never held back for it: they only
/// grow, and what they tell cannot be taken out again.
fn warn_of_words(
    session: &Session<'_>,
    remote: &Remote,
    args: &PushArgs,
) -> Result<(), CheckpointError> {
    if checkpoint_share::is_shared(&session.repo, remote)? {
        return Ok(());
    }
    let Ok(policy) = session.policy() else {
        return Ok(());
    };
    let mut rules = Rules::new(&policy.push);
    for id in &args.allow_secret {
        rules = rules.without(id)?;
    }
    for stored in checkpoint_store::load(&session.repo)?.checkpoints {
        for finding in scan::words(&stored, &rules) {
            let (id, rule) = (stored.checkpoint.id, finding.rule);
            session.console.talk().warning(format_args!(
                "the description or name of checkpoint {id} looks like a secret ({rule}), and goes with its record"
            ));
        }
    }
    Ok(())
}

fn chosen(
    session: &Session<'_>,
    words: &[String],
    args: &PushArgs,
) -> Result<Vec<Stored>, CheckpointError> {
    let mut chosen = share::chosen(session, words)?;
    if args.tags {
        let named = checkpoint_store::load(&session.repo)?.checkpoints;
        let is_chosen = |stored: &Stored| {
            let id = stored.checkpoint.id;
            chosen.iter().any(|it| it.checkpoint.id == id)
        };
        let more = named
            .into_iter()
            .filter(|it| it.is_tagged && !is_chosen(it));
        let more: Vec<_> = more.collect();
        chosen.extend(more);
    }
    match args.with_state && chosen.is_empty() {
        true => Err(ShareError::NoCheckpoint.into()),
        false => Ok(chosen),
    }
}

/// Looks for what must not leave in the states. The rules that the command line passes are a person's to pass.
fn screen(
    session: &Session<'_>,
    remote: &Remote,
    manner: Manner,
    chosen: &[Stored],
    args: &PushArgs,
) -> Result<Screened, CheckpointError> {
    if let Some(rule) = args.allow_secret.first()
        && let Some(agent) = Agent::around(&session.surroundings)
    {
        let (agent, rule) = (agent.name, rule.clone());
        return Err(ShareError::AllowedByAgent { agent, rule }.into());
    }
    let mut rules = Rules::new(&session.policy()?.push);
    for id in &args.allow_secret {
        rules = rules.without(id)?;
    }
    let progress = session.console.progress("Looking for secrets");
    let how = Screen {
        rules: &rules,
        allowed: &args.allow_secret,
        done: progress.counter(),
    };
    let wanted: Vec<_> = chosen.iter().collect();
    let screened = checkpoint_share::screen(&session.repo, remote, manner, &wanted, how)?;
    progress.finish();
    Ok(screened)
}
