//! Who works: as typed, else as the environment tells, else as it shows.

use checkpoint_cli::Session;
use checkpoint_run::Who;
use checkpoint_work::Told;

use crate::{AgentRunError, args::WhoArgs};

/// Agent, session and model of a run; none of them where no agent is around.
pub(crate) fn resolve(session: &Session<'_>, args: &WhoArgs) -> Result<Who, AgentRunError> {
    let told = Told {
        agent: args.agent.clone(),
        // The task of a run is its own, not that of whoever starts it.
        task: None,
        session: args.session.clone(),
        model: args.model.clone(),
    };
    let who = checkpoint_work::who(&told, None, &session.surroundings)?;
    Ok(who.map_or_else(Who::default, |who| Who {
        agent: Some(who.agent.to_string()),
        session: who.session.map(|session| session.to_string()),
        model: who.model.map(|model| model.to_string()),
    }))
}
