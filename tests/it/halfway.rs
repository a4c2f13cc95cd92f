//! A restore that is killed, or told no by the system, wherever it writes: it goes on from there, or goes back.

mod scene;

use std::collections::BTreeMap;

use checkpoint_tests::{Output, is_long_run};
use scene::{Point, Scene};

/// The exit code of a process that ended itself by `abort`, as a shell has it.
const ABORTED: i32 = 134;

/// Each way to be stopped is tried on each of these.
const SCENES: &[fn() -> Scene] = &[
    Scene::from_a_merge_into_a_rebase,
    Scene::from_a_branch_to_another,
    Scene::undo_of_a_branch_moved,
];

/// Which of the times that a point is passed are tried: the first or the last, in a long run all.
fn tried(points: &[Point]) -> Vec<Point> {
    let mut last: BTreeMap<&str, usize> = BTreeMap::new();
    for point in points {
        last.insert(&point.name, point.n);
    }
    let wanted = |at: usize, n_last: usize| if at.is_multiple_of(2) { 1 } else { n_last };
    let names: Vec<_> = last.keys().copied().collect();
    let is_tried = |point: &&Point| {
        let at = names.iter().position(|name| *name == point.name);
        let at = at.expect("it was just put there");
        is_long_run() || point.n == wanted(at, last[names[at]])
    };
    points.iter().filter(is_tried).cloned().collect()
}

#[test]
fn every_point_is_passed_by_one_of_the_scenes() {
    let mut passed: Vec<String> = Vec::new();
    let mut known = Vec::new();
    for scene in SCENES {
        let scene = scene();
        known = scene.known_points();
        passed.extend(scene.points().into_iter().map(|point| point.name));
    }
    passed.sort();
    passed.dedup();
    known.sort();
    assert_eq!(passed, known, "a point that is not passed is not tested");
}

/// Without a journal nobody would know, after a power cut, that a file is not what was written to it.
#[test]
fn files_are_on_the_disk_before_the_journal_goes() {
    for scene in SCENES {
        let points = scene().points();
        let last = |name: &str| points.iter().rposition(|point| point.name == name);
        let (written, synced) = (last("files::after_rename"), last("sync::after"));
        assert!(written.is_some(), "the restore writes files");
        assert!(written < synced, "no file is written after all are synced");
        assert!(synced < last("journal::before_clear"), "the journal waits");
    }
}

#[test]
fn killed_anywhere_between_rebase_and_merge() {
    killed_anywhere(&Scene::from_a_merge_into_a_rebase());
}

#[test]
fn killed_anywhere_between_two_branches() {
    killed_anywhere(&Scene::from_a_branch_to_another());
}

#[test]
fn killed_anywhere_in_an_undo() {
    killed_anywhere(&Scene::undo_of_a_branch_moved());
}

fn killed_anywhere(scene: &Scene) {
    for point in tried(&scene.points()) {
        let why = &format!("killed at {point}");
        kill(scene, &point);
        if !scene.has_journal() {
            // It died before it touched anything, or after it was done.
            if !scene.is_done() {
                scene.is_before(why);
                scene.run(&scene.words());
                scene.is_target(why);
            }
            continue;
        }
        scene.run(&["--continue"]);
        scene.is_target(&format!("{why}, then continued"));
        scene.run(&[scene.way_back(), "--force"]);
        scene.is_before(&format!("{why}, then continued, then taken back"));

        kill(scene, &point);
        scene.run(&["--abort"]);
        scene.is_before(&format!("{why}, then given up"));
    }
}

fn kill(scene: &Scene, point: &Point) {
    scene.reset();
    let output = scene.break_at(&scene.words(), point, "abort");
    assert_eq!(output.code, ABORTED, "{point} is passed: {output}");
}

#[test]
fn killed_while_it_goes_on_between_rebase_and_merge() {
    killed_twice(&Scene::from_a_merge_into_a_rebase(), 12);
}

#[test]
fn killed_while_it_goes_on_between_two_branches() {
    killed_twice(&Scene::from_a_branch_to_another(), 8);
}

#[test]
fn killed_while_it_goes_on_in_an_undo() {
    killed_twice(&Scene::undo_of_a_branch_moved(), 8);
}

/// Kills at every `each`-th point, and kills what comes after that at every `each`-th of its points.
fn killed_twice(scene: &Scene, each: usize) {
    let each = if is_long_run() { 3 } else { each };
    let first = tried(&scene.points());
    for (at, first) in first.iter().enumerate().step_by(each) {
        kill(scene, first);
        if !scene.has_journal() {
            continue;
        }
        let once = scene.save();
        for then in ["--continue", "--abort"] {
            once.put_back();
            let points = tried(&scene.points_of(&[then]));
            for second in points.iter().skip(at % each).step_by(each) {
                let why = format!("killed at {first}, and again at {second} of {then}");
                for finally in ["--continue", "--abort"] {
                    once.put_back();
                    let output = scene.break_at(&[then], second, "abort");
                    assert_eq!(output.code, ABORTED, "{why}: {output}");
                    // What was under way is what the journal says; without one it was done.
                    let is_back = match scene.has_journal() {
                        true => scene.is_giving_up() || finally == "--abort",
                        false => then == "--abort",
                    };
                    if scene.has_journal() {
                        scene.run(&[finally]);
                    }
                    match is_back {
                        true => scene.is_before(&format!("{why}, then {finally}")),
                        false => scene.is_target(&format!("{why}, then {finally}")),
                    }
                }
            }
        }
    }
}

#[test]
fn told_no_anywhere_between_rebase_and_merge() {
    told_no_anywhere(&Scene::from_a_merge_into_a_rebase());
}

#[test]
fn told_no_anywhere_between_two_branches() {
    told_no_anywhere(&Scene::from_a_branch_to_another());
}

#[test]
fn told_no_anywhere_in_an_undo() {
    told_no_anywhere(&Scene::undo_of_a_branch_moved());
}

fn told_no_anywhere(scene: &Scene) {
    let answers = ["enospc", "eacces", "eio"];
    let points = tried(&scene.points());
    for (at, point) in points.iter().filter(|point| point.can_fail).enumerate() {
        // All answers everywhere in a long run, else they take turns.
        let n_tried = if is_long_run() { 3 } else { 1 };
        for what in answers.iter().cycle().skip(at).take(n_tried) {
            let why = &format!("told {what} at {point}");
            let fail = || {
                scene.reset();
                let output = scene.break_at(&scene.words(), point, what);
                is_told_clearly(&output, scene.has_journal(), why);
                scene.is_tidy(why);
            };
            fail();
            if !scene.has_journal() {
                scene.is_before(why);
                scene.run(&scene.words());
                scene.is_target(&format!("{why}, then once more"));
                continue;
            }
            scene.run(&["--continue"]);
            scene.is_target(&format!("{why}, then continued"));
            fail();
            scene.run(&["--abort"]);
            scene.is_before(&format!("{why}, then given up"));
        }
    }
}

fn is_told_clearly(output: &Output, has_journal: bool, why: &str) {
    assert_eq!(output.code, 128, "{why}: {output}");
    let reasons = [
        "No space left",
        "no space left",
        "ermission denied",
        "nput/output error",
    ];
    let is_told = reasons.iter().any(|reason| output.talk().contains(reason));
    assert!(is_told, "{why}, it says so: {output}");
    let ways = output.talk().contains("--continue") && output.talk().contains("--abort");
    assert_eq!(
        ways, has_journal,
        "{why}, it tells the way on and the way back: {output}"
    );
}

#[test]
fn what_was_done_after_it_died_is_kept() {
    let scene = Scene::from_a_branch_to_another();
    let points = scene.points();
    let named = |name: &str| points.iter().find(|point| point.name == name).cloned();
    for name in [
        "journal::after_write",
        "files::after_rename",
        "head::before_branch",
    ] {
        let point = named(name).expect("it is passed");
        for finally in ["--continue", "--abort"] {
            let why = format!("killed at {point}, worked on, then {finally}");
            kill(&scene, &point);
            scene.write("README", "mine\n");
            scene.write("made/since", "mine too\n");
            scene.run(&[finally]);
            assert_eq!(
                scene.read("made/since"),
                b"mine too\n",
                "{why}, neither state tells of it"
            );
            assert_ne!(
                scene.read("README"),
                b"mine\n",
                "{why}, it is as it shall be"
            );
            assert!(
                scene.has_kept("README", b"mine\n"),
                "{why}, it can be had back"
            );
        }
    }
}
