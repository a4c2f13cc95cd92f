//! Dates and sizes in git's words; git is asked for them.

use std::{
    fmt::Write as _,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use checkpoint_cli::{ago, human_bytes};
use chrono::DateTime;

const NOW: i64 = 1_900_000_000;
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

fn git(dir: &Path, args: &[&str], input: &str) -> String {
    let mut child = Command::new("git")
        .args(args)
        .current_dir(dir)
        .envs([
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_CONFIG_SYSTEM", "/dev/null"),
            ("LC_ALL", "C"),
        ])
        .env("GIT_TEST_DATE_NOW", NOW.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "git {args:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Ages around every place where the wording changes, and some thousands between.
fn ages() -> Vec<i64> {
    let edges = [
        0,
        90,
        90 * MINUTE,
        36 * HOUR,
        14 * DAY,
        70 * DAY,
        365 * DAY,
        730 * DAY,
        1825 * DAY,
        3650 * DAY,
    ];
    let near = [0, 1, 2, 29, 30, 31, 60, HOUR / 2, HOUR, DAY / 2, DAY];
    let around = edges
        .iter()
        .flat_map(|edge| near.iter().flat_map(move |step| [edge - step, edge + step]));
    let between = (0..2_500).map(|day| day * DAY + day * 37);
    around.chain(between).collect()
}

#[test]
fn ages_are_worded_as_git_words_them() {
    let scratch = tempfile::tempdir().unwrap();
    git(scratch.path(), &["init", "-q", "--bare", "."], "");
    let ages = ages();
    let mut commits = String::new();
    for age in &ages {
        let at = NOW - age;
        writeln!(
            commits,
            "commit refs/heads/main\ncommitter A <a@b.c> {at} +0000\ndata 0\n"
        )
        .unwrap();
    }
    git(
        scratch.path(),
        &["fast-import", "--quiet", "--date-format=raw"],
        &commits,
    );
    let log = git(
        scratch.path(),
        &["log", "--topo-order", "--reverse", "--format=%cr", "main"],
        "",
    );
    let words: Vec<_> = log.lines().collect();
    assert_eq!(words.len(), ages.len());
    let time = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
    for (age, want) in ages.iter().zip(words) {
        assert_eq!(ago(time(NOW - age), time(NOW)), want, "{age} seconds");
    }
}

#[test]
fn sizes_are_worded_as_git_words_them() {
    let scratch = tempfile::tempdir().unwrap();
    git(scratch.path(), &["init", "-q", "--bare", "."], "");
    // What git counts as garbage it counts by the length of the file, and a sparse file costs nothing.
    let garbage = fs_err::File::create(scratch.path().join("objects/pack/tmp_pack_x")).unwrap();
    let edges = [
        0,
        1,
        1 << 10,
        1 << 20,
        1 << 30,
        10 << 10,
        10 << 20,
        10 << 30_u64,
    ];
    let around = edges
        .iter()
        .flat_map(|edge: &u64| [edge.saturating_sub(1), *edge, edge + 1]);
    let between = (0..41).map(|bit| (1 << bit) / 7 * 10);
    for bytes in around.chain(between) {
        garbage.set_len(bytes).unwrap();
        let counted = git(scratch.path(), &["count-objects", "-vH"], "");
        let want = counted
            .lines()
            .find_map(|line| line.strip_prefix("size-garbage: "))
            .unwrap();
        assert_eq!(human_bytes(bytes), want, "{bytes} bytes");
    }
}
