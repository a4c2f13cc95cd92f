//! Private keys.

use super::{Rule, Shape, pattern, token};

/// What stands between the first line of a block and its body: line ends as such or as a string has them, quotes of
/// lines put together, headers.
macro_rules! armour {
    ($id:literal, $what:literal, $anchor:literal, $begin:literal) => {
        Rule {
            id: $id,
            what: $what,
            anchors: &[$anchor],
            shape: Shape::Armour(pattern(
                concat!(
                    $begin,
                    r#"(?:\\[rn]|[\s"'+,>|*#/]|[A-Za-z-]{3,20}: [^\n\\]{0,100}(?:\\[rn]|[\r\n]))*[A-Za-z0-9+/=]{24}"#
                ),
                0,
                2.9,
            )),
        }
    };
}

pub(super) static RULES: &[Rule] = &[
    armour!(
        "private-key",
        "private key (PEM)",
        "-----BEGIN ",
        r"-----BEGIN (?:(?:RSA|DSA|EC|ANY|ENCRYPTED) )?PRIVATE KEY-----"
    ),
    armour!(
        "openssh-private-key",
        "private key of OpenSSH",
        "-----BEGIN OPENSSH ",
        r"-----BEGIN OPENSSH PRIVATE KEY-----"
    ),
    armour!(
        "ssh2-private-key",
        "private key of SSH2",
        "---- BEGIN SSH2 ",
        r"---- BEGIN SSH2 (?:ENCRYPTED )?PRIVATE KEY ----"
    ),
    armour!(
        "pgp-private-key",
        "private key of OpenPGP",
        "-----BEGIN PGP ",
        r"-----BEGIN PGP PRIVATE KEY BLOCK-----"
    ),
    Rule {
        id: "putty-private-key",
        what: "private key of PuTTY",
        anchors: &["PuTTY-User-Key-File-"],
        shape: Shape::Armour(pattern(
            r"PuTTY-User-Key-File-[123]: [a-z0-9@.-]+\s+Encryption: ",
            0,
            0.0,
        )),
    },
    token(
        "age-secret-key",
        "secret key of age",
        &["AGE-SECRET-KEY-1"],
        "AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}",
    ),
    token(
        "minisign-secret-key",
        "secret key of minisign",
        &["RWRTY0Iy"],
        "RWRTY0Iy[A-Za-z0-9+/]{200,}={0,2}",
    ),
    Rule {
        id: "key-store",
        what: "file of keys (PKCS #12, Java, KeePass)",
        anchors: &[],
        shape: Shape::File,
    },
];
