//! Every kind of conflict that a merge leaves in the index.

use super::Odd;
use crate::Sandbox;

/// All of them.
pub const ALL: &[Odd] = &[
    ("both modified", both_modified),
    ("both added", both_added),
    ("deleted by us", deleted_by_us),
    ("deleted by them", deleted_by_them),
    ("renamed to two names", renamed_twice),
    ("file against folder", file_against_folder),
    ("link against file", link_against_file),
    ("binary on both sides", binary),
    ("executable on one side", executable),
    ("modes and links not trusted", modes_not_trusted),
    ("submodule on both sides", submodule),
    ("some of them resolved", partly_resolved),
    ("file of a conflict gone", without_file),
    ("folder where the conflict was", folder_in_the_way),
    ("conflict in odd names", odd_names),
];

/// Merges two sides that cannot be merged.
fn merged(base: impl Fn(&Sandbox), ours: impl Fn(&Sandbox), theirs: impl Fn(&Sandbox)) -> Sandbox {
    let sandbox = Sandbox::committed();
    base(&sandbox);
    sandbox.commit("base");
    sandbox.git(["switch", "--quiet", "--create", "theirs"]);
    theirs(&sandbox);
    sandbox.commit("theirs");
    sandbox.git(["switch", "--quiet", "main"]);
    ours(&sandbox);
    sandbox.commit("ours");
    let output = sandbox.try_git(["merge", "theirs"]);
    assert_eq!(output.code, 1, "it has to conflict: {output}");
    sandbox
}

/// The states that `git status` has for the conflicted paths, sorted, such as `UU`.
pub fn kinds(sandbox: &Sandbox) -> Vec<String> {
    let status = sandbox.git(["--no-optional-locks", "status", "--porcelain"]);
    let lines = status.lines().map(|line| line[..2].to_owned());
    let mut kinds: Vec<_> = lines
        .filter(|kind| kind.contains('U') || kind == "AA" || kind == "DD")
        .collect();
    kinds.sort();
    kinds
}

/// `UU`
pub fn both_modified() -> Sandbox {
    merged(
        |sandbox| sandbox.write("file", "base\n"),
        |sandbox| sandbox.write("file", "ours\n"),
        |sandbox| sandbox.write("file", "theirs\n"),
    )
}

/// `AA`
pub fn both_added() -> Sandbox {
    merged(
        |_| (),
        |sandbox| sandbox.write("file", "ours\n"),
        |sandbox| sandbox.write("file", "theirs\n"),
    )
}

/// `DU`
pub fn deleted_by_us() -> Sandbox {
    merged(
        |sandbox| sandbox.write("file", "base\n"),
        |sandbox| sandbox.remove("file"),
        |sandbox| sandbox.write("file", "theirs\n"),
    )
}

/// `UD`
pub fn deleted_by_them() -> Sandbox {
    merged(
        |sandbox| sandbox.write("file", "base\n"),
        |sandbox| sandbox.write("file", "ours\n"),
        |sandbox| sandbox.remove("file"),
    )
}

/// `DD` of the old name, `AU` and `UA` of the new ones.
pub fn renamed_twice() -> Sandbox {
    let text = "the same\ntext, so\nthat it is\na rename\n";
    merged(
        |sandbox| sandbox.write("file", text),
        |sandbox| drop(sandbox.git(["mv", "file", "ours"])),
        |sandbox| drop(sandbox.git(["mv", "file", "theirs"])),
    )
}

/// A file on one side, a folder of the same name on the other; git moves the file aside.
pub fn file_against_folder() -> Sandbox {
    merged(
        |_| (),
        |sandbox| sandbox.write("thing", "a file\n"),
        |sandbox| sandbox.write("thing/inside", "a folder\n"),
    )
}

/// A file became a symlink on one side and was edited on the other.
pub fn link_against_file() -> Sandbox {
    merged(
        |sandbox| sandbox.write("file", "base\n"),
        |sandbox| sandbox.write("file", "ours\n"),
        |sandbox| {
            sandbox.remove("file");
            sandbox.symlink("file", "README");
        },
    )
}

/// Bytes that git cannot merge: it leaves ours on disk.
pub fn binary() -> Sandbox {
    merged(
        |sandbox| sandbox.write("file", b"\0base"),
        |sandbox| sandbox.write("file", b"\0ours"),
        |sandbox| sandbox.write("file", b"\0theirs"),
    )
}

/// One side changed the mode too.
pub fn executable() -> Sandbox {
    merged(
        |sandbox| sandbox.write("file", "base\n"),
        |sandbox| sandbox.write("file", "ours\n"),
        |sandbox| {
            sandbox.write("file", "theirs\n");
            sandbox.chmod("file", 0o755);
        },
    )
}

/// A program and a link in conflict, on a disk that can hold neither: the index alone knows what they are.
pub fn modes_not_trusted() -> Sandbox {
    // There are the stages 1 and 2; the base was neither a program nor a link.
    let sandbox = merged(
        |sandbox| {
            sandbox.write("program", "base\n");
            sandbox.write("pointer", "base\n");
        },
        |sandbox| {
            sandbox.write("program", "ours\n");
            sandbox.chmod("program", 0o755);
            sandbox.remove("pointer");
            sandbox.symlink("pointer", "ours");
        },
        |sandbox| {
            sandbox.remove("program");
            sandbox.remove("pointer");
        },
    );
    sandbox.git(["config", "core.fileMode", "false"]);
    sandbox.git(["config", "core.symlinks", "false"]);
    sandbox.chmod("program", 0o644);
    sandbox.remove("pointer");
    sandbox.write("pointer", "ours");
    sandbox
}

/// A submodule, without files here, that the sides have at different commits.
pub fn submodule() -> Sandbox {
    let link = |digit: &'static str| {
        move |sandbox: &Sandbox| {
            sandbox.mkdir("sub");
            sandbox.git([
                "update-index",
                "--add",
                "--cacheinfo",
                &format!("160000,{},sub", digit.repeat(40)),
            ]);
        }
    };
    merged(link("1"), link("2"), link("3"))
}

/// Two conflicts, one of them resolved and staged: the index remembers how it was (`REUC`).
pub fn partly_resolved() -> Sandbox {
    let write = |text: &'static str| {
        move |sandbox: &Sandbox| {
            sandbox.write("one", text);
            sandbox.write("two", text);
        }
    };
    let sandbox = merged(write("base\n"), write("ours\n"), write("theirs\n"));
    sandbox.write("one", "resolved\n");
    sandbox.git(["add", "one"]);
    sandbox
}

/// The user removed the conflicted file.
pub fn without_file() -> Sandbox {
    let sandbox = both_modified();
    sandbox.remove("file");
    sandbox
}

/// The user put a folder where the conflicted file was.
pub fn folder_in_the_way() -> Sandbox {
    let sandbox = without_file();
    sandbox.write("file/inside", "a folder now\n");
    sandbox
}

/// Names that have to be quoted wherever they are printed.
pub fn odd_names() -> Sandbox {
    let write = |text: &'static str| {
        move |sandbox: &Sandbox| {
            sandbox.write("tab\tand\nnewline", text);
            sandbox.write(crate::os(b"not \xff UTF-8"), text);
            sandbox.write("deep/er/\"quoted\"", text);
        }
    };
    merged(write("base\n"), write("ours\n"), write("theirs\n"))
}
