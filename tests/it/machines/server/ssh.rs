//! An ssh daemon of our own: started for each connection, on no port, with keys of its own.

use std::{
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The daemon, still to be started by each client.
pub(crate) struct Ssh {
    folder: PathBuf,
    daemon: PathBuf,
}

impl Ssh {
    pub(crate) fn set_up(folder: &Path, daemon: &Path) -> Self {
        for key in ["host", "client"] {
            let words = ["-q", "-t", "ed25519", "-N", "", "-f"];
            let made = Command::new("ssh-keygen")
                .args(words)
                .arg(folder.join(key))
                .stdin(Stdio::null())
                .status();
            assert!(made.is_ok_and(|status| status.success()), "a key is made");
        }
        let public = fs_err::read(folder.join("client.pub")).expect("it was just made");
        let allowed = folder.join("allowed");
        fs_err::write(&allowed, public).expect("a folder of our own");
        let private = std::fs::Permissions::from_mode(0o600);
        fs_err::set_permissions(&allowed, private).expect("a file of our own");
        let config = format!(
            "HostKey {0}/host\nAuthorizedKeysFile {0}/allowed\nStrictModes no\nUsePAM no\nPidFile none\n\
             PasswordAuthentication no\nPermitRootLogin yes\n",
            folder.display()
        );
        fs_err::write(folder.join("config"), config).expect("a folder of our own");
        Self {
            folder: folder.to_owned(),
            daemon: daemon.to_owned(),
        }
    }

    /// The client, which starts the daemon as the other end of its connection.
    pub(crate) fn command(&self) -> String {
        let folder = self.folder.display();
        format!(
            "ssh -F /dev/null -i {folder}/client -o IdentitiesOnly=yes -o BatchMode=yes \
             -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \
             -o ProxyCommand='{} -i -f {folder}/config 2>/dev/null'",
            self.daemon.display()
        )
    }

    /// The URL of a repository; none where the daemon does not serve, such as in a container that forbids it.
    pub(crate) fn url(&self, repository: &Path) -> Option<String> {
        // The daemon wants this folder to be there for root.
        let _there = fs_err::create_dir_all("/run/sshd");
        let user = Command::new("id").arg("-un").output().ok()?.stdout;
        let user = String::from_utf8(user).ok()?;
        let line = format!("{} {}@machine true", self.command(), user.trim());
        let served = Command::new("sh")
            .args(["-c", &line])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .status();
        let url = format!("ssh://{}@machine{}", user.trim(), repository.display());
        served
            .ok()
            .filter(std::process::ExitStatus::success)
            .map(|_| url)
    }
}
