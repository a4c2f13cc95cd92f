//! How text that others wrote is shown in an error, so that it can neither move the cursor nor hide.

/// Whether a character does something to a terminal or to the text around it instead of being seen:
/// controls (C0, DEL, C1), line and paragraph separators, and the marks that turn the direction of text.
pub(crate) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}

/// Whether a text that is to be seen holds what is not: a hidden character, one that has no form of its own (soft
/// hyphens, fillers, tags), or nothing but marks and joiners, which need something before them.
pub(crate) fn is_unseen(text: &str) -> bool {
    text.contains(is_hidden) || text.contains(is_formless) || text.starts_with(needs_another)
}

/// Whether a character is never seen, and no writing needs it. Joiners (U+200C, U+200D) and variation selectors are
/// needed: by Persian, by flags, by families.
fn is_formless(character: char) -> bool {
    matches!(
        character,
        '\u{00ad}'
            | '\u{034f}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'
            | '\u{2060}'..='\u{2065}'
            | '\u{206a}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Whether a character is only seen at the one before it.
fn needs_another(character: char) -> bool {
    matches!(
        character,
        '\u{0300}'..='\u{036f}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{200c}'
            | '\u{200d}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{fe20}'..='\u{fe2f}'
    )
}

/// Writes hidden characters as Rust escapes and cuts what is longer than 80 characters.
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut shown = String::with_capacity(text.len().min(LONGEST));
    for (position, character) in text.chars().enumerate() {
        if position == LONGEST {
            shown.push('…');
            break;
        }
        if is_hidden(character) || is_formless(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}
