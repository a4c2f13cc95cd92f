//! Merging the pull request of a run, and closing it.

use checkpoint_cli::Session;
use checkpoint_forge::{ForgeError, Merging, NotYet, Request};
use checkpoint_model::{
    event::{PullRequestMerged, PullRequestOpened},
    policy::PullRequest,
    run::Run,
};

use crate::{
    RunError,
    finish::{Done, Trouble, Work, first_line},
    place, remote,
};

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
pub(super) fn merge(
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
