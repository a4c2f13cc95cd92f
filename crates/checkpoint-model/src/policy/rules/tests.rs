use super::*;
use crate::policy::{Cleanup, PullRequest};

const MAIN: &str = "origin/main";

fn layer(text: &str) -> Layer {
    Layer {
        source: Source::Branch(MAIN.to_owned()),
        policy: Policy::parse(text, Policy::FILE_NAME).unwrap(),
    }
}

/// Rules of a trusted policy and of the working tree's copy; an empty one is not there.
fn rules(trusted: &str, copy: &str) -> Rules {
    let mut layers = Vec::new();
    if !trusted.is_empty() {
        layers.push(layer(trusted));
    }
    if !copy.is_empty() {
        let defaults = Policy::default();
        let base = layers.first().map_or(&defaults, |layer| &layer.policy);
        let policy = base.parse_over(copy, Policy::FILE_NAME).unwrap();
        if layers.is_empty() {
            let source = Source::Defaults;
            layers.push(Layer {
                source,
                policy: defaults,
            });
        }
        let source = Source::WorkingTree;
        layers.push(Layer { source, policy });
    }
    Rules::new(layers, Case::Sensitive)
}

/// A verdict in one line: the level, the rule, why, who says so.
fn said(verdict: &Verdict) -> String {
    let (word, reason) = match verdict {
        Verdict::Allowed => return "allowed".to_owned(),
        Verdict::Warned(reason) => ("warned", reason),
        Verdict::Refused(reason) => ("refused", reason),
    };
    let because = match &reason.because {
        Because::Protected { pattern } => pattern.clone(),
        other => format!("{other:?}"),
    };
    format!("{word} by {} for {because}: {}", reason.rule, reason.source)
}

#[test]
fn commits_belong_on_branches_for_work() {
    let check = |trusted: &str, copy: &str, branch: &str, want: &str| {
        let verdict = rules(trusted, copy).commit(branch, false);
        assert_eq!(said(&verdict), want, "{branch} by {trusted:?} and {copy:?}");
    };
    let refused = "refused by commit for main: the defaults";
    check("", "", "main", refused);
    check(
        "",
        "",
        "release/1",
        "refused by commit for release/*: the defaults",
    );
    check("", "", "feature/main", "allowed");
    check("", "", "Main", "allowed");
    check("", "[branches]\nprotected = []", "main", refused);
    check("", "[hooks]\ncommit = \"off\"", "main", refused);

    let trunk = "[branches]\nprotected = [\"trunk\"]\nfeature = [\"agent/*\"]";
    check(
        trunk,
        "",
        "trunk",
        "refused by commit for trunk: .git-checkpoint.toml of 'origin/main'",
    );
    check(trunk, "", "agent/a/run-1", "allowed");
    check(
        trunk,
        "",
        "main",
        "refused by commit for NotForWork: .git-checkpoint.toml of 'origin/main'",
    );
    check(
        trunk,
        "[branches]\nfeature = [\"*\"]",
        "main",
        "refused by commit for NotForWork: .git-checkpoint.toml of 'origin/main'",
    );
    check(
        trunk,
        "[branches]\nprotected = [\"agent/*\"]",
        "agent/a",
        "refused by commit for agent/*: .git-checkpoint.toml in the working tree",
    );
    check(
        trunk,
        "[branches]\nfeature = [\"agent/b/*\"]",
        "agent/a",
        "refused by commit for NotForWork: .git-checkpoint.toml in the working tree",
    );
    check(trunk, "[capture]", "agent/a", "allowed");

    let mild = "[hooks]\ncommit = \"warn\"";
    check(
        mild,
        "",
        "main",
        "warned by commit for main: .git-checkpoint.toml of 'origin/main'",
    );
    check(
        mild,
        "[hooks]\npush = \"off\"",
        "main",
        "warned by commit for main: .git-checkpoint.toml of 'origin/main'",
    );
    check(
        mild,
        "[hooks]\ncommit = \"off\"",
        "main",
        "warned by commit for main: .git-checkpoint.toml of 'origin/main'",
    );
    check(
        mild,
        "[hooks]\ncommit = \"refuse\"",
        "main",
        "refused by commit for main: .git-checkpoint.toml of 'origin/main'",
    );
    check("[hooks]\ncommit = \"off\"", "", "main", "allowed");
}

#[test]
fn the_first_commit_of_a_repository_is_nobodys_business() {
    assert_eq!(rules("", "").commit("main", true), Verdict::Allowed);
    let narrow = "[branches]\nfeature = [\"agent/*\"]";
    assert_eq!(rules(narrow, "").commit("main", true), Verdict::Allowed);
    assert_ne!(
        rules(narrow, "").commit("other", true),
        Verdict::Allowed,
        "not what begins elsewhere"
    );
}

#[test]
fn names_are_one_where_the_file_system_says_so() {
    let insensitive = Rules::new(Vec::new(), Case::Insensitive);
    assert_eq!(
        said(&insensitive.commit("MAIN", false)),
        "refused by commit for main: the defaults"
    );
    assert_eq!(
        said(&insensitive.commit("Release/1", false)),
        "refused by commit for release/*: the defaults"
    );
    assert_eq!(insensitive.commit("mainly", false), Verdict::Allowed);
}

#[test]
fn a_push_is_judged_by_where_it_goes() {
    let check = |branch: &str, step: PushStep, want: &str| {
        assert_eq!(
            said(&rules("", "").push(branch, step)),
            want,
            "{branch} {step:?}"
        );
    };
    check(
        "main",
        PushStep::Move,
        "refused by push for main: the defaults",
    );
    check(
        "main",
        PushStep::Delete,
        "refused by push for main: the defaults",
    );
    check(
        "main",
        PushStep::Create { first: false },
        "refused by push for main: the defaults",
    );
    check("main", PushStep::Create { first: true }, "allowed");
    check("feature", PushStep::Move, "allowed");
    check("feature", PushStep::Delete, "allowed");
    let tag = |step| said(&rules("", "").push_tag(step));
    assert_eq!(tag(PushStep::Create { first: false }), "allowed");
    assert_eq!(
        tag(PushStep::Move),
        "refused by tags for Tagged: the defaults"
    );
    assert_eq!(
        tag(PushStep::Delete),
        "refused by tags for Tagged: the defaults"
    );
}

#[test]
fn a_protected_branch_moves_to_what_its_upstream_has() {
    let check = |movement: Movement, want: &str| {
        assert_eq!(
            said(&rules("", "").movement("main", movement)),
            want,
            "{movement:?}"
        );
        assert_eq!(
            rules("", "").movement("feature", movement),
            Verdict::Allowed
        );
    };
    check(Movement::Nowhere, "allowed");
    check(Movement::Away, "allowed");
    check(Movement::Birth, "allowed");
    check(Movement::ToUpstream, "allowed");
    check(
        Movement::Elsewhere,
        "refused by move for main: the defaults",
    );
}

#[test]
fn a_checkpoint_is_wanted_as_hard_as_asked_for() {
    let check = |text: &str, commit: &str, is_required: bool| {
        let rules = rules(text, "");
        assert_eq!(said(&rules.commit_without_checkpoint()), commit, "{text}");
        assert_eq!(
            rules.push_without_checkpoint().is_some(),
            is_required,
            "{text}"
        );
    };
    check("", "warned by checkpoint for NotKept: the defaults", false);
    let main = "by checkpoint for NotKept: .git-checkpoint.toml of 'origin/main'";
    check("[hooks]\ncheckpoint = \"off\"", "allowed", false);
    check(
        "[hooks]\ncheckpoint = \"refuse\"",
        &format!("refused {main}"),
        false,
    );
    check(
        "[checkpoint]\nrequire = \"push\"",
        &format!("warned {main}"),
        true,
    );
    check(
        "[checkpoint]\nrequire = \"run\"",
        &format!("warned {main}"),
        false,
    );
}

#[test]
fn a_copy_can_only_add() {
    let trusted = "
        [branches]\nprotected = [\"main\"]
        [capture]\ninclude = [\"a\"]\nexclude = [\"b\", \"c\"]\nmax-file-size = 10\nextra = [\"/a\"]
        [retention]\nautomatic-count = 5\ngrace-days = 5
        [checkpoint]\nrequire = \"push\"\nsign = true\ntest-command = \"true\"";
    let copy = "
        [branches]\nprotected = []
        [hooks]\ncommit = \"off\"\npush = \"off\"\nmove = \"off\"\ntags = \"off\"\ncheckpoint = \"off\"
        [capture]\ninclude = []\nexclude = [\"c\", \"d\"]\nmax-file-size = 0\nallow-home = true\nextra = [\"/b\"]\nnested = \"refuse\"
        [retention]\nautomatic-count = 0\nautomatic-days = 0\nmax-bytes = 0\ngrace-days = 9
        [checkpoint]\nrequire = \"never\"\nsign = false\ntest-command = \"false\"";
    let trusted = layer(trusted).policy;
    let merged = rules_of(&trusted, copy);
    assert_eq!(merged.branches, trusted.branches);
    assert_eq!(merged.hooks, trusted.hooks);
    assert_eq!(merged.checkpoint, trusted.checkpoint);
    assert_eq!(merged.retention.automatic_count, 5);
    assert_eq!(merged.retention.automatic_days, 30);
    assert_eq!(merged.retention.grace_days, 9);
    assert_eq!(merged.retention.max_bytes, trusted.retention.max_bytes);
    assert_eq!(merged.capture.include, trusted.capture.include);
    assert_eq!(merged.capture.exclude.patterns().collect::<Vec<_>>(), ["c"]);
    assert_eq!(merged.capture.max_file_size.bytes(), 10);
    assert_eq!(merged.capture.extra, ["/a", "/b"]);
    assert_eq!(
        (merged.capture.nested, merged.capture.allow_home),
        (trusted.capture.nested, false)
    );
    assert_eq!(
        rules_of(&trusted, ""),
        trusted,
        "an empty copy says nothing"
    );
}

#[test]
fn a_copy_lets_less_out_and_takes_less_away_and_words_nothing() {
    let trusted = "[runs]\ncleanup = \"worktree\"\ndiscard-ignored = [\"target/\"]\n";
    let trusted = Policy::parse(trusted, "trusted").unwrap();
    let loose = "[agents]\nattribution = \"none\"\n[runs]\nbranch-prefix = \"x\"\nbody = \"x\"\n\
                 commit-template = \"{description}\"\npull-request = \"api\"\ndraft = false\n\
                 cleanup = \"all\"\ndiscard-ignored = [\"target/\", \".env\"]\nforges = { \"evil.example\" = \"gitea\" }\n";
    assert_eq!(
        rules_of(&trusted, loose),
        trusted,
        "nothing of it is stricter"
    );
    let strict = "[agents]\nhash-sessions = true\n[runs]\npush = false\n\
                  pull-request = \"never\"\ncleanup = \"keep\"\ndiscard-ignored = []\n";
    let merged = rules_of(&trusted, strict);
    assert!(merged.agents.hash_sessions && !merged.runs.push);
    assert_eq!(merged.runs.pull_request, PullRequest::Never);
    assert_eq!(merged.runs.cleanup, Cleanup::Keep);
    assert_eq!(merged.runs.discard_ignored.patterns().count(), 0);
    let ready = Policy::parse("[runs]\ndraft = false\npull-request = \"never\"", "").unwrap();
    let merged = rules_of(&ready, "[runs]\ndraft = true\npull-request = \"auto\"");
    assert!(merged.runs.draft, "a draft is the more careful");
    assert_eq!(merged.runs.pull_request, PullRequest::Never);
}

fn rules_of(trusted: &Policy, copy: &str) -> Policy {
    trusted.tightened_by(&trusted.parse_over(copy, Policy::FILE_NAME).unwrap())
}

#[test]
fn who_asks_for_the_level_is_who_is_named() {
    let rules = rules(
        "[hooks]\npush = \"off\"\n",
        "[hooks]\ncheckpoint = \"refuse\"\n",
    );
    let said = said(&rules.commit_without_checkpoint());
    assert!(said.contains("in the working tree"), "{said}");
}
