//! Whether the hooks are in force here.

use checkpoint_git::Repository;

/// What a hook script, or a command in git config, of ours has in it.
pub const MARK: &str = "git-checkpoint";

/// Whether the hook that guards commits is installed: as a file in the hooks directory, or in git config, which git
/// reads from 2.54 on.
pub fn is_installed(repo: &Repository) -> bool {
    let config = repo.gix().config_snapshot();
    let dir = match config.trusted_path("core.hooksPath") {
        Ok(Some(path)) => repo.work_tree().unwrap_or(repo.git_dir()).join(path),
        _ => repo.common_dir().join("hooks"),
    };
    let script = fs_err::read(dir.join("pre-commit")).unwrap_or_default();
    if String::from_utf8_lossy(&script).contains(MARK) {
        return true;
    }
    let sections = config.plumbing().sections_by_name("hook");
    let mut commands = sections
        .into_iter()
        .flatten()
        .flat_map(|section| section.values("command"));
    commands.any(|command| command.to_string().contains(MARK))
}
