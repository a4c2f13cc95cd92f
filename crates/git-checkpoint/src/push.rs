//! `git checkpoint push`: records, and what of checkpoints is asked for, for another repository.

mod outcome;

use checkpoint_cli::{Schema, Session, count};
use checkpoint_policy::Agent;
use checkpoint_scan::{Findings, Rules};
use checkpoint_share::{
    Direction, Otherwise, Pushed, Remote, Screen, Screened, ShareError, There, Unpushed, Wanted,
    Words,
};
use checkpoint_store::Stored;
use gix::ObjectId;

pub(crate) use self::outcome::PushOutcome;
use self::outcome::What;
use crate::{CheckpointError, args::PushArgs, share};

/// Gives what is asked for, all or nothing; with `--dry-run`, only asks the other side what it has.
pub(crate) fn run(session: &Session<'_>, args: PushArgs) -> Result<PushOutcome, CheckpointError> {
    let (first, rest) = (args.remote.clone(), args.checkpoints.clone());
    let (remote, words) = share::parties(session, first, rest, Direction::Push)?;
    let chosen = chosen(session, &remote, &words, &args)?;
    if let Some(gone) = chosen.iter().find(|it| !it.checkpoint.is_kept()) {
        let (remote, id) = (remote.shown(), gone.checkpoint.id);
        return Err(ShareError::Deleted { remote, id }.into());
    }
    let repo = &session.repo;
    let manner = share::manner(session);
    let policy = Rules::new(&session.policy_of_pushes()?);
    let rules = passed(session, &policy, &args)?;
    let wanted = chosen.iter().map(|stored| Wanted::tag_of(repo, stored));
    let mut wanted = wanted.collect::<Result<Vec<_>, _>>()?;
    let there = match chosen.is_empty() {
        true => There::default(),
        false => There::ask(repo, &remote, manner)?,
    };
    let goes = Goes {
        chosen: &chosen,
        wanted: &wanted,
        with_state: args.with_state,
    };
    let screened = goes.screen(session, &remote, &there, &rules)?;
    let mut findings = Findings::default();
    if args.dry_run {
        findings.clone_from(&screened.findings);
    }
    if findings.findings.is_empty() {
        let asked: Vec<_> = chosen.iter().collect();
        let states = screened.cleared(&asked, args.with_state)?;
        let pairs = wanted.iter_mut().zip(states);
        pairs.for_each(|(wanted, state)| wanted.state = Some(state));
    }
    for wanted in &mut wanted {
        wanted.allowed.clone_from(&args.allow_secret);
    }
    let words = Words {
        rules: &policy,
        allowed: &args.allow_secret,
        otherwise: match args.hold_back {
            true => Otherwise::HoldBack,
            false => Otherwise::Refuse,
        },
    };
    let what = match args.dry_run {
        true => {
            let preview = checkpoint_share::preview(repo, &remote, manner, &wanted, words)?;
            What::Would(preview)
        }
        false => What::Did(give(session, &remote, &wanted, words)?),
    };
    let commits = checkpoint_share::commits_along(repo, &there, &heads(&chosen, &what))?;
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
        holds_back: args.hold_back,
    })
}

fn give(
    session: &Session<'_>,
    remote: &Remote,
    wanted: &[Wanted],
    words: Words<'_>,
) -> Result<Pushed, CheckpointError> {
    let (repo, manner) = (&session.repo, share::manner(session));
    let doing = session.doing("git checkpoint push");
    let pushed = checkpoint_share::push(repo, remote, manner, wanted, words, &doing);
    checkpoint_store::maintain(repo);
    pushed.map_err(|Unpushed { error, received }| {
        if received > 0 {
            let came = count(received as u64, "record", "records");
            let talk = session.console.talk();
            talk.status(format_args!("came from '{}': {came}", remote.shown()));
        }
        (*error).into()
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
    chosen.iter().filter(is_new).filter_map(head).collect()
}

fn chosen(
    session: &Session<'_>,
    remote: &Remote,
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
        true => {
            let remote = remote.shown();
            Err(ShareError::NoCheckpoint { remote }.into())
        }
        false => Ok(chosen),
    }
}

/// The rules of the policy without those that the command line passes, which are a person's to pass.
fn passed(
    session: &Session<'_>,
    policy: &Rules,
    args: &PushArgs,
) -> Result<Rules, CheckpointError> {
    if let Some(rule) = args.allow_secret.first()
        && let Some(agent) = Agent::around(&session.surroundings)
    {
        let (agent, rule) = (agent.name, rule.clone());
        return Err(ShareError::AllowedByAgent { agent, rule }.into());
    }
    let mut rules = policy.clone();
    for id in &args.allow_secret {
        rules = rules.without(id)?;
    }
    Ok(rules)
}

/// What is to go of checkpoints.
struct Goes<'a> {
    chosen: &'a [Stored],
    wanted: &'a [Wanted],
    with_state: bool,
}

impl Goes<'_> {
    /// Looks for what must not leave in the states; without these, in the commits that the names stand on.
    fn screen(
        &self,
        session: &Session<'_>,
        remote: &Remote,
        there: &There,
        rules: &Rules,
    ) -> Result<Screened, CheckpointError> {
        let repo = &session.repo;
        let progress = session.console.progress("Looking for secrets");
        let done = progress.counter();
        let how = Screen { rules, done };
        let screened = match self.with_state {
            true => {
                let states: Vec<_> = self.chosen.iter().collect();
                checkpoint_share::screen(repo, remote, there, &states, how)?
            }
            false => {
                let named = self.chosen.iter().zip(self.wanted);
                let named = named.filter(|(_, it)| it.tag.is_some());
                let commits: Vec<_> = named.filter_map(|(stored, _)| head(stored)).collect();
                checkpoint_share::screen_commits(repo, remote, there, &commits, how)?
            }
        };
        progress.finish();
        Ok(screened)
    }
}

/// The commit that it stands on.
fn head(stored: &Stored) -> Option<ObjectId> {
    let hex = stored.checkpoint.created.head.as_deref()?;
    ObjectId::from_hex(hex.as_bytes()).ok()
}
