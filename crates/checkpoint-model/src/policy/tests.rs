use miette::{Diagnostic as _, GraphicalReportHandler, GraphicalTheme};
use proptest::prelude::*;

use super::*;
use crate::attribution::Attribution;

fn parse(text: &str) -> Policy {
    Policy::parse(text, Policy::FILE_NAME).unwrap()
}

#[test]
fn the_sample_says_what_the_defaults_are() {
    let sample = include_str!("../../../../templates/policy.toml");
    assert_eq!(parse(sample), Policy::default(), "the sample promises that");
}

/// `section.key` of every key that the schema for editors knows.
fn schema_keys() -> Vec<String> {
    let schema = schemars::schema_for!(Policy).to_value();
    let properties = |schema: &serde_json::Value| schema["properties"].as_object().unwrap().clone();
    let sections = properties(&schema).into_iter().map(|(section, it)| {
        let name = it["$ref"]
            .as_str()
            .unwrap()
            .rsplit('/')
            .next()
            .unwrap()
            .to_owned();
        (section, name)
    });
    let keys = sections.map(|(section, name)| {
        let keys = properties(&schema["$defs"][&name]).into_iter();
        keys.map(move |(key, _)| format!("{section}.{key}"))
            .collect::<Vec<_>>()
    });
    keys.flatten().collect()
}

#[test]
fn the_sample_explains_every_key_that_there_is() {
    let sample = include_str!("../../../../templates/policy.toml");
    let mut section = "";
    let mut explained: Vec<String> = Vec::new();
    for line in sample.lines() {
        if let Some(name) = line
            .strip_prefix('[')
            .and_then(|line| line.strip_suffix(']'))
        {
            section = name;
        } else if let Some((key, _)) = line.trim_start_matches("# ").split_once(" = ")
            && !key.contains(' ')
        {
            explained.push(format!("{section}.{key}"));
        }
    }
    assert_eq!(explained, schema_keys());
}

#[test]
fn an_empty_policy_is_the_default() {
    let policy = parse("");
    assert_eq!(policy, Policy::default());
    assert_eq!(
        policy.branches.protected.patterns().collect::<Vec<_>>(),
        ["main", "master", "release/*"]
    );
    assert_eq!(policy.capture.max_file_size.bytes(), 104_857_600);
    assert_eq!(policy.retention.max_bytes.bytes(), 10_737_418_240);
    assert_eq!(
        (
            policy.retention.automatic_count,
            policy.retention.automatic_days
        ),
        (100, 30)
    );
    assert_eq!(policy.retention.grace_days, 14);
    assert_eq!(
        policy.checkpoint,
        CheckpointRules {
            require: Require::Never,
            test_command: None,
            sign: false,
            signers: None
        }
    );
}

#[test]
fn every_key_can_be_set() {
    let policy = parse(
        r#"
        [branches]
        protected = ["trunk"]
        feature = ["feat/*"]
        [hooks]
        commit = "warn"
        push = "off"
        move = "refuse"
        tags = "warn"
        checkpoint = "refuse"
        [capture]
        include = [".env"]
        exclude = ["target/", "*.iso"]
        max-file-size = "1 GiB"
        nested = "refuse"
        extra = ["~/.zshrc", "/etc/hosts"]
        [retention]
        automatic-count = 5
        automatic-days = 2
        max-bytes = 1000
        grace-days = 0
        [checkpoint]
        require = "push"
        test-command = "cargo test"
        sign = true
        signers = ".github/signers"
        [agents]
        attribution = "kernel"
        hash-sessions = true
        [runs]
        branch-prefix = "bots/nightly"
        commit-template = "{task}: {description}"
        push = false
        pull-request = "push-options"
        draft = false
        body = ".github/agent.md"
        cleanup = "worktree"
        discard-ignored = ["target/"]
        forges = { "Git.Example.org" = "gitea", "[::1]:3000" = "forgejo" }
        [push]
        allow-rules = ["jwt"]
        allow-paths = ["tests/fixtures/"]
        allow-hashes = ["4B825DC642CB6EB9A060E54BF8D69288FBEE4904"]
        "#,
    );
    assert!(policy.branches.is_protected("trunk") && !policy.branches.is_protected("main"));
    assert_eq!(policy.capture.max_file_size.to_string(), "1 GiB");
    assert_eq!(policy.hooks.level(Rule::Move), Level::Refuse);
    assert_eq!(policy.hooks.level(Rule::Push), Level::Off);
    assert_eq!(policy.capture.nested, Nested::Refuse);
    assert_eq!(policy.capture.extra, ["~/.zshrc", "/etc/hosts"]);
    assert_eq!(policy.retention.max_bytes.bytes(), 1000);
    assert_eq!(
        policy.checkpoint.test_command.as_deref(),
        Some("cargo test")
    );
    assert_eq!(policy.checkpoint.require, Require::Push);
    assert_eq!(policy.agents.attribution, Attribution::Kernel);
    assert!(policy.agents.hash_sessions);
    let runs = &policy.runs;
    assert_eq!(runs.branch_prefix.as_str(), "bots/nightly");
    assert_eq!(runs.commit_template.to_string(), "{task}: {description}");
    assert_eq!((runs.push, runs.draft), (false, false));
    assert_eq!(runs.pull_request, PullRequest::PushOptions);
    assert_eq!(runs.body, ".github/agent.md");
    assert_eq!(runs.cleanup, Cleanup::Worktree);
    assert!(runs.discard_ignored.is_match("target/debug/x".into()));
    assert_eq!(runs.forges["git.example.org"], ForgeKind::Gitea);
    assert_eq!(runs.forges["[::1]:3000"], ForgeKind::Forgejo);
    assert!(policy.push.has_rule("jwt") && policy.push.has_path("tests/fixtures/key".into()));
    assert_eq!(
        policy.push.allow_hashes[0].to_string(),
        "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
    );
}

#[test]
fn a_copy_cannot_let_secrets_out() {
    let [secret, other] = ["a", "b"].map(|digit| format!("sha256:{}", digit.repeat(64)));
    let allow = |rules: &str, paths: &str, hashes: &str| {
        parse(&format!(
            "[push]\nallow-rules = {rules}\nallow-paths = {paths}\nallow-hashes = {hashes}"
        ))
    };
    let agreed = allow(r#"["jwt"]"#, r#"["docs/"]"#, &format!("[{secret:?}]"));
    let both = format!("[{other:?}, {secret:?}]");
    let copy = allow(r#"["jwt", "env-file"]"#, r#"["/**", "docs/"]"#, &both);
    assert_eq!(agreed.tightened_by(&copy).push, agreed.push);
    let nothing = agreed.tightened_by(&Policy::default());
    assert_eq!(
        nothing.push,
        Push::default(),
        "it may forbid what was allowed"
    );
    let wrong = Policy::parse("[push]\nallow-hashes = [\"md5:00\"]", "policy").unwrap_err();
    assert!(wrong.why.contains("neither 'sha256:'"), "{}", wrong.why);
}

#[test]
fn what_is_wrong_is_underlined() {
    let check = |text: &str, underlined: &str, why: &str| {
        let error = Policy::parse(text, Policy::FILE_NAME).unwrap_err();
        assert_eq!(&text[error.span()], underlined, "{text}: {}", error.why);
        assert!(error.why.contains(why), "{text}: {}", error.why);
        assert_eq!(error.code().unwrap().to_string(), "policy::invalid");
    };
    check("[captur]", "captur", "unknown field `captur`");
    check(
        "[capture]\nmax_file_size = 1",
        "max_file_size",
        "unknown field `max_file_size`",
    );
    check(
        "[capture]\nmax-file-size = \"ten\"",
        "\"ten\"",
        "'ten' is not a size",
    );
    check(
        "[capture]\nmax-file-size = -1",
        "-1",
        "a size cannot be negative",
    );
    check("[capture]\nmax-file-size = 1.5", "1.5", "expected a size");
    check(
        "[capture]\nexclude = [\"a\", \"b[\"]",
        "\"b[\"",
        "'b[' is not a pattern",
    );
    check("[capture]\nexclude = [\"\"]", "\"\"", "names nothing");
    check("[capture]\nextra = [\"a\"]", "\"a\"", "neither absolute");
    check(
        "[capture]\nnested = \"follow\"",
        "\"follow\"",
        "unknown variant `follow`",
    );
    check(
        "[branches]\nprotected = \"main\"",
        "\"main\"",
        "expected a sequence",
    );
    check("[retention]\nautomatic-count = -1", "-1", "");
    check(
        "[checkpoint]\ntest-command = \" \"",
        "\" \"",
        "the command is empty",
    );
    check(
        "[checkpoint]\nsign = \"yes\"",
        "\"yes\"",
        "expected a boolean",
    );
    check(
        "[hooks]\npre-commit = \"off\"",
        "pre-commit",
        "unknown field `pre-commit`",
    );
    check("[hooks]\npush = true", "true", "");
    check(
        "[agents]\nattribution = \"signed\"",
        "\"signed\"",
        "unknown variant `signed`",
    );
    check(
        "[runs]\ncommit-template = \"{task}: {text}\"",
        "\"{task}: {text}\"",
        "bad template: unknown field 'text'",
    );
    check(
        "[runs]\nbody = \"../secret\"",
        "\"../secret\"",
        "no path in the repository",
    );
    check(
        "[runs.forges]\n\"https://a\" = \"gitea\"",
        "\"https://a\"",
        "not the name of a host",
    );
}

#[test]
fn a_branch_prefix_is_the_beginning_of_a_ref() {
    let check = |prefix: &str, is_one: bool| {
        assert_eq!(prefix.parse::<BranchPrefix>().is_ok(), is_one, "{prefix:?}");
    };
    check("agent", true);
    check("bots/nightly", true);
    check("@", true);
    for prefix in [
        "",
        "-a",
        "a/",
        "/a",
        "a//b",
        "a..b",
        "a b",
        "a.lock",
        ".a",
        "a.",
        "a@{b",
        "a~",
        "a\nb",
        "a*",
        "refs/heads",
        "\u{202e}a",
    ] {
        check(prefix, false);
    }
    check(&"a".repeat(100), true);
    check(&"a".repeat(101), false);
}

#[test]
fn the_report_shows_the_line() {
    let error = Policy::parse("[retention]\nautomatic-day = 30\n", Policy::FILE_NAME).unwrap_err();
    assert_eq!(
        error.to_string(),
        "bad policy in '.git-checkpoint.toml' line 2"
    );
    let mut report = String::new();
    GraphicalReportHandler::new_themed(GraphicalTheme::none())
        .render_report(&mut report, &error)
        .unwrap();
    assert!(report.contains("automatic-day = 30"), "{report}");
    assert!(
        report.contains("unknown field `automatic-day`, expected one of"),
        "{report}"
    );
}

#[test]
fn text_that_is_no_toml_is_refused_and_never_panics() {
    for text in [
        "[",
        "a",
        "[capture\n",
        "\u{feff}[",
        "= 1",
        "[capture]\n[capture]",
        "é = ",
        "\"",
        "[capture]\nexclude = [",
    ] {
        let error = Policy::parse(text, "policy").unwrap_err();
        assert!(error.span().end <= text.len(), "{text:?}");
        let mut report = String::new();
        GraphicalReportHandler::new_themed(GraphicalTheme::none())
            .render_report(&mut report, &error)
            .unwrap();
    }
}

#[test]
fn a_star_in_a_branch_pattern_stands_for_slashes_too() {
    let branches = Branches::default();
    let check = |branch: &str, is_protected: bool| {
        assert_eq!(branches.is_protected(branch), is_protected, "{branch}");
        assert_eq!(branches.is_feature(branch), !is_protected, "{branch}");
    };
    check("main", true);
    check("release/1", true);
    check("release/1/hotfix", true);
    check("main2", false);
    check("feature/main", false);
    check("Main", false);
    check("agent/fix/run-1", false);
}

proptest! {
    #[test]
    fn a_plain_pattern_means_what_an_automaton_would(pattern in "[a-b/]{0,4}[*]?", branch in "[a-b/]{1,6}") {
        if let Ok(globs) = BranchGlobs::new([pattern.as_str()]) {
            let by_automaton = globs.is_match(&branch);
            prop_assert_eq!(globs.matching(&branch, Case::Sensitive).is_some(), by_automaton);
        }
    }
}

#[test]
fn a_path_pattern_means_what_it_means_to_gitignore() {
    let check = |pattern: &str, path: &str, is_match: bool| {
        let globs = PathGlobs::new([pattern]).unwrap();
        assert_eq!(globs.is_match(path.into()), is_match, "{pattern} {path}");
    };
    check("*.iso", "a.iso", true);
    check("*.iso", "deep/down/a.iso", true);
    check("target", "target/debug/a", true);
    check("target", "crate/target/a", true);
    check("target", "targets", false);
    check("target/", "target/a", true);
    check("target/", "target", false);
    check("/target", "target/a", true);
    check("/target", "crate/target/a", false);
    check("src/*.rs", "src/a.rs", true);
    check("src/*.rs", "src/b/a.rs", false);
    check("src/**/a.rs", "src/a.rs", true);
    check("src/**/a.rs", "src/b/c/a.rs", true);
    check("docs/**", "docs/a/b", true);
    check("a/b", "x/a/b", false);
    check("{a,b}.txt", "b.txt", true);
    check("[ab].txt", "c.txt", false);
    check("\\*", "*", true);
    check("\\*", "a", false);
    check(".env", ".env", true);
    check("*", ".hidden", true);
    check("A", "a", false);
}

#[test]
fn a_path_need_not_be_text() {
    let globs = PathGlobs::new(["*.iso"]).unwrap();
    assert!(globs.is_match(b"\xff\xfe.iso".into()));
    assert!(!PathGlobs::default().is_match(b"\xff".into()));
}

#[test]
fn a_command_line_adds_patterns() {
    let globs = PathGlobs::new(["a"]).unwrap().with(["b"]).unwrap();
    assert!(globs.is_match("a".into()) && globs.is_match("b".into()));
    assert!(globs.with(["["]).is_err());
}

#[test]
fn sizes_are_as_people_write_them() {
    let check = |text: &str, bytes: Option<u64>| {
        assert_eq!(
            text.parse::<ByteSize>().ok().map(ByteSize::bytes),
            bytes,
            "{text}"
        );
    };
    check("0", Some(0));
    check("512", Some(512));
    check("512 B", Some(512));
    check("100 MiB", Some(100 << 20));
    check("100MiB", Some(100 << 20));
    check("100mib", Some(100 << 20));
    check("1k", Some(1024));
    check("2g", Some(2 << 30));
    check("1 TiB", Some(1 << 40));
    check("1 kB", Some(1000));
    check("5 GB", Some(5_000_000_000));
    check("18446744073709551615", Some(u64::MAX));
    check("18446744073709551616", None);
    check("99999999999 TiB", None);
    check("1.5 GiB", None);
    check("-1", None);
    check("+1", None);
    check("MiB", None);
    check("1 MiBs", None);
    check("1 2", None);
    check(" 1", None);
    check("", None);
}

proptest! {
    #[test]
    fn a_size_reads_back(bytes in prop_oneof![any::<u64>(), (0..1024_u64, 0..5_u32).prop_map(|(n, power)| n << (10 * power))]) {
        let size = ByteSize::from_bytes(bytes);
        prop_assert_eq!(size.to_string().parse::<ByteSize>().unwrap(), size);
    }

    #[test]
    fn no_text_makes_reading_panic(text in "\\[?[a-z]{0,9}\\]?\n?[a-z-]{0,9} ?=? ?[\\[\"0-9a-zé*{}\\]]{0,9}\n?") {
        if let Err(error) = Policy::parse(&text, "policy") {
            prop_assert!(error.span().end <= text.len());
        }
    }
}

#[test]
fn keys_of_a_copy_that_ask_for_less_are_named() {
    let base = Policy::parse("[branches]\nprotected = [\"main\", \"keep\"]\n", "").unwrap();
    let check = |text: &str, want: &[&str]| assert_eq!(base.looser_keys(text), want, "{text}");
    check("", &[]);
    check("[branches]\nprotected = [\"x\", \"keep\", \"main\"]\n", &[]);
    check(
        "[branches]\nprotected = [\"main\"]\n",
        &["branches.protected"],
    );
    check(
        "[branches]\nprotected = []\n[hooks]\ncommit = \"off\"\n",
        &["branches.protected", "hooks.commit"],
    );
    check(
        "[hooks]\ncheckpoint = \"refuse\"\n[retention]\nautomatic-count = 1000\n",
        &[],
    );
    check(
        "[retention]\nautomatic-count = 1\n",
        &["retention.automatic-count"],
    );
    check("[hooks", &[]);
}
