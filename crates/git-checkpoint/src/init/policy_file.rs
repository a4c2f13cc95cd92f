//! The policy file that a repository starts with: every key explained, none of them set.

use std::path::PathBuf;

use checkpoint_cli::Session;
use checkpoint_model::policy::Policy;
use checkpoint_policy::PolicyReader;

const TEMPLATE: &str = include_str!("../../../../templates/policy.toml");

/// How the file begins that stands in a repository, in place of how the template does.
const HEAD: &str = "\
# The policy of this repository, for git checkpoint. Commit it. All values here are the defaults:
# take the '#' away from a line to change it. An unknown key is an error that shows the place.
";

/// Where the file goes and what it says, if neither the protected branch nor the working tree has a policy.
pub(super) fn missing(session: &Session<'_>) -> Option<(PathBuf, String)> {
    let reader = PolicyReader::new(&session.repo);
    let top = session.repo.work_tree()?;
    (!reader.is_given()).then(|| (top.join(Policy::FILE_NAME), text()))
}

/// The template with its values as comments.
fn text() -> String {
    let body = TEMPLATE
        .split_once("\n#\n")
        .map_or(TEMPLATE, |(_, body)| body);
    let is_value = |line: &str| line.starts_with(|c: char| c.is_ascii_lowercase());
    let lines = body.lines().map(|line| match is_value(line) {
        true => format!("# {line}\n"),
        false => format!("{line}\n"),
    });
    HEAD.to_owned() + "#\n" + &lines.collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_sets_nothing() {
        let text = text();
        let policy = Policy::parse(&text, Policy::FILE_NAME).unwrap();
        assert_eq!(policy, Policy::default(), "{text}");
        assert!(text.contains("\n# protected = [\"main\""), "{text}");
        assert!(text.contains("\n[branches]\n"), "{text}");
        assert!(!text.contains("copy this file"), "{text}");
    }
}
