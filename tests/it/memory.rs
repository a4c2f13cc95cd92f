//! How much memory a restore takes: not as much as the files it writes.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::process::Stdio;

use checkpoint_tests::Sandbox;
use wait4::Wait4;

const MIB: u64 = 1024 * 1024;

/// Makes a file of 256 MiB, most of it a hole; `end` tells one from the other.
fn grow(sandbox: &Sandbox, end: &[u8]) {
    let path = sandbox.path("big");
    let file = File::options().write(true).truncate(true).open(path);
    let mut file = file.expect("our own file");
    let grown = file.seek(SeekFrom::Start(256 * MIB));
    grown
        .and_then(|_| file.write_all(end))
        .expect("a hole takes no room");
}

/// The largest resident set of the command and of what it waited for, in bytes.
fn peak(sandbox: &Sandbox, words: &[&str]) -> u64 {
    let mut command = sandbox.safe_restore_command(words);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let mut child = command.spawn().expect("it starts");
    let used = child.wait4().expect("our own child can be waited for");
    assert!(used.status.success(), "{words:?}: {:?}", used.status);
    used.rusage.maxrss
}

#[test]
fn a_big_file_comes_back_in_little_memory() {
    let sandbox = Sandbox::committed();
    sandbox.write("big", "small");
    sandbox.commit("a tracked file is kept at any size");
    grow(&sandbox, b"one");
    sandbox.checkpoint(["create", "kept"]).exits(0);
    grow(&sandbox, b"two");
    let end = |expected: &[u8]| {
        let mut file = File::options()
            .read(true)
            .open(sandbox.path("big"))
            .unwrap();
        assert_eq!(file.metadata().unwrap().len(), 256 * MIB + 3);
        let mut found = [0; 3];
        file.seek(SeekFrom::End(-3)).unwrap();
        std::io::Read::read_exact(&mut file, &mut found).unwrap();
        assert_eq!(found, expected, "the right one is back");
    };
    let limit = 96 * MIB;
    let used = peak(&sandbox, &["kept", "--force"]);
    end(b"one");
    assert!(
        used < limit,
        "a restore of 256 MiB takes {} MiB",
        used / MIB
    );
    let used = peak(&sandbox, &["--undo", "--force"]);
    end(b"two");
    assert!(used < limit, "its undo takes {} MiB", used / MIB);
}
