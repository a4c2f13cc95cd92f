//! Putting a state back where it can do no harm.
//!
//! By `checkpoint-restore` itself, into an empty repository that borrows the objects of this one: what is proven is that
//! the command people will type brings the state back, operation in progress and all. Trees alone, checked out, would
//! prove less than the fingerprint does. The repository that is verified is only read.

use std::{collections::BTreeMap, path::Path, sync::atomic::AtomicU64};

use bstr::ByteSlice as _;
use checkpoint_capture::{Patterns, Request, Untracked};
use checkpoint_git::{Repository, Surroundings};
use checkpoint_model::{
    policy::{BranchGlobs, Policy},
    restore::{Action, Scope},
    words::Actor,
};
use checkpoint_restore::{Asked, Restore};
use checkpoint_store::{Doing, load_one};
use gix::ObjectId;
use tempfile::TempDir;

use crate::{
    VerifyError,
    check::{Check, CheckId},
    facts::Fact,
};

/// An empty repository with the objects of another.
pub(crate) struct Scratch {
    _place: TempDir,
    repo: Repository,
    surroundings: Surroundings,
}

impl Scratch {
    fn new(repo: &Repository, surroundings: &Surroundings) -> Result<Self, VerifyError> {
        let place = tempfile::Builder::new()
            .prefix("git-checkpoint-verify-")
            .tempdir()?;
        let top = place.path().canonicalize()?.join("repo");
        fs_err::create_dir(&top)?;
        let format = format!("--object-format={}", repo.gix().object_hash());
        // Not as a part of the repository that GIT_DIR may name.
        let init = repo
            .git(["init", "--quiet", "--template=", &format])
            .at(&top);
        init.without_repository().output()?;
        let info = top.join(".git/objects/info");
        fs_err::create_dir_all(&info)?;
        let objects = repo.common_dir().canonicalize()?.join("objects");
        fs_err::write(info.join("alternates"), format!("{}\n", objects.display()))?;
        copy_settings(repo, &top)?;
        let surroundings = only_here(surroundings, &top);
        // The environment of this process may name the repository that is verified; children must not hear of it.
        let repo = Repository::open(&surroundings)?.in_hook();
        require_own(&repo, &top)?;
        Ok(Self {
            _place: place,
            repo,
            surroundings,
        })
    }

    /// Restores the state exactly; the restore itself captures once more and compares.
    fn restore(&self, reference: &str, snapshot: ObjectId) -> Result<(), String> {
        let told = |error: &dyn std::fmt::Display| error.to_string();
        let id = snapshot.to_string();
        self.repo
            .git(["update-ref", reference, &id])
            .output()
            .map_err(|error| told(&error))?;
        let stored = load_one(&self.repo, snapshot).map_err(|error| told(&error))?;
        let stored = stored.ok_or("its message does not tell of a checkpoint")?;
        let asked = Asked {
            scope: Some(Scope::Exact),
            paths: Vec::new(),
            discard: Vec::new(),
            action: Action::Restore,
            branch: None,
            unseen: Vec::new(),
        };
        let mut policy = Policy::default();
        policy.branches.protected = BranchGlobs::default();
        let seen = AtomicU64::new(0);
        let restore = Restore::prepare(&self.repo, &stored, &asked, &everything(), &policy, &seen);
        let restore = restore.map_err(|error| told(&error))?;
        let doing = Doing {
            now: self.surroundings.now,
            by: Actor {
                user: "verify".to_owned(),
                host: String::new(),
                agent: None,
                session: None,
            },
            command: "git checkpoint verify".to_owned(),
        };
        restore
            .run(&doing, env!("CARGO_PKG_VERSION"), "")
            .map_err(|error| told(&error))?;
        Ok(())
    }
}

/// The same moment, in the repository at `top` and no other, whatever git was told about another one.
fn only_here(surroundings: &Surroundings, top: &Path) -> Surroundings {
    let is_own = |name: &str| !name.starts_with("GIT_");
    let env = surroundings
        .env
        .iter()
        .filter(|(name, _)| name.to_str().is_some_and(is_own));
    let mut env: BTreeMap<_, _> = env
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    env.insert("GIT_DIR".into(), top.join(".git").into());
    env.insert("GIT_WORK_TREE".into(), top.into());
    Surroundings {
        cwd: top.to_owned(),
        now: surroundings.now,
        env,
    }
}

/// A restore overwrites and deletes: nothing is begun unless we and the git program both take the scratch repository for
/// the one that is meant.
fn require_own(repo: &Repository, top: &Path) -> Result<(), VerifyError> {
    let asked = [
        "rev-parse",
        "--absolute-git-dir",
        "--show-toplevel",
        "--git-path",
        "index",
    ];
    let answer = repo.git(asked).output()?;
    let places: Vec<_> = answer
        .lines()
        .map(|line| top.join(line.to_path_lossy()))
        .collect();
    let own = [top.join(".git"), top.to_owned(), top.join(".git/index")];
    let is_own = places == own
        && repo.git_dir() == own[0]
        && repo.common_dir() == own[0]
        && repo.work_tree() == Some(top)
        && repo.index_path() == own[2];
    match is_own {
        true => Ok(()),
        false => Err(VerifyError::NotScratch {
            top: top.to_owned(),
        }),
    }
}

/// What a working tree looks like depends on these settings of its repository.
const SETTINGS: &str = r"^(core\.(filemode|symlinks|ignorecase|precomposeunicode|protecthfs|protectntfs|autocrlf|eol|safecrlf|checkroundtripencoding|attributesfile|excludesfile|sparsecheckout|sparsecheckoutcone|trustctime|checkstat)|index\.(sparse|version|skiphash)|feature\..*|filter\..*)$";

/// Gives the scratch repository at `top` what the files of `repo` depend on beside their content.
fn copy_settings(repo: &Repository, top: &Path) -> Result<(), VerifyError> {
    let found = repo
        .git(["config", "--null", "--get-regexp", SETTINGS])
        .answer()?;
    for entry in found
        .unwrap_or_default()
        .split_str("\0")
        .filter(|entry| !entry.is_empty())
    {
        // A key without a value means yes.
        let (key, value) = entry.split_once_str("\n").unwrap_or((entry, b"true"));
        let set = [b"config".as_slice(), b"--add", key, value]
            .map(|word| word.to_os_str_lossy().into_owned());
        repo.git(set).at(top).without_repository().output()?;
    }
    let places = [repo.common_dir(), repo.git_dir()];
    for name in ["attributes", "exclude", "sparse-checkout"] {
        // That of the working tree itself goes before what it shares with others.
        for place in places {
            let from = place.join("info").join(name);
            if from.is_file() {
                fs_err::create_dir_all(top.join(".git/info"))?;
                fs_err::copy(from, top.join(".git/info").join(name))?;
            }
        }
    }
    Ok(())
}

/// The check for one checkpoint.
pub(crate) fn check(
    repo: &Repository,
    surroundings: &Surroundings,
    fact: &Fact,
) -> Result<Check, VerifyError> {
    let id = CheckId::Restorable;
    let (Some(state), Some(checkpoint)) = (fact.state, fact.id) else {
        return Ok(Check::not_here(id, "the state is not here", None));
    };
    let scratch = Scratch::new(repo, surroundings)?;
    Ok(match scratch.restore(&checkpoint.ref_name(), state) {
        Ok(()) => Check::passed(id),
        Err(why) => Check::failed(id, format!("it cannot be restored: {why}"), None),
    })
}

fn everything() -> Request {
    Request {
        include: Patterns::default(),
        exclude: Patterns::default(),
        untracked: Untracked::Captured,
        max_file_size: u64::MAX,
        extra: Vec::new(),
        refused: vec![Path::new("/").to_owned()],
    }
}
