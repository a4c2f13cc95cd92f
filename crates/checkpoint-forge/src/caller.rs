//! A question to a forge and its answer, whoever carries them: our own connection, or a program of the forge's.

use checkpoint_model::policy::ForgeKind;
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::{ForgeError, shown::Secrets};

/// How long to leave a forge alone that does not say how long, in seconds.
const A_WHILE: u64 = 60;
/// No forge wants to be left alone for longer; in seconds.
const A_DAY: u64 = 86_400;

/// One question.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) verb: &'static str,
    /// From where the interface begins, encoded, without a slash before it.
    pub(crate) path: String,
    pub(crate) body: Option<Value>,
}

impl Ask {
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self {
            verb: "GET",
            path: path.into(),
            body: None,
        }
    }

    pub(crate) fn with(verb: &'static str, path: impl Into<String>, body: Value) -> Self {
        Self {
            verb,
            path: path.into(),
            body: Some(body),
        }
    }
}

/// One answer.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// Who carries questions to a forge.
pub(crate) trait Caller {
    /// Asks, and gives whatever the forge answers, failures too.
    fn call(&self, ask: &Ask) -> Result<Reply, ForgeError>;

    /// What messages need to know.
    fn about(&self) -> &About;
}

/// What messages about one forge need to know.
#[derive(Debug, Clone)]
pub(crate) struct About {
    pub(crate) kind: ForgeKind,
    pub(crate) host: String,
    /// The repository.
    pub(crate) path: String,
    /// What the forge knows us by, as a message names it.
    pub(crate) token: String,
    /// How another token can be given.
    pub(crate) help: String,
    pub(crate) secrets: Secrets,
    pub(crate) now: DateTime<Utc>,
}

impl dyn Caller + '_ {
    /// Asks, and gives the JSON of an answer that says yes.
    pub(crate) fn ask(&self, ask: &Ask) -> Result<Value, ForgeError> {
        let reply = self.call(ask)?;
        let about = self.about();
        match about.failure(&reply) {
            Some(error) => Err(error),
            None => about.json(&reply),
        }
    }
}

impl About {
    /// The JSON of the answer.
    pub(crate) fn json(&self, reply: &Reply) -> Result<Value, ForgeError> {
        serde_json::from_slice(&reply.body).map_err(|_| self.unreadable("it is not JSON"))
    }

    pub(crate) fn unreadable(&self, why: &str) -> ForgeError {
        ForgeError::AnswerUnreadable {
            host: self.host.clone(),
            why: why.to_owned(),
        }
    }

    /// What the answer says other than yes; none where it says yes.
    pub(crate) fn failure(&self, reply: &Reply) -> Option<ForgeError> {
        let (host, status, token) = (self.host.clone(), reply.status, self.token.clone());
        if matches!(status, 403 | 429)
            && let Some(seconds) = self.pause(reply)
        {
            return Some(ForgeError::RateLimited { host, seconds });
        }
        let said = self.secrets.shown(&said(reply));
        Some(match status {
            200..=299 => return None,
            300..=399 => ForgeError::Redirected {
                to: self
                    .secrets
                    .shown(reply.header("location").unwrap_or("nowhere")),
                host,
            },
            401 => ForgeError::TokenRefused {
                help: self.help.clone(),
                host,
                token,
                said,
            },
            403 => ForgeError::Forbidden { host, token, said },
            404 => ForgeError::NotFound {
                what: self.path.clone(),
                host,
                token,
            },
            500.. => ForgeError::ServerFailed { host, status, said },
            _ => ForgeError::Refused { host, status, said },
        })
    }

    /// How long the forge wants to be left alone, in seconds; none where it does not say that this is the matter.
    fn pause(&self, reply: &Reply) -> Option<u64> {
        let until = |epoch: i64| u64::try_from(epoch - self.now.timestamp()).unwrap_or(0);
        let reset = ["x-ratelimit-reset", "ratelimit-reset"];
        let seconds = if let Some(after) = reply.header("retry-after") {
            match (after.parse(), DateTime::parse_from_rfc2822(after)) {
                (Ok(seconds), _) => seconds,
                (_, Ok(time)) => until(time.timestamp()),
                _ => A_WHILE,
            }
        } else if reply.status == 429
            || reply.header("x-ratelimit-remaining") == Some("0")
            || said(reply).to_lowercase().contains("rate limit")
        {
            let reset = reset
                .iter()
                .find_map(|name| reply.header(name)?.parse().ok());
            reset.map_or(A_WHILE, until)
        } else {
            return None;
        };
        Some(seconds.clamp(1, A_DAY))
    }
}

impl Reply {
    /// The header of this name, in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find_map(|(key, value)| (key == name).then_some(value.as_str()))
    }
}

/// What a forge says beside the status: the messages of its JSON, or the beginning of what it sent instead.
pub(crate) fn said(reply: &Reply) -> String {
    let Ok(value) = serde_json::from_slice::<Value>(&reply.body) else {
        let text = String::from_utf8_lossy(&reply.body);
        return match text.trim() {
            "" => "nothing".to_owned(),
            text => text.to_owned(),
        };
    };
    let mut words = Vec::new();
    for key in ["message", "error", "error_description", "errors", "detail"] {
        texts(&value[key], &mut words);
    }
    match words.is_empty() {
        true => "nothing".to_owned(),
        false => words.join("; "),
    }
}

/// All texts in a value that explain something, in order.
fn texts(value: &Value, words: &mut Vec<String>) {
    match value {
        Value::String(text) if !text.trim().is_empty() && !words.contains(text) => {
            words.push(text.clone());
        }
        Value::Array(values) => values.iter().for_each(|value| texts(value, words)),
        Value::Object(fields) => {
            let about = |(key, _): &(&String, &Value)| {
                !matches!(
                    key.as_str(),
                    "documentation_url" | "resource" | "code" | "url"
                )
            };
            fields
                .iter()
                .filter(about)
                .for_each(|(_, value)| texts(value, words));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
