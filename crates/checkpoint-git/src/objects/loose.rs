//! Loose objects: one file each, `objects/xx/yyyy…`.

use std::io::Write;

use gix::ObjectId;
use gix::objs::Kind;
use tempfile::NamedTempFile;

use super::ObjectError;
use super::deflate::Deflaters;
use super::home::{Home, Ready};

/// A new object, not yet on the disk.
#[derive(Debug)]
pub(super) struct Fresh {
    pub(super) id: ObjectId,
    pub(super) kind: Kind,
    pub(super) data: Vec<u8>,
}

/// A loose object in its temporary file, not yet synced.
#[derive(Debug)]
pub(super) struct Loose {
    pub(super) id: ObjectId,
    pub(super) file: NamedTempFile,
    /// Bytes on the disk.
    pub(super) bytes: u64,
}

impl Loose {
    /// Writes `object` to a temporary file.
    pub(super) fn write(
        home: &Home,
        deflaters: &Deflaters,
        object: &Fresh,
    ) -> Result<Self, ObjectError> {
        let header = gix::objs::encode::loose_header(object.kind, object.data.len() as u64);
        let mut content = Vec::new();
        deflaters.deflate(&[&header, &object.data], &mut content);
        // In `objects` itself, not in `objects/xx`, which may not exist and need not if this fails.
        let mut file = home.temporary(&home.path, "tmp_obj_")?;
        let written = file.as_file_mut().write_all(&content);
        written.map_err(ObjectError::because("write", file.path()))?;
        Ok(Self {
            id: object.id,
            file,
            bytes: content.len() as u64,
        })
    }

    /// Waits until the content is on the disk.
    pub(super) fn sync(&self, home: &Home) -> Result<(), ObjectError> {
        home.durability.sync(self.file.as_file(), self.file.path())
    }

    /// Closes the file; all that is left to do is to give it its name.
    pub(super) fn ready(self, home: &Home) -> Ready {
        Ready {
            target: home.loose_path(&self.id),
            file: self.file.into_temp_path(),
        }
    }
}
