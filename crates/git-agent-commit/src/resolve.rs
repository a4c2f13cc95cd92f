//! From words to values; what makes no sense is refused here, before anything is kept or committed.

use std::{
    ffi::OsString,
    io::{self, Read as _},
    path::Path,
};

use checkpoint_cli::Session;
use checkpoint_model::{
    policy::Policy,
    run::Run,
    template::{Template, TemplateError},
};
use checkpoint_work::{By, CommitError, Scope, Told, Words};

use crate::{
    AgentCommitError,
    args::{Args, WhoArgs},
};

/// What was asked for.
pub(crate) struct Asked {
    pub(crate) scope: Scope,
    pub(crate) words: Words,
    pub(crate) by: By,
    pub(crate) wants_run: bool,
}

/// Reads the command line, the message and the list of paths.
pub(crate) fn asked(
    session: &Session<'_>,
    policy: &Policy,
    args: Args,
) -> Result<Asked, AgentCommitError> {
    let is_input = |file: &Option<_>| file.as_deref() == Some(Path::new("-"));
    if is_input(&args.file) && is_input(&args.pathspec_from_file) {
        return Err(AgentCommitError::OneInput);
    }
    let template = args.template.as_deref().map(str::parse).transpose()?;
    let run = run_of_commit(session, policy);
    let who = checkpoint_work::who(&told(&args.who), run.as_ref(), &session.surroundings)?;
    let by = By {
        who: who.ok_or(AgentCommitError::Nobody)?,
        run: run.as_ref().map(|run| run.id),
        template: template.or_else(|| template_of(run.as_ref()?)?.ok()),
    };
    Ok(Asked {
        words: words(session, &args)?,
        scope: scope(session, &args)?,
        by,
        wants_run: args.run,
    })
}

/// What the command line says of the agent.
pub(crate) fn told(args: &WhoArgs) -> Told {
    Told {
        agent: args.agent.clone(),
        task: args.task.clone(),
        session: args.session.clone(),
        model: args.model.clone(),
    }
}

/// The run whose environment we are in, where it is known here.
pub(crate) fn run_around(session: &Session<'_>) -> Option<Run> {
    let id = checkpoint_work::run_around(&session.surroundings)?;
    checkpoint_store::run_by_id(&session.repo, id).ok()?
}

/// The run that the commit counts for: the one whose environment we are in, or that of the branch, where they differ: an
/// agent need not have been started with the environment of its run, or may still have that of another one, of which it
/// is told. One that was given up counts for nothing.
fn run_of_commit(session: &Session<'_>, policy: &Policy) -> Option<Run> {
    let goes_on = |run: &Run| run.abandoned.is_none();
    let around = run_around(session).filter(goes_on);
    let branch = checkpoint_run::current_branch(session).ok().flatten();
    if around.is_some() && around.as_ref().map(|run| &run.started.branch) == branch.as_ref() {
        return around;
    }
    let of_branch = branch.and_then(|branch| run_of_branch(session, policy, &branch));
    let of_branch = of_branch.filter(goes_on);
    let is_told = session.surroundings.filled("GIT_AGENT_RUN").is_some();
    let counts = of_branch.as_ref().map_or("none", |run| run.short_branch());
    let talk = session.console.talk();
    match &around {
        None if is_told => talk.warning(format_args!(
            "GIT_AGENT_RUN is of no run that goes on here; the commit counts for: {counts}"
        )),
        Some(run) if of_branch.is_some() => talk.warning(format_args!(
            "GIT_AGENT_RUN is of {}; the commit counts for that of its branch: {counts}",
            run.short_branch()
        )),
        _ => {}
    }
    of_branch.or(around)
}

/// Branches of runs are told by their looks, since all runs have to be read to find one.
fn run_of_branch(session: &Session<'_>, policy: &Policy, branch: &str) -> Option<Run> {
    let prefix = policy.runs.branch_prefix.as_str();
    let is_usual = branch.strip_prefix(prefix)?.contains("/run-");
    is_usual.then(|| checkpoint_run::of_branch(session, branch).ok().flatten())?
}

fn template_of(run: &Run) -> Option<Result<Template, TemplateError>> {
    run.started.template.as_deref().map(str::parse)
}

fn words(session: &Session<'_>, args: &Args) -> Result<Words, AgentCommitError> {
    let Some(file) = &args.file else {
        return Ok(Words::of(&args.message.join("\n\n")));
    };
    let text = || {
        let text = read(session, file)?;
        String::from_utf8(text).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    };
    let text = text().map_err(|source| AgentCommitError::Message {
        file: file.clone(),
        source,
    })?;
    Ok(Words::of(&text))
}

fn scope(session: &Session<'_>, args: &Args) -> Result<Scope, AgentCommitError> {
    let Some(file) = &args.pathspec_from_file else {
        return Ok(Scope::typed(session, &args.paths)?);
    };
    let text = read(session, file).map_err(|source| CommitError::PathsUnreadable {
        file: file.clone(),
        source,
    })?;
    let paths: Vec<OsString> = Scope::list(&text, args.pathspec_file_nul);
    match paths.is_empty() {
        // A list without paths is not the same as no list.
        true => Err(CommitError::Nothing { chosen: true }.into()),
        false => Ok(Scope::typed(session, &paths)?),
    }
}

fn read(session: &Session<'_>, file: &Path) -> io::Result<Vec<u8>> {
    if file != Path::new("-") {
        return fs_err::read(session.surroundings.cwd.join(file));
    }
    let mut text = Vec::new();
    io::stdin().lock().read_to_end(&mut text)?;
    Ok(text)
}
