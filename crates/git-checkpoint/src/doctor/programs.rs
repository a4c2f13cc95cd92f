//! The programs that have to be found, and their versions.

use checkpoint_cli::Session;

use super::finding::Finding;
use crate::setup::programs::{Found, on_path};

/// The version of this program.
const OURS: &str = env!("CARGO_PKG_VERSION");

pub(super) fn look(session: &Session<'_>) -> Vec<Finding> {
    let mut findings = vec![git(&on_path(session, "git"))];
    let ours = [
        "git-checkpoint",
        "git-safe-restore",
        "git-agent-commit",
        "git-agent-run",
    ];
    for name in ours {
        findings.push(own(name, &on_path(session, name)));
    }
    findings
}

fn git(gits: &[Found]) -> Finding {
    let say = |git: &Found| format!("{} at {}", shown(git), git.path.display());
    let all: Vec<_> = gits.iter().map(say).collect();
    let mut versions: Vec<_> = gits.iter().filter_map(|git| git.version.as_ref()).collect();
    versions.dedup();
    match (
        gits.first().and_then(|git| git.version.as_ref()),
        versions.len(),
    ) {
        (None, _) => Finding::failure("git", "no git on PATH that can be run"),
        (Some(_), 1) => Finding::ok("git", say(&gits[0])),
        // Hooks hold in all of them: what is installed is what the oldest one reads.
        (Some(_), _) => Finding::ok("git", all.join(", ")),
    }
}

fn own(name: &'static str, found: &[Found]) -> Finding {
    let Some(first) = found.first() else {
        let says = format!(
            "{name} is not on PATH: 'git {}' is unknown to git",
            &name[4..]
        );
        return Finding::warning(name, says).by("cargo xtask install");
    };
    let says = format!("{} at {}", shown(first), first.path.display());
    match &first.version {
        None => Finding::failure(name, format!("'{}' cannot be run", first.path.display()))
            .by("cargo xtask install"),
        Some(version) if version.text() != OURS => {
            Finding::warning(name, format!("{says}, but this one is {OURS}"))
                .by("cargo xtask install")
        }
        Some(_) => Finding::ok(name, says),
    }
}

fn shown(found: &Found) -> String {
    match &found.version {
        Some(version) => version.to_string(),
        None => "unknown".to_owned(),
    }
}
