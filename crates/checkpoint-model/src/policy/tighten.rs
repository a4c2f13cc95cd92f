//! What a copy that anybody may have edited adds to a policy that is trusted: it never takes away.

use super::{
    BranchGlobs, Capture, CheckpointRules, PathGlobs, Policy, PolicyError, PullRequest, Require,
    Retention, Rule, Runs,
};

impl Policy {
    /// Reads a policy whose keys are as here where `text` does not set them.
    pub fn parse_over(&self, text: &str, file_name: &str) -> Result<Self, PolicyError> {
        let mut policy = Self::parse(text, file_name)?;
        let table: toml::Table = text
            .parse()
            .map_err(|error| PolicyError::new(&error, text, file_name))?;
        let keep = |section: &str, key: &str| {
            let section = table.get(section).and_then(toml::Value::as_table);
            !section.is_some_and(|section| section.contains_key(key))
        };
        macro_rules! keep {
            ($($section:literal $key:literal $($field:ident).+),+ $(,)?) => {
                $(if keep($section, $key) {
                    policy.$($field).+ = self.$($field).+.clone();
                })+
            };
        }
        keep!(
            "branches" "protected" branches.protected,
            "branches" "feature" branches.feature,
            "capture" "include" capture.include,
            "capture" "exclude" capture.exclude,
            "capture" "max-file-size" capture.max_file_size,
            "capture" "nested" capture.nested,
            "capture" "allow-home" capture.allow_home,
            "capture" "extra" capture.extra,
            "retention" "automatic-count" retention.automatic_count,
            "retention" "automatic-days" retention.automatic_days,
            "retention" "max-bytes" retention.max_bytes,
            "retention" "grace-days" retention.grace_days,
            "checkpoint" "require" checkpoint.require,
            "checkpoint" "test-command" checkpoint.test_command,
            "checkpoint" "sign" checkpoint.sign,
            "agents" "attribution" agents.attribution,
            "agents" "hash-sessions" agents.hash_sessions,
            "runs" "branch-prefix" runs.branch_prefix,
            "runs" "commit-template" runs.commit_template,
            "runs" "push" runs.push,
            "runs" "pull-request" runs.pull_request,
            "runs" "draft" runs.draft,
            "runs" "body" runs.body,
            "runs" "cleanup" runs.cleanup,
            "runs" "discard-ignored" runs.discard_ignored,
            "runs" "forges" runs.forges,
            "checkpoint" "signers" checkpoint.signers,
            "push" "allow-rules" push.allow_rules,
            "push" "allow-paths" push.allow_paths,
            "push" "allow-hashes" push.allow_hashes,
        );
        for rule in Rule::ALL.iter().filter(|rule| keep("hooks", rule.as_str())) {
            *policy.hooks.level_mut(*rule) = self.hooks.level(*rule);
        }
        Ok(policy)
    }

    /// This policy, and of `other` what is stricter, keeps more, keeps it longer, or lets less out of the machine.
    /// Where two values cannot be ordered (`nested`, `feature`, a test command that is set here, how commits are
    /// worded and attributed, which hosts are trusted with a token), this policy's counts.
    #[must_use]
    pub fn tightened_by(&self, other: &Self) -> Self {
        let mut policy = self.clone();
        policy.branches.protected = self.branches.protected.or(&other.branches.protected);
        for rule in Rule::ALL {
            let level = policy.hooks.level_mut(*rule);
            *level = (*level).max(other.hooks.level(*rule));
        }
        policy.capture = self.capture.keeping_with(&other.capture);
        policy.retention = self.retention.longest(&other.retention);
        policy.checkpoint = self.checkpoint.strictest(&other.checkpoint);
        policy.agents.hash_sessions = self.agents.hash_sessions || other.agents.hash_sessions;
        policy.runs = self.runs.most_careful(&other.runs);
        policy.push = self.push.and(&other.push);
        policy
    }
}

impl Capture {
    fn keeping_with(&self, other: &Self) -> Self {
        let more = |extra: &&String| !self.extra.contains(extra);
        Self {
            include: self.include.or(&other.include),
            exclude: self.exclude.and(&other.exclude),
            max_file_size: self.max_file_size.max(other.max_file_size),
            nested: self.nested,
            allow_home: self.allow_home,
            extra: self
                .extra
                .iter()
                .chain(other.extra.iter().filter(more))
                .cloned()
                .collect(),
        }
    }
}

impl Retention {
    fn longest(&self, other: &Self) -> Self {
        Self {
            automatic_count: self.automatic_count.max(other.automatic_count),
            automatic_days: self.automatic_days.max(other.automatic_days),
            max_bytes: self.max_bytes.max(other.max_bytes),
            grace_days: self.grace_days.max(other.grace_days),
        }
    }
}

impl CheckpointRules {
    fn strictest(&self, other: &Self) -> Self {
        Self {
            require: match self.require {
                Require::Never => other.require,
                required => required,
            },
            test_command: self
                .test_command
                .clone()
                .or_else(|| other.test_command.clone()),
            sign: self.sign || other.sign,
            signers: self.signers.clone().or_else(|| other.signers.clone()),
        }
    }
}

impl Runs {
    fn most_careful(&self, other: &Self) -> Self {
        Self {
            push: self.push && other.push,
            pull_request: match other.pull_request {
                PullRequest::Never => PullRequest::Never,
                _ => self.pull_request,
            },
            draft: self.draft || other.draft,
            cleanup: self.cleanup.min(other.cleanup),
            discard_ignored: self.discard_ignored.and(&other.discard_ignored),
            ..self.clone()
        }
    }
}

macro_rules! sets {
    ($name:ident) => {
        impl $name {
            /// What either matches.
            #[must_use]
            fn or(&self, other: &Self) -> Self {
                let more = other
                    .patterns()
                    .filter(|pattern| !self.patterns().any(|it| it == *pattern));
                Self::new(self.patterns().chain(more)).expect("both were compiled before")
            }
        }
    };
}

sets!(BranchGlobs);
sets!(PathGlobs);

impl PathGlobs {
    /// The patterns that stand in both: never more than either matches.
    pub(super) fn and(&self, other: &Self) -> Self {
        let both = self
            .patterns()
            .filter(|pattern| other.patterns().any(|it| it == *pattern));
        Self::new(both).expect("both were compiled before")
    }
}
