//! git's own maintenance, when there is something to do.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Stdio;

use checkpoint_git::Repository;

/// Starts `git maintenance run --auto` in the background, as git-commit(1) does after its work, and does not wait for
/// it. Tells whether it did.
///
/// Whether git would find anything to do is seen from the repository first, which saves starting it each time. A
/// failure to start costs nothing but the maintenance.
pub fn maintain(repo: &Repository) -> bool {
    if !is_due(repo) {
        return false;
    }
    let mut command = repo
        .git(["maintenance", "run", "--auto", "--quiet"])
        .into_command();
    // A group of its own: an interrupt at the terminal is meant for us.
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0);
    command.spawn().is_ok()
}

/// git-config(1) `gc.auto` (loose objects, 6700 by default) and `gc.autoPackLimit` (packs, 50 by default), estimated
/// as git does: from one of the 256 directories of loose objects. Zero or less turns either off; so does
/// `maintenance.auto`.
fn is_due(repo: &Repository) -> bool {
    let config = repo.gix().config_snapshot();
    let limit = |key: &str, default: i64| config.integer(key).unwrap_or(default);
    let (loose, packs) = (limit("gc.auto", 6700), limit("gc.autoPackLimit", 50));
    if loose <= 0 || config.boolean("maintenance.auto") == Some(false) {
        return false;
    }
    let objects = repo.common_dir().join("objects");
    let is_loose = |name: &str| name.bytes().all(|byte| byte.is_ascii_hexdigit());
    if count(&objects.join("17"), is_loose) > (loose + 255) / 256 {
        return true;
    }
    // Without more files than that there are not so many packs: mostly one listing tells.
    let pack = objects.join("pack");
    packs > 0
        && count(&pack, |name| name.ends_with(".pack")) > packs
        && count(&pack, |name| name.ends_with(".pack"))
            - count(&pack, |name| name.ends_with(".keep"))
            > packs
}

fn count(dir: &Path, counts: impl Fn(&str) -> bool) -> i64 {
    let names = fs_err::read_dir(dir)
        .into_iter()
        .flatten()
        .filter_map(Result::ok);
    let names = names.filter(|entry| entry.file_name().to_str().is_some_and(&counts));
    i64::try_from(names.count()).unwrap_or(i64::MAX)
}
