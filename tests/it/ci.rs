//! What `templates/` has for CI, run for real: in a clone as the forge makes it, against a repository with real
//! signatures.

use std::fmt::Write as _;
use std::path::Path;

use checkpoint_tests::{Output, Sandbox};
use serde_json::Value;

fn file(name: &str) -> String {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    fs_err::read_to_string(top.join(name)).expect("it lies there")
}

fn yaml(name: &str) -> Value {
    serde_yaml_ng::from_str(&file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A repository whose policy asks for signatures and checkpoints, with a signed checkpoint on a feature branch, and the
/// bare one where all of it was pushed, merged into a pull request as forges do.
fn published() -> Sandbox {
    let mut sandbox = Sandbox::committed();
    // Tags are to be as old as what they tell of, which is dated by the clock.
    let now = sandbox.sh("date +%s");
    sandbox.set_env("GIT_COMMITTER_DATE", format!("{} +0000", now.trim()));
    sandbox.sh("ssh-keygen -q -t ed25519 -N '' -C ada -f ../home/key");
    for (key, value) in [("gpg.format", "ssh"), ("user.signingKey", "../home/key")] {
        sandbox.git(["config", key, value]);
    }
    let key = String::from_utf8(sandbox.read("../home/key.pub")).expect("text");
    sandbox.write(
        "signers",
        format!("ada@example.com namespaces=\"git\" {key}"),
    );
    sandbox.write(
        ".git-checkpoint.toml",
        "[checkpoint]\nsign = true\nsigners = \"signers\"\nrequire = \"push\"\n",
    );
    sandbox.commit("policy");
    sandbox.git(["init", "-q", "--bare", "../up.git"]);
    sandbox.git(["remote", "add", "origin", "../up.git"]);
    sandbox.git(["push", "-q", "-u", "origin", "main"]);
    sandbox.git(["switch", "-q", "-c", "feature"]);
    sandbox.write("work", "done\n");
    sandbox.commit("work");
    sandbox.write("work", "more to do\n");
    sandbox.checkpoint(["create", "-q", "done"]).exits(0);
    sandbox.checkpoint(["create", "-q"]).exits(0);
    sandbox.git([
        "push",
        "-q",
        "origin",
        "feature",
        "refs/tags/checkpoint/*:refs/tags/checkpoint/*",
        "refs/notes/*:refs/notes/*",
    ]);
    sandbox.git(["switch", "-q", "-f", "--detach", "main"]);
    sandbox.git(["merge", "-q", "--no-ff", "-m", "Merge", "feature"]);
    sandbox.git(["push", "-q", "origin", "+HEAD:refs/pull/1/merge"]);
    sandbox
}

/// Clones as actions/checkout does: one commit, no tags, no notes.
fn checked_out(sandbox: &Sandbox, place: &str, reference: &str) {
    sandbox.sh(&format!(
        "rm -rf {place} && git init -q {place} && cd {place} && git remote add origin file://$PWD/../up.git
         git -c protocol.version=2 fetch -q --no-tags --prune --no-recurse-submodules --depth=1 origin +{reference}:refs/remotes/pull/1/merge
         git checkout -q --force refs/remotes/pull/1/merge"
    ));
}

/// What the action is given: `inputs.<name>`, `github.<name>`, as a workflow writes them.
type Context = Vec<(&'static str, String)>;

/// The value of an `env:`, with its one expression filled in; the first alternative that is not empty.
fn filled(value: &str, context: &Context) -> String {
    let Some(expression) = value
        .strip_prefix("${{ ")
        .and_then(|rest| rest.strip_suffix(" }}"))
    else {
        return value.to_owned();
    };
    let known = |name: &str| {
        context
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.clone())
    };
    let values = expression
        .split(" || ")
        .map(|name| known(name).unwrap_or_default());
    values
        .into_iter()
        .find(|value| !value.is_empty())
        .unwrap_or_default()
}

/// Runs the steps of `action.yml` as a runner does: each in a bash of its own, stopping at the first that fails.
fn act(sandbox: &Sandbox, place: &str, given: Context) -> Output {
    let action = yaml("action.yml");
    let mut context: Context = Vec::new();
    for (name, input) in action["inputs"].as_object().expect("inputs") {
        let default = input["default"]
            .as_str()
            .expect("each input has a default, a string");
        context.push((
            Box::leak(format!("inputs.{name}").into_boxed_str()),
            default.to_owned(),
        ));
    }
    context.retain(|(name, _)| given.iter().all(|(other, _)| name != other));
    context.extend(given);
    let mut script = String::from(
        "set -e; cd \"$PLACE\"; export RUNNER_TEMP=$PWD/../runner GITHUB_PATH=$PWD/../path GITHUB_STEP_SUMMARY=$PWD/../summary\n\
         rm -rf ../runner ../path ../summary; mkdir ../runner; : >../path; : >../summary\n",
    );
    for (n, step) in action["runs"]["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .enumerate()
    {
        assert_eq!(step["shell"], "bash", "a composite action names its shell");
        let body = step["run"].as_str().expect("a script");
        assert!(
            !body.contains("${{"),
            "what comes from outside is no part of a script"
        );
        sandbox.write(format!("../step{n}"), body);
        let mut env = String::new();
        for (name, value) in step["env"].as_object().expect("env") {
            let value = filled(value.as_str().expect("a string"), &context);
            write!(env, " {name}='{}'", value.replace('\'', "'\\''"))
                .expect("a string takes all that is written");
        }
        writeln!(script, "PATH=\"$(cat ../path):$PATH\" env{env} bash --noprofile --norc -e -o pipefail ../step{n}")
            .expect("a string takes all that is written");
    }
    sandbox.terminal(&script.replace("$PLACE", place))
}

fn pull_request(sandbox: &Sandbox) -> Context {
    let binary = sandbox.sh("command -v git-checkpoint");
    let head = sandbox.git(["rev-parse", "feature"]);
    vec![
        ("inputs.binary", binary.trim().to_owned()),
        ("github.event.repository.default_branch", "main".to_owned()),
        ("github.base_ref", "main".to_owned()),
        ("github.event.pull_request.head.sha", head.trim().to_owned()),
        ("github.sha", sandbox.git(["rev-parse", "HEAD"])),
    ]
}

#[test]
fn the_action_proves_a_pull_request() {
    let sandbox = published();
    checked_out(&sandbox, "../clone", "refs/pull/1/merge");
    let output = act(&sandbox, "../clone", pull_request(&sandbox)).exits(0);
    assert!(
        output.text().contains("::notice title=checkpoints::"),
        "{output}"
    );
    let summary = String::from_utf8(sandbox.read("../summary")).expect("text");
    assert!(
        summary.starts_with("### Checkpoints\n") && summary.contains(" 0 failed"),
        "{summary}"
    );
    // Its tag was signed, the remote asked, and the commits of the range looked at.
    let said = sandbox.terminal("cd ../clone && git checkpoint -q verify --json --remote origin --range refs/remotes/origin/main..HEAD");
    let document = said.exits(0).json();
    let checks: Vec<_> = document["subjects"]
        .as_array()
        .expect("subjects")
        .iter()
        .flat_map(|it| it["checks"].as_array().expect("checks"))
        .collect();
    let passed = |id: &str| {
        checks
            .iter()
            .any(|check| check["check"] == id && check["status"] == "passed")
    };
    assert!(
        passed("signature") && passed("tag-immutable") && passed("checkpoint-required"),
        "{document:#}"
    );
    assert_eq!(
        document["policy"], ".git-checkpoint.toml of 'origin/main'",
        "as the trunk has it"
    );
}

#[test]
fn the_action_proves_states_when_it_is_asked_to() {
    let sandbox = published();
    sandbox.git([
        "push",
        "-q",
        "origin",
        "refs/checkpoints/*:refs/checkpoints/*",
    ]);
    checked_out(&sandbox, "../clone", "refs/pull/1/merge");
    let mut context = pull_request(&sandbox);
    context.push(("inputs.states", "true".to_owned()));
    context.push(("inputs.arguments", "--restore --secrets".to_owned()));
    let output = act(&sandbox, "../clone", context).exits(0);
    assert!(output.text().contains("::notice"), "{output}");
    let summary = String::from_utf8(sandbox.read("../summary")).expect("text");
    assert!(summary.contains(" 0 not here"), "{summary}");
}

#[test]
fn the_action_fails_where_something_was_meddled_with() {
    let sandbox = published();
    sandbox.git([
        "--git-dir=../up.git",
        "update-ref",
        "refs/tags/checkpoint/other",
        "refs/tags/checkpoint/done",
    ]);
    let snapshot = sandbox.git(["--git-dir=../up.git", "notes", "--ref=checkpoints", "list"]);
    let snapshot = &snapshot[41..81];
    sandbox.git([
        "--git-dir=../up.git",
        "notes",
        "--ref=checkpoints",
        "add",
        "-f",
        "-m",
        "forged",
        snapshot,
    ]);
    checked_out(&sandbox, "../clone", "refs/pull/1/merge");
    let output = act(&sandbox, "../clone", pull_request(&sandbox)).exits(1);
    assert!(
        output
            .text()
            .contains("::error title=checkpoint name-valid%3A other::"),
        "{output}"
    );
    let summary = String::from_utf8(sandbox.read("../summary")).expect("text");
    assert!(summary.contains("<code>record-present</code>"), "{summary}");
    // A pull request that takes the policy away, and brings a list of its own, is judged by that of the trunk.
    let sandbox = published();
    sandbox.git(["switch", "-q", "feature"]);
    sandbox.sh("ssh-keygen -q -t ed25519 -N '' -C eve -f ../home/eve");
    sandbox.git(["config", "user.signingKey", "../home/eve"]);
    let key = String::from_utf8(sandbox.read("../home/eve.pub")).expect("text");
    sandbox.write("signers", format!("ada@example.com {key}"));
    sandbox.write(".git-checkpoint.toml", "");
    sandbox.commit("mine");
    sandbox.git(["tag", "-d", "checkpoint/done"]);
    sandbox
        .checkpoint(["create", "-q", "--sign", "eves"])
        .exits(0);
    sandbox.git([
        "push",
        "-q",
        "origin",
        "+HEAD:refs/pull/1/merge",
        "refs/tags/checkpoint/eves",
        "refs/notes/checkpoints",
    ]);
    checked_out(&sandbox, "../clone", "refs/pull/1/merge");
    let output = act(&sandbox, "../clone", pull_request(&sandbox)).exits(1);
    assert!(
        output
            .text()
            .contains("::error title=checkpoint signature%3A eves::"),
        "{output}"
    );
}

#[test]
fn the_action_proves_a_push() {
    let sandbox = published();
    checked_out(&sandbox, "../clone", "refs/heads/feature");
    let mut context = pull_request(&sandbox);
    context.retain(|(name, _)| {
        *name != "github.base_ref" && *name != "github.event.pull_request.head.sha"
    });
    let sha = sandbox.git(["rev-parse", "feature"]);
    for before in ["0".repeat(40), sandbox.git(["rev-parse", "main"])] {
        context.retain(|(name, _)| *name != "github.event.before" && *name != "github.sha");
        context.push(("github.event.before", before));
        context.push(("github.sha", sha.clone()));
        act(&sandbox, "../clone", context.clone()).exits(0);
    }
    // In a clone of a repository without any, there is nothing to prove.
    let empty = Sandbox::committed();
    empty.git(["init", "-q", "--bare", "../up.git"]);
    empty.git(["push", "-q", "../up.git", "main"]);
    checked_out(&empty, "../clone", "refs/heads/main");
    let context = vec![
        ("inputs.binary", empty.sh("command -v git-checkpoint")),
        ("github.event.repository.default_branch", "main".to_owned()),
    ];
    act(&empty, "../clone", context).exits(0);
}

#[test]
fn the_binary_must_have_its_hash() {
    let sandbox = published();
    checked_out(&sandbox, "../clone", "refs/pull/1/merge");
    let mut context = pull_request(&sandbox);
    context.push(("inputs.sha256", "0".repeat(64)));
    let output = act(&sandbox, "../clone", context);
    assert_ne!(output.code, 0, "{output}");
    assert!(
        !sandbox.top().join("../clone/.git/refs/notes").exists(),
        "nothing more was done: {output}"
    );
}

#[test]
fn the_job_of_gitlab_proves_a_merge_request() {
    let sandbox = published();
    let job = &yaml("templates/gitlab-ci.yml")["checkpoints"];
    assert_eq!(job["variables"]["GIT_DEPTH"], "0", "all history is there");
    let lines = ["before_script", "script"]
        .into_iter()
        .flat_map(|part| job[part].as_array().expect("lines"));
    let lines: Vec<_> = lines
        .map(|line| line.as_str().expect("a line of shell"))
        .collect();
    sandbox.sh("git clone -q --no-tags ../up.git ../clone && cd ../clone && git checkout -q --detach origin/feature");
    let script = format!(
        "set -eo pipefail; cd ../clone; export CI_PROJECT_DIR=$PWD CI_DEFAULT_BRANCH=main CHECKPOINT_BINARY=\"$(command -v git-checkpoint)\" \
         CI_COMMIT_SHA=$(git rev-parse HEAD) CI_MERGE_REQUEST_DIFF_BASE_SHA=$MERGE_BASE CI_COMMIT_BEFORE_SHA={}\n{}\n",
        "0".repeat(40),
        lines.join("\n")
    );
    sandbox.write("../job", script);
    // Of a merge request; and of the first pipeline of a branch, whose last commit has no checkpoint of its own.
    let merge_request = "MERGE_BASE=$(git -C ../clone rev-parse origin/main)";
    let first = "git -C ../clone -c user.name=a -c user.email=a@b commit -q --allow-empty -m more; MERGE_BASE=";
    for event in [merge_request, first] {
        sandbox
            .terminal(&format!("{event}; export MERGE_BASE; bash ../job"))
            .exits(0);
        let document = String::from_utf8(sandbox.read("../clone/checkpoints.xml")).expect("text");
        assert!(
            document.contains("<testsuites name=\"checkpoints\"")
                && document.contains("failures=\"0\""),
            "{document}"
        );
        assert!(
            document.contains("name=\"checkpoint-required\"/>"),
            "{document}"
        );
    }
}

#[test]
fn the_workflow_is_one_and_calls_the_action() {
    let workflow = yaml("templates/github/checkpoint.yml");
    let on = workflow["on"].as_object().expect("events");
    assert!(
        on.contains_key("pull_request") && on["push"]["branches"] == serde_json::json!(["**"]),
        "tags alone start nothing"
    );
    assert_eq!(
        workflow["permissions"],
        serde_json::json!({"contents": "read"})
    );
    let job = &workflow["jobs"]["checkpoints"];
    assert!(job["runs-on"].is_string(), "{job}");
    let inputs = yaml("action.yml")["inputs"]
        .as_object()
        .expect("inputs")
        .clone();
    for step in job["steps"].as_array().expect("steps") {
        let uses = step["uses"].as_str().expect("a step that uses an action");
        assert!(uses.contains('@'), "at a version: {uses}");
        if uses.contains("git-checkpoint@") {
            let with = step["with"].as_object().expect("words");
            assert!(
                with.keys().all(|name| inputs.contains_key(name)),
                "{with:?}"
            );
        }
    }
    let own = yaml(".github/workflows/ci.yml");
    assert!(own["jobs"].is_object(), "{own}");
}
