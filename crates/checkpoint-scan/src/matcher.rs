//! All anchors of all rules at once, then the pattern of the rule whose anchor stands there.

use std::{ops::Range, sync::OnceLock};

use bstr::ByteSlice as _;
use regex_automata::{Anchored, Input, meta::Regex};

use crate::{
    anchors::Anchors,
    assignment, judge,
    rules::{self, Pattern, Rule, Shape, Strength},
};

/// The anchors of some rules.
#[derive(Debug)]
pub(crate) struct Matcher {
    anchors: Anchors,
    rules: Vec<Searched>,
}

/// A rule, with its pattern compiled when it is first needed: most are not, in most scans.
#[derive(Debug)]
struct Searched {
    rule: &'static Rule,
    regex: OnceLock<Regex>,
}

/// A secret, and where it is in the text.
#[derive(Debug)]
pub(crate) struct Hit {
    pub(crate) rule: &'static Rule,
    pub(crate) secret: Range<usize>,
    /// What may be shown of it: the name it was given to, or the anchor.
    pub(crate) label: Range<usize>,
}

/// The most that is looked at behind an anchor. Armour is longer than tokens; what is longer than this is cut.
pub(crate) const AHEAD: usize = 32 * 1024;
/// The most that is looked at before an anchor.
pub(crate) const BEHIND: usize = 256;
const LONGEST_TOKEN: usize = 5 * 1024;

impl Matcher {
    /// Of all rules.
    pub(crate) fn of_text() -> &'static Self {
        static ALL: OnceLock<Matcher> = OnceLock::new();
        ALL.get_or_init(|| Self::new(|_| true))
    }

    /// Of those that are looked for in binary files.
    pub(crate) fn of_binary() -> &'static Self {
        static FORMS: OnceLock<Matcher> = OnceLock::new();
        FORMS.get_or_init(|| Self::new(Rule::is_of_form))
    }

    fn new(is_wanted: fn(&Rule) -> bool) -> Self {
        let rules: Vec<_> = rules::all().filter(|rule| is_wanted(rule)).collect();
        let anchors = rules.iter().enumerate();
        let anchors =
            anchors.flat_map(|(rule, it)| it.anchors.iter().map(move |anchor| (*anchor, rule)));
        let anchors = Anchors::new(anchors);
        let rules = rules.into_iter().map(|rule| Searched {
            rule,
            regex: OnceLock::new(),
        });
        Self {
            anchors,
            rules: rules.collect(),
        }
    }

    #[cfg(test)]
    pub(crate) fn compile_all(&self) {
        for searched in &self.rules {
            if let Shape::Token(pattern) | Shape::Password(pattern) | Shape::Armour(pattern) =
                &searched.rule.shape
            {
                searched.regex(pattern);
            }
        }
    }

    /// Calls `take` for each secret whose anchor begins in `fresh`, in no order.
    pub(crate) fn search(&self, text: &[u8], fresh: Range<usize>, mut take: impl FnMut(Hit)) {
        self.anchors.search(text, fresh, |rule, anchor| {
            if let Some(hit) = self.rules[rule].at(text, anchor) {
                take(hit);
            }
        });
    }
}

impl Searched {
    fn at(&self, text: &[u8], anchor: Range<usize>) -> Option<Hit> {
        let (secret, label) = match &self.rule.shape {
            Shape::Token(pattern) => self.token(pattern, text, anchor)?,
            Shape::Password(pattern) => {
                let secret = self.matched(pattern, text, anchor.start)?;
                judge::is_password(&text[secret.clone()])
                    .then_some((secret.clone(), secret.start..secret.start))?
            }
            Shape::Armour(pattern) => {
                let matched = find(
                    self.regex(pattern),
                    text,
                    anchor.start..text.len(),
                    Anchored::Yes,
                )?;
                let secret = matched.start..armour_end(text, matched.clone());
                (judge::entropy(&text[secret.clone()]) >= pattern.entropy)
                    .then_some((secret, anchor))?
            }
            Shape::Assignment(strength) => {
                let found = assignment::read(text, anchor)?;
                let value = &text[found.value.clone()];
                let is_secret = match strength {
                    Strength::Machine => judge::is_machine_made(value),
                    Strength::Person => judge::is_password(value) && !value.contains(&b' '),
                };
                is_secret.then_some((found.value, found.name))?
            }
            Shape::File => return None,
        };
        Some(Hit {
            rule: self.rule,
            secret,
            label,
        })
    }

    fn token(
        &self,
        pattern: &Pattern,
        text: &[u8],
        anchor: Range<usize>,
    ) -> Option<(Range<usize>, Range<usize>)> {
        let secret = self.matched(pattern, text, anchor.start)?;
        let is_secret = has_ends(text, &secret)
            && judge::entropy(&text[secret.clone()]) >= pattern.entropy
            && !judge::is_example(&text[secret.clone()]);
        // An anchor inside of the secret tells nothing; what comes before it is part of the secret.
        let label = match secret.start {
            start if start >= anchor.end => anchor,
            start if start == anchor.start => start..anchor.end.min(secret.end),
            start => start..start,
        };
        is_secret.then_some((secret, label))
    }

    /// The group of the pattern, or all of its match, for the anchor at `at`.
    fn matched(&self, pattern: &Pattern, text: &[u8], at: usize) -> Option<Range<usize>> {
        let regex = self.regex(pattern);
        let end = text.len().min(at + LONGEST_TOKEN);
        let mut start = at.saturating_sub(pattern.back);
        let anchored = if pattern.back == 0 {
            Anchored::Yes
        } else {
            Anchored::No
        };
        let matched = loop {
            let matched = find(regex, text, start..end, anchored)?;
            if matched.end > at {
                break matched;
            }
            start = matched.end;
        };
        if matched.start > at {
            return None;
        }
        let mut groups = regex.create_captures();
        let input = Input::new(text)
            .range(matched.clone())
            .anchored(Anchored::Yes);
        regex.search_captures(&input, &mut groups);
        Some(groups.get_group(1).map_or(matched, |group| group.range()))
    }

    fn regex(&self, pattern: &Pattern) -> &Regex {
        self.regex.get_or_init(|| pattern.compile())
    }
}

fn find(
    regex: &Regex,
    text: &[u8],
    range: Range<usize>,
    anchored: Anchored,
) -> Option<Range<usize>> {
    let end = range.end.min(range.start + AHEAD);
    let input = Input::new(text).range(range.start..end).anchored(anchored);
    regex.search(&input).map(|matched| matched.range())
}

/// Where a block of armour ends: before the line that says so, or where nothing more is looked at.
fn armour_end(text: &[u8], begin: Range<usize>) -> usize {
    let rest = &text[begin.end..text.len().min(begin.end + AHEAD / 2)];
    let ends = ["-- END", "--END", "Private-MAC"];
    let end = ends.iter().filter_map(|end| rest.find(end)).min();
    begin.end + end.unwrap_or(rest.len())
}

/// Whether what is around a token is no part of it.
fn has_ends(text: &[u8], token: &Range<usize>) -> bool {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let before = match &text[..token.start] {
        // Behind an escape, such as the end of a line in a string: `\n`, `%3D`.
        [.., b'\\', _] | [.., b'%', _, _] => true,
        [.., byte] => !is_word(byte) || !is_word(&text[token.start]),
        [] => true,
    };
    before && text.get(token.end).is_none_or(|byte| !is_word(byte))
}
