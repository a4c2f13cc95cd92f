//! A branch for work that was begun elsewhere.

use checkpoint_git::{Repository, refs};
use checkpoint_model::policy::{Rules, Verdict};
use gix::refs::FullName;

/// What work of agents is put under, unless the policy has another place for work.
const PREFIX: &str = "agent/*";
/// So many names are tried for each pattern.
const MAX: usize = 99;

/// A branch for work that was begun on `branch`: one that can be made, and that the rules leave to work. None where
/// there is no such name; the policy's patterns are then all that can be told.
pub fn branch(repo: &Repository, rules: &Rules, branch: &str) -> Option<String> {
    let slug = format!("from-{}", slug(branch));
    let layers = rules.layers().iter();
    let feature = layers.flat_map(|layer| layer.policy.branches.feature.patterns());
    let patterns = std::iter::once(PREFIX).chain(feature).chain(["*"]);
    let is_for_work = |name: &String| rules.commit(name, false) == Verdict::Allowed;
    let mut found = patterns.filter_map(|pattern| {
        let names = (1..=MAX).map(|n| match n {
            1 => matching(pattern, &slug),
            n => matching(pattern, &format!("{slug}-{n}")),
        });
        let mut names = names.take_while(is_for_work);
        names.find(|name| can_be_made(repo, name))
    });
    found.next()
}

/// The patterns that the policy leaves to work, for the end of a sentence.
pub fn patterns(rules: &Rules) -> String {
    let layers = rules.layers().iter();
    let feature = layers.flat_map(|layer| layer.policy.branches.feature.patterns());
    // What all match says nothing beside another layer that asks for more.
    let feature = feature.filter(|pattern| *pattern != "*");
    let mut patterns: Vec<_> = feature.map(|pattern| format!("'{pattern}'")).collect();
    patterns.dedup();
    match patterns.is_empty() {
        true => "'*'".to_owned(),
        false => patterns.join(", "),
    }
}

/// A name that a pattern may match: `slug` for its last star, a letter for whatever else is left open. Whether it does
/// the pattern itself says.
fn matching(pattern: &str, slug: &str) -> String {
    let star = pattern.rfind('*');
    let mut name = String::new();
    let mut letters = pattern.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '*' if Some(at) == star => name += slug,
            '*' => {}
            '?' => name.push('x'),
            '[' => name.push(one_of(&mut letters)),
            '{' => name += &first_of(&mut letters),
            '\\' => name.extend(letters.next().map(|(_, letter)| letter)),
            letter => name.push(letter),
        }
    }
    name
}

/// A letter of a class such as `[a-z]`, whose bracket is open.
fn one_of(letters: &mut impl Iterator<Item = (usize, char)>) -> char {
    let mut class = letters.map(|(_, letter)| letter);
    let first = class.next().unwrap_or('x');
    let rest: String = class.take_while(|letter| *letter != ']').collect();
    match first {
        '!' | '^' => ('a'..='z')
            .find(|letter| !rest.contains(*letter))
            .unwrap_or('0'),
        first => first,
    }
}

/// The first of alternatives such as `{a,b}`, whose brace is open.
fn first_of(letters: &mut impl Iterator<Item = (usize, char)>) -> String {
    let all: String = letters
        .map(|(_, letter)| letter)
        .take_while(|letter| *letter != '}')
        .collect();
    all.split(',').next().unwrap_or_default().to_owned()
}

/// Whether git takes the name, and no branch stands in its place, or where it needs a directory, or below it.
fn can_be_made(repo: &Repository, name: &str) -> bool {
    let full = format!("refs/heads/{name}");
    let mut above = name.match_indices('/').map(|(at, _)| &name[..at]);
    let is_name = !name.starts_with('-') && FullName::try_from(full.as_str()).is_ok();
    is_name
        && !is_taken(repo, name)
        && !above.any(|above| is_taken(repo, above))
        && refs::names(repo, &format!("{full}/")).is_ok_and(|below| below.is_empty())
}

fn is_taken(repo: &Repository, name: &str) -> bool {
    matches!(refs::find(repo, &format!("refs/heads/{name}")), Ok(Some(_)))
}

fn slug(branch: &str) -> String {
    let letter = |c: char| if c.is_alphanumeric() { c } else { '-' };
    let slug: String = branch.chars().map(letter).collect();
    slug.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_what_a_branch_may_hold() {
        let check = |branch: &str, want: &str| assert_eq!(slug(branch), want);
        check("main", "main");
        check("release/1.0", "release-1-0");
        check("-x~", "x");
    }

    #[test]
    fn a_name_is_made_from_a_pattern() {
        let check = |pattern: &str, want: &str| assert_eq!(matching(pattern, "s"), want);
        check("*", "s");
        check("work/*", "work/s");
        check("*-wip", "s-wip");
        check("user/?/*", "user/x/s");
        check("[ab]/*", "a/s");
        check("[!ab]/*", "c/s");
        check("{one,two}/*", "one/s");
        check("*/*", "/s");
        check("dev", "dev");
        check("\\*x", "*x");
    }
}
