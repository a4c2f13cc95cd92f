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
use checkpoint_run::choose_here;
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
    let run = run_around_branch(session, policy);
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

/// The same, or the run of the branch: an agent need not have been started with the environment of its run. Other
/// branches are told by their looks, since all runs have to be read to find it.
fn run_around_branch(session: &Session<'_>, policy: &Policy) -> Option<Run> {
    run_around(session).or_else(|| {
        let branch = checkpoint_run::current_branch(session).ok()??;
        let prefix = policy.runs.branch_prefix.as_str();
        let is_usual = branch.strip_prefix(prefix)?.contains("/run-");
        is_usual.then(|| choose_here(session, None).ok())?
    })
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
