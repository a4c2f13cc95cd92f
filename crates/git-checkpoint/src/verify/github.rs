//! The answer for GitHub Actions: annotations as workflow commands, and a summary in Markdown.

use std::fmt::Write as _;

use checkpoint_cli::ErrorReport;
use checkpoint_verify::{Report, Status};

use super::outcome::n_of;

/// One workflow command for each check that failed.
pub(super) fn annotations(report: &Report) -> String {
    let mut text = String::new();
    for verified in &report.verified {
        for failure in verified.failures() {
            let title = property(&format!("checkpoint {}: {}", failure.id, verified.about));
            let remedy = failure.remedy.iter().map(|remedy| format!("\n{remedy}"));
            let message = data(&format!("{}{}", failure.why, remedy.collect::<String>()));
            writeln!(text, "::error title={title}::{message}")
                .expect("a string takes all that is written");
        }
    }
    if report.is_good() {
        let passed = n_of(report, Status::Passed);
        writeln!(text, "::notice title=checkpoints::{passed} checks passed")
            .expect("a string takes all that is written");
    }
    text
}

/// One workflow command that says why nothing could be looked at.
pub(super) fn failure(error: &ErrorReport) -> String {
    let lines = std::iter::once(&error.message)
        .chain(&error.causes)
        .chain(&error.help);
    let message: Vec<_> = lines.map(String::as_str).collect();
    let message = data(&message.join("\n"));
    format!("::error title=checkpoints could not be verified::{message}\n")
}

/// A table of what failed, or that nothing did.
pub(super) fn summary(report: &Report) -> String {
    let [passed, failed, not_here] =
        [Status::Passed, Status::Failed, Status::NotHere].map(|status| n_of(report, status));
    let mut text = format!(
        "### Checkpoints\n\n{passed} checks passed, {failed} failed, {not_here} not here.\n\n"
    );
    if failed > 0 {
        text.push_str("| | check | why | what to do |\n|---|---|---|---|\n");
        for verified in &report.verified {
            for failure in verified.failures() {
                let remedy = failure.remedy.as_deref().map_or_else(String::new, code);
                let cells = [
                    cell(&verified.about.to_string()),
                    code(failure.id.as_str()),
                    cell(&failure.why),
                    remedy,
                ];
                writeln!(text, "| {} |", cells.join(" | "))
                    .expect("a string takes all that is written");
            }
        }
    }
    text
}

/// The message of a workflow command, which ends with its line; logs are read at terminals, which act on what is hidden.
fn data(text: &str) -> String {
    let text = text
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
        .replace("##[", "# #[");
    let plain = text.chars().map(|c| match c.is_control() {
        true => '\u{fffd}',
        false => c,
    });
    plain.collect()
}

/// A property of a workflow command, which a colon or a comma would end.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Words in a table, where nothing they hold can be markup.
fn cell(text: &str) -> String {
    let mut cell = String::new();
    for c in text.chars() {
        match c {
            '\n' | '\r' => cell.push(' '),
            c if c.is_control() => cell.push('\u{fffd}'),
            '&' => cell.push_str("&amp;"),
            '<' => cell.push_str("&lt;"),
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '!' | '#' | '@' | '~' => {
                write!(cell, "&#{};", u32::from(c)).expect("a string takes all that is written");
            }
            c => cell.push(c),
        }
    }
    cell
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", cell(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_told_can_be_a_command_or_markup() {
        assert_eq!(data("a\n::error::b %0A"), "a%0A::error::b %250A");
        assert_eq!(data("a\x1b[2Jb"), "a\u{fffd}[2Jb");
        assert_eq!(data("a ##[group]b"), "a # #[group]b");
        assert_eq!(property("a: b, c"), "a%3A b%2C c");
        assert_eq!(cell("a\x1b[2J\x01"), "a\u{fffd}&#91;2J\u{fffd}");
        assert_eq!(
            cell("a|b\n<img> `x` ![y](z)"),
            "a&#124;b &lt;img> &#96;x&#96; &#33;&#91;y&#93;(z)"
        );
    }
}
