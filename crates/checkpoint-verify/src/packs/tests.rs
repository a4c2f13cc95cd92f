//! Trees of a pack that git wrote.

use std::{fmt::Write as _, io::Write as _, process::Stdio};

use super::*;

#[test]
fn every_tree_of_a_pack_is_what_its_name_says() {
    let place = tempfile::tempdir().unwrap();
    let git = |words: &[&str], input: &str| {
        let mut git = std::process::Command::new("git");
        git.args(words).current_dir(place.path());
        git.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = git.spawn().unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{words:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    git(&["init", "-q", "--bare", "--object-format=sha1", "."], "");
    let mut script = String::new();
    for n in 0..60 {
        let head = "commit refs/heads/main\ncommitter A <a@example.com> 1700000000 +0000\ndata 0\n";
        script += head;
        for file in (0..300).filter(|file| n == 0 || file % 60 == n) {
            let path = format!("d{}/f{file}", file % 3);
            writeln!(script, "M 100644 inline {path}\ndata 2\n{:02}", n % 100).unwrap();
        }
    }
    git(&["fast-import", "--quiet"], &script);
    git(&["repack", "-adfq", "--depth=50"], "");
    let format = "--batch-check=%(objecttype) %(objectname) %(deltabase)";
    let listed = git(&["cat-file", "--batch-all-objects", format], "");
    let trees: Vec<_> = listed
        .lines()
        .filter_map(|line| line.strip_prefix("tree "))
        .collect();
    let n_deltas = trees
        .iter()
        .filter(|line| !line.ends_with(&"0".repeat(40)))
        .count();
    assert!(n_deltas > 40, "differences are what this is about");
    let packs = Packs::open(&place.path().join("objects"), gix::hash::Kind::Sha1);
    // So little that what is built upon is read again and again.
    let mut reader = Reader::new(&packs, 10_000);
    let id = |hex: &str| gix::ObjectId::from_hex(hex.as_bytes()).unwrap();
    for line in &trees {
        let id = id(&line[..40]);
        let tree = reader.tree(packs.find(&id).unwrap()).unwrap();
        let own = gix::objs::compute_hash(gix::hash::Kind::Sha1, gix::objs::Kind::Tree, &tree);
        assert_eq!(own.unwrap(), id);
    }
    // Other objects are none of its business, and those that are not there.
    for line in listed
        .lines()
        .filter_map(|line| line.strip_prefix("commit "))
    {
        assert!(reader.tree(packs.find(&id(&line[..40])).unwrap()).is_none());
    }
    assert!(packs.find(&id(&"1".repeat(40))).is_none());
}
