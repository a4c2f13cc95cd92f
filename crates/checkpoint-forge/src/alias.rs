//! Names that only ssh knows: `git@work:ada/engine` with `Host work` and `HostName github.com` in ssh_config(5), which
//! is how people with two accounts on one forge tell them apart.

use std::{process::Command, time::Duration};

use checkpoint_git::Surroundings;

use crate::{ForgeError, Remote, Request, Transport, process, site::Site};

/// ssh reads a file and prints; it connects to nobody.
const LONGEST: Duration = Duration::from_secs(5);

/// The forge of the remote, by the host in its address, or by the one that ssh takes that for.
pub(crate) fn site(
    request: &Request,
    surroundings: &Surroundings,
) -> Result<Option<Site>, ForgeError> {
    if let Some(site) = Site::of(&request.remote, &request.forges)? {
        return Ok(Some(site));
    }
    match behind(&request.remote, surroundings, request.time_limit) {
        Some(remote) => Site::of(&remote, &request.forges),
        None => Ok(None),
    }
}

/// The remote with the host that ssh gets to by its name; none where that is the same, where the remote is not reached
/// by ssh, or where there is no ssh to ask.
fn behind(remote: &Remote, surroundings: &Surroundings, limit: Duration) -> Option<Remote> {
    if remote.transport() != Transport::Ssh {
        return None;
    }
    let mut command = Command::new(process::find("ssh", surroundings)?);
    command
        .args(["-G", remote.host()])
        .current_dir(&surroundings.cwd)
        .env_clear()
        .envs(&surroundings.env);
    let ran = process::run(command, &[], limit.min(LONGEST)).ok()?;
    let said = String::from_utf8_lossy(&ran.stdout);
    let host = said
        .lines()
        .find_map(|line| line.strip_prefix("hostname "))?;
    remote
        .at(host.trim())
        .filter(|behind| behind.host() != remote.host())
}
