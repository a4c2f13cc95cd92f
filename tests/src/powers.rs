//! What the user who runs the tests may do, and how to do without it.

use std::process::{Command, Stdio};

/// Whether the tests run as root, for whom permissions are no obstacle.
pub fn is_root() -> bool {
    let id = Command::new("id")
        .arg("-u")
        .output()
        .expect("id is part of every system");
    id.stdout.trim_ascii() == b"0"
}

/// The words to put before a command so that permissions count for it: none for an ordinary user, `setpriv` for root.
/// `None` where root cannot give up its powers; a test that needs it has nothing to show there.
pub fn without_powers() -> Option<Vec<&'static str>> {
    if !is_root() {
        return Some(Vec::new());
    }
    let words = vec!["setpriv", "--bounding-set", "-all", "--inh-caps", "-all"];
    works(&words, "true").then_some(words)
}

/// Whether a file system can be mounted in a namespace of its own, as root or as an ordinary user.
pub fn can_mount() -> bool {
    works(
        &["unshare", "--user", "--map-root-user", "--mount"],
        "mount -t tmpfs -o size=1m none /mnt",
    )
}

fn works(words: &[&str], script: &str) -> bool {
    let mut command = Command::new(words[0]);
    command
        .args(&words[1..])
        .args(["sh", "-c", script])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
