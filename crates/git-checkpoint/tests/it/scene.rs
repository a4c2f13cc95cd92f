//! A repository of its own, and checkpoints in it.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::atomic::AtomicU64,
};

use checkpoint_capture::{Patterns, Request, Untracked, capture};
use checkpoint_git::{Repository, Surroundings, objects::ObjectSink};
use checkpoint_model::restore::{Action, Scope};
use checkpoint_model::{
    event::{CheckpointRestored, Event},
    id::{CheckpointId, EventId},
    verdict::{Skipped, Verdict},
    words::{Actor, CheckpointKind},
};
use checkpoint_store::{Doing, KeepRequest};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use tempfile::TempDir;

/// What time it is, for every command.
pub(crate) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

pub(crate) fn hours_ago(hours: i64) -> DateTime<Utc> {
    now() - TimeDelta::hours(hours)
}

/// A repository with one commit, seen by nobody else.
pub(crate) struct Scene {
    world: TempDir,
    top: PathBuf,
}

/// A repository beside that of a scene.
pub(crate) struct Elsewhere<'s> {
    /// Its directory is removed with the scene.
    _of: &'s Scene,
    scene: Scene,
}

impl std::ops::Deref for Elsewhere<'_> {
    type Target = Scene;

    fn deref(&self) -> &Scene {
        &self.scene
    }
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A checkpoint that was made for a test.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) id: CheckpointId,
    pub(crate) snapshot: String,
}

impl Kept {
    pub(crate) fn id(&self) -> String {
        self.id.to_string()
    }
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self::with_init(&[])
    }

    pub(crate) fn with_init(args: &[&str]) -> Self {
        let scene = Self::unborn_with_init(args);
        scene.write("file", "one\n");
        scene.git(&["add", "."]);
        scene.git(&["commit", "-q", "-m", "one"]);
        scene
    }

    /// A repository without a commit.
    pub(crate) fn unborn() -> Self {
        Self::unborn_with_init(&[])
    }

    fn unborn_with_init(args: &[&str]) -> Self {
        let world = tempfile::tempdir().unwrap();
        let top = world.path().canonicalize().unwrap().join("repo");
        fs_err::create_dir(&top).unwrap();
        let scene = Self { world, top };
        scene.git(&[&["init", "-q", "-b", "main"], args].concat());
        scene
    }

    pub(crate) fn path(&self) -> &Path {
        &self.top
    }

    /// The same world, seen from another directory in it.
    pub(crate) fn at(&self, top: impl Into<PathBuf>) -> Elsewhere<'_> {
        let top: PathBuf = top.into();
        let world = TempDir::new().unwrap();
        Elsewhere {
            _of: self,
            scene: Self { world, top },
        }
    }

    /// A place outside the repository.
    pub(crate) fn beside(&self, name: &str) -> String {
        self.world.path().join(name).display().to_string()
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }

    /// What git says, whether it did what was asked or not.
    pub(crate) fn try_git(&self, args: &[&str]) -> Said {
        self.command("git", args).output().unwrap().into()
    }

    /// What git answers, without the last line end.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        let output = self.command("git", args).output().unwrap();
        let said = Said::from(output);
        assert_eq!(said.code, 0, "git {args:?}: {}", said.err);
        said.out.trim_end().to_owned()
    }

    /// Writes an object as it is, however odd; its id.
    pub(crate) fn write_object(&self, kind: &str, content: &[u8]) -> String {
        let place = self.beside("object");
        fs_err::write(&place, content).unwrap();
        self.git(&["hash-object", "-w", "--literally", "-t", kind, &place])
    }

    /// Runs `git checkpoint` with these words.
    pub(crate) fn run(&self, args: &[&str]) -> Said {
        self.checkpoint(args).output().unwrap().into()
    }

    /// Runs it so many seconds later: what happens in one second has no order.
    pub(crate) fn run_later(&self, seconds: i64, args: &[&str]) -> Said {
        let at = (now().timestamp() + seconds).to_string();
        let mut command = self.checkpoint(args);
        command
            .env("GIT_TEST_DATE_NOW", at)
            .output()
            .unwrap()
            .into()
    }

    /// Runs it, and expects that it does what was asked.
    pub(crate) fn done(&self, args: &[&str]) -> Said {
        let said = self.run(args);
        assert_eq!(said.code, 0, "{args:?}: {}", said.err);
        said
    }

    /// Runs it with `--json`, and expects one document.
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let said = self.done(&[args, &["--json"]].concat());
        serde_json::from_str(&said.out).unwrap()
    }

    /// Runs it with `--json`, and expects that it fails: exit number and error code.
    pub(crate) fn failure(&self, args: &[&str]) -> (i32, String) {
        let said = self.run(&[args, &["--json"]].concat());
        let document: Value =
            serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{said:?}"));
        let code = document["error"]["code"].as_str().unwrap_or_default();
        (said.code, code.to_owned())
    }

    /// `git checkpoint`, still to be started.
    pub(crate) fn checkpoint(&self, args: &[&str]) -> Command {
        self.command(env!("CARGO_BIN_EXE_git-checkpoint"), args)
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
            .envs(environment(self.world.path()))
            .stdin(Stdio::null());
        command
    }

    fn repository(&self) -> Repository {
        let env = environment(self.world.path()).into_iter();
        Repository::open(&Surroundings {
            cwd: self.path().canonicalize().unwrap(),
            now: now(),
            env: env
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        })
        .unwrap()
    }

    /// Keeps the present state as an automatic checkpoint of so many hours ago.
    pub(crate) fn keep(&self, hours: i64) -> Kept {
        self.keep_as(hours, |_| {})
    }

    /// Keeps the present state under a name.
    pub(crate) fn keep_named(&self, hours: i64, name: &str) -> Kept {
        self.keep_as(hours, |request| {
            request.name = Some(name.parse().unwrap());
            request.kind = CheckpointKind::Manual;
        })
    }

    /// Keeps the present state; `say` tells more about it.
    pub(crate) fn keep_as(&self, hours: i64, say: impl FnOnce(&mut KeepRequest)) -> Kept {
        self.keep_partly(hours, Vec::new(), say)
    }

    /// Keeps a state that lacks something.
    pub(crate) fn keep_partly(
        &self,
        hours: i64,
        skipped: Vec<Skipped>,
        say: impl FnOnce(&mut KeepRequest),
    ) -> Kept {
        let repo = self.repository();
        let sink = ObjectSink::new(repo.gix()).unwrap();
        let mut captured = capture(&repo, &everything(), &sink, &AtomicU64::new(0)).unwrap();
        captured.verdict = Verdict::of(&skipped);
        captured.skipped = skipped;
        let mut request = KeepRequest {
            name: None,
            description: String::new(),
            kind: CheckpointKind::Automatic,
            phase: None,
            session: None,
            agent: None,
            task: None,
            state: None,
            worktree: self.path().display().to_string(),
            replace: false,
            sign: false,
            tool: "0.1.0".to_owned(),
        };
        say(&mut request);
        let kept = checkpoint_store::keep(&repo, sink, &captured, &request, &doing(hours)).unwrap();
        Kept {
            id: kept.checkpoint.id,
            snapshot: kept.snapshot.to_string(),
        }
    }

    /// Puts an event into the record of `kept`, as another program would.
    pub(crate) fn append(&self, kept: &Kept, event: &Event) {
        let line = event.to_line();
        self.git(&[
            "notes",
            "--ref=checkpoints",
            "append",
            "-m",
            &line,
            &kept.snapshot,
        ]);
    }

    /// Tells that `kept` was restored so many hours ago, after `backup` was made.
    pub(crate) fn tell_restored(&self, kept: &Kept, backup: Option<&Kept>, hours: i64) {
        let body = CheckpointRestored {
            checkpoint: kept.id,
            backup: backup.map(|backup| backup.id),
            scope: Scope::Files,
            paths: Vec::new(),
            action: Action::default(),
            worktree: String::new(),
            branch: None,
            unseen: Vec::new(),
        };
        self.append(kept, &event(hours, body));
    }
}

/// An event of so many hours ago.
pub(crate) fn event(hours: i64, body: impl Into<checkpoint_model::event::EventBody>) -> Event {
    let at = hours_ago(hours);
    Event::new(EventId::new(at, [7; 10]), at, ada(), body.into())
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

fn doing(hours: i64) -> Doing {
    Doing {
        now: hours_ago(hours),
        by: ada(),
        command: "git checkpoint create".to_owned(),
    }
}

fn ada() -> Actor {
    Actor {
        user: "ada".to_owned(),
        host: "desk".to_owned(),
        agent: None,
        session: None,
    }
}

fn environment(home: &Path) -> Vec<(String, String)> {
    let date = format!("{} +0000", now().timestamp());
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
        ("LOGNAME", "ada"),
        ("TZ", "UTC"),
    ];
    let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    pairs.into_iter().map(own).collect()
}

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
