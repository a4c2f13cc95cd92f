//! Where the working tree of a run is made when nobody says.

use std::{
    ffi::OsString,
    path::{Component, Path, PathBuf},
};

use bstr::ByteSlice as _;
use checkpoint_cli::Session;
use checkpoint_git::paths::as_path;
use checkpoint_model::slug::Slug;

/// Beside the repository, in `<repository>.runs`; for a submodule beside the outermost of the repositories that it is in.
///
/// Not inside any: whatever walks a working tree (search, watchers, tests, a checkpoint) would find every file twice. Not
/// in a temporary directory: work is not to vanish. Beside it, it is on the same disk, and easily seen.
pub(crate) fn default_dir(session: &Session<'_>, slug: &Slug, number: u32) -> PathBuf {
    let top = main_top(session);
    let mut outermost = top.clone();
    while let Some(above) = superproject(session, &outermost) {
        outermost = above;
    }
    let mut name = OsString::new();
    if let Some(of_submodule) = top.file_name().filter(|_| outermost != top) {
        name.push(of_submodule);
        name.push("-");
    }
    name.push(format!("{slug}-{number}"));
    let mut folder = outermost.into_os_string();
    folder.push(".runs");
    PathBuf::from(folder).join(name)
}

/// The same place by an absolute path without links or `..`: as the system resolves what is there, and what is not there
/// yet by its name. A git that is given `new/..` looks whether that is there, makes `new`, and writes over what is in the
/// folder around it.
pub(crate) fn plain(dir: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in dir.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
        plain = plain.canonicalize().unwrap_or(plain);
    }
    plain
}

/// The top of the main working tree; of a bare repository, its own name without `.git`.
fn main_top(session: &Session<'_>) -> PathBuf {
    let repo = &session.repo;
    let common = &crate::place::common_dir(session);
    if let (Some(top), None) = (repo.work_tree(), repo.worktree_name()) {
        return top.to_owned();
    }
    if common.file_name().is_some_and(|name| name == ".git") {
        return common.parent().unwrap_or(common).to_owned();
    }
    // That of a submodule is told; see gitsubmodules(7).
    let told = repo.gix().config_snapshot().string("core.worktree");
    let told = told.and_then(|dir| common.join(as_path(dir.as_bstr())).canonicalize().ok());
    told.unwrap_or_else(|| common.with_extension(""))
}

/// The top of the repository that the one at `top` is a submodule of.
fn superproject(session: &Session<'_>, top: &Path) -> Option<PathBuf> {
    let is_submodule = top.join(".git").is_file();
    let words = ["rev-parse", "--show-superproject-working-tree"];
    let program = session.repo.git(words).without_repository().at(top);
    let above = is_submodule.then(|| program.output().ok()).flatten()?;
    let above = above.trim_end();
    (!above.is_empty()).then(|| as_path(above.as_bstr()).to_owned())
}
