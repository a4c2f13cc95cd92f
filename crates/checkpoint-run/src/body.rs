//! The text of a pull request, from a template and the record of a run.

use std::fmt::Write as _;

use checkpoint_model::{event::Percent, run::Run};
use miette::NamedSource;

use crate::RunError;

const TEMPLATE: &str = include_str!("../../../templates/pull-request.md");

/// A commit of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Commit {
    /// In hex.
    pub(crate) id: String,
    pub(crate) subject: String,
}

/// A template, and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template {
    /// Its path.
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Default for Template {
    /// What is used where the policy names none.
    fn default() -> Self {
        Self {
            name: "pull-request.md".to_owned(),
            text: TEMPLATE.to_owned(),
        }
    }
}

impl Template {
    /// The error of a field that there is not; `field` is a part of the text.
    fn no(&self, field: &str) -> RunError {
        let begin = field.as_ptr().addr() - self.text.as_ptr().addr();
        let shown = field.trim();
        let before = field.len() - field.trim_start().len();
        RunError::Template {
            field: shown.to_owned(),
            template: NamedSource::new(&self.name, self.text.clone()),
            place: (begin + before, shown.len()).into(),
        }
    }
}

/// Fills `template`: a field is a word in two pairs of braces. Values are spelled so that they show as they are: none
/// of them can begin a heading, end a block, mention anybody or name an issue.
///
/// Fails on a field that there is not.
pub(crate) fn fill(template: &Template, run: &Run, commits: &[Commit]) -> Result<String, RunError> {
    let mut text = String::new();
    let mut rest = template.text.as_str();
    while let Some((before, after)) = rest.split_once("{{") {
        let unclosed = || template.no(after.lines().next().unwrap_or(after));
        let (field, after) = after.split_once("}}").ok_or_else(unclosed)?;
        let value = value(field.trim(), run, commits).ok_or_else(|| template.no(field))?;
        text.push_str(before);
        text.push_str(&value);
        rest = after;
    }
    text.push_str(rest);
    Ok(without_gaps(&text))
}

/// None where there is no such field.
fn value(field: &str, run: &Run, commits: &[Commit]) -> Option<String> {
    let started = &run.started;
    let code = |value: Option<String>| value.map(|value| code(&value)).unwrap_or_default();
    Some(match field {
        "task" => plain(&started.task),
        "task-id" => started.task_id.as_deref().map(plain).unwrap_or_default(),
        "agent" => run.by.agent.as_deref().map(plain).unwrap_or_default(),
        "model" => started.model.as_deref().map(plain).unwrap_or_default(),
        "number" => started.number.to_string(),
        "run" => run.id.to_string(),
        "branch" => code(Some(started.branch.clone())),
        "base" => code(started.base.clone()),
        "checkpoint" => code(started.checkpoint.map(|id| id.to_string())),
        "steps" => steps(run),
        "commits" => commits.iter().map(of_commit).collect(),
        "record" => record(run, commits.len()),
        _ => return None,
    })
}

/// The most steps that are worth a line each.
const MOST_STEPS: usize = 50;

fn steps(run: &Run) -> String {
    let n_more = run.steps.len().saturating_sub(MOST_STEPS);
    let mut text = match n_more {
        0 => String::new(),
        _ => format!("- … {n_more} before\n"),
    };
    for step in &run.steps[n_more..] {
        writeln!(text, "- {}", plain(&step.step)).expect("a String takes everything");
    }
    text
}

fn of_commit(commit: &Commit) -> String {
    format!("- {:.12} {}\n", commit.id, plain(&commit.subject))
}

/// A row for each fact that applies.
fn record(run: &Run, n_commits: usize) -> String {
    let started = &run.started;
    let state = match run.percent.filter(|percent| *percent != Percent::ALL) {
        Some(percent) => format!("{}, {percent}", run.state),
        None => run.state.to_string(),
    };
    let errors = match &run.last_error {
        None => "0".to_owned(),
        Some(last) => {
            let said = last.message.lines().next().unwrap_or_default();
            format!("{} (last: {}: {said})", run.errors, last.operation)
        }
    };
    let facts = [
        ("Task", started.task_id.clone()),
        ("Agent", run.by.agent.clone()),
        ("Model", started.model.clone()),
        ("Run", Some(run.id.to_string())),
        ("Branch", Some(started.branch.clone())),
        ("Base", started.base.clone()),
        (
            "Begun at",
            started.commit.as_ref().map(|id| format!("{id:.12}")),
        ),
        ("Commits", Some(n_commits.to_string())),
        ("State", Some(state)),
        ("Errors", Some(errors)),
        (
            "Checkpoint before it",
            started.checkpoint.map(|id| id.to_string()),
        ),
    ];
    let mut text = String::from("| | |\n|---|---|\n");
    for (name, value) in facts {
        if let Some(value) = value {
            writeln!(text, "| {name} | {} |", code(&value)).expect("a String takes everything");
        }
    }
    text
}

/// A value as a piece of code: forges look for mentions and issues nowhere in it.
fn code(value: &str) -> String {
    format!("<code>{}</code>", plain(value))
}

/// A value on one line, whose marks are spelled as character references: they show, and mean nothing.
fn plain(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for character in value.chars() {
        match character {
            _ if character.is_control() => text.push(' '),
            // Signs that turn the direction of text would turn what comes after it, too.
            '\u{200e}'
            | '\u{200f}'
            | '\u{061c}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' => {
                text.push(' ');
            }
            ' ' | ',' => text.push(character),
            _ if character.is_ascii_alphanumeric() || !character.is_ascii() => text.push(character),
            _ => write!(text, "&#{};", u32::from(character)).expect("a String takes everything"),
        }
    }
    text
}

/// Fields without a value leave empty lines; more than one in a row is one too many.
fn without_gaps(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim_end) {
        if !(line.is_empty() && lines.last().is_none_or(|last| last.is_empty())) {
            lines.push(line);
        }
    }
    lines.join("\n").trim_end().to_owned() + "\n"
}

#[cfg(test)]
mod tests;
