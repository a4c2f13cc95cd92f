//! Writing a file whole or not at all.

use std::{
    fs::Permissions,
    io::{self, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::Path,
};

use crate::ExchangeError;

/// Puts `bytes` at `path`. A file that is there is replaced in one step, through a link where it is one; anything else
/// that is there, such as a pipe, is written to.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), ExchangeError> {
    let written = match fs_err::metadata(path) {
        Ok(there) if !there.is_file() => write_into(path, bytes),
        Ok(_) => fs_err::canonicalize(path).and_then(|path| replace_file(&path, bytes)),
        Err(_) => replace_file(path, bytes),
    };
    written.map_err(|source| ExchangeError::Unwritable {
        path: path.to_owned(),
        source,
    })
}

fn write_into(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut there = fs_err::OpenOptions::new().write(true).open(path)?;
    there.write_all(bytes)
}

fn replace_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(".git-checkpoint-")
        // The person's umask takes away what others may not do.
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(dir)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
