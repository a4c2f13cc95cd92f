//! `list`.

use checkpoint_model::{
    verdict::{SkipReason, Skipped},
    words::{CheckpointKind, Phase},
};

use crate::scene::{Said, Scene};

#[test]
fn checkpoints_stand_in_columns_the_newest_first() {
    let scene = Scene::new();
    let old = scene.keep_named(30, "before-api-work");
    scene.write("file", "two\n");
    scene.write("new", "new\n");
    let new = scene.keep_as(2, |request| {
        request.description = "turn 3\nmore of it".to_owned();
        request.kind = CheckpointKind::Milestone;
        request.phase = Some(Phase::Validate);
    });
    let said = scene.done(&["list"]);
    let want = format!(
        "{}  2 hours ago   milestone/validate  main  turn 3           1 changed, 1 untracked\n\
         {}  30 hours ago  manual              main  before-api-work\n",
        new.id.short(),
        old.id.short()
    );
    assert_eq!(said.out, want);
    assert_eq!(said.err, "");
}

#[test]
fn an_empty_list_says_how_to_begin() {
    let scene = Scene::new();
    let said = scene.done(&["list"]);
    assert_eq!(said.out, "");
    assert!(
        said.err.contains("git checkpoint create <name>"),
        "{}",
        said.err
    );
    assert_eq!(scene.json(&["list"])["checkpoints"], serde_json::json!([]));
}

#[test]
fn every_filter_leaves_out_what_it_does_not_mean() {
    let scene = Scene::new();
    let named = scene.keep_named(50, "api/step-2");
    let agents = scene.keep_as(40, |request| {
        request.session = Some("s1".to_owned());
        request.agent = Some("James".to_owned());
        request.task = Some("t1".to_owned());
        request.phase = Some(Phase::Plan);
    });
    let backup = scene.keep_as(3, |request| request.kind = CheckpointKind::Backup);
    scene.git(&["switch", "-qc", "topic"]);
    let topic = scene.keep(1);
    scene.git(&["switch", "-q", "--detach"]);
    let detached = scene.keep(0);
    let check = |args: &[&str], want: &[&crate::scene::Kept]| {
        let listed = scene.json(&[&["list"], args].concat());
        let ids: Vec<_> = listed["checkpoints"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["id"].clone())
            .collect();
        let want: Vec<_> = want.iter().map(|kept| kept.id()).collect();
        assert_eq!(ids, want, "{args:?}");
    };
    check(&[], &[&detached, &topic, &backup, &agents, &named]);
    check(&["--named"], &[&named]);
    check(&["--automatic"], &[&detached, &topic, &backup, &agents]);
    check(&["--backups"], &[&backup]);
    check(&["--session", "s1"], &[&agents]);
    check(&["--agent", "James"], &[&agents]);
    check(&["--task", "t1"], &[&agents]);
    check(&["--task", "t2"], &[]);
    check(&["--phase", "plan"], &[&agents]);
    check(&["--type", "backup"], &[&backup]);
    check(&["--type", "manual", "--named"], &[&named]);
    check(&["--branch", "topic"], &[&topic]);
    check(&["--branch", "refs/heads/topic"], &[&topic]);
    check(&["--since", "2h"], &[&detached, &topic]);
    check(&["--since", "2 hours ago"], &[&detached, &topic]);
    check(
        &["--since", "2 days ago", "--branch", "main"],
        &[&backup, &agents],
    );
    check(&["-n", "2"], &[&detached, &topic]);
    check(&["-n", "1", "--branch", "main"], &[&backup]);
}

#[test]
fn what_is_not_whole_or_no_longer_wanted_is_told_apart() {
    let scene = Scene::new();
    let skipped = Skipped {
        path: "big.bin".into(),
        reason: SkipReason::TooLarge,
        bytes: Some(200 << 20),
    };
    let partial = scene.keep_partly(2, vec![skipped], |_| {});
    let unwanted = scene.keep(1);
    scene.done(&["delete", &unwanted.id()]);
    let said = scene.done(&["list"]);
    assert!(said.out.contains("partial, 1 left out"), "{}", said.out);
    assert_eq!(
        said.out.lines().count(),
        1,
        "deleted ones are not listed: {}",
        said.out
    );
    let deleted = scene.json(&["list", "--deleted"]);
    assert_eq!(deleted["checkpoints"][0]["id"], unwanted.id());
    assert_eq!(deleted["checkpoints"][0]["deleted"]["reason"], "deleted");
    assert_eq!(scene.json(&["list"])["checkpoints"][0]["id"], partial.id());
}

#[test]
fn hostile_descriptions_stay_on_their_line() {
    let scene = Scene::new();
    scene.keep_as(1, |request| {
        request.description = "\x1b[2Jgone\u{202e}txet".to_owned()
    });
    let said = scene.done(&["list"]);
    assert!(
        said.out.contains("\\u{1b}[2Jgone\\u{202e}txet"),
        "{}",
        said.out
    );
}

#[test]
fn a_line_that_cannot_be_read_hides_nothing() {
    let scene = Scene::new();
    let kept = scene.keep(1);
    scene.git(&[
        "notes",
        "--ref=checkpoints",
        "append",
        "-m",
        "no event",
        &kept.snapshot,
    ]);
    let said = scene.done(&["list"]);
    assert_eq!(said.out.lines().count(), 1);
    assert!(said.err.contains("cannot be read"), "{}", said.err);
}

#[test]
fn words_that_mean_nothing_are_refused() {
    let scene = Scene::new();
    let unknown = (129, "checkpoint::word_unknown".to_owned());
    assert_eq!(scene.failure(&["list", "--type", "big"]), unknown);
    assert_eq!(scene.failure(&["list", "--phase", "big"]), unknown);
    let no_time = (129, "checkpoint::time_invalid".to_owned());
    assert_eq!(scene.failure(&["list", "--since", "tomorow"]), no_time);
    assert_eq!(scene.run(&["list", "--named", "--backups"]).code, 129);
    assert_eq!(scene.run(&["list", "-n", "-1"]).code, 129);
}

#[test]
fn records_that_lie_unmerged_are_told() {
    let scene = Scene::new();
    let other = scene.beside("other");
    scene.git(&["clone", "-q", &scene.path().to_string_lossy(), &other]);
    scene.keep(2);
    scene.keep_named(1, "safe");
    let at = |args: &[&str]| {
        let program = env!("CARGO_BIN_EXE_git-checkpoint");
        let mut command = scene.command(program, args);
        command.current_dir(&other);
        Said::from(command.output().unwrap())
    };
    let fetch = "+refs/notes/checkpoints*:refs/notes/remotes/origin/checkpoints*";
    scene.git(&["-C", &other, "fetch", "-q", "origin", fetch]);
    let told =
        "hint: 2 records are here from 'origin', not merged yet: git checkpoint fetch origin\n";
    let said = at(&["list"]);
    assert_eq!(
        (said.out.as_str(), said.err),
        ("", format!("no checkpoints yet\n{told}"))
    );
    assert_eq!(at(&["list", "-q"]).err, "");
    let said = at(&["fetch", "origin"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let said = at(&["list"]);
    assert_eq!((said.out.lines().count(), said.err.as_str()), (2, ""));
    scene.keep(0);
    scene.git(&["-C", &other, "fetch", "-q", "origin", fetch]);
    assert_eq!(
        at(&["list"]).err,
        "hint: 1 record is here from 'origin', not merged yet: git checkpoint fetch origin\n"
    );
}
