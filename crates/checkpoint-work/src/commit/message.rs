//! The message of a commit: a subject by the template, a body, and trailers as git puts them.

use checkpoint_cli::Session;
use checkpoint_model::{
    attribution::Trailer,
    template::{Field, Template},
    who::Who,
};

use super::CommitError;
use crate::WorkError;

/// What a commit says, as whoever asks for it said it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// What was done, in one line.
    pub description: String,
    /// More about it; may be empty.
    pub body: String,
}

impl Words {
    /// The first line of a text, and the rest of it.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let text = text.trim();
        let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
        Self {
            description: first.trim().to_owned(),
            body: rest.trim().to_owned(),
        }
    }

    /// The same with `subject` in the place of the description.
    pub(super) fn under(&self, subject: &str) -> String {
        match self.body.as_str() {
            "" => format!("{subject}\n"),
            body => format!("{subject}\n\n{body}\n"),
        }
    }
}

/// The subject of a commit of `who`.
pub(super) fn subject(
    template: &Template,
    words: &Words,
    who: &Who,
    run: Option<&str>,
    branch: &str,
) -> Result<String, CommitError> {
    if words.description.is_empty() {
        return Err(CommitError::NoDescription);
    }
    Ok(template.fill(|field| match field {
        Field::Agent => Some(&who.agent),
        Field::Task => who.task.as_deref(),
        Field::Description => Some(&words.description),
        Field::Session => who.session.as_deref(),
        Field::Model => who.model.as_deref(),
        Field::Run => run,
        Field::Branch => Some(branch),
    }))
}

/// Refuses a `Signed-off-by` that was typed for an agent's commit, whether the agent shows or was only named: it says
/// that a person vouches for the change. Nothing of ours adds one.
pub(super) fn refuse_sign_off(words: &Words) -> Result<(), CommitError> {
    match signs_off(&words.description) || signs_off(&words.body) {
        true => Err(CommitError::SignedOff),
        false => Ok(()),
    }
}

/// Whether a line of `text` says that a person vouches for the change.
#[must_use]
pub fn signs_off(text: &str) -> bool {
    let key = "signed-off-by:";
    text.lines().any(|line| {
        let start = line.trim_start().get(..key.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(key))
    })
}

/// The message with the trailers that it does not have yet, where git-interpret-trailers(1) puts them.
pub(super) fn with_trailers(
    session: &Session<'_>,
    message: String,
    trailers: &[Trailer],
) -> Result<String, WorkError> {
    let lines = || trailers.iter().map(|trailer| format!("{trailer}\n"));
    if trailers.is_empty() {
        return Ok(message);
    }
    let message = undivided(&message);
    if is_subject(&message) && !has_rules(session) {
        // A message of one paragraph has no trailers yet: git would add a paragraph, too.
        return Ok(format!("{message}\n{}", lines().collect::<String>()));
    }
    let mut words = vec![
        "-c".to_owned(),
        // A last line that begins with a '#' is a line like any other.
        format!("core.commentChar={}", unused(&message)),
        "interpret-trailers".to_owned(),
        "--no-divider".to_owned(),
        "--where=end".to_owned(),
        "--if-exists=addIfDifferent".to_owned(),
        "--if-missing=add".to_owned(),
    ];
    words.extend(
        trailers
            .iter()
            .map(|trailer| format!("--trailer={trailer}")),
    );
    let output = session.repo.git(words).output_of(message.as_bytes())?;
    Ok(String::from_utf8_lossy(&output).into_owned())
}

/// The message without a line that git-interpret-trailers(1) and git-am(1) take for its end: they would find no trailer
/// behind it. Indented, it is a rule like before, also in Markdown.
fn undivided(message: &str) -> String {
    let is_divider = |line: &str| {
        let rest = line.strip_prefix("---");
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
    };
    let line = |line: &str| match is_divider(line) {
        true => format!(" {line}"),
        false => line.to_owned(),
    };
    let lines = message.split_inclusive('\n').map(line);
    lines.collect()
}

/// Whether a commit's message came of this one. Hooks may add to it, and word its subject otherwise; its last line is
/// mostly a trailer that no other has.
pub(super) fn is_of(made: &str, message: &str) -> bool {
    let mut lines = message.lines().map(str::trim);
    let mut lines = [lines.next(), lines.next_back()].into_iter().flatten();
    lines.any(|line| !line.is_empty() && made.contains(line))
}

fn is_subject(message: &str) -> bool {
    message.lines().count() == 1
}

/// Whether git config has rules of its own for trailers.
fn has_rules(session: &Session<'_>) -> bool {
    let config = session.repo.gix().config_snapshot();
    let mut sections = config.plumbing().sections_by_name("trailer");
    sections
        .as_mut()
        .is_some_and(|sections| sections.next().is_some())
}

/// A character that no line begins with.
fn unused(message: &str) -> char {
    let is_free = |character: &char| !message.lines().any(|line| line.starts_with(*character));
    ['\u{1}', '\u{2}', '\u{3}', '#']
        .into_iter()
        .find(is_free)
        .unwrap_or('\u{4}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_the_description() {
        let check = |text: &str, description: &str, body: &str| {
            let words = Words::of(text);
            assert_eq!(
                (words.description.as_str(), words.body.as_str()),
                (description, body)
            );
        };
        check("one", "one", "");
        check("one\n", "one", "");
        check("\n\n one \n\ntwo\n\nthree\n\n", "one", "two\n\nthree");
        check("one\ntwo", "one", "two");
        check("", "", "");
    }
}
