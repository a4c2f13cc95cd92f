//! An error, as git would say it.
//!
//! The message, its causes, the place in a file that is wrong, what to do about it. Lines are never wrapped, so that
//! a path can be copied; boxes are drawn only on a terminal.

use std::{error::Error, fmt};

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use crate::{ErrorDocument, ErrorReport, Kind, Talk};

/// Says an error on standard error. `has_boxes`: a terminal that can draw them is reading.
pub(crate) fn tell(failure: &dyn Diagnostic, kind: Kind, talk: &Talk, has_boxes: bool) {
    let word = if kind == Kind::Fatal {
        "fatal"
    } else {
        "error"
    };
    talk.say(format_args!("{}", text(failure, word, has_boxes)));
    if let Some(help) = failure.help() {
        talk.advise(help);
    }
    for other in failure.related().into_iter().flatten() {
        tell(other, kind, talk, has_boxes);
    }
}

impl Talk {
    /// Warns of a failure that ends nothing: what did not come of it, then the error with its place and its help.
    pub fn warning_of(&self, what: impl fmt::Display, failure: &dyn Diagnostic) {
        let word = format!("warning: {what}");
        self.say(format_args!("{}", text(failure, &word, false)));
        if let Some(help) = failure.help() {
            self.advise(help);
        }
    }
}

/// The message, the causes indented below it, and the place in a file; all but the help.
fn text(failure: &dyn Diagnostic, word: &str, has_boxes: bool) -> String {
    let mut text = format!("{word}: {failure}\n");
    let place = snippet(failure, has_boxes);
    // The drawing of the place has the labels.
    let labels = labels(failure).filter(|_| place.is_empty());
    for cause in causes(failure).into_iter().chain(labels) {
        text.extend(cause.lines().map(|line| format!("  {line}\n")));
    }
    text + &place
}

/// The form for machines.
pub(crate) fn document(failure: &dyn Diagnostic) -> ErrorDocument {
    ErrorDocument::of(ErrorReport::of(failure))
}

impl ErrorReport {
    /// What an error says to machines.
    #[must_use]
    pub fn of(failure: &dyn Diagnostic) -> Self {
        Self {
            code: failure.code().map(|code| code.to_string()),
            message: failure.to_string(),
            help: failure.help().map(|help| help.to_string()),
            causes: causes(failure).into_iter().chain(labels(failure)).collect(),
        }
    }
}

/// What is said of places in a file; people see it drawn.
fn labels(failure: &dyn Diagnostic) -> impl Iterator<Item = String> {
    let labels = failure.labels().into_iter().flatten();
    let words: Vec<_> = labels
        .filter_map(|label| label.label().map(str::to_owned))
        .collect();
    words.into_iter()
}

/// Why it happened, outermost first; a cause that only repeats the words above it is left out.
fn causes(failure: &dyn Diagnostic) -> Vec<String> {
    let mut causes = vec![failure.to_string()];
    let mut next = failure.source();
    while let Some(cause) = next {
        let words = cause.to_string();
        if causes.last().is_none_or(|above| *above != words) {
            causes.push(words);
        }
        next = cause.source();
    }
    causes.split_off(1)
}

/// The lines of the source that the labels point at; empty without a source or labels.
fn snippet(failure: &dyn Diagnostic, has_boxes: bool) -> String {
    if failure.source_code().is_none() || failure.labels().is_none() {
        return String::new();
    }
    // Without colours: what has passed our own escaping cannot be told from what stood in the file.
    let theme = if has_boxes {
        GraphicalTheme::unicode_nocolor()
    } else {
        GraphicalTheme::none()
    };
    let painter = GraphicalReportHandler::new_themed(theme)
        .with_wrap_lines(false)
        .with_links(false);
    let mut text = String::new();
    let rendered = painter.render_report(&mut text, &Place(failure));
    let corner = if has_boxes { "╭─[" } else { ",-[" };
    let place = text.find(corner).and_then(|at| text[..at].rfind('\n'));
    match (rendered, place) {
        (Ok(()), Some(at)) => text[at + 1..].to_owned(),
        // The span lies outside its source: the message stands without the place.
        _ => String::new(),
    }
}

/// Only the place of an error, for miette's painter; the words are ours.
struct Place<'a>(&'a dyn Diagnostic);

impl Diagnostic for Place<'_> {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.0.source_code()
    }
    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.0.labels()
    }
}
impl Error for Place<'_> {}
impl fmt::Display for Place<'_> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}
impl fmt::Debug for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use miette::{NamedSource, SourceSpan};

    use super::*;

    #[derive(Debug, thiserror::Error, Diagnostic)]
    enum Broken {
        #[error("cannot read '{path}'")]
        #[diagnostic(code(broken::unreadable), help("chmod +r {path}"))]
        Unreadable {
            path: &'static str,
            source: std::io::Error,
        },
        #[error(transparent)]
        Passed(Box<Self>),
        #[error("unknown key '{key}' in '.git-checkpoint.toml'")]
        UnknownKey {
            key: &'static str,
            #[source_code]
            source_code: NamedSource<&'static str>,
            #[label("no such key")]
            span: SourceSpan,
        },
    }

    fn unreadable() -> Broken {
        let source = std::io::Error::new(std::io::ErrorKind::PermissionDenied, "permission denied");
        Broken::Unreadable {
            path: "a/b",
            source,
        }
    }

    #[test]
    fn causes_stand_indented_below_the_message() {
        assert_eq!(
            text(&unreadable(), "fatal", false),
            "fatal: cannot read 'a/b'\n  permission denied\n"
        );
        let passed = Broken::Passed(Box::new(unreadable()));
        assert_eq!(
            causes(&passed),
            ["permission denied"],
            "a door that passes an error on adds no words"
        );
    }

    #[test]
    fn a_machine_gets_code_message_help_and_causes() {
        let json = serde_json::to_value(document(&unreadable())).unwrap();
        let want = serde_json::json!({"version": 1, "error": {
            "code": "broken::unreadable", "message": "cannot read 'a/b'", "help": "chmod +r a/b",
            "causes": ["permission denied"],
        }});
        assert_eq!(json, want);
    }

    #[test]
    fn a_wrong_key_is_underlined_and_boxes_stay_on_terminals() {
        let source = "[capture]\nexclude = []\nmax-file-sise = \"100 MiB\"\n";
        let wrong = |span: (usize, usize)| Broken::UnknownKey {
            key: "max-file-sise",
            source_code: NamedSource::new(".git-checkpoint.toml", source),
            span: span.into(),
        };
        let plain = text(&wrong((23, 13)), "error", false);
        let want = r#"error: unknown key 'max-file-sise' in '.git-checkpoint.toml'
   ,-[.git-checkpoint.toml:3:1]
 2 | exclude = []
 3 | max-file-sise = "100 MiB"
   : ^^^^^^|^^^^^^
   :       `-- no such key
   `----
"#;
        assert_eq!(plain, want);
        assert!(
            plain.is_ascii(),
            "off a terminal only ASCII is drawn: {plain}"
        );
        assert!(
            !text(&wrong((23, 13)), "error", true).is_ascii(),
            "on a terminal it may be drawn"
        );
        let outside = text(&wrong((900, 1)), "error", false);
        assert_eq!(
            outside,
            "error: unknown key 'max-file-sise' in '.git-checkpoint.toml'\n  no such key\n",
            "what cannot be drawn is said"
        );
        assert_eq!(
            ErrorReport::of(&wrong((23, 13))).causes,
            ["no such key"],
            "a machine sees no drawing"
        );
    }
}
