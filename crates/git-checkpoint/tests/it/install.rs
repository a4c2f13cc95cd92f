//! `init` and `uninstall`, over whatever hooks there are.

pub(crate) mod config;
mod elsewhere;
mod files;
mod halfway;
mod managers;
mod real;
mod samples;

use std::{collections::BTreeMap, os::unix::fs::PermissionsExt as _, path::Path};

use crate::scene::{Said, Scene};

/// A repository on a branch where commits are allowed.
pub(crate) fn scene() -> Scene {
    let scene = Scene::new();
    scene.git(&["switch", "-q", "-c", "feat"]);
    scene
}

impl Scene {
    /// Puts a hook in place.
    pub(crate) fn hook(&self, name: &str, text: &str, mode: u32) {
        let path = self.path().join(".git/hooks").join(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(&path, text).unwrap();
        fs_err::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    /// A hook that tells in a file what it was given.
    pub(crate) fn telling(&self, name: &str) -> String {
        let told = self.beside("told");
        format!("#!/bin/sh\necho \"{name}:$*:$(cat)\" >>'{told}'\n")
    }

    /// What hooks have told since the last time.
    pub(crate) fn told(&self) -> String {
        let path = self.beside("told");
        let told = fs_err::read_to_string(&path).unwrap_or_default();
        let _gone: std::io::Result<()> = fs_err::remove_file(path);
        told
    }

    pub(crate) fn commit(&self) -> Said {
        self.try_git(&["commit", "--allow-empty", "-q", "-m", "more"])
    }

    /// Whether a commit on main is refused by us.
    pub(crate) fn guards_main(&self) -> bool {
        self.git(&["switch", "-q", "main"]);
        let said = self.commit();
        self.git(&["switch", "-q", "feat"]);
        said.code == 1 && said.err.contains("cannot commit to 'main'")
    }

    /// Hooks and config as they are: name, mode and content.
    pub(crate) fn setup(&self) -> BTreeMap<String, (u32, Vec<u8>)> {
        setup_in(&self.path().join(".git"))
    }
}

pub(crate) fn setup_in(git_dir: &Path) -> BTreeMap<String, (u32, Vec<u8>)> {
    let mut all = BTreeMap::new();
    let hooks = fs_err::read_dir(git_dir.join("hooks"))
        .into_iter()
        .flatten();
    let checkpoint = fs_err::read_dir(git_dir.join("checkpoint"));
    let entries = hooks.chain(checkpoint.into_iter().flatten());
    let paths = entries.map(|entry| entry.unwrap().path());
    for path in paths.chain([git_dir.join("config")]) {
        let stat = fs_err::symlink_metadata(&path).unwrap();
        let content = match stat.is_symlink() {
            true => fs_err::read_link(&path)
                .unwrap()
                .into_os_string()
                .into_encoded_bytes(),
            false if stat.is_file() => fs_err::read(&path).unwrap(),
            false => Vec::new(),
        };
        // What is remembered of records comes and goes.
        if !path.ends_with("list-cache") {
            let name = path.strip_prefix(git_dir).unwrap().display().to_string();
            all.insert(name, (stat.permissions().mode(), content));
        }
    }
    all
}
