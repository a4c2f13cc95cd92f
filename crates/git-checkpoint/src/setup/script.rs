//! What our files in the hooks directory say.

use std::path::{Path, PathBuf};

use crate::hook::scripts::{Event, Hook};

/// What the name of a hook gets that was there before ours.
const KEPT: &str = ".checkpoint-chained";
/// Around the path of the program, in every text of ours.
const BEFORE: &str = "for it in ";
const BEHIND: &str = " git-checkpoint; do";
/// How a script is told to be taken out, where nothing else was there.
const OUT: &str = "rm '$0'";

/// The file that holds what was there before ours: beside it, so that what it finds by its directory is still found.
pub(crate) fn kept(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(KEPT);
    name.into()
}

/// The text of a hook's file, for the program at `binary`; `chains` calls what was there before.
pub(crate) fn text(hook: &Hook, binary: &Path, chains: bool) -> String {
    let script = hook.script(binary);
    match chains {
        true => chained(hook, &script),
        false => script,
    }
}

/// Ours runs first, and what was there before gets the same words, environment and input; either can say no.
fn chained(hook: &Hook, script: &str) -> String {
    // Another manager may set us aside under another name and call us from its own hook, which we keep under this one:
    // by our present name, neither calls the other in circles.
    let kept = format!("$0{KEPT}");
    let line = script.split_once('\n').map_or("", |(_, line)| line);
    let line = line.trim_end().replace(OUT, &format!("mv '{kept}' '$0'"));
    let (read, give, then) = match hook.event {
        Event::PrePush | Event::ReferenceTransaction => (
            "input=$(cat; echo .)\n",
            "printf %s \"${input%.}\" 2>/dev/null | ",
            "",
        ),
        _ => ("", "", "exec "),
    };
    format!(
        "#!/bin/sh\nhand_over() {{ {line}; }}\n{read}{give}(hand_over \"$@\") || exit\n[ -x \"{kept}\" ] || exit 0\n\
         {give}{then}\"{kept}\" \"$@\"\n"
    )
}

/// The path of the program in a text of ours, if there is one.
pub(crate) fn program(text: &str) -> Option<PathBuf> {
    let word = program_word(text)?;
    let word = word.strip_prefix('\'')?.strip_suffix('\'')?;
    Some(PathBuf::from(word.replace("'\\''", "'")))
}

fn program_word(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once(BEFORE)?;
    Some(rest.split_once(BEHIND)?.0)
}

/// Whether a text is what this version writes, for whatever program, with or without a hook to call.
pub(crate) fn is_ours_as_written(hook: &Hook, written: &str) -> bool {
    program(written).is_some_and(|program| {
        [false, true]
            .iter()
            .any(|chains| text(hook, &program, *chains) == written)
    })
}

/// Whether a text calls our hook, in a line that somebody has put there by hand.
pub(crate) fn has_our_line(hook: &Hook, text: &str) -> bool {
    let call = format!("checkpoint hook {}", hook.name());
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| !line.starts_with('#'))
        .any(|line| line.contains(&call))
}

/// That line.
pub(crate) fn line(hook: &Hook) -> String {
    format!("git-checkpoint hook {} \"$@\" || exit", hook.name())
}

/// Where two texts first differ: the number of the line, and what the second one has there.
pub(crate) fn difference(one: &str, other: &str) -> Option<(usize, String)> {
    let mut lines = one.lines();
    for (at, line) in other.lines().enumerate() {
        if lines.next() != Some(line) {
            return Some((at + 1, line.to_owned()));
        }
    }
    let at = other.lines().count() + 1;
    (one != other).then(|| (at, "(the end of the file)".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hook::scripts::HOOKS;

    #[test]
    fn our_files_are_known_by_what_they_say() {
        for hook in HOOKS {
            for chains in [false, true] {
                let path = Path::new("/opt/it's here/git-checkpoint");
                let text = text(hook, path, chains);
                assert_eq!(program(&text).as_deref(), Some(path), "{text}");
                assert!(is_ours_as_written(hook, &text), "{text}");
                let edited = text.clone() + "echo more\n";
                assert!(!is_ours_as_written(hook, &edited), "{edited}");
                assert!(hook.is_ours(&edited), "still one of ours");
                assert_eq!(
                    difference(&text, &edited),
                    Some((text.lines().count() + 1, "echo more".to_owned()))
                );
                assert_eq!(text.contains(KEPT), chains, "{text}");
            }
            let by_hand = format!("#!/bin/sh\n{}\nmake lint\n", line(hook));
            assert!(has_our_line(hook, &by_hand), "{by_hand}");
            assert!(!is_ours_as_written(hook, &by_hand), "{by_hand}");
            assert!(!has_our_line(hook, &by_hand.replace("git-", "# git-")));
        }
    }

    #[test]
    fn a_difference_is_told_by_its_line() {
        assert_eq!(difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(difference("a\nb\n", "a\nc\n"), Some((2, "c".to_owned())));
        assert!(difference("a\nb\n", "a\n").is_some_and(|(line, _)| line == 2));
    }
}
