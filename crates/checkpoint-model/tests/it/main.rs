//! What the real git says about the notes we write.

use std::{path::Path, process::Command};

use checkpoint_model::record::Record;

fn git(dir: &Path, args: &[&str]) -> Vec<u8> {
    let output = Command::new("git")
        .current_dir(dir)
        .args(args)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_NAME"), "ada")))
        .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_EMAIL"), "ada@desk.example")))
        .output()
        .expect("git is installed");
    assert!(
        output.status.success(),
        "git {args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// Writes the note of HEAD, with these very bytes.
fn note(dir: &Path, ref_name: &str, text: &[u8]) {
    fs_err::write(dir.join("note"), text).expect("the directory is ours");
    let blob = String::from_utf8(git(dir, &["hash-object", "-w", "note"])).expect("hex is text");
    git(
        dir,
        &[
            "notes",
            "--ref",
            ref_name,
            "add",
            "-f",
            "-C",
            blob.trim(),
            "HEAD",
        ],
    );
}

#[test]
fn a_record_merges_as_git_merges_its_note() {
    let base = "c\n";
    let [ours, theirs] = [
        "{\"id\":2}\nc\nb\n",
        "\u{e9}\n\nc\n{\"id\":1}\na b\n{\"id\":2}\n",
    ];
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    git(dir, &["init", "--quiet"]);
    git(
        dir,
        &["commit", "--quiet", "--allow-empty", "--message", "one"],
    );
    note(dir, "ours", base.as_bytes());
    git(dir, &["update-ref", "refs/notes/theirs", "refs/notes/ours"]);
    note(dir, "ours", ours.as_bytes());
    note(dir, "theirs", theirs.as_bytes());
    git(
        dir,
        &[
            "notes",
            "--ref",
            "ours",
            "merge",
            "--quiet",
            "--strategy",
            "cat_sort_uniq",
            "theirs",
        ],
    );

    let mut record = Record::parse(ours.as_bytes());
    record.merge(Record::parse(theirs.as_bytes()));
    let merged = git(dir, &["notes", "--ref", "ours", "show", "HEAD"]);
    assert_eq!(record.to_bytes(), merged, "git and we agree on the union");
}
