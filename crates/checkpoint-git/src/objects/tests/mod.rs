//! git is the judge: what a sink writes, git must find good; where git decides, so must we.

mod child;
mod concurrency;
mod existing;
mod failures;
mod permissions;
mod round_trip;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use gix::ObjectId;
use gix::objs::Kind;
use tempfile::TempDir;

use super::{Durability, ObjectSink};

/// A repository made by git, alone with itself: no configuration but its own.
pub(super) struct Fixture {
    dir: TempDir,
}

impl Fixture {
    pub(super) fn new() -> Self {
        Self::init(&[])
    }

    /// `git init` with these arguments.
    pub(super) fn init(args: &[&str]) -> Self {
        let dir = TempDir::new().unwrap();
        let fixture = Self { dir };
        fixture.git(["init", "-q", "."].iter().chain(args));
        fixture
    }

    pub(super) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(super) fn objects(&self) -> PathBuf {
        self.path().join(".git/objects")
    }

    pub(super) fn open(&self) -> gix::Repository {
        let options = gix::open::Options::isolated().with(gix::sec::Trust::Full);
        gix::open_opts(self.path(), options).unwrap()
    }

    /// A sink that does not wait for the disk: there is no power cut in these tests.
    pub(super) fn sink(&self) -> ObjectSink {
        ObjectSink::with_durability(&self.open(), Durability::None).unwrap()
    }

    pub(super) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.path()).stdin(Stdio::null());
        command
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null");
        command
            .env("GIT_AUTHOR_NAME", "A")
            .env("GIT_AUTHOR_EMAIL", "a@example.com");
        command
            .env("GIT_COMMITTER_NAME", "A")
            .env("GIT_COMMITTER_EMAIL", "a@example.com");
        for name in [
            "GIT_DIR",
            "GIT_INDEX_FILE",
            "GIT_WORK_TREE",
            "GIT_OBJECT_DIRECTORY",
        ] {
            command.env_remove(name);
        }
        command
    }

    /// Runs git, which must succeed, and gives its standard output.
    pub(super) fn git<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Vec<u8> {
        let mut command = self.command("git");
        command.args(args);
        let output = command.output().unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "{command:?} must succeed: {complaint}"
        );
        output.stdout
    }

    pub(super) fn git_text<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> String {
        String::from_utf8(self.git(args))
            .unwrap()
            .trim_end()
            .to_owned()
    }

    /// git reads back what was written, and finds it sound.
    pub(super) fn assert_object(&self, id: ObjectId, kind: Kind, data: &[u8]) {
        let hex = id.to_string();
        assert_eq!(self.git_text(["cat-file", "-t", &hex]), kind.to_string());
        let content = self.git(["cat-file", &kind.to_string(), &hex]);
        assert!(content == data, "git reads {hex} back as it was written");
    }

    /// `git fsck` has nothing to say but that objects dangle.
    pub(super) fn assert_sound(&self) {
        let mut command = self.command("git");
        let output = command
            .args(["fsck", "--strict", "--full", "--no-dangling"])
            .output();
        let output = output.unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        let complaints: Vec<_> = said
            .lines()
            .filter(|line| !line.starts_with("notice:"))
            .collect();
        assert!(
            output.status.success() && complaints.is_empty(),
            "git fsck says: {said}"
        );
    }

    /// All files below `objects`, as paths relative to it, sorted.
    pub(super) fn files(&self) -> Vec<String> {
        let mut files = Vec::new();
        let mut directories = vec![self.objects()];
        while let Some(directory) = directories.pop() {
            for entry in fs_err::read_dir(&directory).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => directories.push(path),
                    false => {
                        let path = path.strip_prefix(self.objects()).unwrap();
                        files.push(path.to_str().unwrap().to_owned());
                    }
                }
            }
        }
        files.sort();
        files
    }

    pub(super) fn loose_files(&self) -> Vec<String> {
        let is_loose = |path: &String| path.as_bytes()[2] == b'/';
        self.files().into_iter().filter(is_loose).collect()
    }

    pub(super) fn pack_files(&self) -> Vec<String> {
        let in_pack = |path: &String| path.starts_with("pack/");
        self.files().into_iter().filter(in_pack).collect()
    }

    pub(super) fn loose_path(&self, id: ObjectId) -> PathBuf {
        super::home::loose_path(&self.objects(), &id)
    }

    /// `git hash-object -w`.
    pub(super) fn git_write(&self, data: &[u8]) -> ObjectId {
        fs_err::write(self.path().join("to-write"), data).unwrap();
        let hex = self.git_text(["hash-object", "-w", "--no-filters", "to-write"]);
        hex.parse().unwrap()
    }
}

/// Bytes that do not shrink, the same for the same seed.
pub(super) fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = Vec::with_capacity(len + 8);
    while bytes.len() < len {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(len);
    bytes
}

/// Bytes that shrink.
pub(super) fn prose(seed: u64, len: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(len + 32);
    let mut n = seed;
    while bytes.len() < len {
        bytes.extend_from_slice(format!("line {n} of {seed}\n").as_bytes());
        n += 1;
    }
    bytes.truncate(len);
    bytes
}
