//! The policy, from where it counts.

use std::cell::{OnceCell, RefCell};

use checkpoint_git::Repository;
use checkpoint_model::policy::{Case, Layer, Policy, Rules, Source};

use crate::{ReadError, trunk, version::Version};

/// What counts where nothing else does.
const DEFAULTS_COUNT: &str = "the defaults count";

/// Reads the policy of one repository; each version at most once.
///
/// A rule that protects counts as it stands on the protected branch, as its upstream has it where there is one: there
/// it was agreed on, and no agent edits it in passing. The copy in the working tree is read over that, and can only be
/// stricter. Where no branch has a policy, the defaults are what the copy adds to.
#[derive(Debug)]
pub struct PolicyReader<'r> {
    repo: &'r Repository,
    case: Case,
    trunk: OnceCell<Option<(String, Option<Trusted>)>>,
    copy: OnceCell<Option<Version>>,
    problems: RefCell<Vec<Problem>>,
}

/// A version that does not count, since it cannot be read.
#[derive(Debug)]
pub struct Problem {
    /// What is wrong with it.
    pub error: ReadError,
    /// What counts in its place: `the defaults count`, `.git-checkpoint.toml of 'main' counts`.
    pub instead: String,
    /// Whether it was agreed on; else it is the copy in the working tree.
    pub is_agreed: bool,
}

/// A version that was agreed on.
#[derive(Debug, Clone)]
struct Trusted {
    text: String,
    layer: Layer,
}

impl<'r> PolicyReader<'r> {
    /// Reads nothing yet.
    pub fn new(repo: &'r Repository) -> Self {
        let config = repo.gix().config_snapshot();
        let case = match config.boolean("core.ignoreCase") {
            Some(true) => Case::Insensitive,
            _ => Case::Sensitive,
        };
        Self {
            repo,
            case,
            trunk: OnceCell::new(),
            copy: OnceCell::new(),
            problems: RefCell::default(),
        }
    }

    /// The rules that hold for `branch`, without `refs/heads/`; for none, those that hold for all. Never fails: what
    /// cannot be read is among the [`problems`](Self::problems), and what is left counts.
    pub fn rules(&self, branch: Option<&str>) -> Rules {
        let mut trusted = Vec::new();
        let trunk = self.trunk();
        trusted.extend(trunk.and_then(|(_, trusted)| trusted.clone()));
        let trunk = trunk.map(|(name, _)| name.as_str());
        if let Some(branch) = branch.filter(|branch| trunk != Some(branch))
            && (trusted.is_empty()
                || [Some(branch), trunk].map(|it| self.is_usual(it)) != [false, true])
        {
            trusted.extend(self.own(branch, &trusted));
        }
        let mut layers: Vec<_> = trusted
            .iter()
            .map(|trusted| trusted.layer.clone())
            .collect();
        if let Some(copy) = self.copy()
            && !trusted.iter().any(|trusted| trusted.text == copy.text)
        {
            let base = layers
                .first()
                .map(|layer| layer.policy.clone())
                .unwrap_or_default();
            if let Some(layer) = self.understood(copy, Some(&base)) {
                if layers.is_empty() {
                    layers.push(Layer {
                        source: Source::Defaults,
                        policy: base,
                    });
                }
                layers.push(layer);
            }
        }
        Rules::new(layers, self.case)
    }

    /// The same for who judges by them, with why a version that was agreed on, and is there, cannot be read: what is
    /// left then could be anything less. In a partial clone git fetches what it was promised of it.
    pub fn agreed_rules(&self, branch: Option<&str>) -> (Rules, Option<ReadError>) {
        trunk::take_promised(self.repo);
        let rules = self.rules(branch);
        let mut problems = self.problems.borrow_mut();
        let at = problems.iter().position(|problem| problem.is_agreed);
        (rules, at.map(|at| problems.swap_remove(at).error))
    }

    /// What a checkpoint is asked to be: the trusted policy, and of the working tree's copy what is stricter; without a
    /// trusted one the copy alone, but for what may leave the machine. Fails where the copy cannot be read.
    pub fn policy(&self, branch: Option<&str>) -> Result<Policy, ReadError> {
        let copy = Version::of_working_tree(self.repo)?;
        let rules = self.rules(branch);
        let layers = rules.layers();
        match (&layers[0].source, copy) {
            (Source::Defaults, Some(copy)) => Ok(Policy {
                push: rules.merged().push,
                ..copy.over(None)?.policy
            }),
            (_, Some(copy))
                if layers
                    .iter()
                    .all(|layer| layer.source != Source::WorkingTree) =>
            {
                // Either it says what the trusted one does, or nothing that can be understood.
                copy.over(None)?;
                Ok(rules.merged())
            }
            _ => Ok(rules.merged()),
        }
    }

    /// Whether there is a policy at all, be it one that cannot be read.
    pub fn is_given(&self) -> bool {
        let trunk = self.trunk().is_some_and(|(_, trusted)| trusted.is_some());
        trunk || self.copy().is_some() || !self.problems.borrow().is_empty()
    }

    /// The keys of the working tree's copy that do not count, since they ask for less, and what counts of them.
    pub fn looser(&self) -> Option<(Vec<String>, Source)> {
        let copy = self.copy()?;
        let trusted = self.trunk().and_then(|(_, trusted)| trusted.as_ref());
        let mut keys = match trusted {
            Some(trusted) => trusted.layer.policy.looser_keys(&copy.text),
            None => Policy::default().looser_keys(&copy.text),
        };
        // Of all else the copy says what it wants, where nothing is agreed on.
        let guarded = ["branches.", "hooks.", "push."];
        let is_guarded = |key: &String| guarded.iter().any(|section| key.starts_with(section));
        keys.retain(|key| trusted.is_some() || is_guarded(key));
        let source = trusted.map_or(Source::Defaults, |it| it.layer.source.clone());
        (!keys.is_empty()).then_some((keys, source))
    }

    /// What could not be read so far; each is given out once.
    pub fn problems(&self) -> Vec<Problem> {
        self.problems.take()
    }

    /// How the file system takes the names of branches.
    pub fn case(&self) -> Case {
        self.case
    }

    fn trunk(&self) -> Option<&(String, Option<Trusted>)> {
        let read = || {
            let (name, version) = trunk::find(self.repo)?;
            Some((name, self.trusted(version)))
        };
        self.trunk.get_or_init(read).as_ref()
    }

    /// Whether the branch is protected where no policy says otherwise. One that is has a word of its own beside the
    /// trunk, and any branch has beside a trunk that is not: else a remote's HEAD that somebody points at another
    /// branch would free it. The others, on which most commits are made, are not looked up.
    fn is_usual(&self, branch: Option<&str>) -> bool {
        let usual = Policy::default().branches.protected;
        branch.is_some_and(|branch| usual.matching(branch, self.case).is_some())
    }

    /// The version of a branch counts beside the trunk's only if it protects that branch: else anybody commits there.
    fn own(&self, branch: &str, others: &[Trusted]) -> Option<Trusted> {
        let own = self.noted(Version::of_branch(self.repo, branch).map(Option::flatten))?;
        if others.iter().any(|other| other.text == own.text) {
            return None;
        }
        let layer = own.over(None).ok()?;
        let protected = &layer.policy.branches.protected;
        protected.matching(branch, self.case)?;
        Some(Trusted {
            text: own.text,
            layer,
        })
    }

    fn trusted(&self, version: Result<Option<Version>, ReadError>) -> Option<Trusted> {
        let version = self.noted(version)?;
        let layer = self.understood(&version, None)?;
        Some(Trusted {
            text: version.text,
            layer,
        })
    }

    fn copy(&self) -> Option<&Version> {
        let read = || match Version::of_working_tree(self.repo) {
            Ok(copy) => copy,
            Err(error) => {
                self.note(error, self.counting(), false);
                None
            }
        };
        self.copy.get_or_init(read).as_ref()
    }

    fn noted(&self, version: Result<Option<Version>, ReadError>) -> Option<Version> {
        match version {
            Ok(version) => version,
            Err(error) => {
                self.note(error, DEFAULTS_COUNT.to_owned(), true);
                None
            }
        }
    }

    fn understood(&self, version: &Version, base: Option<&Policy>) -> Option<Layer> {
        match version.over(base) {
            Ok(layer) => Some(layer),
            Err(error) => {
                let is_agreed = version.source != Source::WorkingTree;
                let instead = match is_agreed {
                    true => DEFAULTS_COUNT.to_owned(),
                    false => self.counting(),
                };
                self.note(error, instead, is_agreed);
                None
            }
        }
    }

    /// What counts without the copy in the working tree.
    fn counting(&self) -> String {
        match self.trunk() {
            Some((_, Some(trusted))) => format!("{} counts", trusted.layer.source),
            _ => DEFAULTS_COUNT.to_owned(),
        }
    }

    fn note(&self, error: ReadError, instead: String, is_agreed: bool) {
        self.problems.borrow_mut().push(Problem {
            error,
            instead,
            is_agreed,
        });
    }
}
