//! Many blobs, on as many threads as there are processors.

use std::{
    collections::HashMap,
    io::Read,
    num::NonZero,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    thread,
};

use bstr::{BStr, BString, ByteSlice as _};
use checkpoint_git::Repository;
use checkpoint_model::policy::{ContentHash, Push};
use gix::ObjectId;

use crate::{
    ScanError,
    blob::{self, Streamed},
    content::{self, Content, Found, MOST},
    file::Suspect,
    matcher::Matcher,
    name,
    rules::{self, Rule},
};

/// Something that would be published.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Object {
    /// The blob, or the commit; null for a name alone.
    pub id: ObjectId,
    /// The path, from the top of its tree; what stands for one of a commit.
    pub path: BString,
    /// What of it is looked at.
    pub aspect: Aspect,
}

/// What of an object is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Aspect {
    /// What is in a file.
    File,
    /// The path itself.
    Name,
    /// The message of a commit, and who made it.
    Commit,
}

/// What is looked for, and what is passed over.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    allowed: Push,
}

/// A secret that would be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule that finds it.
    pub rule: &'static str,
    /// What that rule finds, in a few words.
    pub what: &'static str,
    /// Where it is.
    pub path: BString,
    /// The blob or the commit it is in; null where it is in neither.
    pub blob: ObjectId,
    /// The line, counted from 1.
    pub line: u64,
    /// The name it was given to or how it begins, and its length; never the secret itself.
    pub excerpt: String,
    /// `sha256:` and the hash of the secret, for the policy's `push.allow-hashes`; of the whole content where the file
    /// itself is the secret.
    pub secret: String,
}

/// What a scan found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// The secrets, by path and line.
    pub findings: Vec<Finding>,
    /// How many were passed over, as the policy or the command line allows.
    pub allowed: u64,
    /// Blobs that were read.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Those of them that are binary: only keys and tokens were looked for.
    pub binary: u64,
    /// Blobs that are not here, as in a partial clone, and were not looked at.
    pub missing: Vec<Object>,
}

impl Rules {
    /// All rules but what the policy allows.
    #[must_use]
    pub fn new(policy: &Push) -> Self {
        Self {
            allowed: policy.clone(),
        }
    }

    /// Without the rule `id`. Fails with [`ScanError::UnknownRule`].
    pub fn without(mut self, id: &str) -> Result<Self, ScanError> {
        let rule = rules::find(id).ok_or_else(|| ScanError::UnknownRule { id: id.to_owned() })?;
        self.allowed.allow_rules.push(rule.id.to_owned());
        Ok(self)
    }

    /// What the policy allows and no rule here is called: a rule of a newer version, or a slip.
    pub fn unknown(&self) -> impl Iterator<Item = &str> {
        let ids = self.allowed.allow_rules.iter().map(String::as_str);
        ids.filter(|id| rules::find(id).is_none())
    }

    fn allows(&self, finding: &Finding) -> bool {
        let own = [&finding.secret, &finding.blob.to_string()];
        let is_own = |hash: &ContentHash| own.contains(&&hash.to_string());
        self.allowed.has_rule(finding.rule) || self.allowed.allow_hashes.iter().any(is_own)
    }
}

/// Looks for secrets in `objects`, each read once whatever the number of its paths, and in these. `done` counts them.
///
/// Fails with [`ScanError::Unreadable`] on an object that is here and cannot be read.
pub fn scan(
    repo: &Repository,
    objects: &[Object],
    rules: &Rules,
    done: &AtomicU64,
) -> Result<Findings, ScanError> {
    let mut findings = Findings::default();
    let groups = grouped(objects, rules, &mut findings);
    let work = Work {
        rules,
        done,
        next: AtomicUsize::new(0),
        groups: &groups,
        failure: Mutex::default(),
    };
    let threads = thread::available_parallelism()
        .map_or(1, NonZero::get)
        .min(groups.len());
    let parts: Vec<Part> = thread::scope(|scope| {
        // A system that has no thread to spare is slow, not broken: the calling thread does all there is to do.
        let others: Vec<_> = (1..threads)
            .map_while(|_| {
                let repo = repo.gix().clone();
                thread::Builder::new()
                    .spawn_scoped(scope, || work.run(repo))
                    .ok()
            })
            .collect();
        let mut parts = vec![work.run(repo.gix().clone())];
        parts.extend(others.into_iter().map(|other| {
            other
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        }));
        parts
    });
    if let Some(error) = work
        .failure
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner)
    {
        return Err(error);
    }
    for part in parts {
        for group in part.packed {
            let id = group.id;
            let mut streamed = Streamed::open(repo, id)?;
            let content = read(&mut streamed, group)?;
            streamed.finish().map_err(|error| ScanError::Unreadable {
                id,
                source: error.into(),
            })?;
            findings.add(group, &content, rules);
            done.fetch_add(1, Relaxed);
        }
        findings.merge(part.findings);
    }
    findings
        .findings
        .sort_by(|one, other| (&one.path, one.line).cmp(&(&other.path, other.line)));
    Ok(findings)
}

/// Looks for secrets in a text that is no blob, such as a message; findings tell `path` for its place.
#[must_use]
pub fn scan_text(path: &BStr, text: &[u8], rules: &Rules) -> Vec<Finding> {
    let group = Group {
        id: ObjectId::null(gix::hash::Kind::Sha1),
        aspect: Aspect::File,
        paths: vec![path],
    };
    let mut findings = Findings::default();
    if let Ok(content) = content::search(&mut &text[..], false) {
        findings.add(&group, &content, rules);
    }
    findings.findings
}

/// An object with its paths.
struct Group<'a> {
    id: ObjectId,
    aspect: Aspect,
    paths: Vec<&'a BStr>,
}

/// Objects by their ids, without the paths that are not looked at; names are looked at by the way.
fn grouped<'a>(objects: &'a [Object], rules: &Rules, findings: &mut Findings) -> Vec<Group<'a>> {
    let mut places: HashMap<ObjectId, usize> = HashMap::with_capacity(objects.len());
    let mut groups: Vec<Group<'a>> = Vec::new();
    for object in objects {
        let path: &BStr = object.path.as_ref();
        if object.aspect != Aspect::Commit && rules.allowed.has_path(path) {
            findings.allowed += 1;
            continue;
        }
        if object.aspect == Aspect::Name {
            findings.name(path, rules);
            continue;
        }
        let place = *places.entry(object.id).or_insert_with(|| {
            groups.push(Group {
                id: object.id,
                aspect: object.aspect,
                paths: Vec::new(),
            });
            groups.len() - 1
        });
        if !groups[place].paths.contains(&path) {
            groups[place].paths.push(path);
        }
    }
    groups
}

/// What the threads share.
struct Work<'a> {
    rules: &'a Rules,
    done: &'a AtomicU64,
    next: AtomicUsize,
    groups: &'a [Group<'a>],
    failure: Mutex<Option<ScanError>>,
}

/// What one thread has done, and what it could not do.
#[derive(Default)]
struct Part<'a> {
    findings: Findings,
    packed: Vec<&'a Group<'a>>,
}

impl<'a> Work<'a> {
    fn run(&self, mut repo: gix::Repository) -> Part<'a> {
        repo.objects.ignore_replacements = true;
        let mut part = Part::default();
        while let Some(group) = self.groups.get(self.next.fetch_add(1, Relaxed)) {
            if let Err(error) = self.look(&repo, group, &mut part) {
                self.next.store(self.groups.len(), Relaxed);
                let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
                failure.get_or_insert(error);
            }
        }
        part
    }

    fn look(
        &self,
        repo: &gix::Repository,
        group: &'a Group<'a>,
        part: &mut Part<'a>,
    ) -> Result<(), ScanError> {
        if group.aspect == Aspect::Commit {
            part.findings.commit(repo, group, self.rules)?;
            self.done.fetch_add(1, Relaxed);
            return Ok(());
        }
        match blob::open(repo, group.id)? {
            blob::Blob::Packed => {
                part.packed.push(group);
                return Ok(());
            }
            blob::Blob::Missing => {
                let missing = group.paths.iter().map(|path| Object {
                    id: group.id,
                    path: (*path).to_owned(),
                    aspect: Aspect::File,
                });
                part.findings.missing.extend(missing);
            }
            blob::Blob::Here(mut reader) => {
                let content = read(&mut *reader, group)?;
                part.findings.add(group, &content, self.rules);
            }
        }
        self.done.fetch_add(1, Relaxed);
        Ok(())
    }
}

fn read(reader: &mut dyn Read, group: &Group<'_>) -> Result<Content, ScanError> {
    let is_suspect = group.paths.iter().any(|path| Suspect::of(path).is_some());
    content::search(reader, is_suspect).map_err(|error| ScanError::Unreadable {
        id: group.id,
        source: error.into(),
    })
}

impl Found {
    fn tell(&self, blob: ObjectId, path: &BString) -> Finding {
        Finding {
            rule: self.rule.id,
            what: self.rule.what,
            path: path.clone(),
            blob,
            line: self.line,
            excerpt: self.excerpt.clone(),
            secret: format!("sha256:{}", self.sha256),
        }
    }
}

impl Findings {
    fn add(&mut self, group: &Group<'_>, content: &Content, rules: &Rules) {
        self.blobs += 1;
        self.bytes += content.bytes;
        self.binary += u64::from(content.is_binary);
        for path in &group.paths {
            let finding = |rule: &'static Rule, line, excerpt: String, sha256: &str| Finding {
                rule: rule.id,
                what: rule.what,
                path: name::shown(path),
                blob: group.id,
                line,
                excerpt,
                secret: format!("sha256:{sha256}"),
            };
            let file = Suspect::of(path).and_then(|suspect| suspect.convict(&content.head));
            let file = file.zip(content.sha256.as_deref());
            let file = file.map(|(file, sha256)| {
                finding(file.rule, file.line, format!("{}…", file.label), sha256)
            });
            let shown = name::shown(path);
            let inside = content.found.iter();
            let inside = inside.map(|found| found.tell(group.id, &shown));
            self.sort_out(file.into_iter().chain(inside), rules);
        }
    }

    /// Looks at a path.
    fn name(&mut self, path: &BStr, rules: &Rules) {
        let Some(telling) = name::search(path) else {
            return;
        };
        let place = format!("(name of {})", telling.shown).into();
        let null = ObjectId::null(gix::hash::Kind::Sha1);
        let found = telling.found.iter().map(|found| Finding {
            line: 1,
            ..found.tell(null, &place)
        });
        self.sort_out(found, rules);
    }

    /// Looks at what a commit says: who made it, and why.
    fn commit(
        &mut self,
        repo: &gix::Repository,
        group: &Group<'_>,
        rules: &Rules,
    ) -> Result<(), ScanError> {
        let object = repo
            .find_object(group.id)
            .map_err(|error| ScanError::Unreadable {
                id: group.id,
                source: error.into(),
            })?;
        let (head, message) = object
            .data
            .split_once_str("\n\n")
            .unwrap_or((&object.data, b""));
        for (what, text) in [("header", head), ("message", message)] {
            for path in &group.paths {
                let place = format!("({what} of {path})").into();
                let found = content::search_short(text, Matcher::of_text());
                let found = found.iter().map(|found| found.tell(group.id, &place));
                self.sort_out(found, rules);
            }
        }
        Ok(())
    }

    fn sort_out(&mut self, found: impl Iterator<Item = Finding>, rules: &Rules) {
        let (allowed, found): (Vec<_>, Vec<_>) = found.partition(|it| rules.allows(it));
        self.allowed += allowed.len() as u64;
        self.findings.extend(found.into_iter().take(MOST));
    }

    fn merge(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.allowed += other.allowed;
        self.blobs += other.blobs;
        self.bytes += other.bytes;
        self.binary += other.binary;
        self.missing.extend(other.missing);
    }
}
