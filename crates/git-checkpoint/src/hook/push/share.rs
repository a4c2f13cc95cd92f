//! Records ride along with a push: as far as it goes in the time there is, and never in its way.

use std::time::{Duration, Instant};

use checkpoint_cli::shell_word;
use checkpoint_git::Repository;
use checkpoint_policy::PolicyReader;
use checkpoint_scan::Rules;
use checkpoint_share::{Manner, Otherwise, Remote, ShareError, Spoken, Words};

use super::dry;
use crate::hook::desk::Desk;

/// git config `checkpoint.shareOnPush`: whether records go along with a push to the remote that `init` has set up.
const SHARE_ON_PUSH: &str = "checkpoint.shareOnPush";
/// git config `checkpoint.shareTimeout`: so many seconds they may take. Default: 5.
const SHARE_TIMEOUT: &str = "checkpoint.shareTimeout";

/// Gives the records to the remote of this name. Nothing that goes wrong with it is of any concern to the push.
pub(super) fn ride_along(desk: &Desk<'_>, remote: &str) {
    let surroundings = &desk.session.surroundings;
    if checkpoint_share::is_sharing(surroundings) || dry::is_tried() {
        return;
    }
    let Some(remote) = Remote::named(desk.repo(), &surroundings.cwd, remote) else {
        return;
    };
    if let Err(error) = share(desk, &remote) {
        let talk = desk.session.console.talk();
        let name = remote.shown();
        talk.status(format_args!(
            "records are not shared with '{name}': {error}"
        ));
        talk.hint(format_args!("git checkpoint push {}", shell_word(&name)));
    }
}

fn share(desk: &Desk<'_>, remote: &Remote) -> Result<(), ShareError> {
    let repo = desk.repo();
    if !remote.is_set_up(repo) {
        return Ok(());
    }
    tell_odd_timeout(desk);
    let Some(budget) = budget(repo) else {
        return Ok(());
    };
    if checkpoint_share::is_shared(repo, remote)? {
        return Ok(());
    }
    let manner = Manner::Until(Instant::now() + budget);
    // Where the policy cannot be read, nothing is allowed by it.
    let policy = PolicyReader::new(repo).policy(None).unwrap_or_default();
    let words = Words {
        rules: &Rules::new(&policy.push),
        allowed: &[],
        otherwise: Otherwise::HoldBack,
    };
    let doing = desk.doing(None);
    let pushed = checkpoint_share::push_at_once(repo, remote, manner, words, &doing)?;
    tell_held(desk, remote, &pushed.held);
    Ok(())
}

/// Says what of the records was left back.
fn tell_held(desk: &Desk<'_>, remote: &Remote, held: &[Spoken]) {
    let Some(first) = held.first() else { return };
    let (talk, name) = (desk.session.console.talk(), remote.shown());
    let more = match held.len() - 1 {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    talk.warning(format_args!(
        "{} is not shared with '{name}': it holds what looks like a secret ({}){more}",
        first.place, first.finding.rule
    ));
    talk.hint(format_args!(
        "see it: {}\nif it is none, which is recorded: git checkpoint push {} --allow-secret {}",
        first.see(),
        shell_word(&name),
        first.finding.rule
    ));
}

/// Says where the time that it may take cannot be read, and what counts instead.
fn tell_odd_timeout(desk: &Desk<'_>) {
    let config = desk.repo().gix().config_snapshot();
    if let Some(value) = config.string(SHARE_TIMEOUT)
        && config.try_integer(SHARE_TIMEOUT).is_err()
    {
        let talk = desk.session.console.talk();
        talk.warning(format_args!(
            "{SHARE_TIMEOUT} = '{value}' is no number of seconds; 5 counts"
        ));
    }
}

/// How long it may take; none where it is not wanted.
fn budget(repo: &Repository) -> Option<Duration> {
    let config = repo.gix().config_snapshot();
    let is_wanted = config.boolean(SHARE_ON_PUSH).unwrap_or(true);
    let seconds = config.integer(SHARE_TIMEOUT).unwrap_or(5);
    let seconds = u64::try_from(seconds).unwrap_or(0).min(3600);
    (is_wanted && seconds > 0).then(|| Duration::from_secs(seconds))
}
