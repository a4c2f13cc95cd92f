//! Whether the policy can be read, and where it is from.

use checkpoint_cli::Session;
use checkpoint_model::policy::Policy;
use checkpoint_policy::PolicyReader;

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
            let says = format!("{error}: {why}; {} counts", problem.instead);
            Finding::failure(WHAT, says).by(format!("git diff -- {}", Policy::FILE_NAME))
        });
        return broken.collect();
    }
    let sources = rules.layers().iter().map(|layer| layer.source.to_string());
    let sources = sources.collect::<Vec<_>>().join(", then ");
    vec![Finding::ok(WHAT, format!("from {sources}"))]
}
