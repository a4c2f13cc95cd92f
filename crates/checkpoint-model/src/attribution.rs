//! What a commit says of the agent that made it.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::{id::CheckpointId, who::Who, words::words};

words! {
    /// The trailers of an agent's commit, by whose rules they are. `Signed-off-by` is in none: only a person can say that.
    #[derive(Default)]
    pub enum Attribution is "attribution" {
        /// `Assisted-by`, and the session, the task and the checkpoint.
        #[default]
        Assisted = "assisted",
        /// `Assisted-by` alone, as the Linux kernel asks for it.
        Kernel = "kernel",
        /// `Co-authored-by`, which GitHub shows.
        Github = "github",
        /// `Generated-by`, as the Apache Software Foundation suggests.
        Apache = "apache",
        /// None; the record tells all the same.
        None = "none",
    }
}

/// One line of the last paragraph of a message; git-interpret-trailers(1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trailer {
    /// What stands before the colon.
    pub key: &'static str,
    /// What stands behind it: one line.
    pub value: String,
}

impl fmt::Display for Trailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.value)
    }
}

/// How a session is named in a commit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sessions {
    /// As it is.
    #[default]
    Plain,
    /// By a hash: who knows the session recognises it, nobody else finds it.
    Hashed,
}

/// Agents whose makers have an address for them: what `--agent` begins with, the name, the address.
const AUTHORS: [(&str, &str, &str); 4] = [
    ("claude", "Claude", "noreply@anthropic.com"),
    ("codex", "Codex", "noreply@openai.com"),
    ("cursor", "Cursor", "cursoragent@cursor.com"),
    (
        "copilot",
        "Copilot",
        "198982749+Copilot@users.noreply.github.com",
    ),
];

impl Attribution {
    /// The trailers of a commit of `who`, in their order; `checkpoint` has the state before it.
    #[must_use]
    pub fn trailers(
        self,
        who: &Who,
        checkpoint: Option<CheckpointId>,
        sessions: Sessions,
    ) -> Vec<Trailer> {
        let trailer = |key, value| Trailer { key, value };
        match self {
            Self::None => Vec::new(),
            Self::Kernel => vec![trailer("Assisted-by", assistant(who))],
            Self::Github => vec![trailer("Co-authored-by", author(&who.agent))],
            Self::Apache => vec![trailer("Generated-by", generator(who))],
            Self::Assisted => {
                let session = who.session.as_deref();
                let session = session.map(|session| named(&who.agent, session, sessions));
                let rest = [
                    ("Agent-Session", session),
                    ("Agent-Task", who.task.as_ref().map(ToString::to_string)),
                    ("Checkpoint-Id", checkpoint.map(|id| id.to_string())),
                ];
                let rest = rest
                    .into_iter()
                    .filter_map(|(key, value)| Some(trailer(key, value?)));
                let first = trailer("Assisted-by", assistant(who));
                std::iter::once(first).chain(rest).collect()
            }
        }
    }
}

/// The agent whose address a `Co-authored-by` of the message has, where `agent` is another one that has an address, too:
/// both would be said to have made one commit. A name that nobody knows may be that of whichever agent.
#[must_use]
pub fn contradicted(message: &str, agent: &str) -> Option<&'static str> {
    let (own, _) = known(agent)?;
    let key = "co-authored-by:";
    let lines = message.lines().map(str::to_lowercase);
    let authors = lines.filter_map(|line| line.trim_start().strip_prefix(key).map(str::to_owned));
    let others: Vec<_> = AUTHORS.iter().filter(|(_, name, _)| *name != own).collect();
    let has =
        |author: &str, address: &str| author.contains(&format!("<{}>", address.to_lowercase()));
    authors
        .filter_map(|author| others.iter().find(|(.., address)| has(&author, address)))
        .map(|(_, name, _)| *name)
        .next()
}

/// The name and the address of an agent whose maker has one for it.
fn known(agent: &str) -> Option<(&'static str, &'static str)> {
    let lower = agent.to_lowercase();
    let mut known = AUTHORS
        .iter()
        .filter(|(prefix, ..)| lower.starts_with(prefix));
    known.next().map(|(_, name, address)| (*name, *address))
}

/// `AGENT_NAME:MODEL_VERSION`; what stands behind a space would be the tools that were used.
fn assistant(who: &Who) -> String {
    let word = |text: &str| text.split_whitespace().collect::<Vec<_>>().join("-");
    let model = who.model.as_deref().unwrap_or("unknown");
    format!("{}:{}", word(&who.agent).replace(':', "-"), word(model))
}

/// A name and an address. Those of nobody's are in a domain that will never be: another could be somebody's.
fn author(agent: &str) -> String {
    if let Some((name, address)) = known(agent) {
        return format!("{name} <{address}>");
    }
    let lower = agent.to_lowercase();
    let name = agent.replace(['<', '>', '"'], "");
    let letter = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let address: String = lower.chars().map(letter).collect();
    match address.trim_matches('-') {
        "" => format!("{name} <agent@agents.invalid>"),
        address => format!("{name} <{address}@agents.invalid>"),
    }
}

fn generator(who: &Who) -> String {
    match &who.model {
        Some(model) => format!("{} ({model})", who.agent),
        None => who.agent.to_string(),
    }
}

/// `claude-code/4f1c…`: the agent, for whom it means something, and the session.
fn named(agent: &str, session: &str, sessions: Sessions) -> String {
    match sessions {
        Sessions::Plain => format!("{agent}/{session}"),
        Sessions::Hashed => {
            let digest = Sha256::digest(format!("{agent}:{session}"));
            let hex = digest.iter().take(8).map(|byte| format!("{byte:02x}"));
            format!("{agent}/sha256:{}", hex.collect::<String>())
        }
    }
}

#[cfg(test)]
mod tests;
