//! Title and text as forges take them, and the mark that makes a draft where there is no other way to say it.

use checkpoint_model::policy::ForgeKind;

/// Every forge takes as long a title, in characters.
const LONGEST_TITLE: usize = 250;
/// Every forge takes as long a text, in characters.
const LONGEST_BODY: usize = 60_000;

/// The title on one line, marked as a draft where the forge knows one by that; never marked twice.
pub(crate) fn title(kind: Option<ForgeKind>, title: &str, draft: bool) -> String {
    let words = title.split(|c: char| c.is_control() || c.is_whitespace());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let line = words.join(" ");
    let mark = kind
        .filter(|kind| draft && !is_marked(*kind, &line))
        .and_then(mark)
        .unwrap_or_default();
    cut(&format!("{mark}{line}"), LONGEST_TITLE)
}

/// The text, cut where a forge would refuse it.
pub(crate) fn body(body: &str) -> String {
    cut(body, LONGEST_BODY)
}

/// Whether the title makes a draft; as the forges have it by default.
pub(crate) fn is_marked(kind: ForgeKind, title: &str) -> bool {
    let marks: &[&str] = match kind {
        ForgeKind::Gitlab => &["draft:", "[draft]", "(draft)"],
        ForgeKind::Gitea | ForgeKind::Forgejo => &["wip:", "[wip]"],
        ForgeKind::Github | ForgeKind::Bitbucket => &[],
    };
    let title = title.trim_start().to_lowercase();
    marks.iter().any(|mark| title.starts_with(mark))
}

fn mark(kind: ForgeKind) -> Option<&'static str> {
    match kind {
        ForgeKind::Gitlab => Some("Draft: "),
        ForgeKind::Gitea | ForgeKind::Forgejo => Some("WIP: "),
        ForgeKind::Github | ForgeKind::Bitbucket => None,
    }
}

fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_marked_once_and_in_the_forges_own_way() {
        let check = |kind: ForgeKind, given: &str, want: &str| {
            assert_eq!(title(Some(kind), given, true), want, "{kind}: {given:?}");
            assert_eq!(
                title(Some(kind), given, false),
                given,
                "nothing is taken off"
            );
        };
        check(ForgeKind::Github, "Add x", "Add x");
        check(ForgeKind::Github, "Draft: x", "Draft: x");
        check(ForgeKind::Bitbucket, "Add x", "Add x");
        check(ForgeKind::Gitlab, "Add x", "Draft: Add x");
        check(ForgeKind::Gitlab, "Draft: x", "Draft: x");
        check(ForgeKind::Gitlab, "[draft] x", "[draft] x");
        check(ForgeKind::Gitlab, "(DRAFT) x", "(DRAFT) x");
        check(ForgeKind::Gitlab, "Drafty x", "Draft: Drafty x");
        check(ForgeKind::Gitlab, "WIP: x", "Draft: WIP: x");
        check(ForgeKind::Gitea, "Add x", "WIP: Add x");
        check(ForgeKind::Forgejo, "[wip] x", "[wip] x");
        check(ForgeKind::Forgejo, "wip: x", "wip: x");
    }

    #[test]
    fn a_title_is_one_line_of_bounded_length() {
        assert_eq!(title(None, " a\n\nb\tc\u{1b} ", true), "a b c");
        assert_eq!(title(None, &"é".repeat(300), true).chars().count(), 251);
    }
}
