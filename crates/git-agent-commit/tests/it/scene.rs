//! A repository of its own, on a branch for work.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// A repository with one commit, on the branch `work`, seen by nobody else.
pub(crate) struct Scene {
    world: TempDir,
    top: PathBuf,
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let scene = Self::on("main");
        scene.git(&["switch", "-qc", "work"]);
        scene
    }

    /// The same on a branch with this name.
    pub(crate) fn on(branch: &str) -> Self {
        let scene = Self::unborn(branch);
        scene.write("file", "one\n");
        scene.write("other", "one\n");
        scene.write("dir/a", "a\n");
        scene.write("dir/b", "b\n");
        scene.write(".gitignore", "*.log\n");
        scene.git(&["add", "."]);
        scene.git(&["commit", "-q", "-m", "one"]);
        scene
    }

    /// A repository without a commit.
    pub(crate) fn unborn(branch: &str) -> Self {
        let world = tempfile::tempdir().unwrap();
        let top = world.path().canonicalize().unwrap().join("repo");
        fs_err::create_dir(&top).unwrap();
        let scene = Self { world, top };
        scene.git(&["init", "-q", "-b", branch]);
        scene
    }

    pub(crate) fn path(&self) -> &Path {
        &self.top
    }

    pub(crate) fn beside(&self) -> PathBuf {
        self.world.path().canonicalize().unwrap()
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs_err::read_to_string(self.path().join(path)).unwrap()
    }

    /// A hook of the repository.
    pub(crate) fn hook(&self, name: &str, script: &str) {
        let path = self.path().join(".git/hooks").join(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs_err::set_permissions(path, mode).unwrap();
    }

    /// What git says, whether it did what was asked or not.
    pub(crate) fn try_git(&self, args: &[&str]) -> Said {
        self.command("git", args).output().unwrap().into()
    }

    /// What git answers, without the last line end.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        let said = self.try_git(args);
        assert_eq!(said.code, 0, "git {args:?}: {}", said.err);
        said.out.trim_end().to_owned()
    }

    /// A line of shell.
    pub(crate) fn sh(&self, script: &str) -> String {
        let said: Said = self
            .command("sh", &["-ec", script])
            .output()
            .unwrap()
            .into();
        assert_eq!(said.code, 0, "{script}: {}", said.err);
        said.out.trim_end().to_owned()
    }

    /// Runs `git agent-commit --agent ada -m change` with these words.
    pub(crate) fn run(&self, args: &[&str]) -> Said {
        self.said(&mut self.ada(args))
    }

    pub(crate) fn said(&self, command: &mut Command) -> Said {
        command.output().unwrap().into()
    }

    pub(crate) fn ada(&self, args: &[&str]) -> Command {
        self.agent_commit(&[&["--agent", "ada", "-m", "change"], args].concat())
    }

    /// Runs it, and expects that it does what was asked.
    pub(crate) fn done(&self, args: &[&str]) -> Said {
        let said = self.run(args);
        assert_eq!(said.code, 0, "{args:?}: {}", said.err);
        said
    }

    /// Runs it with `--json`, and expects one document.
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let said = self.done(&[&["--json"], args].concat());
        serde_json::from_str(&said.out).unwrap()
    }

    /// Runs it with `--json`, and expects that it fails: exit number and error code.
    pub(crate) fn failure(&self, args: &[&str]) -> (i32, String) {
        let said = self.run(&[&["--json"], args].concat());
        failure_of(&said)
    }

    /// `git agent-commit`, still to be started.
    pub(crate) fn agent_commit(&self, args: &[&str]) -> Command {
        self.command(env!("CARGO_BIN_EXE_git-agent-commit"), args)
    }

    pub(crate) fn command(&self, program: &str, args: &[&str]) -> Command {
        #[expect(clippy::disallowed_methods, reason = "children need to find git")]
        let search = std::env::var_os("PATH").unwrap_or_default();
        let mut command = Command::new(program);
        command
            .current_dir(self.path())
            .args(args)
            .env_clear()
            .env("PATH", search)
            .env("HOME", self.world.path())
            .envs(ENVIRONMENT)
            .stdin(Stdio::null());
        command
    }

    /// HEAD's tree, all of the index, and what git thinks of the files.
    pub(crate) fn state(&self) -> [String; 3] {
        [
            self.git(&["rev-parse", "HEAD^{tree}"]),
            self.git(&["ls-files", "--stage", "--debug"])
                .lines()
                .filter(|line| !line.starts_with(' ') || line.contains("flags"))
                .map(|line| line.replace("size: 0\t", ""))
                .map(|line| line.split("flags").last().unwrap_or_default().to_owned() + "\n")
                .collect(),
            self.git(&["status", "--porcelain", "-uall"]),
        ]
    }

    /// The bytes of the index, HEAD, every branch, and all files: what a refusal must not change.
    pub(crate) fn untouched(&self) -> (Vec<u8>, String, String) {
        (
            fs_err::read(self.path().join(".git/index")).unwrap_or_default(),
            self.git(&["for-each-ref", "refs/heads"]) + &self.read(".git/HEAD"),
            self.sh("find . -path ./.git -prune -o -type f -exec cksum {} + | sort -k3; ls .git"),
        )
    }

    pub(crate) fn message(&self) -> String {
        self.git(&["log", "-1", "--format=%B"])
    }

    /// The events of a note of agents, as JSON.
    pub(crate) fn events(&self, object: &str) -> Vec<Value> {
        let note = self.try_git(&["notes", "--ref=agents", "show", object]).out;
        note.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    pub(crate) fn n_checkpoints(&self) -> usize {
        self.git(&["for-each-ref", "refs/checkpoints"])
            .lines()
            .count()
    }
}

pub(crate) fn failure_of(said: &Said) -> (i32, String) {
    let document: Value = serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{said:?}"));
    let code = document["error"]["code"].as_str().unwrap_or_default();
    (said.code, code.to_owned())
}

const ENVIRONMENT: [(&str, &str); 9] = [
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("GIT_AUTHOR_NAME", "Ada"),
    ("GIT_AUTHOR_EMAIL", "ada@example.com"),
    ("GIT_COMMITTER_NAME", "Ada"),
    ("GIT_COMMITTER_EMAIL", "ada@example.com"),
    ("GIT_EDITOR", "false"),
    ("LOGNAME", "ada"),
    ("TZ", "UTC"),
];

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        Self {
            code: output.status.code().unwrap_or(-1),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }
}
