//! Signatures, with real keys of OpenSSH, and of OpenPGP where gpg is installed.

use super::{fails, why};
use crate::scene::Scene;

/// A repository whose policy asks for signatures of Ada, and the key of Ada.
fn signed() -> Scene {
    let scene = Scene::new();
    let key = keygen(&scene, "ada");
    scene.git(&["config", "gpg.format", "ssh"]);
    scene.git(&["config", "user.signingKey", &scene.beside("ada")]);
    scene.write(
        "signers",
        format!("ada@example.com namespaces=\"git\" {key}\n"),
    );
    scene.write(
        ".git-checkpoint.toml",
        "[checkpoint]\nsign = true\nsigners = \"signers\"\n",
    );
    scene.git(&["add", "."]);
    scene.git(&["commit", "-q", "-m", "policy"]);
    scene.git(&["switch", "-qc", "topic"]);
    scene
}

/// Makes a key beside the repository; its public half.
fn keygen(scene: &Scene, name: &str) -> String {
    let place = scene.beside(name);
    let made = scene
        .command(
            "ssh-keygen",
            &["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", &place],
        )
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    fs_err::read_to_string(format!("{place}.pub"))
        .unwrap()
        .trim_end()
        .to_owned()
}

/// Changes the list of signers on the protected branch.
fn list(scene: &Scene, text: &str) {
    scene.git(&["switch", "-q", "main"]);
    scene.write("signers", text);
    scene.git(&["commit", "-qam", "signers"]);
    scene.git(&["switch", "-q", "topic"]);
}

#[test]
fn who_is_listed_may_sign() {
    let scene = signed();
    scene.done(&["create", "-q", "safe"]);
    let document = fails(&scene, &["safe"], &[]);
    assert!(
        super::checks(&document, "passed").contains(&"signature".to_owned()),
        "{document:#}"
    );
}

/// A checkpoint whose tag has lost its signature; gives the tag as it was.
fn unsigned(scene: &Scene) -> String {
    scene.done(&["create", "-q", "safe"]);
    let tag = scene.git(&["cat-file", "tag", "checkpoint/safe"]);
    let unsigned = &tag[..tag.find("-----BEGIN SSH SIGNATURE-----").unwrap()];
    let id = scene.write_object("tag", unsigned.as_bytes());
    scene.git(&["update-ref", "refs/tags/checkpoint/safe", &id]);
    tag
}

#[test]
fn what_is_not_signed_does_not_pass() {
    let scene = signed();
    let tag = unsigned(&scene);
    let document = fails(&scene, &["safe"], &["signature"]);
    assert_eq!(why(&document, "signature"), "it is not signed");
    // One whose text was changed after it was signed.
    let id = scene.write_object("tag", (tag.replace("Ada <", "Eve <") + "\n").as_bytes());
    scene.git(&["update-ref", "refs/tags/checkpoint/safe", &id]);
    fails(&scene, &["safe"], &["signature"]);
}

#[test]
fn a_policy_that_cannot_be_read_lets_nobody_pass() {
    let scene = signed();
    scene.git(&["config", "checkpoint.sign", "false"]);
    scene.done(&["create", "-q", "safe"]);
    scene.git(&["switch", "-q", "main"]);
    let policy = "[checkpoint]\nsign = true\nsign-algo = \"x\"\n";
    scene.write(".git-checkpoint.toml", policy);
    scene.git(&["commit", "-qam", "for a newer version"]);
    scene.git(&["switch", "-q", "topic"]);
    let document = fails(&scene, &[], &["policy-readable"]);
    assert!(
        why(&document, "policy-readable").contains("sign-algo"),
        "{document:#}"
    );
    scene.git(&["switch", "-q", "main"]);
    scene.git(&["rm", "-q", ".git-checkpoint.toml"]);
    scene.write(".git-checkpoint.toml/file", "");
    scene.git(&["add", "."]);
    scene.git(&["commit", "-qm", "a directory"]);
    scene.git(&["switch", "-q", "topic"]);
    fails(&scene, &["safe"], &["policy-readable"]);
    // Nor does a broken reference make it the policy of nobody.
    scene.git(&["update-ref", "refs/heads/main", "main~2"]);
    fails(&scene, &["safe"], &[]);
    fs_err::write(scene.path().join(".git/refs/heads/main"), "rubbish\n").unwrap();
    let (code, document) = super::verified(&scene, &["safe"]);
    assert_eq!(code, 1, "{document:#}");
    assert!(super::checks(&document, "failed").contains(&"policy-readable".to_owned()));
}

#[test]
fn in_a_partial_clone_the_policy_is_fetched() {
    let scene = signed();
    unsigned(&scene);
    scene.git(&["config", "uploadpack.allowFilter", "true"]);
    scene.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let clone = scene.beside("clone");
    let url = format!("file://{}", scene.path().display());
    scene.git(&[
        "clone",
        "-qn",
        "--filter=blob:none",
        "-b",
        "topic",
        &url,
        &clone,
    ]);
    let clone = scene.at(&clone);
    clone.git(&["remote", "set-head", "origin", "main"]);
    clone.git(&["fetch", "-q", "origin", "+refs/notes/*:refs/notes/*"]);
    let policy = clone.git(&["rev-parse", "origin/main:.git-checkpoint.toml"]);
    let is_here = || {
        clone
            .try_git(&["--no-lazy-fetch", "cat-file", "-e", policy.trim()])
            .code
            == 0
    };
    assert!(!is_here(), "or nothing is shown");
    let (_, document) = super::verified(&clone, &[]);
    assert_eq!(why(&document, "signature"), "it is not signed");
    assert!(is_here());
    // Where it cannot be had, nothing is judged.
    let clone = scene.beside("alone");
    scene.git(&["clone", "-qn", "--filter=blob:none", &url, &clone]);
    let clone = scene.at(&clone);
    clone.git(&["remote", "set-url", "origin", "file:///nowhere"]);
    clone.git(&["remote", "set-head", "origin", "main"]);
    let (_, document) = super::verified(&clone, &[]);
    assert!(super::checks(&document, "failed").contains(&"policy-readable".to_owned()));
}

#[test]
fn who_is_not_listed_may_not_sign() {
    let scene = signed();
    keygen(&scene, "eve");
    scene.git(&["config", "user.signingKey", &scene.beside("eve")]);
    scene.done(&["create", "-q", "safe"]);
    let document = fails(&scene, &["safe"], &["signature"]);
    assert!(
        why(&document, "signature").contains("No principal matched"),
        "{document:#}"
    );
    // Her own list, at her branch and in her config, does not help her.
    let key = fs_err::read_to_string(scene.beside("eve.pub")).unwrap();
    scene.write("signers", format!("ada@example.com {key}"));
    scene.git(&["commit", "-qam", "me too"]);
    scene.git(&["config", "gpg.ssh.allowedSignersFile", "signers"]);
    fails(&scene, &["safe"], &["signature"]);
}

#[test]
fn a_key_that_was_no_longer_valid_does_not_count() {
    let scene = signed();
    scene.done(&["create", "-q", "safe"]);
    let key = fs_err::read_to_string(scene.beside("ada.pub")).unwrap();
    list(
        &scene,
        &format!("ada@example.com valid-before=\"20260101Z\" {key}"),
    );
    let document = fails(&scene, &["safe"], &["signature"]);
    assert!(
        why(&document, "signature").contains("git does not take its signature"),
        "{document:#}"
    );
    // Dated back into the time of the key, and signed again: git is content, the date is not.
    let tag = scene.git(&["cat-file", "tag", "checkpoint/safe"]);
    let text = tag[..tag.find("-----BEGIN SSH SIGNATURE-----").unwrap()]
        .replace(" 1800000000 ", " 1750000000 ");
    fs_err::write(scene.beside("text"), &text).unwrap();
    let sign = [
        "-q",
        "-Y",
        "sign",
        "-n",
        "git",
        "-f",
        &scene.beside("ada"),
        &scene.beside("text"),
    ];
    assert!(
        scene
            .command("ssh-keygen", &sign)
            .output()
            .unwrap()
            .status
            .success()
    );
    let signature = fs_err::read_to_string(scene.beside("text.sig")).unwrap();
    let id = scene.write_object("tag", (text + &signature).as_bytes());
    scene.git(&["update-ref", "refs/tags/checkpoint/safe", &id]);
    fails(&scene, &["safe"], &["tag-dated"]);
}

#[test]
fn without_the_list_nobody_may_sign() {
    let scene = signed();
    scene.done(&["create", "-q", "safe"]);
    scene.git(&["switch", "-q", "main"]);
    scene.git(&["rm", "-q", "signers"]);
    scene.git(&["commit", "-q", "-m", "gone"]);
    scene.git(&["switch", "-q", "topic"]);
    let document = fails(&scene, &["safe"], &["signature"]);
    assert_eq!(
        why(&document, "signature"),
        "'main' has no list of signers 'signers'"
    );
}

/// A keyring of its own beside the repository, with a key of Ada, and git made to use it; none without gpg.
fn keyring(scene: &Scene) -> Option<Keyring> {
    let home = scene.beside("gnupg");
    fs_err::create_dir(&home).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode;
    fs_err::set_permissions(&home, mode(0o700)).unwrap();
    let program = scene.beside("gpg");
    fs_err::write(
        &program,
        format!("#!/bin/sh\nexec gpg --homedir '{home}' \"$@\"\n"),
    )
    .unwrap();
    fs_err::set_permissions(&program, mode(0o755)).unwrap();
    let who = "Ada <ada@example.com>";
    let words = [
        "--batch",
        "--quiet",
        "--passphrase",
        "",
        "--quick-generate-key",
        who,
        "ed25519",
        "sign",
    ];
    let made = scene.command(&program, &words).output().unwrap();
    if made.status.code() == Some(127) {
        return None;
    }
    assert!(made.status.success(), "{made:?}");
    scene.git(&["config", "gpg.format", "openpgp"]);
    scene.git(&["config", "gpg.program", &program]);
    scene.git(&["config", "user.signingKey", "ada@example.com"]);
    Some(Keyring { home })
}

/// Ends the agent that gpg has started for it.
struct Keyring {
    home: String,
}

impl Drop for Keyring {
    fn drop(&mut self) {
        let mut end = std::process::Command::new("gpgconf");
        let _ended = end
            .args(["--homedir", &self.home, "--kill", "gpg-agent"])
            .status();
    }
}

#[test]
fn a_keyring_decides_where_there_is_no_list() {
    let scene = signed();
    let Some(_keyring) = keyring(&scene) else {
        eprintln!("there is no gpg here: signatures of OpenPGP were not tried");
        return;
    };
    scene.done(&["create", "-q", "listed"]);
    // A key that somebody has is none that is on the list.
    scene.git(&["verify-tag", "checkpoint/listed"]);
    let document = fails(&scene, &["listed"], &["signature"]);
    assert!(
        why(&document, "signature").contains("of another kind"),
        "{document:#}"
    );
    scene.git(&["switch", "-q", "main"]);
    scene.write(".git-checkpoint.toml", "[checkpoint]\nsign = true\n");
    scene.git(&["commit", "-qam", "keyring"]);
    scene.git(&["switch", "-q", "topic"]);
    scene.git(&["merge", "-q", "main"]);
    let document = fails(&scene, &["listed"], &[]);
    assert!(
        super::checks(&document, "passed").contains(&"signature".to_owned()),
        "{document:#}"
    );
    let tag = scene.git(&["cat-file", "tag", "checkpoint/listed"]);
    assert!(tag.contains("-----BEGIN PGP SIGNATURE-----"), "{tag}");
    let id = scene.write_object("tag", (tag.replace("Ada <", "Eve <") + "\n").as_bytes());
    scene.git(&["update-ref", "refs/tags/checkpoint/listed", &id]);
    fails(&scene, &["listed"], &["signature"]);
    // Nor does a keyring know who is not in it.
    scene.git(&["update-ref", "-d", "refs/tags/checkpoint/listed"]);
    scene.done(&["create", "-q", "unknown"]);
    let none = scene.beside("nobody");
    fs_err::create_dir(&none).unwrap();
    let program = scene.beside("gpg");
    fs_err::write(
        &program,
        format!("#!/bin/sh\nexec gpg --homedir '{none}' \"$@\"\n"),
    )
    .unwrap();
    fails(&scene, &["unknown"], &["signature"]);
}
