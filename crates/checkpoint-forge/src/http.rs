//! Our own connection to a forge's interface. This is the only place in the project that opens one.

mod proxy;
mod trust;

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use checkpoint_git::Surroundings;
use checkpoint_model::policy::ForgeKind;
use serde_json::Value;
use ureq::{
    Agent, Body,
    config::Config,
    http::{Request, Response, Uri},
};

use crate::{
    ForgeError,
    caller::{About, Ask, Caller, Reply},
    site::Site,
    token::Token,
};

/// The most that is read of an answer, in bytes.
const MOST: u64 = 16 << 20;
/// How often we follow the same forge to another place of its own.
const MOVES: usize = 3;

/// A connection with a token.
pub(crate) struct Http {
    agent: Agent,
    /// Where the interface begins, without a slash at its end.
    api: String,
    authorization: String,
    about: About,
    limit: Duration,
}

impl Http {
    /// Makes ready to ask; nothing is sent.
    pub(crate) fn new(
        site: &Site,
        token: &Token,
        mut about: About,
        surroundings: &Surroundings,
        limit: Duration,
    ) -> Result<Self, ForgeError> {
        let api = site.api();
        let authorization = authorization(site.kind, token);
        about.secrets.add(&token.secret);
        about
            .secrets
            .add(authorization.rsplit(' ').next().unwrap_or_default());
        let config = Config::builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(limit))
            .user_agent(concat!("git-checkpoint/", env!("CARGO_PKG_VERSION")))
            .proxy(proxy::for_address(&api, surroundings)?)
            .tls_config(trust::roots(&api, surroundings)?)
            .build();
        Ok(Self {
            agent: config.into(),
            api,
            authorization,
            about,
            limit,
        })
    }

    fn send(&self, address: &str, ask: &Ask) -> Result<Reply, ForgeError> {
        let request = Request::builder()
            .method(ask.verb)
            .uri(address)
            .header("accept", accept(self.about.kind))
            .header("authorization", &self.authorization);
        let said = match &ask.body {
            Some(body) => {
                let request = request.header("content-type", "application/json");
                let request = request.body(body.to_string());
                request
                    .map_err(Into::into)
                    .and_then(|it| self.agent.run(it))
            }
            None => {
                let request = request.body(());
                request
                    .map_err(Into::into)
                    .and_then(|it| self.agent.run(it))
            }
        };
        said.and_then(reply).map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &ureq::Error) -> ForgeError {
        let host = self.about.host.clone();
        match error {
            ureq::Error::Timeout(_) => ForgeError::TimedOut {
                what: host,
                seconds: self.limit.as_secs(),
            },
            ureq::Error::BodyExceedsLimit(_) | ureq::Error::LargeResponseHeader(..) => {
                self.about.unreadable("it does not end")
            }
            ureq::Error::Protocol(_) | ureq::Error::Http(_) => {
                self.about.unreadable("it is not HTTP")
            }
            error => ForgeError::Unreachable {
                host,
                why: self.about.secrets.shown(&error.to_string()),
            },
        }
    }
}

impl Caller for Http {
    fn call(&self, ask: &Ask) -> Result<Reply, ForgeError> {
        let mut address = format!("{}/{}", self.api, ask.path);
        for _ in 0..MOVES {
            let reply = self.send(&address, ask)?;
            match moved(&address, ask.verb, &reply) {
                Some(other) => address = other,
                None => return Ok(reply),
            }
        }
        Err(self.about.unreadable("it sends us in circles"))
    }

    fn about(&self) -> &About {
        &self.about
    }
}

/// Where on the same server the answer sends the same question; the token goes nowhere else.
fn moved(from: &str, verb: &str, reply: &Reply) -> Option<String> {
    let keeps_question = match reply.status {
        307 | 308 => true,
        301 | 302 => verb == "GET",
        _ => false,
    };
    let to = reply.header("location").filter(|_| keeps_question)?;
    let origin = |address: &str| {
        let uri: Uri = address.parse().ok()?;
        let authority = uri.authority()?.as_str().to_ascii_lowercase();
        Some(format!("{}://{authority}", uri.scheme_str()?))
    };
    let here = origin(from)?;
    match to.starts_with('/') && !to.starts_with("//") {
        true => Some(format!("{here}{to}")),
        false => (origin(to)? == here).then(|| to.to_owned()),
    }
}

fn reply(response: Response<Body>) -> Result<Reply, ureq::Error> {
    let (parts, body) = response.into_parts();
    let header = |(name, value): (&ureq::http::HeaderName, &ureq::http::HeaderValue)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), value)
    };
    Ok(Reply {
        status: parts.status.as_u16(),
        headers: parts.headers.iter().map(header).collect(),
        body: body.into_with_config().limit(MOST).read_to_vec()?,
    })
}

fn accept(kind: ForgeKind) -> &'static str {
    match kind {
        ForgeKind::Github => "application/vnd.github+json",
        _ => "application/json",
    }
}

fn authorization(kind: ForgeKind, token: &Token) -> String {
    let basic = |user: &str| {
        let pair = format!("{user}:{}", token.secret);
        format!("Basic {}", STANDARD.encode(pair))
    };
    match (kind, token.user.as_deref()) {
        // Whatever helpers give for these is a token, whoever it is for; a forge of this kind takes no passwords.
        (ForgeKind::Github | ForgeKind::Gitlab, _) => format!("Bearer {}", token.secret),
        // The name that stands for the token of a repository or a workspace.
        (ForgeKind::Bitbucket, None | Some("x-token-auth")) => format!("Bearer {}", token.secret),
        (_, Some(user)) => basic(user),
        (_, None) => format!("token {}", token.secret),
    }
}

/// Where a program of a forge's says what we would have heard: status line, headers, an empty line, the rest.
pub(crate) fn parse(text: &[u8]) -> Option<Reply> {
    let is_end =
        |at: &usize| text[*at..].starts_with(b"\n\n") || text[*at..].starts_with(b"\n\r\n");
    let end = (0..text.len()).find(is_end)?;
    let head = String::from_utf8_lossy(&text[..end]);
    let mut lines = head.lines();
    let status = lines.next()?.strip_prefix("HTTP/")?;
    let status = status.split_whitespace().nth(1)?.parse().ok()?;
    let headers = lines.filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        Some((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
    });
    let body = &text[end + 1..];
    let body = body
        .strip_prefix(b"\r\n")
        .or_else(|| body.strip_prefix(b"\n"));
    Some(Reply {
        status,
        headers: headers.collect(),
        body: body.unwrap_or_default().to_owned(),
    })
}

/// The body as a program of a forge's takes it.
pub(crate) fn input(body: Option<&Value>) -> Vec<u8> {
    body.map(|body| body.to_string().into_bytes())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
