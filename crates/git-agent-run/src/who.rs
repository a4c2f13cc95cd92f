//! Who works: as typed, else as the environment tells, else as it shows.

use checkpoint_cli::Session;
use checkpoint_model::run::Line;
use checkpoint_policy::Agent;
use checkpoint_run::Who;

use crate::{AgentRunError, args::WhoArgs};

/// Agent, session and model of a run.
pub(crate) fn resolve(session: &Session<'_>, args: &WhoArgs) -> Result<Who, AgentRunError> {
    let told = |typed: &Option<String>, name: &str| {
        let told = session.surroundings.filled(name);
        let told = typed
            .clone()
            .or_else(|| Some(told?.to_string_lossy().into_owned()));
        let line: Option<Line> = told.map(|told| told.parse()).transpose()?;
        Ok::<_, AgentRunError>(line.map(String::from))
    };
    let around = Agent::around(&session.surroundings);
    let (around, its_session) = around.map_or((None, None), |it| (Some(it.name), it.session));
    Ok(Who {
        agent: told(&args.agent, "GIT_AGENT_NAME")?.or(around),
        session: told(&args.session, "GIT_AGENT_SESSION")?.or(its_session),
        model: told(&args.model, "GIT_AGENT_MODEL")?,
    })
}
