//! Why a push failed, told by what git says.

use std::process::Output;

use bstr::ByteSlice as _;
use checkpoint_model::event::{GitPushFailed, PushFailure};

use crate::{
    finish::Work,
    log::{in_short, without_credentials},
};

/// What is recorded of a push that failed.
pub(super) fn of(work: &Work<'_>, remote: &str, url: &str, output: &Output) -> GitPushFailed {
    GitPushFailed {
        run: Some(work.run.id),
        remote: remote.to_owned(),
        url: Some(without_credentials(url)),
        branch: work.branch().to_owned(),
        reason: reason(&output.stdout, &output.stderr),
        code: output.status.code(),
        message: in_short(&message(&output.stdout, &output.stderr)),
    }
}

/// What git says of the branch itself, and its errors.
fn message(stdout: &[u8], stderr: &[u8]) -> String {
    let refused = stdout.lines().filter_map(|line| {
        let why = line.strip_prefix(b"!\t")?.rsplit_once_str("\t")?.1;
        Some(why.to_str_lossy().into_owned())
    });
    // What everybody is told each time, and what was shown already.
    let idle = [
        "remote:",
        "hint:",
        "To ",
        "error: failed to push",
        "Please make sure",
        "and the repository exists",
    ];
    let said = stderr
        .lines()
        .map(|line| line.to_str_lossy().trim().to_owned());
    let said = said.filter(|line| !idle.iter().any(|idle| line.starts_with(idle)));
    let lines: Vec<_> = refused
        .chain(said)
        .filter(|line| !line.is_empty())
        .collect();
    match lines.is_empty() {
        true => stderr.to_str_lossy().trim().to_owned(),
        false => lines.join("\n"),
    }
}

/// Tells one failure from another by what `git push --porcelain` says of the branch, else by git's own words.
fn reason(stdout: &[u8], stderr: &[u8]) -> PushFailure {
    let has = |text: &[u8], words: &[&str]| words.iter().any(|word| text.contains_str(word));
    let refused = |words: &[&str]| {
        let mut lines = stdout.lines().filter(|line| line.starts_with(b"!"));
        lines.any(|line| has(line, words))
    };
    match () {
        () if refused(&["[remote rejected]", "[remote failure]"]) => PushFailure::Rejected,
        () if refused(&["[rejected]"]) => PushFailure::NonFastForward,
        () if has(
            stderr,
            &[
                "Authentication failed",
                "could not read Username",
                "could not read Password",
                "Permission denied (",
                "terminal prompts disabled",
                "The requested URL returned error: 403",
                "Host key verification failed",
            ],
        ) =>
        {
            PushFailure::Authentication
        }
        () if has(
            stderr,
            &[
                "Could not resolve host",
                "unable to access",
                "does not appear to be a git repository",
                "Could not read from remote repository",
                "repository not found",
                "Connection refused",
                "Connection timed out",
                "unable to connect",
            ],
        ) =>
        {
            PushFailure::Unreachable
        }
        // git push says no more where the pre-push hook has said no.
        () if has(stderr, &["failed to push some refs"]) && !stderr.contains_str("remote:") => {
            PushFailure::Hook
        }
        () => PushFailure::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failure_is_told_from_another() {
        let check = |stdout: &str, stderr: &str, want: PushFailure| {
            assert_eq!(
                reason(stdout.as_bytes(), stderr.as_bytes()),
                want,
                "{stdout} {stderr}"
            );
        };
        let refused = |why: &str| format!("To origin\n!\ta:refs/heads/b\t{why}\nDone\n");
        let failed = "error: failed to push some refs to 'origin'";
        check(
            &refused("[remote rejected] (pre-receive hook declined)"),
            failed,
            PushFailure::Rejected,
        );
        check(
            &refused("[rejected] (fetch first)"),
            failed,
            PushFailure::NonFastForward,
        );
        check("", failed, PushFailure::Hook);
        check(
            "",
            "fatal: Authentication failed for 'https://h/a'",
            PushFailure::Authentication,
        );
        check(
            "",
            "git@h: Permission denied (publickey).\nfatal: Could not read from remote repository.",
            PushFailure::Authentication,
        );
        check(
            "",
            "fatal: '/gone.git' does not appear to be a git repository\nfatal: Could not read from remote repository.",
            PushFailure::Unreachable,
        );
        check("", "fatal: bad thing", PushFailure::Other);
    }
}
