//! What we write is what `git checkout` writes: bytes, kinds and modes.

use std::process::Command;

use gix::bstr::ByteSlice;

use super::fixture::{Entry, Fixture, file, id_of, stored, write};
use crate::files::{Applied, Expected, FileKind, FilesError, Step};

/// Commits what is there, lets git check it out anew, then does the same ourselves.
fn assert_as_git(fixture: &Fixture, case: &str) {
    fixture.git(["add", "-A"]);
    assert_index_as_git(fixture, case);
}

fn assert_index_as_git(fixture: &Fixture, case: &str) {
    clear(fixture);
    fixture.git(["checkout", "-q", "--", "."]);
    let by_git = fixture.tree();
    clear(fixture);
    let mut writer = fixture.writer();
    let steps = fixture.steps_of_index(Expected::Nothing);
    for step in &steps {
        let applied = writer.apply(step);
        assert!(
            matches!(applied, Ok(Applied::Done)),
            "{case}: {step:?} gives {applied:?}"
        );
    }
    let ours = fixture.tree();
    for (path, entry) in &by_git {
        assert_eq!(
            ours.get(path),
            Some(entry),
            "{case}: git and we on '{path}'"
        );
    }
    assert_eq!(ours.len(), by_git.len(), "{case}: nothing else is there");
    // A second time everything is as it should be; so it is for a writer that expects what is there.
    for step in &steps {
        let again = fixture.writer().apply(step);
        assert!(
            matches!(again, Ok(Applied::AlreadySo)),
            "{case}: {step:?} again gives {again:?}"
        );
    }
    assert_kept_files_are_known(fixture, case, &steps);
}

/// A file as git made it is what git would store for it: a step that replaces it may.
fn assert_kept_files_are_known(fixture: &Fixture, case: &str, steps: &[Step]) {
    let new = fixture.blob("something else altogether\n");
    let mut writer = fixture.writer();
    for step in steps.iter().rev() {
        let Step::Write { path, wanted, .. } = step else {
            continue;
        };
        let expected = Expected::File {
            kind: wanted.kind,
            stored: wanted.content.id(),
            raw: None,
        };
        let link = stored(FileKind::Link, new);
        let step = Step::Write {
            path: path.clone(),
            wanted: link,
            expected,
        };
        let applied = writer.apply(&step);
        assert!(
            matches!(applied, Ok(Applied::Done)),
            "{case}: {step:?} gives {applied:?}"
        );
    }
}

fn clear(fixture: &Fixture) {
    for entry in fs_err::read_dir(fixture.top()).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with(".git") {
            continue;
        }
        match path.is_dir() && !path.is_symlink() {
            true => fs_err::remove_dir_all(path).unwrap(),
            false => fs_err::remove_file(path).unwrap(),
        }
    }
}

/// Texts that conversions treat in different ways.
fn put_texts(fixture: &Fixture, prefix: &str) {
    let texts: [(&str, &[u8]); 9] = [
        ("empty", b""),
        ("lf.txt", b"one\ntwo\n"),
        ("crlf.txt", b"one\r\ntwo\r\n"),
        ("mixed.txt", b"one\r\ntwo\nthree\r\n"),
        ("cr.txt", b"one\rtwo\n"),
        ("no-end.txt", b"one\ntwo"),
        ("binary.bin", b"\0\x01\nx\r\n"),
        ("ident.c", b"/* $Id$ */\n$Id: 0123 $\n$Id:$\n"),
        ("utf8.u", "gr\u{fc}n \u{20ac} \u{1f600}\n".as_bytes()),
    ];
    for (name, content) in texts {
        fixture.put(&format!("{prefix}{name}"), content);
    }
}

#[test]
fn line_ends_and_idents() {
    let attributes = [
        "",
        "* text\n",
        "* text=auto\n",
        "* -text\n",
        "* eol=crlf\n",
        "* eol=lf\n",
        "* text=auto eol=crlf\n",
        "* text eol=crlf\n*.bin -text\n",
        "* crlf\n",
        "* crlf=input\n",
        "* ident\n",
        "* ident eol=crlf\n",
        "*.c ident\n*.txt text eol=crlf\n",
        "[attr]mine text eol=crlf\n*.txt mine\n",
    ];
    let configs: [&[(&str, &str)]; 5] = [
        &[],
        &[("core.autocrlf", "true")],
        &[("core.autocrlf", "input")],
        &[("core.eol", "crlf")],
        &[("core.autocrlf", "true"), ("core.eol", "lf")],
    ];
    let fixture = Fixture::new();
    for config in configs {
        for (name, value) in config {
            fixture.git(["config", name, value]);
        }
        for attributes in attributes {
            clear(&fixture);
            // Blobs as they are, whatever the rules would make of them on their way in.
            fixture.git(["read-tree", "--empty"]);
            put_texts(&fixture, "d/");
            fixture.git(["-c", "core.autocrlf=false", "add", "-A"]);
            fixture.put(".gitattributes", attributes);
            fixture.git(["-c", "core.autocrlf=false", "add", ".gitattributes"]);
            assert_unfiltered(&fixture, &format!("{config:?} {attributes:?}"));
        }
        for (name, _) in config {
            fixture.git(["config", "--unset", name]);
        }
    }
}

/// The same, where some files would not be stored as they are: only the way out is compared.
fn assert_unfiltered(fixture: &Fixture, case: &str) {
    clear(fixture);
    fixture.git(["checkout", "-q", "--", "."]);
    let by_git = fixture.tree();
    clear(fixture);
    let mut writer = fixture.writer();
    for step in fixture.steps_of_index(Expected::Nothing) {
        assert_eq!(writer.apply(&step).unwrap(), Applied::Done, "{case}");
    }
    assert_eq!(fixture.tree(), by_git, "{case}: git and we agree");
}

#[test]
fn what_survives_both_ways() {
    for attributes in ["", "* text=auto\n", "*.txt eol=crlf\n*.c ident\n"] {
        let fixture = Fixture::new();
        fixture.put(".gitattributes", attributes);
        fixture.put("lf.txt", "one\ntwo\n");
        fixture.put("sub/id.c", "$Id$\n");
        fixture.put("sub/bin", b"\0\xff\n");
        assert_as_git(&fixture, attributes);
    }
}

#[test]
fn encodings() {
    let text = "gr\u{fc}n\nab\n";
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let with_mark: Vec<u8> = [b"\xff\xfe".as_slice(), &utf16].concat();
    let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(c).unwrap()).collect();
    let cases: [(&str, &[u8]); 7] = [
        ("UTF-16", &with_mark),
        ("UTF-16LE", &utf16),
        ("utf-16be", &be),
        ("UTF-16LE-BOM", &with_mark),
        ("ISO-8859-1", &latin),
        ("utf-8", text.as_bytes()),
        ("UTF-16LE eol=crlf", &utf16),
    ];
    for (encoding, content) in cases {
        let fixture = Fixture::new();
        let rule = format!("*.u text working-tree-encoding={encoding}\n");
        fixture.put(".gitattributes", rule);
        fixture.put("d/f.u", content);
        fixture.put("plain", text);
        if encoding.contains("eol") {
            // It is stored with LF alone, and comes back with CR LF.
            fixture.git(["add", "-A"]);
            assert_unfiltered(&fixture, encoding);
        } else {
            assert_as_git(&fixture, encoding);
        }
    }
}

#[test]
fn text_that_an_encoding_cannot_hold_is_written_as_git_does() {
    let fixture = Fixture::new();
    let id = fixture.blob("\u{20ac}\n");
    fixture.put(
        ".gitattributes",
        "*.u text working-tree-encoding=ISO-8859-1\n",
    );
    fixture.git(["add", "-A"]);
    let entry = format!("100644,{id},f.u");
    fixture.git(["update-index", "--add", "--cacheinfo", &entry]);
    assert_unfiltered(&fixture, "unmappable");
}

#[test]
fn clean_and_smudge() {
    let fixture = Fixture::new();
    for (key, value) in [
        ("filter.up.clean", "tr A-Z a-z"),
        ("filter.up.smudge", "tr a-z A-Z"),
        ("filter.must.clean", "tr A-Z a-z"),
        ("filter.must.smudge", "tr a-z A-Z"),
        ("filter.must.required", "true"),
        // Optional and failing, missing, half-way, or switched off: as stored.
        ("filter.fails.smudge", "sh -c 'tr a-z A-Z; exit 1'"),
        ("filter.gone.smudge", "/no/such/program"),
        ("filter.deaf.smudge", "exit 1"),
        ("filter.off.smudge", ""),
        ("filter.off.clean", ""),
        ("filter.path.smudge", "sed s,^,%f:,"),
        ("filter.path.clean", "sed s,^.*:,,"),
    ] {
        fixture.git(["config", key, value]);
    }
    let mut rules = String::new();
    for name in [
        "up", "must", "fails", "gone", "deaf", "off", "path", "unknown",
    ] {
        rules += &format!("*.{name} filter={name}\n");
        fixture.put(&format!("d/f.{name}"), "a line\nand another\n");
        fixture.put(&format!("it's {name}.{name}"), "a line\n");
    }
    rules += "crlf* eol=crlf\n";
    fixture.put("crlf.fails", "a line\n");
    fixture.put("crlf.up", "a line\n");
    fixture.put("crlf.must", "a line\n");
    fixture.put(".gitattributes", rules);
    fixture.git(["add", "-A"]);
    assert_unfiltered(&fixture, "clean and smudge");
    assert_eq!(fixture.read("d/f.must"), b"A LINE\nAND ANOTHER\n");
    assert_eq!(fixture.read("crlf.fails"), b"a line\r\n");
    let steps: Vec<_> = fixture.steps_of_index(Expected::Nothing);
    let sound = [".up", ".must", ".gitattributes", ".path"];
    let steps: Vec<_> = steps
        .into_iter()
        .filter(|step| {
            let path = step.path().to_string();
            sound.iter().any(|end| path.ends_with(end)) && !path.starts_with("crlf")
        })
        .collect();
    assert_kept_files_are_known(&fixture, "clean and smudge", &steps);
}

#[test]
fn a_required_filter_that_fails_is_an_error() {
    let cases: [(&str, &[(&str, &str)]); 5] = [
        ("fails", &[("smudge", "sh -c 'cat; exit 1'")]),
        ("is missing", &[("smudge", "/no/such/program")]),
        ("has no smudge", &[("clean", "cat")]),
        ("is no process", &[("process", "cat")]),
        ("dies", &[("process", "exit 3")]),
    ];
    for (case, config) in cases {
        let fixture = Fixture::new();
        fixture.put("f", "what is there");
        fixture.put("sub/.gitattributes", "*.x filter=must\n");
        fixture.git(["add", "sub"]);
        fixture.git(["config", "filter.must.required", "true"]);
        for (key, value) in config {
            fixture.git(["config", &format!("filter.must.{key}"), value]);
        }
        let id = fixture.blob("new");
        fixture.put("sub/f.x", "old");
        let before = fixture.tree();
        let wanted = stored(FileKind::File, id);
        let result = fixture.apply(&write("sub/f.x", wanted, file(id_of(b"old"))));
        assert!(
            matches!(&result, Err(FilesError::Filter { path, driver, .. })
                if path == "sub/f.x" && driver == "must"),
            "a filter that {case}: {result:?}"
        );
        assert_eq!(fixture.tree(), before, "a filter that {case}");
    }
}

/// A filter that stays: rot13 both ways; it fails for names with `error` in them, and gives up at `abort`.
const PROCESS: &str = r#"
use strict; use warnings;
binmode STDIN; binmode STDOUT; $| = 1;
sub get { my $n = read STDIN, my $h, 4; exit 0 unless $n; my $l = hex $h; return undef if $l == 0;
    read STDIN, my $d, $l - 4; return $d }
sub line { my $d = get(); chomp $d if defined $d; return $d }
sub put { printf "%04x%s", 4 + length $_[0], $_[0] }
sub flush { print "0000" }
line(); line(); line();
put("git-filter-server\n"); put("version=2\n"); flush();
while (defined line()) {}
put("capability=$_\n") for @ARGV; flush();
while (1) {
    my ($path) = ("");
    while (defined(my $l = line())) { $path = $1 if $l =~ /^pathname=(.*)/ }
    my $content = "";
    while (defined(my $d = get())) { $content .= $d }
    if ($path =~ /error/) { put("status=error\n"); flush(); next }
    if ($path =~ /abort/) { put("status=abort\n"); flush(); next }
    $content =~ tr/A-Za-z/N-ZA-Mn-za-m/;
    put("status=success\n"); flush();
    while (length $content) { put(substr $content, 0, 60000, "") }
    flush();
    if ($path =~ /late/) { put("status=error\n") }
    flush();
}
"#;

fn set_process(fixture: &Fixture, capabilities: &str) {
    let script = fixture.outside("filter.pl");
    fs_err::write(&script, PROCESS).unwrap();
    let command = format!("perl {} {capabilities}", script.display());
    fixture.git(["config", "filter.rot.process", &command]);
}

#[test]
fn process_filters() {
    let fixture = Fixture::new();
    set_process(&fixture, "clean smudge");
    fixture.put(".gitattributes", "*.r filter=rot\nsub/*.r eol=crlf\n");
    let long = "a long line of text\n".repeat(20_000);
    for name in [
        "a.r",
        "b.r",
        "sub/c.r",
        "with error.r",
        "z late.r",
        "empty.r",
    ] {
        fixture.put(name, format!("{name}\n"));
    }
    fixture.put("long.r", long);
    fixture.put("empty.r", "");
    fixture.git(["add", "-A"]);
    assert_unfiltered(&fixture, "process");
    assert_eq!(fixture.read("a.r"), b"a.r\n", "both ways it is what it was");
    let id = fixture.git(["rev-parse", ":a.r"]);
    let id = gix::ObjectId::from_hex(id.trim_ascii()).unwrap();
    assert_ne!(id, id_of(b"a.r\n"), "the filter is at work");
    let wanted = stored(FileKind::File, fixture.blob("arj"));
    let step = write("a.r", wanted, file(id));
    assert_eq!(fixture.apply(&step).unwrap(), Applied::Done);
    assert_eq!(fixture.read("a.r"), b"new");
}

#[test]
fn a_process_that_gives_up_or_cannot_smudge() {
    for (case, capabilities) in [("abort", "clean smudge"), ("cannot", "clean")] {
        let fixture = Fixture::new();
        set_process(&fixture, capabilities);
        fixture.put(".gitattributes", "*.r filter=rot\n");
        for name in ["1 abort.r", "2.r", "3.r"] {
            fixture.put(name, "content\n");
        }
        fixture.git(["add", ".gitattributes"]);
        let id = fixture.blob("pbagrag\n");
        let wanted = stored(FileKind::File, id);
        let mut writer = fixture.writer();
        let step = |name| write(name, wanted, Expected::Whatever);
        assert_eq!(writer.apply(&step("1 abort.r")).unwrap(), Applied::Done);
        assert_eq!(fixture.read("1 abort.r"), b"pbagrag\n", "{case}: as stored");
        fixture.git(["config", "filter.rot.required", "true"]);
        let result = fixture.apply(&step("1 abort.r"));
        assert!(
            matches!(result, Err(FilesError::Filter { .. })),
            "{case}: {result:?}"
        );
    }
}

#[test]
fn kinds_and_names() {
    let fixture = Fixture::new();
    fixture.put("plain", "x");
    fixture.put("deep/er/and/deeper", "x");
    fixture.put("run.sh", "#!/bin/sh\n");
    fixture.chmod("run.sh", 0o755);
    fixture.put("new\nline \"quoted\" \t", "x");
    fixture.put("- dash", "x");
    fixture.put(":colon", "x");
    fixture.put(&"n".repeat(255), "x");
    for (target, name) in [
        ("plain", "link"),
        ("/nowhere", "deep/dangling"),
        ("..", "up"),
    ] {
        std::os::unix::fs::symlink(target, fixture.path(name)).unwrap();
    }
    assert_as_git(&fixture, "kinds");
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf8() {
    use std::os::unix::ffi::OsStrExt;
    let fixture = Fixture::new();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9 \xff");
    fs_err::write(fixture.top().join(name), "x").unwrap();
    assert_as_git(&fixture, "not UTF-8");
}

#[test]
fn a_sha256_repository() {
    let fixture = Fixture::new();
    fs_err::remove_dir_all(fixture.path(".git")).unwrap();
    fixture.git(["init", "-q", "--object-format=sha256", "."]);
    fixture.put(".gitattributes", "*.c ident\n*.txt eol=crlf\n");
    fixture.put("id.c", "$Id$\n");
    fixture.put("a.txt", "x\n");
    assert_as_git(&fixture, "sha256");
}

/// The umask belongs to the process, so each runs in one of its own.
#[test]
fn modes_follow_the_umask_as_gits_do() {
    for umask in ["022", "002", "077", "027", "000", "0777"] {
        let fixture = Fixture::new();
        fixture.put("file", "x");
        fixture.put("d/run", "x");
        fixture.chmod("d/run", 0o755);
        fixture.git(["add", "-A"]);
        let top = fixture.top().display().to_string();
        let run = |script: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", &format!("umask {umask} && cd \"$TREE\" && {script}")]);
            command
                .env("TREE", &top)
                .env("TEST", std::env::current_exe().unwrap());
            let output = command.output().unwrap();
            assert!(
                output.status.success(),
                "{script} with umask {umask}: {output:?}"
            );
        };
        if umask == "0777" && !rustix::process::geteuid().is_root() {
            continue;
        }
        clear(&fixture);
        run("git checkout -q -- .");
        let by_git = modes(&fixture);
        clear(&fixture);
        run(
            "CHECKPOINT_TEST_TREE=\"$TREE\" \"$TEST\" --exact files::tests::against_git::writes_the_index",
        );
        assert_eq!(modes(&fixture), by_git, "umask {umask}");
        // A change of the executable bit comes to the same.
        run("chmod 600 file d/run");
        run(
            "CHECKPOINT_TEST_TREE=\"$TREE\" CHECKPOINT_TEST_MODES=1 \"$TEST\" --exact files::tests::against_git::writes_the_index",
        );
        assert_eq!(modes(&fixture), by_git, "umask {umask}, permissions alone");
    }
}

fn modes(fixture: &Fixture) -> Vec<(String, u32)> {
    let mut names = vec!["file", "d/run", "d"];
    names.sort_unstable();
    let mode = |name: &str| (name.to_owned(), fixture.mode(name));
    names.into_iter().map(mode).collect()
}

/// Not a test of its own: what [`modes_follow_the_umask_as_gits_do`] runs with another umask.
#[test]
#[expect(clippy::disallowed_methods, reason = "the parent says where to write")]
fn writes_the_index() {
    let Some(top) = std::env::var_os("CHECKPOINT_TEST_TREE") else {
        return;
    };
    let fixture = Fixture::at(top.into());
    for step in fixture.steps_of_index(Expected::Nothing) {
        let step = match (step, std::env::var_os("CHECKPOINT_TEST_MODES")) {
            (Step::Write { path, wanted, .. }, Some(_)) => Step::SetPermissions {
                path,
                executable: wanted.kind == FileKind::Executable,
                permissions: None,
            },
            (step, _) => step,
        };
        let applied = fixture.apply(&step).unwrap();
        assert!(matches!(applied, Applied::Done | Applied::AlreadySo));
    }
}

/// Lines that look more or less like an id.
const IDS: &str = "$Id$ $Id: $ $Id:$ $Id: x$ $Id: x $ $Id:x $ $Id: x y$ $Id: x y $ $Id:  $ $Id:   $ $Id: x  $ \
    $$Id$$ $Id $Id$Id$ $id$ $ID$ $Id$$ Id$ $Idx$ $Id:\n$ $Id: x\n$Id$ $Id: 1\r\n $ $Id:x$ $Id:xy$ $Id: $Id$ $Id:";

/// `git checkout` streams, and then overlooks an id behind a second `$`; `git cat-file --filters` does not.
#[test]
fn ids_are_expanded_as_git_does() {
    let fixture = Fixture::new();
    fixture.put(".gitattributes", "* ident\n");
    fixture.git(["add", "-A"]);
    let at_dollars = IDS.match_indices('$').map(|(at, _)| at);
    let pieces = at_dollars.flat_map(|at| [&IDS[at..], &IDS[..=at], &IDS[..at]]);
    let mut writer = fixture.writer();
    for piece in pieces.chain(IDS.split(' ')).chain([IDS]) {
        let id = fixture.blob(piece);
        let step = write("f", stored(FileKind::File, id), Expected::Whatever);
        let _done_or_so = writer.apply(&step).unwrap();
        let id = id.to_string();
        let by_git = fixture.git(["cat-file", "--filters", "--path=f", &id]);
        let ours = fixture.read("f");
        assert!(
            ours == by_git,
            "{piece:?} becomes {:?}, but {:?} with git",
            ours.to_str_lossy(),
            by_git.to_str_lossy()
        );
    }
}

#[test]
fn directories_are_made_as_git_makes_them() {
    let fixture = Fixture::new();
    let step = Step::MakeDirectory {
        path: "a/b/c".into(),
    };
    assert_eq!(fixture.apply(&step).unwrap(), Applied::Done);
    let tree = fixture.tree();
    assert!(tree.values().all(|entry| *entry == Entry::Directory));
    assert_eq!(tree.len(), 3);
}
