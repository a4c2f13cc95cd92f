//! Whether the push is only tried: git tells no hook, but the words it was started with do.

use checkpoint_policy::commands_above;

/// How many processes are looked at: git, the shell of the hook, what manages hooks.
const MOST: usize = 8;

/// Whether the nearest `git push` above this process was given `--dry-run`; no where that cannot be seen, as without
/// `/proc`: other systems tell words with spaces cut.
pub(super) fn is_tried() -> bool {
    if cfg!(not(target_os = "linux")) {
        return false;
    }
    let tells = |words: Vec<String>| {
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        is_dry(&words)
    };
    commands_above().take(MOST).find_map(tells).unwrap_or(false)
}

/// Whether these words ask for a push that is only tried; none where they are no push by git.
fn is_dry(words: &[&str]) -> Option<bool> {
    let (program, words) = words.split_first()?;
    let program = program.rsplit('/').next()?;
    let at = words.iter().position(|word| *word == "push");
    let options = match program {
        "git-push" => words,
        "git" if !words.contains(&"checkpoint") => &words[at? + 1..],
        _ => return None,
    };
    let mut is_tried = false;
    for word in options.iter().take_while(|word| **word != "--") {
        let short = word.strip_prefix('-').filter(|word| !word.starts_with('-'));
        // What follows an `o` is for the other side.
        let has_n = |short: &str| short.split('o').next().is_some_and(|it| it.contains('n'));
        let is_long = |whole: &str, least: usize| word.len() >= least && whole.starts_with(word);
        if is_long("--dry-run", 4) || short.is_some_and(has_n) {
            is_tried = true;
        } else if is_long("--no-dry-run", 6) {
            is_tried = false;
        }
    }
    Some(is_tried)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_push_tell() {
        let check = |line: &str, wanted: Option<bool>| {
            let words: Vec<_> = line.split(' ').collect();
            assert_eq!(is_dry(&words), wanted, "{line}");
        };
        check("git push", Some(false));
        check("/usr/bin/git -c a=b push origin main", Some(false));
        check("git push --dry-run origin", Some(true));
        check("git push origin main -n", Some(true));
        check("git push -fn", Some(true));
        check("git push --dr", Some(true));
        check("git push --delete x", Some(false));
        check("git push -n --no-dry-run", Some(false));
        check("git push -on", Some(false));
        check("git push -- -n", Some(false));
        check("git checkpoint push -n", None);
        check("sh .git/hooks/pre-push push -n", None);
        check("git fetch", None);
    }
}
