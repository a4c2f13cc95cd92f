//! The sessions of `tests/cmd`: what is typed, and what a user then sees.
//!
//! `SNAPSHOTS=overwrite cargo test -p checkpoint-tests sessions` writes down what is said now.

use std::path::Path;

use checkpoint_tests::session;
use snapbox::Data;

fn check(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("cmd").join(name);
    let said = session::replay(&session::read(&path));
    // A backslash is no path separator here.
    snapbox::Assert::new()
        .action_env("SNAPSHOTS")
        .normalize_paths(false)
        .eq(said, Data::read_from(&path, None));
}

#[test]
fn create() {
    check("create.md");
}

#[test]
fn list() {
    check("list.md");
}

#[test]
fn show() {
    check("show.md");
}

#[test]
fn diff() {
    check("diff.md");
}

#[test]
fn name() {
    check("name.md");
}

#[test]
fn delete() {
    check("delete.md");
}

#[test]
fn prune() {
    check("prune.md");
}

#[test]
fn push() {
    check("push.md");
}

#[test]
fn status() {
    check("status.md");
}

#[test]
fn validate() {
    check("validate.md");
}

#[test]
fn scan() {
    check("scan.md");
}

#[test]
fn verify() {
    check("verify.md");
}

#[test]
fn summary() {
    check("summary.md");
}

#[test]
fn log() {
    check("log.md");
}

#[test]
fn export_and_import() {
    check("export.md");
}

#[test]
fn doctor() {
    check("doctor.md");
}

#[test]
fn uninstall() {
    check("uninstall.md");
}

#[test]
fn init() {
    check("init.md");
}

#[test]
fn safe_restore() {
    check("safe-restore.md");
}

#[test]
fn safe_restore_scopes() {
    check("safe-restore-scopes.md");
}

#[test]
fn safe_restore_rollback() {
    check("safe-restore-rollback.md");
}

#[test]
fn safe_restore_refused() {
    check("safe-restore-refused.md");
}

#[test]
fn safe_restore_after_a_crash() {
    check("safe-restore-crash.md");
}

#[test]
fn every_document_is_a_test() {
    let documents = fs_err::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("cmd"))
        .expect("the folder of the sessions");
    let source = include_str!("sessions.rs");
    for document in documents {
        let name = document
            .expect("an entry")
            .file_name()
            .to_string_lossy()
            .into_owned();
        assert!(
            source.contains(&format!("check(\"{name}\")")),
            "{name} is run by no test"
        );
    }
}
