//! The tag of a named checkpoint, and the mark it stands on.

use checkpoint_git::Repository;
use checkpoint_git::objects::ObjectSink;
use checkpoint_git::refs;
use checkpoint_model::event::Event;
use checkpoint_model::name::CheckpointName;
use checkpoint_model::trailers::Message;
use gix::ObjectId;
use gix::actor::Signature;
use gix::bstr::ByteSlice;
use gix::objs::{Commit, Kind, Tag, Write};

use crate::{StoreError, objects};

/// git config `checkpoint.tagPrefix`: what stands before a checkpoint's name below `refs/tags/`. Default:
/// `checkpoint/`.
pub fn prefix(repo: &Repository) -> String {
    let value = repo.gix().config_snapshot().string("checkpoint.tagPrefix");
    let value = value
        .and_then(|value| value.to_str().ok().map(str::to_owned))
        .unwrap_or_else(|| "checkpoint".into());
    // `x`, `x/` and `refs/tags/x` all mean the same.
    let value = value
        .strip_prefix("refs/tags/")
        .unwrap_or(&value)
        .trim_matches('/')
        .to_owned();
    if value.is_empty() {
        value
    } else {
        format!("{value}/")
    }
}

/// The full name of the tag of the checkpoint `name`.
pub fn ref_name(repo: &Repository, name: &CheckpointName) -> String {
    format!("refs/tags/{}{}", prefix(repo), name.as_str())
}

/// A tag that holds a name, and what it tells.
#[derive(Debug, Clone)]
pub struct Tagged {
    /// The tag object; a commit where the tag is a lightweight one, which we never make.
    pub id: ObjectId,
    /// What its message tells; none where we have not made it.
    pub message: Option<Message>,
}

impl Tagged {
    /// The snapshot that the message names.
    pub fn snapshot(&self) -> Option<ObjectId> {
        let hex = &self.message.as_ref()?.created.snapshot;
        ObjectId::from_hex(hex.as_bytes()).ok()
    }
}

/// Reads the tag of the checkpoint `name`; none where there is none.
pub fn find(repo: &Repository, name: &CheckpointName) -> Result<Option<Tagged>, StoreError> {
    let id = refs::find(repo, &ref_name(repo, name))?;
    id.map(|id| read(repo, id)).transpose()
}

/// Reads the tag object `id`.
pub fn read(repo: &Repository, id: ObjectId) -> Result<Tagged, StoreError> {
    let object = repo
        .gix()
        .find_object(id)
        .map_err(|source| StoreError::unreadable(id, source))?;
    let message = match object.kind {
        // The signature is cut off where there is one.
        Kind::Tag => object
            .try_to_tag_ref()
            .ok()
            .and_then(|tag| Message::parse(tag.message.to_str().ok()?).ok()),
        _ => None,
    };
    Ok(Tagged { id, message })
}

/// What a new tag is made from.
pub(crate) struct NewTag<'a> {
    pub(crate) name: &'a CheckpointName,
    /// The `checkpoint_created` event that its message repeats.
    pub(crate) created: &'a Event,
    /// Whether it was asked to be signed; git-config(1) `tag.gpgSign` signs it as well.
    pub(crate) sign: bool,
    pub(crate) who: Signature,
}

impl NewTag<'_> {
    /// Writes the mark and the tag into `sink`.
    pub(crate) fn write(
        &self,
        repo: &Repository,
        sink: &ObjectSink,
    ) -> Result<ObjectId, StoreError> {
        let message =
            Message::of_tag(self.created).expect("a tag is made from the event of a creation");
        let head = message
            .created
            .head
            .as_ref()
            .and_then(|hex| ObjectId::from_hex(hex.as_bytes()).ok());
        let target = self.write_mark(repo, sink, head)?;
        let tag = Tag {
            target,
            target_kind: Kind::Commit,
            name: format!("{}{}", prefix(repo), self.name.as_str()).into(),
            tagger: Some(self.who.clone()),
            message: message.format().into(),
            signature: None,
        };
        let is_signed = self.sign
            || repo
                .gix()
                .config_snapshot()
                .boolean("tag.gpgSign")
                .unwrap_or(false);
        let tag = if is_signed {
            self.signed(repo, tag)?
        } else {
            tag
        };
        objects::Into(sink)
            .write(&tag)
            .map_err(StoreError::unwritten)
    }

    /// A commit beside the branch, with HEAD as its only parent and HEAD's own tree: publishing the tag publishes
    /// nothing that HEAD does not.
    fn write_mark(
        &self,
        repo: &Repository,
        sink: &ObjectSink,
        head: Option<ObjectId>,
    ) -> Result<ObjectId, StoreError> {
        let tree = match head {
            Some(head) => {
                let unreadable = |source| StoreError::unreadable(head, source);
                let commit = repo
                    .gix()
                    .find_object(head)
                    .map_err(unreadable)?
                    .try_into_commit();
                let commit = commit.map_err(|source| StoreError::unreadable(head, source))?;
                commit
                    .tree_id()
                    .map_err(|source| StoreError::unreadable(head, source))?
                    .detach()
            }
            None => sink.write(Kind::Tree, Vec::new())?,
        };
        let mark = Commit {
            tree,
            parents: head.into_iter().collect(),
            author: self.who.clone(),
            committer: self.who.clone(),
            encoding: None,
            message: format!("checkpoint: {}\n", self.name.as_str()).into(),
            extra_headers: Vec::new(),
        };
        objects::Into(sink)
            .write(&mark)
            .map_err(StoreError::unwritten)
    }

    fn signed(&self, repo: &Repository, mut tag: Tag) -> Result<Tag, StoreError> {
        // The signature begins on the next line, as git has it.
        while tag.message.ends_with(b"\n") {
            tag.message.pop();
        }
        let signed = repo
            .gix()
            .commit_signing_options()
            .and_then(|options| tag.sign(options));
        signed.map_err(|source| StoreError::Unsigned {
            name: self.name.clone(),
            source: source.into(),
        })
    }
}
