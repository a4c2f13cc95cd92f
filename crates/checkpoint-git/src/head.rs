//! HEAD: where the work stands.

use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice};

use crate::program::ProgramError;
use crate::{OpenError, Repository};

/// What HEAD says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The full name of the branch HEAD points at, such as `refs/heads/main`; none when HEAD is detached.
    pub reference: Option<BString>,
    /// The commit HEAD leads to; none when the branch is unborn.
    pub id: Option<ObjectId>,
}

impl Head {
    /// The branch without `refs/heads/`; none when HEAD is detached or points elsewhere.
    pub fn branch(&self) -> Option<&BStr> {
        let name = self.reference.as_ref()?;
        name.strip_prefix(b"refs/heads/").map(ByteSlice::as_bstr)
    }
}

impl Repository {
    /// Reads HEAD, through the git program where references are kept in reftable.
    pub fn head(&self) -> Result<Head, OpenError> {
        if self.caps().reftable {
            return self.head_by_program().map_err(OpenError::Program);
        }
        let unreadable = |source: gix::Error| OpenError::Head {
            git_dir: self.git_dir().to_owned(),
            source: source.into(),
        };
        let head = self.gix().head().map_err(unreadable)?;
        let reference = head.referent_name().map(|name| name.as_bstr().to_owned());
        let id = match head.id() {
            Some(id) => Some(id.detach()),
            // A branch may be but another name for one that has commits.
            None => head.into_peeled_id().ok().map(gix::Id::detach),
        };
        Ok(Head { reference, id })
    }

    /// The commit that is checked out in the submodule at `directory`, asked of the git program: gix reads no reftable.
    pub fn head_of_submodule(&self, directory: &std::path::Path) -> Option<ObjectId> {
        let mut command = std::process::Command::new("git");
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
            command.env_remove(name);
        }
        let asked = command
            .current_dir(directory)
            .args(["rev-parse", "--quiet", "--verify", "HEAD"])
            .output();
        ObjectId::from_hex(asked.ok()?.stdout.trim()).ok()
    }

    fn head_by_program(&self) -> Result<Head, ProgramError> {
        let reference = self.git(["symbolic-ref", "--quiet", "HEAD"]).answer()?;
        let id = self
            .git(["rev-parse", "--quiet", "--verify", "HEAD^{commit}"])
            .answer()?;
        Ok(Head {
            reference: reference.map(|name| name.trim_end().into()),
            id: id.and_then(|hex| ObjectId::from_hex(hex.trim_end()).ok()),
        })
    }
}
