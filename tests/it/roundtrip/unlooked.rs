//! Files that git takes for unchanged, though a checkout would give other bytes than they have: what a restore takes away
//! of them, undo brings back.

use checkpoint_tests::Sandbox;

use super::round_trip;

/// Adds the file and lets git take it at its word from then on.
const COMMIT: &str =
    "git add new.txt && git commit -q -m new && sleep 1.1 && git update-index -q --really-refresh";

/// A file with `bytes` that a restore deletes, and one that it overwrites.
fn check(name: &str, attributes: &str, bytes: &[u8], scene: impl Fn(&Sandbox)) {
    for old in [None, Some("old\n")] {
        let sandbox = Sandbox::committed();
        if let Some(old) = old {
            sandbox.write("new.txt", old);
            sandbox.commit("old");
        }
        sandbox.write(".gitattributes", attributes);
        scene(&sandbox);
        // By these attributes git may not take the old one in again, but gives it out.
        sandbox.sh("rm -f new.txt && git add --all ':!new.txt' && git commit -q -m before");
        sandbox.git(["checkout", "--quiet", "--", "."]);
        round_trip(&format!("{name} over {old:?}"), &sandbox, |sandbox| {
            sandbox.write("new.txt", bytes);
            sandbox.sh(COMMIT);
            let checked_out = sandbox.git_bytes(["cat-file", "--filters", "HEAD:new.txt"]);
            assert_ne!(checked_out, bytes, "{name}: a checkout gives others");
            assert_eq!(sandbox.git(["status", "--porcelain"]), "", "{name}");
        });
    }
}

#[test]
fn a_filter_loses_something_on_the_way_in() {
    check(
        "filter",
        "new.txt filter=public\n",
        b"public\nsecret\n",
        |sandbox| {
            sandbox.git(["config", "filter.public.clean", "sed /secret/d"]);
            sandbox.git(["config", "filter.public.smudge", "cat"]);
        },
    );
}

#[test]
fn a_text_is_encoded_in_another_byte_order() {
    // Big-endian, with its mark: git writes UTF-16 as the machine has it, and some write another order always.
    let attributes = "new.txt text working-tree-encoding=UTF-16\n";
    let orders: [&[u8]; 2] = [b"\xfe\xff\0o\0n\0e\0\n", b"\xff\xfeo\0n\0e\0\n\0"];
    let probe = Sandbox::committed();
    probe.write(".gitattributes", attributes);
    probe.write("new.txt", orders[0]);
    probe.sh("git add new.txt");
    let given = probe.git_bytes(["cat-file", "--filters", ":new.txt"]);
    let other = orders.into_iter().find(|bytes| *bytes != given);
    let other = other.expect("one of two is not the other");
    check("encoding", attributes, other, |_| {});
}

/// So many that a capture does not look at line ends.
#[test]
fn one_of_many_has_other_line_ends() {
    check("eol", "*.txt text eol=crlf\n", b"one\ntwo\n", |sandbox| {
        sandbox.sh("mkdir many && cd many && seq 5001 | xargs touch");
    });
}
