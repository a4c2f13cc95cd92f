//! `export` and `import`.

use serde_json::{Value, json};

use crate::scene::Scene;

#[test]
fn records_go_to_another_repository_and_back() {
    let (here, there) = (Scene::new(), Scene::new());
    let kept = here.keep_named(2, "safe");
    here.keep(1);
    let file = here.beside("records");
    let said = here.done(&["export", "-o", &file]);
    assert_eq!(said.out, "");
    assert!(said.err.contains("2 records written to"), "{}", said.err);

    let imported = there.json(&["import", &file]);
    assert_eq!(imported["new"].as_array().unwrap().len(), 2);
    assert_eq!(
        there.json(&["import", &file])["unchanged"],
        2,
        "twice is as good as once"
    );
    let shown = there.json(&["show", &kept.id()]);
    assert_eq!(shown["checkpoint"]["place"], "elsewhere");
    assert_eq!(shown["checkpoint"]["name"], "safe");
    assert!(there.done(&["list"]).out.contains("state not here"));

    there.tell_restored(&kept, None, 1);
    let back = there.beside("records");
    there.done(&["export", "-o", &back]);
    let merged = here.json(&["import", &back]);
    assert_eq!(
        (&merged["merged"], &merged["unchanged"]),
        (&json!([kept.id()]), &json!(1))
    );
    assert_eq!(
        here.json(&["show", "safe"])["checkpoint"]["restored_count"],
        1
    );
}

#[test]
fn states_come_along_in_a_bundle() {
    let (here, there) = (Scene::new(), Scene::new());
    here.write("file", "two\n");
    let kept = here.keep_named(2, "safe");
    let file = here.beside("records");
    let exported = here.json(&["export", "--with-state", "-o", &file]);
    assert_eq!(exported["states"], json!([kept.id()]));
    assert_eq!(exported["bundle"], format!("{file}.bundle"));
    there.done(&["import", &file]);
    assert_eq!(
        there.git(&["show", &format!("{}:file", kept.id.ref_name())]),
        "two"
    );
    assert_eq!(there.git(&["tag", "--list"]), "checkpoint/safe");
    assert_eq!(there.json(&["show", "safe"])["checkpoint"]["place"], "here");
    there.git(&["fsck", "--strict"]);

    let third = Scene::new();
    let imported = third.json(&["import", &format!("{file}.bundle")]);
    assert_eq!(imported["refs"].as_array().unwrap().len(), 2, "{imported}");
    assert!(
        third.json(&["show", "safe"])["checkpoint"]["record_missing"]
            .as_bool()
            .unwrap()
    );
}

#[test]
fn ignored_files_are_in_no_bundle() {
    let scene = Scene::new();
    scene.write(".gitignore", "*.local\n");
    scene.write("notes.local", "mine\n");
    scene.done(&["create", "mine", "--include", "*.local"]);
    let file = scene.beside("records");
    let words = ["export", "--with-state", "-o", &file];
    assert_eq!(scene.failure(&words), (1, "checkpoint::private".to_owned()));
    assert!(!std::path::Path::new(&file).exists(), "nothing was written");
    scene.done(&["export", "-o", &file]);
}

#[test]
fn standard_streams_will_do() {
    let (here, there) = (Scene::new(), Scene::new());
    let kept = here.keep(1);
    let records = here.done(&["export"]).out;
    assert_eq!(here.done(&["export", "--json", "-o", "-"]).out, records);
    let header: Value = serde_json::from_str(records.lines().next().unwrap()).unwrap();
    assert_eq!(header["format"], "git-checkpoint");
    let file = there.beside("records");
    fs_err::write(&file, records).unwrap();
    let input = fs_err::File::open(&file).unwrap().into_file();
    let output = there.checkpoint(&["import", "-"]).stdin(input).output();
    let said = output.unwrap();
    assert_eq!(said.stdout, b"1 new record, 0 merged, 0 unchanged\n");
    assert_eq!(there.json(&["list"])["checkpoints"][0]["id"], kept.id());
}

#[test]
fn the_maestro_format_has_exactly_its_keys() {
    let scene = Scene::new();
    let named = scene.keep_as(2, |request| {
        request.name = Some("safe".parse().unwrap());
        request.description = "All is well".to_owned();
        request.session = Some("s1".to_owned());
        request.phase = Some(checkpoint_model::words::Phase::Implement);
    });
    scene.tell_restored(&named, None, 1);
    scene.keep(1);
    let said = scene.done(&["export", "--format", "maestro", "--session", "s1"]);
    let document: Value = serde_json::from_str(&said.out).unwrap();
    let want = json!({
        "session_id": "s1",
        "generated_at": "2027-01-15T08:00:00Z",
        "checkpoints": [{
            "checkpoint_id": named.id(), "commit_sha": named.snapshot, "timestamp": "2027-01-15T06:00:00Z",
            "description": "All is well", "phase": "implement", "checkpoint_type": "automatic", "tags": ["safe"],
            "rollback_used": true, "rollback_count": 1,
        }],
        "summary": {
            "total_checkpoints": 1, "checkpoints_by_type": {"automatic": 1}, "checkpoints_used_for_rollback": 1,
            "latest_checkpoint": named.id(),
        },
    });
    assert_eq!(document, want);
}

#[test]
fn a_broken_file_changes_nothing() {
    let (here, there) = (Scene::new(), Scene::new());
    here.keep(2);
    here.keep(1);
    let records = here.done(&["export"]).out;
    let lines: Vec<&str> = records.lines().collect();
    let file = there.beside("records");
    let check = |text: String, code: &str| {
        fs_err::write(&file, text).unwrap();
        assert_eq!(there.failure(&["import", &file]), (128, code.to_owned()));
        assert_eq!(
            there.git(&["for-each-ref", "refs/notes", "refs/checkpoints"]),
            ""
        );
    };
    let malformed = "import::malformed";
    check(String::new(), malformed);
    check("{}".to_owned(), malformed);
    check("no export at all".to_owned(), malformed);
    check(format!("{}\n{}\n", lines[0], lines[1]), malformed);
    check(records[..records.len() / 2].to_owned(), malformed);
    check(
        records.replace("\"version\":1", "\"version\":99"),
        malformed,
    );
    check(
        records.replace("checkpoint_created", "checkpoint_imagined"),
        malformed,
    );
    assert_eq!(
        there.failure(&["import", "no-such-file"]),
        (128, "import::unreadable".to_owned())
    );

    fs_err::write(&file, &records).unwrap();
    fs_err::write(format!("{file}.bundle"), "no bundle").unwrap();
    assert_eq!(
        there.failure(&["import", &file]),
        (128, "import::broken_bundle".to_owned())
    );
    assert_eq!(there.git(&["for-each-ref", "refs/notes"]), "");
}

#[test]
fn what_cannot_be_written_is_refused_before() {
    let scene = Scene::new();
    scene.keep(1);
    let failure = |args: &[&str]| scene.failure(&[&["export"], args].concat());
    assert_eq!(
        failure(&["--with-state"]),
        (129, "export::state_needs_file".to_owned())
    );
    let maestro = ["--with-state", "--format", "maestro", "-o", "x"];
    assert_eq!(
        failure(&maestro),
        (129, "export::format_without_state".to_owned())
    );
    assert_eq!(
        failure(&["-o", "no/such/folder"]),
        (128, "export::unwritable".to_owned())
    );
    assert_eq!(
        failure(&["unheard-of"]),
        (128, "checkpoint::unknown".to_owned())
    );
    assert_eq!(
        scene.run(&["export", "-o", "/dev/null"]).code,
        0,
        "a device is written to, not replaced"
    );
    assert!(
        std::path::Path::new("/dev/null")
            .metadata()
            .is_ok_and(|it| !it.is_file())
    );
}
