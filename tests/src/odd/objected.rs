//! What `git fsck` objects to wherever a tree has it, lying in a working tree or an index that git works with.

use super::{Odd, dirty};
use crate::Sandbox;

/// All of them.
pub const ALL: &[Odd] = &[
    ("modules that are no configuration", broken_modules),
    ("modules with bad values", bad_modules),
    ("modules that are a link", linked_modules),
    ("modules that are a folder", modules_folder),
    ("modules by another spelling", respelt_modules),
    ("links where git reads files", links_for_files),
    ("a long line of attributes", long_line),
    ("modules staged broken", staged_modules),
    ("modules in conflict", modules_in_conflict),
];

const MODULES: &str = "[submodule \"sub\"]\n\tpath = sub\n\turl = ../sub\n";

/// A `.gitmodules` that git can read, committed.
fn with_modules() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.write(".gitmodules", MODULES);
    sandbox.commit("modules");
    sandbox
}

/// Somebody writes into `.gitmodules` what git cannot read.
pub fn broken_modules() -> Sandbox {
    let sandbox = with_modules();
    sandbox.write(".gitmodules", format!("<<<<<<< HEAD\n{MODULES}"));
    dirty(&sandbox);
    sandbox
}

/// A name that climbs, an address and a path that look like options, a command: each in a file of its own.
pub fn bad_modules() -> Sandbox {
    let sandbox = Sandbox::committed();
    let bad = [
        "[submodule \"../../out\"]\n\tpath = out\n",
        "[submodule \"sub\"]\n\turl = -u./payload\n",
        "[submodule \"sub\"]\n\tpath = --upload-pack\n",
        "[submodule \"sub\"]\n\tupdate = !payload\n",
        "[submodule \"sub\"]\n\turl = ../../%0apayload\n",
        "[submodule \"sub\"]\n\turl = https:///nowhere\n",
    ];
    for (number, text) in bad.iter().enumerate() {
        sandbox.write(format!("{number}/.gitmodules"), text);
    }
    sandbox
}

/// `.gitmodules` is a link.
pub fn linked_modules() -> Sandbox {
    let sandbox = with_modules();
    sandbox.remove(".gitmodules");
    sandbox.symlink(".gitmodules", "src/main.c");
    dirty(&sandbox);
    sandbox
}

/// `.gitmodules` is a folder with files, and so is another one deeper down.
pub fn modules_folder() -> Sandbox {
    let sandbox = with_modules();
    sandbox.remove(".gitmodules");
    sandbox.write(".gitmodules/inner", "inner\n");
    sandbox.write("src/.gitattributes/deep/inner", "inner\n");
    sandbox
}

/// What other file systems know by the name of `.gitmodules`.
pub fn respelt_modules() -> Sandbox {
    let sandbox = Sandbox::committed();
    for name in [
        ".GITMODULES",
        "gitmod~1",
        "GI7EBA~1",
        ".gitmodules .",
        ".git\u{200c}modules",
    ] {
        sandbox.write(name, "no configuration\n");
    }
    sandbox
}

/// `.gitattributes`, `.gitignore` and `.mailmap` are links; git follows none of them.
pub fn links_for_files() -> Sandbox {
    let sandbox = Sandbox::committed();
    for name in [".gitattributes", ".gitignore", ".mailmap"] {
        sandbox.symlink(name, "README");
        sandbox.symlink(format!("src/{name}"), "nowhere");
    }
    sandbox
}

/// A line in `.gitattributes` that git passes over.
pub fn long_line() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.write(
        ".gitattributes",
        format!("*.c text\n{} text\n", "x".repeat(3000)),
    );
    dirty(&sandbox);
    sandbox
}

/// The index has a broken `.gitmodules` beside a sound one on disk, and another that is also on disk.
pub fn staged_modules() -> Sandbox {
    let sandbox = with_modules();
    sandbox.write(".gitmodules", "broken\n");
    sandbox.write("src/.gitmodules", "broken too\n");
    sandbox.git(["add", ".gitmodules", "src/.gitmodules"]);
    sandbox.write(".gitmodules", MODULES);
    sandbox
}

/// Two branches changed `.gitmodules`: the file has conflict markers, and one side of it is broken.
pub fn modules_in_conflict() -> Sandbox {
    let sandbox = with_modules();
    sandbox.git(["switch", "--quiet", "--create", "other"]);
    sandbox.write(".gitmodules", MODULES.replace("../sub", "../other"));
    sandbox.commit("other");
    sandbox.git(["switch", "--quiet", "main"]);
    sandbox.write(".gitmodules", MODULES.replace("../sub", "../main"));
    sandbox.commit("main");
    assert_eq!(
        sandbox.try_git(["merge", "other"]).code,
        1,
        "both changed it"
    );
    let broken = sandbox.git(["hash-object", "-w", "README"]);
    let ids = sandbox.git(["ls-files", "--stage", ".gitmodules"]);
    let stages = ids.lines().enumerate().map(|(number, line)| match number {
        0 => format!("100644 {broken} 1\t.gitmodules\n"),
        _ => format!("{line}\n"),
    });
    sandbox.write("stages", stages.collect::<String>());
    sandbox.sh("git update-index --index-info <stages && rm stages");
    sandbox
}
