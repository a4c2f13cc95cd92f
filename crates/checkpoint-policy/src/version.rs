//! The policy as a branch has it, and as the working tree does.

use checkpoint_git::{Repository, refs};
use checkpoint_model::policy::{Layer, Policy, Source};
use gix::{ObjectId, objs::tree::EntryKind};

use crate::{ReadError, upstream};

/// A policy file, not yet understood.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) source: Source,
    pub(crate) text: String,
}

impl Version {
    /// The version of a branch: of its upstream, where that has one, else its own. None where there is no such branch;
    /// none in that where it has no policy.
    pub(crate) fn of_branch(
        repo: &Repository,
        branch: &str,
    ) -> Result<Option<Option<Self>>, ReadError> {
        let mut is_here = false;
        for (short, full) in upstream::versions_of(repo, branch) {
            // A name that no reference can have is none that is here.
            if gix::validate::reference::name(full.as_str().into()).is_err() {
                continue;
            }
            let found = refs::find(repo, &full).map_err(|error| ReadError::Version {
                branch: short.clone(),
                source: error.into(),
            });
            let Some(tip) = found? else {
                continue;
            };
            is_here = true;
            if let Some(text) = committed(repo, &short, tip)? {
                let source = Source::Branch(short);
                return Ok(Some(Some(Self { source, text })));
            }
        }
        Ok(is_here.then_some(None))
    }

    /// The file at the top of the working tree; none where there is none.
    pub(crate) fn of_working_tree(repo: &Repository) -> Result<Option<Self>, ReadError> {
        let Some(top) = repo.work_tree() else {
            return Ok(None);
        };
        let path = top.join(Policy::FILE_NAME);
        // Anything but a file, such as a named pipe, might not end.
        let read = || match fs_err::metadata(&path)?.is_file() {
            true => fs_err::read_to_string(&path),
            false => Err(std::io::Error::other("it is no file")),
        };
        let is_link = || fs_err::symlink_metadata(&path).is_ok();
        match read() {
            Ok(text) => Ok(Some(Self {
                source: Source::WorkingTree,
                text,
            })),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !is_link() => Ok(None),
            Err(error) => {
                let source = match error.kind() {
                    std::io::ErrorKind::NotFound => {
                        std::io::Error::other("it is a link to nowhere")
                    }
                    std::io::ErrorKind::Other => error,
                    // Without the path, which is told already.
                    kind => kind.into(),
                };
                Err(ReadError::File { path, source })
            }
        }
    }

    /// Understands it; keys that it does not set are as in `base`.
    pub(crate) fn over(&self, base: Option<&Policy>) -> Result<Layer, ReadError> {
        let place = match &self.source {
            Source::Branch(name) => format!("{name}:{}", Policy::FILE_NAME),
            Source::WorkingTree | Source::Defaults => Policy::FILE_NAME.to_owned(),
        };
        let policy = match base {
            Some(base) => base.parse_over(&self.text, &place)?,
            None => Policy::parse(&self.text, &place)?,
        };
        Ok(Layer {
            source: self.source.clone(),
            policy,
        })
    }
}

/// The policy file in the tree of a commit.
fn committed(repo: &Repository, branch: &str, tip: ObjectId) -> Result<Option<String>, ReadError> {
    let unreadable = |source: Box<dyn std::error::Error + Send + Sync>| ReadError::Version {
        branch: branch.to_owned(),
        source,
    };
    let repo = repo.gix();
    let commit = repo
        .find_commit(tip)
        .map_err(|error| unreadable(error.into()))?;
    let tree = commit.tree().map_err(|error| unreadable(error.into()))?;
    let is_file = |kind| matches!(kind, EntryKind::Blob | EntryKind::BlobExecutable);
    // Only as far as the name, which stands near the front: a tree may have many entries.
    let mut found = None;
    for entry in tree.iter() {
        let entry = entry.map_err(|error| unreadable(error.into()))?;
        if entry.filename() == Policy::FILE_NAME {
            if !is_file(entry.mode().kind()) {
                return Err(unreadable("it is no file there".into()));
            }
            found = Some(entry);
            break;
        }
    }
    let Some(entry) = found else {
        return Ok(None);
    };
    let blob = repo
        .find_blob(entry.oid())
        .map_err(|error| unreadable(error.into()))?;
    let text = String::from_utf8(blob.data.clone()).map_err(|error| unreadable(error.into()))?;
    Ok(Some(text))
}
