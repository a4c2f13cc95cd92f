//! Files that git stores otherwise than they lie on disk.

use super::{Odd, dirty};
use crate::{Sandbox, os};

/// All of them.
pub const ALL: &[Odd] = &[
    ("modes not trusted", modes_not_trusted),
    ("links not supported", links_not_supported),
    ("case ignored", case_ignored),
    ("autocrlf", autocrlf),
    ("autocrlf=input", autocrlf_input),
    ("eol attributes", eol),
    ("mixed line ends", mixed_line_ends),
    ("safecrlf", safecrlf),
    ("ident", ident),
    ("clean and smudge", clean_and_smudge),
    ("filter that loses", filter_that_loses),
    ("process filter", process_filter),
    ("required filter that fails", required_filter_that_fails),
    ("required filter not configured", required_filter_missing),
    ("UTF-16", utf16),
    ("other encodings", encodings),
    ("attributes outside the tree", attributes_outside_the_tree),
    ("attributes just edited", attributes_edited),
    ("empty folders and private modes", modes_and_folders),
    ("links of every kind", links),
    ("folder replaced by a link", folder_replaced_by_a_link),
    ("file and folder swapped", swapped),
    ("ignored folder with tracked files", ignored_folder),
    ("ignore rules that give back", ignore_rules),
    ("hard links", hard_links),
];

/// `core.fileMode=false`: what is executable on disk says nothing.
pub fn modes_not_trusted() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.git(["config", "core.fileMode", "false"]);
    sandbox.chmod("run.sh", 0o644);
    sandbox.append("run.sh", "# edited\n");
    sandbox.chmod("README", 0o755);
    sandbox.write("new.sh", "#!/bin/sh\n");
    sandbox.chmod("new.sh", 0o755);
    sandbox
}

/// `core.symlinks=false`: a link is a small file with its target; one of the two is edited.
pub fn links_not_supported() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.symlink("other", "README");
    sandbox.commit("another link");
    sandbox.git(["config", "core.symlinks", "false"]);
    for link in ["link", "other"] {
        sandbox.remove(link);
        sandbox.git(["checkout", "--quiet", "--", link]);
    }
    assert_eq!(
        sandbox.read("link"),
        b"src/main.c",
        "a file with the target"
    );
    sandbox.write("other", "run.sh");
    sandbox
}

/// `core.ignoreCase` on a file system that tells cases apart: a file renamed by case, and a pair.
pub fn case_ignored() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.write("pair", "lower\n");
    sandbox.commit("pair");
    sandbox.git(["config", "core.ignoreCase", "true"]);
    sandbox.sh("mv README ReadMe && mv src SRC");
    sandbox.append("SRC/main.c", "// edited\n");
    sandbox.write("PAIR", "upper\n");
    sandbox
}

/// `core.autocrlf`: files with either line end and with both.
pub fn autocrlf() -> Sandbox {
    line_ends("true")
}

/// `core.autocrlf=input`: CRLF goes in as LF and stays so.
pub fn autocrlf_input() -> Sandbox {
    line_ends("input")
}

fn line_ends(autocrlf: &str) -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.git(["config", "core.autocrlf", autocrlf]);
    sandbox.write("dos.txt", "one\r\ntwo\r\n");
    sandbox.write("unix.txt", "one\ntwo\n");
    sandbox.write("mixed.txt", "one\r\ntwo\nthree\r\n");
    sandbox.write("binary", b"\0\r\n\n");
    sandbox.append("README", "edited\r\n");
    sandbox
}

/// `text` and `eol` in every combination, committed and edited.
pub fn eol() -> Sandbox {
    let sandbox = Sandbox::new();
    let attributes = "*.auto text=auto\n*.crlf text eol=crlf\n*.lf text eol=lf\n*.raw -text\n*.both text=auto eol=crlf\n";
    sandbox.write(".gitattributes", attributes);
    for kind in ["auto", "crlf", "lf", "raw", "both"] {
        sandbox.write(format!("dos.{kind}"), "one\r\ntwo\r\n");
        sandbox.write(format!("unix.{kind}"), "one\ntwo\n");
        sandbox.write(format!("binary.{kind}"), b"\0\r\n\n");
    }
    sandbox.commit("first");
    for kind in ["auto", "crlf", "lf", "raw", "both"] {
        sandbox.write(format!("dos.{kind}"), "edited\r\ntwo\r\n");
        sandbox.write(format!("new.{kind}"), "edited\r\ntwo\r\n");
    }
    sandbox
}

/// Line ends that no filter brings back, in files that are tracked, staged and new.
pub fn mixed_line_ends() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write(".gitattributes", "* text eol=crlf\n");
    sandbox.write("tracked.txt", "one\r\ntwo\n");
    sandbox.write("edited.txt", "one\r\n");
    sandbox.commit("first");
    sandbox.write("edited.txt", "one\r\ntwo\nthree\r\n");
    sandbox.write("staged.txt", "staged\nand\r\nmixed\n");
    sandbox.git(["add", "staged.txt"]);
    sandbox.write("folder/new.txt", "new\nand\r\nmixed\n");
    sandbox
}

/// `core.safecrlf=true`: git itself would refuse to add this.
pub fn safecrlf() -> Sandbox {
    let sandbox = autocrlf();
    sandbox.git(["config", "core.safecrlf", "true"]);
    sandbox
}

/// `ident`: keywords as git expands them, as git would not, and in a new file.
pub fn ident() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write(".gitattributes", "*.c ident\n");
    sandbox.write("expanded.c", "/* $Id$ */\n");
    sandbox.write("plain.c", "/* $Id$ */\nint x;\n");
    sandbox.commit("first");
    sandbox.sh("rm expanded.c && git checkout --quiet expanded.c");
    assert!(
        sandbox.read("expanded.c").starts_with(b"/* $Id: "),
        "git expanded it"
    );
    sandbox.write("stale.c", "/* $Id: of another time $ */\n");
    sandbox.write("plain.c", "/* $Id$ */\nint edited;\n");
    sandbox
}

/// A filter that stores other bytes, and gives the same back.
pub fn clean_and_smudge() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git(["config", "filter.rot13.clean", "tr a-zA-Z n-za-mN-ZA-M"]);
    sandbox.git(["config", "filter.rot13.smudge", "tr a-zA-Z n-za-mN-ZA-M"]);
    sandbox.write(".gitattributes", "*.rot filter=rot13\n");
    sandbox.write("tracked.rot", "plain text\n");
    sandbox.write("other.txt", "plain text\n");
    sandbox.commit("first");
    sandbox.append("tracked.rot", "edited\n");
    sandbox.write("folder/new.rot", "new text\n");
    sandbox
}

/// A clean filter that throws lines away, for which there is no way back.
pub fn filter_that_loses() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git(["config", "filter.secret.clean", "sed -e /secret/d"]);
    sandbox.write(".gitattributes", "*.env filter=secret\n");
    sandbox.write("tracked.env", "name=a\nsecret=b\n");
    sandbox.commit("first");
    assert_eq!(
        sandbox.git(["show", "HEAD:tracked.env"]),
        "name=a",
        "the filter took a line"
    );
    sandbox.write("new.env", "secret=c\nname=d\n");
    sandbox.append("tracked.env", "name=e\nsecret=f\n");
    sandbox
}

/// A filter that stays for many files and talks with git (`filter.<driver>.process`).
pub fn process_filter() -> Sandbox {
    let sandbox = Sandbox::new();
    let program = filter_program();
    sandbox.git(["config", "filter.rot13.process", &format!("'{program}'")]);
    sandbox.git(["config", "filter.rot13.required", "true"]);
    sandbox.write(".gitattributes", "*.rot filter=rot13\n");
    sandbox.write("tracked.rot", "plain text\n");
    sandbox.write("same.rot", "not touched\n");
    sandbox.commit("first");
    assert_eq!(
        sandbox.git(["cat-file", "blob", "HEAD:tracked.rot"]),
        "cynva grkg",
        "the filter works"
    );
    sandbox.append("tracked.rot", "edited\n");
    sandbox.write("folder/new.rot", "new text\n");
    sandbox.write("folder/large.rot", "0123456789abcdef".repeat(10_000));
    sandbox
}

/// `rot13-filter` lies beside the folder of the tests.
fn filter_program() -> String {
    let test = std::env::current_exe().expect("a running test has a path");
    let folder = test
        .ancestors()
        .nth(2)
        .expect("cargo puts tests three levels deep");
    folder
        .join("rot13-filter")
        .to_str()
        .expect("a path in UTF-8")
        .to_owned()
}

/// A required filter that ends with an error: git refuses to add such a file.
pub fn required_filter_that_fails() -> Sandbox {
    with_required_filter("false")
}

/// A required filter that nobody configured here: git refuses too.
pub fn required_filter_missing() -> Sandbox {
    with_required_filter("")
}

fn with_required_filter(command: &str) -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.write(".gitattributes", "*.dat filter=needed\n");
    sandbox.write("new.dat", "some data\n");
    sandbox.append("README", "edited\n");
    sandbox.git(["config", "filter.needed.required", "true"]);
    if !command.is_empty() {
        sandbox.git(["config", "filter.needed.clean", command]);
        sandbox.git(["config", "filter.needed.smudge", command]);
    }
    assert_ne!(
        sandbox.try_git(["hash-object", "new.dat"]).code,
        0,
        "git needs the filter"
    );
    sandbox
}

/// `text` as UTF-16 with a byte order mark, little end first.
fn in_utf16(text: &str) -> Vec<u8> {
    "\u{feff}"
        .encode_utf16()
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect()
}

/// `working-tree-encoding=UTF-16`
pub fn utf16() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write(
        ".gitattributes",
        "*.u16 text working-tree-encoding=UTF-16\n",
    );
    sandbox.write("tracked.u16", in_utf16("one\n"));
    sandbox.write("same.u16", in_utf16("untouched\n"));
    sandbox.commit("first");
    assert_eq!(
        sandbox.git(["cat-file", "blob", "HEAD:tracked.u16"]),
        "one",
        "stored as UTF-8"
    );
    sandbox.write("tracked.u16", in_utf16("one\ntwo\n"));
    sandbox.write("new.u16", in_utf16("naïve ☃\n"));
    // With the other byte order, which git writes never.
    let other = in_utf16("big end\n")
        .chunks(2)
        .flat_map(|pair| [pair[1], pair[0]])
        .collect::<Vec<_>>();
    sandbox.write("other-end.u16", other);
    sandbox
}

/// Encodings that only iconv knows, and bytes that are not in the encoding they claim.
pub fn encodings() -> Sandbox {
    let sandbox = Sandbox::new();
    let attributes = "*.le text working-tree-encoding=UTF-16LE-BOM\n*.l1 text working-tree-encoding=ISO-8859-1\n\
                      *.sjis text working-tree-encoding=SHIFT-JIS\n";
    sandbox.write(".gitattributes", attributes);
    sandbox.write("one.le", in_utf16("one\n"));
    sandbox.write("one.l1", b"na\xefve\n");
    sandbox.commit("first");
    sandbox.write("one.le", in_utf16("one\ntwo\n"));
    sandbox.write("new.l1", b"\xe4\xf6\xfc\n");
    sandbox.write("new.sjis", b"\x93\xfa\x96\x7b\n");
    sandbox
}

/// Attributes from `info/attributes` and from the user's own file.
pub fn attributes_outside_the_tree() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.write(".git/info/attributes", "*.txt text eol=crlf\n");
    sandbox.write("../home/attributes", "*.lf text eol=lf\n");
    sandbox.git(["config", "core.attributesFile", "~/attributes"]);
    sandbox.write("new.txt", "one\r\ntwo\r\n");
    sandbox.write("new.lf", "one\ntwo\n");
    sandbox.append("doc/guide.txt", "mixed\r\n");
    sandbox
}

/// `.gitattributes` was edited after the files were committed: unchanged files would be stored otherwise now.
pub fn attributes_edited() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("dos.txt", "one\r\ntwo\r\n");
    sandbox.write("folder/dos.txt", "one\r\ntwo\r\n");
    // Older than the index, or git would look into them.
    sandbox.sh("touch -d '1 hour ago' dos.txt folder/dos.txt");
    sandbox.commit("first");
    sandbox.write(".gitattributes", "*.txt text\n");
    sandbox.write("folder/.gitattributes", "*.txt -text\n");
    sandbox.write("folder/new.txt", "one\r\ntwo\r\n");
    sandbox
}

/// What no tree of git's can keep: empty folders, and permissions beyond the executable bit.
pub fn modes_and_folders() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.mkdir("empty");
    sandbox.mkdir("deep/empty/one");
    sandbox.write("secret.key", "private\n");
    sandbox.chmod("secret.key", 0o600);
    sandbox.chmod("README", 0o640);
    sandbox.chmod("run.sh", 0o700);
    sandbox
}

/// Symlinks: to nothing, to a folder, to themselves, far away, with odd bytes.
pub fn links() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.symlink("dangling", "nowhere");
    sandbox.symlink("to-folder", "src");
    sandbox.symlink("loop", "loop");
    sandbox.symlink("absolute", "/etc/hostname");
    sandbox.symlink("outside", "../home/.gitconfig");
    sandbox.symlink("odd", os(b"not \xff UTF-8\nand a line"));
    sandbox.symlink("long", "x/".repeat(1000));
    sandbox.remove("link");
    sandbox.symlink("link", "README");
    sandbox
}

/// A tracked folder gave way to a link to another that has files of the same names.
pub fn folder_replaced_by_a_link() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.write("other/main.c", "not to be followed\n");
    sandbox.sh("rm -r src && ln -s other src");
    sandbox
}

/// Files became folders, folders files, links either.
pub fn swapped() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.sh("rm -r doc README link && mkdir README link");
    sandbox.write("doc", "a file now\n");
    sandbox.write("README/inside.txt", "a folder now\n");
    sandbox.write("link/inside.txt", "a folder now\n");
    sandbox
}

/// A folder is ignored, and some of its files are tracked all the same.
pub fn ignored_folder() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.write(".gitignore", "build/\n*.log\n");
    sandbox.write("build/tracked.txt", "tracked\n");
    sandbox.write("build/deep/tracked.txt", "tracked\n");
    sandbox.write("kept.log", "tracked\n");
    sandbox.git(["add", "--force", ".gitignore", "build", "kept.log"]);
    sandbox.git(["commit", "--quiet", "-m", "tracked and ignored"]);
    sandbox.append("build/tracked.txt", "edited\n");
    sandbox.remove("build/deep/tracked.txt");
    sandbox.append("kept.log", "edited\n");
    sandbox.write("build/untracked.txt", "ignored\n");
    sandbox.write("build/deep/untracked.txt", "ignored\n");
    sandbox.write("other.log", "ignored\n");
    sandbox
}

/// Ignore rules from every source, some of which take others back.
pub fn ignore_rules() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.write(
        ".gitignore",
        "*.o\n!keep.o\n/only-top\ncache/*\n!cache/keep\n\\#odd\nfoo[0-9]\n**/deep/*.tmp\n",
    );
    sandbox.write("src/.gitignore", "!*.o\nlocal\n");
    sandbox.write(".git/info/exclude", "excluded\n");
    sandbox.write("../home/ignore", "*.swp\n");
    sandbox.git(["config", "--global", "core.excludesFile", "~/ignore"]);
    let names = [
        "a.o",
        "keep.o",
        "only-top",
        "src/only-top",
        "cache/a",
        "cache/keep",
        "#odd",
        "foo1",
        "foox",
        "a/deep/b.tmp",
        "src/a.o",
        "src/local",
        "excluded",
        "src/excluded",
        "a.swp",
    ];
    for name in names {
        sandbox.write(name, format!("{name}\n"));
    }
    // An ignore file in an untracked folder counts too; one that is a link does not.
    sandbox.write("new/.gitignore", "*\n!.gitignore\n!kept\n");
    sandbox.write("new/kept", "kept\n");
    sandbox.write("new/other", "ignored\n");
    sandbox.symlink("linked/.gitignore", "../.gitignore");
    sandbox.write("linked/a.o", "a.o\n");
    sandbox
}

/// One file under two names, one of them tracked.
pub fn hard_links() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.sh("ln README second && ln src/main.c new-main.c");
    sandbox.append("README", "edited under both names\n");
    dirty(&sandbox);
    sandbox
}
