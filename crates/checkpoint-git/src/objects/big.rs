//! Big blobs: streamed to a loose object, with the same memory whatever the size.
//!
//! The content is hashed first, as it may be in the repository already, and read again to be written. What is written
//! under a name must be what was hashed, so the second reading must give the same checksum.

use std::io::{Read, Seek, SeekFrom, Write};

use flate2::{Compress, Compression, Crc, FlushCompress, Status};
use gix::ObjectId;
use gix::objs::Kind;
use tempfile::NamedTempFile;

use super::ObjectError;
use super::deflate;
use super::home::{Home, Ready};

/// Bytes from which on an object is streamed to a loose file of its own.
pub(super) const BIG: u64 = 8 * 1024 * 1024;

const CHUNK: usize = 512 * 1024;

/// Content that can be read more than once.
pub(super) trait Source: Read + Seek {}
impl<T: Read + Seek> Source for T {}

/// What is known of content that was read to its end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub(super) kind: Kind,
    pub(super) size: u64,
    pub(super) id: ObjectId,
    crc32: u32,
}

/// Reads `source` and hashes it. Fails with [`ObjectError::Changed`] when it is not `size` bytes long.
pub(super) fn hash(
    hash: gix::hash::Kind,
    kind: Kind,
    source: &mut dyn Source,
    size: u64,
) -> Result<Known, ObjectError> {
    let mut hasher = gix::hash::hasher(hash);
    hasher.update(&gix::objs::encode::loose_header(kind, size));
    let mut crc = Crc::new();
    read(source, size, |chunk| {
        hasher.update(chunk);
        crc.update(chunk);
        Ok(())
    })?;
    Ok(Known {
        kind,
        size,
        id: hasher.try_finalize().map_err(ObjectError::collision)?,
        crc32: crc.sum(),
    })
}

/// A big object, complete and synced.
#[derive(Debug)]
pub(super) struct Big {
    /// Bytes on the disk.
    pub(super) bytes: u64,
    pub(super) ready: Ready,
}

/// Reads `source` again and writes it. Fails with [`ObjectError::Changed`] when it is not what was hashed.
pub(super) fn write(
    home: &Home,
    source: &mut dyn Source,
    known: &Known,
) -> Result<Big, ObjectError> {
    let level = match deflate::is_worth_it(&samples(source, known.size)?) {
        true => Compression::fast(),
        false => Compression::none(),
    };
    let mut out = Output {
        file: home.temporary(&home.path, "tmp_obj_")?,
        compress: Compress::new(level, true),
        buffer: Vec::with_capacity(CHUNK + CHUNK / 8),
    };
    out.add(&gix::objs::encode::loose_header(known.kind, known.size))?;
    let mut crc = Crc::new();
    read(source, known.size, |chunk| {
        crc.update(chunk);
        out.add(chunk)
    })?;
    if crc.sum() != known.crc32 {
        return Err(ObjectError::Changed {
            expected: known.size,
            found: known.size,
        });
    }
    let (file, bytes) = out.finish()?;
    // Synced here, not at the end: the other threads have work to do meanwhile, and no file stays open.
    home.durability.sync(file.as_file(), file.path())?;
    let target = home.loose_path(&known.id);
    Ok(Big {
        bytes,
        ready: Ready {
            file: file.into_temp_path(),
            target,
        },
    })
}

/// Hands all of `source` to `take`, piece by piece.
fn read(
    source: &mut dyn Source,
    size: u64,
    mut take: impl FnMut(&[u8]) -> Result<(), ObjectError>,
) -> Result<(), ObjectError> {
    source
        .seek(SeekFrom::Start(0))
        .map_err(ObjectError::source)?;
    let mut buffer = vec![0; CHUNK];
    let mut found = 0;
    while found <= size {
        let n = match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => n,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(ObjectError::source(error)),
        };
        found += n as u64;
        take(&buffer[..n])?;
    }
    if found != size {
        return Err(ObjectError::Changed {
            expected: size,
            found,
        });
    }
    Ok(())
}

/// Pieces from the start, the middle and the end: a header tells little about what follows.
fn samples(source: &mut dyn Source, size: u64) -> Result<Vec<u8>, ObjectError> {
    const SAMPLE: u64 = 128 * 1024;
    let mut samples = Vec::new();
    for at in [0, size / 2, size.saturating_sub(SAMPLE)] {
        source
            .seek(SeekFrom::Start(at))
            .map_err(ObjectError::source)?;
        let piece = source.take(SAMPLE).read_to_end(&mut samples);
        piece.map_err(ObjectError::source)?;
    }
    Ok(samples)
}

/// A zlib stream into a temporary file.
struct Output {
    file: NamedTempFile,
    compress: Compress,
    buffer: Vec<u8>,
}

impl Output {
    fn add(&mut self, mut input: &[u8]) -> Result<(), ObjectError> {
        while !input.is_empty() {
            let before = self.compress.total_in();
            self.step(input, FlushCompress::None)?;
            let taken = self.compress.total_in() - before;
            let taken = usize::try_from(taken).expect("a part of a slice is as long as a slice");
            input = &input[taken..];
        }
        Ok(())
    }

    fn step(&mut self, input: &[u8], flush: FlushCompress) -> Result<Status, ObjectError> {
        let status = self
            .compress
            .compress_vec(input, &mut self.buffer, flush)
            .expect("deflate fails only on misuse");
        let written = self.file.as_file_mut().write_all(&self.buffer);
        written.map_err(ObjectError::because("write", self.file.path()))?;
        self.buffer.clear();
        Ok(status)
    }

    /// Ends the stream and gives the file and its length.
    fn finish(mut self) -> Result<(NamedTempFile, u64), ObjectError> {
        while self.step(&[], FlushCompress::Finish)? != Status::StreamEnd {}
        Ok((self.file, self.compress.total_out()))
    }
}
