//! Paths of the file system and paths of git: both are bytes here.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use gix::bstr::{BStr, ByteSlice};

/// A path as git keeps it, for the file system.
pub fn as_path(path: &BStr) -> &Path {
    Path::new(OsStr::from_bytes(path))
}

/// A path of the file system, as git keeps it.
pub fn as_bytes(path: &Path) -> &BStr {
    path.as_os_str().as_bytes().as_bstr()
}
