//! What is recorded of a run, in the order in which it happens.

use std::{cell::Cell, time::Instant};

use checkpoint_cli::Session;
use checkpoint_git::{ProgramError, refs::RefChange};
use checkpoint_model::{
    event::{Event, EventBody, GitOperationFailed},
    id::RunId,
    words::Actor,
};
use checkpoint_store::{Doing, StoreError, Subject};
use chrono::{DateTime, TimeDelta, Utc};

/// Writes events of one command. Each is later than the one before by a millisecond at least, so that their ids keep
/// the order also where two happen at once, and as late as it really is: a push may take minutes.
pub struct Log<'s> {
    session: &'s Session<'s>,
    by: Actor,
    command: String,
    began: Instant,
    last: Cell<DateTime<Utc>>,
}

impl<'s> Log<'s> {
    /// A log of what `by` does with `command`, as one types it.
    pub fn new(session: &'s Session<'s>, by: Actor, command: &str) -> Self {
        Self {
            session,
            by,
            command: command.to_owned(),
            began: Instant::now(),
            last: Cell::new(session.now() - TimeDelta::milliseconds(1)),
        }
    }

    /// Now, and later than before.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        let elapsed = TimeDelta::from_std(self.began.elapsed()).unwrap_or_default();
        let next = self.last.get() + TimeDelta::milliseconds(1);
        let now = next.max(self.session.now() + elapsed);
        self.last.set(now);
        now
    }

    pub(crate) fn doing(&self) -> Doing {
        Doing {
            now: self.now(),
            by: self.by.clone(),
            command: self.command.clone(),
        }
    }

    /// An event that happens now.
    pub(crate) fn event(&self, body: impl Into<EventBody>) -> Event {
        self.doing().event(body)
    }

    /// Records what happened to a run.
    pub(crate) fn tell(&self, run: RunId, body: impl Into<EventBody>) -> Result<(), StoreError> {
        self.tell_with(run, [body.into()], &[])
    }

    /// Records it together with `changes` of references, all or nothing.
    pub(crate) fn tell_with(
        &self,
        run: RunId,
        bodies: impl IntoIterator<Item = EventBody>,
        changes: &[RefChange],
    ) -> Result<(), StoreError> {
        let told = bodies
            .into_iter()
            .map(|body| (Subject::run(run), self.event(body)));
        let told: Vec<_> = told.collect();
        checkpoint_store::append_with(&self.session.repo, told, changes, &self.doing())
    }

    /// Records a failure. That it cannot be recorded is only told: the failure itself is what counts.
    pub(crate) fn tell_failure(&self, run: RunId, operation: &str, error: &dyn std::fmt::Display) {
        let body = GitOperationFailed {
            run: Some(run),
            operation: operation.to_owned(),
            code: None,
            message: in_short(&error.to_string()),
            checkpoint: None,
        };
        self.try_tell(run, body);
    }

    pub(crate) fn try_tell(&self, run: RunId, body: impl Into<EventBody>) {
        if let Err(error) = self.tell(run, body) {
            let talk = self.session.console.talk();
            talk.warning(format_args!("not in the record of the run: {error}"));
        }
    }
}

/// The most that a record keeps of a message.
const LONGEST: usize = 1000;

/// A message for a record: not the whole output of a hook.
pub(crate) fn in_short(message: &str) -> String {
    let message = without_credentials(message.trim());
    match message.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message,
    }
}

/// What a git program said, on one line: its command line says nothing to whoever reads of what we do.
pub(crate) fn said(error: &ProgramError) -> String {
    match error {
        ProgramError::Failed { stderr, .. } => {
            let line = stderr.lines().find(|line| !line.trim().is_empty());
            let line = line.unwrap_or_default();
            let plain = ["fatal: ", "error: "]
                .iter()
                .find_map(|mark| line.strip_prefix(mark));
            // It may go on with what to type to git, which is not what to type here.
            without_credentials(plain.unwrap_or(line).trim_end_matches(';'))
        }
        other => without_credentials(&other.to_string()),
    }
}

/// `https://user:secret@host/…` without what stands before the `@`.
pub(crate) fn without_credentials(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        clean.push_str(before);
        let end = after
            .find(|c: char| c == '/' || c.is_whitespace() || c == '\'' || c == '"')
            .unwrap_or(after.len());
        let authority = &after[..end];
        clean.push_str(
            authority
                .rsplit_once('@')
                .map_or(authority, |(_, host)| host),
        );
        rest = &after[end..];
    }
    clean.push_str(rest);
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_record_holds_a_password() {
        let check = |text: &str, want: &str| assert_eq!(without_credentials(text), want);
        check("git@host:repo.git", "git@host:repo.git");
        check("https://host/a@b", "https://host/a@b");
        check("https://me:secret@host/a", "https://host/a");
        check("https://tok@en@host:8080/a", "https://host:8080/a");
        check(
            "fatal: 'https://x:y@h/a' and ssh://git@h/b failed",
            "fatal: 'https://h/a' and ssh://h/b failed",
        );
        check("https://x:y@h", "https://h");
    }

    #[test]
    fn a_long_message_is_cut() {
        assert_eq!(in_short(" a\n"), "a");
        assert_eq!(in_short(&"é".repeat(2000)).chars().count(), LONGEST + 1);
    }
}
