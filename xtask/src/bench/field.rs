//! The field of a race: a scratch repository that is the same before every run.

use std::{
    collections::HashSet,
    ffi::OsStr,
    fs::FileTimes,
    io,
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use miette::{IntoDiagnostic as _, Result, bail};

use super::tree;
use crate::{
    floor,
    process::{World, output},
};

/// At most so many files are edited in one case.
const SAMPLE: usize = 1000;
/// Where the competitors write refs; the field has none of its own there.
const WRITTEN: [&str; 4] = ["refs/checkpoints", "refs/tags", "refs/notes", "refs/recipe"];

/// A repository with one pack and no refs but its branch.
pub(crate) struct Field {
    pub(crate) world: World,
    pub(crate) top: PathBuf,
    pub(crate) git_dir: PathBuf,
    /// Number of tracked files.
    pub(crate) files: usize,
    /// Tracked regular files, spread evenly over the tree, relative to `top`.
    pub(crate) sample: Vec<PathBuf>,
    /// What [`floor::run`] reads.
    pub(crate) floor_list: PathBuf,
    kept_index: PathBuf,
    kept_objects: HashSet<PathBuf>,
}

impl Field {
    /// A generated tree of `files` files in `scratch`.
    pub(crate) fn generated(world: World, scratch: &Path, files: usize) -> Result<Self> {
        let top = scratch.join(format!("tree-{files}"));
        tree::generate(&world, &top, files)?;
        Self::at(world, top)
    }

    /// A clone of `repo` in `scratch`; the repository itself is only read.
    pub(crate) fn cloned(world: World, scratch: &Path, repo: &Path) -> Result<Self> {
        let top = scratch.join("clone");
        let words = ["clone", "--quiet", "--single-branch", "--no-tags"];
        output(world.git(scratch, words).arg(repo).arg(&top))?;
        output(&mut world.git(&top, ["repack", "-adq"]))?;
        Self::at(world, top)
    }

    fn at(world: World, top: PathBuf) -> Result<Self> {
        for setting in ["gc.auto", "maintenance.auto"] {
            // Work in the background would be counted to whoever runs next.
            output(&mut world.git(&top, ["config", setting, "0"]))?;
        }
        let floor_list = top.with_extension("files");
        let tracked = output(&mut world.git(&top, ["ls-files", "-z"]))?;
        fs_err::write(&floor_list, floor::list(&tracked)).into_diagnostic()?;
        let sample = sample(&output(&mut world.git(&top, ["ls-files", "-s", "-z"]))?);
        if sample.is_empty() {
            bail!("'{}' tracks no file", top.display());
        }
        Ok(Self {
            files: tracked.iter().filter(|byte| **byte == 0).count(),
            git_dir: top.join(".git"),
            kept_index: top.with_extension("index"),
            kept_objects: HashSet::new(),
            world,
            top,
            sample,
            floor_list,
        })
    }

    /// Makes the tree clean and remembers this state for [`Field::restore`].
    pub(crate) fn prepare(&mut self) -> Result<()> {
        output(&mut self.world.git(&self.top, ["reset", "--quiet", "--hard"]))?;
        output(&mut self.world.git(&self.top, ["clean", "-fdq"]))?;
        // An index as old as its files makes everybody read these again (racy entries): let a
        // second pass, and let git write it anew.
        thread::sleep(Duration::from_millis(1100));
        output(&mut self.world.git(&self.top, ["status", "--porcelain"]))?;
        copy_with_time(&self.git_dir.join("index"), &self.kept_index).into_diagnostic()?;
        self.kept_objects = files_below(&self.git_dir.join("objects")).into_diagnostic()?;
        Ok(())
    }

    /// Undoes what a run left: refs, objects, and `git stash create`'s refreshed index. So each
    /// competitor finds the same repository, and no object that another one wrote.
    pub(crate) fn restore(&self) -> Result<()> {
        for refs in WRITTEN {
            remove_dir(&self.git_dir.join(refs)).into_diagnostic()?;
        }
        // They would name objects that are gone.
        remove_dir(&self.git_dir.join("logs")).into_diagnostic()?;
        copy_with_time(&self.kept_index, &self.git_dir.join("index")).into_diagnostic()?;
        let objects = files_below(&self.git_dir.join("objects")).into_diagnostic()?;
        objects
            .difference(&self.kept_objects)
            .try_for_each(fs_err::remove_file)
            .into_diagnostic()
    }
}

/// Up to [`SAMPLE`] regular files out of `git ls-files -s -z`.
fn sample(listed: &[u8]) -> Vec<PathBuf> {
    let regular: Vec<&[u8]> = listed
        .split(|byte| *byte == 0)
        .filter(|entry| entry.starts_with(b"100"))
        .filter_map(|entry| entry.splitn(2, |byte| *byte == b'\t').nth(1))
        .filter(|path| !path.contains(&b'.') || !path.split(|b| *b == b'/').any(is_hidden))
        .collect();
    let step = regular.len().div_ceil(SAMPLE).max(1);
    regular
        .iter()
        .step_by(step)
        .map(|path| PathBuf::from(OsStr::from_bytes(path)))
        .collect()
}

/// Ignore rules and attributes are not edited: that would change what the others must do.
fn is_hidden(part: &[u8]) -> bool {
    part.starts_with(b".git")
}

fn copy_with_time(from: &Path, to: &Path) -> io::Result<()> {
    let modified = fs_err::metadata(from)?.modified()?;
    fs_err::copy(from, to)?;
    fs_err::File::options()
        .write(true)
        .open(to)?
        .file()
        .set_times(FileTimes::new().set_modified(modified))
}

fn remove_dir(path: &Path) -> io::Result<()> {
    match fs_err::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn files_below(top: &Path) -> io::Result<HashSet<PathBuf>> {
    let mut found = HashSet::new();
    let mut waiting = vec![top.to_owned()];
    while let Some(directory) = waiting.pop() {
        for entry in fs_err::read_dir(directory)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                waiting.push(entry.path());
            } else {
                found.insert(entry.path());
            }
        }
    }
    Ok(found)
}
