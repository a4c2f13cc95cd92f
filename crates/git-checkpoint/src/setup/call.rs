//! Whether a hook of somebody else calls ours, and whether that holds.
//!
//! A shell would have to be asked to be sure. So only what is plain to see counts: our line, whole, at the top level,
//! before anything that ends the script well, and with its answer taken. The rest is told as doubtful.

use super::script::INPUT_FOR_BOTH;
use crate::hook::scripts::Hook;

/// How a text calls our hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Call {
    /// Not at all, or in a comment.
    None,
    /// In a way that holds.
    Sure,
    /// In a line of which it cannot be told.
    Doubtful(Line),
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// From 1.
    pub(crate) number: usize,
    /// What it says.
    pub(crate) text: String,
}

/// What opens a block, as the first word of a line, and what closes it.
const OPENS: [&str; 5] = ["if", "for", "while", "until", "case"];
const CLOSES: [&str; 4] = ["fi", "done", "esac", "}"];
const SHELLS: [&str; 5] = ["sh", "bash", "dash", "ksh", "zsh"];

/// Looks for the first line that calls our hook.
pub(crate) fn call(hook: &Hook, text: &str) -> Call {
    let shebang = text.lines().next().filter(|line| line.starts_with("#!"));
    let mut stops_at_no = stops_at_no(shebang);
    let mut may_be_over = shebang.is_some_and(|shebang| !is_shell(shebang));
    let mut depth = 0_usize;
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let code = without_comment(line);
        let first = code.split_whitespace().next().unwrap_or_default();
        if calls(hook, code) {
            let is_last = lines.all(|(_, line)| without_comment(line).trim().is_empty());
            let is_plain = depth == 0 && !may_be_over && code.trim_start() == code;
            let is_sure = is_plain && takes_answer(hook, code, is_last || stops_at_no);
            let (number, text) = (at + 1, line.trim().to_owned());
            let doubtful = Call::Doubtful(Line { number, text });
            return if is_sure { Call::Sure } else { doubtful };
        }
        depth = match () {
            () if CLOSES.contains(&first) => depth.saturating_sub(1),
            () if OPENS.contains(&first) && !closes_itself(code) => depth + 1,
            () if code.trim_end().ends_with('{') => depth + 1,
            () => depth,
        };
        stops_at_no |= depth == 0 && first == "set" && code.contains(" -e");
        may_be_over |= may_end_well(code, first, depth);
    }
    Call::None
}

/// A script without a first line for the system is read by a manager of hooks, which stops it where something fails.
fn stops_at_no(shebang: Option<&str>) -> bool {
    shebang.is_none_or(|shebang| shebang.ends_with(" -e"))
}

fn is_shell(shebang: &str) -> bool {
    let names = shebang[2..].split_whitespace();
    let mut names = names.map(|word| word.rsplit('/').next().unwrap_or(word));
    names.any(|name| SHELLS.contains(&name))
}

fn without_comment(line: &str) -> &str {
    let code = line.split(" #").next().unwrap_or_default();
    if code.trim_start().starts_with('#') {
        ""
    } else {
        code.trim_end()
    }
}

fn calls(hook: &Hook, code: &str) -> bool {
    let call = format!("checkpoint hook {}", hook.name());
    let ends_there = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-');
    code.split(&call).skip(1).any(ends_there)
}

/// Whether nothing else stands in the line, and a no of ours is one.
fn takes_answer(hook: &Hook, code: &str, stops_at_no: bool) -> bool {
    let (code, shared) = match code.strip_prefix(INPUT_FOR_BOTH) {
        Some(code) => (code, true),
        None => (code, false),
    };
    let becomes = code.strip_prefix("exec ");
    let call = format!("checkpoint hook {}", hook.name());
    let Some((program, rest)) = becomes.unwrap_or(code).split_once(&call) else {
        return false;
    };
    let is_program = ["git-", "git "].iter().any(|git| {
        let folder = program.strip_suffix(git);
        folder.is_some_and(|dir| dir.is_empty() || (dir.ends_with('/') && !dir.contains(' ')))
    });
    let rest = rest.trim_start().trim_start_matches("\"$@\"").trim_start();
    let rest = if shared {
        rest.trim_start_matches("<&3 ")
    } else {
        rest
    };
    let says_no = rest
        .strip_prefix("|| exit")
        .is_some_and(|with| ["", " 1", " $?", " \"$?\""].contains(&with));
    let is_passed_on = rest.is_empty() && (becomes.is_some() || stops_at_no);
    is_program && (says_no || is_passed_on)
}

/// `if …; fi` in one line.
fn closes_itself(code: &str) -> bool {
    let last = code.split_whitespace().last().unwrap_or_default();
    CLOSES.contains(&last)
}

/// Whether a line may end the script with a yes, so that what stands below it is not reached.
fn may_end_well(code: &str, first: &str, depth: usize) -> bool {
    let is_redirection = |word: &str| word.contains(['<', '>']);
    let becomes = first == "exec"
        && code
            .split_whitespace()
            .nth(1)
            .is_some_and(|word| !is_redirection(word));
    code.contains("exit 0") || (depth == 0 && (first == "exit" || becomes))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::{hook::scripts::HOOKS, setup::script};

    #[test]
    fn the_line_that_is_proposed_holds() {
        for hook in HOOKS {
            let line = script::line(hook, Path::new("/no/such/hook"));
            let shared = format!("{INPUT_FOR_BOTH}{}", line.replace(" ||", " <&3 ||"));
            for line in [line, shared] {
                for text in [
                    format!("#!/bin/sh\n{line}\nmake lint\n"),
                    format!("#!/usr/bin/env bash\nmake lint || exit 1\n{line}"),
                    format!("{line}\nmake lint\n"),
                    format!("#!/bin/sh\nif true; then\n  make lint\nfi\n{line} # ours\nexit 0\n"),
                ] {
                    assert_eq!(call(hook, &text), Call::Sure, "{text}");
                }
                let hidden = format!("#!/bin/sh\n# {line}\ntrue # {line}\n");
                assert_eq!(call(hook, &hidden), Call::None, "{hidden}");
            }
        }
    }

    #[test]
    fn what_may_not_hold_is_doubtful() {
        let hook = HOOKS.iter().find(|hook| hook.name() == "pre-commit");
        let hook = hook.unwrap();
        let check = |text: &str, want: Option<usize>| {
            let got = match call(hook, text) {
                Call::Doubtful(line) => Some(line.number),
                Call::None => Some(0),
                Call::Sure => None,
            };
            assert_eq!(got, want, "{text}");
        };
        let line = "git-checkpoint hook pre-commit \"$@\"";
        check(&format!("#!/bin/sh\n{line} || true\n"), Some(2));
        check(&format!("#!/bin/sh\n{line} || exit 0\n"), Some(2));
        check(&format!("#!/bin/sh\n{line}; make lint\n"), Some(2));
        check(&format!("#!/bin/sh\nexit\n{line} || exit\n"), Some(3));
        check(&format!("#!/bin/sh\nexit 0\n{line} || exit\n"), Some(3));
        check(
            &format!("#!/bin/sh\nexec make lint\n{line} || exit\n"),
            Some(3),
        );
        check(
            &format!("#!/bin/sh\n[ -t 0 ] || exit 0\n{line} || exit\n"),
            Some(3),
        );
        check(
            &format!("#!/bin/sh\nif false; then\n{line} || exit\nfi\n"),
            Some(3),
        );
        check(
            &format!("#!/bin/sh\nours() {{\n{line} || exit\n}}\n"),
            Some(3),
        );
        check(&format!("#!/bin/sh\necho {line} || exit\n"), Some(2));
        check(&format!("#!/bin/sh\n{line}\nmake lint\n"), Some(2));
        check(
            "#!/usr/bin/env python3\nrun('git-checkpoint hook pre-commit')\n",
            Some(2),
        );
        check(&format!("#!/bin/sh\nmake lint\n{line}\n"), None);
        check(&format!("#!/bin/sh\nset -e\n{line}\nmake lint\n"), None);
        check(&format!("#!/bin/sh -e\n{line}\nmake lint\n"), None);
        check(&format!("{line}\nnpm test\n"), None);
        check(&format!("#!/bin/sh\nexec /opt/bin/{line}\n"), None);
        check(
            "#!/bin/sh\ngit checkpoint hook pre-commit || exit 1\nmake\n",
            None,
        );
        check(
            "#!/bin/sh\ngit-checkpoint hook pre-commit-msg || exit 1\n",
            Some(0),
        );
    }
}
