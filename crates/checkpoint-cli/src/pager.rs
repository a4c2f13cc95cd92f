//! Long output by the pager that git would use.
//!
//! As git does it: the pager takes the place of the terminal behind standard output and standard error, so that what
//! child processes print goes through it too, and we wait for it at the end.

use std::{
    ffi::OsStr,
    io,
    os::fd::OwnedFd,
    process::{Child, Command, Stdio},
};

use rustix::{
    io::fcntl_dupfd_cloexec,
    stdio::{dup2_stderr, dup2_stdout, stderr, stdout},
};

use crate::{Environment, Taste, env::parse_bool};

/// What a child process has in its environment while its output goes to our pager, so that it keeps its colours.
pub(crate) const IN_USE: (&str, &str) = ("GIT_PAGER_IN_USE", "true");

/// What git gives to a pager where the person has not chosen: quit when it fits on one screen, pass colours, leave
/// the screen as it is.
const DEFAULTS: [(&str, &str); 2] = [("LESS", "FRX"), ("LV", "-c")];

/// The command of the pager to use; `None` for none. `is_terminal`: standard output is one. The order is git's:
/// `GIT_PAGER`, the `pager.checkpoint` that names one, `core.pager`, `PAGER`, `less`; empty or `cat` means none.
pub(crate) fn choose(env: &Environment, taste: &Taste, is_terminal: bool) -> Option<String> {
    let ours = taste.pager.as_deref();
    if !is_terminal || ours.and_then(parse_bool) == Some(false) {
        return None;
    }
    let ours = ours.filter(|value| parse_bool(value).is_none());
    let command = env
        .git_pager()
        .or(ours)
        .or(taste.core_pager.as_deref())
        .or(env.pager())
        .unwrap_or("less");
    (!command.is_empty() && command != "cat").then(|| command.to_owned())
}

/// A pager that stands between us and the terminal. Dropping it gives the terminal back and waits until it was left.
pub(crate) struct Pager {
    child: Child,
    stdout: OwnedFd,
    stderr: Option<OwnedFd>,
}

impl Pager {
    /// Starts a pager and puts it behind standard output, and behind standard error where that is a terminal. `None`
    /// when it cannot be started; then all goes to the terminal as before, which is what git does.
    pub(crate) fn start(
        command: &str,
        env: &Environment,
        is_stderr_terminal: bool,
    ) -> Option<Self> {
        let mut child = shell(command)
            .stdin(Stdio::piped())
            .envs(missing(env))
            .spawn()
            .ok()?;
        let input = child
            .stdin
            .take()
            .expect("its standard input was asked to be a pipe");
        match redirect(&input, is_stderr_terminal) {
            Ok((stdout, stderr)) => Some(Self {
                child,
                stdout,
                stderr,
            }),
            Err(_) => {
                // It sees the end of its input and leaves.
                drop(input);
                let _status = child.wait();
                None
            }
        }
    }
}

impl Drop for Pager {
    fn drop(&mut self) {
        // Our ends of the pipe close by this: the pager sees the end. Nothing can be said if it fails.
        let _stdout = dup2_stdout(&self.stdout);
        if let Some(terminal) = &self.stderr {
            let _stderr = dup2_stderr(terminal);
        }
        let _status = self.child.wait();
    }
}

/// Points our streams at the pager; gives back where they went before.
fn redirect(
    pager: &impl std::os::fd::AsFd,
    is_stderr_terminal: bool,
) -> io::Result<(OwnedFd, Option<OwnedFd>)> {
    // Above the standard streams, and not for children: an open copy would keep the terminal busy.
    let old_stdout = fcntl_dupfd_cloexec(stdout(), 3)?;
    let old_stderr = if is_stderr_terminal {
        Some(fcntl_dupfd_cloexec(stderr(), 3)?)
    } else {
        None
    };
    dup2_stdout(pager)?;
    if old_stderr.is_some() {
        dup2_stderr(pager)?;
    }
    Ok((old_stdout, old_stderr))
}

/// The command as git starts it: by the shell only where the shell has something to do, so that a pager that does not
/// exist is noticed.
fn shell(command: &str) -> Command {
    if command.contains(|c| "|&;<>()$`\\\"' \t\n*?[#~=%".contains(c)) {
        let mut shell = Command::new("sh");
        shell.args(["-c", command]);
        shell
    } else {
        Command::new(command)
    }
}

fn missing(env: &Environment) -> impl Iterator<Item = (&'static OsStr, &'static OsStr)> {
    let unset = DEFAULTS
        .into_iter()
        .filter(|(name, _)| env.get(name).is_none());
    unset.map(|(name, value)| (OsStr::new(name), OsStr::new(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pager_is_the_one_git_would_choose() {
        let check =
            |env: &[(&str, &str)], core: Option<&str>, ours: Option<&str>, want: Option<&str>| {
                let taste = Taste {
                    core_pager: core.map(str::to_owned),
                    pager: ours.map(str::to_owned),
                    ..Taste::default()
                };
                let chosen = choose(&env.iter().copied().collect(), &taste, true);
                assert_eq!(chosen.as_deref(), want, "{env:?} {core:?} {ours:?}");
            };
        check(&[], None, None, Some("less"));
        check(&[("PAGER", "more")], None, None, Some("more"));
        check(&[("PAGER", "more")], Some("most -s"), None, Some("most -s"));
        check(
            &[("GIT_PAGER", "pg"), ("PAGER", "more")],
            Some("most -s"),
            None,
            Some("pg"),
        );
        check(&[("GIT_PAGER", "cat")], Some("most"), None, None);
        check(&[("GIT_PAGER", "")], Some("most"), None, None);
        check(&[], Some("most"), Some("false"), None);
        check(&[], Some("most"), Some("true"), Some("most"));
        check(&[], Some("most"), Some("less -R"), Some("less -R"));
        check(&[("GIT_PAGER", "pg")], None, Some("less -R"), Some("pg"));
        assert_eq!(
            choose(&Environment::default(), &Taste::default(), false),
            None,
            "a pipe needs no pager"
        );
    }

    #[test]
    fn a_pager_gets_gits_defaults_where_the_person_set_none() {
        let check = |env: &[(&str, &str)], want: &[(&str, &str)]| {
            let given: Vec<_> = missing(&env.iter().copied().collect()).collect();
            let want: Vec<_> = want
                .iter()
                .map(|(name, value)| (OsStr::new(name), OsStr::new(value)))
                .collect();
            assert_eq!(given, want, "{env:?}");
        };
        check(&[], &[("LESS", "FRX"), ("LV", "-c")]);
        check(&[("LESS", "")], &[("LV", "-c")]);
        check(&[("LESS", "R"), ("LV", "-c")], &[]);
    }
}
