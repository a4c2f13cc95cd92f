//! `log`.

use std::{
    io::{BufRead, BufReader},
    process::Stdio,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::scene::Scene;

#[test]
fn events_stand_one_on_a_line_the_newest_first() {
    let scene = Scene::new();
    let kept = scene.keep_named(5, "safe");
    scene.tell_restored(&kept, None, 4);
    let other = scene.keep(3);
    scene.done(&["delete", "safe"]);
    let said = scene.done(&["log"]);
    let (id, other) = (kept.id.short(), other.id.short());
    let want = format!(
        "2027-01-15 08:00:00  {id}  deleted   ada  safe  deleted\n\
         2027-01-15 05:00:00  {other}  created   ada  automatic on main\n\
         2027-01-15 04:00:00  {id}  restored  ada  files\n\
         2027-01-15 03:00:00  {id}  created   ada  safe  manual on main\n"
    );
    assert_eq!(said.out, want);
    assert_eq!(scene.done(&["log", "-n", "2"]).out.lines().count(), 2);
    assert_eq!(scene.done(&["log", "--since", "4h"]).out.lines().count(), 3);
    assert_eq!(scene.done(&["log", &kept.id()]).out.lines().count(), 3);
    assert_eq!(
        scene.failure(&["log", "unheard-of"]),
        (128, "checkpoint::unknown".to_owned())
    );
}

#[test]
fn a_machine_gets_a_line_for_each_event_with_all_its_fields() {
    let scene = Scene::new();
    let kept = scene.keep(5);
    let line = r#"{"id":"0199a1b2-c3d4-7000-8000-000000000009","at":"2027-01-15T07:00:00Z","by":{"user":"ada","host":"desk"},"type":"seen_from_orbit","remote":"origin"}"#;
    scene.git(&[
        "notes",
        "--ref=checkpoints",
        "append",
        "-m",
        line,
        &kept.snapshot,
    ]);
    let said = scene.done(&["log", "--json"]);
    let lines: Vec<Value> = said
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    assert!(
        lines
            .iter()
            .all(|line| line["version"] == 1 && line["snapshot"] == kept.snapshot)
    );
    let unknown = lines
        .iter()
        .find(|line| line["event"]["type"] == "seen_from_orbit")
        .unwrap();
    assert_eq!(
        unknown["event"]["remote"], "origin",
        "what we do not know passes through"
    );
    assert!(scene.done(&["log"]).out.contains("seen_from_orbit"));
}

#[test]
fn following_tells_what_happens_and_ends_with_its_reader() {
    let scene = Scene::new();
    scene.keep(9);
    scene.keep(8);
    let mut child = scene
        .checkpoint(&["log", "--follow", "-n", "1", "--json"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut next = || {
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        serde_json::from_str::<Value>(&line).unwrap()["event"].clone()
    };
    assert_eq!(next()["type"], "checkpoint_created", "the last one before");
    let kept = scene.keep(1);
    let created = next();
    assert_eq!(created["checkpoint"], kept.id());
    scene.done(&["delete", &kept.id()]);
    assert_eq!(next()["type"], "checkpoint_deleted");
    drop(lines);
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "nobody reads, and it goes on"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(
        child.wait().unwrap().code(),
        Some(0),
        "a closed pipe is a quiet end"
    );
}

#[test]
fn nothing_has_happened_in_a_new_repository() {
    let scene = Scene::new();
    let said = scene.done(&["log"]);
    assert_eq!(
        (said.out.as_str(), said.err.as_str()),
        ("", "nothing has happened\n")
    );
    assert_eq!(scene.done(&["log", "--json"]).out, "");
}
