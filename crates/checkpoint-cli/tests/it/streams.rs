use std::{
    fs::OpenOptions,
    io::Read,
    process::{Command, Stdio},
};

use crate::edge::{edge, piped};

const DATA: &str = "on main\n0  a thing\n1  a thing\n";
const TALK: &str = "counted\nhint: use \"git edge 1\" to see less\n";

#[test]
fn data_talk_and_exit_number_go_their_own_ways() {
    let check = |args: &[&str], code: i32, stdout: &str, stderr: &str| {
        assert_eq!(
            piped(args, &[]),
            (code, stdout.to_owned(), stderr.to_owned()),
            "{args:?}"
        );
    };
    check(&[], 0, DATA, TALK);
    check(&["-q"], 0, DATA, "");
    check(&["--unwell"], 1, DATA, TALK);
    check(
        &["--json"],
        0,
        "{\"version\":1,\"command\":\"edge\",\"things\":2}\n",
        TALK,
    );
    check(
        &["0"],
        1,
        "",
        "error: nothing to list: there are 0 things\nhint: git edge 1\n",
    );
    check(
        &["0", "-q"],
        1,
        "",
        "error: nothing to list: there are 0 things\nhint: git edge 1\n",
    );
    check(
        &["1000001"],
        128,
        "",
        "fatal: cannot count to 1000001\n  out of fingers\n",
    );
    check(
        &["--version"],
        0,
        concat!("edge ", env!("CARGO_PKG_VERSION"), "\n"),
        "",
    );
}

#[test]
fn a_failure_is_a_json_document_too() {
    let (code, stdout, stderr) = piped(&["1000001", "--json"], &[]);
    assert_eq!(code, 128);
    assert_eq!(stderr, "fatal: cannot count to 1000001\n  out of fingers\n");
    let want = r#"{"version":1,"error":{"code":"edge::too_many","message":"cannot count to 1000001","help":null,"causes":["out of fingers"]}}"#;
    assert_eq!(stdout, format!("{want}\n"));
}

#[test]
fn bad_usage_is_129_and_says_so_first() {
    let (code, stdout, stderr) = piped(&["--many"], &[]);
    assert_eq!((code, stdout.as_str()), (129, ""));
    assert!(
        stderr.starts_with("error: unexpected argument '--many' found\n"),
        "{stderr}"
    );
    assert!(stderr.contains("Usage: git edge"), "{stderr}");

    let (code, stdout, _) = piped(&["--json", "nine\x1b[2J"], &[]);
    assert_eq!(code, 129);
    let want = r#"{"version":1,"error":{"code":"edge::usage","message":"invalid value 'nine"#;
    assert!(stdout.starts_with(want), "{stdout}");

    let (_, _, stderr) = piped(&["nine\x1b[2J"], &[]);
    assert!(
        !stderr.contains('\x1b'),
        "what was typed cannot drive the terminal: {stderr:?}"
    );
}

#[test]
fn short_help_is_an_answer() {
    let (code, stdout, stderr) = piped(&["-h"], &[]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert!(
        stdout.starts_with("Lists as many things as are asked for\n"),
        "{stdout}"
    );
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let mut child = edge(&["100000"], &[])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 8];
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut first).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!((&first, output.status.code()), (b"on main\n", Some(0)));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        TALK,
        "nothing more is said"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_fatal_and_what_was_done_is_told() {
    let check = |args: &[&str], fatal: &str, rest: &str| {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = edge(args, &[]).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(128), "{args:?}");
        let stderr = String::from_utf8(output.stderr).unwrap();
        let want = format!("{fatal}\n  No space left");
        assert!(stderr.contains(&want), "{stderr}");
        assert!(stderr.ends_with(rest), "{stderr}");
    };
    let done = "fatal: cannot write to standard output; all else was done";
    check(&["-q"], done, "\n");
    check(&["--json"], done, "hint: use \"git edge 1\" to see less\n");
    let not_well = "fatal: cannot write to standard output; the answer is lost";
    check(&["-q", "--unwell"], not_well, "\n");
}

#[test]
fn a_directory_that_is_gone_is_fatal_but_does_not_hinder_help() {
    let gone = |args: &str| {
        let scratch = tempfile::tempdir().unwrap();
        let program = edge(&[], &[]).get_program().to_owned();
        let line = format!("mkdir gone && cd gone && rmdir ../gone && exec \"$0\" {args}");
        Command::new("sh")
            .arg("-c")
            .arg(line)
            .arg(program)
            .current_dir(&scratch)
            .output()
            .unwrap()
    };
    assert_eq!(gone("-h").status.code(), Some(0));
    let output = gone("1");
    assert_eq!(output.status.code(), Some(128));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.starts_with("fatal: cannot read the current directory\n"),
        "{stderr}"
    );
}

#[test]
fn a_bug_is_fatal() {
    let (code, stdout, stderr) = piped(&["--bug"], &[]);
    assert_eq!((code, stdout.as_str()), (128, ""));
    assert!(stderr.contains("asked to"), "{stderr}");
}
