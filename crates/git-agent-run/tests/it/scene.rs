//! A repository of its own, with a remote beside it.

use std::{
    cell::RefCell,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// A repository with one commit on `main`, pushed to a bare one, seen by nobody else.
pub(crate) struct Scene {
    world: TempDir,
    top: PathBuf,
    /// Variables beside those that every command gets.
    env: RefCell<Vec<(String, String)>>,
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Self {
            code: output.status.code().unwrap_or(-1),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }
}

impl Scene {
    /// With the remote `origin`.
    pub(crate) fn new() -> Self {
        let scene = Self::alone();
        scene.add_remote("origin");
        scene.git(&["push", "-q", "origin", "main"]);
        scene
    }

    /// Without a remote.
    pub(crate) fn alone() -> Self {
        let scene = Self::unborn();
        scene.write("file", "one\n");
        scene.git(&["add", "."]);
        scene.git(&["commit", "-q", "-m", "one"]);
        scene
    }

    /// Without a commit.
    pub(crate) fn unborn() -> Self {
        let world = tempfile::tempdir().unwrap();
        let top = world.path().canonicalize().unwrap().join("repo");
        fs_err::create_dir(&top).unwrap();
        let scene = Self {
            world,
            top,
            env: RefCell::default(),
        };
        scene.git(&["init", "-q", "-b", "main"]);
        scene
    }

    pub(crate) fn path(&self) -> &Path {
        &self.top
    }

    /// A place beside the repository.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.top.parent().unwrap().join(name)
    }

    pub(crate) fn add_remote(&self, name: &str) {
        let bare = self.beside(&format!("{name}.git"));
        let bare = bare.to_str().unwrap();
        self.git(&["init", "-q", "--bare", "-b", "main", bare]);
        self.git(&["remote", "add", name, bare]);
    }

    /// Gives `origin` an address of ssh's, as a forge has it; git goes to the directory all the same.
    pub(crate) fn move_remote(&self, address: &str) {
        let ssh = self.beside("bin/ssh-to-the-directory");
        let bare = self.beside("origin.git");
        // git hands over `git-receive-pack 'ada/engine.git'` in one word.
        let text = format!("exec \"${{2%% *}}\" '{}'", bare.display());
        self.script(&ssh, &text);
        self.git(&["config", "core.sshCommand", ssh.to_str().unwrap()]);
        self.git(&["config", "ssh.variant", "simple"]);
        self.git(&["remote", "set-url", "origin", address]);
    }

    /// Commits this as the policy of the repository, and pushes it.
    pub(crate) fn policy(&self, text: &str) {
        self.write(".git-checkpoint.toml", text);
        self.git(&["add", "."]);
        self.git(&["commit", "-q", "-m", "policy"]);
        self.git(&["push", "-q", "origin", "main"]);
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        self.write_at(&self.top, path, text);
    }

    pub(crate) fn write_at(&self, top: &Path, path: &str, text: &str) {
        let path = top.join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs_err::read_to_string(self.top.join(path)).unwrap()
    }

    /// A script that can be run.
    pub(crate) fn script(&self, path: &Path, text: &str) {
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Lets every further command have this variable.
    pub(crate) fn set(&self, name: &str, value: &str) {
        self.env
            .borrow_mut()
            .push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn try_git_at(&self, dir: &Path, args: &[&str]) -> Said {
        self.command("git", dir, args).output().unwrap().into()
    }

    /// What git answers there, without the last line end.
    pub(crate) fn git_at(&self, dir: &Path, args: &[&str]) -> String {
        let said = self.try_git_at(dir, args);
        assert_eq!(said.code, 0, "git {args:?}: {}", said.err);
        said.out.trim_end().to_owned()
    }

    pub(crate) fn git(&self, args: &[&str]) -> String {
        self.git_at(&self.top, args)
    }

    /// Runs `git agent-run` with these words.
    pub(crate) fn run(&self, args: &[&str]) -> Said {
        self.run_at(&self.top, args)
    }

    pub(crate) fn run_at(&self, dir: &Path, args: &[&str]) -> Said {
        self.agent_run(dir, args).output().unwrap().into()
    }

    /// Runs it, and expects that it does what was asked.
    pub(crate) fn done(&self, args: &[&str]) -> Said {
        self.done_at(&self.top, args)
    }

    pub(crate) fn done_at(&self, dir: &Path, args: &[&str]) -> Said {
        let said = self.run_at(dir, args);
        assert_eq!(said.code, 0, "{args:?}: {said:?}");
        said
    }

    /// Runs it with `--json`, and expects one document and this exit status.
    pub(crate) fn json(&self, args: &[&str], code: i32) -> Value {
        let said = self.run(&[args, &["--json"]].concat());
        assert_eq!(said.code, code, "{args:?}: {said:?}");
        serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{said:?}"))
    }

    /// Runs it with `--json`, and expects that it fails: exit number and error code.
    pub(crate) fn failure(&self, args: &[&str]) -> (i32, String) {
        let said = self.run(&[args, &["--json"]].concat());
        let document: Value =
            serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{args:?}: {said:?}"));
        let code = document["error"]["code"].as_str().unwrap_or_default();
        (said.code, code.to_owned())
    }

    /// The one run there is, as `show --json` has it.
    pub(crate) fn shown(&self, run: &str) -> Value {
        self.json(&["show", run], 0)["run"].clone()
    }

    /// The types of the events of all runs, oldest first.
    pub(crate) fn events(&self) -> Vec<String> {
        let said = self.done(&["log", "--json"]);
        let lines = said.out.lines().map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            line["event"]["type"].as_str().unwrap().to_owned()
        });
        let mut types: Vec<_> = lines.collect();
        types.reverse();
        types
    }

    /// How many events of a type there are.
    pub(crate) fn count(&self, type_: &str) -> usize {
        self.events().iter().filter(|event| *event == type_).count()
    }

    /// `git agent-run`, still to be started.
    pub(crate) fn agent_run(&self, dir: &Path, args: &[&str]) -> Command {
        self.command(env!("CARGO_BIN_EXE_git-agent-run"), dir, args)
    }

    pub(crate) fn command(&self, program: &str, dir: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(dir)
            .args(args)
            .env_clear()
            .env("PATH", path())
            .env("HOME", self.world.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("LOGNAME", "ada")
            .env("TZ", "UTC")
            // No agent is around, whoever runs the tests.
            .env("GIT_AGENT_NAME", "james")
            .envs(self.env.borrow().iter().cloned())
            .stdin(Stdio::null());
        for who in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{who}_NAME"), "Ada")
                .env(format!("GIT_{who}_EMAIL"), "ada@example.com");
        }
        command
    }

    /// The path that a `start` in a working tree of its own has printed.
    pub(crate) fn start(&self, task: &str) -> (String, PathBuf) {
        let started = self.json(&["start", "--task", task, "--worktree"], 0);
        let text = |key: &str| started["run"][key].as_str().unwrap().to_owned();
        (text("branch"), PathBuf::from(text("worktree")))
    }

    /// Everything that must not move when an answer is no: HEAD, all references but records and states, the index,
    /// the status.
    pub(crate) fn picture(&self) -> String {
        let refs = self.git(&["for-each-ref", "refs/heads", "refs/remotes", "refs/tags"]);
        let head = fs_err::read_to_string(self.top.join(".git/HEAD")).unwrap();
        let status = self.git(&["status", "--porcelain=v2", "--untracked-files=all"]);
        let index = fs_err::read(self.top.join(".git/index")).unwrap_or_default();
        let trees = self.git(&["worktree", "list", "--porcelain"]);
        format!("{refs}\n{head}\n{status}\n{index:?}\n{trees}")
    }
}

/// Where programs are found.
#[expect(clippy::disallowed_methods, reason = "children need to find git")]
pub(crate) fn path() -> String {
    std::env::var("PATH").unwrap()
}
