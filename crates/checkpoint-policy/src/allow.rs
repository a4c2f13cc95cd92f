//! `CHECKPOINT_ALLOW`: the rules that a person passes, for one command.

use checkpoint_git::Surroundings;
use checkpoint_model::policy::Rule;

/// What `CHECKPOINT_ALLOW` asks for: rules, with commas or spaces between them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowance {
    rules: Vec<Rule>,
    /// Words that are no rules.
    pub unknown: Vec<String>,
}

impl Allowance {
    /// The environment variable.
    pub const VARIABLE: &'static str = "CHECKPOINT_ALLOW";

    /// Reads the variable.
    #[must_use]
    pub fn read(surroundings: &Surroundings) -> Self {
        let text = surroundings.filled(Self::VARIABLE).unwrap_or_default();
        Self::parse(&text.to_string_lossy())
    }

    fn parse(text: &str) -> Self {
        let mut allowance = Self::default();
        for word in text.split([',', ' ']).filter(|word| !word.is_empty()) {
            match word.parse() {
                Ok(rule) => allowance.rules.push(rule),
                Err(_) => allowance.unknown.push(word.to_owned()),
            }
        }
        allowance
    }

    /// Whether it asks to pass this rule. Who may commit to a branch may move it by that.
    #[must_use]
    pub fn covers(&self, rule: Rule) -> bool {
        let by_commit = rule == Rule::Move && self.rules.contains(&Rule::Commit);
        by_commit || self.rules.contains(&rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_passed_by_their_words() {
        let check = |text: &str, rule: Rule, want: bool| {
            assert_eq!(Allowance::parse(text).covers(rule), want, "{text:?} {rule}");
        };
        check("", Rule::Commit, false);
        check("commit", Rule::Commit, true);
        check("commit", Rule::Push, false);
        check("commit", Rule::Move, true);
        check("move", Rule::Commit, false);
        check("push,commit", Rule::Commit, true);
        check("push, tags", Rule::Tags, true);
        check("1", Rule::Commit, false);
        check("all", Rule::Commit, false);
        check("Commit", Rule::Commit, false);
        assert_eq!(Allowance::parse("commit 1,all").unknown, ["1", "all"]);
    }
}
