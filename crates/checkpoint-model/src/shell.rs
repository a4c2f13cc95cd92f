//! Words of command lines that are to be pasted.

use std::borrow::Cow;

/// A word of a command line that is to be pasted: names come from other machines too, and some of what git allows in
/// them, a shell would run.
pub fn word(word: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./@%+=:,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.into();
    }
    format!("'{}'", word.replace('\'', r"'\''")).into()
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn a_name_that_a_shell_would_run_is_quoted() {
        let check = |text: &str, want: &str| assert_eq!(word(text), want);
        check("api/step-2", "api/step-2");
        check("prüfung", "prüfung");
        check("a;reboot", "'a;reboot'");
        check("$(reboot)", "'$(reboot)'");
        check("it's", r"'it'\''s'");
        check("", "''");
    }
}
