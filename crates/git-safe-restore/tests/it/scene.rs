//! A repository of its own, checkpoints in it, and what there is to compare.

use std::{
    cell::Cell,
    fs::File,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::atomic::AtomicU64,
};

use checkpoint_capture::{Patterns, Request, Untracked, capture};
use checkpoint_git::{Repository, Surroundings, objects::ObjectSink};
use checkpoint_model::{
    id::CheckpointId,
    verdict::{Skipped, Verdict},
    words::{Actor, CheckpointKind},
};
use checkpoint_store::{Doing, KeepRequest};
use chrono::{DateTime, TimeDelta, Utc};
use rustix::{
    fs::{Mode, OFlags},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
};
use serde_json::Value;
use tempfile::TempDir;

/// What time it is, for every command.
pub(crate) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

/// A repository seen by nobody else: `file` and `dir/inner`, committed once.
pub(crate) struct Scene {
    world: TempDir,
    top: PathBuf,
    /// How many seconds have gone by.
    seconds: Cell<i64>,
    /// How many go by with each command.
    pace: Cell<i64>,
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
    pub(crate) fn new() -> Self {
        let world = tempfile::tempdir().unwrap();
        let top = world.path().canonicalize().unwrap().join("repo");
        fs_err::create_dir(&top).unwrap();
        let seconds = Cell::new(0);
        let scene = Self {
            world,
            top,
            seconds,
            pace: Cell::new(1),
        };
        scene.git(&["init", "-q", "-b", "main"]);
        scene.write("file", "one\n");
        scene.write("dir/inner", "inner\n");
        scene.commit("one");
        scene
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.top.join(path)
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }

    pub(crate) fn remove(&self, path: &str) {
        fs_err::remove_file(self.path(path)).unwrap();
    }

    /// The text of a file; none when it is not there.
    pub(crate) fn read(&self, path: &str) -> Option<String> {
        fs_err::read_to_string(self.path(path)).ok()
    }

    pub(crate) fn commit(&self, message: &str) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "-q", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// What git answers, without the last line end.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        let said = self.try_git(args);
        assert_eq!(said.code, 0, "git {args:?}: {}", said.err);
        said.out.trim_end().to_owned()
    }

    pub(crate) fn try_git(&self, args: &[&str]) -> Said {
        self.command("git", args).output().unwrap().into()
    }

    /// Everything a restore may change, as git and the file system tell it.
    pub(crate) fn state(&self) -> String {
        let asked: [&[&str]; 4] = [
            &[
                "status",
                "--porcelain=v2",
                "--branch",
                "--untracked-files=all",
            ],
            &["ls-files", "--stage", "-t"],
            &["for-each-ref", "refs/heads"],
            &["diff", "--no-ext-diff"],
        ];
        let mut state: String = asked.iter().map(|args| self.git(args) + "\n").collect();
        let untracked = self.git(&["ls-files", "--others", "--exclude-standard"]);
        for path in untracked.lines() {
            state += &format!("{path}: {:?}\n", self.read(path));
        }
        for name in ["MERGE_HEAD", "CHERRY_PICK_HEAD", "rebase-merge/head-name"] {
            state += &format!("{name}: {:?}\n", self.read(&format!(".git/{name}")));
        }
        state
    }

    /// The restores that were recorded, and the backups that were made.
    pub(crate) fn n_checkpoints(&self) -> usize {
        self.git(&["for-each-ref", "refs/checkpoints"])
            .lines()
            .count()
    }

    /// Runs `git safe-restore` with these words.
    pub(crate) fn run(&self, args: &[&str]) -> Said {
        self.restore(args).output().unwrap().into()
    }

    /// Runs it in a directory of the working tree.
    pub(crate) fn run_in(&self, directory: &str, args: &[&str]) -> Said {
        let mut command = self.restore(args);
        command.current_dir(self.path(directory));
        command.output().unwrap().into()
    }

    /// Runs it, and expects that it does what was asked.
    pub(crate) fn done(&self, args: &[&str]) -> Said {
        let said = self.run(args);
        assert_eq!(said.code, 0, "{args:?}: {}", said.err);
        said
    }

    /// Runs it with `--json`, and expects one document.
    pub(crate) fn json(&self, args: &[&str]) -> (i32, Value) {
        let said = self.run(&[&["--json"], args].concat());
        let document = serde_json::from_str(&said.out);
        (said.code, document.unwrap_or_else(|_| panic!("{said:?}")))
    }

    /// Runs it with `--json`, and expects that it fails and changes nothing: exit number and error code.
    pub(crate) fn failure(&self, args: &[&str]) -> (i32, String) {
        let (before, n_checkpoints) = (self.state(), self.n_checkpoints());
        let (exit, document) = self.json(args);
        assert_eq!(self.state(), before, "{args:?} fails, and changes nothing");
        assert_eq!(
            self.n_checkpoints(),
            n_checkpoints,
            "{args:?} makes no backup"
        );
        let code = document["error"]["code"].as_str().unwrap_or_default();
        (exit, code.to_owned())
    }

    /// Runs it on a terminal of its own, where somebody types `answers`. Gives the exit number and all that is seen.
    pub(crate) fn on_terminal(&self, args: &[&str], answers: &str) -> (i32, String) {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let terminal =
            rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
        let stream = || Stdio::from(terminal.try_clone().unwrap());
        let program = env!("CARGO_BIN_EXE_git-safe-restore");
        // The question is asked on the terminal that controls the session.
        let words = [&["--ctty", "--wait", program], args].concat();
        let mut command = self.command("setsid", &words);
        command.env("TERM", "dumb").env("GIT_PAGER", "cat");
        let streams = command.stdin(stream()).stdout(stream()).stderr(stream());
        let mut child = streams.spawn().unwrap();
        // As long as anyone of us has it open, what is seen does not end.
        drop((terminal, command));
        let mut master = File::from(master);
        master.write_all(answers.as_bytes()).unwrap();
        let reader = std::thread::spawn(move || {
            let mut seen = Vec::new();
            // The end of a terminal is an error (EIO) on Linux.
            let _ended = std::io::Read::read_to_end(&mut master, &mut seen);
            String::from_utf8_lossy(&seen).replace("\r\n", "\n")
        });
        let status = child.wait().unwrap();
        (status.code().unwrap(), reader.join().unwrap())
    }

    /// `git safe-restore`, still to be started.
    fn restore(&self, args: &[&str]) -> Command {
        self.command(env!("CARGO_BIN_EXE_git-safe-restore"), args)
    }

    fn command(&self, program: &str, args: &[&str]) -> Command {
        #[expect(clippy::disallowed_methods, reason = "children need to find git")]
        let search = std::env::var_os("PATH").unwrap_or_default();
        let mut command = Command::new(program);
        command
            .current_dir(&self.top)
            .args(args)
            .env_clear()
            .env("PATH", search)
            .envs(environment(self.world.path()))
            .env("GIT_TEST_DATE_NOW", self.tick())
            .stdin(Stdio::null());
        command
    }

    /// From now on so many seconds go by with each command: none, or a clock that runs backwards.
    pub(crate) fn pace(&self, seconds: i64) {
        self.pace.set(seconds);
    }

    /// The present, a second later each time.
    fn tick(&self) -> String {
        self.seconds.set(self.seconds.get() + self.pace.get());
        (now().timestamp() + self.seconds.get()).to_string()
    }

    fn repository(&self) -> Repository {
        let env = environment(self.world.path()).into_iter();
        Repository::open(&Surroundings {
            cwd: self.top.clone(),
            now: now(),
            env: env
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        })
        .unwrap()
    }

    /// Keeps the present state under a name, as of an hour ago.
    pub(crate) fn keep(&self, name: &str) -> CheckpointId {
        self.keep_partly(name, Vec::new())
    }

    /// Keeps a state that lacks something.
    pub(crate) fn keep_partly(&self, name: &str, skipped: Vec<Skipped>) -> CheckpointId {
        self.keep_as(skipped, |request| {
            request.name = Some(name.parse().unwrap());
        })
    }

    /// Keeps the present state as a restore does before it begins.
    pub(crate) fn keep_backup(&self) -> CheckpointId {
        self.keep_as(Vec::new(), |request| request.kind = CheckpointKind::Backup)
    }

    fn keep_as(&self, skipped: Vec<Skipped>, say: impl FnOnce(&mut KeepRequest)) -> CheckpointId {
        let repo = self.repository();
        let sink = ObjectSink::new(repo.gix()).unwrap();
        let mut captured = capture(&repo, &everything(), &sink, &AtomicU64::new(0)).unwrap();
        captured.skipped.extend(skipped);
        captured.verdict = Verdict::of(&captured.skipped);
        let mut request = KeepRequest {
            name: None,
            description: String::new(),
            kind: CheckpointKind::Manual,
            phase: None,
            session: None,
            agent: None,
            task: None,
            state: None,
            worktree: self.top.display().to_string(),
            replace: false,
            sign: false,
            tool: "0.1.0".to_owned(),
        };
        say(&mut request);
        let kept = checkpoint_store::keep(&repo, sink, &captured, &request, &doing()).unwrap();
        kept.checkpoint.id
    }
}

fn everything() -> Request {
    Request {
        include: Patterns::default(),
        exclude: Patterns::default(),
        untracked: Untracked::Captured,
        max_file_size: 100 << 20,
        extra: Vec::new(),
        refused: Vec::new(),
    }
}

fn doing() -> Doing {
    Doing {
        now: now() - TimeDelta::hours(1),
        by: Actor {
            user: "ada".to_owned(),
            host: "desk".to_owned(),
            agent: None,
            session: None,
        },
        command: "git checkpoint create".to_owned(),
    }
}

fn environment(home: &Path) -> Vec<(String, String)> {
    let date = format!("{} +0000", now().timestamp() - 3600);
    let seconds = now().timestamp().to_string();
    let pairs = [
        ("HOME", home.to_str().unwrap()),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_AUTHOR_NAME", "Ada"),
        ("GIT_AUTHOR_EMAIL", "ada@example.com"),
        ("GIT_AUTHOR_DATE", date.as_str()),
        ("GIT_COMMITTER_NAME", "Ada"),
        ("GIT_COMMITTER_EMAIL", "ada@example.com"),
        ("GIT_COMMITTER_DATE", date.as_str()),
        ("GIT_TEST_DATE_NOW", seconds.as_str()),
        ("GIT_EDITOR", "true"),
        ("LOGNAME", "ada"),
        ("TZ", "UTC"),
    ];
    let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    pairs.into_iter().map(own).collect()
}
