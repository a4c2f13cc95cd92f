//! Whether the push is only tried: git tells no hook, but the words it was started with do.

use rustix::process::{Pid, getppid};

/// How many processes are looked at: git, the shell of the hook, what manages hooks.
const MOST: usize = 8;

/// Whether the nearest `git push` above this process was given `--dry-run`; no where that cannot be seen, as without
/// `/proc`.
pub(super) fn is_tried() -> bool {
    let mut next = getppid();
    for _ in 0..MOST {
        let Some(pid) = next.map(Pid::as_raw_nonzero).map(|pid| pid.get()) else {
            return false;
        };
        let line = fs_err::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let words = line.split(|byte| *byte == 0);
        let words: Vec<_> = words.map(String::from_utf8_lossy).collect();
        let words: Vec<_> = words.iter().map(AsRef::as_ref).collect();
        if let Some(is_tried) = is_dry(&words) {
            return is_tried;
        }
        next = parent(pid);
    }
    false
}

fn parent(pid: i32) -> Option<Pid> {
    let status = fs_err::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
    Pid::from_raw(line.trim().parse().ok()?)
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
