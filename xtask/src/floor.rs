//! The floor: what any program pays that looks at every file once.
//!
//! Directories are listed and tracked files are lstat-ed by path, in parallel; nothing is
//! compared, hashed or written, and no index is read: the files are given in a [`list`].

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use miette::{IntoDiagnostic as _, Result};

/// Look at every file of the current directory once, as `bench` counts it
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Directories (each ended by a slash) and after each its files, ended by NUL
    list: PathBuf,
}

/// Looks at every file; absent ones count as looked at.
pub(crate) fn run(args: &Args) -> Result<()> {
    let list = fs_err::read(&args.list).into_diagnostic()?;
    let paths: Vec<&[u8]> = list
        .split(|byte| *byte == 0)
        .filter(|path| !path.is_empty())
        .collect();
    let directories: Vec<&[&[u8]]> = paths.chunk_by(|_, next| !next.ends_with(b"/")).collect();
    let next = AtomicUsize::new(0);
    let threads = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(directory) = directories.get(next.fetch_add(1, Ordering::Relaxed)) {
                    look(directory);
                }
            });
        }
    });
    Ok(())
}

/// One listing, then one lstat for each tracked file in it.
fn look(directory: &[&[u8]]) {
    let mut paths = directory
        .iter()
        .map(|path| Path::new(OsStr::from_bytes(path)));
    if let Some(entries) = paths.next().and_then(|top| fs_err::read_dir(top).ok()) {
        entries.flatten().for_each(drop);
    }
    for file in paths {
        drop(fs_err::symlink_metadata(file));
    }
}

/// The list that [`run`] reads, made from what `git ls-files -z` says.
pub(crate) fn list(tracked: &[u8]) -> Vec<u8> {
    let mut directories: BTreeMap<&[u8], Vec<&[u8]>> = BTreeMap::from([(&b""[..], Vec::new())]);
    for path in tracked
        .split(|byte| *byte == 0)
        .filter(|path| !path.is_empty())
    {
        let slashes = path.iter().enumerate().filter(|(_, byte)| **byte == b'/');
        let mut parent = &b""[..];
        for (at, _) in slashes {
            parent = &path[..=at];
            directories.entry(parent).or_default();
        }
        directories.entry(parent).or_default().push(path);
    }
    let mut list = Vec::new();
    for (directory, files) in directories {
        list.extend_from_slice(if directory.is_empty() {
            b"./"
        } else {
            directory
        });
        list.push(0);
        for file in files {
            list.extend_from_slice(file);
            list.push(0);
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use super::list;

    #[test]
    fn every_directory_is_listed_once_before_its_files() {
        let listed = list(b"a/b/one\0a/z\0a/b/two\0top\0");
        assert_eq!(
            String::from_utf8_lossy(&listed),
            "./\0top\0a/\0a/z\0a/b/\0a/b/one\0a/b/two\0",
            "directories end in a slash and stand before what they hold"
        );
    }
}
