//! Writes a pack, version 2 (gitformat-pack(5)): every object whole, none as a delta.
//!
//! Deltas are for `git gc`, which has the time; one file instead of hundreds is what makes a large checkpoint quick.
//! No reverse index (`.rev`) is written: git makes do without, and the next repack adds it.

use std::io::{Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use gix::ObjectId;
use gix::hashtable::HashMap;
use gix::objs::Kind;
use gix::odb::pack::data::{self, entry::Header};
use tempfile::NamedTempFile;

use super::ObjectError;
use super::deflate::Deflaters;
use super::home::{Home, Ready};
use super::loose::Fresh;
use super::pack_index::{self, Packed};

/// Entries are gathered to writes of at least this many bytes.
const WRITE_SIZE: usize = 256 * 1024;

/// One object as it stands in a pack: type and size, then the deflated content.
pub(super) struct Entry {
    pub(super) id: ObjectId,
    bytes: Vec<u8>,
    crc32: u32,
}

impl Entry {
    /// Deflates `object`; this is the slow part and needs no lock.
    pub(super) fn new(deflaters: &Deflaters, object: &Fresh) -> Self {
        let header = match object.kind {
            Kind::Blob => Header::Blob,
            Kind::Tree => Header::Tree,
            Kind::Commit => Header::Commit,
            Kind::Tag => Header::Tag,
        };
        let mut bytes = Vec::new();
        header
            .write_to(object.data.len() as u64, &mut bytes)
            .expect("memory takes what is written to it");
        deflaters.deflate(&[&object.data], &mut bytes);
        let mut crc = flate2::Crc::new();
        crc.update(&bytes);
        Self {
            id: object.id,
            bytes,
            crc32: crc.sum(),
        }
    }
}

/// A pack that grows in `objects/pack/tmp_pack_XXXXXX`.
#[derive(Debug)]
pub(super) struct PackWriter {
    directory: PathBuf,
    file: NamedTempFile,
    pending: Vec<u8>,
    /// Length of the pack with what is pending.
    length: u64,
    entries: HashMap<ObjectId, Packed>,
}

impl PackWriter {
    pub(super) fn create(home: &Home) -> Result<Self, ObjectError> {
        let directory = home.path.join("pack");
        if home.make_directory(&directory)? {
            home.durability.sync_directory(&home.path)?;
        }
        let file = home.temporary(&directory, "tmp_pack_")?;
        // The number of objects is known in the end only.
        let pending = b"PACK\x00\x00\x00\x02\x00\x00\x00\x00".to_vec();
        Ok(Self {
            directory,
            file,
            length: pending.len() as u64,
            pending,
            entries: HashMap::default(),
        })
    }

    /// Adds an object that is not in this pack yet.
    pub(super) fn append(&mut self, entry: &Entry) -> Result<(), ObjectError> {
        let packed = Packed {
            id: entry.id,
            offset: self.length,
            crc32: entry.crc32,
        };
        self.entries.insert(entry.id, packed);
        self.pending.extend_from_slice(&entry.bytes);
        self.length += entry.bytes.len() as u64;
        if self.pending.len() >= WRITE_SIZE {
            self.flush()?;
        }
        Ok(())
    }

    /// Reads back an object of this pack.
    pub(super) fn read(&mut self, id: &gix::oid) -> Result<Option<(Kind, Vec<u8>)>, ObjectError> {
        let Some(packed) = self.entries.get(id).copied() else {
            return Ok(None);
        };
        self.flush()?;
        let path = self.file.path().to_owned();
        let file = self.file.as_file_mut();
        let mut read = || -> std::io::Result<(Kind, Vec<u8>)> {
            file.seek(SeekFrom::Start(packed.offset))?;
            let mut input = std::io::BufReader::new(&mut *file);
            let header =
                data::Entry::from_read(&mut input, packed.offset, id.kind().len_in_bytes())?;
            let mut content = Vec::new();
            flate2::bufread::ZlibDecoder::new(input).read_to_end(&mut content)?;
            let kind = header.header.as_kind().expect("this pack has no deltas");
            Ok((kind, content))
        };
        read()
            .map(Some)
            .map_err(ObjectError::because("read", &path))
    }

    fn flush(&mut self) -> Result<(), ObjectError> {
        let file = self.file.as_file_mut();
        // Reading an entry back has moved on from there.
        let written = file
            .seek(SeekFrom::End(0))
            .and_then(|_| file.write_all(&self.pending));
        written.map_err(ObjectError::because("write", self.file.path()))?;
        self.pending.clear();
        Ok(())
    }

    /// Completes pack and index.
    pub(super) fn finish(mut self, home: &Home) -> Result<Pack, ObjectError> {
        self.flush()?;
        let n_objects = u32::try_from(self.entries.len())
            .map_err(|_| std::io::Error::other("more than 4294967295 objects"))
            .map_err(ObjectError::because("write", self.file.path()))?;
        let trailer = self.seal(home, n_objects)?;
        let entries = self.entries.into_values().collect();
        let index = pack_index::encode(entries, &trailer)?;
        let mut index_file = home.temporary(&self.directory, "tmp_idx_")?;
        let written = index_file.as_file_mut().write_all(&index);
        written.map_err(ObjectError::because("write", index_file.path()))?;
        let stem = self.directory.join(format!("pack-{trailer}"));
        Ok(Pack {
            n_objects,
            bytes: self.length + trailer.as_bytes().len() as u64 + index.len() as u64,
            files: [
                (self.file, stem.with_extension("pack")),
                (index_file, stem.with_extension("idx")),
            ],
        })
    }

    /// Writes the number of objects into the header and the hash of it all, which is returned, to the end.
    fn seal(&mut self, home: &Home, n_objects: u32) -> Result<ObjectId, ObjectError> {
        let path = self.file.path().to_owned();
        let file = self.file.as_file_mut();
        let mut seal = || -> std::io::Result<Result<ObjectId, gix::Error>> {
            file.seek(SeekFrom::Start(8))?;
            file.write_all(&n_objects.to_be_bytes())?;
            file.seek(SeekFrom::Start(0))?;
            let mut hasher = gix::hash::hasher(home.hash);
            let mut buffer = vec![0; WRITE_SIZE];
            loop {
                match file.read(&mut buffer)? {
                    0 => break,
                    n => hasher.update(&buffer[..n]),
                }
            }
            let trailer = match hasher.try_finalize() {
                Ok(trailer) => trailer,
                Err(error) => return Ok(Err(error)),
            };
            file.write_all(trailer.as_bytes())?;
            Ok(Ok(trailer))
        };
        seal()
            .map_err(ObjectError::because("write", &path))?
            .map_err(ObjectError::collision)
    }
}

/// A complete pack with its index, in temporary files that are not yet synced.
#[derive(Debug)]
pub(super) struct Pack {
    pub(super) n_objects: u32,
    /// Bytes on the disk, index included.
    pub(super) bytes: u64,
    /// The pack, then its index, with the names they are to get.
    pub(super) files: [(NamedTempFile, PathBuf); 2],
}

impl Pack {
    /// Waits until the content of both files is on the disk.
    pub(super) fn sync(&self, home: &Home) -> Result<(), ObjectError> {
        home.durability.sync_all(&self.files, |(file, _)| {
            home.durability.sync(file.as_file(), file.path())
        })
    }

    /// Closes the files; all that is left to do is to give them their names.
    pub(super) fn ready(self) -> impl Iterator<Item = Ready> {
        self.files.into_iter().map(|(file, target)| Ready {
            file: file.into_temp_path(),
            target,
        })
    }
}
