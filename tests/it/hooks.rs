//! The hooks, installed as they lie in `hooks/`: what git may do with them in place, and what it may not.

mod agents;
mod gits;
mod hygiene;
mod matrix;
mod people;
mod pushes;
mod strict;
mod trusted;

use std::path::PathBuf;

use checkpoint_tests::Output;
use checkpoint_tests::Sandbox;

/// What the policy on `main` says here.
const POLICY: &str = "[branches]\nprotected = [\"main\", \"release/*\"]\n";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Usual,
    Strict,
}

/// The texts of the hooks, by name.
fn scripts(mode: Mode) -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../hooks");
    let entries = fs_err::read_dir(folder)
        .expect("it lies beside the tests")
        .map(|entry| entry.expect("it lies beside the tests"));
    let texts = entries.map(|entry| {
        let name = entry
            .file_name()
            .into_string()
            .expect("it lies beside the tests");
        (
            name,
            fs_err::read_to_string(entry.path()).expect("it lies beside the tests"),
        )
    });
    texts
        .filter(|(name, _)| mode == Mode::Strict || name != "reference-transaction")
        .collect()
}

fn install(sandbox: &Sandbox, mode: Mode) {
    let folder = sandbox.git(["rev-parse", "--git-path", "hooks"]);
    for (name, text) in scripts(mode) {
        let path = format!("{folder}/{name}");
        sandbox.write(&path, text);
        sandbox.chmod(&path, 0o755);
    }
}

/// On `main`, which is where `origin` has it. `feature` is one commit ahead of it; `clash` changes the same line.
fn guarded(mode: Mode) -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.git(["switch", "-q", "-c", "clash"]);
    sandbox.write("README", "theirs\n");
    sandbox.commit("clash");
    sandbox.git(["switch", "-q", "main"]);
    sandbox.write("README", "ours\n");
    sandbox.write(".git-checkpoint.toml", POLICY);
    sandbox.commit("second");
    sandbox.git(["init", "-q", "--bare", "../up.git"]);
    sandbox.git(["remote", "add", "origin", "../up.git"]);
    sandbox.git(["push", "-q", "-u", "origin", "main"]);
    sandbox.git(["switch", "-q", "-c", "feature"]);
    sandbox.write("feature.txt", "new\n");
    sandbox.commit("feature");
    sandbox.git(["switch", "-q", "main"]);
    install(&sandbox, mode);
    sandbox
}

/// Somebody else pushes a commit to `main` of `origin`.
fn others_push(sandbox: &Sandbox) {
    sandbox.sh(
        "git clone -q ../up.git ../other && cd ../other && echo more >more.txt && git add . &&
         git commit -q -m more && git push -q origin main",
    );
}

fn tip(sandbox: &Sandbox, reference: &str) -> String {
    sandbox.git(["rev-parse", "--verify", reference])
}

/// Fails unless `script` goes through where others have pushed meanwhile, and nobody is lectured.
#[track_caller]
fn goes_through(mode: Mode, script: &str) {
    let sandbox = guarded(mode);
    others_push(&sandbox);
    let output = sandbox.terminal(&format!("set -e\n{script}")).exits(0);
    assert!(
        !output.text().contains("hint:"),
        "nobody is lectured: {output}"
    );
}

/// Runs git as if no hook were there.
#[track_caller]
fn past_hooks(sandbox: &Sandbox, words: &[&str]) {
    let without = ["-c", "core.hooksPath=/dev/null"];
    sandbox.git(without.iter().chain(words));
}

/// Runs a script that ends in the command in question, which is to be refused: `main` stays, and the answer says why.
fn blocked(sandbox: &Sandbox, script: &str) -> Output {
    let before = tip(sandbox, "refs/heads/main");
    let output = sandbox.terminal(script);
    assert_ne!(output.code, 0, "{output}");
    let said = output.text();
    assert!(
        said.contains("it is protected"),
        "the refusal is ours: {output}"
    );
    assert!(
        said.contains("'main' is protected by .git-checkpoint.toml of 'origin/main'"),
        "{output}"
    );
    assert_eq!(tip(sandbox, "refs/heads/main"), before, "{output}");
    output
}

/// Types what the refusal proposes. The work is then on a branch of its own, and nothing is half done.
fn go_on_from(sandbox: &Sandbox, refused: &Output) {
    let before = tip(sandbox, "refs/heads/main");
    let said = refused.text();
    let (ways, _) = said.split_once("or pass the rule").unwrap_or((&said, ""));
    let lines = ways
        .lines()
        .filter_map(|line| line.strip_prefix("hint:   git "));
    let mut n_typed = 0;
    for line in lines.filter(|line| !line.contains(['…', '<'])) {
        sandbox.terminal(&format!("git {line}")).exits(0);
        n_typed += 1;
    }
    assert!(n_typed > 0, "a way on is told: {refused}");
    assert_eq!(tip(sandbox, "refs/heads/main"), before);
    let left = sandbox.git(["status"]);
    assert!(
        !left.contains("in progress") && !left.contains("still merging"),
        "{left}\n{refused}"
    );
}
