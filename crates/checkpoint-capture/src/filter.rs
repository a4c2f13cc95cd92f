//! What git would store for the bytes of a file, and whether they would come back the same.

use checkpoint_git::paths::as_path;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use checkpoint_git::Repository;
use gix::bstr::{BStr, ByteSlice};
use gix::filter::plumbing::driver::apply::{Delay, MaybeDelayed};
use gix::filter::plumbing::pipeline::CrlfRoundTripCheck;
use gix::filter::plumbing::pipeline::convert::to_worktree::{
    Options as ToWorktree, UnknownEncoding,
};
use gix::filter::plumbing::pipeline::convert::{ToGitOutcome, ToWorktreeOutcome};
use gix::objs::Kind;
use gix::worktree::stack::state::attributes::Source;

use crate::CaptureError;

/// Over this many bytes a file is not held in memory, if no filter wants it whole.
pub(crate) const BIG: u64 = 8 * 1024 * 1024;

/// The filters of one thread: attributes as the working tree has them, and the processes they ask for.
pub(crate) struct Filters<'a> {
    repo: Repository,
    gix: gix::Repository,
    index: &'a gix::index::State,
    attributes: gix::worktree::Stack,
    pipeline: gix::filter::plumbing::Pipeline,
    wanted: gix::attrs::search::Outcome,
}

/// What becomes of a file's bytes on their way into the repository.
#[derive(Debug)]
pub(crate) enum Cleaned {
    /// They are stored as they are.
    Same,
    /// Other bytes are stored.
    Converted {
        /// What git stores.
        content: Vec<u8>,
        /// Writing that back to the working tree would give other bytes than the file has now.
        is_lossy: bool,
    },
    /// They are stored as they are, but writing them back would give other bytes.
    SameButLossy,
    /// The filter failed, or none can do what the attributes ask for.
    Failed,
}

const TO_WORKTREE: ToWorktree = ToWorktree {
    can_delay: Delay::Forbid,
    unknown_encoding: UnknownEncoding::Fail,
};

impl<'a> Filters<'a> {
    pub(crate) fn new(
        repo: Repository,
        index: &'a gix::index::State,
    ) -> Result<Self, CaptureError> {
        let rules = |source: gix::Error| CaptureError::Rules {
            what: "attributes and filters",
            source: source.into(),
        };
        let gix = repo.gix().clone();
        let attributes = gix
            .attributes_only(index, Source::WorktreeThenIdMapping)
            .map_err(rules)?
            .detach();
        let mut options = gix::filter::Pipeline::options(&gix).map_err(rules)?;
        // `core.safecrlf=true` makes `git add` refuse; a checkpoint has to keep such a file too.
        options.crlf_roundtrip_check = CrlfRoundTripCheck::Skip;
        // `filter.<driver>.clean=` switches a command off; gix would run the empty command.
        for driver in &mut options.drivers {
            for command in [&mut driver.clean, &mut driver.smudge, &mut driver.process] {
                command.take_if(|command| command.is_empty());
            }
        }
        let context = gix.command_context().map_err(rules)?;
        let pipeline = gix::filter::plumbing::Pipeline::new(context, gix.object_hash(), options);
        let wanted =
            attributes.selected_attribute_matches(["ident", "filter", "working-tree-encoding"]);
        Ok(Self {
            repo,
            gix,
            index,
            attributes,
            pipeline,
            wanted,
        })
    }

    /// Cleans `content`, the bytes of the file at `path`.
    pub(crate) fn clean(&mut self, path: &BStr, content: &[u8]) -> Cleaned {
        if self.is_encoded(path) {
            // gix reads some encodings otherwise than git (byte order marks of UTF-16).
            return self.clean_by_program(path, content);
        }
        match self.stored_for(path, content) {
            Err(_) => self.clean_by_program(path, content),
            Ok(None) => match self.comes_back(path, content, content) {
                true => Cleaned::Same,
                false => Cleaned::SameButLossy,
            },
            Ok(Some(stored)) => {
                let is_lossy = !self.comes_back(path, &stored, content);
                Cleaned::Converted {
                    content: stored,
                    is_lossy,
                }
            }
        }
    }

    /// Whether a driver or an encoding is at work. It is taken at its word: to run each for every file would cost more
    /// than all the rest.
    pub(crate) fn is_driven(&mut self, path: &BStr) -> bool {
        self.has_one_of(path, &["filter", "working-tree-encoding"])
    }

    /// Whether a file of `size` bytes that git takes for unchanged since it stored `id` may have other bytes than a
    /// checkout would give it. Cheap, and wrong only on the side of `true`.
    /// Not for one that [`is_driven`](Self::is_driven).
    pub(crate) fn may_be_lossy(&mut self, path: &BStr, id: gix::ObjectId, size: u64) -> bool {
        if self.is_filtered(path) || !self.comes_back(path, b"\n", b"\n") {
            return true;
        }
        // Where line ends are only converted on the way in, the bytes are others exactly when there are more of them.
        let stored = self
            .gix
            .try_find_header(id)
            .ok()
            .flatten()
            .map(|header| header.size());
        stored.is_some_and(|stored| stored != size)
    }

    /// Whether a file too large for memory is stored as it is, and comes back so. `file` is read where only its content
    /// can tell, and left at its start.
    pub(crate) fn is_plain(&mut self, path: &BStr, file: &mut File) -> std::io::Result<bool> {
        // A conversion to CR LF happens on the way out only, and only to text.
        if self.is_filtered(path) || !self.comes_back(path, b"\n", b"\n") {
            return Ok(false);
        }
        let mut is_kept = |sample: &[u8]| matches!(self.stored_for(path, sample), Ok(None));
        if is_kept(b"text\r\n") {
            return Ok(true);
        }
        let spares_binaries = is_kept(b"binary\r\n\0");
        let found = scan(file);
        file.seek(SeekFrom::Start(0))?;
        let found = found?;
        Ok(!found.crlf || spares_binaries && found.nul)
    }

    /// Whether attributes other than those on line ends apply to `path`.
    fn is_filtered(&mut self, path: &BStr) -> bool {
        self.has_one_of(path, &["ident", "filter", "working-tree-encoding"])
    }

    fn is_encoded(&mut self, path: &BStr) -> bool {
        self.has_one_of(path, &["working-tree-encoding"])
    }

    fn has_one_of(&mut self, path: &BStr, names: &[&str]) -> bool {
        let Ok(entry) = self.attributes.at_path(path, None, &self.gix.objects) else {
            return true;
        };
        let _ = entry.matching_attributes(&mut self.wanted);
        self.wanted.iter_selected().any(|found| {
            names.contains(&found.assignment.name.as_str())
                && !matches!(
                    found.assignment.state,
                    gix::attrs::StateRef::Unspecified | gix::attrs::StateRef::Unset
                )
        })
    }

    /// What git stores for `content`; none when it is the same.
    fn stored_for(&mut self, path: &BStr, content: &[u8]) -> Result<Option<Vec<u8>>, gix::Error> {
        let entry = self
            .attributes
            .at_path(path, None, &self.gix.objects)
            .map_err(gix::Error::from_error)?;
        let (index, objects) = (self.index, &self.gix.objects);
        let outcome = self.pipeline.convert_to_git(
            content,
            as_path(path),
            &mut |_, wanted| {
                entry.matching_attributes(wanted);
            },
            &mut |buffer| {
                use gix::prelude::FindExt as _;
                let Some(entry) = index.entry_by_path(path) else {
                    return Ok(None);
                };
                Ok(objects.find_blob(&entry.id, buffer).ok().map(|_| ()))
            },
        )?;
        match outcome {
            ToGitOutcome::Unchanged(_) => Ok(None),
            ToGitOutcome::Buffer(stored) => Ok(Some(stored.to_vec())),
            ToGitOutcome::Process(mut reader) => {
                let mut stored = Vec::new();
                reader
                    .read_to_end(&mut stored)
                    .map_err(gix::Error::from_error)?;
                Ok(Some(stored))
            }
        }
    }

    /// Whether checking out `stored` would give exactly `content`.
    fn comes_back(&mut self, path: &BStr, stored: &[u8], content: &[u8]) -> bool {
        let Ok(entry) = self.attributes.at_path(path, None, &self.gix.objects) else {
            return false;
        };
        let outcome = self.pipeline.convert_to_worktree(
            stored,
            path,
            &mut |_, wanted| {
                entry.matching_attributes(wanted);
            },
            TO_WORKTREE,
        );
        match outcome {
            Ok(ToWorktreeOutcome::Unchanged(bytes)) => bytes == content,
            Ok(ToWorktreeOutcome::Buffer(bytes)) => bytes == content,
            Ok(ToWorktreeOutcome::Process(MaybeDelayed::Immediate(made))) => {
                let mut made = Answer::of(made);
                let is_same = reads_as(&mut made, content);
                made.drain();
                is_same.unwrap_or(false)
            }
            Ok(ToWorktreeOutcome::Process(MaybeDelayed::Delayed(_))) | Err(_) => false,
        }
    }

    /// Whether checking out the blob `id` would give exactly the bytes of `file`, which is read from its start. Where only
    /// the git program could tell, it would not.
    pub(crate) fn gives_back(
        &mut self,
        path: &BStr,
        id: gix::ObjectId,
        file: &mut File,
    ) -> std::io::Result<bool> {
        let size = match self.gix.try_find_header(id) {
            Ok(Some(header)) if header.kind() == Kind::Blob => header.size(),
            _ => return Ok(false),
        };
        if size > BIG {
            return Ok(self.is_plain(path, file)? && is_blob(id, file, size)?);
        }
        if self.is_encoded(path) {
            return Ok(false);
        }
        let Ok(blob) = self.gix.find_object(id) else {
            return Ok(false);
        };
        let Ok(entry) = self.attributes.at_path(path, None, &self.gix.objects) else {
            return Ok(false);
        };
        let outcome = self.pipeline.convert_to_worktree(
            &blob.data,
            path,
            &mut |_, wanted| {
                entry.matching_attributes(wanted);
            },
            TO_WORKTREE,
        );
        match outcome {
            Ok(ToWorktreeOutcome::Unchanged(bytes)) => reads_as(file, bytes),
            Ok(ToWorktreeOutcome::Buffer(bytes)) => reads_as(file, bytes),
            Ok(ToWorktreeOutcome::Process(MaybeDelayed::Immediate(made))) => {
                let mut made = Answer::of(made);
                let is_same = read_the_same(&mut made, file);
                made.drain();
                is_same
            }
            Ok(ToWorktreeOutcome::Process(MaybeDelayed::Delayed(_))) | Err(_) => Ok(false),
        }
    }

    /// What gix cannot convert (an encoding it does not know) git may.
    fn clean_by_program(&mut self, path: &BStr, content: &[u8]) -> Cleaned {
        let mut flag = std::ffi::OsString::from("--path=");
        flag.push(as_path(path));
        let arguments = ["hash-object".into(), "-w".into(), "--stdin".into(), flag];
        let Ok(hex) = self.repo.git(arguments).output_of(content) else {
            return Cleaned::Failed;
        };
        let Ok(id) = gix::ObjectId::from_hex(hex.trim()) else {
            return Cleaned::Failed;
        };
        match self.gix.find_object(id) {
            // The raw bytes are kept beside it: whether git would give them back is not ours to tell.
            Ok(object) => Cleaned::Converted {
                content: object.detach().data,
                is_lossy: true,
            },
            Err(_) => Cleaned::Failed,
        }
    }
}

/// What decides whether line ends are converted.
#[derive(Debug, Default)]
struct Scanned {
    /// A line ends in CR LF.
    crlf: bool,
    /// There is a NUL: git takes the file for binary.
    nul: bool,
}

fn scan(file: &mut File) -> std::io::Result<Scanned> {
    let mut buffer = vec![0; 256 * 1024];
    let mut found = Scanned::default();
    let mut ends_in_cr = false;
    loop {
        let n_read = file.read(&mut buffer)?;
        let chunk = &buffer[..n_read];
        if chunk.is_empty() || found.crlf && found.nul {
            return Ok(found);
        }
        found.crlf |= ends_in_cr && chunk[0] == b'\n' || chunk.find(b"\r\n").is_some();
        found.nul |= chunk.find_byte(0).is_some();
        ends_in_cr = chunk.ends_with(b"\r");
    }
}

/// Whether `reader` gives exactly `expected`, without holding a second copy.
fn reads_as(reader: &mut dyn Read, mut expected: &[u8]) -> std::io::Result<bool> {
    read_the_same(reader, &mut expected)
}

/// Whether both give the same bytes, to their ends.
fn read_the_same(one: &mut dyn Read, other: &mut dyn Read) -> std::io::Result<bool> {
    const CHUNK: usize = 64 * 1024;
    let (mut left, mut right) = (Vec::with_capacity(CHUNK), Vec::with_capacity(CHUNK));
    loop {
        left.clear();
        right.clear();
        one.take(CHUNK as u64).read_to_end(&mut left)?;
        other.take(CHUNK as u64).read_to_end(&mut right)?;
        if left != right || left.is_empty() {
            return Ok(left == right);
        }
    }
}

/// What a driver says. Of a process nothing is read after its end, since that would wait for an answer to a question that
/// was not asked yet.
struct Answer<R> {
    reader: R,
    is_over: bool,
}

impl<R: Read> Answer<R> {
    fn of(reader: R) -> Self {
        let is_over = false;
        Self { reader, is_over }
    }

    /// Reads what is left: the next question would get that for an answer.
    fn drain(&mut self) {
        drop(std::io::copy(self, &mut std::io::sink()));
    }
}

impl<R: Read> Read for Answer<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.is_over || buffer.is_empty() {
            return Ok(0);
        }
        let read = self.reader.read(buffer);
        let is_interrupted =
            |error: &std::io::Error| error.kind() == std::io::ErrorKind::Interrupted;
        self.is_over = match &read {
            Ok(n_read) => *n_read == 0,
            Err(error) => !is_interrupted(error),
        };
        read
    }
}

/// Whether a file of `size` bytes holds the blob `id` as it is.
fn is_blob(id: gix::ObjectId, file: &mut File, size: u64) -> std::io::Result<bool> {
    let mut hasher = gix::hash::hasher(id.kind());
    hasher.update(&gix::objs::encode::loose_header(Kind::Blob, size));
    let mut buffer = vec![0; 256 * 1024];
    let mut n_total = 0_u64;
    while n_total <= size {
        match file.read(&mut buffer)? {
            0 => break,
            n_read => {
                n_total += n_read as u64;
                hasher.update(&buffer[..n_read]);
            }
        }
    }
    let found = hasher.try_finalize();
    Ok(n_total == size && found.is_ok_and(|found| found == id))
}
