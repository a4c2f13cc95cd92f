//! Many writers of the same objects.

use std::thread;

use gix::objs::Kind;

use super::super::ObjectSink;
use super::child::{Job, outcome};
use super::{Fixture, noise, prose};

#[test]
fn threads_that_write_the_same_objects_write_each_once() {
    for n in [40, 400] {
        let repo = Fixture::new();
        let sink = ObjectSink::new(&repo.open()).unwrap();
        thread::scope(|scope| {
            for start in 0..4 {
                let sink = &sink;
                scope.spawn(move || {
                    for i in 0..n {
                        let n = (i + start * n / 4) % n;
                        let id = sink.write(Kind::Blob, prose(n, 800)).unwrap();
                        assert!(sink.reuse(&id).unwrap(), "it exists, to this sink");
                        assert!(sink.read(&id).unwrap().is_some(), "and can be read");
                    }
                });
            }
        });
        assert_eq!(sink.finish().unwrap().objects as u64, n);
        let written = repo.git_text(["cat-file", "--batch-check", "--batch-all-objects"]);
        assert_eq!(written.lines().count() as u64, n);
        repo.assert_sound();
    }
}

#[test]
fn threads_that_stream_the_same_content_write_it_once() {
    let repo = Fixture::new();
    let sink = repo.sink();
    let content = noise(1, 9 * 1024 * 1024);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| sink.write(Kind::Blob, content.clone()).unwrap());
        }
    });
    assert_eq!(sink.finish().unwrap().objects, 1);
    assert_eq!(repo.files().len(), 1);
    repo.assert_sound();
}

#[test]
fn processes_that_write_the_same_objects_do_not_disturb_each_other() {
    for (job, files) in [(Job::Prose(60), 60), (Job::Prose(300), 2), (Job::Big, 1)] {
        let repo = Fixture::new();
        let children: Vec<_> = (0..4).map(|_| repo.start(&[], job)).collect();
        for child in children {
            assert_eq!(outcome(child), "written");
        }
        assert_eq!(repo.files().len(), files, "{job:?}: {:?}", repo.files());
        repo.assert_sound();
    }
}

#[test]
fn a_sink_that_was_made_before_another_wrote_the_same_puts_its_own_in_place() {
    let repo = Fixture::new();
    let sinks = [repo.sink(), repo.sink()];
    for sink in &sinks {
        for n in 0..10 {
            sink.write(Kind::Blob, prose(n, 300)).unwrap();
        }
    }
    for sink in sinks {
        assert_eq!(sink.finish().unwrap().objects, 10);
    }
    assert_eq!(repo.loose_files().len(), 10);
    repo.assert_sound();
}
