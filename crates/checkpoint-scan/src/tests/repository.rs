//! Blobs of a repository.

use std::{collections::HashSet, path::Path, process::Command, sync::atomic::AtomicU64};

use checkpoint_git::{Repository, Surroundings};
use checkpoint_model::policy::{ContentHash, PathGlobs, Push};
use chrono::DateTime;
use gix::ObjectId;
use tempfile::TempDir;

use super::corpus::Dice;
use crate::{Aspect, Findings, Object, Rules, ScanError, reachable, scan};

fn git(top: &Path, words: &[&str]) -> String {
    let mut command = Command::new("git");
    command
        .current_dir(top)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1");
    let output = command
        .args(["-c", "user.name=a", "-c", "user.email=a@b"])
        .args(words)
        .output()
        .unwrap();
    assert!(output.status.success(), "git {words:?}: {output:?}");
    String::from_utf8(output.stdout)
        .unwrap()
        .trim_end()
        .to_owned()
}

fn repository(files: &[(&str, String)]) -> (TempDir, Repository) {
    let top = tempfile::tempdir().unwrap();
    git(top.path(), &["init", "-q", "-b", "main"]);
    for (path, text) in files {
        let path = top.path().join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }
    git(top.path(), &["add", "-f", "."]);
    git(top.path(), &["commit", "-q", "--allow-empty", "-m", "all"]);
    let repo = Repository::open(&Surroundings {
        cwd: top.path().to_owned(),
        now: DateTime::UNIX_EPOCH,
        env: Default::default(),
    });
    let repo = repo.unwrap();
    (top, repo)
}

fn head(top: &TempDir) -> ObjectId {
    ObjectId::from_hex(git(top.path(), &["rev-parse", "HEAD"]).as_bytes()).unwrap()
}

fn look(repo: &Repository, blobs: &[Object], policy: &Push) -> Findings {
    scan(repo, blobs, &Rules::new(policy), &AtomicU64::new(0)).unwrap()
}

fn files() -> Vec<(&'static str, String)> {
    let mut dice = Dice::new(1);
    vec![
        (
            "src/a.rs",
            dice.fill("fn a() {}\nconst K: &str = \"npm_{A36}\";\n"),
        ),
        (".env", dice.fill("PORT=80\nDB_PASSWORD={A14}\n")),
        ("docs/notes.md", "nothing here\n".to_owned()),
        ("fixtures/key", dice.fill("sk_live_{A24}\n")),
        ("app.bin", "\0binary".to_owned()),
    ]
}

#[test]
fn what_a_push_would_publish_is_scanned() {
    let (top, repo) = repository(&files());
    let first = head(&top);
    let blobs = reachable(&repo, &[first], &[]).unwrap();
    assert_eq!(blobs.len(), 5 + 1, "the commit too: {blobs:?}");
    let findings = look(&repo, &blobs, &Push::default());
    let told: Vec<_> = findings
        .findings
        .iter()
        .map(|it| (it.path.to_string(), it.rule, it.line))
        .collect();
    let wanted = [
        (".env", "env-file", 1),
        (".env", "password-assignment", 2),
        ("fixtures/key", "stripe-key", 1),
        ("src/a.rs", "npm-token", 2),
    ];
    assert_eq!(
        told,
        wanted.map(|(path, rule, line)| (path.to_owned(), rule, line))
    );
    assert_eq!(
        (findings.blobs, findings.binary, findings.allowed),
        (5, 1, 0)
    );
    fs_err::write(top.path().join("more"), "nothing\n").unwrap();
    git(top.path(), &["add", "."]);
    git(top.path(), &["commit", "-q", "-m", "more"]);
    let new = reachable(&repo, &[head(&top)], &[first]).unwrap();
    let commit = format!("commit {}", head(&top).to_hex_with_len(7));
    assert_eq!(
        new.iter()
            .map(|blob| blob.path.to_string())
            .collect::<Vec<_>>(),
        [commit.as_str(), "more"]
    );
}

#[test]
fn the_policy_allows_rules_paths_and_hashes() {
    let (top, repo) = repository(&files());
    let blobs = reachable(&repo, &[head(&top)], &[]).unwrap();
    let all = look(&repo, &blobs, &Push::default()).findings;
    let check = |policy: Push, left: usize| {
        let findings = look(&repo, &blobs, &policy);
        assert_eq!(findings.findings.len(), left, "{policy:?}");
        assert!(findings.allowed > 0, "{policy:?}");
    };
    let rules = |id: &str| Push {
        allow_rules: vec![id.to_owned()],
        ..Push::default()
    };
    check(rules("npm-token"), 3);
    check(
        Push {
            allow_paths: PathGlobs::new(["fixtures/"]).unwrap(),
            ..Push::default()
        },
        3,
    );
    let hashes = |hash: &str| Push {
        allow_hashes: vec![hash.parse::<ContentHash>().unwrap()],
        ..Push::default()
    };
    check(hashes(&all[3].secret), 3);
    check(hashes(&all[0].blob.to_string()), 2);
    check(hashes(&all[0].secret), 3);
    let typed = Rules::new(&Push::default()).without("env-file").unwrap();
    let findings = scan(&repo, &blobs, &typed, &AtomicU64::new(0)).unwrap();
    assert_eq!(findings.findings.len(), 3);
    let unknown = Rules::new(&Push::default()).without("env-fil").unwrap_err();
    assert!(
        matches!(unknown, ScanError::UnknownRule { .. }),
        "{unknown:?}"
    );
    assert_eq!(
        Rules::new(&rules("later")).unknown().collect::<Vec<_>>(),
        ["later"]
    );
}

#[test]
fn an_allowed_path_does_not_hide_the_same_content_elsewhere() {
    let secret = Dice::new(4).fill("sk_live_{A24}\n");
    let (top, repo) = repository(&[("fixtures/a", secret.clone()), ("src/a", secret)]);
    let at = |path: &str| Object {
        aspect: Aspect::File,
        id: ObjectId::from_hex(git(top.path(), &["rev-parse", &format!("HEAD:{path}")]).as_bytes())
            .unwrap(),
        path: path.into(),
    };
    let policy = Push {
        allow_paths: PathGlobs::new(["fixtures/"]).unwrap(),
        ..Push::default()
    };
    let findings = look(&repo, &[at("fixtures/a"), at("src/a")], &policy).findings;
    assert_eq!(
        findings
            .iter()
            .map(|it| it.path.to_string())
            .collect::<Vec<_>>(),
        ["src/a"]
    );
}

#[test]
fn big_blobs_are_read_loose_and_packed() {
    let secret = Dice::new(6).fill("\nnpm_{A36}\n");
    let text = format!("{}{secret}", "a line of text\n".repeat(700_000));
    let (top, repo) = repository(&[("big", text)]);
    let blobs = reachable(&repo, &[head(&top)], &[]).unwrap();
    let check = |repo: &Repository| {
        let findings = look(repo, &blobs, &Push::default()).findings;
        let told: Vec<_> = findings.iter().map(|it| (it.rule, it.line)).collect();
        assert_eq!(told, [("npm-token", 700_002)]);
    };
    check(&repo);
    git(top.path(), &["gc", "-q"]);
    check(&repo);
}

#[test]
fn what_is_not_here_is_told() {
    let (_top, repo) = repository(&[]);
    let blob = Object {
        aspect: Aspect::File,
        id: ObjectId::from_hex(&[b'1'; 40]).unwrap(),
        path: "gone".into(),
    };
    let findings = look(&repo, std::slice::from_ref(&blob), &Push::default());
    assert_eq!((findings.missing, findings.blobs), (vec![blob], 0));
}

/// What is found, without lines and rules.
fn places(repo: &Repository, wanted: &[ObjectId], known: &[ObjectId]) -> Vec<String> {
    let objects = reachable(repo, wanted, known).unwrap();
    let findings = look(repo, &objects, &Push::default()).findings;
    findings.iter().map(|it| it.path.to_string()).collect()
}

#[test]
fn messages_and_idents_are_looked_at() {
    let (top, repo) = repository(&[]);
    let first = head(&top);
    let token = Dice::new(7).fill("ghp_{A36}");
    let message = format!("deploy\n\nwith {token}");
    git(
        top.path(),
        &["commit", "-q", "--allow-empty", "-m", &message],
    );
    let second = head(&top);
    let name = format!("user.name={token}");
    let words = ["-c", &name, "commit", "-q", "--allow-empty", "-m", "more"];
    git(top.path(), &words);
    let third = head(&top);
    let short = |id: ObjectId| id.to_hex_with_len(7).to_string();
    let objects = reachable(&repo, &[third], &[first]).unwrap();
    let findings = look(&repo, &objects, &Push::default()).findings;
    let told: HashSet<_> = findings
        .iter()
        .map(|it| (it.path.to_string(), it.blob, it.line))
        .collect();
    let message = format!("(message of commit {})", short(second));
    let header = |line| (format!("(header of commit {})", short(third)), third, line);
    // The tree, the parent, and then who made it and who put it there.
    let wanted = [(message, second, 3), header(3), header(4)];
    assert_eq!(told, HashSet::from(wanted));
    assert!(!format!("{findings:?}").contains(&token));
    assert!(places(&repo, &[third], &[third]).is_empty());
}

#[test]
fn names_are_looked_at_and_not_repeated() {
    let token = Dice::new(8).fill("ghp_{A36}");
    let file = format!("dump-{token}.txt");
    let folder = format!("of/{token}/file");
    let (top, repo) = repository(&[(&file, "one\n".to_owned()), (&folder, "two\n".to_owned())]);
    let first = head(&top);
    let wanted = ["(name of dump-….txt)", "(name of of/…/file)"];
    assert_eq!(places(&repo, &[first], &[]), wanted);
    assert!(places(&repo, &[first], &[first]).is_empty());
    // The content is known, the name is new.
    git(top.path(), &["rm", "-q", "-r", "of"]);
    let renamed = format!("{token}.md");
    git(top.path(), &["mv", &file, &renamed]);
    git(top.path(), &["commit", "-q", "-m", "two"]);
    assert_eq!(places(&repo, &[head(&top)], &[first]), ["(name of ….md)"]);
    // What has its name there already is not told with each change beside it.
    let second = head(&top);
    fs_err::write(top.path().join(&renamed), "three\n").unwrap();
    git(top.path(), &["commit", "-q", "-a", "-m", "three"]);
    assert!(places(&repo, &[head(&top)], &[second]).is_empty());
    let policy = Push {
        allow_paths: PathGlobs::new(["ghp_*"]).unwrap(),
        ..Push::default()
    };
    let objects = reachable(&repo, &[second], &[first]).unwrap();
    assert!(look(&repo, &objects, &policy).findings.is_empty());
}

#[test]
fn a_path_is_told_whole_and_each_of_them() {
    let secret = Dice::new(9).fill("sk_live_{A24}\n");
    let odd = "ok.txt\nX";
    let (top, repo) = repository(&[(odd, secret.clone()), ("a/same", secret)]);
    let below = head(&top);
    git(top.path(), &["rm", "-q", "-r", "."]);
    git(top.path(), &["commit", "-q", "-m", "gone", "--allow-empty"]);
    let policy = Push {
        allow_paths: PathGlobs::new(["ok.txt"]).unwrap(),
        ..Push::default()
    };
    let objects = reachable(&repo, &[head(&top)], &[]).unwrap();
    let findings = look(&repo, &objects, &policy).findings;
    let told: Vec<_> = findings.iter().map(|it| it.path.to_string()).collect();
    assert_eq!(told, ["a/same", odd]);
    assert_eq!(places(&repo, &[below], &[]), ["a/same", odd]);
}
