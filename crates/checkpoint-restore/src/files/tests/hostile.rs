//! Working trees that somebody prepared, or changes while we write.

use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use super::fixture::{Entry, Fixture, delete, file, id_of, stored, write};
use super::steps::fifo;
use crate::files::{Applied, Content, Expected, FileKind, FilesError, Found, Step, Wanted};

#[test]
fn a_link_in_a_parents_place_is_not_followed() {
    let fixture = Fixture::new();
    let outside = fixture.outside("outside");
    fs_err::create_dir_all(outside.join("sub")).unwrap();
    fs_err::write(outside.join("f"), "theirs").unwrap();
    symlink(&outside, fixture.path("d")).unwrap();
    fs_err::create_dir(fixture.path("real")).unwrap();
    symlink("real", fixture.path("inside")).unwrap();
    let wanted = stored(FileKind::File, fixture.blob("ours"));
    for path in ["d/f", "d/sub/f", "d/new/f", "inside/f"] {
        let result = fixture.apply(&write(path, wanted, Expected::Whatever));
        assert!(
            matches!(&result, Err(FilesError::InTheWay { at, found: Found::Link, .. })
                if path.starts_with(&at.to_string())),
            "{path}: {result:?}"
        );
        let result = fixture.apply(&delete(path, Expected::Whatever));
        assert_eq!(result.unwrap(), Applied::AlreadySo, "there is no {path}");
        let step = Step::SetPermissions {
            path: path.into(),
            executable: true,
            permissions: Some(0o777),
        };
        let told = Applied::Foreign {
            found: Found::Nothing,
        };
        assert_eq!(fixture.apply(&step).unwrap(), told);
    }
    let make = Step::MakeDirectory {
        path: "d/made".into(),
    };
    assert!(matches!(
        fixture.apply(&make),
        Err(FilesError::InTheWay { .. })
    ));
    let remove = Step::RemoveDirectoryIfEmpty {
        path: "d/sub".into(),
    };
    assert_eq!(fixture.apply(&remove).unwrap(), Applied::AlreadySo);
    assert_eq!(fs_err::read(outside.join("f")).unwrap(), b"theirs");
    assert_eq!(fs_err::read_dir(&outside).unwrap().count(), 2);
    assert_eq!(fs_err::read_dir(outside.join("sub")).unwrap().count(), 0);
}

#[test]
fn a_file_in_a_parents_place_is_in_the_way() {
    let fixture = Fixture::new();
    fixture.put("a/d", "a file");
    fifo(&fixture.path("p"));
    let wanted = stored(FileKind::File, fixture.blob("ours"));
    for (path, at, found) in [
        ("a/d/f", "a/d", Found::File),
        ("a/d/e/f", "a/d", Found::File),
        ("p/f", "p", Found::Special),
    ] {
        let result = fixture.apply(&write(path, wanted, Expected::Nothing));
        let Err(FilesError::InTheWay {
            path: told,
            at: where_,
            found: what,
        }) = result
        else {
            panic!("{path}: {result:?}");
        };
        assert_eq!(
            (told.to_string(), where_.to_string()),
            (path.into(), at.into())
        );
        assert_eq!(what, found);
    }
    assert_eq!(fixture.read("a/d"), b"a file");
}

#[test]
fn a_directory_full_of_ignored_files_stays() {
    let fixture = Fixture::new();
    fixture.put(".gitignore", "f/\n");
    fixture.put("f/build/output", "hours of work");
    let id = fixture.blob("a file");
    for wanted in [FileKind::File, FileKind::Link] {
        for expected in [Expected::Whatever, Expected::Nothing, file(id)] {
            let result = fixture.apply(&write("f", stored(wanted, id), expected));
            assert!(
                matches!(
                    result,
                    Err(FilesError::InTheWay {
                        found: Found::Directory,
                        ..
                    })
                ),
                "{result:?}"
            );
        }
    }
    let remove = Step::RemoveDirectoryIfEmpty { path: "f".into() };
    assert_eq!(fixture.apply(&remove).unwrap(), Applied::NotEmpty);
    assert_eq!(fixture.read("f/build/output"), b"hours of work");
}

#[test]
fn what_is_no_file_is_never_opened() {
    let fixture = Fixture::new();
    fifo(&fixture.path("fifo"));
    let _socket = UnixListener::bind(fixture.path("socket")).unwrap();
    let id = fixture.blob("x");
    // With a fifo opened this would wait for ever; the test has a time limit of its own.
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..600 {
                std::thread::sleep(Duration::from_millis(100));
                if is_done.load(Ordering::SeqCst) {
                    return;
                }
            }
            std::process::abort();
        });
        for name in ["fifo", "socket"] {
            for expected in [Expected::Nothing, file(id)] {
                let step = write(name, stored(FileKind::File, id), expected);
                assert!(matches!(
                    fixture.apply(&step),
                    Err(FilesError::InTheWay {
                        found: Found::Special,
                        ..
                    })
                ));
                let told = Applied::Foreign {
                    found: Found::Special,
                };
                assert_eq!(fixture.apply(&delete(name, expected)).unwrap(), told);
            }
            let step = delete(name, Expected::Special);
            assert_eq!(fixture.apply(&step).unwrap(), Applied::Done);
        }
        is_done.store(true, Ordering::SeqCst);
    });
}

#[test]
fn another_name_of_a_file_keeps_what_it_has() {
    let fixture = Fixture::new();
    let outside = fixture.outside("precious");
    fs_err::write(&outside, "old").unwrap();
    fs_err::hard_link(&outside, fixture.path("f")).unwrap();
    let wanted = stored(FileKind::Executable, fixture.blob("new"));
    let step = write("f", wanted, file(id_of(b"old")));
    assert_eq!(fixture.apply(&step).unwrap(), Applied::Done);
    assert_eq!(fixture.read("f"), b"new");
    assert_eq!(fs_err::read(&outside).unwrap(), b"old");
    let meta = fs_err::metadata(&outside).unwrap();
    assert_eq!((meta.nlink(), meta.mode() & 0o777), (1, 0o644));
}

#[test]
fn a_link_in_the_files_place_is_replaced_not_followed() {
    let fixture = Fixture::new();
    let outside = fixture.outside("precious");
    fs_err::write(&outside, "theirs").unwrap();
    symlink(&outside, fixture.path("f")).unwrap();
    let wanted = stored(FileKind::File, fixture.blob("ours"));
    let step = write("f", wanted, Expected::Whatever);
    assert_eq!(fixture.apply(&step).unwrap(), Applied::Done);
    assert_eq!(fs_err::read(&outside).unwrap(), b"theirs");
    assert!(!fixture.path("f").is_symlink());
}

#[test]
fn a_temporary_name_that_is_taken_leads_nowhere() {
    let fixture = Fixture::new();
    let outside = fixture.outside("precious");
    fs_err::write(&outside, "theirs").unwrap();
    let left = ".git-checkpoint-0123456789abcdef.tmp";
    symlink(&outside, fixture.path(left)).unwrap();
    let wanted = stored(FileKind::File, fixture.blob("ours"));
    let step = write("f", wanted, Expected::Nothing);
    assert_eq!(fixture.apply(&step).unwrap(), Applied::Done);
    assert_eq!(fs_err::read(&outside).unwrap(), b"theirs");
    assert_eq!(fixture.read("f"), b"ours");
    assert!(!fixture.path(left).is_symlink());
}

#[test]
fn a_read_only_file_is_replaced_and_a_read_only_directory_is_told() {
    let fixture = Fixture::new();
    fixture.put("d/f", "old");
    fixture.chmod("d/f", 0o444);
    let old = fixture.blob("old");
    let new = stored(FileKind::File, fixture.blob("new"));
    let step = write("d/f", new, file(old));
    assert_eq!(fixture.apply(&step).unwrap(), Applied::Done);
    fixture.chmod("d", 0o555);
    let before = fixture.tree();
    let script = "exec \"$TEST\" --exact files::tests::hostile::is_told_of_a_read_only_directory";
    let output = as_nobody(&fixture, script);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(fixture.tree(), before);
}

/// Runs `script` as a user whom permissions stop; nothing stops root.
fn as_nobody(fixture: &Fixture, script: &str) -> std::process::Output {
    let is_root = rustix::process::geteuid().is_root();
    if is_root {
        // The repository has to belong to whom it is opened by.
        let tree = fixture.top().parent().unwrap();
        let mode = std::fs::Permissions::from_mode(0o755);
        fs_err::set_permissions(tree, mode).unwrap();
        let mut command = Command::new("chown");
        command.args(["-R", "65534:65534"]).arg(tree);
        assert!(command.status().unwrap().success());
    }
    let mut command = match is_root {
        true => {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "sh"]);
            command
        }
        false => Command::new("sh"),
    };
    command
        .args(["-c", script])
        .env("TEST", std::env::current_exe().unwrap())
        .env("CHECKPOINT_TEST_TREE", fixture.top())
        .env("HOME", fixture.top())
        .env_remove("XDG_CONFIG_HOME")
        .output()
        .unwrap()
}

/// Not a test of its own: what runs as a user whom permissions stop.
#[test]
#[expect(clippy::disallowed_methods, reason = "the parent says where to write")]
fn is_told_of_a_read_only_directory() {
    let Some(top) = std::env::var_os("CHECKPOINT_TEST_TREE") else {
        return;
    };
    let fixture = Fixture::at(top.into());
    let new = stored(FileKind::File, id_of(b"old"));
    let steps = [
        write("d/f", new, Expected::Whatever),
        write("d/other", new, Expected::Nothing),
        write("d/e/f", new, Expected::Nothing),
        delete("d/f", Expected::Whatever),
        Step::MakeDirectory { path: "d/e".into() },
    ];
    for step in steps {
        let result = fixture.apply(&step);
        assert!(
            matches!(&result, Err(FilesError::Denied { path, .. }) if path.starts_with(b"d/")),
            "{step:?}: {result:?}"
        );
    }
}

#[test]
fn a_directory_that_cannot_be_listed_can_be_written_to() {
    let fixture = Fixture::new();
    fixture.put("d/f", "old");
    fixture.blob("old");
    fixture.chmod("d", 0o333);
    let script = "exec \"$TEST\" --exact files::tests::hostile::writes_where_it_cannot_look";
    let output = as_nobody(&fixture, script);
    assert!(output.status.success(), "{output:?}");
    fixture.chmod("d", 0o755);
    assert_eq!(fixture.read("d/g"), b"old");
}

/// Not a test of its own: what runs as a user whom permissions stop.
#[test]
#[expect(clippy::disallowed_methods, reason = "the parent says where to write")]
fn writes_where_it_cannot_look() {
    let Some(top) = std::env::var_os("CHECKPOINT_TEST_TREE") else {
        return;
    };
    if cfg!(not(target_os = "linux")) {
        return;
    }
    let fixture = Fixture::at(top.into());
    let wanted = stored(FileKind::File, id_of(b"old"));
    let step = write("d/g", wanted, Expected::Nothing);
    assert_eq!(fixture.apply(&step).unwrap(), Applied::Done);
}

#[test]
fn permissions_hold_from_the_first_moment() {
    let fixture = Fixture::new();
    fixture.git(["config", "filter.slow.process", "false"]);
    fixture.git(["config", "filter.slow.smudge", ""]);
    // The filter looks at the file that its own output goes to.
    let look = "sh -c 'ls -l .git-checkpoint-* | cut -c1-10'";
    fixture.git(["config", "filter.look.smudge", look]);
    fixture.git(["config", "filter.look.required", "true"]);
    fixture.put(".gitattributes", "secret filter=look\n");
    fixture.git(["add", "-A"]);
    let wanted = Wanted {
        kind: FileKind::File,
        content: Content::Stored(fixture.blob("x")),
        permissions: Some(0o440),
    };
    let step = write("secret", wanted, Expected::Nothing);
    assert_eq!(fixture.apply(&step).unwrap(), Applied::Done);
    assert_eq!(fixture.read("secret"), b"-rw-------\n");
    assert_eq!(fixture.mode("secret"), 0o440);
}

#[test]
fn an_editor_that_saves_while_a_filter_runs_is_not_overwritten() {
    let fixture = Fixture::new();
    // The filter is the editor: it saves the file, in place or by a rename, while its replacement is being made.
    for save in [
        "echo edited >f",
        "echo edited >g && mv g f",
        "rm f && ln -s elsewhere f",
        "rm f && mkdir f",
        "rm f && mkfifo f",
        "rm f",
        "chmod +x f",
    ] {
        let smudge = format!(
            "sh -c 'cd \"$0\" && {save}; cat' {}",
            fixture.top().display()
        );
        fixture.git(["config", "filter.edit.smudge", &smudge]);
        fixture.git(["config", "filter.edit.required", "true"]);
        fixture.put(".gitattributes", "f filter=edit\n");
        fixture.git(["add", ".gitattributes"]);
        fixture.put("f", "old");
        fixture.chmod("f", 0o644);
        let wanted = stored(FileKind::File, fixture.blob("new"));
        let step = write("f", wanted, file(fixture.blob("old")));
        let applied = fixture.apply(&step).unwrap();
        assert!(
            matches!(applied, Applied::Foreign { .. }),
            "{save}: {applied:?}"
        );
        let at = fixture.path("f");
        match fixture.tree().get(b"f".as_slice()) {
            Some(Entry::File(0o644, content)) => assert_eq!(content, b"edited\n"),
            Some(Entry::File(_, content)) => assert_eq!(content, b"old"),
            Some(Entry::Directory) => fs_err::remove_dir(&at).unwrap(),
            Some(Entry::Link(target)) => assert!(target.ends_with("elsewhere")),
            Some(Entry::Other) | None => {}
        }
        if at.is_symlink() || at.exists() {
            fs_err::remove_file(&at).unwrap();
        }
        let is_left = |path: &gix::bstr::BString| path.ends_with(b".tmp");
        assert!(
            !fixture.tree().keys().any(is_left),
            "{save}: nothing is left"
        );
    }
}

/// One thread swaps a parent for a link to the outside and back, as fast as it can, while another writes below it.
#[test]
fn a_parent_that_is_swapped_for_a_link_leads_nobody_outside() {
    let fixture = Fixture::new();
    let outside = fixture.outside("outside");
    fs_err::create_dir(&outside).unwrap();
    fs_err::create_dir(fixture.path("d")).unwrap();
    fs_err::write(outside.join("f"), "theirs").unwrap();
    let wanted = stored(FileKind::File, fixture.blob("ours"));
    let is_done = AtomicBool::new(false);
    let mut n_written = 0;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_done.load(Ordering::Relaxed) {
                fs_err::rename(fixture.path("d"), fixture.path("aside")).unwrap();
                symlink(&outside, fixture.path("d")).unwrap();
                fs_err::remove_file(fixture.path("d")).unwrap();
                fs_err::rename(fixture.path("aside"), fixture.path("d")).unwrap();
            }
        });
        let mut writer = fixture.writer();
        for n in 0..3000 {
            let name = format!("d/f{}", n % 10);
            // None of these steps makes a directory: one made while there is none would stop the swapping.
            let step = Step::Write {
                path: name.into(),
                wanted,
                expected: file(id_of(b"ours")),
            };
            let step = match n % 3 {
                0 => delete(&step.path().to_string(), Expected::Whatever),
                1 => write("d/f", wanted, file(id_of(b"ours"))),
                _ => step,
            };
            n_written += usize::from(writer.apply(&step).is_ok());
        }
        is_done.store(true, Ordering::Relaxed);
    });
    assert!(n_written > 0);
    assert_eq!(fs_err::read(outside.join("f")).unwrap(), b"theirs");
    assert_eq!(fs_err::read_dir(&outside).unwrap().count(), 1);
}

#[test]
fn a_file_that_appears_in_the_last_moment_is_not_replaced() {
    let fixture = Fixture::new();
    let smudge = format!(
        "sh -c 'echo theirs >\"$0\"/f; cat' {}",
        fixture.top().display()
    );
    fixture.git(["config", "filter.edit.smudge", &smudge]);
    fixture.put(".gitattributes", "f filter=edit\n");
    fixture.git(["add", ".gitattributes"]);
    let wanted = stored(FileKind::File, fixture.blob("ours"));
    let applied = fixture.apply(&write("f", wanted, Expected::Nothing));
    let told = Applied::Foreign { found: Found::File };
    assert_eq!(applied.unwrap(), told);
    assert_eq!(fixture.read("f"), b"theirs\n");
}

/// One thread saves a file again and again, as editors do, while another would put other content there, and expects what
/// it put there itself. What was saved is never replaced.
#[test]
fn what_an_editor_saves_in_any_moment_stays() {
    let fixture = Fixture::new();
    let contents = ["one", "two"].map(|content| fixture.blob(content));
    let n_steps = AtomicUsize::new(0);
    let n_done = AtomicUsize::new(0);
    let is_over = AtomicBool::new(false);
    let save = |content: &str| {
        let new = fixture.outside("saved");
        fs_err::write(&new, content).unwrap();
        fs_err::rename(new, fixture.path("f")).unwrap();
    };
    let wait = || {
        let seen = n_steps.load(Ordering::SeqCst);
        while n_steps.load(Ordering::SeqCst) < seen + 2 {
            std::thread::yield_now();
        }
    };
    save("one");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut writer = fixture.writer();
            while !is_over.load(Ordering::SeqCst) {
                for (wanted, now) in [(1, 0), (0, 1)] {
                    let wanted = stored(FileKind::File, contents[wanted]);
                    let step = write("f", wanted, file(contents[now]));
                    let applied = writer.apply(&step).unwrap();
                    n_done.fetch_add(usize::from(applied == Applied::Done), Ordering::SeqCst);
                    n_steps.fetch_add(1, Ordering::SeqCst);
                }
            }
        });
        let mut lost = None;
        for n in 0..300 {
            // One save, or two in quick succession.
            save(&format!("edit {n}"));
            if n % 3 == 0 {
                save(&format!("once more {n}"));
            }
            let expected = match n % 3 {
                0 => format!("once more {n}"),
                _ => format!("edit {n}"),
            };
            wait();
            let found = fixture.read("f");
            if found != expected.as_bytes() {
                lost = Some((expected, found));
                break;
            }
            save("one");
            if n % 2 == 0 {
                wait();
            }
        }
        is_over.store(true, Ordering::SeqCst);
        assert_eq!(lost, None, "what was saved is there");
    });
    assert!(
        n_done.load(Ordering::SeqCst) > 100,
        "the writer was at work"
    );
}
