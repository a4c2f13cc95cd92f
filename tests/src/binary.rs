//! Where the programs under test lie.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// An example that there is: with one, cargo chooses features as for tests, and builds no dependency a second time.
const ANY: &str = "edge";

/// The folder that holds the programs; built once per test run when cargo has not done it already.
pub(crate) fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| match variable("CHECKPOINT_TEST_BIN") {
        Some(folder) => PathBuf::from(folder),
        None => build(&["--bins", "--example", ANY]),
    })
}

/// The value of an environment variable of the test run itself.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the tests ask their environment"
)]
pub(crate) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// `git safe-restore` as it breaks when it is told to; built once per test run.
pub(crate) fn breaking() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let words = [
            "--example",
            "breaking",
            "--features",
            "git-safe-restore/faults",
        ];
        build(&words).join("examples/breaking")
    })
}

/// Builds in the profile and target folder of the running test, so that `cargo test --workspace` has it ready.
fn build(more: &[&str]) -> PathBuf {
    let test = std::env::current_exe().expect("a running test has a path");
    // target/<profile>/deps/<test>
    let folder = test
        .ancestors()
        .nth(2)
        .expect("cargo puts tests three levels deep")
        .to_owned();
    let profile = match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--workspace", "--profile", profile])
        .args(more)
        .arg("--manifest-path")
        .arg(manifest)
        .arg("--target-dir")
        .arg(
            folder
                .parent()
                .expect("a profile lies in the target folder"),
        )
        .status()
        .expect("cargo started this test, so it can be started again");
    assert!(built.success(), "the programs under test do not build");
    folder
}
