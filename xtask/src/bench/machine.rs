//! What the figures were measured on, without the names of people, hosts or directories.

use std::path::Path;

use miette::Result;

use crate::process::{World, line};

/// One line each: processor, system, git, and the commit that was measured.
pub(crate) fn describe(world: &World, root: &Path) -> Result<Vec<String>> {
    let system = rustix::system::uname();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    // A tree from an archive has no history: the line is left out then.
    let commit = line(&mut world.git(root, ["log", "-1", "--format=%h of %cs"]));
    let mut lines = vec![
        format!("{}, {cores} cores", processor(world, root)),
        format!(
            "{} {} ({})",
            system.sysname().to_string_lossy(),
            // What follows the number is the distributor's, or the owner's.
            system
                .release()
                .to_string_lossy()
                .split('-')
                .next()
                .unwrap_or_default(),
            system.machine().to_string_lossy()
        ),
        line(&mut world.git(root, ["version"]))?,
    ];
    lines.extend(
        commit
            .ok()
            .map(|commit| format!("git-checkpoint at commit {commit}")),
    );
    Ok(lines)
}

fn processor(world: &World, root: &Path) -> String {
    let linux = fs_err::read_to_string("/proc/cpuinfo")
        .ok()
        .and_then(|info| {
            let line = info.lines().find(|line| line.starts_with("model name"))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        });
    let mac = || {
        line(
            world
                .command("sysctl", root)
                .args(["-n", "machdep.cpu.brand_string"]),
        )
        .ok()
    };
    linux
        .or_else(mac)
        .unwrap_or_else(|| "unknown processor".to_owned())
}
