//! Whether an agent is around this process: by what it puts into the environment of its shells, and by the processes
//! above this one.
//!
//! The table is of programs that run commands on their own. What a person's editor sets in its terminal is no sign.
//! Nothing here is proof; an agent that wants to look like a person can, and the wall is the server.

mod ancestry;

use std::{collections::BTreeMap, ffi::OsString, fmt};

use checkpoint_git::Surroundings;

pub(crate) use self::ancestry::Process;
pub use self::ancestry::commands_above;

/// An agent, and how it showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Its name, as in `--agent`.
    pub name: String,
    /// The session, where the environment tells.
    pub session: Option<String>,
    /// How it showed: an environment variable, or a process.
    sign: Sign,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Sign {
    Variable(String),
    Process(u32),
}

/// Says how it showed: `CLAUDECODE is set`, `process 4711`.
impl fmt::Display for Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sign {
            Sign::Variable(name) => write!(f, "'{}' ({name} is set)", self.name),
            Sign::Process(pid) => write!(f, "'{}' (process {pid})", self.name),
        }
    }
}

/// Name; variables, any of which is a sign when it is set and not empty; variables that hold the session.
type Row = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

const BY_VARIABLE: &[Row] = &[
    (
        "claude-code",
        &["CLAUDECODE", "CLAUDE_CODE_CHILD_SESSION"],
        &["CLAUDE_CODE_SESSION_ID"],
    ),
    (
        "codex",
        &[
            "CODEX_SANDBOX",
            "CODEX_CI",
            "CODEX_THREAD_ID",
            "CODEX_SESSION_ID",
        ],
        &["CODEX_SESSION_ID", "CODEX_THREAD_ID"],
    ),
    ("gemini", &["GEMINI_CLI"], &["GEMINI_SESSION_ID"]),
    ("cursor", &["CURSOR_AGENT"], &["CURSOR_CONVERSATION_ID"]),
    (
        "copilot",
        &["COPILOT_AGENT", "COPILOT_CLI", "COPILOT_AGENT_SESSION_ID"],
        &["COPILOT_AGENT_SESSION_ID"],
    ),
    ("opencode", &["OPENCODE", "OPENCODE_PID"], &[]),
    (
        "amp",
        &["AMP_CURRENT_THREAD_ID"],
        &["AMP_CURRENT_THREAD_ID"],
    ),
    ("goose", &["GOOSE_TERMINAL"], &[]),
    ("crush", &["CRUSH"], &[]),
    ("cline", &["CLINE_ACTIVE"], &[]),
];

/// Variables of ours, for processes that a run of an agent starts: session, run, name.
const OURS: [&str; 3] = ["GIT_AGENT_SESSION", "GIT_AGENT_RUN", "GIT_AGENT_NAME"];

/// Names of programs; of scripts, the name of the file that is run.
const BY_PROGRAM: &[(&str, &str)] = &[
    ("claude", "claude-code"),
    ("codex", "codex"),
    ("gemini", "gemini"),
    ("cursor-agent", "cursor"),
    ("copilot", "copilot"),
    ("opencode", "opencode"),
    ("amp", "amp"),
    ("goose", "goose"),
    ("crush", "crush"),
    ("cline", "cline"),
    ("aider", "aider"),
    ("qwen", "qwen"),
    ("git-agent-run", "git-agent-run"),
];

/// Values of `AGENT` that name an agent; the variable is used for other things, too.
const KNOWN_TO_SAY_AGENT: [&str; 5] = ["amp", "goose", "opencode", "crush", "claude"];

impl Agent {
    /// The agent around this process, by environment or ancestry.
    #[must_use]
    pub fn around(surroundings: &Surroundings) -> Option<Self> {
        Self::in_environment(&surroundings.env).or_else(|| Self::among(ancestry::of_this_process()))
    }

    /// The agent that shows in the environment alone, which costs nothing to ask.
    #[must_use]
    pub fn in_environment(env: &BTreeMap<OsString, OsString>) -> Option<Self> {
        let value = |name: &str| {
            let value = env.get(std::ffi::OsStr::new(name))?.to_string_lossy();
            Some(value.trim().to_owned()).filter(|value| !value.is_empty())
        };
        let with = |name: &str, session: Option<String>, sign: &str| Self {
            // What an agent is called here says more than what it is.
            name: value(OURS[2]).unwrap_or_else(|| name.to_owned()),
            session: session.or_else(|| value(OURS[0])),
            sign: Sign::Variable(sign.to_owned()),
        };
        for (name, signs, sessions) in BY_VARIABLE {
            if let Some(sign) = signs.iter().find(|sign| value(sign).is_some()) {
                let session = sessions.iter().find_map(|name| value(name));
                return Some(with(name, session, sign));
            }
        }
        if let Some(said) = value("AI_AGENT") {
            return Some(with(&spelled(&said), None, "AI_AGENT"));
        }
        if let Some(said) = value("AGENT").map(|said| spelled(&said))
            && KNOWN_TO_SAY_AGENT.contains(&said.as_str())
        {
            return Some(with(&said, None, "AGENT"));
        }
        let ours = OURS.iter().find(|name| value(name).is_some())?;
        Some(with("agent", None, ours))
    }

    /// The nearest agent among processes, the nearest first.
    fn among(processes: impl IntoIterator<Item = Process>) -> Option<Self> {
        processes.into_iter().find_map(|process| {
            let is_named =
                |(program, _): &&(&str, &str)| process.names().any(|name| name == *program);
            let (_, name) = BY_PROGRAM.iter().find(is_named)?;
            Some(Self {
                name: (*name).to_owned(),
                session: None,
                sign: Sign::Process(process.pid),
            })
        })
    }
}

/// `Claude-Code_2-1-328_agent`, `claude@2`: in lower case, up to the version.
fn spelled(said: &str) -> String {
    let said = said.to_ascii_lowercase();
    let end = said.find(['@', '_', '/', ' ']).unwrap_or(said.len());
    said[..end].to_owned()
}

#[cfg(test)]
mod tests;
