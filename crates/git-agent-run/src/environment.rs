//! What the processes of an agent need to know of its run.

use checkpoint_model::{run::Run, slug::Slug};
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

/// What an agent's commit takes for the name of a task at most.
const LONGEST_TASK: usize = 200;

/// What a process of the agent has to have in its environment.
pub(crate) fn environment(run: &Run) -> Vec<Variable> {
    let started = &run.started;
    let named = started.task_id.as_ref().unwrap_or(&started.task);
    let task = match named.len() {
        0..=LONGEST_TASK => named.clone(),
        _ => Slug::of(named).to_string(),
    };
    let all = [
        ("GIT_AGENT_RUN", Some(run.id.to_string())),
        ("GIT_AGENT_TASK", Some(task)),
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
