//! Where the policy is read from, in repositories that git makes.

use std::{path::Path, process::Command};

use checkpoint_git::{Repository, Surroundings};
use checkpoint_model::policy::{Because, Push, Rule, Verdict};
use tempfile::TempDir;

use crate::PolicyReader;

struct Scene(TempDir);

const FILE: &str = ".git-checkpoint.toml";

impl Scene {
    /// A repository on `branch`, with one commit of `policy` where there is one.
    fn new(branch: &str, policy: Option<&str>) -> Self {
        let scene = Self(tempfile::tempdir().unwrap());
        scene.git(&["init", "-q", "-b", branch]);
        scene.write("file", "one\n");
        if let Some(policy) = policy {
            scene.write(FILE, policy);
        }
        scene.commit();
        scene
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        fs_err::write(self.path().join(name), text).unwrap();
    }

    fn git(&self, args: &[&str]) {
        let status = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@b"])
            .args(args)
            .current_dir(self.path())
            .env_remove("GIT_DIR")
            .env_remove("GIT_INDEX_FILE")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .status()
            .unwrap();
        assert!(status.success(), "git {args:?}");
    }

    fn commit(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", "one"]);
    }

    fn with<T>(&self, ask: impl FnOnce(&PolicyReader<'_>) -> T) -> T {
        let surroundings = Surroundings {
            cwd: self.path().canonicalize().unwrap(),
            now: chrono::DateTime::UNIX_EPOCH,
            env: [("GIT_CONFIG_GLOBAL".into(), "/dev/null".into())].into(),
        };
        let repo = Repository::open(&surroundings).unwrap();
        ask(&PolicyReader::new(&repo))
    }

    /// Why a commit to `branch` is refused, by pattern and source; `allowed` where it is not.
    fn commit_to(&self, branch: &str) -> String {
        self.with(
            |reader| match reader.rules(Some(branch)).commit(branch, false) {
                Verdict::Refused(reason) => match reason.because {
                    Because::Protected { pattern } => format!("{pattern}: {}", reason.source),
                    other => format!("{other:?}: {}", reason.source),
                },
                verdict => format!("{verdict:?}").to_lowercase(),
            },
        )
    }

    fn n_problems(&self) -> usize {
        self.with(|reader| {
            reader.rules(Some("main"));
            reader.problems().len()
        })
    }
}

const TRUNK: &str = "[branches]\nprotected = [\"trunk\"]\n";

#[test]
fn without_a_policy_the_defaults_hold() {
    let scene = Scene::new("main", None);
    assert_eq!(scene.commit_to("main"), "main: the defaults");
    assert_eq!(scene.commit_to("feature"), "allowed");
    assert!(!scene.with(|reader| reader.is_given()));
}

#[test]
fn a_copy_that_is_edited_or_removed_loosens_nothing() {
    let scene = Scene::new(
        "main",
        Some("[branches]\nprotected = [\"main\", \"keep/*\"]\n"),
    );
    let refused = "keep/*: .git-checkpoint.toml of 'main'";
    assert_eq!(scene.commit_to("keep/a"), refused);
    for text in [
        "",
        "[branches]\nprotected = []\n",
        "[hooks]\ncommit = \"off\"\n",
        "[hooks",
        "\u{feff}=",
    ] {
        scene.write(FILE, text);
        assert_eq!(scene.commit_to("keep/a"), refused, "{text:?}");
    }
    fs_err::remove_file(scene.path().join(FILE)).unwrap();
    assert_eq!(scene.commit_to("keep/a"), refused);
    fs_err::create_dir(scene.path().join(FILE)).unwrap();
    assert_eq!(scene.commit_to("keep/a"), refused);
    assert_eq!(scene.n_problems(), 1, "what cannot be read is told");
    assert!(scene.with(|reader| reader.is_given()));
}

#[test]
fn a_copy_may_add() {
    let scene = Scene::new("main", Some("[branches]\nprotected = [\"main\"]\n"));
    scene.write(FILE, "[branches]\nprotected = [\"agent/*\"]\n");
    assert_eq!(
        scene.commit_to("agent/a"),
        "agent/*: .git-checkpoint.toml in the working tree"
    );
    assert_eq!(
        scene.commit_to("main"),
        "main: .git-checkpoint.toml of 'main'"
    );
}

#[test]
fn a_version_on_a_branch_for_work_does_not_count() {
    let scene = Scene::new(
        "main",
        Some("[branches]\nprotected = [\"main\", \"keep\"]\n"),
    );
    scene.git(&["switch", "-q", "-c", "agent/a"]);
    scene.write(
        FILE,
        "[branches]\nprotected = []\n[hooks]\ncommit = \"off\"\n",
    );
    scene.commit();
    assert_eq!(
        scene.commit_to("keep"),
        "keep: .git-checkpoint.toml of 'main'"
    );
    assert_eq!(scene.commit_to("agent/a"), "allowed");
}

#[test]
fn what_the_upstream_has_comes_before_the_branch() {
    let scene = Scene::new(
        "main",
        Some("[branches]\nprotected = [\"main\", \"agreed\"]\n"),
    );
    scene.git(&["update-ref", "refs/remotes/origin/main", "main"]);
    scene.write(FILE, "[branches]\nprotected = [\"main\"]\n");
    scene.commit();
    assert_eq!(
        scene.commit_to("agreed"),
        "agreed: .git-checkpoint.toml of 'origin/main'"
    );
    scene.git(&["update-ref", "refs/remotes/other/main", "main"]);
    scene.git(&["config", "branch.main.remote", "other"]);
    assert_eq!(
        scene.commit_to("agreed"),
        "allowed",
        "the remote is the one that the branch follows"
    );
    assert_eq!(
        scene.commit_to("main"),
        "main: .git-checkpoint.toml of 'other/main'"
    );
}

#[test]
fn an_upstream_of_another_name_does_not_count() {
    let scene = Scene::new(
        "main",
        Some("[branches]\nprotected = [\"main\", \"keep\"]\n"),
    );
    scene.git(&["switch", "-q", "-c", "loose"]);
    scene.write(FILE, "[branches]\nprotected = []\n");
    scene.commit();
    scene.git(&["update-ref", "refs/remotes/origin/loose", "loose"]);
    scene.git(&["config", "branch.main.remote", "origin"]);
    scene.git(&["config", "branch.main.merge", "refs/heads/loose"]);
    assert_eq!(
        scene.commit_to("keep"),
        "keep: .git-checkpoint.toml of 'main'"
    );
}

#[test]
fn the_trunk_may_have_any_name() {
    let scene = Scene::new("trunk", Some(TRUNK));
    let refused = "trunk: .git-checkpoint.toml of 'trunk'";
    assert_eq!(scene.commit_to("trunk"), refused, "by its own word");
    scene.git(&["update-ref", "refs/remotes/origin/trunk", "trunk"]);
    scene.git(&[
        "symbolic-ref",
        "refs/remotes/origin/HEAD",
        "refs/remotes/origin/trunk",
    ]);
    let refused = "trunk: .git-checkpoint.toml of 'origin/trunk'";
    assert_eq!(scene.commit_to("trunk"), refused);
    assert_eq!(
        scene.commit_to("main"),
        "allowed",
        "where the policy says so"
    );
}

#[test]
fn a_tag_of_the_same_name_is_not_the_branch() {
    let scene = Scene::new(
        "main",
        Some("[branches]\nprotected = [\"main\", \"keep\"]\n"),
    );
    scene.git(&["checkout", "-q", "--orphan", "other"]);
    scene.write(FILE, "[branches]\nprotected = []\n");
    scene.commit();
    scene.git(&["tag", "main"]);
    scene.git(&["tag", "origin/main"]);
    assert_eq!(
        scene.commit_to("keep"),
        "keep: .git-checkpoint.toml of 'main'"
    );
}

#[test]
fn a_policy_that_cannot_be_read_at_all_protects_main_and_master() {
    let scene = Scene::new("main", Some("[branches\nprotected = []\n"));
    assert_eq!(scene.commit_to("main"), "main: the defaults");
    assert_eq!(scene.commit_to("master"), "master: the defaults");
    assert!(scene.n_problems() >= 1, "it is told");
    scene.with(|reader| {
        reader.rules(None);
        let told = reader.problems();
        assert!(
            told[0]
                .error
                .to_string()
                .contains("main:.git-checkpoint.toml"),
            "{told:?}"
        );
    });
}

#[test]
fn packed_references_and_objects_are_read_too() {
    let scene = Scene::new(
        "main",
        Some("[branches]\nprotected = [\"main\", \"keep\"]\n"),
    );
    scene.git(&["gc", "-q"]);
    assert_eq!(
        scene.commit_to("keep"),
        "keep: .git-checkpoint.toml of 'main'"
    );
}

#[test]
fn what_a_checkpoint_holds_is_the_agreed_policy_and_what_keeps_more() {
    let scene = Scene::new("main", None);
    scene.write(FILE, "[capture]\nexclude = [\"a\"]\nmax-file-size = 1\n");
    let policy = scene.with(|reader| reader.policy(Some("main")).unwrap());
    assert_eq!(
        policy.capture.max_file_size.bytes(),
        1,
        "where nothing is agreed on, the copy counts"
    );
    scene.commit();
    scene.write(
        FILE,
        "[capture]\nexclude = [\"a\", \"b\"]\nmax-file-size = 0\n[checkpoint]\nsign = true\n",
    );
    let policy = scene.with(|reader| reader.policy(Some("main")).unwrap());
    assert_eq!(policy.capture.max_file_size.bytes(), 1);
    assert_eq!(policy.capture.exclude.patterns().collect::<Vec<_>>(), ["a"]);
    assert!(policy.checkpoint.sign, "stricter counts");
    scene.write(FILE, "[capture\n");
    assert!(scene.with(|reader| reader.policy(Some("main")).is_err()));
}

#[test]
fn a_copy_lets_nothing_out_by_itself() {
    let text = "[push]\nallow-rules = [\"jwt\"]\nallow-paths = [\"docs/**\"]\n[capture]\nmax-file-size = 1\n";
    for agreed in [None, Some("[push"), Some("[capture]\nmax-file-size = 1\n")] {
        let scene = Scene::new("main", agreed);
        scene.write(FILE, text);
        scene.with(|reader| {
            let policy = reader.policy(Some("topic")).unwrap();
            assert_eq!(policy.push, Push::default(), "{agreed:?}");
            assert_eq!(
                policy.capture.max_file_size.bytes(),
                1,
                "what is kept it says"
            );
            let (keys, _) = reader.looser().unwrap();
            assert_eq!(keys, ["push.allow-paths", "push.allow-rules"]);
        });
        scene.commit();
        let policy = scene.with(|reader| reader.policy(Some("topic")).unwrap());
        assert_ne!(policy.push, Push::default(), "it is agreed on");
        assert!(scene.with(|reader| reader.looser().is_none()));
    }
}

#[test]
fn the_level_of_a_rule_comes_from_the_agreed_policy() {
    let scene = Scene::new("main", Some("[hooks]\ncommit = \"warn\"\n"));
    scene.write(FILE, "[hooks]\npush = \"off\"\n");
    scene.with(|reader| {
        let rules = reader.rules(Some("main"));
        assert!(matches!(rules.commit("main", false), Verdict::Warned(_)));
        assert_eq!(rules.level(Rule::Push).as_str(), "refuse");
    });
}

#[test]
fn a_head_of_the_remote_that_points_elsewhere_frees_no_branch() {
    for branch in ["main", "trunk"] {
        let protects = format!("[branches]\nprotected = [\"{branch}\"]\n");
        let scene = Scene::new(branch, Some(&protects));
        let agreed = format!("refs/remotes/origin/{branch}");
        scene.git(&["update-ref", &agreed, "HEAD"]);
        scene.git(&["switch", "-q", "-c", "loose"]);
        scene.write(
            FILE,
            "[branches]\nprotected = []\n[hooks]\ncommit = \"off\"\n",
        );
        scene.commit();
        let loose = "refs/remotes/origin/loose";
        scene.git(&["update-ref", loose, "HEAD"]);
        scene.git(&["symbolic-ref", "refs/remotes/origin/HEAD", loose]);
        let refused = format!("{branch}: .git-checkpoint.toml of 'origin/{branch}'");
        assert_eq!(scene.commit_to(branch), refused);
    }
}
