//! Every command in every odd repository: those that look leave no trace, and those that change what is kept change nothing else.

use checkpoint_tests::odd::{self, Odd};
use checkpoint_tests::{Fingerprint, Sandbox};

const LOOKING: &[&[&str]] = &[
    &["list"],
    &["list", "--json"],
    &["show", "kept"],
    &["show", "--json", "latest"],
    &["status"],
    &["validate"],
    &["summary"],
    &["log"],
    &["diff", "kept"],
    &["diff", "--stat", "kept", "latest"],
    &["prune", "--dry-run"],
    &["scan", "kept", "--allow-secret", "env-file"],
];

const CHANGING: &[&[&str]] = &[
    &["create", "-m", "another"],
    // Without a name it has no date but that of its record, so the fixed dates of these worlds do not matter.
    &["verify", "latest", "--restore"],
    &["name", "latest", "second"],
    &["create", "second", "--replace"],
    &["delete", "second", "kept"],
    &["prune"],
    &["create", "kept"],
];

fn check(repositories: &[Odd]) {
    let mut wrong = String::new();
    for (name, build) in repositories {
        let sandbox = build();
        // Some states are refused, which their own tests look into.
        if sandbox.checkpoint(["create", "kept"]).code == 0 {
            wrong.extend(failures(&sandbox).map(|failure| format!("{name}: {failure}\n")));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn failures(sandbox: &Sandbox) -> impl Iterator<Item = String> {
    let before = Fingerprint::of(sandbox);
    let mut failures = Vec::new();
    for words in LOOKING.iter().chain(CHANGING) {
        let output = sandbox.checkpoint(*words);
        if output.code != 0 || output.talk().contains("panicked") {
            failures.push(output.to_string());
        }
    }
    failures.extend(exported(sandbox));
    let differences = before.differences(&Fingerprint::of(sandbox));
    failures.extend((!differences.is_empty()).then_some(differences));
    failures.into_iter()
}

/// A file written out and read in again, which changes nothing as everything is there.
fn exported(sandbox: &Sandbox) -> Vec<String> {
    // What a partial clone has not is at its origin, and that is out of reach here.
    let with_state = sandbox.try_git(["config", "remote.origin.promisor"]).text() != "true";
    let file = sandbox
        .scratch()
        .join("exported")
        .to_string_lossy()
        .into_owned();
    let mut words = vec!["export", "--output", &file];
    words.extend(with_state.then_some("--with-state"));
    let outputs = [
        sandbox.checkpoint(words),
        sandbox.checkpoint(["import", "--quiet", "--", &file]),
    ];
    outputs
        .into_iter()
        .filter(|output| output.code != 0)
        .map(|output| output.to_string())
        .collect()
}

#[test]
fn in_operations_and_conflicts() {
    check(odd::operations::ALL);
    check(odd::conflicts::ALL);
}

#[test]
fn with_odd_indexes() {
    check(odd::indexes::ALL);
}

#[test]
fn in_odd_places() {
    check(odd::places::ALL);
}

#[test]
fn with_odd_contents() {
    check(odd::content::ALL);
}

#[test]
fn with_odd_names_and_stores() {
    check(odd::names::ALL);
    check(odd::remotes::ALL);
}
