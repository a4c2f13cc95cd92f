//! Repositories for the tests, with the real git beside them.

use std::path::Path;
use std::process::Command;

use checkpoint_git::{Repository, Surroundings};
use chrono::{DateTime, Utc};
use gix::ObjectId;

/// A scratch repository with one commit.
pub(crate) struct Fixture {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) repo: Repository,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// A repository made by `git init` with `args`.
    pub(crate) fn with(args: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        git_in(
            dir.path(),
            &[&["init", "-q", "-b", "main", "."], args].concat(),
            b"",
        );
        fs_err::write(dir.path().join("file"), "one\n").unwrap();
        git_in(dir.path(), &["add", "file"], b"");
        git_in(dir.path(), &["commit", "-q", "-m", "one"], b"");
        let repo = open(dir.path());
        Self { dir, repo }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// What git answers, without the last line end.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        git_in(self.dir.path(), args, b"")
    }

    pub(crate) fn git_with(&self, args: &[&str], input: impl AsRef<[u8]>) -> String {
        git_in(self.dir.path(), args, input.as_ref())
    }

    /// What git finds wrong. Objects that nobody refers to are not: a lost race leaves some.
    pub(crate) fn fsck(&self) -> String {
        self.git(&["fsck", "--strict", "--no-dangling"])
    }

    pub(crate) fn id(&self, name: &str) -> ObjectId {
        ObjectId::from_hex(self.git(&["rev-parse", "--verify", name]).as_bytes()).unwrap()
    }
}

pub(crate) fn open(dir: &Path) -> Repository {
    let env = [
        ("HOME", dir.to_str().unwrap()),
        ("GIT_CONFIG_NOSYSTEM", "1"),
    ];
    let env = env
        .iter()
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    Repository::open(&Surroundings {
        cwd: dir.canonicalize().unwrap(),
        now: now(),
        env,
    })
    .unwrap()
}

pub(crate) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000, 0).unwrap()
}

pub(crate) fn git_in(dir: &Path, args: &[&str], input: &[u8]) -> String {
    use std::io::Write as _;
    let mut child = Command::new("git")
        .current_dir(dir)
        .args([
            "-c",
            "user.name=A",
            "-c",
            "user.email=a@example.com",
            "-c",
            "gc.auto=0",
        ])
        .args(args)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || drop(stdin.write_all(input)));
        child.wait_with_output().unwrap()
    });
    assert!(
        output.status.success(),
        "git {args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout)
        .trim_end()
        .to_owned()
}
