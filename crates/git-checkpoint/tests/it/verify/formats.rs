//! The answer in the forms of CI.

use super::kept;
use crate::scene::Scene;

/// A repository with a tag whose name would be a command or an element, where names are not looked at.
fn odd() -> Scene {
    let scene = kept();
    scene.git(&[
        "update-ref",
        "refs/tags/checkpoint/a<b>&c,%0A!error",
        "HEAD",
    ]);
    scene
}

#[test]
fn annotations_and_a_summary_for_github() {
    let scene = odd();
    let summary = scene.beside("summary.md");
    fs_err::write(&summary, "# before\n").unwrap();
    let mut command = scene.checkpoint(&["verify", "--format", "github"]);
    let output = command
        .env("GITHUB_STEP_SUMMARY", &summary)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let out = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<_> = out.lines().collect();
    assert!(
        lines
            .iter()
            .all(|line| line.starts_with("::error title=checkpoint ")),
        "{out}"
    );
    let line = lines
        .iter()
        .find(|line| line.contains("tag-annotated"))
        .unwrap();
    assert!(
        line.contains("%3A a<b>&c%2C%250A!error::it is no annotated tag"),
        "{line}"
    );
    let text = fs_err::read_to_string(&summary).unwrap();
    assert!(
        text.starts_with("# before\n### Checkpoints\n\n"),
        "it is added: {text}"
    );
    assert!(
        text.contains("| a&lt;b>&amp;c,%0A&#33;error | <code>tag-annotated</code> |"),
        "{text}"
    );
    let said = kept().done(&["verify", "--format=github"]);
    assert_eq!(said.out, "::notice title=checkpoints::16 checks passed\n");
}

#[test]
fn junit_is_xml() {
    let said = odd().run(&["verify", "--format", "junit"]);
    assert_eq!(said.code, 1);
    assert!(
        said.out
            .starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites "),
        "{}",
        said.out
    );
    assert!(
        said.out
            .contains("<testsuite name=\"a&lt;b&gt;&amp;c,%0A!error\" "),
        "{}",
        said.out
    );
    assert!(
        said.out
            .contains("name=\"tag-annotated\"><failure message=\"it is no annotated tag"),
        "{}",
        said.out
    );
    assert!(
        said.out.contains("name=\"signature\"><skipped message="),
        "{}",
        said.out
    );
    assert!(said.out.ends_with("</testsuites>\n"));
}

#[test]
fn json_by_either_word_is_the_same() {
    let scene = kept();
    let one = scene.done(&["verify", "--format", "json"]).out;
    assert_eq!(one, scene.done(&["verify", "--json"]).out);
}

#[test]
fn who_asked_for_a_format_gets_it_also_where_nothing_can_be_said() {
    let scene = kept();
    let said = |format: &str| {
        let said = scene.run(&["verify", "--format", format, "nosuch"]);
        assert_eq!(said.code, 128, "{}", said.err);
        assert!(said.err.starts_with("fatal: "), "{}", said.err);
        said.out
    };
    let json = said("json");
    assert_eq!(json, scene.run(&["verify", "--json", "nosuch"]).out);
    let document: serde_json::Value = serde_json::from_str(&json).unwrap();
    let message = document["error"]["message"].as_str().unwrap();
    assert!(message.contains("'nosuch'"), "{document}");
    assert_eq!(
        said("github")
            .lines()
            .next()
            .map(|line| line.split("%0A").next().unwrap()),
        Some(format!("::error title=checkpoints could not be verified::{message}").as_str())
    );
    let xml = said("junit");
    assert!(xml.contains(" errors=\"1\">"), "{xml}");
    assert!(
        xml.contains("nosuch") && xml.ends_with("</testsuites>\n"),
        "{xml}"
    );
    assert_eq!(said("text"), "");
    // Nor in a place that is no repository, nor where the words make no sense.
    let outside = scene.beside("nothing");
    fs_err::create_dir(&outside).unwrap();
    let mut command = scene.checkpoint(&["verify", "--format=json"]);
    let output = command.current_dir(&outside).output().unwrap();
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(document["error"]["code"].is_string(), "{document}");
    let said = scene.run(&["verify", "--format", "json", "--nosuch"]);
    let document: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(document["error"]["code"], "edge::usage");
}

#[test]
fn what_others_wrote_is_no_command_on_standard_error() {
    let scene = kept();
    scene.write(
        ".git-checkpoint.toml",
        "\"\\n::error::P\\n##[group]\" = 1\n",
    );
    for args in [
        ["--format=github", "--range=x\n::error::Y"],
        ["--format=github", "--remote=x\n  ::error::Y ##[group]"],
        ["--format=text", "--range=x\n::error::Y"],
    ] {
        let said = scene.run(&[&["verify"], &args[..]].concat());
        assert_eq!(said.code, 128, "{said:?}");
        let is_command = |line: &str| line.trim_start().starts_with("::") || line.contains("##[");
        assert!(!said.err.lines().any(is_command), "{}", said.err);
        let n_commands = said.out.lines().filter(|line| is_command(line)).count();
        let wanted = usize::from(args[0] == "--format=github");
        assert_eq!(n_commands, wanted, "{}", said.out);
    }
}
