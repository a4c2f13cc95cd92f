//! The second step: the branch goes to the remote, by the git program, never by force.

mod agit;
mod failure;

use std::process::{Output, Stdio};

use bstr::ByteSlice as _;
use checkpoint_git::ProgramError;
use checkpoint_model::event::{GitPushFailed, GitPushSuccess};

use super::{Done, Work};
use crate::{RunError, config, log::without_credentials};

/// What a push carries beside commits.
#[derive(Debug, Clone, Default)]
pub(super) struct Carried {
    /// Values of `--push-option`.
    pub(super) options: Vec<String>,
    /// The full ref that the branch is pushed to in place of its own.
    pub(super) to: Option<String>,
}

/// What came of it.
pub(super) enum Pushed {
    /// What git printed, on both streams.
    Done(Vec<u8>),
    /// A request that AGit has made of it before has these commits; the server does not tell which.
    HasIt,
    /// It went to AGit's `refs/for/`, and no request came of it: the work is on no branch there.
    NoRequest(GitPushFailed),
    /// It has failed; what git printed on standard error.
    Failed(GitPushFailed, Vec<u8>),
}

/// Whether the record has the tip of the branch at the remote already.
pub(super) fn is_there(work: &Work<'_>, remote: &str) -> bool {
    let (push, tip) = (work.run.push.as_ref(), work.tip.to_string());
    push.is_some_and(|push| push.commit == tip && push.remote == remote)
}

/// Pushes the branch; what is there already is no failure. Hooks run, and whatever of the remote's is printed is shown.
pub(super) fn push(
    work: &mut Work<'_>,
    remote: &str,
    url: &str,
    carried: &Carried,
) -> Result<Pushed, RunError> {
    if let Some(failed) = agit::missing(work, remote, url, carried) {
        return Ok(Pushed::NoRequest(failed));
    }
    let output = run(work, remote, carried)?;
    show(work, &output);
    let printed = [output.stdout.as_slice(), &output.stderr].concat();
    let has_it = carried.to.is_some() && checkpoint_forge::has_it_already(&printed);
    if !output.status.success() && !has_it {
        let failed = failure::of(work, remote, url, &output);
        return Ok(Pushed::Failed(failed, output.stderr));
    }
    if !has_it && let Some(failed) = agit::unanswered(work, remote, url, carried, &printed) {
        return Ok(Pushed::NoRequest(failed));
    }
    let body = GitPushSuccess {
        run: Some(work.run.id),
        remote: remote.to_owned(),
        url: Some(without_credentials(url)),
        branch: work.branch().to_owned(),
        commit: work.tip.to_string(),
    };
    work.log.tell(work.run.id, body)?;
    if carried.to.is_none() {
        follow(work, remote);
    }
    work.done.push(Done::Pushed {
        remote: remote.to_owned(),
        commit: work.tip,
        existed: has_it || is_up_to_date(&output.stdout),
    });
    Ok(match has_it {
        true => Pushed::HasIt,
        false => Pushed::Done(printed),
    })
}

/// Whether the one line of `git push --porcelain` for the branch says that it was there; see git-push(1), "Output".
fn is_up_to_date(printed: &[u8]) -> bool {
    printed.lines().any(|line| line.starts_with(b"=\t"))
}

fn run(work: &Work<'_>, remote: &str, carried: &Carried) -> Result<Output, ProgramError> {
    let reference = work.reference();
    // The commit that was looked at, not whatever the branch is by now.
    let refspec = format!(
        "{}:{}",
        work.tip,
        carried.to.as_deref().unwrap_or(&reference)
    );
    let options: Vec<_> = carried
        .options
        .iter()
        .map(|option| format!("--push-option={option}"))
        .collect();
    let words = ["push", "--porcelain", "--no-force"].into_iter();
    let words = words.chain(options.iter().map(String::as_str));
    let words = words.chain(["--", remote, &refspec]);
    // Untranslated, and in the encoding of the locale all the same: by its words a failure is told from another.
    let program = work.session.repo.git(words).env("LANGUAGE", "en");
    let mut command = program.into_command();
    command.stdin(Stdio::null());
    command.output().map_err(|source| ProgramError::NotRun {
        what: "git push".to_owned(),
        source,
    })
}

/// Forges tell of requests there, and hooks of what they did.
fn show(work: &Work<'_>, output: &Output) {
    let talk = work.session.console.talk();
    for line in output
        .stderr
        .lines()
        .filter(|line| line.starts_with(b"remote:"))
    {
        let line = line.trim_end();
        if line.len() > "remote:".len() {
            talk.status(line.to_str_lossy());
        }
    }
}

/// Lets the branch follow the one at the remote, as `git push --set-upstream` does; that would fail the whole push where
/// another process is at the configuration.
fn follow(work: &Work<'_>, remote: &str) {
    for (key, value) in [("remote", remote), ("merge", &work.reference())] {
        let key = format!("branch.{}.{key}", work.branch());
        if let Err(error) = config::set(work.common, &["--replace-all", &key, value]) {
            let talk = work.session.console.talk();
            talk.warning(format_args!(
                "'{}' follows nothing yet: {error}",
                work.branch()
            ));
            return;
        }
    }
}
