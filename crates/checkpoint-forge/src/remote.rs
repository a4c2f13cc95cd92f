//! The address of a remote, read as git reads it.

use std::{fmt, str::FromStr};

use checkpoint_model::failure::{Failure, Kind};
use miette::Diagnostic;
use percent_encoding::percent_decode_str;
use thiserror::Error;

use crate::shown::shown;

/// Where a branch was pushed to: what `git remote get-url --push <remote>` prints, which has `insteadOf` in it already.
///
/// [`Display`](fmt::Display) and [`Debug`] leave user and password out.
///
/// ```
/// use checkpoint_forge::Remote;
///
/// let remote: Remote = "git@gitlab.com:group/sub/project.git".parse().expect("scp-like");
/// assert_eq!((remote.host(), remote.path().as_str()), ("gitlab.com", "group/sub/project"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Remote {
    transport: Transport,
    host: String,
    port: Option<u16>,
    segments: Vec<String>,
    /// The path as it is written, without a slash before it: what credentials may be kept for.
    written: String,
    login: Login,
}

/// How git gets to a remote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// `https://`.
    Https,
    /// `http://`.
    Http,
    /// `ssh://`, or scp-like.
    Ssh,
    /// `git://`.
    Git,
    /// A directory, or `file://`.
    File,
}

/// What stands before the `@`.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Login {
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
}

/// A text that is not the address of a remote.
#[derive(Clone, Debug, PartialEq, Eq, Error, Diagnostic)]
#[error("cannot read the address of the remote: {why}")]
#[diagnostic(code(forge::remote_unreadable), help("git remote -v"))]
pub struct RemoteError {
    /// What is wrong with it. The address itself is not repeated: there may be a password in it.
    pub why: &'static str,
}

impl Failure for RemoteError {
    fn kind(&self) -> Kind {
        Kind::Fatal
    }
}

impl Remote {
    /// Reads the address of a remote: `https`, `http`, `ssh`, `git` and `file` with their ports and users, the
    /// scp-like `user@host:path`, a directory. Fails on remote helpers (`ext::…`) and on what cannot be a host.
    pub fn parse(url: &str) -> Result<Self, RemoteError> {
        let why = |why| Err(RemoteError { why });
        if url.is_empty() {
            return why("it is empty");
        }
        if url.chars().any(char::is_control) {
            return why("there are control characters in it");
        }
        match (url.split_once("://"), scp_like(url)) {
            (Some((scheme, rest)), _) => with_scheme(scheme, rest),
            (None, Some(("", _))) => why("there is no host in it"),
            (None, Some((_, path))) if path.starts_with(':') => {
                why("it is for a remote helper, which only git can ask")
            }
            (None, Some((authority, path))) => {
                // `[user@host:port]:path` and `user@[host:port]:path`, as git reads them.
                let authority = unbracketed(authority);
                let authority = match authority.rsplit_once('@') {
                    Some((user, host)) => format!("{user}@{}", unbracketed(host)),
                    None => authority.to_owned(),
                };
                hosted(Transport::Ssh, &authority, path)
            }
            (None, None) => Ok(Self::directory(url)),
        }
    }

    /// How git gets there.
    pub fn transport(&self) -> Transport {
        self.transport
    }

    /// The host, in lower case; an IPv6 address in brackets. Empty for a directory.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, where one is written.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// The path of the repository, without slashes at its ends and without `.git`.
    pub fn path(&self) -> String {
        self.segments.join("/")
    }

    /// The path as it is written.
    pub(crate) fn written(&self) -> &str {
        &self.written
    }

    /// Who we are on the web, as the address has it. What stands before the `@` for ssh is no name there.
    pub(crate) fn login(&self) -> Option<&Login> {
        let is_web = matches!(self.transport, Transport::Http | Transport::Https);
        is_web.then_some(&self.login)
    }

    pub(crate) fn segments(&self) -> &[String] {
        &self.segments
    }

    /// The host, with the port where one is written.
    pub(crate) fn authority(&self) -> String {
        match self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.clone(),
        }
    }

    /// The same repository on the host of this name; none where it cannot be one.
    pub(crate) fn at(&self, host: &str) -> Option<Self> {
        let (host, _) = host_and_port(host).ok()?;
        Some(Self {
            host,
            port: None,
            ..self.clone()
        })
    }

    fn directory(path: &str) -> Self {
        Self {
            transport: Transport::File,
            host: String::new(),
            port: None,
            segments: vec![path.to_owned()],
            written: path.to_owned(),
            login: Login::default(),
        }
    }
}

impl FromStr for Remote {
    type Err = RemoteError;

    fn from_str(url: &str) -> Result<Self, RemoteError> {
        Self::parse(url)
    }
}

impl fmt::Display for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.transport {
            Transport::Https => "https",
            Transport::Http => "http",
            Transport::Ssh => "ssh",
            Transport::Git => "git",
            Transport::File => return f.write_str(&shown(&self.path(), 200)),
        };
        let (authority, path) = (self.authority(), self.path());
        write!(f, "{scheme}://{authority}/{}", shown(&path, 200))
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Remote({self})")
    }
}

/// Splits `host:path`, which is scp-like where no slash stands before the first colon outside of brackets.
fn scp_like(url: &str) -> Option<(&str, &str)> {
    let begin = match url.find(['@', ':', '/']) {
        Some(at) if url[at..].starts_with("@[") => at + 1,
        _ => 0,
    };
    let begin = match url[begin..].starts_with('[') {
        true => begin + url[begin..].find(']')?,
        false => begin,
    };
    let colon = begin + url[begin..].find(':')?;
    let is_path = url[..colon].contains('/');
    (!is_path).then(|| (&url[..colon], &url[colon + 1..]))
}

/// Takes brackets off that do not hold an IPv6 address.
fn unbracketed(host: &str) -> &str {
    let inner = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    inner
        .filter(|inner| inner.matches(':').count() < 2)
        .unwrap_or(host)
}

fn with_scheme(scheme: &str, rest: &str) -> Result<Remote, RemoteError> {
    let transport = match scheme.to_ascii_lowercase().as_str() {
        "https" => Transport::Https,
        "http" => Transport::Http,
        "ssh" | "git+ssh" | "ssh+git" => Transport::Ssh,
        "git" => Transport::Git,
        "file" => return Ok(Remote::directory(rest)),
        _ => {
            let why = "git has no such transport";
            return Err(RemoteError { why });
        }
    };
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let path = percent_decode_str(path).decode_utf8();
    let path = path.map_err(|_| RemoteError {
        why: "its path is not UTF-8",
    })?;
    hosted(transport, authority, &path)
}

fn hosted(transport: Transport, authority: &str, path: &str) -> Result<Remote, RemoteError> {
    let (login, place) = match authority.rsplit_once('@') {
        Some((login, place)) => (login_of(login), place),
        None => (Login::default(), authority),
    };
    let (host, port) = host_and_port(place)?;
    let written = path.trim_start_matches('/').to_owned();
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    let segments: Vec<String> = path
        .split('/')
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect();
    let is_odd = |part: &String| part == "." || part == ".." || part.chars().any(char::is_control);
    if segments.iter().any(is_odd) {
        let why = "its path leads out of where it begins";
        return Err(RemoteError { why });
    }
    Ok(Remote {
        transport,
        host,
        port,
        segments,
        written,
        login,
    })
}

fn login_of(text: &str) -> Login {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let (user, password) = match text.split_once(':') {
        Some((user, password)) => (user, Some(password)),
        None => (text, None),
    };
    let filled = |text: &&str| !text.is_empty();
    Login {
        user: Some(user).filter(filled).map(decoded),
        password: password.filter(filled).map(decoded),
    }
}

fn host_and_port(place: &str) -> Result<(String, Option<u16>), RemoteError> {
    let why = |why| RemoteError { why };
    let colon = place.rfind(':').filter(|at| !place[*at..].contains(']'));
    let (host, port) = match colon {
        Some(at) => (&place[..at], &place[at + 1..]),
        None => (place, ""),
    };
    let port = match port {
        "" => None,
        port => Some(port.parse().map_err(|_| why("its port is not a number"))?),
    };
    let is_six = host.starts_with('[') && host.ends_with(']');
    let is_part =
        |c: char| c.is_alphanumeric() || "-._".contains(c) || (is_six && "[:]%".contains(c));
    // A host that begins with a dash would be an option to a program that gets it.
    match !host.is_empty() && !host.starts_with('-') && host.chars().all(is_part) {
        true => Ok((host.to_ascii_lowercase(), port)),
        false => Err(why("its host is not the name of one")),
    }
}

#[cfg(test)]
mod tests;
