//! Opening a repository as git would, or refusing as git would.

use std::path::{Path, PathBuf};

use checkpoint_model::failure::{Failure, Kind};
use checkpoint_model::shell::word;
use gix::bstr::{BString, ByteSlice, ByteVec};
use miette::Diagnostic;
use thiserror::Error;

use crate::caps::unknown_extension;
use crate::program::ProgramError;
use crate::{Caps, Surroundings};

/// A repository, open for reading; all paths absolute. Each thread needs a clone of its own, which is cheap.
#[derive(Debug, Clone)]
pub struct Repository {
    gix: gix::Repository,
    caps: Caps,
    index_path: PathBuf,
    /// `GIT_DIR` was set, or the working tree is elsewhere (`core.worktree`): a git program that is started at its top
    /// has to be told where the repository is.
    is_elsewhere: bool,
    is_in_hook: bool,
}

/// Why a repository was not opened.
#[derive(Debug, Error, Diagnostic)]
pub enum OpenError {
    /// No repository here or above.
    #[error("not a git repository (or any of the parent directories): '{}'", dir.display())]
    #[diagnostic(code(repository::not_found), help("git init"))]
    NotFound {
        /// Where the search began.
        dir: PathBuf,
    },
    /// `GIT_DIR` names none; what is here or above does not count then.
    #[error("not a git repository: '{}'", dir.display())]
    #[diagnostic(
        code(repository::no_git_dir),
        help("GIT_DIR names it; for the repository that is here:\n  unset GIT_DIR")
    )]
    NoGitDir {
        /// As it is named.
        dir: PathBuf,
    },
    /// The working tree that the environment, or the repository's config, names is not there.
    #[error("the working tree '{}' that {by} names is not there", dir.display())]
    #[diagnostic(code(repository::no_work_tree), help("{look}"))]
    NoWorkTree {
        /// The working tree.
        dir: PathBuf,
        /// Who names it.
        by: &'static str,
        /// The line that helps on.
        look: &'static str,
    },
    /// The repository belongs to somebody else; git-config(1) `safe.directory`.
    #[error("detected dubious ownership in repository at '{}'", dir.display())]
    #[diagnostic(
        code(repository::foreign_owner),
        help("git config --global --add safe.directory '{}'", dir.display())
    )]
    ForeignOwner {
        /// The repository's directory.
        dir: PathBuf,
    },
    /// It keeps its state in a way we do not know.
    #[error("unknown repository extension: '{extension}'")]
    #[diagnostic(code(repository::unknown_extension))]
    UnknownExtension {
        /// Its name below `extensions.`.
        extension: String,
    },
    /// A hook of a push that is not accepted yet: what is written now may be thrown away.
    #[error("objects would go to '{}', not to the repository", dir.to_string_lossy())]
    #[diagnostic(code(repository::quarantine), help("unset GIT_OBJECT_DIRECTORY"))]
    Quarantine {
        /// The value of `GIT_OBJECT_DIRECTORY`.
        dir: std::ffi::OsString,
    },
    /// `GIT_CONFIG_PARAMETERS` is not what git writes there.
    #[error("bogus format in GIT_CONFIG_PARAMETERS")]
    #[diagnostic(code(repository::config_parameters))]
    ConfigParameters,
    /// git works in a repository here that gix does not take for one.
    #[error("cannot make out the repository of '{}': is its HEAD a link, or broken?", dir.display())]
    #[diagnostic(code(repository::passed_over), help("{}", name_again(dir)))]
    PassedOver {
        /// Its `.git`.
        dir: PathBuf,
    },
    /// Anything else that kept gix from opening it: broken configuration, unsupported version.
    #[error("cannot open the repository at '{}'", dir.display())]
    #[diagnostic(code(repository::unreadable))]
    Unreadable {
        /// Where it was looked for.
        dir: PathBuf,
        /// What gix said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// HEAD is broken.
    #[error("cannot read HEAD")]
    #[diagnostic(code(repository::head_unreadable), help("{}", name_again(git_dir)))]
    Head {
        /// The git directory that has it.
        git_dir: PathBuf,
        /// What gix said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The git program failed us.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Program(#[from] ProgramError),
}

/// Which branch HEAD was at, only the person knows; git's own log of HEAD reminds of it.
fn name_again(git_dir: &Path) -> String {
    let log = git_dir.join("logs/HEAD");
    let log = log.to_string_lossy();
    format!(
        "see where it was, and let it name that branch again, by git symbolic-ref:\n  tail -n 3 {}",
        word(&log)
    )
}

impl Failure for OpenError {
    fn kind(&self) -> Kind {
        Kind::Fatal
    }
}

impl Repository {
    /// Opens the repository that git would use from here: `GIT_DIR`, or the nearest one upwards, with
    /// `GIT_WORK_TREE`, `GIT_INDEX_FILE`, `GIT_CONFIG_PARAMETERS` (`git -c`) and `GIT_CEILING_DIRECTORIES` kept.
    /// Writes nothing.
    pub fn open(surroundings: &Surroundings) -> Result<Self, OpenError> {
        if let Some(dir) = surroundings.filled("GIT_OBJECT_DIRECTORY") {
            return Err(OpenError::Quarantine {
                dir: dir.to_owned(),
            });
        }
        refuse_missing_tree(surroundings)?;
        let options = open_options(surroundings)?;
        let git_dir = surroundings.filled("GIT_DIR");
        let found = match git_dir {
            Some(dir) => open_named(surroundings, dir.as_ref(), options),
            None => discover(surroundings, options),
        };
        let mut repo = found.map_err(|error| explain(error, surroundings))?;
        repo.make_paths_absolute()
            .map_err(|error| explain(error, surroundings))?;
        repo.clear_namespace();
        root_rule_files(&mut repo).map_err(|error| explain(error, surroundings))?;
        refuse_missing_config_tree(&repo)?;
        if repo.git_dir_trust() != gix::sec::Trust::Full {
            return Err(OpenError::ForeignOwner {
                dir: repo.workdir().unwrap_or(repo.git_dir()).to_owned(),
            });
        }
        if git_dir.is_none() {
            refuse_passed_over(surroundings, &repo)?;
        }
        if let Some(extension) = unknown_extension(&repo) {
            return Err(OpenError::UnknownExtension { extension });
        }
        let is_elsewhere =
            git_dir.is_some() || repo.config_snapshot().string("core.worktree").is_some();
        let index_path = index_path(surroundings, &repo);
        Ok(Self {
            caps: Caps::of(&repo),
            gix: repo,
            index_path,
            is_elsewhere,
            is_in_hook: false,
        })
    }

    /// The same in a hook, where what git has put into the environment was meant for us: a git program that is started
    /// from here is told where the repository is, and nothing else of it.
    #[must_use]
    pub fn in_hook(self) -> Self {
        Self {
            is_in_hook: true,
            ..self
        }
    }

    /// The gix repository, for what this crate does not wrap.
    pub fn gix(&self) -> &gix::Repository {
        &self.gix
    }

    /// What is special about it.
    pub fn caps(&self) -> Caps {
        self.caps
    }

    /// The git directory of this worktree: `.git`, or `.git/worktrees/<name>` for a linked one.
    pub fn git_dir(&self) -> &Path {
        self.gix.git_dir()
    }

    /// The git directory that all worktrees share.
    pub fn common_dir(&self) -> &Path {
        self.gix.common_dir()
    }

    /// The top of the working tree; none in a bare repository.
    pub fn work_tree(&self) -> Option<&Path> {
        self.gix.workdir()
    }

    /// The index file that git would use: `GIT_INDEX_FILE`, or `index` in the git directory.
    pub fn index_path(&self) -> &Path {
        &self.index_path
    }

    /// The name of the linked worktree, as its directory below `worktrees/` is called; none in the main one.
    pub fn worktree_name(&self) -> Option<BString> {
        let is_linked = self.git_dir() != self.common_dir();
        let name = self.git_dir().file_name().filter(|_| is_linked)?;
        Some(gix::path::os_str_into_bstr(name).ok()?.to_owned())
    }

    pub(crate) fn is_elsewhere(&self) -> bool {
        self.is_elsewhere
    }

    pub(crate) fn is_in_hook(&self) -> bool {
        self.is_in_hook
    }
}

/// What is not there belongs to nobody, so that gix would call it somebody else's.
fn refuse_missing_tree(surroundings: &Surroundings) -> Result<(), OpenError> {
    let named = surroundings.filled("GIT_WORK_TREE");
    match named.map(|tree| surroundings.cwd.join(tree)) {
        Some(dir) if !dir.is_dir() => Err(OpenError::NoWorkTree {
            dir,
            by: "GIT_WORK_TREE",
            look: "unset GIT_WORK_TREE",
        }),
        _ => Ok(()),
    }
}

fn refuse_missing_config_tree(repo: &gix::Repository) -> Result<(), OpenError> {
    let is_named = repo.config_snapshot().string("core.worktree").is_some();
    match repo.workdir() {
        Some(dir) if is_named && !dir.is_dir() => Err(OpenError::NoWorkTree {
            dir: dir.to_owned(),
            by: "core.worktree",
            look: "git config --show-origin core.worktree",
        }),
        _ => Ok(()),
    }
}

/// gix passes over a `.git` that it does not take for a repository, and finds another one further up. Where there is
/// such a one, git has to say which is meant.
fn refuse_passed_over(
    surroundings: &Surroundings,
    repo: &gix::Repository,
) -> Result<(), OpenError> {
    let Some(top) = repo.workdir() else {
        return Ok(());
    };
    let below = surroundings
        .cwd
        .ancestors()
        .take_while(|dir| *dir != top && dir.starts_with(top));
    let Some(dir) = below
        .into_iter()
        .find(|dir| dir.join(".git").symlink_metadata().is_ok())
    else {
        return Ok(());
    };
    let asked = std::process::Command::new("git")
        .args(["rev-parse", "--absolute-git-dir"])
        .current_dir(&surroundings.cwd)
        .output();
    let answer = asked
        .map(|output| output.stdout.trim_end().to_vec())
        .unwrap_or_default();
    let meant = crate::paths::as_path(answer.as_bstr()).canonicalize().ok();
    match meant == repo.git_dir().canonicalize().ok() {
        true => Ok(()),
        false => Err(OpenError::PassedOver {
            dir: dir.join(".git"),
        }),
    }
}

/// Options that let `git -c key=value checkpoint` count: gix does not read `GIT_CONFIG_PARAMETERS` itself.
fn open_options(surroundings: &Surroundings) -> Result<gix::open::Options, OpenError> {
    let parameters = match surroundings.filled("GIT_CONFIG_PARAMETERS") {
        Some(text) => {
            let text =
                Vec::from_os_string(text.to_owned()).map_err(|_| OpenError::ConfigParameters)?;
            parse_config_parameters(&text).ok_or(OpenError::ConfigParameters)?
        }
        None => Vec::new(),
    };
    // A checkpoint keeps what is there, not what `git replace` shows in its place.
    let real = BString::from("core.useReplaceRefs=false");
    let parameters = parameters.into_iter().chain([real]);
    Ok(gix::open::Options::default().cli_overrides(parameters))
}

/// git reads relative `core.excludesFile` and `core.attributesFile` from the top of the working tree, where it has gone
/// by then; gix from wherever the process stands.
fn root_rule_files(repo: &mut gix::Repository) -> Result<(), gix::Error> {
    let Some(top) = repo.workdir().map(Path::to_owned) else {
        return Ok(());
    };
    for key in ["core.excludesFile", "core.attributesFile"] {
        let value = repo.config_snapshot().string(key);
        let is_relative = |value: &BString| {
            !value.is_empty()
                && !value.starts_with_str("/")
                && !value.starts_with_str("~")
                && !value.starts_with_str("%(prefix)")
        };
        if let Some(value) = value.filter(is_relative) {
            let whole = top.join(crate::paths::as_path(value.as_bstr()));
            let mut config = repo.config_snapshot_mut();
            config.set_raw_value(key, crate::paths::as_bytes(&whole))?;
        }
    }
    Ok(())
}

fn discover(
    surroundings: &Surroundings,
    options: gix::open::Options,
) -> Result<gix::Repository, gix::Error> {
    let search = gix::discover::upwards::Options {
        match_ceiling_dir_or_error: false,
        ..Default::default()
    };
    let by_trust = gix::sec::trust::Mapping {
        full: options.clone(),
        reduced: options,
    };
    let repo = gix::ThreadSafeRepository::discover_with_environment_overrides_opts(
        &surroundings.cwd,
        search,
        by_trust,
    )?;
    Ok(repo.to_thread_local())
}

/// Opens `GIT_DIR`. Without `GIT_WORK_TREE` (and `core.worktree`) git takes the current directory for the working
/// tree, gix the parent of the git directory.
fn open_named(
    surroundings: &Surroundings,
    dir: &Path,
    options: gix::open::Options,
) -> Result<gix::Repository, gix::Error> {
    let dir = surroundings.cwd.join(dir);
    let dir = dir.canonicalize().unwrap_or(dir);
    let mut repo = gix::open_opts(dir, options.open_path_as_is(true))?;
    let config = repo.config_snapshot();
    // A linked worktree is none of what the shared configuration says of the main one; gitrepository-layout(5).
    let is_linked = repo.git_dir().join("commondir").exists();
    let is_bare = !is_linked && config.boolean("core.bare").unwrap_or(false);
    let has_own_tree = config.string("core.worktree").is_some();
    match surroundings.filled("GIT_WORK_TREE") {
        Some(tree) => {
            let tree = surroundings.cwd.join(tree);
            repo.set_workdir(tree.canonicalize().unwrap_or(tree))?;
        }
        None if is_bare => {
            repo.set_workdir(None)?;
        }
        None if !has_own_tree => {
            repo.set_workdir(surroundings.cwd.clone())?;
        }
        None => {}
    }
    Ok(repo)
}

/// git reads a relative `GIT_INDEX_FILE` from the top of the working tree, where it has gone by then.
fn index_path(surroundings: &Surroundings, repo: &gix::Repository) -> PathBuf {
    match surroundings.filled("GIT_INDEX_FILE") {
        Some(path) => repo.workdir().unwrap_or(&surroundings.cwd).join(path),
        None => repo.git_dir().join("index"),
    }
}

fn explain(error: gix::Error, surroundings: &Surroundings) -> OpenError {
    let dir = surroundings.cwd.clone();
    let text = error.to_string();
    // gix hands out one opaque error; "not there" is the one case with a word of its own.
    let is_absent =
        text.contains("git repository") && (text.contains("find") || text.contains("appear"));
    if let Some(dir) = surroundings.filled("GIT_DIR").filter(|_| is_absent) {
        return OpenError::NoGitDir { dir: dir.into() };
    }
    let passed_over = dir.ancestors().map(|dir| dir.join(".git"));
    let passed_over = passed_over
        .into_iter()
        .find(|path| path.symlink_metadata().is_ok());
    match (is_absent, passed_over) {
        (true, Some(dir)) => OpenError::PassedOver { dir },
        (true, None) => OpenError::NotFound { dir },
        (false, _) => OpenError::Unreadable {
            dir,
            source: error.into(),
        },
    }
}

/// Splits what git puts into `GIT_CONFIG_PARAMETERS`: shell-quoted words `'key=value'` (before git 2.31) or
/// `'key'='value'`, separated by spaces. None where it is not that.
fn parse_config_parameters(text: &[u8]) -> Option<Vec<BString>> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (mut word, after) = unquote(rest)?;
        rest = after;
        if let Some(after) = rest.strip_prefix(b"=") {
            let (value, after) = if after.starts_with(b"'") {
                unquote(after)?
            } else {
                (BString::default(), after)
            };
            word.push(b'=');
            word.extend_from_slice(&value);
            rest = after;
        }
        found.push(word);
        rest = rest.trim_start();
    }
    Some(found)
}

/// Takes one shell-quoted word off the front: `'…'`, with `'\''` for a quote and `'\!'` for an exclamation mark.
fn unquote(text: &[u8]) -> Option<(BString, &[u8])> {
    let mut rest = text.strip_prefix(b"'")?;
    let mut word = BString::default();
    loop {
        let end = rest.find_byte(b'\'')?;
        word.extend_from_slice(&rest[..end]);
        rest = &rest[end + 1..];
        match rest {
            [b'\\', quoted @ (b'\'' | b'!'), b'\'', after @ ..] => {
                word.push(*quoted);
                rest = after;
            }
            _ => return Some((word, rest)),
        }
    }
}

#[cfg(test)]
mod tests;
