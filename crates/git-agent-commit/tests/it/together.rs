//! Several at once in one working tree, and hooks in between.

use std::os::unix::process::ExitStatusExt as _;

use serde_json::Value;

use crate::scene::Scene;

#[test]
fn each_of_many_agents_commits_its_own_paths() {
    const AGENTS: usize = 6;
    const COMMITS: usize = 4;
    let scene = Scene::new();
    std::thread::scope(|scope| {
        for agent in 0..AGENTS {
            let scene = &scene;
            scope.spawn(move || {
                for commit in 0..COMMITS {
                    let path = format!("agent-{agent}/{commit}");
                    scene.write(&path, format!("{agent} {commit}\n"));
                    if commit % 2 == 0 {
                        // What is staged beside stays staged, or is somebody's own.
                        scene.try_git(&["add", "--", &path]);
                    }
                    let name = format!("agent-{agent}");
                    let words = ["--agent", &name, "-m", &path, "--", &path];
                    let said = scene.said(&mut scene.agent_commit(&words));
                    assert_eq!(said.code, 0, "{}", said.err);
                }
            });
        }
    });
    let log = scene.git(&["log", "--format=%s", "--name-only", "main..work"]);
    let mut words: Vec<_> = log.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(words.len(), 2 * AGENTS * COMMITS, "one path in each: {log}");
    while let (Some(path), Some(subject)) = (words.pop(), words.pop()) {
        let agent = path.split('/').next().unwrap();
        assert_eq!(subject, format!("[{agent}] {path}"));
    }
    assert_eq!(scene.git(&["status", "--porcelain"]), "");
    for commit in scene.git(&["rev-list", "main..work"]).lines() {
        assert_eq!(scene.events(commit).len(), 1);
    }
}

/// While the state is looked at, once, this is done by others.
fn meanwhile(scene: &Scene, script: &str) {
    scene.write(".gitattributes", "file filter=others\n");
    scene.git(&["add", ".gitattributes"]);
    scene.git(&["commit", "-qm", "a filter"]);
    let script = format!(
        "#!/bin/sh\n[ -e .git/once ] || {{ touch .git/once; {script}; }} </dev/null >&2\nexec cat\n"
    );
    scene.write(".git/others", script);
    scene.sh("chmod +x .git/others; git config filter.others.clean .git/others");
}

#[test]
fn what_others_stage_meanwhile_is_theirs() {
    let check = |before: &str, args: &[&str]| {
        let scene = Scene::new();
        meanwhile(&scene, "git add theirs; git rm -q --cached dir/b");
        scene.sh(before);
        scene.write("file", "two\n");
        scene.write("theirs", "theirs\n");
        // Git may have looked at the file already.
        scene.sh("rm -f .git/once");
        scene.done(args);
        assert_eq!(
            scene.git(&["diff", "--name-only", "HEAD~1", "HEAD"]),
            "file"
        );
        let staged = scene.git(&["diff", "--cached", "--name-status"]);
        assert!(
            staged.contains("A\ttheirs") && staged.contains("D\tdir/b"),
            "{staged}"
        );
        assert!(!staged.contains("file"), "{staged}");
    };
    check("true", &["--", "file"]);
    check("echo staged >other; git add other", &["--", "file"]);
}

#[test]
fn others_stage_and_commit_before_or_after_and_not_while_a_commit_is_made() {
    let scene = Scene::new();
    scene.write("file", "two\n");
    scene.write("theirs", "theirs\n");
    scene.hook(
        "pre-commit",
        "unset GIT_INDEX_FILE; git add theirs 2>.git/said; git commit -qam theirs 2>>.git/said; exit 0",
    );
    scene.done(&["--", "file"]);
    let said = scene.read(".git/said");
    assert_eq!(
        said.matches("index.lock': File exists").count(),
        2,
        "{said}"
    );
    let commits = scene.git(&["log", "--format=%s", "main..work"]);
    assert_eq!(commits, "[ada] change");
    assert_eq!(scene.git(&["status", "--porcelain"]), "?? theirs");
}

#[test]
fn what_a_hook_adds_is_part_of_the_commit_and_not_left_staged() {
    for args in [[].as_slice(), &["--", "file"]] {
        let scene = Scene::new();
        scene.write("file", "two\n");
        scene.hook(
            "pre-commit",
            "echo formatted >file; echo made >made; git add file made",
        );
        scene.done(args);
        assert_eq!(scene.git(&["show", "HEAD:file"]), "formatted");
        assert_eq!(
            scene.git(&["diff", "--name-only", "HEAD~1", "HEAD"]),
            "file\nmade"
        );
        assert_eq!(scene.git(&["status", "--porcelain"]), "");
    }
}

#[test]
fn a_commit_that_comes_between_is_not_undone() {
    let check = |args: &[&str]| {
        let scene = Scene::new();
        scene.write("file", "two\n");
        scene.write("theirs", "theirs\n");
        scene.hook(
            "pre-commit",
            &format!("[ -e .git/once ] && exit 0; touch .git/once; {COMMIT_THEIRS}"),
        );
        let said = scene.run(args);
        assert_eq!(said.code, 0, "{}", said.err);
        assert_eq!(
            scene.git(&["log", "--format=%s", "main..work"]),
            "[ada] change\ntheirs"
        );
        assert_eq!(
            scene.git(&["diff", "--name-only", "HEAD~1", "HEAD"]),
            "file"
        );
    };
    check(&["--", "file"]);
}

/// Others move HEAD without a look at the index.
const COMMIT_THEIRS: &str = "export GIT_INDEX_FILE=.git/theirs; git read-tree HEAD; \
    echo new >theirs; git add theirs; \
    git update-ref HEAD $(git commit-tree -p HEAD -m theirs $(git write-tree)) HEAD";

#[test]
fn a_commit_that_comes_first_by_a_hair_is_not_undone() {
    let scene = Scene::new();
    scene.write("file", "two\n");
    let real = scene.sh("command -v git");
    let bin = scene.beside().join("bin");
    fs_err::create_dir(&bin).unwrap();
    // The moment between our last look at HEAD and git's first.
    let script = format!(
        "#!/bin/sh\ncase \"$*\" in 'commit --quiet --file='*)\n\
         [ -e .git/once ] || (touch .git/once; {COMMIT_THEIRS});; esac\nexec '{real}' \"$@\"\n"
    );
    fs_err::write(bin.join("git"), script).unwrap();
    scene.sh("chmod +x ../bin/git");
    let search = format!("{}:{}", bin.display(), scene.sh("echo \"$PATH\""));
    let said = scene.said(scene.ada(&["--", "file"]).env("PATH", search));
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(
        scene.git(&["show", "HEAD:theirs"]),
        "new",
        "theirs is not undone"
    );
    let changed = scene.git(&["diff", "--name-only", "HEAD~1", "HEAD"]);
    assert_eq!(changed, "file");
}

#[test]
fn a_hook_cannot_commit_in_our_turn() {
    let scene = Scene::new();
    scene.write("file", "two\n");
    let program = env!("CARGO_BIN_EXE_git-agent-commit");
    scene.hook(
        "pre-commit",
        &format!("'{program}' --agent eve -m x --json >.git/said; exit 0"),
    );
    scene.done(&[]);
    let said: Value = serde_json::from_str(&scene.read(".git/said")).unwrap();
    assert_eq!(said["error"]["code"], "commit::within");
}

#[test]
fn a_hook_of_a_persons_commit_cannot_commit_its_work() {
    let program = env!("CARGO_BIN_EXE_git-agent-commit");
    for commit in [
        "git add file; git commit -qm theirs",
        "git commit -qam theirs",
        "git commit -qm theirs file",
    ] {
        let scene = Scene::new();
        scene.write("file", "two\n");
        scene.write("new", "new\n");
        let ours = format!("'{program}' --agent eve -m x --json >.git/said; exit 0");
        scene.hook("pre-commit", &ours);
        scene.sh(commit);
        let said: Value = serde_json::from_str(&scene.read(".git/said")).unwrap();
        assert_eq!(said["error"]["code"], "commit::within", "{commit}");
        assert_eq!(scene.git(&["log", "--format=%s", "main.."]), "theirs");
    }
    let scene = Scene::new();
    scene.hook(
        "post-commit",
        &format!("[ -e .git/once ] && exit 0; touch .git/once; unset GIT_INDEX_FILE; '{program}' --agent eve -m x"),
    );
    scene.write("new", "new\n");
    scene.sh("echo two >file; git commit -qam theirs");
    assert_eq!(
        scene.git(&["log", "--format=%s", "main.."]),
        "[eve] x\ntheirs"
    );
    assert_eq!(scene.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_run_is_started_where_it_is_asked_for_and_the_work_goes_along() {
    let scene = Scene::on("main");
    scene.sh("echo staged >other; git add other; echo two >file; echo new >new");
    let main = scene.git(&["rev-parse", "main"]);
    let done = scene.json(&["--run", "--task", "Fix the login", "--", "file", "new"]);
    assert_eq!(done["branch"], "agent/fix-the-login/run-1");
    assert_eq!(done["run_started"], true);
    assert_eq!(scene.git(&["rev-parse", "main"]), main);
    assert_eq!(
        scene.git(&["branch", "--show-current"]),
        "agent/fix-the-login/run-1"
    );
    assert_eq!(
        scene.git(&["diff", "--name-only", "main", "HEAD"]),
        "file\nnew"
    );
    assert_eq!(scene.git(&["status", "--porcelain"]), "M  other");
    let [event] = scene.events("HEAD").try_into().unwrap();
    assert_eq!(event["run"], done["run"]);
    // The next one finds the run by its branch, and needs none.
    let done = scene.json(&["--run"]);
    assert_eq!(done["run_started"], false);
    assert_eq!(done["run"], event["run"]);
    assert_eq!(done["task"], "Fix the login");
}

#[test]
fn a_run_that_would_begin_with_nothing_is_taken_back() {
    let scene = Scene::on("main");
    scene.hook("pre-commit", "exit 1");
    scene.write("file", "two\n");
    let there = scene.untouched();
    assert_eq!(scene.failure(&["--run"]).1, "commit::refused");
    let back = scene.untouched();
    assert_eq!((back.0, back.1), (there.0, there.1));
    assert_eq!(scene.git(&["branch", "--format=%(refname:short)"]), "main");
}

#[test]
fn a_commit_counts_for_the_run_of_its_branch_whatever_the_environment_has() {
    let scene = Scene::on("main");
    let commit = |run: &str, words: &[&str]| {
        scene.write("file", format!("for {run} {words:?}\n"));
        let mut words = words.to_vec();
        words.extend(["--agent", "ada", "-m", "change", "--json"]);
        let mut command = scene.command(env!("CARGO_BIN_EXE_git-agent-commit"), &words);
        let output = command.env("GIT_AGENT_RUN", run).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let done: Value = serde_json::from_slice(&output.stdout).unwrap();
        (done["run"].clone(), said)
    };
    let text = |run: &Value| run.as_str().unwrap().to_owned();
    let first = text(&commit("", &["--run", "--task", "first"]).0);
    scene.git(&["switch", "-q", "main"]);
    let second = text(&commit("", &["--run", "--task", "second"]).0);
    assert_ne!(first, second);

    let (run, said) = commit(&second, &[]);
    assert_eq!(
        (text(&run), said.contains("warning")),
        (second.clone(), false)
    );
    for wrong in [first.as_str(), "nonsense"] {
        let (run, said) = commit(wrong, &[]);
        assert_eq!(text(&run), second, "{wrong}");
        assert!(said.contains("warning: GIT_AGENT_RUN is of"), "{said}");
        assert!(said.contains("second/run-1"), "{said}");
    }
    scene.git(&["switch", "-qc", "elsewhere"]);
    let (run, said) = commit("nonsense", &[]);
    assert_eq!(run, Value::Null);
    assert!(said.contains("counts for: none"), "{said}");
}

#[test]
fn the_index_knows_of_the_commit_before_post_commit_hooks_run() {
    let check = |before: &str, status: &str| {
        let scene = Scene::new();
        scene.sh(before);
        scene.write("file", "two\n");
        // A hook that does nothing at once, as most are started by a manager.
        scene.hook(
            "post-commit",
            "sleep 0.3; git status --porcelain >.git/hook-saw; unset GIT_INDEX_FILE; \
             git status --porcelain >.git/others-saw; echo b >b; git add b; \
             GIT_DIR=.git git -c core.hooksPath=/dev/null commit -q -m theirs b",
        );
        scene.done(&["--", "file"]);
        assert_eq!(scene.read(".git/others-saw"), status, "{before}");
        assert_eq!(scene.read(".git/hook-saw"), status, "{before}");
        assert_eq!(
            scene.git(&["show", "HEAD:file"]),
            "two",
            "nothing is undone"
        );
        let changed = scene.git(&["diff", "--name-only", "HEAD~1", "HEAD"]);
        assert_eq!(changed, "b");
        assert_eq!(scene.git(&["status", "--porcelain"]), status.trim_end());
    };
    check("true", "");
    check("echo staged >other; git add other", "M  other\n");
}

#[test]
fn what_a_post_commit_hook_stages_stays_staged() {
    let scene = Scene::new();
    scene.write("file", "two\n");
    scene.hook("post-commit", "sleep 0.3; echo made >made; git add made");
    scene.done(&[]);
    assert_eq!(scene.git(&["status", "--porcelain"]), "A  made");
    assert_eq!(scene.sh("ls .git | grep checkpoint-commit || true"), "");
}

/// A commit whose process is killed, and which git has made all the same.
fn interrupted(before: &str, args: &[&str]) -> Scene {
    let scene = Scene::new();
    scene.sh(before);
    scene.write("file", "two\n");
    scene.write("new", "new\n");
    scene.hook(
        "commit-msg",
        "[ -e .git/once ] && exit 0; touch .git/once; kill -9 $(ps -o ppid= -p $PPID)",
    );
    assert_ne!(scene.run(args).code, 0, "it is killed");
    scene.sh("while [ \"$(git log -1 --format=%s)\" != '[ada] change' ]; do sleep 0.05; done");
    let staged = scene.git(&["diff", "--cached", "--name-only"]);
    assert!(staged.contains("file"), "the index lags: {staged}");
    let said = scene.try_git(&["commit", "-qm", "undo it", "-a"]);
    assert_ne!(said.code, 0, "others cannot commit such an index");
    scene
}

#[test]
fn an_index_that_a_killed_commit_left_behind_is_mended_by_the_next() {
    let check = |before: &str, args: &[&str], meanwhile: &str, staged: &str| {
        let scene = interrupted(before, args);
        scene.sh(meanwhile);
        scene.write("dir/a", "next\n");
        let said = scene.done(&["--", "dir/a"]);
        assert!(said.err.contains("was interrupted"), "{}", said.err);
        let now = scene.git(&["diff", "--cached", "--name-status"]);
        assert_eq!(now, staged, "{before} {args:?} {meanwhile}");
        assert_eq!(scene.git(&["show", "HEAD:file"]), "two");
        let [event] = scene.events("HEAD~1").try_into().unwrap();
        assert_eq!(event["commit"], scene.git(&["rev-parse", "HEAD~1"]));
        assert_eq!(
            (&event["by"]["agent"], &event["branch"]),
            (&"ada".into(), &"work".into())
        );
        assert_eq!(
            scene.sh("ls .git | grep -e checkpoint-commit -e lock || true"),
            "",
            "nothing is left"
        );
    };
    check("true", &[], "true", "");
    check("true", &["--", "file", "new"], "true", "");
    let staged = "echo staged >other; git add other";
    check(staged, &["--", "file", "new"], "true", "M\tother");
    // Whoever removes the lock, as git says, is on his own, and does not lose what he stages.
    check("true", &[], "rm .git/index.lock", "");
    let anew = "rm .git/index.lock; echo three >file; git add file; echo two >file";
    check("true", &[], anew, "M\tfile");
}

#[test]
fn what_a_killed_commit_left_stays_until_the_index_could_be_mended() {
    let scene = interrupted("true", &[]);
    scene.sh("rm .git/index.lock; touch .git/index.lock");
    scene.write("dir/a", "next\n");
    let (code, said) = scene.failure(&["--", "dir/a"]);
    assert_eq!((code, said.as_str()), (1, "commit::index_locked"));
    scene.sh("rm .git/index.lock");
    let said = scene.done(&["--", "dir/a"]);
    assert!(said.err.contains("was interrupted"), "{}", said.err);
    assert_eq!(scene.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_commit_waits_for_one_whose_process_was_killed() {
    let scene = Scene::new();
    scene.write("file", "two\n");
    scene.write("other", "two\n");
    scene.hook(
        "pre-commit",
        "[ -e .git/once ] && exit 0; touch .git/once; kill -9 $(ps -o ppid= -p $PPID); sleep 1",
    );
    assert_ne!(scene.run(&["--", "file"]).code, 0, "it is killed");
    scene.done(&["--", "other"]);
    for (commit, path) in [("HEAD~1", "file"), ("HEAD", "other")] {
        let names = scene.git(&["show", "--format=", "--name-only", commit]);
        assert_eq!(names, path);
    }
    assert_eq!(scene.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_signal_ends_git_too_and_leaves_nothing() {
    let check = |trap: &str, signal: Option<i32>| {
        let scene = Scene::new();
        scene.sh("echo staged >other; git add other");
        scene.write("file", "two\n");
        scene.hook("pre-commit", "touch .git/begun; sleep 1; touch .git/ended");
        let before = scene.untouched();
        let ours = env!("CARGO_BIN_EXE_git-agent-commit");
        let script = format!("{trap} exec '{ours}' --agent ada -m change -- file");
        let mut child = scene.command("sh", &["-c", &script]).spawn().unwrap();
        scene.sh("while ! [ -e .git/begun ]; do sleep 0.02; done");
        scene.sh(&format!("kill -TERM {}", child.id()));
        let status = child.wait().unwrap();
        assert_eq!(status.signal(), signal, "{trap}");
        scene.sh("while ! [ -e .git/ended ]; do sleep 0.02; done; sleep 0.2");
        let after = scene.untouched();
        let is_as_before = (before.0, before.1) == (after.0, after.1);
        assert_eq!(is_as_before, signal.is_some(), "{trap}");
        let left = scene.sh("ls .git | grep -e checkpoint-commit -e lock || true");
        assert_eq!(left, "", "{trap}");
    };
    check("", Some(15));
    // Whoever has it ignored meant that.
    check("trap '' TERM;", None);
}

#[test]
fn a_killed_commit_that_was_not_made_leaves_nothing_to_mend() {
    let scene = Scene::new();
    scene.write("file", "two\n");
    scene.hook(
        "pre-commit",
        "[ -e .git/once ] && exit 0; touch .git/once; kill -9 $(ps -o ppid= -p $PPID); exit 1",
    );
    assert_ne!(scene.run(&[]).code, 0, "it is killed");
    let said = scene.done(&[]);
    assert!(!said.err.contains("interrupted"), "{}", said.err);
    assert_eq!(scene.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_commit_is_on_the_branch_that_somebody_switched_to_meanwhile() {
    let scene = Scene::new();
    scene.git(&["branch", "other"]);
    scene.write("file", "two\n");
    scene.hook("pre-commit", "git symbolic-ref HEAD refs/heads/other");
    let done = scene.json(&[]);
    assert_eq!(done["branch"], "other");
    assert_eq!(scene.events("HEAD")[0]["branch"], "other");
    let tip = scene.git(&["rev-parse", "other"]);
    assert_eq!(done["commit_hash"], tip.as_str());
    assert_eq!(scene.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_commit_does_not_stay_on_a_protected_branch_that_somebody_switched_to() {
    let scene = Scene::new();
    scene.write("file", "two\n");
    scene.hook("pre-commit", "git symbolic-ref HEAD refs/heads/main");
    let there = scene.git(&["for-each-ref", "refs/heads"]);
    let (exit, code) = scene.failure(&[]);
    assert_eq!((exit, code.as_str()), (1, "commit::protected"));
    assert_eq!(scene.git(&["for-each-ref", "refs/heads"]), there);
    assert_eq!(scene.git(&["status", "--porcelain"]), " M file");
}

#[test]
fn a_commit_does_not_keep_the_message_of_another_one() {
    let scene = Scene::new();
    scene.write("file", "two\n");
    // What another `git commit` does in the same moment.
    scene.hook(
        "commit-msg",
        "[ -e .git/once ] && exit 0; touch .git/once; echo theirs >.git/COMMIT_EDITMSG",
    );
    scene.done(&[]);
    let subjects = scene.git(&["log", "--format=%s", "main..work"]);
    assert_eq!(subjects, "[ada] change");
    assert_eq!(scene.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_commit_with_the_message_of_another_one_is_told_where_it_has_to_stand() {
    let scene = Scene::new();
    scene.write("file", "two\n");
    scene.hook("commit-msg", "echo theirs >.git/COMMIT_EDITMSG");
    scene.hook(
        "post-commit",
        "[ -e .git/once ] && exit 0; touch .git/once; sleep 0.1; \
         git update-ref HEAD $(git commit-tree -p HEAD -m on-top HEAD^{tree})",
    );
    let (exit, code) = scene.failure(&[]);
    assert_eq!((exit, code.as_str()), (128, "commit::other_words"));
    assert_eq!(scene.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_hook_may_word_the_message_anew() {
    let scene = Scene::new();
    scene.write("file", "two\n");
    scene.hook("commit-msg", "echo 'worded by a hook' >\"$1\"");
    scene.done(&[]);
    let subjects = scene.git(&["log", "--format=%s", "main..work"]);
    assert_eq!(subjects, "worded by a hook");
}

#[test]
fn a_commit_that_a_hook_amends_is_told() {
    let scene = Scene::new();
    scene.write("file", "two\n");
    scene.hook(
        "post-commit",
        "[ -e ../amended ] || { : >../amended; git commit -q --amend -m anew; }",
    );
    let said = scene.done(&["--json"]);
    let told: Value = serde_json::from_str(&said.out).unwrap();
    let tip = scene.git(&["rev-parse", "work"]);
    assert_eq!(told["replaced_by"], tip, "{}", said.err);
    assert_ne!(told["commit_hash"], tip);
    assert!(said.err.contains("is no longer on 'work'"), "{}", said.err);
    // One that others build on is on it.
    scene.write("file", "three\n");
    scene.hook(
        "post-commit",
        "[ -e ../built ] || { : >../built; git commit -q --allow-empty -m on; }",
    );
    assert_eq!(scene.json(&[])["replaced_by"], Value::Null);
}
