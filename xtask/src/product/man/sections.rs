//! The sections that no argument tells: what scripts and administrators look for.

use clap::Command;
use clap_mangen::roff::{Roff, bold, roman};

use crate::product::errors::ErrorCode;

const EXIT: [(&str, &str); 5] = [
    ("0", "Done."),
    ("1", "Refused: the answer is no, and nothing was changed."),
    (
        "3",
        "Partly: a run was pushed, but there is no pull request, or it was not merged (git agent-run finish).",
    ),
    (
        "128",
        "Fatal: it could not be done; also where the policy is wrong or cannot be read, or the answer not be written.",
    ),
    (
        "129",
        "Usage: the command line, or a name that is given there or in the environment, is wrong.",
    ),
];

const CONFIGURATION: [(&str, &str); 8] = [
    (
        "checkpoint.tagPrefix",
        "What the tags of named checkpoints begin with, below refs/tags/. Default: checkpoint.",
    ),
    (
        "checkpoint.shareOnPush, checkpoint.shareTimeout",
        "Whether records go along with a 'git push' to the remote that 'init' has set up, and how many seconds they \
         may take. Default: true, 5.",
    ),
    (
        "user.name, user.email",
        "Who made a checkpoint. Where git has none, a fixed identity is used.",
    ),
    (
        "tag.gpgSign, user.signingKey, gpg.format",
        "Whether and how the tags of named checkpoints are signed.",
    ),
    ("color.checkpoint, color.ui", "When output has colours."),
    (
        "pager.checkpoint, core.pager",
        "Whether long output goes through a pager, and which.",
    ),
    (
        "advice.checkpoint",
        "Whether hints are printed. Default: true.",
    ),
    (
        "core.ignoreCase, branch.<name>.remote",
        "Whether branches that differ in case are one; the remote whose branch of that name is its upstream. Hooks ask.",
    ),
];

const ENVIRONMENT: [(&str, &str); 8] = [
    (
        "CHECKPOINT_ALLOW",
        "Rules that the hooks let pass for one command, with commas between them: commit, push, move, tags, \
         checkpoint. For people; where an agent is at work it does not count. Recorded; see git-checkpoint-log(1).",
    ),
    (
        "GIT_AGENT_NAME, GIT_AGENT_TASK, GIT_AGENT_SESSION, GIT_AGENT_MODEL, GIT_AGENT_RUN",
        "The agent at work, what it works on, its session, its model and its run; printed by 'git agent-run start'.",
    ),
    (
        "GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE",
        "Which repository, working tree and index, as for git itself.",
    ),
    (
        "GIT_CONFIG_PARAMETERS, GIT_CONFIG_COUNT",
        "Config for one run; set by 'git -c <key>=<value> checkpoint'.",
    ),
    (
        "GIT_PAGER, PAGER",
        "The pager; GIT_PAGER wins over core.pager.",
    ),
    (
        "GIT_PROGRESS_DELAY",
        "Seconds of work before progress is shown. Default: 1.",
    ),
    ("GIT_TERMINAL_PROMPT", "False: never ask."),
    ("NO_COLOR", "No colours unless the config says 'always'."),
];

const FILES: [(&str, &str); 5] = [
    (
        ".git-checkpoint.toml",
        "The policy of the repository, at the top of the working tree: [branches], [hooks], [capture], \
         [retention], [checkpoint]. All keys are optional; an unknown one is an error. It counts as the protected \
         branch has it; the copy in the working tree can only be stricter.",
    ),
    (
        "refs/checkpoints/<id>",
        "The snapshot commit of each checkpoint. Plain git can restore it: git stash apply --index <ref>.",
    ),
    (
        "refs/tags/checkpoint/<name>",
        "The tag of a named checkpoint, on a commit beside the branch; it publishes no uncommitted content.",
    ),
    (
        "refs/notes/checkpoints",
        "The records: for each snapshot a set of events, one line of JSON each.",
    ),
    (
        "refs/notes/agents, refs/notes/guard",
        "The records of agents' commits and runs, and of who passed a rule of the policy.",
    ),
];

/// All of them, for the page of the command.
pub(crate) fn write(errors: &[ErrorCode]) -> Vec<u8> {
    let mut roff = Roff::new();
    list(
        &mut roff,
        "EXIT STATUS",
        EXIT.map(|(a, b)| (a.to_owned(), b.to_owned())),
    );
    if !errors.is_empty() {
        let errors = errors
            .iter()
            .map(|error| (error.code.clone(), error.message.clone()));
        list(&mut roff, "ERRORS", errors);
    }
    list(
        &mut roff,
        "CONFIGURATION",
        CONFIGURATION.map(|(a, b)| (a.to_owned(), b.to_owned())),
    );
    list(
        &mut roff,
        "ENVIRONMENT",
        ENVIRONMENT.map(|(a, b)| (a.to_owned(), b.to_owned())),
    );
    list(
        &mut roff,
        "FILES",
        FILES.map(|(a, b)| (a.to_owned(), b.to_owned())),
    );
    see(
        &mut roff,
        &[
            "git-checkpoint(1)",
            "git-safe-restore(1)",
            "git-agent-run(1)",
            "git-stash(1)",
            "git-notes(1)",
            "git-config(1)",
            "gitglossary(7)",
        ],
    );
    roff.to_roff().into_bytes()
}

/// What the help of a command ends with: what the words of its options mean.
pub(crate) fn after(command: &Command) -> Vec<u8> {
    let Some(told) = command.get_after_long_help() else {
        return Vec::new();
    };
    let mut roff = Roff::new();
    roff.control("SH", ["WORDS"]);
    roff.text([roman(told.to_string())]);
    roff.to_roff().into_bytes()
}

/// Where the page of a subcommand sends its reader for the rest.
pub(crate) fn see_whole(command: &str) -> Vec<u8> {
    let mut roff = Roff::new();
    roff.control("SH", ["EXIT STATUS"]);
    roff.text([
        roman("0 done, 1 refused, 128 fatal, 129 usage; "),
        bold(format!("{command}(1)")),
        roman(" lists the errors."),
    ]);
    see(&mut roff, &[&format!("{command}(1)")]);
    roff.to_roff().into_bytes()
}

fn list(roff: &mut Roff, heading: &str, items: impl IntoIterator<Item = (String, String)>) {
    roff.control("SH", [heading]);
    for (term, meaning) in items {
        roff.control("TP", []);
        roff.text([bold(term)]);
        roff.text([roman(meaning)]);
    }
}

fn see(roff: &mut Roff, pages: &[&str]) {
    roff.control("SH", ["SEE ALSO"]);
    roff.text([roman(pages.join(", "))]);
}
