//! Files get the mode that git would give them.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::Fixture;
use super::child::{Job, outcome};

fn mode(path: &Path) -> u32 {
    fs_err::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// The modes of a loose object, its directory, a pack and its index, in a repository set up like this.
fn modes(umask: &str, shared: Option<&str>, write: impl Fn(&Fixture, &[&str], u64)) -> [u32; 4] {
    let repo = Fixture::new();
    if let Some(shared) = shared {
        repo.git(["config", "core.sharedRepository", shared]);
    }
    let script = format!("umask {umask}; exec \"$@\"");
    let wrapper = ["sh", "-c", &script, "sh"];
    write(&repo, &wrapper, 1);
    let loose = repo.objects().join(&repo.loose_files()[0]);
    let [file, directory] = [mode(&loose), mode(loose.parent().unwrap())];
    write(&repo, &wrapper, 200);
    let pack = |ending: &str| {
        let files = repo.pack_files();
        let file = files.iter().find(|file| file.ends_with(ending));
        mode(&repo.objects().join(file.expect("there is a pack")))
    };
    [file, directory, pack(".pack"), pack(".idx")]
}

fn by_us(repo: &Fixture, wrapper: &[&str], n: u64) {
    assert_eq!(outcome(repo.start(wrapper, Job::Prose(n))), "written");
}

fn by_git(repo: &Fixture, wrapper: &[&str], n: u64) {
    let args: &[&str] = match n {
        1 => &["git", "hash-object", "-w", ".git/HEAD"],
        _ => &[
            "git",
            "-c",
            "user.name=A",
            "-c",
            "user.email=a",
            "commit",
            "-q",
            "--allow-empty",
            "-m1",
        ],
    };
    let run = |args: &[&str]| {
        let mut command = repo.command(wrapper[0]);
        assert!(
            command
                .args(&wrapper[1..])
                .args(args)
                .output()
                .unwrap()
                .status
                .success()
        );
    };
    run(args);
    if n > 1 {
        run(&["git", "repack", "-adq"]);
    }
}

#[test]
fn the_modes_are_those_of_git() {
    for umask in ["022", "077", "002"] {
        for shared in [
            None,
            Some("umask"),
            Some("group"),
            Some("all"),
            Some("0640"),
            Some("0660"),
            Some("0600"),
        ] {
            let ours = modes(umask, shared, by_us);
            let theirs = modes(umask, shared, by_git);
            assert_eq!(
                ours.map(|mode| format!("{mode:o}")),
                theirs.map(|mode| format!("{mode:o}")),
                "loose file, its directory, pack, index; umask {umask}, core.sharedRepository {shared:?}",
            );
        }
    }
}
