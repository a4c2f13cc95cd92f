//! The command line once more, with a word added: a hint that can be pasted.

use std::path::Path;

use checkpoint_cli::{Start, shell_word};

/// What was typed, with `word` before all else; none where it does not fit on a line of text.
pub(crate) fn with(start: &Start, word: &str) -> Option<String> {
    let mut line = format!("git{} agent-commit {word}", elsewhere(start)?);
    for typed in start.words.iter().skip(1) {
        let typed = typed.to_str()?;
        if typed.contains(char::is_control) {
            return None;
        }
        line.push(' ');
        line += &shell_word(typed);
    }
    Some(line)
}

/// `-C` of git, which is not among our words: it moves before we start, and leaves PWD as the shell has it.
fn elsewhere(start: &Start) -> Option<String> {
    let is_here = start.env.get("PWD").is_none_or(|shell| {
        let real = |path: &Path| fs_err::canonicalize(path).ok();
        real(Path::new(shell)) == real(&start.cwd)
    });
    if is_here {
        return Some(String::new());
    }
    Some(format!(" -C {}", shell_word(start.cwd.to_str()?)))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn a_line_is_what_was_typed_and_a_word() {
        let check = |words: &[&str], shell: &str, want: Option<&str>| {
            let start = Start {
                cwd: "/".into(),
                now: DateTime::UNIX_EPOCH,
                env: [("PWD", shell)].into_iter().collect(),
                words: words.iter().map(Into::into).collect(),
                program: None,
            };
            assert_eq!(with(&start, "--run").as_deref(), want, "{words:?}");
        };
        let run = "git agent-commit --run";
        check(&["git-agent-commit"], "/", Some(run));
        let words = ["/bin/git-agent-commit", "-m", "it's done", "--", "a b"];
        let line = format!(r"{run} -m 'it'\''s done' -- 'a b'");
        check(&words, "/", Some(&line));
        check(&["x", "-m", "one\n\ntwo"], "/", None);
        check(&["x"], "/nowhere", Some("git -C / agent-commit --run"));
    }
}
