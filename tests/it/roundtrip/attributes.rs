//! Attributes that are others in the two states make other files of the same blobs.

use checkpoint_tests::Sandbox;

use super::round_trip;

/// Lets git look at every file again, late enough for it to take each at its word from now on.
const SETTLE: &str = "sleep 1.1; git update-index -q --really-refresh";

/// A file with these bytes on disk, and attributes by which git stores others; the index knows it.
fn with(attributes: &str, path: &str, bytes: &[u8]) -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.write(".gitattributes", attributes);
    sandbox.write(path, bytes);
    sandbox.commit("attributes");
    sandbox.sh(&format!(
        "rm {path} && git checkout -q -- {path} && {SETTLE}"
    ));
    sandbox
}

/// Attributes, and what they make of a file.
const CASES: [(&str, &[u8]); 3] = [
    ("new.txt text eol=crlf\n", b"one\r\ntwo\r\n"),
    (
        "new.txt text working-tree-encoding=UTF-16LE-BOM\n",
        b"\xff\xfeo\0n\0e\0",
    ),
    ("new.txt ident\n", b"$Id$\n"),
];

#[test]
fn files_come_back_with_the_attributes_that_made_them() {
    for (attributes, bytes) in CASES {
        round_trip(attributes, &with(attributes, "new.txt", bytes), |sandbox| {
            sandbox.git(["mv", ".gitattributes", "moved"]);
            sandbox.git(["commit", "--quiet", "-m", "without attributes"]);
            sandbox.sh(&format!(
                "rm new.txt && git checkout -q -- new.txt && {SETTLE}"
            ));
        });
    }
}

/// The index knows a file by attributes that are gone: git looks at it again.
#[test]
fn files_that_stay_as_they_are_under_other_attributes_are_read_again() {
    for (attributes, bytes) in CASES {
        for how in ["mv .gitattributes moved", "git mv .gitattributes moved"] {
            let name = format!("{attributes}{how}");
            round_trip(&name, &with(attributes, "new.txt", bytes), |sandbox| {
                sandbox.sh(&format!("{how} && touch new.txt"));
            });
        }
    }
}

/// git follows no link for attributes: it asks the index.
#[test]
fn files_come_back_though_their_attributes_became_a_link() {
    let (attributes, bytes) = CASES[0];
    round_trip("link", &with(attributes, "new.txt", bytes), |sandbox| {
        sandbox.sh("ln -s -f nowhere .gitattributes && echo edited >>new.txt");
    });
}

/// Attributes say how files are to be made, not how they are: what was there before them stays as it is.
#[test]
fn files_that_attributes_came_to_later_are_as_they_were() {
    let sandbox = Sandbox::committed();
    sandbox.sh(SETTLE);
    sandbox.write(
        ".gitattributes",
        "*.txt text working-tree-encoding=UTF-16LE-BOM\n*.c filter=rot13\n",
    );
    sandbox.git(["config", "filter.rot13.clean", "tr A-Za-z N-ZA-Mn-za-m"]);
    sandbox.git(["config", "filter.rot13.smudge", "tr A-Za-z N-ZA-Mn-za-m"]);
    sandbox.checkpoint(["create", "kept"]).exits(0);
    let before = [sandbox.read("doc/guide.txt"), sandbox.read("src/main.c")];
    sandbox.sh("rm doc/guide.txt src/main.c .gitattributes");
    sandbox.git(["reset", "--quiet", "--hard"]);
    sandbox.git(["safe-restore", "kept", "--exact", "--force"]);
    let after = [sandbox.read("doc/guide.txt"), sandbox.read("src/main.c")];
    assert_eq!(after, before);
}

/// git stored a text with CR LF before it was told that it is one, and has not looked at it since.
#[test]
fn texts_that_are_not_normalised_yet_are_restored_once() {
    for before in ["", "*.txt -text\n", "*.txt ident\n"] {
        for change in ["touch new.txt", "rm new.txt", "echo more >>new.txt"] {
            let sandbox = with(before, "new.txt", b"one\r\ntwo\r\n");
            sandbox.write(".gitattributes", "*.txt text\n");
            sandbox.checkpoint(["create", "kept"]).exits(0);
            sandbox.sh(change);
            sandbox.git(["safe-restore", "kept", "--exact", "--force"]);
            assert_eq!(sandbox.read("new.txt"), b"one\r\ntwo\r\n", "{change}");
            let again = sandbox.git(["safe-restore", "kept", "--exact", "--dry-run"]);
            assert!(
                !again.contains("new.txt"),
                "{before}{change}: it is as it shall be, and yet:\n{again}"
            );
        }
    }
}

/// `filter.<driver>.clean=` switches a command off: there is no empty command to be run.
#[test]
fn files_pass_a_driver_whose_commands_are_switched_off() {
    let sandbox = Sandbox::committed();
    sandbox.git(["config", "filter.off.clean", ""]);
    sandbox.git(["config", "filter.off.smudge", ""]);
    sandbox.write(".gitattributes", "*.c filter=off\n");
    sandbox.append("src/main.c", "// edited\n");
    round_trip("off", &sandbox, |sandbox| {
        sandbox.remove("src/main.c");
        sandbox.append("src/lib/list.c", "// edited too\n");
    });
}
