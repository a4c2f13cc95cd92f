//! A repository made by git, and a writer for its working tree.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use checkpoint_git::{Repository, Surroundings};
use gix::ObjectId;
use gix::bstr::{BString, ByteSlice};
use gix::objs::Kind;

use crate::files::{
    Applied, Attributes, Content, Expected, FileKind, FilesError, Options, Step, Token, Wanted,
    Writer, attributes_of,
};

pub(super) struct Fixture {
    _dir: Option<tempfile::TempDir>,
    top: PathBuf,
}

/// What a path of the working tree is: permissions and bytes, a link's target, or nothing but a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entry {
    File(u32, Vec<u8>),
    Link(PathBuf),
    Directory,
    Other,
}

impl Fixture {
    pub(super) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let top = dir.path().canonicalize().unwrap().join("tree");
        fs_err::create_dir(&top).unwrap();
        let fixture = Self {
            _dir: Some(dir),
            top,
        };
        fixture.git(["init", "-q", "-b", "main", "."]);
        fixture
    }

    /// The repository that another process has made.
    #[cfg_attr(not(feature = "faults"), allow(dead_code))]
    pub(super) fn at(top: PathBuf) -> Self {
        Self { _dir: None, top }
    }

    pub(super) fn top(&self) -> &Path {
        &self.top
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.top.join(name)
    }

    /// A directory beside the working tree.
    pub(super) fn outside(&self, name: &str) -> PathBuf {
        self.top.parent().unwrap().join(name)
    }

    pub(super) fn git<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Vec<u8> {
        self.git_of(args, &[])
    }

    pub(super) fn git_of<A: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = A>,
        input: &[u8],
    ) -> Vec<u8> {
        use std::io::Write;
        let mut command = Command::new("git");
        command
            .current_dir(&self.top)
            .args([
                "-c",
                "user.name=A",
                "-c",
                "user.email=a@example.com",
                "-c",
                "core.safecrlf=false",
            ])
            .args(args)
            .env("GIT_CONFIG_GLOBAL", self.outside("no-config"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let output = std::thread::scope(|scope| {
            scope.spawn(move || stdin.write_all(input));
            child.wait_with_output().unwrap()
        });
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "{command:?} must succeed, but: {said}"
        );
        output.stdout
    }

    pub(super) fn repo(&self) -> Repository {
        let env = [
            ("HOME", self.top.to_str().unwrap()),
            ("GIT_CONFIG_NOSYSTEM", "1"),
        ];
        Repository::open(&Surroundings {
            cwd: self.top.clone(),
            now: chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap(),
            env: env
                .iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        })
        .unwrap()
    }

    /// A writer with the attributes of the index for what is and for what shall be.
    pub(super) fn writer(&self) -> Writer {
        let repo = self.repo();
        let index = repo.gix().index_or_empty().unwrap();
        let entries = index.entries().iter();
        let of_attributes: Vec<_> = entries
            .map(|entry| (entry.path(&index), entry.id))
            .filter(|(path, _)| path.ends_with(b".gitattributes"))
            .collect();
        let attributes = attributes_of(repo.gix().object_hash(), of_attributes);
        let attributes = Attributes {
            before: &attributes,
            after: &attributes,
        };
        Writer::new(&repo, attributes, &options()).unwrap()
    }

    pub(super) fn apply(&self, step: &Step) -> Result<Applied, FilesError> {
        self.writer().apply(step)
    }

    /// Keeps these bytes as a blob.
    pub(super) fn blob(&self, content: impl AsRef<[u8]>) -> ObjectId {
        let hex = self.git_of(["hash-object", "-w", "--stdin"], content.as_ref());
        ObjectId::from_hex(hex.trim()).unwrap()
    }

    pub(super) fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, content).unwrap();
    }

    pub(super) fn chmod(&self, name: &str, mode: u32) {
        let permissions = std::fs::Permissions::from_mode(mode);
        fs_err::set_permissions(self.path(name), permissions).unwrap();
    }

    pub(super) fn mode(&self, name: &str) -> u32 {
        fs_err::symlink_metadata(self.path(name)).unwrap().mode() & 0o7777
    }

    pub(super) fn read(&self, name: &str) -> Vec<u8> {
        fs_err::read(self.path(name)).unwrap()
    }

    /// All that is in the working tree, the git directory left out.
    pub(super) fn tree(&self) -> BTreeMap<BString, Entry> {
        let mut found = BTreeMap::new();
        list(&self.top, &self.top, &mut found);
        found
    }

    /// What the index has, as steps that make it.
    pub(super) fn steps_of_index(&self, expected: Expected) -> Vec<Step> {
        let listing = self.git(["ls-files", "-s", "-z"]);
        let entries = listing.split(|byte| *byte == 0).filter(|e| !e.is_empty());
        let mut steps: Vec<_> = entries
            .map(|entry| {
                let (head, path) = entry.split_once_str("\t").unwrap();
                let mut words = head.split_str(" ");
                let kind = match words.next().unwrap() {
                    b"100755" => FileKind::Executable,
                    b"120000" => FileKind::Link,
                    _ => FileKind::File,
                };
                let id = ObjectId::from_hex(words.next().unwrap()).unwrap();
                Step::Write {
                    path: path.into(),
                    wanted: stored(kind, id),
                    expected,
                }
            })
            .collect();
        steps.sort_by_key(|step| !step.path().ends_with(b".gitattributes"));
        steps
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        // A read-only directory would outlive its parent.
        if let Some(dir) = &self._dir {
            let mut command = Command::new("chmod");
            command.args(["-R", "u+rwX"]).arg(dir.path());
            drop(command.stderr(Stdio::null()).status());
        }
    }
}

fn list(top: &Path, dir: &Path, found: &mut BTreeMap<BString, Entry>) {
    for entry in fs_err::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(top).unwrap().as_os_str().as_bytes();
        if name == b".git" {
            continue;
        }
        let meta = fs_err::symlink_metadata(&path).unwrap();
        let entry = if meta.is_symlink() {
            Entry::Link(fs_err::read_link(&path).unwrap())
        } else if meta.is_dir() {
            list(top, &path, found);
            Entry::Directory
        } else if meta.is_file() {
            Entry::File(meta.mode() & 0o7777, fs_err::read(&path).unwrap())
        } else {
            Entry::Other
        };
        found.insert(name.into(), entry);
    }
}

pub(super) fn options() -> Options {
    Options {
        durability: crate::files::Durability::None,
        token: token(),
        links: Default::default(),
    }
}

pub(super) fn token() -> Token {
    "0123456789abcdef".parse().unwrap()
}

pub(super) fn stored(kind: FileKind, id: ObjectId) -> Wanted {
    Wanted {
        kind,
        content: Content::Stored(id),
        permissions: None,
    }
}

/// A regular file that holds what `stored` stands for.
pub(super) fn file(stored: ObjectId) -> Expected {
    of_kind(FileKind::File, stored)
}

pub(super) fn of_kind(kind: FileKind, stored: ObjectId) -> Expected {
    Expected::File {
        kind,
        stored,
        raw: None,
    }
}

pub(super) fn write(path: &str, wanted: Wanted, expected: Expected) -> Step {
    Step::Write {
        path: path.into(),
        wanted,
        expected,
    }
}

pub(super) fn delete(path: &str, expected: Expected) -> Step {
    Step::Delete {
        path: path.into(),
        expected,
    }
}

/// The id of a blob that need not exist.
pub(super) fn id_of(content: &[u8]) -> ObjectId {
    gix::objs::compute_hash(gix::hash::Kind::Sha1, Kind::Blob, content).unwrap()
}
