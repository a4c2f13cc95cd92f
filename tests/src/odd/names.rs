//! Names that have to be quoted, sorted with care or cannot be opened, and things that are no files.

use super::{Odd, dirty};
use crate::{Sandbox, os};

/// All of them.
pub const ALL: &[Odd] = &[
    ("odd bytes", odd_bytes),
    ("words that git takes for others", misread),
    ("sorted around folders", sorted),
    ("very long", very_long),
    ("many files", many),
    ("fifos and sockets", fifos_and_sockets),
    ("fifo in a file's place", fifo_in_a_files_place),
];

/// Not UTF-8, newlines, tabs, quotes, backslashes, blanks: tracked, edited and new.
pub fn odd_bytes() -> Sandbox {
    let sandbox = Sandbox::committed();
    let names: [&[u8]; 12] = [
        b"not \xff\xfe UTF-8",
        b"new\nline",
        b"tab\ttab",
        b"\"quoted\"",
        b"back\\slash",
        b" blanks ",
        b"bell\x07",
        b"\x7f",
        "snow ☃".as_bytes(),
        "e\u{301}".as_bytes(),
        "\u{e9}".as_bytes(),
        b"folder \xff/in\nside",
    ];
    for name in names {
        sandbox.write(os(name), "tracked\n");
        sandbox.write(os(&[b"same ", name].concat()), "untouched\n");
    }
    sandbox.commit("odd names");
    for name in names {
        sandbox.write(os(name), "edited\n");
        sandbox.write(os(&[b"new ", name].concat()), "new\n");
    }
    sandbox
}

/// Names with a meaning on a command line, in a pathspec or in a glob.
pub fn misread() -> Sandbox {
    let sandbox = Sandbox::committed();
    for name in [
        "-n", "--all", "*", "?", "[a]", ":(top)x", ":", "HEAD", "@", "~", "a..b", "$HOME", "`id`",
        ";", "&",
    ] {
        sandbox.write(format!("odd/{name}"), "new\n");
        sandbox.write(name, "new\n");
    }
    sandbox.write(".gitfoo", "not git's\n");
    sandbox.write("git", "not git's\n");
    sandbox.write("a.git", "not git's\n");
    sandbox
}

/// Names that sort otherwise in an index than in a tree, half of them committed.
pub fn sorted() -> Sandbox {
    let sandbox = Sandbox::committed();
    let names = [
        "a", "a-", "a.b", "a0", "b/x", "b-", "b.c/x", "b0", "b-a/x", "b.", "b0x/z", "c/d/e",
        "c/d-", "c/d.e", "c-d/e",
    ];
    for name in names.iter().step_by(2) {
        sandbox.write(name, "tracked\n");
    }
    sandbox.commit("sorted");
    for name in names.iter().skip(1).step_by(2) {
        sandbox.write(name, "new\n");
    }
    sandbox.sh("rm a && mkdir a && echo inside >a/x");
    sandbox
}

/// Names of 255 bytes, and a path of some 3000.
pub fn very_long() -> Sandbox {
    let sandbox = Sandbox::committed();
    let name = "n".repeat(255);
    sandbox.write(&name, "long name\n");
    let deep = format!("{}/", "d".repeat(250)).repeat(12);
    sandbox.write(format!("{deep}file"), "deep\n");
    sandbox.git(["add", "--all"]);
    sandbox.append(format!("{deep}file"), "edited\n");
    sandbox.write(format!("{deep}{name}"), "deep and new\n");
    sandbox
}

/// More new files than are written one by one.
pub fn many() -> Sandbox {
    let sandbox = Sandbox::committed();
    for n in 0..700 {
        sandbox.write(format!("many/{}/{n}.txt", n % 7), format!("{n}\n"));
    }
    dirty(&sandbox);
    sandbox
}

/// A fifo and a socket: to open them would wait forever.
pub fn fifos_and_sockets() -> Sandbox {
    let sandbox = Sandbox::committed();
    dirty(&sandbox);
    sandbox.sh("mkfifo new/fifo fifo");
    socket(&sandbox);
    sandbox
}

/// The name outlives the socket itself. The path of a socket is short, so a folder may not add to it.
fn socket(sandbox: &Sandbox) {
    let bound = std::os::unix::net::UnixListener::bind(sandbox.path("socket"));
    drop(bound.expect("a socket in a folder of ours"));
}

/// A tracked file was replaced by a fifo, and one in a tracked folder's place.
pub fn fifo_in_a_files_place() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.sh("rm -r README doc && mkfifo README doc");
    sandbox
}
