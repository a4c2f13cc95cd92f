//! Completions for bash, zsh and fish, so that both `git-checkpoint <TAB>` and
//! `git checkpoint <TAB>` complete; the same for each other command.

use std::path::PathBuf;

use clap::Command;
use clap_complete::{Shell, generate};
use miette::{Result, miette};

use super::{Generated, Kind};

/// git's own completion calls `_git_checkpoint` with `words`, `cword`, `cur` and `prev` set, and
/// loads this file to find it. It adds no blank after a word, so we do, but for a directory. Words that are
/// checkpoints are asked from git: a completion must be fast and never fail.
const CHECKPOINT_HOOK: &str = r#"
_git_checkpoint() {
    local at="${__git_cmd_idx:-1}" i
    local sub="${words[at+1]}"
    case "$sub,$cur" in
        *,-*) ;;
        show,*|diff,*|name,*|delete,*|export,*)
            if (( cword > at + 1 )); then
                local prefix="$(__git config --get checkpoint.tagPrefix)"
                prefix="${prefix#refs/tags/}" prefix="${prefix%/}"
                prefix="refs/tags/${prefix:-checkpoint}/"
                __gitcomp_nl "latest
$(__git for-each-ref --format='%(refname)' "$prefix" | sed "s,^$prefix,,")"
                return
            fi ;;
    esac
    local -a COMP_WORDS=(git-checkpoint "${words[@]:at+1}")
    local COMP_CWORD=$((cword - at))
    _git__checkpoint git-checkpoint "$cur" "$prev"
    for i in "${!COMPREPLY[@]}"; do
        [[ -d "${COMPREPLY[i]}" ]] || COMPREPLY[i]+=" "
    done
}
"#;

/// The same for `git safe-restore`, whose first word is a checkpoint, and whose last ones are paths.
const SAFE_RESTORE_HOOK: &str = r#"
_git_safe_restore() {
    local at="${__git_cmd_idx:-1}" i
    for (( i = at; i < cword; i++ )); do
        [[ "${words[i]}" == -- ]] && return
    done
    case "$cur" in
        -*) ;;
        *)
            local prefix="$(__git config --get checkpoint.tagPrefix)"
            __gitcomp_nl "latest
$(__git for-each-ref --format='%(refname)' "refs/tags/${prefix:-checkpoint/}" |
    sed "s,^refs/tags/${prefix:-checkpoint/},,")"
            return ;;
    esac
    local -a COMP_WORDS=(git-safe-restore "${words[@]:at+1}")
    local COMP_CWORD=$((cword - at))
    _git__safe__restore git-safe-restore "$cur" "$prev"
    for i in "${!COMPREPLY[@]}"; do
        [[ -d "${COMPREPLY[i]}" ]] || COMPREPLY[i]+=" "
    done
}
"#;

/// The same for `git agent-commit`, whose words are paths.
const AGENT_COMMIT_HOOK: &str = r#"
_git_agent_commit() {
    local at="${__git_cmd_idx:-1}" i
    local -a COMP_WORDS=(git-agent-commit "${words[@]:at+1}")
    local COMP_CWORD=$((cword - at))
    _git__agent__commit git-agent-commit "$cur" "$prev"
    for i in "${!COMPREPLY[@]}"; do
        [[ -d "${COMPREPLY[i]}" ]] || COMPREPLY[i]+=" "
    done
}
"#;

/// The same for `git agent-run`, whose subcommands take the branch of a run first.
const AGENT_RUN_HOOK: &str = r#"
_git_agent_run() {
    local at="${__git_cmd_idx:-1}" i
    local sub="${words[at+1]}"
    case "$sub,$cur" in
        *,-*) ;;
        finish,*|resume,*|abandon,*|progress,*|show,*|log,*)
            if (( cword == at + 2 )); then
                __gitcomp_nl "$(__git for-each-ref --format='%(refname:short)' 'refs/heads/**/run-*')"
                return
            fi ;;
    esac
    local -a COMP_WORDS=(git-agent-run "${words[@]:at+1}")
    local COMP_CWORD=$((cword - at))
    _git__agent__run git-agent-run "$cur" "$prev"
    for i in "${!COMPREPLY[@]}"; do
        [[ -d "${COMPREPLY[i]}" ]] || COMPREPLY[i]+=" "
    done
}
"#;

/// zsh's own completion of git lists commands that have such a line, and calls the function of
/// this name for `git checkpoint`. fish's asks for the completions of `git-checkpoint` by itself.
const ZSH_DESCRIPTION: &str = "#description";

/// One script for each shell.
pub(crate) fn scripts(command: &Command) -> Result<Vec<Generated>> {
    // The generator spells the hyphen of the program's name in two ways, and then no option of a
    // subcommand is ever found.
    let program = command.get_name();
    let mut bash =
        script(Shell::Bash, command).replace("git__subcmd__checkpoint", "git__checkpoint");
    bash.push_str(match program {
        "git-safe-restore" => SAFE_RESTORE_HOOK,
        "git-agent-commit" => AGENT_COMMIT_HOOK,
        "git-agent-run" => AGENT_RUN_HOOK,
        _ => CHECKPOINT_HOOK,
    });
    let zsh = script(Shell::Zsh, command);
    let (compdef, rest) = zsh
        .split_once('\n')
        .ok_or_else(|| miette!("the zsh completion has no first line"))?;
    let about = command.get_about().map(ToString::to_string);
    let about = about.unwrap_or_default().to_lowercase();
    let zsh = format!("{compdef}\n{ZSH_DESCRIPTION} {about}\n{rest}");
    let fish = script(Shell::Fish, command);
    Ok(vec![
        generated(Kind::Bash, program, bash),
        generated(Kind::Zsh, &format!("_{program}"), zsh),
        generated(Kind::Fish, &format!("{program}.fish"), fish),
    ])
}

fn script(shell: Shell, command: &Command) -> String {
    let mut script = Vec::new();
    generate(shell, &mut command.clone(), command.get_name(), &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

fn generated(kind: Kind, name: &str, script: String) -> Generated {
    Generated {
        kind,
        name: PathBuf::from(name),
        content: script.into_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command as Process;

    use clap::{Arg, Command};

    use super::{Kind, scripts};

    fn program() -> Command {
        let kind = Arg::new("type")
            .long("type")
            .value_parser(["manual", "automatic"]);
        Command::new("git-checkpoint")
            .bin_name("git checkpoint")
            .subcommand(Command::new("create").arg(kind))
            .subcommand(Command::new("list"))
    }

    /// Calls the hook as git's own completion does, which sets these variables.
    fn complete(words: &str) -> String {
        let scripts = scripts(&program()).unwrap();
        let bash = scripts
            .iter()
            .find(|script| script.kind == Kind::Bash)
            .unwrap();
        let call = format!(
            "words=({words}); cword=$((${{#words[@]}} - 1)); cur=${{words[cword]}}
             prev=${{words[cword-1]}}; __git_cmd_idx=1; _git_checkpoint; echo \"${{COMPREPLY[*]}}\""
        );
        let script = String::from_utf8_lossy(&bash.content);
        let said = Process::new("bash")
            .args(["-c", &format!("{script}\n{call}")])
            .output()
            .unwrap();
        String::from_utf8_lossy(&said.stdout).trim_end().to_owned()
    }

    #[test]
    fn git_completes_our_words_in_bash() {
        let check = |words, expected| assert_eq!(complete(words), expected, "after {words}");
        check("git checkpoint cr", "create");
        check("git checkpoint create --ty", "--type");
        check("git checkpoint create --type aut", "automatic");
        check("git checkpoint nothing-we-know x", "");
    }

    #[test]
    fn zsh_learns_the_description_right_after_the_first_line() {
        let scripts = scripts(&program()).unwrap();
        let zsh = scripts
            .iter()
            .find(|script| script.kind == Kind::Zsh)
            .unwrap();
        let text = String::from_utf8_lossy(&zsh.content).into_owned();
        let mut lines = text.lines();
        assert_eq!(
            lines.next(),
            Some("#compdef git-checkpoint"),
            "compinit reads this line"
        );
        assert!(
            lines
                .next()
                .is_some_and(|line| line.starts_with("#description ")),
            "git's reads this"
        );
    }
}
