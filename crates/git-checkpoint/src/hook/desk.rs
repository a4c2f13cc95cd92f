//! What the hooks share: the repository, its rules, and what is done with a verdict.

use std::ffi::OsString;

use checkpoint_cli::{Console, Session};
use checkpoint_git::{Head, Repository, refs};
use checkpoint_model::{
    event::PolicyOverride,
    policy::{Reason, Rule, Rules, Verdict},
};
use checkpoint_policy::{Agent, Allowance, PolicyReader, upstream};
use checkpoint_store::{Doing, Subject};

use super::{
    error::{Grounds, HookError},
    scripts::Event,
};
use crate::CheckpointError;

/// The repository in which git runs a hook.
pub(super) struct Desk<'a> {
    pub(super) session: Session<'a>,
    pub(super) event: Event,
    /// What git gives to the hook.
    pub(super) words: &'a [OsString],
}

impl<'a> Desk<'a> {
    pub(super) fn open(
        console: &'a Console,
        event: Event,
        words: &'a [OsString],
    ) -> Result<Self, CheckpointError> {
        let mut session = Session::open(console)?;
        session.repo = session.repo.in_hook();
        Ok(Self {
            session,
            event,
            words,
        })
    }

    pub(super) fn repo(&self) -> &Repository {
        &self.session.repo
    }

    /// The branch that a commit at HEAD moves, without `refs/heads/`; none where HEAD is detached. A branch may be a
    /// symbolic reference to another one: then that moves.
    pub(super) fn branch(&self, head: &Head) -> Option<String> {
        checkpoint_work::moved_branch(self.repo(), head)
    }

    /// The rules for `branch`; what cannot be read of them is told.
    pub(super) fn rules(&self, reader: &PolicyReader<'_>, branch: &str) -> Rules {
        let rules = reader.rules(Some(branch));
        // One command runs several hooks, and these twice or more.
        if !matches!(
            self.event,
            Event::PrepareCommitMsg | Event::ReferenceTransaction
        ) {
            let has_problems = self.session.tell_of(reader);
            if has_problems {
                self.session
                    .console
                    .talk()
                    .hint("see the place in it: git checkpoint doctor");
            }
        }
        rules
    }

    /// Whether the branch of HEAD is about to begin, and no upstream has it already.
    pub(super) fn is_first(&self, head: &Head, branch: &str) -> bool {
        let tracking = || upstream::tracking(self.repo(), branch);
        head.id.is_none() && !matches!(refs::find(self.repo(), &tracking()), Ok(Some(_)))
    }

    /// Lets pass what may, with a warning where that is asked for, and says no to the rest. A person who asks to pass
    /// the rule does, and that is recorded for the reference `name`.
    pub(super) fn hold(
        &self,
        verdict: Verdict,
        name: &str,
        refusal: impl FnOnce(Box<Grounds>) -> HookError,
    ) -> Result<(), CheckpointError> {
        match verdict {
            Verdict::Allowed => Ok(()),
            // Said already by the hook before it; where there was none, a warning is not worth another.
            Verdict::Warned(_) if self.event == Event::PrepareCommitMsg => Ok(()),
            Verdict::Warned(reason) => {
                let grounds = Grounds::of(reason);
                let why = grounds.to_string();
                let talk = self.session.console.talk();
                talk.warning(format_args!("{} ({why})", refusal(grounds).let_pass()));
                Ok(())
            }
            Verdict::Refused(reason) => {
                let allowance = Allowance::read(&self.session.surroundings);
                let agent = Agent::around(&self.session.surroundings);
                if agent.is_none() && allowance.covers(reason.rule) {
                    return self.record(&reason, name);
                }
                Err(refusal(Grounds::against(reason, &allowance, agent)).into())
            }
        }
    }

    /// Of the hooks that guard one commit, the one that runs for each of them has the word.
    fn record(&self, reason: &Reason, name: &str) -> Result<(), CheckpointError> {
        let comes_again = matches!(self.event, Event::PreCommit | Event::PreMergeCommit);
        if comes_again && reason.rule == Rule::Commit {
            return Ok(());
        }
        let body = PolicyOverride {
            rule: reason.rule,
            reference: name.to_owned(),
            hook: self.event.as_str().to_owned(),
        };
        checkpoint_store::append_to(self.repo(), &Subject::POLICY, body, &self.doing(None))?;
        let talk = self.session.console.talk();
        talk.status(format_args!(
            "rule '{}' is passed, and that is recorded",
            reason.rule
        ));
        Ok(())
    }

    /// Who acts, and when.
    pub(super) fn doing(&self, agent: Option<&Agent>) -> Doing {
        let name = agent.map(|agent| agent.name.as_str());
        let session = agent.and_then(|agent| agent.session.as_deref());
        Doing {
            now: self.session.now(),
            by: self.session.actor(name, session),
            command: format!("git checkpoint hook {}", self.event.as_str()),
        }
    }
}
