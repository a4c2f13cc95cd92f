//! What is looked for: one table of rules, each with an id that stays.
//!
//! A rule has *anchors*, bytes that every one of its secrets has at a known place. All anchors of all rules are looked
//! for at once; only where one stands, the rule's pattern is tried. So a text without anchors costs one pass, whatever
//! the number of rules.

mod cloud;
mod forge;
mod general;
mod keys;
mod services;

use regex_automata::meta::Regex;

/// One kind of secret.
#[derive(Debug)]
pub struct Rule {
    /// Its id: stable, for `--allow-secret` and the policy.
    pub id: &'static str,
    /// What it finds, in a few words.
    pub what: &'static str,
    pub(crate) anchors: &'static [&'static str],
    pub(crate) shape: Shape,
}

/// How a secret is told, where an anchor stands.
#[derive(Debug)]
pub(crate) enum Shape {
    /// A token: a pattern that begins with the anchor.
    Token(Pattern),
    /// What stands where a password does: the group of a pattern that begins with the anchor.
    Password(Pattern),
    /// A block of armour: from the match of the pattern to the `-----END` that follows it.
    Armour(Pattern),
    /// A name, an operator, and a value that looks random.
    Assignment(Strength),
    /// A file, by its name and what is in it; found without an anchor.
    File,
}

/// How random the value of an assignment must look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strength {
    /// As a key that a machine made.
    Machine,
    /// As a password that a person made.
    Person,
}

/// A regular expression over bytes.
#[derive(Debug)]
pub(crate) struct Pattern {
    text: &'static str,
    /// Bytes before the anchor in which a match may begin; 0: it begins with the anchor.
    pub(crate) back: usize,
    /// Bits for each byte that the secret has at least; below it, it is an example.
    pub(crate) entropy: f32,
}

impl Rule {
    /// Whether a more telling rule goes before it where both find the same.
    pub(crate) fn is_general(&self) -> bool {
        matches!(self.shape, Shape::Assignment(_) | Shape::Password(_)) || self.id == "jwt"
    }

    /// Whether it is also looked for in binary files: what is told by its form, not by how it stands in a text.
    pub(crate) fn is_of_form(&self) -> bool {
        matches!(self.shape, Shape::Armour(_) | Shape::Token(_))
    }
}

/// Every rule, in the order in which they are explained.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    [
        keys::RULES,
        cloud::RULES,
        forge::RULES,
        services::RULES,
        general::RULES,
    ]
    .into_iter()
    .flatten()
}

/// The rule `id`.
#[must_use]
pub fn find(id: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.id == id)
}

impl Pattern {
    /// Compiles it: bytes, case-sensitive unless it says otherwise.
    pub(crate) fn compile(&self) -> Regex {
        let syntax = regex_automata::util::syntax::Config::new()
            .unicode(false)
            .utf8(false);
        let regex = Regex::builder()
            .configure(Regex::config().utf8_empty(false))
            .syntax(syntax)
            .build(self.text);
        regex.expect("every pattern of the table is compiled by a test")
    }
}

/// A token that begins with its anchor. Random, unless it is very short: examples in manuals are not.
const fn token(
    id: &'static str,
    what: &'static str,
    anchors: &'static [&'static str],
    text: &'static str,
) -> Rule {
    token_within(id, what, anchors, text, 0)
}

/// A token with its anchor inside, up to `back` bytes from its beginning.
const fn token_within(
    id: &'static str,
    what: &'static str,
    anchors: &'static [&'static str],
    text: &'static str,
    back: usize,
) -> Rule {
    Rule {
        id,
        what,
        anchors,
        shape: Shape::Token(pattern(text, back, 2.9)),
    }
}

/// A password in its place: the group of the pattern, unless it looks like what stands for one.
const fn password(
    id: &'static str,
    what: &'static str,
    anchors: &'static [&'static str],
    text: &'static str,
) -> Rule {
    Rule {
        id,
        what,
        anchors,
        shape: Shape::Password(pattern(text, 0, 0.0)),
    }
}

const fn pattern(text: &'static str, back: usize, entropy: f32) -> Pattern {
    Pattern {
        text,
        back,
        entropy,
    }
}
