//! Who works: as told on the command line, by our variables, or by what shows of the agent around.

use checkpoint_git::Surroundings;
use checkpoint_model::{
    id::RunId,
    run::Run,
    who::{TaskName, Who, WhoError},
};
use checkpoint_policy::Agent;

/// What the command line says of the agent.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// `--agent`.
    pub agent: Option<String>,
    /// `--task`.
    pub task: Option<String>,
    /// `--session`.
    pub session: Option<String>,
    /// `--model`.
    pub model: Option<String>,
}

/// The variables that tell the same to every process below.
const VARIABLES: [&str; 4] = [
    "GIT_AGENT_NAME",
    "GIT_AGENT_TASK",
    "GIT_AGENT_SESSION",
    "GIT_AGENT_MODEL",
];

/// Who works here: each part from the command line, else from `GIT_AGENT_…`, else from the run, else, of agent and
/// session, from what shows of an agent around this process. None where there is no agent at all. Fails on a name that cannot stand in a
/// message; what only showed, and cannot, is passed over.
pub fn who(
    told: &Told,
    run: Option<&Run>,
    surroundings: &Surroundings,
) -> Result<Option<Who>, WhoError> {
    let told = [&told.agent, &told.task, &told.session, &told.model];
    let of_run = run.map_or_else(Default::default, parts_of);
    let variable = |name| surroundings.filled(name);
    let [agent, task, session, model] = std::array::from_fn(|part| {
        let said = variable(VARIABLES[part]).map(|said| said.to_string_lossy().into_owned());
        told[part].clone().or(said).or(of_run[part].clone())
    });
    // Looking at the processes above costs more than all else here.
    let shown = match &agent {
        Some(_) => Agent::in_environment(&surroundings.env),
        None => Agent::around(surroundings),
    };
    let showed = |session: &Agent| session.session.as_ref()?.parse().ok();
    let agent = match agent {
        Some(agent) => Some(agent.parse()?),
        None => shown.as_ref().and_then(|agent| agent.name.parse().ok()),
    };
    let session = match session {
        Some(session) => Some(session.parse()?),
        None => shown.as_ref().and_then(showed),
    };
    let task = task.map(|task| task.parse()).transpose()?;
    let model = model.map(|model| model.parse()).transpose()?;
    Ok(agent.map(|agent| Who {
        agent,
        task,
        session,
        model,
    }))
}

/// What the record of a run says of agent, task, session and model, as far as it can stand in a message.
fn parts_of(run: &Run) -> [Option<String>; 4] {
    let started = &run.started;
    let task = started.task_id.as_ref().unwrap_or(&started.task);
    let is_name = |text: &&String| text.parse::<TaskName>().is_ok();
    let parts = [
        run.by.agent.as_ref(),
        Some(task),
        run.by.session.as_ref(),
        started.model.as_ref(),
    ];
    parts.map(|part| part.filter(is_name).cloned())
}

/// The run whose environment we are in; what is no id of one is somebody else's variable.
#[must_use]
pub fn run_around(surroundings: &Surroundings) -> Option<RunId> {
    surroundings.filled("GIT_AGENT_RUN")?.to_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Agent, task, session and model, from flags and variables; `CLAUDECODE` keeps the processes above out of it.
    fn check(told: &[(&str, &str)], env: &[(&str, &str)], want: [Option<&str>; 4]) {
        let flag = |name| {
            let found = told.iter().find(|(flag, _)| *flag == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let told = Told {
            agent: flag("agent"),
            task: flag("task"),
            session: flag("session"),
            model: flag("model"),
        };
        let who = who(&told, None, &surroundings(env)).unwrap().unwrap();
        let got = [
            Some(who.agent.as_str()),
            who.task.as_deref(),
            who.session.as_deref(),
            who.model.as_deref(),
        ];
        assert_eq!(got, want, "{told:?} {env:?}");
    }

    fn surroundings(env: &[(&str, &str)]) -> Surroundings {
        let env = env
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()));
        Surroundings {
            cwd: "/".into(),
            now: "2026-01-02T03:04:05Z".parse().unwrap(),
            env: env.collect(),
        }
    }

    #[test]
    fn flags_come_before_variables_and_these_before_what_shows() {
        let shows = [("CLAUDECODE", "1"), ("CLAUDE_CODE_SESSION_ID", "c-1")];
        let ours = [
            ("GIT_AGENT_NAME", "James"),
            ("GIT_AGENT_TASK", "T-1"),
            ("GIT_AGENT_SESSION", "s-1"),
            ("GIT_AGENT_MODEL", "m-1"),
        ];
        let flags = [
            ("agent", "Ada"),
            ("task", "T-2"),
            ("session", "s-2"),
            ("model", "m-2"),
        ];
        check(&[], &shows, [Some("claude-code"), None, Some("c-1"), None]);
        let both = [shows.as_slice(), &ours].concat();
        let by_variables = [Some("James"), Some("T-1"), Some("s-1"), Some("m-1")];
        check(&[], &both, by_variables);
        let by_flags = [Some("Ada"), Some("T-2"), Some("s-2"), Some("m-2")];
        check(&flags, &both, by_flags);
        check(
            &flags[..1],
            &both,
            [Some("Ada"), Some("T-1"), Some("s-1"), Some("m-1")],
        );
        check(&flags[..1], &[], [Some("Ada"), None, None, None]);
    }

    #[test]
    fn what_is_told_has_to_be_a_name_and_what_shows_need_not() {
        let told = |agent: &str| Told {
            agent: Some(agent.to_owned()),
            ..Told::default()
        };
        for bad in ["", "a\nSigned-off-by: b", "\u{1b}[2J"] {
            assert!(
                who(&told(bad), None, &surroundings(&[])).is_err(),
                "{bad:?}"
            );
        }
        let bad = [("GIT_AGENT_NAME", "a"), ("GIT_AGENT_TASK", "a\nb")];
        assert!(who(&Told::default(), None, &surroundings(&bad)).is_err());
        check(
            &[],
            &[("CLAUDECODE", "1"), ("CLAUDE_CODE_SESSION_ID", "a\nb")],
            [Some("claude-code"), None, None, None],
        );
    }
}
