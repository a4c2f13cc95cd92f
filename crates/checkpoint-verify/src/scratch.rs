//! Putting a state back where it can do no harm.
//!
//! By `checkpoint-restore` itself, into an empty repository that borrows the objects of this one: what is proven is that
//! the command people will type brings the state back, operation in progress and all. Trees alone, checked out, would
//! prove less than the fingerprint does. The repository that is verified is only read.

use std::{path::Path, sync::atomic::AtomicU64};

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
        let is_own = |name: &str| !name.starts_with("GIT_");
        let env = surroundings
            .env
            .iter()
            .filter(|(name, _)| name.to_str().is_some_and(is_own));
        let surroundings = Surroundings {
            cwd: top,
            now: surroundings.now,
            env: env
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        };
        let repo = Repository::open(&surroundings)?;
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
