//! Signatures, with real keys of OpenSSH.

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

#[test]
fn what_is_not_signed_does_not_pass() {
    let scene = signed();
    scene.done(&["create", "-q", "safe"]);
    let tag = scene.git(&["cat-file", "tag", "checkpoint/safe"]);
    let unsigned = &tag[..tag.find("-----BEGIN SSH SIGNATURE-----").unwrap()];
    let id = scene.write_object("tag", unsigned.as_bytes());
    scene.git(&["update-ref", "refs/tags/checkpoint/safe", &id]);
    let document = fails(&scene, &["safe"], &["signature"]);
    assert_eq!(why(&document, "signature"), "it is not signed");
    // One whose text was changed after it was signed.
    let id = scene.write_object("tag", (tag.replace("Ada <", "Eve <") + "\n").as_bytes());
    scene.git(&["update-ref", "refs/tags/checkpoint/safe", &id]);
    fails(&scene, &["safe"], &["signature"]);
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
