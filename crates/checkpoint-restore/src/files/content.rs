//! What a file shall hold, and how it gets there: from memory, or streamed when it is big.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::process::{Command, Stdio};

use checkpoint_git::{ProgramError, Repository};
use gix::ObjectId;
use gix::bstr::BStr;
use gix::filter::plumbing::Driver;
use gix::filter::plumbing::driver::apply::MaybeDelayed;
use gix::filter::plumbing::pipeline::convert::ToWorktreeOutcome;
use gix::objs::Kind;

use super::directory::Place;
use super::filters::{Attributes, Filters, path_argument};
use super::look::{There, hash_file, open_regular, read_link};
use super::{Content, Expected, FileKind, FilesError, Found, Wanted};

/// Over this many bytes a blob is not held in memory.
const BIG: u64 = 8 * 1024 * 1024;
/// No system takes a longer target for a link.
const LONGEST_TARGET: u64 = 64 * 1024;

/// The content of a file to be.
pub(super) enum Body {
    /// The target of a link.
    Target(Vec<u8>),
    /// All of it.
    Bytes(Vec<u8>),
    /// A big blob as it is.
    Blob { id: ObjectId, size: u64 },
    /// What `git cat-file --filters` makes of a blob.
    ByProgram {
        id: ObjectId,
        driver: Option<Driver>,
    },
    /// What the commands of a driver make of a blob.
    ByDriver { id: ObjectId, driver: Driver },
}

impl Body {
    /// Whether it has to be made before it can be compared.
    pub(super) fn is_to_be_made(&self) -> bool {
        matches!(self, Self::ByProgram { .. } | Self::ByDriver { .. })
    }
}

/// Where content comes from.
pub(super) struct Source {
    repo: Repository,
    gix: gix::Repository,
    filters: Filters,
    /// `core.symlinks`
    symlinks: bool,
    /// `core.fileMode`
    file_mode: bool,
}

impl Source {
    pub(super) fn new(repo: &Repository, attributes: Attributes<'_>) -> Result<Self, FilesError> {
        let config = repo.gix().config_snapshot();
        Ok(Self {
            filters: Filters::new(repo, attributes)?,
            symlinks: config.boolean("core.symlinks").unwrap_or(true),
            file_mode: config.boolean("core.fileMode").unwrap_or(true),
            gix: repo.gix().clone(),
            repo: repo.clone(),
        })
    }

    /// `core.fileMode`
    pub(super) fn file_mode(&self) -> bool {
        self.file_mode
    }

    /// To be told when a file was changed: attributes may be others then.
    pub(super) fn changed(&mut self, path: &BStr) {
        if path == ".gitattributes" || path.ends_with(b"/.gitattributes") {
            self.filters.renew();
        }
    }

    /// What the file at `path` shall hold. Nothing big is read yet, and no driver is started.
    pub(super) fn body(&mut self, path: &BStr, wanted: &Wanted) -> Result<Body, FilesError> {
        let id = wanted.content.id();
        let size = self.size(path, id)?;
        if wanted.kind == FileKind::Link {
            return self.target(path, id, size);
        }
        let is_big = size > BIG;
        if matches!(wanted.content, Content::Raw(_)) {
            return match is_big {
                true => Ok(Body::Blob { id, size }),
                false => Ok(Body::Bytes(self.blob(path, id)?)),
            };
        }
        let asked = self.filters.conversion(path)?;
        if let Some(driver) = asked.driver.clone() {
            let has_command = driver.smudge.is_some() || driver.process.is_some();
            if !has_command {
                return Err(failed(path, &driver, None));
            }
            // gix holds all that an optional command writes; git shall, until it is known whether that succeeded.
            let is_ours = driver.process.is_some() || driver.required;
            if is_ours && !is_big && !asked.is_encoded {
                return Ok(Body::ByDriver { id, driver });
            }
        }
        if asked.driver.is_some() || asked.is_encoded || is_big && asked.may_change {
            let driver = asked.driver;
            return Ok(Body::ByProgram { id, driver });
        }
        if is_big {
            return Ok(Body::Blob { id, size });
        }
        let stored = self.blob(path, id)?;
        Ok(Body::Bytes(self.filters.without_driver(path, stored)?))
    }

    fn target(&self, path: &BStr, id: ObjectId, size: u64) -> Result<Body, FilesError> {
        let wrong = || FilesError::LinkTarget {
            path: path.to_owned(),
            id,
        };
        if size > LONGEST_TARGET {
            return Err(wrong());
        }
        let target = self.blob(path, id)?;
        match self.symlinks {
            true if target.is_empty() || target.contains(&0) => Err(wrong()),
            true => Ok(Body::Target(target)),
            false => Ok(Body::Bytes(target)),
        }
    }

    /// Writes `body` to `out`, an empty file.
    pub(super) fn pour(
        &mut self,
        path: &BStr,
        body: &Body,
        out: &mut File,
    ) -> Result<(), FilesError> {
        match body {
            Body::Target(bytes) | Body::Bytes(bytes) => write(path, bytes, out),
            Body::Blob { id, size } => {
                let arguments = ["cat-file".into(), "blob".into(), id.to_string()];
                let command = self.repo.git(arguments).into_command();
                let n_bytes = pour_command(path, command, out)?;
                match n_bytes == *size {
                    true => Ok(()),
                    false => Err(FilesError::MissingObject {
                        id: *id,
                        path: path.to_owned(),
                        source: format!("{n_bytes} bytes of {size}").into(),
                    }),
                }
            }
            Body::ByProgram { id, driver } => {
                let id = id.to_string().into();
                let arguments = [
                    "cat-file".into(),
                    "--filters".into(),
                    path_argument(path),
                    id,
                ];
                let command = self.repo.git(arguments).into_command();
                let poured = pour_command(path, command, out);
                match (poured, driver) {
                    (Ok(_), _) => Ok(()),
                    (Err(FilesError::Program { source, .. }), Some(driver)) => {
                        Err(failed(path, driver, Some(source.into())))
                    }
                    (Err(error), _) => Err(error),
                }
            }
            Body::ByDriver { id, driver } => self.pour_by_driver(path, *id, driver, out),
        }
    }

    fn pour_by_driver(
        &mut self,
        path: &BStr,
        id: ObjectId,
        driver: &Driver,
        out: &mut File,
    ) -> Result<(), FilesError> {
        let stored = self.blob(path, id)?;
        let poured = match self.filters.smudge(path, id, &stored) {
            Ok(ToWorktreeOutcome::Process(MaybeDelayed::Immediate(mut reader))) => {
                copy(&mut reader, out)
            }
            Ok(ToWorktreeOutcome::Process(MaybeDelayed::Delayed(_))) => {
                Err(Copying::Read("it delayed what it must not".into()))
            }
            // It does not do what it was asked for, such as a process that can only clean.
            Ok(_) => Err(Copying::Read("it cannot smudge".into())),
            Err(error) => Err(Copying::Read(error.into())),
        };
        match poured {
            Ok(_) => return Ok(()),
            Err(Copying::Write(error)) => {
                self.filters.recover();
                return Err(FilesError::at("write", path, error));
            }
            Err(Copying::Read(source)) => {
                self.filters.recover();
                if driver.required {
                    return Err(failed(path, driver, Some(source)));
                }
            }
        }
        // An optional filter that fails is passed over.
        out.set_len(0)
            .and_then(|()| out.seek(SeekFrom::Start(0)))
            .map_err(FilesError::because("write", path))?;
        let bytes = self.filters.without_driver(path, stored)?;
        write(path, &bytes, out)
    }

    /// Whether what is at `place` holds `body` already; one that is to be made is not compared here.
    pub(super) fn is_there(
        &self,
        place: &Place<'_>,
        there: &There,
        body: &Body,
    ) -> Result<bool, FilesError> {
        let expected_size = match body {
            Body::Target(target) => {
                return Ok(there.found == Found::Link
                    && read_link(place).is_some_and(|found| found == *target));
            }
            Body::Bytes(bytes) => bytes.len() as u64,
            Body::Blob { size, .. } => *size,
            Body::ByProgram { .. } | Body::ByDriver { .. } => return Ok(false),
        };
        if !there.found.is_regular() || there.size() != expected_size {
            return Ok(false);
        }
        let Some(mut file) = open_regular(place, there)? else {
            return Ok(false);
        };
        let is_same = match body {
            Body::Bytes(bytes) => is_same_content(&mut file, &mut bytes.as_slice()),
            Body::Blob { id, size } => {
                hash_file(id.kind(), &mut file, *size).map(|found| found == Some(*id))
            }
            _ => Ok(false),
        };
        is_same.map_err(FilesError::because("read", place.path))
    }

    /// Whether what was seen at `place` is what the caller expects, as far as a look can tell.
    pub(super) fn may_be(&self, found: Found, expected: &Expected) -> bool {
        match expected {
            Expected::Nothing => found == Found::Nothing,
            Expected::Special => found == Found::Special,
            Expected::Whatever => found != Found::Directory,
            Expected::File { kind, .. } => match (kind, found) {
                (FileKind::Link, Found::Link) => true,
                (FileKind::Link, found) => !self.symlinks && found.is_regular(),
                (FileKind::File, Found::File) => true,
                (FileKind::Executable, Found::Executable) => true,
                (_, found) => !self.file_mode && found.is_regular(),
            },
        }
    }

    /// Whether what was seen at `place` is what the caller expects, down to its content.
    pub(super) fn is_expected(
        &mut self,
        place: &Place<'_>,
        there: &There,
        expected: &Expected,
    ) -> Result<bool, FilesError> {
        if !self.may_be(there.found, expected) {
            return Ok(false);
        }
        let Expected::File { kind, stored, raw } = expected else {
            return Ok(true);
        };
        if there.found == Found::Link {
            let target = read_link(place).unwrap_or_default();
            let id = gix::objs::compute_hash(stored.kind(), Kind::Blob, &target);
            return Ok(id.is_ok_and(|id| id == *stored));
        }
        let Some(mut file) = open_regular(place, there)? else {
            return Ok(false);
        };
        let is_it = match there.size() > BIG {
            true => self.is_big_file(place.path, &mut file, there.size(), stored, *raw),
            false => self.is_small_file(place.path, &mut file, *kind, stored, *raw),
        };
        is_it.map_err(FilesError::because("read", place.path))
    }

    fn is_small_file(
        &mut self,
        path: &BStr,
        file: &mut File,
        kind: FileKind,
        stored: &ObjectId,
        raw: Option<ObjectId>,
    ) -> std::io::Result<bool> {
        let mut content = Vec::new();
        file.take(BIG + 1).read_to_end(&mut content)?;
        let id = gix::objs::compute_hash(stored.kind(), Kind::Blob, &content).ok();
        if let Some(raw) = raw {
            return Ok(id == Some(raw));
        }
        Ok(id == Some(*stored)
            || kind != FileKind::Link && self.filters.is_stored_as(path, &content, stored))
    }

    fn is_big_file(
        &mut self,
        path: &BStr,
        file: &mut File,
        size: u64,
        stored: &ObjectId,
        raw: Option<ObjectId>,
    ) -> std::io::Result<bool> {
        let id = hash_file(stored.kind(), file, size)?;
        if let Some(raw) = raw {
            return Ok(id == Some(raw));
        }
        Ok(id == Some(*stored) || self.filters.is_big_stored_as(path, file, stored)?)
    }

    fn size(&self, path: &BStr, id: ObjectId) -> Result<u64, FilesError> {
        let header = self
            .gix
            .find_header(id)
            .map_err(|source| missing(path, id, source))?;
        match header.kind() {
            Kind::Blob => Ok(header.size()),
            kind => Err(FilesError::NotABlob {
                id,
                kind,
                path: path.to_owned(),
            }),
        }
    }

    fn blob(&self, path: &BStr, id: ObjectId) -> Result<Vec<u8>, FilesError> {
        let object = self
            .gix
            .find_object(id)
            .map_err(|source| missing(path, id, source))?;
        Ok(object.detach().data)
    }
}

fn missing(path: &BStr, id: ObjectId, source: gix::Error) -> FilesError {
    FilesError::MissingObject {
        id,
        path: path.to_owned(),
        source: source.into(),
    }
}

fn failed(
    path: &BStr,
    driver: &Driver,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
) -> FilesError {
    FilesError::Filter {
        path: path.to_owned(),
        driver: driver.name.clone(),
        source,
    }
}

fn write(path: &BStr, bytes: &[u8], out: &mut File) -> Result<(), FilesError> {
    out.write_all(bytes)
        .map_err(FilesError::because("write", path))
}

/// Runs `command` and writes what it says to `out`; gives the number of bytes. Its complaints go where ours go.
fn pour_command(path: &BStr, mut command: Command, out: &mut File) -> Result<u64, FilesError> {
    let what = format!(
        "git {}",
        command
            .get_args()
            .map(|word| word.to_string_lossy())
            .collect::<Vec<_>>()
            .join(" ")
    );
    let program = |source| FilesError::Program {
        path: path.to_owned(),
        source,
    };
    command.stdout(Stdio::piped()).stderr(Stdio::inherit());
    let mut child = command.spawn().map_err(|source| {
        program(ProgramError::NotRun {
            what: what.clone(),
            source,
        })
    })?;
    let mut stdout = child
        .stdout
        .take()
        .expect("standard output was asked for as a pipe");
    let poured = std::io::copy(&mut stdout, out);
    // Where we cannot write any more it must not wait for us.
    drop(stdout);
    let status = child.wait().map_err(FilesError::because("write", path))?;
    let n_bytes = poured.map_err(FilesError::because("write", path))?;
    match status.success() {
        true => Ok(n_bytes),
        false => Err(program(ProgramError::Failed {
            what,
            code: status.code(),
            stderr: String::new(),
        })),
    }
}

/// Which side of a copy failed.
enum Copying {
    Read(Box<dyn std::error::Error + Send + Sync>),
    Write(std::io::Error),
}

fn copy(from: &mut dyn Read, to: &mut File) -> Result<(), Copying> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(n_read) => to.write_all(&buffer[..n_read]).map_err(Copying::Write)?,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Copying::Read(error.into())),
        }
    }
}

/// Whether both give the same bytes, to their ends.
pub(super) fn is_same_content(one: &mut dyn Read, other: &mut dyn Read) -> std::io::Result<bool> {
    const CHUNK: u64 = 64 * 1024;
    let (mut left, mut right) = (Vec::new(), Vec::new());
    loop {
        left.clear();
        right.clear();
        one.take(CHUNK).read_to_end(&mut left)?;
        other.take(CHUNK).read_to_end(&mut right)?;
        if left != right {
            return Ok(false);
        }
        if left.is_empty() {
            return Ok(true);
        }
    }
}
