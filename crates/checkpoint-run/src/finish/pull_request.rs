//! The third step: somebody is asked to take the branch.

use bstr::{BStr, ByteSlice as _};
use checkpoint_cli::Session;
use checkpoint_forge::{ForgeError, Merging, NotYet, Opened, Outcome, Plan, Remote, Request, Why};
use checkpoint_git::refs;
use checkpoint_model::{
    event::{PullRequestMerged, PullRequestOpened},
    policy::PullRequest,
    run::Run,
};

use super::{Done, Trouble, Work, commit, first_line, push};
use crate::{RunError, body, place, remote};

/// What is asked for.
pub(super) struct Asked {
    /// By what way; `never` where none is wanted.
    pub(super) way: PullRequest,
    pub(super) draft: bool,
    pub(super) merge: bool,
}

/// Pushes, with whatever of the request the push has to carry, and opens the request, unless it is on record.
pub(super) fn push_and_open(
    work: &mut Work<'_>,
    remote: &str,
    asked: &Asked,
) -> Result<Option<Trouble>, RunError> {
    let url = remote::push_url(&work.session.repo, remote)?;
    let request = match asked.way {
        PullRequest::Never => None,
        _ => Some(request(work, remote, &url, asked)?),
    };
    let request = match request {
        Some(Ok(request)) => Some(request),
        Some(Err(error)) => {
            return push_only(work, remote, &url, Some(error));
        }
        None => None,
    };
    let known = work.run.pull_request.clone();
    let Some(request) = request.filter(|_| known.is_none() || asked.merge) else {
        return Ok(push_only(work, remote, &url, None)?.or_else(|| found(work, known)));
    };
    let surroundings = work.session.surroundings.clone();
    if let Some(known) = &known {
        if let Some(trouble) = push_only(work, remote, &url, None)? {
            return Ok(Some(trouble));
        }
        found(work, Some(known.clone()));
        return merge(work, &request, known);
    }
    let plan = match Plan::of(&request, &surroundings) {
        Ok(plan) => plan,
        Err(error) => return push_only(work, remote, &url, Some(error)),
    };
    let printed = match push_for(work, remote, &url, &plan)? {
        Ok(printed) => printed,
        Err(trouble) => return Ok(Some(trouble)),
    };
    let opened = match plan.open(&printed) {
        Ok(Outcome::Opened(opened)) => record(work, &request, &opened)?,
        Ok(Outcome::NotOpened(not)) => {
            let url = not.compare_url;
            return Ok(match (not.why, url) {
                (Why::Never, _) => None,
                (Why::OnlyUrl, Some(url)) => {
                    work.done.push(Done::CompareUrl(url));
                    None
                }
                (why, compare_url) => Some(none(work, compare_url, why.to_string(), None)),
            });
        }
        Err(error) => return Ok(Some(failed(work, error))),
    };
    match asked.merge {
        true => merge(work, &request, &opened),
        false => Ok(None),
    }
}

/// The push alone; `error` is why no request can be opened after it.
fn push_only(
    work: &mut Work<'_>,
    remote: &str,
    url: &str,
    error: Option<ForgeError>,
) -> Result<Option<Trouble>, RunError> {
    if !push::is_there(work, remote) {
        let carried = push::Carried::default();
        if let push::Pushed::Failed(failed, _) = push::push(work, remote, url, &carried)? {
            return Ok(Some(not_pushed(work, failed)));
        }
    } else {
        already(work, remote);
    }
    Ok(error.map(|error| failed(work, error)))
}

/// The push with what the plan asks it to carry. One that carries something has to be made again: by it the request is
/// opened, or found.
fn push_for(
    work: &mut Work<'_>,
    remote: &str,
    url: &str,
    plan: &Plan<'_>,
) -> Result<Result<Vec<u8>, Trouble>, RunError> {
    let carried = push::Carried {
        options: plan.push_options(),
        to: plan.push_to(),
    };
    let carries_nothing = carried.options.is_empty() && carried.to.is_none();
    if carries_nothing && push::is_there(work, remote) {
        already(work, remote);
        return Ok(Ok(Vec::new()));
    }
    let (failed, said) = match push::push(work, remote, url, &carried)? {
        push::Pushed::Done(printed) => return Ok(Ok(printed)),
        push::Pushed::Failed(failed, said) => (failed, said),
    };
    if carried.to.is_some() || !checkpoint_forge::refuses_options(&said) {
        return Ok(Err(not_pushed(work, failed)));
    }
    match push::push(work, remote, url, &push::Carried::default())? {
        push::Pushed::Done(printed) => Ok(Ok(printed)),
        push::Pushed::Failed(failed, _) => Ok(Err(not_pushed(work, failed))),
    }
}

fn already(work: &mut Work<'_>, remote: &str) {
    work.done.push(Done::Pushed {
        remote: remote.to_owned(),
        commit: work.tip,
    });
}

fn not_pushed(work: &Work<'_>, failed: checkpoint_model::event::GitPushFailed) -> Trouble {
    work.log.try_tell(work.run.id, failed.clone());
    Trouble::NotPushed(failed)
}

fn found(work: &mut Work<'_>, known: Option<PullRequestOpened>) -> Option<Trouble> {
    work.done.extend(known.map(|known| Done::PullRequest {
        url: known.url,
        existed: true,
    }));
    None
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

fn failed(work: &Work<'_>, error: ForgeError) -> Trouble {
    none(work, None, error.to_string(), Some(error))
}

fn none(
    work: &Work<'_>,
    compare_url: Option<String>,
    why: String,
    error: Option<ForgeError>,
) -> Trouble {
    work.log.tell_failure(work.run.id, "pull-request", &why);
    Trouble::NoPullRequest {
        compare_url,
        why,
        error,
    }
}

/// The request as it is wanted. The inner error is of an address that makes no sense to a forge, not to git.
fn request(
    work: &Work<'_>,
    remote: &str,
    url: &str,
    asked: &Asked,
) -> Result<Result<Request, ForgeError>, RunError> {
    let parsed: Remote = match url.parse() {
        Ok(parsed) => parsed,
        Err(error) => return Ok(Err(ForgeError::Remote(error))),
    };
    let started = &work.run.started;
    let title = match &started.task_id {
        // One that was made up for several repositories says nothing to a reader.
        Some(id) if id.len() < 36 && *id != started.task => format!("{id}: {}", started.task),
        _ => started.task.clone(),
    };
    let commits = commit::of_branch(work)?;
    Ok(Ok(Request {
        remote: parsed,
        head: work.branch().to_owned(),
        base: base(work, remote)?,
        title,
        body: body::fill(&template(work)?, &work.run, &commits)?,
        draft: asked.draft,
        way: asked.way,
        forges: work.policy.runs.forges.clone(),
        time_limit: checkpoint_forge::TIME_LIMIT,
    }))
}

/// The template that the policy names, as it is committed: a link in a working tree could lead anywhere.
fn template(work: &Work<'_>) -> Result<String, RunError> {
    let path = &work.policy.runs.body;
    if path.is_empty() {
        return Ok(body::TEMPLATE.to_owned());
    }
    let name = format!("{}:{path}", work.tip);
    let found = work.session.repo.git(["cat-file", "blob", &name]).output();
    let text = found.map_err(|_| RunError::NoTemplate { path: path.clone() })?;
    Ok(text.to_str_lossy().into_owned())
}

/// The branch at the remote that is to take the work: what the base of the run follows there, or the branch of its
/// name; else what the remote's HEAD names.
fn base(work: &Work<'_>, remote: &str) -> Result<String, RunError> {
    let repo = &work.session.repo;
    let config = repo.gix().config_snapshot();
    if let Some(base) = &work.run.started.base {
        let of = |key| config.string_by("branch", base.as_bytes().as_bstr(), key);
        let is_there = of("remote").is_some_and(|followed| *followed == BStr::new(remote));
        let merge = of("merge")
            .filter(|_| is_there)
            .map(|merge| merge.to_string());
        if let Some(merge) = merge
            .as_deref()
            .and_then(|merge| merge.strip_prefix("refs/heads/"))
        {
            return Ok(merge.to_owned());
        }
        if let Some(name) = base.strip_prefix(&format!("{remote}/")) {
            return Ok(name.to_owned());
        }
        if refs::find(repo, &format!("refs/heads/{base}"))?.is_some() {
            return Ok(base.clone());
        }
    }
    let head = refs::symbolic_target(repo, &format!("refs/remotes/{remote}/HEAD"))?;
    let name = head
        .as_deref()
        .and_then(|head| head.strip_prefix(&format!("refs/remotes/{remote}/")));
    Ok(name.unwrap_or("main").to_owned())
}

/// Closes the pull request of a run that is given up; gives its page. None where none is on record, or it was merged.
pub fn close(session: &Session<'_>, run: &Run) -> Result<Option<String>, RunError> {
    let Some(opened) = run.pull_request.as_ref().filter(|_| !run.is_merged) else {
        return Ok(None);
    };
    let (Some(number), Some(push)) = (opened.number, run.push.as_ref()) else {
        return Ok(None);
    };
    let session = Session::open_at(session.console, &place::common_dir(session))?;
    let policy = session.policy()?;
    let request = Request {
        remote: remote::push_url(&session.repo, &push.remote)?
            .parse()
            .map_err(ForgeError::Remote)?,
        head: opened.head.clone(),
        base: opened.base.clone().unwrap_or_default(),
        title: String::new(),
        body: String::new(),
        draft: false,
        way: match policy.runs.pull_request {
            PullRequest::Never => PullRequest::Auto,
            way => way,
        },
        forges: policy.runs.forges.clone(),
        time_limit: checkpoint_forge::TIME_LIMIT,
    };
    checkpoint_forge::close(&request, number, &session.surroundings)?;
    Ok(Some(opened.url.clone()))
}

/// Merges it, when its checks have passed.
fn merge(
    work: &mut Work<'_>,
    request: &Request,
    opened: &PullRequestOpened,
) -> Result<Option<Trouble>, RunError> {
    let url = opened.url.clone();
    let Some(number) = opened.number else {
        let why = "nobody knows its number".to_owned();
        return Ok(Some(Trouble::NotMerged { url, why }));
    };
    let tip = work.tip.to_string();
    let why = match checkpoint_forge::merge(request, number, &tip, &work.session.surroundings) {
        Ok(Merging::Merged { .. } | Merging::WasMerged) => {
            let body = PullRequestMerged {
                run: Some(work.run.id),
                url: url.clone(),
            };
            if !work.run.is_merged {
                work.log.tell(work.run.id, body)?;
            }
            work.done.push(Done::Merged(url));
            return Ok(None);
        }
        Ok(Merging::NotYet(not)) => not_yet(&not),
        Err(error) => {
            work.log.tell_failure(work.run.id, "merge", &error);
            error.to_string()
        }
    };
    Ok(Some(Trouble::NotMerged { url, why }))
}

fn not_yet(why: &NotYet) -> String {
    match why {
        NotYet::Closed => "it is closed".to_owned(),
        NotYet::Moved { tip } => format!("somebody has pushed to it: it is at {tip:.12}"),
        NotYet::Draft => "it is a draft".to_owned(),
        NotYet::Conflicts => "it has conflicts".to_owned(),
        NotYet::ChecksFailed(names) => format!("checks have failed: {}", names.join(", ")),
        NotYet::ChecksRunning(names) => format!("checks are running: {}", names.join(", ")),
        NotYet::NoChecks => "no check has passed".to_owned(),
        NotYet::Blocked(why) => first_line(why.as_bytes()),
    }
}
