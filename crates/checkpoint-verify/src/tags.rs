//! The checks of a tag, without its signature.

use std::{cell::RefCell, collections::BTreeSet, rc::Rc};

use checkpoint_git::Repository;
use checkpoint_model::{name::CheckpointName, shell::word};
use gix::{ObjectId, hashtable::HashMap, objs::Kind};

use crate::{
    check::{Check, CheckId, Objection, short},
    facts::{Fact, Noted, Tag, TagObject},
    remote::{Remote, fetch},
};

/// How far clocks may be apart, in seconds.
const SKEW: i64 = 600;
/// How far the clocks of two machines may be apart, whose work meets in one history.
const FOREIGN_SKEW: i64 = 24 * 3600;

/// What the checks of tags look at beside the tag.
pub(crate) struct Tags<'a> {
    pub(crate) repo: &'a Repository,
    /// A handle that remembers what differences in packs are based on.
    pub(crate) handle: &'a gix::Repository,
    pub(crate) heads: Heads,
    /// In full: `refs/tags/checkpoint/`.
    pub(crate) prefix: &'a str,
    pub(crate) remote: Option<&'a Remote>,
    /// Where what is not here may be had.
    pub(crate) source: Option<&'a str>,
    /// HEADs of checkpoints that have no history in common with the branches here; or why that cannot be told.
    pub(crate) strangers: Result<&'a [ObjectId], String>,
}

impl Tags<'_> {
    pub(crate) fn check(&self, fact: &Fact) -> Vec<Check> {
        let Some(tag) = &fact.tag else {
            return self.missing(fact).into_iter().collect();
        };
        let mut checks = vec![Check::passed(CheckId::TagPresent)];
        checks.push(Check::of(CheckId::NameValid, self.name_objection(tag)));
        let reference = format!("{}{}", self.prefix, tag.name);
        let objection = annotated_objection(tag, self.source, &reference);
        checks.push(Check::of(CheckId::TagAnnotated, objection));
        if let Some(object) = &tag.object {
            checks.push(Check::of(
                CheckId::TagOnCommit,
                self.commit_objection(fact, object),
            ));
            checks.push(Check::of(CheckId::TagDated, self.date_objection(object)));
        }
        checks.push(self.immutable(tag));
        checks
    }

    /// A checkpoint that is named and has no tag here is not proven by anything. Records go along with every push, and
    /// names only when they are asked for: one that nobody has shared need not be here.
    fn missing(&self, fact: &Fact) -> Option<Check> {
        let kept = fact
            .checkpoint()
            .filter(|checkpoint| checkpoint.is_kept())?;
        let name = kept.name.as_ref()?;
        let reference = format!("{}{name}", self.prefix);
        let shared = fact.record.as_ref().map(Noted::shared).unwrap_or_default();
        let went = shared.tags.contains(&reference);
        let elsewhere = || self.below_another_prefix(&shared.tags, name, &reference);
        if let Some(check) = (!went).then(elsewhere).flatten() {
            return Some(check);
        }
        let is_made_here = fact.state.is_some() && !shared.state;
        let is_there = self
            .remote
            .map(|remote| remote.tags.contains_key(&reference));
        let why = format!("the record calls it '{name}', and there is no tag '{reference}' here");
        let fetch = || self.source.map(fetch);
        Some(match (self.remote, is_there) {
            (Some(remote), Some(false)) if went => {
                let why = format!(
                    "{why}, nor at '{}': it was shared, and taken away since",
                    remote.name
                );
                Check::failed(CheckId::TagPresent, why, None)
            }
            (_, Some(true)) => Check::failed(CheckId::TagPresent, why, fetch()),
            _ if went || is_made_here => Check::failed(CheckId::TagPresent, why, fetch()),
            (Some(remote), _) => {
                let why = format!(
                    "it is called '{name}' where it was made, and '{}' does not have the name",
                    remote.name
                );
                Check::not_here(CheckId::TagPresent, why, None)
            }
            (None, _) => {
                let why = format!(
                    "it is called '{name}' where it was made; nothing tells that the name was shared"
                );
                Check::not_here(CheckId::TagPresent, why, fetch())
            }
        })
    }

    /// `checkpoint.tagPrefix` may be another where the name was shared.
    fn below_another_prefix(
        &self,
        tags: &BTreeSet<String>,
        name: &CheckpointName,
        reference: &str,
    ) -> Option<Check> {
        let prefix = tags.iter().find_map(|tag| {
            let prefix = tag.strip_suffix(name.as_str())?;
            // Below our prefix it is an older name, of which this one is the end.
            (prefix.ends_with('/') && !prefix.starts_with(self.prefix)).then_some(prefix)
        })?;
        let why = format!(
            "the name was shared as '{prefix}{name}', and checkpoint.tagPrefix means '{reference}' here"
        );
        let short = prefix.trim_start_matches("refs/tags/");
        let set = format!("git config checkpoint.tagPrefix {}", word(short));
        Some(Check::failed(CheckId::TagPresent, why, Some(set)))
    }

    fn name_objection(&self, tag: &Tag) -> Option<Objection> {
        if let Err(error) = tag.name.parse::<CheckpointName>() {
            return Some(Objection::new(error.to_string()));
        }
        let object = tag.object.as_ref()?;
        let short = self
            .prefix
            .strip_prefix("refs/tags/")
            .unwrap_or(self.prefix);
        let wanted = format!("{short}{}", tag.name);
        (object.name != wanted.as_str()).then(|| {
            let why = format!(
                "the tag object says it is '{}': it was renamed, or put in the place of another",
                object.name
            );
            Objection::new(why)
        })
    }

    fn commit_objection(&self, fact: &Fact, object: &TagObject) -> Option<Objection> {
        if object.target_kind != Kind::Commit {
            return Some(Objection::new(format!(
                "it points at a {}, not at a commit",
                object.target_kind
            )));
        }
        let Some(mark) = Commit::read(self.handle, object.target) else {
            let why = format!(
                "the commit {} it points at is not here",
                short(object.target)
            );
            let is_shallow = self.repo.gix().is_shallow().unwrap_or(false);
            let fetch = self.source.map(|remote| match is_shallow {
                true => format!("git fetch --unshallow {}", word(remote)),
                false => fetch(remote),
            });
            return Some(Objection::new(why).with(fetch));
        };
        let head = fact
            .message()
            .and_then(|message| message.created.head.as_deref());
        let head = head.and_then(|hex| ObjectId::from_hex(hex.as_bytes()).ok());
        // History ends somewhere in a shallow clone, and a mark may be that end.
        let is_cut = mark.parents.is_empty() && self.repo.gix().is_shallow().unwrap_or(false);
        if !is_cut && mark.parents != head.into_iter().collect::<Vec<_>>() {
            return Some(Objection::new(
                "it does not stand beside the HEAD that it tells of",
            ));
        }
        let tree = match head {
            Some(head) => self.heads.read(self.handle, head).map(|head| head.tree),
            None => Some(self.repo.gix().object_hash().empty_tree()),
        };
        if tree.is_some_and(|tree| tree != mark.tree) {
            let why =
                "the commit it points at has other files than HEAD: publishing it publishes them";
            return Some(Objection::new(why));
        }
        let head = head?;
        let why = match &self.strangers {
            Err(error) => format!("whether its HEAD is of this repository cannot be told: {error}"),
            Ok(strangers) if strangers.contains(&head) => format!(
                "its HEAD {} has no history in common with any branch here: it is of another repository",
                short(head)
            ),
            Ok(_) => return None,
        };
        Some(Objection::new(why))
    }

    fn date_objection(&self, object: &TagObject) -> Option<Objection> {
        let message = object.message.as_ref()?;
        let made = message.at.timestamp();
        let named = message.created.checkpoint.at().timestamp();
        if (made - named).abs() > SKEW {
            return Some(Objection::new(
                "the time it tells of is not the time in the id of the checkpoint",
            ));
        }
        match object.at {
            None => return Some(Objection::new("it has no date")),
            Some(at) if at + SKEW < made => {
                return Some(Objection::new(
                    "its date is before the checkpoint was made: it was dated back",
                ));
            }
            Some(_) => {}
        }
        let head = message.created.head.as_deref()?;
        let head = ObjectId::from_hex(head.as_bytes()).ok()?;
        let head = self.heads.read(self.handle, head)?;
        (made + FOREIGN_SKEW < head.at)
            .then(|| Objection::new("the time it tells of is before its own HEAD was committed"))
    }

    fn immutable(&self, tag: &Tag) -> Check {
        let id = CheckId::TagImmutable;
        let Some(remote) = self.remote else {
            let why = match self.source {
                Some(remote) => format!("--remote {} compares it", word(remote)),
                None => "there is no remote to compare it with".to_owned(),
            };
            return Check::not_asked(id, why);
        };
        let reference = format!("{}{}", self.prefix, tag.name);
        match remote.tags.get(&reference) {
            Some(there) if *there != tag.id => {
                // Nobody but those who made them can tell which one is right, and neither may get lost.
                let why = format!(
                    "it is another tag on '{}': {there} there, {} here; ask who made them",
                    remote.name, tag.id
                );
                let remedy = format!("git checkpoint show {}", word(&tag.name));
                Check::failed(id, why, Some(remedy))
            }
            Some(_) => Check::passed(id),
            None => Check::not_here(
                id,
                format!("'{}' does not have it", remote.name),
                Some(format!(
                    "git checkpoint push {} {}",
                    word(&remote.name),
                    word(&tag.name)
                )),
            ),
        }
    }
}

fn annotated_objection(tag: &Tag, remote: Option<&str>, reference: &str) -> Option<Objection> {
    if let Some(fault) = &tag.fault {
        let fsck = "git fsck --no-dangling".to_owned();
        return Some(Objection::new(fault).with(fsck));
    }
    match &tag.object {
        None => {
            let why = format!(
                "it is no annotated tag: it points straight at {}",
                short(tag.id)
            );
            let look = match remote {
                Some(remote) => format!("git ls-remote {} {}", word(remote), word(reference)),
                None => format!("git show {}", word(reference)),
            };
            Some(Objection::new(why).with(look))
        }
        Some(object) if object.message.is_none() => {
            Some(Objection::new("its message does not tell of a checkpoint"))
        }
        Some(_) => None,
    }
}

/// What is asked of a commit.
#[derive(Debug)]
pub(crate) struct Commit {
    pub(crate) tree: ObjectId,
    pub(crate) parents: Vec<ObjectId>,
    /// Of its committer, in seconds since 1970.
    pub(crate) at: i64,
    pub(crate) message: String,
}

impl Commit {
    /// None where it is not here, or no commit.
    pub(crate) fn read(handle: &gix::Repository, id: ObjectId) -> Option<Self> {
        let object = handle.try_find_object(id).ok()??;
        let commit = gix::objs::CommitRef::from_bytes(&object.data, id.kind());
        let commit = commit.ok().filter(|_| object.kind == Kind::Commit)?;
        Some(Self {
            tree: commit.tree(),
            parents: commit.parents().collect(),
            at: commit.committer().ok()?.time().ok()?.seconds,
            message: String::from_utf8_lossy(commit.message).into_owned(),
        })
    }
}

/// Commits on which many checkpoints stand, each read once.
#[derive(Debug, Default)]
pub(crate) struct Heads(RefCell<HashMap<ObjectId, Option<Rc<Commit>>>>);

impl Heads {
    fn read(&self, handle: &gix::Repository, id: ObjectId) -> Option<Rc<Commit>> {
        let mut heads = self.0.borrow_mut();
        let head = heads.entry(id);
        head.or_insert_with(|| Commit::read(handle, id).map(Rc::new))
            .clone()
    }
}
