//! Whether the policy can be read, and where it is from.

use checkpoint_cli::{Session, shell_word};
use checkpoint_model::policy::{Policy, Source};
use checkpoint_policy::{PolicyReader, ReadError};

use super::finding::Finding;

const WHAT: &str = "policy";

pub(super) fn look(session: &Session<'_>) -> Vec<Finding> {
    let reader = PolicyReader::new(&session.repo);
    let head = session.repo.head().ok();
    let branch = head.as_ref().and_then(|head| head.branch());
    let branch = branch.map(|branch| String::from_utf8_lossy(branch).into_owned());
    let rules = reader.rules(branch.as_deref());
    let problems = reader.problems();
    if !problems.is_empty() {
        let broken = problems.iter().map(|problem| {
            let (error, why) = (&problem.error, problem.error.why());
            let says = format!("{error}: {why}; {}", problem.instead);
            Finding::failure(WHAT, says).by(looks_at(session, &problem.error))
        });
        return broken.collect();
    }
    let sources = rules.layers().iter().map(|layer| layer.source.to_string());
    let sources = sources.collect::<Vec<_>>().join(", then ");
    let mut findings = vec![Finding::ok(WHAT, format!("from {sources}"))];
    findings.extend(looser(&reader));
    findings
}

/// What shows the fault.
fn looks_at(session: &Session<'_>, error: &ReadError) -> String {
    let name = Policy::FILE_NAME;
    let is_committed =
        |branch: &str| format!("git show {}", shell_word(&format!("{branch}:{name}")));
    match error {
        ReadError::Version { branch, .. } => format!("git ls-tree {} {name}", shell_word(branch)),
        ReadError::File { path, .. } => {
            format!("ls -ld {}", shell_word(&path.display().to_string()))
        }
        ReadError::Policy(error) => match error.file_name().strip_suffix(&format!(":{name}")) {
            Some(branch) => is_committed(branch),
            None => {
                let path = session.repo.work_tree().map(|top| top.join(name));
                let path = path.unwrap_or_else(|| name.into());
                format!("edit {}", shell_word(&path.display().to_string()))
            }
        },
    }
}

/// A copy that asks for less seems to be law, and is none.
fn looser(reader: &PolicyReader<'_>) -> Option<Finding> {
    let (keys, source) = reader.looser()?;
    let keys = keys.join(", ");
    let (place, command) = match &source {
        Source::Branch(branch) => {
            let diff = format!("git diff {} -- {}", shell_word(branch), Policy::FILE_NAME);
            (" there", diff)
        }
        Source::Defaults | Source::WorkingTree => (
            "",
            "commit it to the branch that others come from".to_owned(),
        ),
    };
    let says = format!(
        "the copy in the working tree asks for less than {source} in {keys}, which does not count before it is committed{place}"
    );
    Some(Finding::warning(WHAT, says).by(command))
}
