//! The pull request as it is wanted.

use bstr::{BStr, ByteSlice as _};
use checkpoint_forge::{ForgeError, Remote, Request};
use checkpoint_git::refs;

use super::Asked;
use crate::{
    RunError,
    body::{self, Template},
    finish::Work,
    place,
};

/// The request as it is wanted. The inner error is no reason not to push: an address that makes no sense to a forge, or a
/// template that cannot be filled.
pub(super) fn request(
    work: &Work<'_>,
    remote: &str,
    url: &str,
    asked: &Asked,
) -> Result<Result<Request, RunError>, RunError> {
    let parsed: Remote = match url.parse() {
        Ok(parsed) => parsed,
        Err(error) => return Ok(Err(ForgeError::Remote(error).into())),
    };
    let started = &work.run.started;
    let title = match place::told_id(&work.run) {
        Some(id) if id != started.task => format!("{id}: {}", started.task),
        _ => started.task.clone(),
    };
    let text = template(work).and_then(|text| body::fill(&text, &work.run, &work.commits));
    let body = match text {
        Ok(body) => body,
        Err(error) => return Ok(Err(error)),
    };
    Ok(Ok(Request {
        remote: parsed,
        head: work.branch().to_owned(),
        base: base(work, remote)?,
        title,
        body,
        draft: asked.draft,
        way: asked.way,
        forges: work.policy.runs.forges.clone(),
        time_limit: checkpoint_forge::TIME_LIMIT,
    }))
}

/// The template that the policy names, as it is committed: a link in a working tree could lead anywhere.
fn template(work: &Work<'_>) -> Result<Template, RunError> {
    let path = &work.policy.runs.body;
    if path.is_empty() {
        return Ok(Template::default());
    }
    let name = format!("{}:{path}", work.tip);
    let found = work.session.repo.git(["cat-file", "blob", &name]).output();
    let text = found.map_err(|_| RunError::NoTemplate { path: path.clone() })?;
    Ok(Template {
        name: path.clone(),
        text: text.to_str_lossy().into_owned(),
    })
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
