//! The story: gather what there is, check it, tell.

use std::collections::{BTreeSet, HashSet};

use checkpoint_git::{Repository, Surroundings};
use checkpoint_model::{policy::Policy, shell::word};
use checkpoint_scan::Rules;
use gix::ObjectId;

use crate::{
    VerifyError,
    check::{About, Check, CheckId, Report, Status, Verified},
    facts::{Fact, Facts},
    history, promised,
    range::Range,
    records,
    remote::{self, Remote},
    scratch, secrets,
    signature::Signers,
    states::{self, How},
    tags::{Heads, Tags},
    trees::{self, Depth},
};

/// What is to be verified, and how far.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Which checkpoints.
    pub which: Which,
    /// A range of commits, in the words of git-rev-list(1).
    pub range: Option<String>,
    /// A remote to compare tags with.
    pub remote: Option<String>,
    /// Whether states are restored into a scratch repository.
    pub restore: bool,
    /// Whether the fingerprints of all states are computed, however many and large they are.
    pub manifests: bool,
    /// Whether every object of the states is read and hashed, not only looked for.
    pub objects: bool,
    /// Whether the content of states is scanned for secrets.
    pub secrets: bool,
}

/// Which checkpoints are verified.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Which {
    /// Every one that has a tag, a record or a state here.
    #[default]
    All,
    /// These.
    Some(Vec<Wanted>),
}

/// A checkpoint to be verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// By what its tag is called, whatever that points at.
    Tag(String),
    /// By its snapshot.
    Snapshot(ObjectId),
}

/// Makes every check that is asked for. `policy` is what was agreed on; reads, and changes nothing.
///
/// Fails with [`VerifyError`] only where nothing can be said at all; what is wrong with a checkpoint is in the report.
pub fn verify(
    repo: &Repository,
    surroundings: &Surroundings,
    policy: &Policy,
    request: &Request,
) -> Result<Report, VerifyError> {
    promised::take_records(repo);
    let handle = trees::handle(repo);
    let facts = Facts::gather(repo, &handle)?;
    let asked = request.remote.as_deref();
    let asked = asked.map(|name| Remote::ask(repo, name, &facts.prefix));
    let asked = asked.transpose()?;
    let source = remote::source(repo, asked.as_ref());
    let ground = Ground {
        repo,
        handle: &handle,
        facts: &facts,
        asked: asked.as_ref(),
        source: source.as_deref(),
        policy,
    };
    let mut report = Report::default();
    let whole = ground.repository(&request.which);
    let chosen = chosen(&facts, &request.which);
    let how = How {
        remote: ground.source,
        all_manifests: request.manifests || request.which != Which::All,
        depth: match request.objects {
            true => Depth::Content,
            false => Depth::Presence,
        },
    };
    let states = states::check(repo, &handle, &chosen, how);
    let mut checkpoints = ground.checkpoints(&chosen, states)?;
    let rules = Rules::new(&policy.push);
    for (fact, verified) in chosen.iter().zip(&mut checkpoints) {
        verified.checks.push(secrets::of_words(fact, &rules));
        if request.restore {
            let absent = verified.checks.iter().find(|check| {
                check.id == CheckId::ObjectsComplete && check.status == Status::NotHere
            });
            let check = match absent {
                Some(absent) => Check {
                    id: CheckId::Restorable,
                    ..absent.clone()
                },
                None => scratch::check(repo, surroundings, fact)?,
            };
            verified.checks.push(check);
        }
        verified.checks.sort_by_key(|check| check.id);
    }
    report.verified.extend(whole);
    if request.secrets {
        let check = secrets::of_states(repo, &chosen, &rules)?;
        report.verified.push(Verified {
            about: About::Repository,
            checks: vec![check],
        });
    }
    report.verified.append(&mut checkpoints);
    if let Some(words) = &request.range {
        let range = Range {
            repo,
            policy,
            facts: &facts,
            remote: ground.source,
        };
        report.verified.extend(range.check(words)?);
    }
    Ok(report)
}

fn chosen<'f>(facts: &'f Facts, which: &Which) -> Vec<&'f Fact> {
    let is_wanted = |fact: &Fact| match which {
        Which::All => true,
        Which::Some(wanted) => wanted.iter().any(|wanted| match wanted {
            Wanted::Tag(name) => fact.tag.as_ref().is_some_and(|tag| tag.name == *name),
            Wanted::Snapshot(id) => fact.snapshot == Some(*id),
        }),
    };
    facts.all.iter().filter(|fact| is_wanted(fact)).collect()
}

/// What all checks stand on.
struct Ground<'a> {
    repo: &'a Repository,
    /// A handle that remembers what differences in packs are based on.
    handle: &'a gix::Repository,
    facts: &'a Facts,
    /// The remote to compare with.
    asked: Option<&'a Remote>,
    /// Where what is not here may be had.
    source: Option<&'a str>,
    policy: &'a Policy,
}

impl Ground<'_> {
    fn checkpoints(
        &self,
        chosen: &[&Fact],
        states: Vec<Vec<Check>>,
    ) -> Result<Vec<Verified>, VerifyError> {
        let heads = chosen
            .iter()
            .filter_map(|fact| fact.message()?.created.head.clone());
        let heads: BTreeSet<_> = heads
            .filter_map(|hex| ObjectId::from_hex(hex.as_bytes()).ok())
            .collect();
        let strangers = history::strangers(self.repo, &heads);
        let tags = Tags {
            repo: self.repo,
            handle: self.handle,
            heads: Heads::default(),
            prefix: &self.facts.prefix,
            remote: self.asked,
            source: self.source,
            strangers: strangers.as_deref().map_err(ToString::to_string),
        };
        let signers = Signers::of(self.repo, self.policy, self.source)?;
        let verified = chosen.iter().zip(states).map(|(fact, states)| {
            let mut checks = tags.check(fact);
            checks.extend(records::check(fact, self.facts, self.source));
            checks.extend(signers.check(self.repo, fact));
            checks.extend(states);
            Verified {
                about: about(fact),
                checks,
            }
        });
        Ok(verified.collect())
    }

    /// What is not here of what should be, where no checkpoint tells of it.
    fn repository(&self, which: &Which) -> Option<Verified> {
        let whole = (*which == Which::All).then_some(self)?;
        let missing = [whole.tags(), whole.records()].into_iter().flatten();
        let checks: Vec<_> = missing.chain(whole.broken()).collect();
        (!checks.is_empty()).then_some(Verified {
            about: About::Repository,
            checks,
        })
    }

    /// References that cannot be read: what they name may be anything.
    fn broken(&self) -> impl Iterator<Item = Check> {
        self.facts.broken.iter().map(|(name, why)| {
            let id = match name.starts_with(&self.facts.prefix) {
                true => CheckId::TagPresent,
                false => CheckId::SnapshotShape,
            };
            let look = format!("git for-each-ref {}", word(name));
            Check::failed(id, format!("'{name}' is broken: {why}"), Some(look))
        })
    }

    fn tags(&self) -> Option<Check> {
        let remote = self.asked?;
        let tags = self.facts.all.iter().filter_map(|fact| fact.tag.as_ref());
        let here: HashSet<&str> = tags.map(|tag| tag.name.as_str()).collect();
        let is_here = |name: &str| {
            let short = name.strip_prefix(&self.facts.prefix).unwrap_or(name);
            let is_broken = || self.facts.broken.iter().any(|(broken, _)| broken == name);
            self.facts.gone.contains(short) || here.contains(short) || is_broken()
        };
        let mut missing = remote.tags.keys().filter(|name| !is_here(name));
        let first = missing.next()?;
        let more = match missing.count() {
            0 => String::new(),
            n => format!(", and {n} more"),
        };
        let why = format!(
            "'{}' has tags that are not here: {first}{more}",
            remote.name
        );
        let remedy = remote::fetch(&remote.name);
        Some(Check::failed(CheckId::TagPresent, why, Some(remedy)))
    }

    fn records(&self) -> Option<Check> {
        let source = self.source?;
        // Where nobody was asked there might be some.
        let may_have = self.asked.is_none_or(|remote| remote.has_records);
        if self.facts.has_records || !self.facts.all.is_empty() || !may_have {
            return None;
        }
        let why = format!(
            "neither tags nor records of checkpoints are here, so nothing can be verified (--remote {} asks whether there are any)",
            word(source)
        );
        let remedy = remote::fetch(source);
        Some(Check::failed(CheckId::RecordPresent, why, Some(remedy)))
    }
}

fn about(fact: &Fact) -> About {
    let recorded = || fact.checkpoint()?.name.as_ref().map(ToString::to_string);
    About::Checkpoint {
        id: fact.id,
        name: fact
            .tag
            .as_ref()
            .map(|tag| tag.name.clone())
            .or_else(recorded),
        snapshot: fact.snapshot,
    }
}
