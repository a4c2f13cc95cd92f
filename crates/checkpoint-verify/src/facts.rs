//! What the repository has of each checkpoint: a tag, a record, a state; found separately, and put together by what they
//! themselves say.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bstr::{BString, ByteSlice as _};
use checkpoint_git::{Repository, refs};
use checkpoint_model::{
    checkpoint::Checkpoint, event::EventBody, id::CheckpointId, record::Record, trailers::Message,
};
use checkpoint_store::{
    StoreError,
    notes::{CHECKPOINTS, Notes, refuse_others},
    tag,
};
use gix::{ObjectId, objs::Kind};

use crate::VerifyError;

/// All there is.
#[derive(Debug)]
pub(crate) struct Facts {
    /// One for each tag; then those that have a state or a record only. Oldest first, as far as they tell.
    pub(crate) all: Vec<Fact>,
    /// Whether there are records at all.
    pub(crate) has_records: bool,
    /// Why none of them can be read.
    pub(crate) records_fault: Option<String>,
    /// References that cannot be read: the full name, and why.
    pub(crate) broken: Vec<(String, String)>,
    /// Whether a record may be promised and not here: a partial clone.
    pub(crate) is_partial: bool,
    /// Names that checkpoints had, and none has any more: deleted or renamed since.
    pub(crate) gone: BTreeSet<String>,
    /// The snapshots whose records claim a checkpoint.
    pub(crate) claims: HashMap<CheckpointId, BTreeSet<ObjectId>>,
    /// What stands before the names of tags, in full: `refs/tags/checkpoint/`.
    pub(crate) prefix: String,
}

/// What there is of one checkpoint.
#[derive(Debug, Default, Clone)]
pub(crate) struct Fact {
    pub(crate) tag: Option<Tag>,
    pub(crate) record: Option<Noted>,
    /// What `refs/checkpoints/<id>` points at.
    pub(crate) state: Option<ObjectId>,
    pub(crate) snapshot: Option<ObjectId>,
    pub(crate) id: Option<CheckpointId>,
}

/// A tag below the prefix.
#[derive(Debug, Clone)]
pub(crate) struct Tag {
    /// Without the prefix.
    pub(crate) name: String,
    pub(crate) id: ObjectId,
    /// None where the object is no tag, or cannot be read.
    pub(crate) object: Option<TagObject>,
    /// Why it cannot be read.
    pub(crate) fault: Option<String>,
}

/// A tag object, read.
#[derive(Debug, Clone)]
pub(crate) struct TagObject {
    pub(crate) name: BString,
    pub(crate) target: ObjectId,
    pub(crate) target_kind: Kind,
    /// Seconds since 1970.
    pub(crate) at: Option<i64>,
    /// The signature, as it stands below the message.
    pub(crate) signature: Option<BString>,
    pub(crate) text: String,
    pub(crate) message: Option<Message>,
}

/// A note of `refs/notes/checkpoints`.
#[derive(Debug, Clone)]
pub(crate) struct Noted {
    /// What it annotates.
    pub(crate) key: ObjectId,
    pub(crate) record: Record,
    pub(crate) checkpoint: Option<Box<Checkpoint>>,
    /// Where it cannot be read at all.
    pub(crate) why: Option<String>,
}

impl Noted {
    fn read(key: ObjectId, bytes: Result<&[u8], StoreError>) -> Self {
        match bytes {
            Ok(bytes) => {
                let record = Record::parse(bytes);
                let checkpoint = Checkpoint::fold(&record).map(Box::new);
                Self {
                    key,
                    record,
                    checkpoint,
                    why: None,
                }
            }
            Err(error) => Self {
                key,
                record: Record::default(),
                checkpoint: None,
                why: Some(error.to_string()),
            },
        }
    }

    /// What it comes to, unless it is the record of another checkpoint.
    fn own_checkpoint(&self) -> Option<&Checkpoint> {
        let key = self.key.to_string();
        let is_own = |checkpoint: &&Checkpoint| checkpoint.created.snapshot == key;
        self.checkpoint.as_deref().filter(is_own)
    }

    /// Every name that its checkpoint ever had.
    pub(crate) fn names(&self) -> BTreeSet<String> {
        let checkpoint = self.checkpoint.as_ref();
        let events = self.record.events();
        let named = events.iter().filter_map(|event| match &event.body {
            EventBody::CheckpointNamed(named) => named.name.as_deref(),
            _ => None,
        });
        let born = checkpoint.and_then(|checkpoint| checkpoint.created.name.as_deref());
        named.chain(born).map(str::to_owned).collect()
    }

    /// What of its checkpoint was given away.
    pub(crate) fn shared(&self) -> Shared {
        let mut all = Shared::default();
        for event in self.record.events() {
            if let EventBody::CheckpointShared(shared) = &event.body {
                all.tags.extend(shared.tag.clone());
                all.state |= shared.state;
            }
        }
        all
    }

    fn is_kept(&self) -> bool {
        self.checkpoint
            .as_ref()
            .is_none_or(|checkpoint| checkpoint.is_kept())
    }
}

/// What a record tells of that left the machine.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    /// Full names of tags.
    pub(crate) tags: BTreeSet<String>,
    /// Whether the state did.
    pub(crate) state: bool,
}

/// The names that some of `records` had, and none has now.
fn gone<'n>(records: impl Iterator<Item = &'n Noted>) -> BTreeSet<String> {
    let (mut had, mut has) = (BTreeSet::new(), BTreeSet::new());
    for noted in records {
        had.extend(noted.names());
        let kept = noted.checkpoint.as_ref().filter(|it| it.is_kept());
        has.extend(kept.and_then(|it| Some(it.name.as_deref()?.to_owned())));
    }
    had.difference(&has).cloned().collect()
}

fn claims<'n>(
    records: impl Iterator<Item = &'n Noted>,
) -> HashMap<CheckpointId, BTreeSet<ObjectId>> {
    let mut claims: HashMap<_, BTreeSet<_>> = HashMap::new();
    for noted in records {
        if let Some(checkpoint) = noted.own_checkpoint() {
            claims.entry(checkpoint.id).or_default().insert(noted.key);
        }
    }
    claims
}

impl Facts {
    /// Reads tags, records and the names of states.
    pub(crate) fn gather(repo: &Repository, handle: &gix::Repository) -> Result<Self, VerifyError> {
        let prefix = format!("refs/tags/{}", tag::prefix(repo));
        let (mut broken, mut records_fault) = (Vec::new(), None);
        let noted = read_records(repo).unwrap_or_else(|error| {
            records_fault = Some(error.to_string());
            Some(Vec::new())
        });
        let has_records = noted.is_some();
        let noted = noted.into_iter().flatten();
        let mut records: BTreeMap<ObjectId, Noted> =
            noted.map(|noted| (noted.key, noted)).collect();
        let gone = gone(records.values());
        let claims = claims(records.values());
        let states = list(repo, CheckpointId::REF_PREFIX, &mut broken)?;
        let states = states.into_iter().filter_map(|(name, id)| {
            let checkpoint = CheckpointId::from_ref_name(name.to_str().ok()?)?;
            Some((checkpoint, id))
        });
        let mut states: HashMap<CheckpointId, ObjectId> = states.collect();
        let mut all = Vec::new();
        let mut taken = Vec::new();
        for (name, id) in list(repo, &prefix, &mut broken)? {
            let name = name.to_str_lossy();
            let tag = Tag::read(handle, name.strip_prefix(&prefix).unwrap_or(&name), id);
            let message = tag
                .object
                .as_ref()
                .and_then(|object| object.message.as_ref());
            let snapshot = message
                .and_then(|message| ObjectId::from_hex(message.created.snapshot.as_bytes()).ok());
            let id = message.map(|message| message.created.checkpoint);
            // Two tags may claim one record, of which one lies.
            taken.extend(snapshot);
            all.push(Fact {
                tag: Some(tag),
                record: snapshot.and_then(|snapshot| records.get(&snapshot).cloned()),
                state: id.and_then(|id| states.get(&id).copied()),
                snapshot,
                id,
            });
        }
        for snapshot in taken {
            records.remove(&snapshot);
        }
        for fact in &all {
            fact.id.map(|id| states.remove(&id));
        }
        for (snapshot, noted) in records {
            let id = noted.checkpoint.as_ref().map(|checkpoint| checkpoint.id);
            let state = id.and_then(|id| states.remove(&id));
            if noted.is_kept() || state.is_some() {
                all.push(Fact {
                    tag: None,
                    record: Some(noted),
                    state,
                    snapshot: Some(snapshot),
                    id,
                });
            }
        }
        let alone = states.into_iter();
        all.extend(alone.map(|(id, state)| Fact {
            state: Some(state),
            snapshot: Some(state),
            id: Some(id),
            ..Fact::default()
        }));
        all.sort_by_key(|fact| {
            (
                fact.id.is_none(),
                fact.id,
                fact.tag.as_ref().map(|tag| tag.name.clone()),
            )
        });
        Ok(Self {
            all,
            has_records,
            records_fault,
            broken,
            is_partial: repo.caps().promisor,
            gone,
            claims,
            prefix,
        })
    }
}

/// All records; none where there is no reference that holds them. Fails where it holds something else.
fn read_records(repo: &Repository) -> Result<Option<Vec<Noted>>, StoreError> {
    let notes = Notes::read(repo, CHECKPOINTS)?;
    refuse_others(repo, CHECKPOINTS, notes.tip())?;
    let noted = notes.read_all(Noted::read)?;
    Ok(notes.tip().map(|_| noted))
}

/// The references below `prefix`; those that cannot be read go to `broken`, and hide no others.
fn list(
    repo: &Repository,
    prefix: &str,
    broken: &mut Vec<(String, String)>,
) -> Result<Vec<(BString, ObjectId)>, VerifyError> {
    if let Ok(all) = refs::list(repo, prefix) {
        return Ok(all);
    }
    let mut found = Vec::new();
    for name in refs::names(repo, prefix)? {
        let name = format!("{prefix}{name}");
        match refs::find(repo, &name) {
            Ok(id) => found.extend(id.map(|id| (name.into(), id))),
            Err(error) => broken.push((name, error.to_string())),
        }
    }
    Ok(found)
}

impl Tag {
    fn read(handle: &gix::Repository, name: &str, id: ObjectId) -> Self {
        let (found, fault) = match handle.try_find_object(id) {
            Ok(Some(object)) => (Some(object), None),
            Ok(None) => (None, Some(format!("the object {id} is not here"))),
            Err(error) => (
                None,
                Some(format!("the object {id} cannot be read: {error}")),
            ),
        };
        let object = found.filter(|object| object.kind == Kind::Tag);
        let object = object.and_then(|object| {
            let tag = object.try_to_tag_ref().ok()?;
            let text = tag.message.to_str_lossy().into_owned();
            Some(TagObject {
                name: tag.name.to_owned(),
                target: tag.target(),
                target_kind: tag.target_kind,
                at: tag
                    .tagger()
                    .ok()
                    .flatten()
                    .and_then(|tagger| Some(tagger.time().ok()?.seconds)),
                signature: tag.signature.map(ToOwned::to_owned),
                message: Message::parse(&text).ok(),
                text,
            })
        });
        Self {
            name: name.to_owned(),
            id,
            object,
            fault,
        }
    }
}

impl Fact {
    /// What its record comes to.
    pub(crate) fn checkpoint(&self) -> Option<&Checkpoint> {
        self.record.as_ref()?.checkpoint.as_deref()
    }

    /// The same, unless it is the record of another checkpoint.
    pub(crate) fn own_checkpoint(&self) -> Option<&Checkpoint> {
        self.record.as_ref()?.own_checkpoint()
    }

    /// What its tag tells.
    pub(crate) fn message(&self) -> Option<&Message> {
        self.tag.as_ref()?.object.as_ref()?.message.as_ref()
    }
}
