//! A world of its own: a home folder, a temporary folder and repositories, seen by nobody else.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use fs_err as fs;
use tempfile::TempDir;

use crate::binary;
use crate::process::{self, Output};

/// What every command of the tests may need at most, in a slow build on a busy machine.
const LIMIT: Duration = Duration::from_secs(120);

/// The author's and committer's date of every commit that git makes here, so that its id is stable.
const DATE: &str = "2026-01-02T03:04:05Z";

/// Git's settings for everything in the world. Submodules and alternates come by path here; no background work races with the tests.
const SETTINGS: &str = "\
[user]\n\tname = Ada Lovelace\n\temail = ada@example.com\n\
[init]\n\tdefaultBranch = main\n\
[protocol \"file\"]\n\tallow = always\n\
[advice]\n\tdetachedHead = false\n\
[maintenance]\n\tauto = false\n\
[gc]\n\tauto = 0\n";

/// A repository in a temporary world; the world is removed when the value is dropped.
///
/// Commands run in [`Sandbox::place`] with nothing of the caller's environment but `PATH`.
pub struct Sandbox {
    root: Option<TempDir>,
    world: PathBuf,
    top: PathBuf,
    place: PathBuf,
    env: Vec<(OsString, OsString)>,
    before: Vec<OsString>,
}

impl Sandbox {
    /// A repository without commits, at `repo` in the world.
    pub fn new() -> Self {
        Self::with_init(&[])
    }

    /// The same, with more words for `git init`.
    pub fn with_init(words: &[&str]) -> Self {
        let sandbox = Self::without_repository();
        sandbox.git_in(
            &sandbox.world,
            [&["init", "--quiet"], words, &["repo"]].concat(),
        );
        sandbox
    }

    /// A repository with one commit: some text files, a folder, a program and a symlink.
    pub fn committed() -> Self {
        let sandbox = Self::new();
        sandbox.fill();
        sandbox
    }

    /// A world with an empty folder `repo` and no repository at all.
    pub fn without_repository() -> Self {
        let root = tempfile::Builder::new()
            .prefix("checkpoint-test-")
            .tempdir()
            .expect("a temporary folder");
        // Git prints real paths; so do we.
        let world = fs::canonicalize(root.path())
            .expect("it was just made")
            .join("world");
        let top = world.join("repo");
        for folder in ["home", "tmp", "repo"] {
            fs::create_dir_all(world.join(folder)).expect("a new folder in the world");
        }
        fs::create_dir_all(root.path().join("scratch")).expect("a new folder beside the world");
        fs::write(world.join("home/.gitconfig"), SETTINGS).expect("a new file in the world");
        let place = top.clone();
        Self {
            root: Some(root),
            world,
            top,
            place,
            env: Vec::new(),
            before: Vec::new(),
        }
    }

    /// Writes and commits the files that [`Sandbox::committed`] starts with.
    pub fn fill(&self) {
        self.write("README", "read me\n");
        self.write("src/main.c", "int main(void)\n{\n\treturn 0;\n}\n");
        self.write("src/lib/list.c", "struct list;\n");
        self.write("doc/guide.txt", "one\ntwo\nthree\nfour\nfive\n");
        self.write("run.sh", "#!/bin/sh\n");
        self.chmod("run.sh", 0o755);
        self.symlink("link", "src/main.c");
        self.commit("first");
    }

    /// Everything that is fingerprinted: home, temporary folder, repositories.
    pub fn world(&self) -> &Path {
        &self.world
    }

    /// A folder beside the world, for what a test writes for itself.
    pub fn scratch(&self) -> PathBuf {
        self.world
            .parent()
            .expect("the world lies in a folder")
            .join("scratch")
    }

    /// The top of the working tree under test.
    pub fn top(&self) -> &Path {
        &self.top
    }

    /// Where commands run: the top of the working tree, unless [`Sandbox::stand_in`] said otherwise.
    pub fn place(&self) -> &Path {
        &self.place
    }

    /// Makes another folder of the world the working tree under test, and runs commands there.
    pub fn move_to(&mut self, top: impl AsRef<Path>) {
        self.top = self.world.join(top);
        self.place.clone_from(&self.top);
    }

    /// Runs commands in this folder from now on, relative to the top of the working tree.
    pub fn stand_in(&mut self, folder: impl AsRef<Path>) {
        self.place = self.top.join(folder);
    }

    /// Sets an environment variable for every command from now on.
    pub fn set_env(&mut self, name: &str, value: impl AsRef<OsStr>) {
        self.env.retain(|(known, _)| known != name);
        self.env.push((name.into(), value.as_ref().to_owned()));
    }

    /// Puts words before the program under test, such as `setpriv …`; git itself runs without them.
    pub fn run_behind(&mut self, words: &[&str]) {
        self.before = words.iter().map(Into::into).collect();
    }

    /// A path in the working tree under test.
    pub fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.top.join(path)
    }

    /// Writes a file, and the folders above it.
    pub fn write(&self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a file lies in a folder"))
            .expect("a folder for a file");
        fs::write(path, bytes).expect("a file that can be written");
    }

    /// Adds to the end of a file.
    pub fn append(&self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        let old = self.read(path.as_ref());
        self.write(path, [&old, bytes.as_ref()].concat());
    }

    /// The bytes of a file.
    pub fn read(&self, path: impl AsRef<Path>) -> Vec<u8> {
        fs::read(self.path(path)).expect("a file that can be read")
    }

    /// Removes a file.
    pub fn remove(&self, path: impl AsRef<Path>) {
        fs::remove_file(self.path(path)).expect("a file that can be removed");
    }

    /// Makes a folder, and those above it.
    pub fn mkdir(&self, path: impl AsRef<Path>) {
        fs::create_dir_all(self.path(path)).expect("a folder that can be made");
    }

    /// Makes a symlink; the target need not exist.
    pub fn symlink(&self, path: impl AsRef<Path>, target: impl AsRef<Path>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a link lies in a folder"))
            .expect("a folder for a link");
        fs::os::unix::fs::symlink(target, path).expect("a link that can be made");
    }

    /// Sets the permissions of a file or folder.
    pub fn chmod(&self, path: impl AsRef<Path>, mode: u32) {
        let permissions = std::fs::Permissions::from_mode(mode);
        fs::set_permissions(self.path(path), permissions).expect("our own file");
    }

    /// Stages everything and commits it.
    pub fn commit(&self, message: &str) {
        self.git(["add", "--all"]);
        self.git(["commit", "--quiet", "--allow-empty", "-m", message]);
    }

    /// Runs git in the working tree, which must succeed; gives its standard output without the final newline.
    pub fn git<W: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = W>) -> String {
        self.git_in(&self.place, words)
    }

    /// The same in another folder.
    pub fn git_in<W: AsRef<OsStr>>(
        &self,
        folder: impl AsRef<Path>,
        words: impl IntoIterator<Item = W>,
    ) -> String {
        let mut command = self.command("git", &self.place.join(folder));
        command.args(words);
        process::run(command, LIMIT).exits(0).text()
    }

    /// Runs git in the working tree, which must succeed; gives its standard output as it is.
    pub fn git_bytes<W: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = W>) -> Vec<u8> {
        self.try_git(words).exits(0).stdout
    }

    /// Runs git in the working tree, whatever comes of it.
    pub fn try_git<W: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = W>) -> Output {
        let mut command = self.command("git", &self.place);
        command.args(words);
        process::run(command, LIMIT)
    }

    /// Runs git with more environment variables; must succeed.
    pub(crate) fn git_with(&self, env: &[(&str, &OsStr)], words: &[&OsStr]) -> Output {
        let mut command = self.command("git", &self.place);
        command.args(words).envs(env.iter().copied());
        process::run(command, LIMIT).exits(0)
    }

    /// Runs a line of shell in the working tree, which must succeed.
    pub fn sh(&self, script: &str) -> String {
        let mut command = self.command("sh", &self.place);
        command.args(["-e", "-c", script]);
        process::run(command, LIMIT).exits(0).text()
    }

    /// Runs lines of shell in the working tree, whatever comes of it; both outputs come as one, as at a terminal.
    pub fn terminal(&self, script: &str) -> Output {
        let mut command = self.command("sh", &self.place);
        command.args(["-c", &format!("{{ {script}\n}} 2>&1")]);
        process::run(command, LIMIT)
    }

    /// Runs `git checkpoint` as a user does, through the real git.
    pub fn checkpoint<W: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = W>) -> Output {
        self.checkpoint_within(LIMIT, words)
    }

    /// The same with a time limit of its own.
    pub fn checkpoint_within<W: AsRef<OsStr>>(
        &self,
        limit: Duration,
        words: impl IntoIterator<Item = W>,
    ) -> Output {
        process::run(self.checkpoint_command(words), limit)
    }

    /// Starts the same and kills it, with all its children, at this moment after the start.
    pub fn checkpoint_killed_after<W: AsRef<OsStr>>(
        &self,
        moment: Duration,
        words: impl IntoIterator<Item = W>,
    ) {
        process::kill_after(self.checkpoint_command(words), moment);
    }

    /// Runs a command of [`Sandbox::checkpoint_command`] and its like to its end.
    pub fn run(&self, command: Command) -> Output {
        process::run(command, LIMIT)
    }

    /// Starts such a command and kills it, with all its children, at this moment after the start.
    pub fn kill_after(&self, command: Command, moment: Duration) {
        process::kill_after(command, moment);
    }

    /// The command that [`Sandbox::checkpoint`] runs, for tests that run many at once.
    pub fn checkpoint_command<W: AsRef<OsStr>>(
        &self,
        words: impl IntoIterator<Item = W>,
    ) -> Command {
        let mut line = self
            .before
            .iter()
            .map(OsString::as_os_str)
            .chain(["git".as_ref(), "checkpoint".as_ref()]);
        let mut command = self.command(line.next().expect("git is there"), &self.place);
        command.args(line).args(words);
        command
    }

    /// Runs `git safe-restore` as a user does, through the real git.
    pub fn safe_restore<W: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = W>) -> Output {
        process::run(self.safe_restore_command(words), LIMIT)
    }

    /// The command that [`Sandbox::safe_restore`] runs.
    pub fn safe_restore_command<W: AsRef<OsStr>>(
        &self,
        words: impl IntoIterator<Item = W>,
    ) -> Command {
        let mut command = self.command("git", &self.place);
        command.arg("safe-restore").args(words);
        command
    }

    /// Runs `git safe-restore` as it breaks at `fault`: `<point>:<n>:<what>`. With `trace`, each point that it comes to
    /// is written to that file.
    pub fn breaking_restore(&self, words: &[&str], fault: &str, trace: Option<&Path>) -> Output {
        let mut command = self.command(binary::breaking(), &self.place);
        command.args(words).env("CHECKPOINT_FAULT", fault);
        command.envs(trace.map(|file| ("CHECKPOINT_FAULT_TRACE", file)));
        process::run(command, LIMIT)
    }

    /// Removes every ref that a checkpoint made, so that the next one is the first again.
    pub fn forget_checkpoints(self) -> Self {
        let refs = self.git([
            "for-each-ref",
            "--format=%(refname)",
            "refs/checkpoints/",
            "refs/tags/checkpoint/",
            "refs/notes/",
        ]);
        for name in refs.lines() {
            self.git(["update-ref", "--no-deref", "-d", name]);
        }
        self
    }

    fn command(&self, program: impl AsRef<OsStr>, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(folder)
            .env_clear()
            .envs(self.environment());
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    fn environment(&self) -> [(&'static str, OsString); 12] {
        let system = binary::variable("PATH").unwrap_or_else(|| "/usr/bin:/bin".into());
        let folders =
            std::iter::once(binary::folder().to_owned()).chain(std::env::split_paths(&system));
        [
            (
                "PATH",
                std::env::join_paths(folders).expect("the folders came from a path"),
            ),
            ("HOME", self.world.join("home").into()),
            ("TMPDIR", self.world.join("tmp").into()),
            ("TZ", "UTC".into()),
            ("LC_ALL", "C.UTF-8".into()),
            ("GIT_CONFIG_NOSYSTEM", "1".into()),
            (
                "GIT_CONFIG_GLOBAL",
                self.world.join("home/.gitconfig").into(),
            ),
            ("GIT_CEILING_DIRECTORIES", self.world.clone().into()),
            ("GIT_TERMINAL_PROMPT", "0".into()),
            ("GIT_EDITOR", "true".into()),
            ("GIT_AUTHOR_DATE", DATE.into()),
            ("GIT_COMMITTER_DATE", DATE.into()),
        ]
    }
}

impl Default for Sandbox {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let root = self.root.take().expect("only a drop takes it");
        if binary::variable("CHECKPOINT_TEST_KEEP").is_some() {
            report(&root.keep());
            return;
        }
        // Folders that were made read-only on purpose would stay behind.
        let opened = Command::new("chmod")
            .args(["-R", "u+rwX"])
            .arg(root.path())
            .output();
        drop((opened, root));
    }
}

#[expect(
    clippy::print_stderr,
    reason = "the user asked for it with CHECKPOINT_TEST_KEEP"
)]
fn report(kept: &Path) {
    eprintln!("sandbox kept at {}", kept.display());
}

/// A path of any bytes.
pub fn os(bytes: &[u8]) -> &OsStr {
    OsStr::from_bytes(bytes)
}
