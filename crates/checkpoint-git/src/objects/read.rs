//! Reads a large blob piece by piece.

use std::io::{self, BufRead as _, BufReader, Read, Take};
use std::path::PathBuf;

use flate2::bufread::ZlibDecoder;
use gix::oid;

use super::home::loose_path;

/// The content of a loose blob, from its beginning; its size in bytes was told by its header.
pub struct LooseBlob {
    /// Bytes of the content.
    pub size: u64,
    content: Take<BufReader<Inflated>>,
}

type Inflated = ZlibDecoder<BufReader<fs_err::File>>;

impl LooseBlob {
    /// Opens the blob `id` where it is a loose object of `repo` or of one of its alternates; none where it is packed,
    /// missing, or no blob.
    ///
    /// git maps the whole file of a loose object and gix reads it at once: this takes flat memory.
    pub fn open(repo: &gix::Repository, id: &oid) -> io::Result<Option<Self>> {
        for objects in databases(repo) {
            match fs_err::File::open(loose_path(&objects, id)) {
                Ok(file) => return Self::read_header(file),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    fn read_header(file: fs_err::File) -> io::Result<Option<Self>> {
        /// `blob`, a space, twenty digits and the end.
        const LONGEST: u64 = 32;
        let mut content = BufReader::new(ZlibDecoder::new(BufReader::with_capacity(1 << 16, file)));
        let mut header = Vec::new();
        content.by_ref().take(LONGEST).read_until(0, &mut header)?;
        let size = header
            .strip_prefix(b"blob ")
            .and_then(|rest| rest.strip_suffix(&[0]))
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| digits.parse().ok());
        Ok(size.map(|size| Self {
            size,
            content: content.take(size),
        }))
    }
}

impl Read for LooseBlob {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.content.read(buffer)
    }
}

/// The `objects` directories: the repository's own, then its alternates.
fn databases(repo: &gix::Repository) -> impl Iterator<Item = PathBuf> {
    let own = repo.objects.store_ref().path().to_owned();
    let alternates =
        gix::odb::alternate::resolve(own.clone(), repo.current_dir()).unwrap_or_default();
    std::iter::once(own).chain(alternates)
}
