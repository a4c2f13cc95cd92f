//! The situations of `docs/guide.md`: the lines that it says help, do.

use std::path::Path;

use checkpoint_tests::Sandbox;

/// Types the lines of one situation; all have to succeed. Gives what they said.
fn follow(sandbox: &Sandbox, situation: &str) -> String {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guide.md");
    let guide = fs_err::read_to_string(guide).expect("the guide is there");
    let heading = format!("\n## {situation}\n");
    let (_, text) = guide.split_once(&heading).expect("the guide tells of it");
    let text = text.split("\n## ").next().unwrap_or_default();
    let lines: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("    $ "))
        .collect();
    assert_eq!(lines.len(), 2, "two lines help in '{situation}'");
    lines.iter().map(|line| sandbox.sh(line) + "\n").collect()
}

/// A repository with a checkpoint of this name, and work in it that no commit has.
fn kept(name: &str) -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.write("README", "a day's work\n");
    sandbox.write("src/new.c", "int new;\n");
    sandbox.sh(&format!("git checkpoint create {name}"));
    sandbox
}

fn has(sandbox: &Sandbox, path: &str, text: &str) {
    assert_eq!(String::from_utf8_lossy(&sandbox.read(path)), text, "{path}");
}

#[test]
fn the_guide_tells_eleven_situations() {
    let guide = include_str!("../../docs/guide.md");
    assert_eq!(guide.matches("\n## ").count(), 11);
}

#[test]
fn the_agent_reset_my_work() {
    let sandbox = kept("before");
    sandbox.sh("git reset -q --hard; git clean -qfd");
    follow(&sandbox, "The agent reset my work");
    has(&sandbox, "README", "a day's work\n");
    has(&sandbox, "src/new.c", "int new;\n");
}

#[test]
fn i_restored_the_wrong_one() {
    let sandbox = kept("wrong");
    sandbox.write("README", "the right one\n");
    sandbox.sh("git safe-restore wrong --force");
    let said = follow(&sandbox, "I restored the wrong one");
    has(&sandbox, "README", "the right one\n");
    assert!(
        said.contains("backup (--redo)") && said.contains("  wrong\n"),
        "{said}"
    );
}

#[test]
fn it_died_halfway() {
    let sandbox = kept("target");
    sandbox.write("README", "later\n");
    sandbox.sh("git checkpoint create backup --type backup");
    let ids = sandbox.git([
        "for-each-ref",
        "--format=%(refname:lstrip=2)",
        "refs/checkpoints/",
    ]);
    let (target, backup) = ids
        .split_once('\n')
        .expect("there are two, the older one first");
    // What a process leaves that was killed before it wrote the first file.
    let journal = format!(
        r#"{{"version":1,"target":"{target}","backup":"{backup}","scope":"exact","action":"restore","token":"{}"}}"#,
        "0".repeat(32)
    );
    sandbox.write(".git/checkpoint/restore.json", journal);
    follow(&sandbox, "It died halfway");
    has(&sandbox, "README", "a day's work\n");
    sandbox.sh("git safe-restore --undo --force");
    has(&sandbox, "README", "later\n");
}

#[test]
fn only_this_folder() {
    let sandbox = kept("before");
    sandbox.write("README", "stays\n");
    sandbox.write("src/new.c", "int broken;\n");
    follow(&sandbox, "Only this folder");
    has(&sandbox, "README", "stays\n");
    has(&sandbox, "src/new.c", "int new;\n");
}

#[test]
fn back_to_before_the_merge() {
    for is_committed in [false, true] {
        let sandbox = Sandbox::committed();
        sandbox
            .sh("git switch -qc side; echo side >README; git commit -qam side; git switch -q main");
        sandbox.sh("echo main >README; git commit -qam main");
        sandbox.write("notes", "not committed\n");
        sandbox.sh("git checkpoint create before-merge");
        let before = sandbox.sh("git status --porcelain; git rev-parse HEAD");
        sandbox.sh("! git merge side");
        if is_committed {
            sandbox.sh("echo both >README; git commit -qam merged");
        }
        let said = follow(&sandbox, "Back to before the merge");
        assert_eq!(
            sandbox.sh("git status --porcelain; git rev-parse HEAD"),
            before,
            "{said}"
        );
        assert!(
            !sandbox.path(".git/MERGE_HEAD").exists(),
            "the merge is over"
        );
    }
}

#[test]
fn which_one_was_it() {
    let sandbox = kept("before-cleanup");
    sandbox.write("src/new.c", "int other;\n");
    let before = sandbox.sh("git status --porcelain");
    let said = follow(&sandbox, "Which one was it");
    assert!(
        said.contains("before-cleanup") && said.contains("src/new.c"),
        "{said}"
    );
    assert_eq!(sandbox.sh("git status --porcelain"), before);
}

#[test]
fn undo_the_undo() {
    let sandbox = kept("before");
    sandbox.write("README", "later\n");
    sandbox.sh("git safe-restore before --force");
    let said = follow(&sandbox, "Undo the undo");
    assert!(
        said.contains("Undone, back to ") && said.contains("Redone, back to "),
        "{said}"
    );
    has(&sandbox, "README", "a day's work\n");
}

#[test]
fn the_branch_moved() {
    let sandbox = kept("before-feature");
    sandbox.write("README", "committed since\n");
    sandbox.commit("feature");
    assert_eq!(
        sandbox
            .terminal("git safe-restore before-feature --force")
            .code,
        1,
        "nothing is guessed"
    );
    let said = follow(&sandbox, "The branch moved");
    has(&sandbox, "README", "a day's work\n");
    assert!(said.contains(" feature\n"), "the commits stay: {said}");
    sandbox.sh("git safe-restore before-feature --exact --force");
    assert_eq!(sandbox.git(["log", "--format=%s"]), "first");
}

#[test]
fn a_file_was_in_the_way() {
    let sandbox = Sandbox::committed();
    sandbox.write(
        ".git-checkpoint.toml",
        "[capture]\nmax-file-size = \"1 KiB\"\n",
    );
    sandbox.write("data.bin", "small then\n");
    sandbox.sh("git checkpoint create before");
    sandbox.write("data.bin", vec![b'x'; 4096]);
    assert_eq!(
        sandbox.terminal("git safe-restore latest --force").code,
        1,
        "it would be lost"
    );
    follow(&sandbox, "A file was in the way");
    has(&sandbox, "data.bin", "small then\n");
    assert_eq!(sandbox.read("../data.bin").len(), 4096);
}

#[test]
fn take_one_file_from_yesterday() {
    let sandbox = Sandbox::committed();
    sandbox.write("notes.txt", "yesterday\n");
    sandbox.sh("git checkpoint create yesterday");
    sandbox.write("notes.txt", "today\n");
    sandbox.write("README", "today\n");
    let said = follow(&sandbox, "Take one file from yesterday");
    assert!(said.contains("-yesterday\n+today\n"), "{said}");
    has(&sandbox, "notes.txt", "yesterday\n");
    has(&sandbox, "README", "today\n");
}

#[test]
fn go_on_at_another_machine() {
    let mut sandbox = Sandbox::committed();
    sandbox.sh("git init -q --bare ../remote.git; git remote add origin ../remote.git; git push -q -u origin main");
    sandbox.sh("git clone -q ../remote.git ../laptop");
    sandbox.write("README", "a day's work\n");
    sandbox.write("src/new.c", "int new;\n");
    sandbox.sh("git add src/new.c; git checkpoint create at-the-desk");
    sandbox.sh("git checkpoint push origin at-the-desk --with-state");
    let status = sandbox.git(["status", "--short"]);
    sandbox.move_to("laptop");
    let said = follow(&sandbox, "Go on at another machine");
    assert!(said.contains("new       state"), "{said}");
    has(&sandbox, "README", "a day's work\n");
    has(&sandbox, "src/new.c", "int new;\n");
    assert_eq!(
        sandbox.git(["status", "--short"]),
        status,
        "the index as well"
    );
}
