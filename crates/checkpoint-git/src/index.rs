//! The index, read once and never written.

use std::path::PathBuf;

use checkpoint_model::failure::{Failure, Kind};
use miette::Diagnostic;
use thiserror::Error;

use crate::Repository;

/// An index of fewer bytes is parsed by the calling thread alone.
const WORTH_THREADS: usize = 256 * 1024;

/// The index as it was at one moment: parsed, and the bytes it was parsed from.
///
/// git replaces the index by rename, so the bytes read through one open file belong together.
#[derive(Debug)]
pub struct IndexSnapshot {
    /// The parsed entries and extensions; a split index is merged with its base.
    pub state: gix::index::State,
    /// The bytes of the index file; empty where there is none.
    pub bytes: Vec<u8>,
    /// The file is one part of a split index: its bytes alone do not tell all.
    pub is_split: bool,
}

/// Why the index could not be read.
#[derive(Debug, Error, Diagnostic)]
pub enum IndexError {
    /// The file is there but cannot be opened or read.
    #[error("cannot read the index file '{}'", path.display())]
    #[diagnostic(code(index::unreadable))]
    Unreadable {
        /// The index file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is not an index, or a damaged one.
    #[error("index file corrupt: '{}'", path.display())]
    #[diagnostic(
        code(index::corrupt),
        help("keep a copy of that file, then: git read-tree HEAD")
    )]
    Corrupt {
        /// The index file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Failure for IndexError {
    fn kind(&self) -> Kind {
        Kind::Fatal
    }
}

impl Repository {
    /// Reads the index that git would use; an empty one where there is no file yet. Takes no lock, writes nothing.
    pub fn read_index(&self) -> Result<IndexSnapshot, IndexError> {
        let file = self.open_index()?;
        file.map_or_else(|| Ok(self.no_index()), |file| self.read_index_from(file))
    }

    /// Opens the index file, if there is one: whatever is renamed to its place, this one stays as it is.
    pub fn open_index(&self) -> Result<Option<fs_err::File>, IndexError> {
        match fs_err::File::open(self.index_path()) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(IndexError::Unreadable {
                path: self.index_path().to_owned(),
                source,
            }),
        }
    }

    fn no_index(&self) -> IndexSnapshot {
        IndexSnapshot {
            state: gix::index::State::new(self.gix().object_hash()),
            bytes: Vec::new(),
            is_split: false,
        }
    }

    /// Reads an index file that was opened before. The base of a split one is looked for beside the present one.
    pub fn read_index_from(&self, mut file: fs_err::File) -> Result<IndexSnapshot, IndexError> {
        let unreadable = |source| IndexError::Unreadable {
            path: self.index_path().to_owned(),
            source,
        };
        let metadata = file.metadata().map_err(unreadable)?;
        let modified = metadata.modified().map_err(unreadable)?;
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1);
        std::io::Read::read_to_end(&mut file, &mut bytes).map_err(unreadable)?;
        self.parse_index(bytes, modified)
    }

    /// The checksum at the end is not compared, as git does not either, outside of git-fsck: an index that git works
    /// with has to be one that we can keep. What does not parse is refused.
    fn parse_index(
        &self,
        bytes: Vec<u8>,
        modified: std::time::SystemTime,
    ) -> Result<IndexSnapshot, IndexError> {
        let corrupt = |error: gix::Error| IndexError::Corrupt {
            path: self.index_path().to_owned(),
            source: error.into(),
        };
        let (state, _) = gix::index::State::from_bytes(
            &bytes,
            filetime::FileTime::from_system_time(modified),
            self.gix().object_hash(),
            gix::index::decode::Options {
                // Counting processors reads three files, which takes longer than a small index.
                thread_limit: (bytes.len() < WORTH_THREADS).then_some(1),
                ..Default::default()
            },
        )
        .map_err(corrupt)?;
        if state.link().is_none() {
            return Ok(IndexSnapshot {
                state,
                bytes,
                is_split: false,
            });
        }
        let merged = self.merged_index().map_err(corrupt)?;
        Ok(IndexSnapshot {
            state: merged,
            bytes,
            is_split: true,
        })
    }

    /// gix merges a split index with its base only when it opens the file itself.
    fn merged_index(&self) -> Result<gix::index::State, gix::Error> {
        let file = gix::index::File::at(
            self.index_path(),
            self.gix().object_hash(),
            true,
            gix::index::decode::Options::default(),
        )?;
        Ok(file.into_parts().0)
    }
}
