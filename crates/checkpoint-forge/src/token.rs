//! What a forge knows us by. A token goes to the host it was given for, and is never shown.

use std::{fmt, time::Duration};

use checkpoint_git::{Program, Surroundings};
use checkpoint_model::policy::ForgeKind;

use crate::{
    ForgeError, Remote,
    process::{self, RunError},
    shown::Secrets,
    site::Site,
};

/// A token, or a name with a password, and where it comes from.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) user: Option<String>,
    pub(crate) secret: String,
    pub(crate) from: String,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token(from {})", self.from)
    }
}

/// Variables that hold a token, and those that name the host they were given for beyond the well-known ones.
struct Variables {
    tokens: &'static [&'static str],
    hosts: &'static [&'static str],
    is_for_well_known: bool,
}

/// Where tokens are looked for, first come, first served; as the programs of the forges do it, but for this: none goes
/// to a host that only the repository names.
fn variables(kind: ForgeKind) -> &'static [Variables] {
    const GITHUB: &[Variables] = &[
        Variables {
            tokens: &["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"],
            hosts: &["GH_HOST", "GITHUB_SERVER_URL"],
            is_for_well_known: false,
        },
        Variables {
            tokens: &["GH_TOKEN", "GITHUB_TOKEN"],
            hosts: &["GITHUB_SERVER_URL"],
            is_for_well_known: true,
        },
    ];
    const GITLAB: &[Variables] = &[Variables {
        tokens: &["GITLAB_TOKEN", "GITLAB_ACCESS_TOKEN", "OAUTH_TOKEN"],
        hosts: &["GITLAB_HOST", "GL_HOST", "CI_SERVER_URL"],
        is_for_well_known: true,
    }];
    const GITEA: &[Variables] = &[Variables {
        tokens: &["GITEA_TOKEN"],
        hosts: &["GITEA_SERVER_URL", "GITHUB_SERVER_URL"],
        is_for_well_known: true,
    }];
    const FORGEJO: &[Variables] = &[Variables {
        tokens: &["FORGEJO_TOKEN", "GITEA_TOKEN"],
        hosts: &[
            "FORGEJO_SERVER_URL",
            "GITEA_SERVER_URL",
            "GITHUB_SERVER_URL",
        ],
        is_for_well_known: true,
    }];
    const BITBUCKET: &[Variables] = &[Variables {
        tokens: &["BITBUCKET_TOKEN"],
        hosts: &[],
        is_for_well_known: true,
    }];
    match kind {
        ForgeKind::Github => GITHUB,
        ForgeKind::Gitlab => GITLAB,
        ForgeKind::Gitea => GITEA,
        ForgeKind::Forgejo => FORGEJO,
        ForgeKind::Bitbucket => BITBUCKET,
    }
}

/// The environment's variables that a forge's program would send to any host; [`is_named`] says whether they may go.
pub(crate) const OF_PROGRAMS: [&str; 9] = [
    "GH_ENTERPRISE_TOKEN",
    "GITHUB_ENTERPRISE_TOKEN",
    "GH_TOKEN",
    "GITHUB_TOKEN",
    "GITLAB_TOKEN",
    "GITLAB_ACCESS_TOKEN",
    "OAUTH_TOKEN",
    "JOB_TOKEN",
    "CI_JOB_TOKEN",
];

/// The token for the forge: from the environment, from the address of the remote, from git's credential helper.
pub(crate) fn find(
    site: &Site,
    remote: &Remote,
    surroundings: &Surroundings,
    limit: Duration,
) -> Result<Option<Token>, ForgeError> {
    if let Some(token) = of_environment(site, surroundings) {
        return Ok(Some(token));
    }
    let login = remote.login();
    if let Some((login, password)) = login.and_then(|login| Some((login, login.password.as_ref()?)))
    {
        return Ok(Some(Token {
            user: login.user.clone(),
            secret: password.clone(),
            from: "the password in the remote's address".to_owned(),
        }));
    }
    of_helper(site, remote, surroundings, limit)
}

/// Everything in the environment and the remote's address that must not be shown.
pub(crate) fn secrets(remote: &Remote, surroundings: &Surroundings) -> Secrets {
    let kinds = ForgeKind::ALL.iter().flat_map(|kind| variables(*kind));
    let names = kinds
        .flat_map(|variables| variables.tokens)
        .chain(&OF_PROGRAMS);
    let mut secrets = Secrets::default();
    names
        .filter_map(|name| surroundings.filled(name)?.to_str())
        .chain(remote.login().and_then(|login| login.password.as_deref()))
        .for_each(|secret| secrets.add(secret));
    secrets
}

/// Whether the person's environment names the host for these tokens, or everybody knows it.
pub(crate) fn is_named(site: &Site, surroundings: &Surroundings) -> bool {
    let mut variables = variables(site.kind).iter();
    variables.any(|variables| is_home(variables, site, surroundings))
}

fn of_environment(site: &Site, surroundings: &Surroundings) -> Option<Token> {
    let may_go = variables(site.kind)
        .iter()
        .filter(|variables| is_home(variables, site, surroundings));
    let (name, secret) = may_go
        .flat_map(|variables| variables.tokens)
        .find_map(|name| Some((name, surroundings.filled(name)?.to_str()?)))?;
    let user = match site.kind {
        // With a name it is a personal token, without one the token of a repository or a workspace.
        ForgeKind::Bitbucket => ["BITBUCKET_EMAIL", "BITBUCKET_USERNAME"]
            .iter()
            .find_map(|name| Some(surroundings.filled(name)?.to_str()?.to_owned())),
        _ => None,
    };
    Some(Token {
        user,
        secret: secret.trim().to_owned(),
        from: (*name).to_owned(),
    })
}

fn is_home(variables: &Variables, site: &Site, surroundings: &Surroundings) -> bool {
    let named = |name: &&str| surroundings.filled(name).and_then(|value| value.to_str());
    let mut homes = variables.hosts.iter().filter_map(named).map(web_of);
    let web = site.web.split('/').take(3).collect::<Vec<_>>().join("/");
    (variables.is_for_well_known && site.is_well_known()) || homes.any(|home| home == web)
}

/// The beginning of all addresses at the place that a variable names by a host or an address. A host alone means https:
/// a token for it does not travel in the clear because a remote does.
fn web_of(text: &str) -> String {
    let (scheme, rest) = text.split_once("://").unwrap_or(("https", text));
    let scheme = scheme.to_ascii_lowercase();
    let host = rest.split('/').next().unwrap_or(rest);
    let host = host.rsplit('@').next().unwrap_or(host).to_ascii_lowercase();
    let usual = match scheme.as_str() {
        "http" => ":80",
        _ => ":443",
    };
    format!("{scheme}://{}", host.strip_suffix(usual).unwrap_or(&host))
}

/// Asks git, which asks the helpers that are configured, and nobody else: not the terminal, not a window. Neither
/// `approve` nor `reject` is sent: what a forge answers to one question is no judgement about a password.
fn of_helper(
    site: &Site,
    remote: &Remote,
    surroundings: &Surroundings,
    limit: Duration,
) -> Result<Option<Token>, ForgeError> {
    let (protocol, _) = site.web.split_once("://").unwrap_or(("https", ""));
    let mut ask = format!(
        "protocol={protocol}\nhost={}\npath={}\n",
        site.host,
        remote.written()
    );
    if let Some(user) = remote.login().and_then(|login| login.user.as_ref()) {
        ask.push_str(&format!("username={user}\n"));
    }
    let command = Program::here(
        surroundings,
        ["-c", "credential.interactive=false", "credential", "fill"],
    )
    .env("GIT_TERMINAL_PROMPT", "0")
    // Set, and to nothing: then git looks for no other either.
    .env("GIT_ASKPASS", "")
    .env("GCM_INTERACTIVE", "never")
    .into_command();
    match process::run(command, ask.as_bytes(), limit) {
        Ok(ran) if ran.succeeded => Ok(parse(&String::from_utf8_lossy(&ran.stdout))),
        // Nobody knows: git says that it may not ask.
        Ok(_) => Ok(None),
        Err(RunError::TimedOut) => Err(ForgeError::TimedOut {
            what: "git credential fill".to_owned(),
            seconds: limit.as_secs(),
        }),
        Err(RunError::NotStarted(error)) => Err(ForgeError::ProgramFailed {
            program: "git".to_owned(),
            said: error.to_string(),
        }),
    }
}

fn parse(answer: &str) -> Option<Token> {
    let value = |key: &str| {
        let mut lines = answer.lines();
        lines.find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
    };
    let secret = value("password").filter(|secret| !secret.is_empty())?;
    Some(Token {
        user: value("username")
            .filter(|user| !user.is_empty())
            .map(str::to_owned),
        secret: secret.to_owned(),
        from: "what git's credential helper gave".to_owned(),
    })
}

/// The command by which a token can be given for the forge.
pub(crate) fn help(site: &Site) -> String {
    let host = &site.host;
    match site.kind {
        ForgeKind::Github => format!("gh auth login --hostname {host}"),
        ForgeKind::Gitlab => format!("glab auth login --hostname {host}"),
        _ => export(site),
    }
}

/// How a token can be given by the environment.
pub(crate) fn export(site: &Site) -> String {
    let host = &site.host;
    match site.kind {
        ForgeKind::Github if site.is_well_known() => "export GH_TOKEN=<token>".to_owned(),
        ForgeKind::Github => format!("export GH_ENTERPRISE_TOKEN=<token> GH_HOST={host}"),
        ForgeKind::Gitlab if site.is_well_known() => "export GITLAB_TOKEN=<token>".to_owned(),
        ForgeKind::Gitlab => format!("export GITLAB_TOKEN=<token> GITLAB_HOST={}", site.web),
        ForgeKind::Gitea if site.is_well_known() => "export GITEA_TOKEN=<token>".to_owned(),
        ForgeKind::Forgejo if site.is_well_known() => "export FORGEJO_TOKEN=<token>".to_owned(),
        ForgeKind::Gitea | ForgeKind::Forgejo => {
            format!("export GITEA_TOKEN=<token> GITEA_SERVER_URL={}", site.web)
        }
        ForgeKind::Bitbucket => "export BITBUCKET_EMAIL=<email> BITBUCKET_TOKEN=<token>".to_owned(),
    }
}
