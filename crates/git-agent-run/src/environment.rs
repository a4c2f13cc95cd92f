//! What the processes of an agent need to know of its run.

use checkpoint_model::run::Run;
use checkpoint_run::task_name;
use schemars::JsonSchema;
use serde::Serialize;

/// A variable of the environment.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Variable {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its value.
    pub(crate) value: String,
}

/// What a process of the agent has to have in its environment.
pub(crate) fn environment(run: &Run) -> Vec<Variable> {
    let started = &run.started;
    let all = [
        ("GIT_AGENT_RUN", Some(run.id.to_string())),
        ("GIT_AGENT_TASK", Some(task_name(run))),
        ("GIT_AGENT_NAME", run.by.agent.clone()),
        ("GIT_AGENT_SESSION", run.by.session.clone()),
        ("GIT_AGENT_MODEL", started.model.clone()),
    ];
    let variable = |(name, value): (_, Option<String>)| {
        Some(Variable {
            name,
            value: value?,
        })
    };
    all.into_iter().filter_map(variable).collect()
}
