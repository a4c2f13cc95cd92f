//! Snapshots, records and working trees that mean harm: whatever they hold, nothing is written where it does not
//! belong, and what is refused is refused before anything is touched.

mod forge;

use std::os::unix::fs::MetadataExt;

use checkpoint_tests::{Fingerprint, Output, Sandbox, without_powers};
use forge::{Forge, tree};
use fs_err as fs;

/// A repository with a checkpoint `before`, changed since; and something outside that is nobody's business.
fn start() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.write("../outside/precious", "not ours\n");
    sandbox.append("README", "then\n");
    sandbox.checkpoint(["create", "before"]).exits(0);
    sandbox.write("README", "later\n");
    sandbox
}

/// Runs a restore that must be refused with this code, and shows that nothing in the whole world has changed.
#[track_caller]
fn refused(sandbox: &Sandbox, words: &str, exit: i32, code: &str) -> Output {
    sandbox.sh("mkdir -p .git/checkpoint && : >>.git/checkpoint/restore.lock");
    let before = Fingerprint::of(sandbox);
    let output = sandbox.terminal(&format!("git safe-restore --json {words} 2>/dev/null"));
    assert_eq!(output.code, exit, "{output}");
    assert_eq!(output.json()["error"]["code"], code, "{output}");
    before.assert_same(&Fingerprint::of(sandbox), "a refusal changes nothing");
    output
}

/// What a restore of everything has to be refused for.
#[track_caller]
fn refused_all(sandbox: &Sandbox, id: &str, code: &str) {
    let exit = match code {
        "files::invalid_path" => 1,
        _ => 128,
    };
    for scope in ["--exact", "--files", "-- ."] {
        let words = match scope.strip_prefix("-- ") {
            Some(path) => format!("{id} --force -- {path}"),
            None => format!("{id} {scope} --force"),
        };
        refused(sandbox, &words, exit, code);
    }
}

#[test]
fn names_that_are_the_git_directory_or_lead_out() {
    let names: [&[u8]; 14] = [
        b".git",
        b".GIT",
        b".Git ",
        b"git~1",
        b"GIT~1",
        ".g\u{200c}it".as_bytes(),
        "\u{feff}.git".as_bytes(),
        b".git::$INDEX_ALLOCATION",
        b".git.",
        b".git\\hooks",
        b"..",
        b".",
        b"/etc",
        b"../../outside",
    ];
    for name in names {
        let shown = String::from_utf8_lossy(name).into_owned();
        let sandbox = start();
        let evil = sandbox.sh("echo evil | git hash-object -w --stdin");
        let as_file = tree(&sandbox, &[("100644", name, &evil)]);
        let as_folder = tree(&sandbox, &[("100644", b"config", &evil)]);
        let as_folder = tree(&sandbox, &[("40000", name, &as_folder)]);
        let as_deep = tree(&sandbox, &[("40000", b"src", &as_folder)]);
        for work in [as_file, as_folder, as_deep] {
            let id = Forge::of(&sandbox).work(&work).plant();
            let words = format!("{id} --exact --force");
            refused(&sandbox, &words, 1, "files::invalid_path");
            let precious = sandbox.read("../outside/precious");
            assert_eq!(precious, b"not ours\n", "{shown}");
        }
    }
}

#[test]
fn names_in_the_index_that_git_would_take_for_others() {
    for name in [b".git".as_slice(), b"..", b".GIT", b"a/../../b"] {
        let sandbox = start();
        let evil = sandbox.sh("echo evil | git hash-object -w --stdin");
        let index = tree(&sandbox, &[("100644", name, &evil)]);
        let id = Forge::of(&sandbox).index(&index).plant();
        refused(&sandbox, &format!("{id} --force"), 1, "files::invalid_path");
    }
}

#[test]
fn paths_beside_the_trees_that_lead_out() {
    let paths: [&[u8]; 5] = [b"..", b"/etc", b"../../outside", b".", b"a//b"];
    for place in ["raw", "ignored", "extra", "git-dir", "conflicts"] {
        for name in paths {
            let sandbox = start();
            let evil = sandbox.sh("echo evil | git hash-object -w --stdin");
            let mut inner = tree(&sandbox, &[("100644", name, &evil)]);
            if place == "conflicts" {
                inner = tree(&sandbox, &[("40000", b"1", &inner)]);
            }
            let side = tree(&sandbox, &[("40000", place.as_bytes(), &inner)]);
            let id = Forge::of(&sandbox).side(&side).plant();
            let words = format!("{id} --files --force");
            refused(&sandbox, &words, 128, "restore::unsafe_path");
        }
    }
}

#[test]
fn files_of_the_git_directory_that_belong_to_no_operation() {
    for name in [
        "config",
        "hooks/pre-commit",
        "HEAD",
        "index",
        "refs/heads/main",
        "MERGE_HEAD/x",
    ] {
        let sandbox = start();
        let evil = sandbox.sh("echo evil | git hash-object -w --stdin");
        let mut inner = evil;
        let mut mode = "100644";
        for part in name.rsplit('/') {
            inner = tree(&sandbox, &[(mode, part.as_bytes(), &inner)]);
            mode = "40000";
        }
        let side = tree(&sandbox, &[("40000", b"git-dir", &inner)]);
        let id = Forge::of(&sandbox).side(&side).plant();
        refused_all(&sandbox, &id, "restore::unsafe_path");
    }
}

#[test]
fn a_meta_json_that_leads_out_or_is_none() {
    let sandbox = start();
    let check = |text: &str, code: &str| {
        sandbox.write("../scratch-meta", text);
        let blob = sandbox.git(["hash-object", "-w", "../scratch-meta"]);
        let side = tree(&sandbox, &[("100644", b"meta.json", &blob)]);
        let id = Forge::of(&sandbox).side(&side).plant();
        refused(&sandbox, &format!("{id} --force"), 128, code);
    };
    for path in ["../outside/new", "/tmp/new", "a/../../new", ""] {
        let text = format!(r#"{{"version":1,"empty_directories":["{path}"]}}"#);
        check(&text, "restore::unsafe_path");
        let text = format!(
            r#"{{"version":1,"permissions":{{"file":"644","executable":"755","exceptions":{{"{path}":"777"}}}}}}"#
        );
        check(&text, "restore::unsafe_path");
    }
    for text in ["", "{", "[]", "null", r#"{"version":"one"}"#, "\u{0}"] {
        check(text, "restore::missing_object");
    }
}

#[test]
fn a_record_that_lies_about_its_snapshot() {
    let lies: [(&str, serde_json::Value); 8] = [
        ("manifest", format!("sha256:{}", "0".repeat(64)).into()),
        ("head", "4b825dc642cb6eb9a060e54bf8d69288fbee4904".into()),
        ("head", serde_json::Value::Null),
        ("branch", "other".into()),
        ("branch", "refs/notes/checkpoints".into()),
        ("checkpoint", "0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b".into()),
        ("operation", "merge".into()),
        ("verdict", "partial".into()),
    ];
    for (field, lie) in lies {
        let sandbox = start();
        let id = Forge::of(&sandbox).lie(field, &lie).plant();
        let said = sandbox.terminal(&format!("git safe-restore {id} --exact --force"));
        assert_ne!(said.code, 0, "{field}={lie}: {said}");
        if field != "checkpoint" {
            refused_all(&sandbox, &id, "restore::not_a_snapshot");
        }
        assert_eq!(sandbox.read("README"), b"later\n", "{field}={lie}");
    }
}

#[test]
fn a_branch_that_is_none_and_a_head_that_is_no_commit() {
    let branches = [
        "refs/notes/checkpoints",
        "refs/tags/v1",
        "refs/remotes/origin/main",
        "refs/checkpoints/x",
        "refs/replace/x",
        "../../HEAD",
        "a..b",
        "-x/.lock",
        "x.lock",
    ];
    for branch in branches {
        let sandbox = start();
        let id = Forge::of(&sandbox).branch(branch).plant();
        refused_all(&sandbox, &id, "restore::unsafe_path");
    }
}

#[test]
fn the_snapshot_of_another_checkpoint() {
    let sandbox = start();
    sandbox.checkpoint(["create", "other"]).exits(0);
    sandbox.write("README", "later still\n");
    let ids = sandbox.git(["for-each-ref", "--format=%(refname)", "refs/checkpoints/"]);
    let (one, other) = ids.split_once('\n').expect("there are two");
    // The reference of one points at the state of the other.
    sandbox.git(["update-ref", one, other]);
    let said = sandbox.terminal("git safe-restore before --force");
    let readme = String::from_utf8_lossy(&sandbox.read("README")).into_owned();
    assert!(
        said.code == 128 && readme == "later still\n"
            || said.code == 0 && readme.ends_with("then\n"),
        "its own state or none: {said}"
    );
    // The record of one names the other.
    let sandbox = start();
    let tree = sandbox.git(["rev-parse", "HEAD^{tree}"]);
    let id = Forge::of(&sandbox).work(&tree).id_of_another().plant();
    let said = sandbox.terminal(&format!("git safe-restore {id} --force"));
    let readme = sandbox.read("README");
    let is_honest = said.code == 0 && readme == b"read me\nthen\n";
    assert!(
        is_honest || said.code == 128 && readme == b"later\n",
        "{said}"
    );
}

#[test]
fn commits_in_another_shape() {
    let check = |change: fn(Forge<'_>) -> Forge<'_>| {
        let sandbox = start();
        let id = change(Forge::of(&sandbox)).plant();
        refused_all(&sandbox, &id, "restore::not_a_snapshot");
    };
    check(|forge| forge.without_parents());
    check(|forge| forge.without_index());
    check(|forge| forge.without_message());
}

#[test]
fn a_journal_that_is_cut_off_or_garbage() {
    let sandbox = start();
    let whole = format!(
        r#"{{"version":1,"target":"{id}","backup":"{id}","scope":"exact","action":"restore","token":"{}"}}"#,
        "0".repeat(32),
        id = "0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"
    );
    let mut journals: Vec<Vec<u8>> = (0..whole.len())
        .step_by(29)
        .map(|end| whole[..end].into())
        .collect();
    journals.extend([
        b"\0\0\0\0".to_vec(),
        b"[]".to_vec(),
        b"{}".to_vec(),
        vec![b'['; 100_000],
        whole.replace("exact", "everything").into(),
        whole
            .replace("version\":1", "version\":99,\"later\":true")
            .into(),
    ]);
    for journal in journals {
        sandbox.write(".git/checkpoint/restore.json", &journal);
        for words in ["--continue", "--abort", "before --force"] {
            refused(&sandbox, words, 128, "restore::journal_broken");
        }
    }
    // Whole, but of checkpoints that nobody knows.
    sandbox.write(".git/checkpoint/restore.json", &whole);
    for words in ["--continue", "--abort"] {
        let said = refused(&sandbox, words, 128, "checkpoint::unknown");
        assert!(said.text().contains("0199a1b2-c3d4"), "{said}");
    }
    sandbox.sh("rm .git/checkpoint/restore.json && git safe-restore before --force");
}

#[test]
fn a_journal_whose_token_and_paths_lead_out() {
    let sandbox = start();
    let id = sandbox.git([
        "for-each-ref",
        "--format=%(refname:lstrip=2)",
        "refs/checkpoints/",
    ]);
    for (token, path) in [
        ("../../../outside/precious", "README"),
        ("0000000000000000", "../outside"),
    ] {
        let journal = format!(
            r#"{{"version":1,"target":"{id}","backup":"{id}","scope":"paths","paths":["{path}"],"action":"restore","token":"{token}"}}"#
        );
        sandbox.write(".git/checkpoint/restore.json", journal);
        sandbox.terminal("git safe-restore --continue");
        assert_eq!(sandbox.read("../outside/precious"), b"not ours\n");
        sandbox.sh("rm -f .git/checkpoint/restore.json");
    }
}

#[test]
fn links_in_the_place_of_folders() {
    let sandbox = start();
    sandbox.sh("rm -r src && ln -s ../outside src && rm -r doc && ln -s / doc");
    sandbox.write("../outside/main.c", "not ours either\n");
    let before = Fingerprint::of(&sandbox);
    sandbox.sh("git safe-restore before --force");
    assert!(sandbox.path("src").is_dir() && !sandbox.path("src").is_symlink());
    assert_eq!(sandbox.read("../outside/main.c"), b"not ours either\n");
    assert_eq!(sandbox.read("../outside/precious"), b"not ours\n");
    drop(before);
    sandbox.sh("git safe-restore --undo --force");
    assert!(sandbox.path("src").is_symlink() && sandbox.path("doc").is_symlink());
}

#[test]
fn a_folder_full_of_ignored_files_where_a_file_was() {
    let sandbox = start();
    sandbox.write(".git/info/exclude", "*.o\n");
    sandbox.sh("rm README && mkdir -p README/deep");
    for n in 0..50 {
        sandbox.write(format!("README/deep/{n}.o"), format!("{n}\n"));
    }
    let said = sandbox.terminal("git safe-restore before --force");
    assert_eq!(said.code, 0, "{said}");
    assert_eq!(sandbox.read("README"), b"read me\nthen\n");
    sandbox.sh("git safe-restore --undo --force");
    for n in 0..50 {
        let there = sandbox.read(format!("README/deep/{n}.o"));
        assert_eq!(there, format!("{n}\n").as_bytes(), "the backup had it");
    }
}

#[test]
fn a_named_pipe_where_a_file_was() {
    let sandbox = start();
    sandbox.sh("rm README && mkfifo README");
    refused(&sandbox, "before --force", 1, "restore::would_lose");
    let said = sandbox.sh("git safe-restore before --force --discard README 2>&1");
    assert!(said.contains("Restored "), "{said}");
    assert_eq!(sandbox.read("README"), b"read me\nthen\n");
}

#[test]
fn hard_links_to_files_outside() {
    let sandbox = start();
    sandbox.sh("rm README && ln ../outside/precious README && ln ../outside/precious new");
    let inode = fs::metadata(sandbox.path("../outside/precious"))
        .expect("it is there")
        .ino();
    sandbox.sh("git safe-restore before --force");
    assert_eq!(sandbox.read("README"), b"read me\nthen\n");
    assert_eq!(sandbox.read("../outside/precious"), b"not ours\n");
    sandbox.sh("git safe-restore --undo --force");
    assert_eq!(sandbox.read("README"), b"not ours\n");
    let now = fs::metadata(sandbox.path("../outside/precious")).expect("it is there");
    assert_eq!(
        (now.ino(), sandbox.read("../outside/precious")),
        (inode, b"not ours\n".to_vec())
    );
}

#[test]
fn a_folder_that_may_not_be_written() {
    let Some(words) = without_powers() else {
        return;
    };
    let behind = words.join(" ");
    for path in ["src", "doc"] {
        let sandbox = start();
        sandbox.write("src/new.c", "made since\n");
        sandbox.remove("doc/guide.txt");
        sandbox.chmod(path, 0o555);
        sandbox.sh("mkdir -p .git/checkpoint && : >>.git/checkpoint/restore.lock");
        let before = Fingerprint::of(&sandbox);
        let said = sandbox.terminal(&format!("{behind} git safe-restore before --force"));
        assert_eq!(said.code, 128, "{said}");
        assert!(said.text().contains("permission denied"), "{said}");
        before.assert_same(&Fingerprint::of(&sandbox), "nothing was begun");
        sandbox.chmod(path, 0o755);
        sandbox.sh("git safe-restore before --force");
        assert_eq!(sandbox.git(["status", "--short"]), " M README");
    }
}
