//! What goes in comes out, through git.

use std::fs::File;
use std::io::{Read, Write};

use gix::ObjectId;
use gix::objs::Kind;

use super::super::{Durability, LooseBlob, ObjectError, ObjectSink};
use super::{Fixture, noise, prose};

const BIG: usize = 9 * 1024 * 1024;

fn both_hashes() -> [Fixture; 2] {
    ["sha1", "sha256"].map(|hash| Fixture::init(&["--object-format", hash]))
}

/// A blob, a tree with it, a commit of that and a tag, in this order.
fn one_of_each(sink: &ObjectSink, n: u64) -> Vec<(ObjectId, Kind, Vec<u8>)> {
    let mut all = Vec::new();
    let mut add = |kind: Kind, data: Vec<u8>| {
        let id = sink.write(kind, data.clone()).unwrap();
        all.push((id, kind, data));
        id
    };
    let blob = add(Kind::Blob, format!("content {n}\n").into());
    let tree = add(Kind::Tree, [b"100644 file\0", blob.as_bytes()].concat());
    let who = "A <a@example.com> 1700000000 +0000";
    let commit = format!("tree {tree}\nauthor {who}\ncommitter {who}\n\ncommit {n}\n");
    let commit = add(Kind::Commit, commit.into());
    let tag = format!("object {commit}\ntype commit\ntag t{n}\ntagger {who}\n\ntag {n}\n");
    add(Kind::Tag, tag.into());
    all
}

#[test]
fn every_kind_comes_back() {
    for repo in both_hashes() {
        let sink = ObjectSink::new(&repo.open()).unwrap();
        let all = one_of_each(&sink, 0);
        assert_eq!(repo.files(), [""; 0], "nothing is visible before the end");
        let written = sink.finish().unwrap();
        assert_eq!(written.objects, 4);
        assert_eq!(repo.loose_files().len(), 4, "few objects are loose");
        let on_disk = repo
            .loose_files()
            .into_iter()
            .map(|file| fs_err::metadata(repo.objects().join(file)).unwrap().len());
        assert_eq!(written.bytes, on_disk.sum::<u64>());
        for (id, kind, data) in all {
            repo.assert_object(id, kind, &data);
        }
        repo.assert_sound();
    }
}

#[test]
fn every_kind_comes_back_from_a_pack() {
    for repo in both_hashes() {
        let sink = ObjectSink::new(&repo.open()).unwrap();
        let all: Vec<_> = (0..20).flat_map(|n| one_of_each(&sink, n)).collect();
        for (id, kind, data) in &all {
            let read = sink.read(id).unwrap();
            assert_eq!(read, Some((*kind, data.clone())), "what waits can be read");
        }
        let more = one_of_each(&sink, 100);
        assert_eq!(sink.finish().unwrap().objects, 84);
        for (id, kind, data) in all.iter().chain(&more).step_by(7) {
            repo.assert_object(*id, *kind, data);
        }
        repo.assert_sound();
    }
}

#[test]
fn any_size_comes_back() {
    for repo in both_hashes() {
        let sizes = [0, 1, 64 * 1024, BIG];
        let contents = sizes.iter().flat_map(|&len| [noise(7, len), prose(7, len)]);
        let contents: Vec<_> = contents.collect();
        let sink = repo.sink();
        let write = |data: &Vec<u8>| sink.write(Kind::Blob, data.clone()).unwrap();
        let ids: Vec<_> = contents.iter().map(write).collect();
        sink.finish().unwrap();
        for (id, data) in ids.into_iter().zip(&contents) {
            repo.assert_object(id, Kind::Blob, data);
        }
        repo.assert_sound();
    }
}

#[test]
fn a_file_of_any_size_comes_back() {
    for repo in both_hashes() {
        for content in [
            vec![],
            noise(1, 1),
            prose(2, 70_000),
            noise(3, BIG),
            prose(4, BIG),
        ] {
            let path = repo.path().join("file");
            fs_err::write(&path, &content).unwrap();
            let mut file: File = fs_err::File::open(&path).unwrap().into();
            let expected: ObjectId = repo.git_text(["hash-object", "file"]).parse().unwrap();
            let sink = repo.sink();
            let id = sink.write_file(&mut file, content.len() as u64).unwrap();
            assert_eq!(id, expected, "git names it the same");
            assert_eq!(sink.finish().unwrap().objects, 1);
            repo.assert_object(id, Kind::Blob, &content);
            let sink = repo.sink();
            sink.write_file(&mut file, content.len() as u64).unwrap();
            assert_eq!(sink.finish().unwrap().objects, 0, "it is there already");
        }
        repo.assert_sound();
    }
}

#[test]
fn what_does_not_shrink_is_stored_and_what_shrinks_is_deflated() {
    let check = |content: Vec<u8>, expected: std::ops::Range<u64>| {
        let repo = Fixture::new();
        let sink = repo.sink();
        sink.write(Kind::Blob, content).unwrap();
        let bytes = sink.finish().unwrap().bytes;
        assert!(expected.contains(&bytes), "{bytes} bytes were written");
    };
    let big = BIG as u64;
    check(noise(1, BIG), big..big + big / 1000);
    check(prose(1, BIG), 0..big / 2);
}

#[test]
fn many_objects_are_one_pack_and_few_are_loose() {
    let check = |n: usize, loose: usize, packs: usize| {
        let repo = Fixture::new();
        let sink = repo.sink();
        let mut ids = Vec::new();
        for n in 0..n as u64 {
            let data = prose(n, 100 + n as usize);
            ids.push((sink.write(Kind::Blob, data.clone()).unwrap(), data));
        }
        assert_eq!(sink.finish().unwrap().objects, n);
        assert_eq!(repo.loose_files().len(), loose, "{n} objects");
        assert_eq!(
            repo.pack_files().len(),
            2 * packs,
            "{n} objects: pack and index"
        );
        for (id, data) in ids.iter().step_by(n / 20 + 1) {
            repo.assert_object(*id, Kind::Blob, data);
        }
        repo.assert_sound();
    };
    check(0, 0, 0);
    check(63, 63, 0);
    check(64, 64, 0);
    check(65, 0, 1);
    check(2000, 0, 1);
}

#[test]
fn much_content_is_a_pack_even_in_few_objects() {
    let repo = Fixture::new();
    let sink = repo.sink();
    for n in 0..5 {
        sink.write(Kind::Blob, noise(n, 4 * 1024 * 1024)).unwrap();
    }
    sink.finish().unwrap();
    assert_eq!((repo.loose_files().len(), repo.pack_files().len()), (0, 2));
    repo.assert_sound();
}

#[test]
fn git_would_have_written_the_same_pack_index() {
    for repo in both_hashes() {
        let sink = repo.sink();
        for n in 0..500 {
            sink.write(Kind::Blob, prose(n, 3000)).unwrap();
        }
        sink.finish().unwrap();
        let files = repo.pack_files();
        let [index, pack] = [0, 1].map(|n| repo.objects().join(&files[n]));
        assert_eq!(index.extension().unwrap(), "idx");
        repo.git(["verify-pack".as_ref(), index.as_os_str()]);
        let copy = repo.path().join("copy.pack");
        fs_err::copy(&pack, &copy).unwrap();
        let hash = repo.git_text(["index-pack", "--strict", "copy.pack"]);
        assert!(
            pack.ends_with(format!("pack-{hash}.pack")),
            "git gives it the same name"
        );
        let ours = fs_err::read(index).unwrap();
        let theirs = fs_err::read(repo.path().join("copy.idx")).unwrap();
        assert!(ours == theirs, "git index-pack makes the same index");
    }
}

#[test]
fn the_same_object_is_written_once() {
    for n in [10, 100] {
        let repo = Fixture::new();
        let sink = repo.sink();
        let write = |n| sink.write(Kind::Blob, prose(n, 500)).unwrap();
        let ids: Vec<_> = (0..n).map(write).collect();
        let again: Vec<_> = (0..n).map(write).collect();
        assert_eq!(ids, again);
        assert_eq!(sink.finish().unwrap().objects as u64, n);
        let sink = repo.sink();
        for n in 0..n {
            sink.write(Kind::Blob, prose(n, 500)).unwrap();
        }
        assert_eq!(
            sink.finish().unwrap(),
            Default::default(),
            "all are there already"
        );
        repo.assert_sound();
    }
}

#[test]
fn waiting_for_the_disk_changes_nothing_else() {
    let write = |durability, n| {
        let repo = Fixture::new();
        let sink = ObjectSink::with_durability(&repo.open(), durability).unwrap();
        for n in 0..n {
            sink.write(Kind::Blob, prose(n, 500)).unwrap();
        }
        sink.write(Kind::Blob, noise(1, BIG)).unwrap();
        (sink.finish().unwrap(), repo.files())
    };
    for n in [10, 100] {
        assert_eq!(write(Durability::Fsync, n), write(Durability::None, n));
    }
}

#[test]
fn a_file_of_another_size_is_reported_and_the_sink_goes_on() {
    let repo = Fixture::new();
    for content in [prose(1, 1000), noise(1, BIG)] {
        let path = repo.path().join("file");
        fs_err::write(&path, &content).unwrap();
        let mut file: File = fs_err::File::open(&path).unwrap().into();
        let size = content.len() as u64;
        let sink = repo.sink();
        for wrong in [size - 1, size + 1] {
            let error = sink.write_file(&mut file, wrong).unwrap_err();
            let ObjectError::Changed { expected, .. } = error else {
                panic!("{error} is not that it changed");
            };
            assert_eq!(expected, wrong);
        }
        sink.write_file(&mut file, size).unwrap();
        assert_eq!(sink.finish().unwrap().objects, 1);
    }
    repo.assert_sound();
}

/// A file that another process writes to after every reading of it.
struct Restless {
    content: std::io::Cursor<Vec<u8>>,
    starts: usize,
}

impl std::io::Read for Restless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.content.read(buffer)
    }
}

impl std::io::Seek for Restless {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        if to == std::io::SeekFrom::Start(0) {
            self.starts += 1;
            // Not the size, not the part that is sampled.
            self.content.get_mut()[BIG / 3] = self.starts as u8;
        }
        self.content.seek(to)
    }
}

#[test]
fn content_that_changes_between_the_readings_is_not_written_under_its_old_name() {
    let repo = Fixture::new();
    let home = super::super::home::Home::of(&repo.open(), Durability::None);
    let mut source = Restless {
        content: std::io::Cursor::new(noise(1, BIG)),
        starts: 0,
    };
    let hash = gix::hash::Kind::Sha1;
    let known = super::super::big::hash(hash, Kind::Blob, &mut source, BIG as u64).unwrap();
    let error = super::super::big::write(&home, &mut source, &known).unwrap_err();
    assert!(matches!(error, ObjectError::Changed { .. }), "{error}");
    assert_eq!(repo.files(), [""; 0], "and nothing is left behind");
}

#[test]
fn a_closed_file_is_reported_and_the_sink_goes_on() {
    let repo = Fixture::new();
    let path = repo.path().join("file");
    let mut write_only = File::options()
        .write(true)
        .create_new(true)
        .open(&path)
        .unwrap();
    write_only.write_all(b"content").unwrap();
    let sink = repo.sink();
    let error = sink.write_file(&mut write_only, 7).unwrap_err();
    assert!(matches!(error, ObjectError::Source { .. }), "{error}");
    sink.write(Kind::Blob, b"other".to_vec()).unwrap();
    assert_eq!(sink.finish().unwrap().objects, 1);
}

#[test]
fn a_loose_blob_is_read_piece_by_piece() {
    for repo in both_hashes() {
        let content = noise(3, BIG);
        let mut source = tempfile::tempfile().unwrap();
        source.write_all(&content).unwrap();
        let sink = ObjectSink::new(&repo.open()).unwrap();
        let blob = sink.write_file(&mut source, BIG as u64).unwrap();
        let tree = sink.write(Kind::Tree, Vec::new()).unwrap();
        sink.finish().unwrap();

        let gix = repo.open();
        let open = |id: &gix::oid| LooseBlob::open(&gix, id).unwrap();
        let mut read = Vec::new();
        let mut found = open(&blob).expect("it is loose");
        assert_eq!(found.size, BIG as u64);
        found.read_to_end(&mut read).unwrap();
        assert!(read == content, "the content is what was written");
        assert!(open(&tree).is_none(), "a tree is no blob");
        assert!(
            open(ObjectId::null(tree.kind()).as_ref()).is_none(),
            "a missing one"
        );

        let hex = blob.to_string();
        let file = repo.objects().join(&hex[..2]).join(&hex[2..]);
        let half = fs_err::read(&file).unwrap()[..BIG / 2].to_vec();
        fs_err::remove_file(&file).unwrap();
        fs_err::write(&file, half).unwrap();
        let cut = open(&blob).unwrap().read_to_end(&mut Vec::new());
        assert!(cut.is_err(), "a file that ends too early is no content");
    }
}
