//! The third step: somebody is asked to take the branch.

mod again;
mod ending;
mod wanted;

pub use self::ending::close;

use checkpoint_forge::{Opened, Outcome, Plan, Request, Why};
use checkpoint_model::{event::PullRequestOpened, policy::PullRequest};

use super::{Done, Trouble, Work, push};
use crate::{RunError, remote};

/// What is asked for.
pub(super) struct Asked {
    /// By what way; `never` where none is wanted.
    pub(super) way: PullRequest,
    pub(super) draft: bool,
    pub(super) merge: bool,
    /// Whether it was asked for by an option, and not only by the policy.
    pub(super) by_name: bool,
}

/// Pushes, with whatever of the request the push has to carry, and opens the request, unless it is on record.
pub(super) fn push_and_open(
    work: &mut Work<'_>,
    remote: &str,
    asked: &Asked,
) -> Result<Option<Trouble>, RunError> {
    let url = remote::push_url(&work.session.repo, remote)?;
    if let Some(known) = work.run.pull_request.clone() {
        return push_more(work, remote, &url, &known, asked);
    }
    if asked.way == PullRequest::Never {
        return push_only(work, remote, &url, None);
    }
    let request = match wanted::request(work, remote, &url, asked)? {
        Ok(request) => request,
        Err(error) => return push_only(work, remote, &url, Some(error)),
    };
    let surroundings = work.session.surroundings.clone();
    let plan = match Plan::of(&request, &surroundings) {
        Ok(plan) => plan,
        Err(error) => return push_only(work, remote, &url, Some(error.into())),
    };
    let (printed, is_option_refused) = match push_for(work, remote, &url, &plan)? {
        Ok(pushed) => pushed,
        Err(trouble) => return Ok(Some(trouble)),
    };
    let opened = match plan.open(&printed) {
        Ok(Outcome::Opened(opened)) => record(work, &request, &opened)?,
        Ok(Outcome::NotOpened(not)) => {
            let url = not.compare_url;
            return Ok(match (not.why, url) {
                (Why::Never, _) => None,
                (Why::OnlyUrl, Some(url)) if !asked.by_name && !asked.merge => {
                    work.done.push(Done::CompareUrl(url));
                    None
                }
                (_, compare_url) if is_option_refused => {
                    let why = "the server takes no push options, by which it would be opened";
                    Some(none(work, compare_url, why.to_owned(), None))
                }
                (why, compare_url) => Some(none(work, compare_url, why.to_string(), None)),
            });
        }
        Err(error) => return Ok(Some(failed(work, error.into()))),
    };
    match asked.merge {
        true => ending::merge(work, &request, &opened),
        false => Ok(None),
    }
}

/// The push to a request that is on record, which is then merged if that is asked for.
fn push_more(
    work: &mut Work<'_>,
    remote: &str,
    url: &str,
    known: &PullRequestOpened,
    asked: &Asked,
) -> Result<Option<Trouble>, RunError> {
    let base = known.base.as_deref().unwrap_or_default();
    let carried = match known.via == PullRequest::Agit.as_str() && !base.is_empty() {
        true => {
            let (to, option) = checkpoint_forge::agit_again(&known.head, base);
            push::Carried {
                options: vec![option],
                to: Some(to),
            }
        }
        false => push::Carried::default(),
    };
    if let Some(trouble) = push_unless_there(work, remote, url, &carried)? {
        return Ok(Some(trouble));
    }
    if asked.way == PullRequest::Never {
        return Ok(found(work, known));
    }
    let request = match wanted::request(work, remote, url, asked)? {
        Ok(request) => request,
        Err(error) if asked.merge => {
            return Ok(Some(Trouble::NotMerged {
                url: known.url.clone(),
                why: error.to_string(),
            }));
        }
        Err(_) => return Ok(found(work, known)),
    };
    match again::still_open(work, &request, known)? {
        Err(trouble) => Ok(Some(trouble)),
        Ok(known) if asked.merge => ending::merge(work, &request, &known),
        Ok(_) => Ok(None),
    }
}

fn found(work: &mut Work<'_>, known: &PullRequestOpened) -> Option<Trouble> {
    work.done.push(Done::PullRequest {
        url: known.url.clone(),
        existed: true,
    });
    None
}

/// The push alone; `error` is why no request can be opened after it.
fn push_only(
    work: &mut Work<'_>,
    remote: &str,
    url: &str,
    error: Option<RunError>,
) -> Result<Option<Trouble>, RunError> {
    let trouble = push_unless_there(work, remote, url, &push::Carried::default())?;
    Ok(trouble.or_else(|| error.map(|error| failed(work, error))))
}

fn push_unless_there(
    work: &mut Work<'_>,
    remote: &str,
    url: &str,
    carried: &push::Carried,
) -> Result<Option<Trouble>, RunError> {
    if push::is_there(work, remote) {
        already(work, remote);
        return Ok(None);
    }
    Ok(match push::push(work, remote, url, carried)? {
        push::Pushed::Done(_) | push::Pushed::HasIt => None,
        push::Pushed::NoRequest(failed) => Some(no_request(work, failed)),
        push::Pushed::Failed(failed, _) => Some(not_pushed(work, failed)),
    })
}

/// The push with what the plan asks it to carry. One that carries something has to be made again: by it the request is
/// opened, or found. Where the server takes no push options the branch is pushed alone, and that is told.
fn push_for(
    work: &mut Work<'_>,
    remote: &str,
    url: &str,
    plan: &Plan<'_>,
) -> Result<Result<(Vec<u8>, bool), Trouble>, RunError> {
    let carried = push::Carried {
        options: plan.push_options(),
        to: plan.push_to(),
    };
    let carries_nothing = carried.options.is_empty() && carried.to.is_none();
    if carries_nothing && push::is_there(work, remote) {
        already(work, remote);
        return Ok(Ok((Vec::new(), false)));
    }
    let (failed, said) = match push::push(work, remote, url, &carried)? {
        push::Pushed::Done(printed) => return Ok(Ok((printed, false))),
        push::Pushed::HasIt => {
            let why = "there is one for these commits, and the server does not say which";
            return Ok(Err(none(work, None, why.to_owned(), None)));
        }
        push::Pushed::NoRequest(failed) => return Ok(Err(no_request(work, failed))),
        push::Pushed::Failed(failed, said) => (failed, said),
    };
    if !checkpoint_forge::refuses_options(&said) {
        return Ok(Err(not_pushed(work, failed)));
    }
    Ok(
        match push::push(work, remote, url, &push::Carried::default())? {
            push::Pushed::Done(printed) => Ok((printed, true)),
            push::Pushed::HasIt => Ok((Vec::new(), true)),
            push::Pushed::NoRequest(failed) => Err(no_request(work, failed)),
            push::Pushed::Failed(failed, _) => Err(not_pushed(work, failed)),
        },
    )
}

fn already(work: &mut Work<'_>, remote: &str) {
    work.done.push(Done::Pushed {
        remote: remote.to_owned(),
        commit: work.tip,
        existed: true,
    });
}

fn not_pushed(work: &Work<'_>, failed: checkpoint_model::event::GitPushFailed) -> Trouble {
    work.log.try_tell(work.run.id, failed.clone());
    Trouble::NotPushed(failed)
}

fn no_request(work: &Work<'_>, failed: checkpoint_model::event::GitPushFailed) -> Trouble {
    work.log.try_tell(work.run.id, failed.clone());
    Trouble::NoRequest(failed)
}

fn record(
    work: &mut Work<'_>,
    request: &Request,
    opened: &Opened,
) -> Result<PullRequestOpened, RunError> {
    let body = PullRequestOpened {
        run: Some(work.run.id),
        url: opened.url.clone(),
        number: Some(opened.number),
        forge: opened.forge.map(|forge| forge.to_string()),
        via: opened.via.to_string(),
        base: Some(request.base.clone()),
        head: request.head.clone(),
        draft: request.draft && !opened.existed,
        existed: opened.existed,
    };
    work.log.tell(work.run.id, body.clone())?;
    work.done.push(Done::PullRequest {
        url: opened.url.clone(),
        existed: opened.existed,
    });
    Ok(body)
}

fn failed(work: &Work<'_>, error: RunError) -> Trouble {
    none(work, None, error.to_string(), Some(error))
}

fn none(
    work: &Work<'_>,
    compare_url: Option<String>,
    why: String,
    error: Option<RunError>,
) -> Trouble {
    work.log.tell_failure(work.run.id, "pull-request", &why);
    Trouble::NoPullRequest {
        compare_url,
        why,
        error,
    }
}
