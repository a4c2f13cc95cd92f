//! Over the managers of hooks themselves, where `cargo xtask managers` has fetched them.

use std::path::{Path, PathBuf};

use super::scene;
use crate::scene::{Said, Scene};

/// What a manager is told to run before a commit.
const TELL: &str = "echo manager >>told";

/// A manager, and how it is put into a repository.
struct Manager {
    name: &'static str,
    config: (&'static str, String),
    install: &'static [&'static str],
}

impl Manager {
    fn of_python(name: &'static str) -> Self {
        let hook =
            "{id: tell, name: tell, language: system, always_run: true, pass_filenames: false";
        let config = format!(
            "repos:\n  - repo: local\n    hooks:\n      - {hook}, entry: sh -c '{TELL}'}}\n"
        );
        Self {
            name,
            config: (".pre-commit-config.yaml", config),
            install: &["install"],
        }
    }

    fn lefthook() -> Self {
        let config = format!("pre-commit:\n  commands:\n    tell:\n      run: {TELL}\n");
        Self {
            name: "lefthook",
            config: ("lefthook.yml", config),
            install: &["install", "--force"],
        }
    }

    fn all() -> [Self; 3] {
        [
            Self::of_python("pre-commit"),
            Self::of_python("prek"),
            Self::lefthook(),
        ]
    }

    fn put_into(&self, scene: &Scene) {
        let said = scene.managed(self.name, self.install);
        assert_eq!(said.code, 0, "{}: {}", self.name, said.err);
    }
}

impl Scene {
    fn managed(&self, program: &str, words: &[&str]) -> Said {
        let mut command = self.command(program, words);
        command.env("PATH", path()).output().unwrap().into()
    }

    /// Commits a change: without one, lefthook runs nothing.
    fn commit_managed(&self) -> Said {
        let file = self.path().join("file");
        let more = fs_err::read_to_string(&file).unwrap() + "more\n";
        fs_err::write(file, more).unwrap();
        self.managed("git", &["commit", "-a", "-q", "-m", "more"])
    }

    /// Whether a commit on main is refused by us while the manager can run.
    fn guards_main_beside(&self) -> bool {
        self.git(&["switch", "-q", "main"]);
        let said = self.commit_managed();
        self.git(&["switch", "-q", "-f", "feat"]);
        said.code == 1 && said.err.contains("cannot commit to 'main'")
    }

    /// Commits, and gives how often the manager was called meanwhile.
    fn commit_beside(&self, name: &str) -> usize {
        let said = self.commit_managed();
        assert_eq!(said.code, 0, "{name}: {}", said.err);
        let told = self.path().join("told");
        let calls = fs_err::read_to_string(&told).unwrap_or_default();
        let _gone: std::io::Result<()> = fs_err::remove_file(told);
        calls.lines().count()
    }
}

/// Where they were fetched to; none where they were not.
#[expect(clippy::print_stderr, reason = "what is not tried is told")]
fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/hook-managers");
    if folder.join("python/bin/prek").exists() {
        return Some(folder);
    }
    eprintln!("NOT TRIED: the hook managers are not here; cargo xtask managers");
    None
}

fn path() -> String {
    let folder = folder().expect("looked for before");
    #[expect(clippy::disallowed_methods, reason = "children need to find git")]
    let system = std::env::var("PATH").unwrap();
    let folder = folder.display();
    let ours = Path::new(env!("CARGO_BIN_EXE_git-checkpoint")).parent();
    let ours = ours.expect("it lies in a folder").display();
    format!("{ours}:{folder}/npm/node_modules/.bin:{folder}/python/bin:{system}")
}

fn with(manager: &Manager) -> Scene {
    let scene = scene();
    let (file, config) = &manager.config;
    scene.write(file, config);
    scene.write(".gitignore", "told\n");
    scene.git(&["add", "."]);
    scene.git(&["commit", "-q", "-m", "managed"]);
    scene
}

#[test]
fn a_manager_that_was_there_first_still_runs_and_comes_back_to_the_byte() {
    if folder().is_none() {
        return;
    }
    for manager in Manager::all() {
        let scene = with(&manager);
        manager.put_into(&scene);
        assert_eq!(scene.commit_beside(manager.name), 1, "{}", manager.name);
        let before = scene.setup();
        scene.done(&["init"]);
        assert_eq!(scene.commit_beside(manager.name), 1, "{}", manager.name);
        assert!(scene.guards_main_beside(), "{}", manager.name);
        scene.done(&["doctor"]);
        scene.done(&["uninstall"]);
        assert_eq!(scene.setup(), before, "{}", manager.name);
    }
}

#[test]
fn a_manager_that_comes_later_is_followed_by_a_repair_at_most() {
    if folder().is_none() {
        return;
    }
    for manager in Manager::all() {
        let scene = with(&manager);
        scene.done(&["init"]);
        manager.put_into(&scene);
        scene.run(&["doctor", "--fix"]);
        scene.done(&["init"]);
        assert_eq!(scene.commit_beside(manager.name), 1, "{}", manager.name);
        assert!(scene.guards_main_beside(), "{}", manager.name);
        scene.done(&["doctor"]);
    }
}

#[test]
fn husky_gets_the_lines_that_hold() {
    if folder().is_none() {
        return;
    }
    let scene = scene();
    scene.write("package.json", "{}\n");
    scene.write(".husky/pre-commit", format!("{TELL}\n"));
    let said = scene.managed("husky", &[]);
    assert_eq!(said.code, 0, "{}", said.err);
    let before = scene.setup();
    let said = scene.run(&["init"]);
    assert_eq!(said.code, 1, "{}", said.err);
    assert_eq!(scene.setup(), before, "nothing is written");
    for line in said.err.lines() {
        let line = line.trim_start_matches("hint:").trim();
        if line.starts_with("printf ") {
            assert_eq!(scene.managed("sh", &["-c", line]).code, 0, "{line}");
        } else if let Some((path, line)) = line.split_once(": ")
            && path.contains(".husky/")
        {
            let there = fs_err::read_to_string(path).unwrap_or_default();
            fs_err::write(path, format!("{line}\n{there}")).unwrap();
        }
    }
    scene.done(&["init"]);
    assert_eq!(scene.commit_beside("husky"), 1);
    assert!(scene.guards_main_beside());
    scene.done(&["doctor"]);
}
