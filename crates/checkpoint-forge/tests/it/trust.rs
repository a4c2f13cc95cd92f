//! Certificates: who is trusted, and that nobody else hears a token.

use std::{net::TcpListener, path::Path, process::Command, sync::Arc};

use checkpoint_model::policy::ForgeKind::Github;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use serde_json::json;

use crate::{
    fake::Fake,
    scene::{Scene, not_tested, real},
};

const LIST: &str = "GET /api/v3/repos/ada/engine/pulls";

/// A forge at `https://localhost`, whose certificate comes from `ca.pem` in the scene's directory, for the host `name`;
/// none, loudly, where the machine cannot make certificates.
fn scene(name: &str) -> Option<(Scene, Fake)> {
    if real("openssl").is_none() {
        not_tested("certificates of forges: there is no 'openssl' on PATH to make them with");
        return None;
    }
    let dir = tempfile::tempdir().unwrap();
    let fake = with_tls(certified(dir.path(), name));
    fake.json(LIST, 200, json!([crate::github::pull(&fake, 7)]));
    let mut scene = Scene::on(&fake, Github);
    scene.request.remote = format!("https://{}/ada/engine", fake.host).parse().unwrap();
    scene.env("GITHUB_SERVER_URL", format!("https://{}", fake.host));
    fs_err::copy(dir.path().join("ca.pem"), scene.path().join("ca.pem")).unwrap();
    Some((scene, fake))
}

/// A forge that speaks TLS, as `localhost:<port>`.
fn with_tls(config: rustls::ServerConfig) -> Fake {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let fake = Fake::new(format!("localhost:{port}"));
    let server = fake.clone();
    let config = Arc::new(config);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let server = server.clone();
            let tls = rustls::ServerConnection::new(config.clone()).unwrap();
            std::thread::spawn(move || server.serve(rustls::StreamOwned::new(tls, stream)));
        }
    });
    fake
}

fn certified(dir: &Path, name: &str) -> rustls::ServerConfig {
    let new = "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    fs_err::write(dir.join("names"), format!("subjectAltName=DNS:{name}\n")).unwrap();
    for words in [
        format!("{new} -x509 -days 2 -subj /CN=ours -keyout ca.key -out ca.pem"),
        format!("{new} -subj /CN=forge -keyout forge.key -out forge.csr"),
        "x509 -req -days 2 -in forge.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile names -out forge.pem".to_owned(),
    ] {
        let output = Command::new("openssl").args(words.split(' ')).current_dir(dir).output().unwrap();
        assert!(output.status.success(), "openssl {words}: {output:?}");
    }
    let certificate = CertificateDer::from_pem_file(dir.join("forge.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(dir.join("forge.key")).unwrap();
    rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap()
}

#[test]
fn whom_git_trusts_is_trusted() {
    let Some((mut scene, fake)) = scene("localhost") else {
        return;
    };
    scene.env("GIT_SSL_CAINFO", "ca.pem");
    assert_eq!(scene.opened().number, 7);
    scene.env.remove(std::ffi::OsStr::new("GIT_SSL_CAINFO"));
    scene.git(&["init", "-q", "."]);
    let file = scene.path().join("ca.pem");
    let key = format!("http.https://{}/.sslCAInfo", fake.host);
    scene.git(&["config", &key, file.to_str().unwrap()]);
    assert_eq!(scene.opened().number, 7);
    assert_eq!(fake.questions(), [LIST, LIST]);
}

#[test]
fn nobody_else_is_trusted_and_told_anything() {
    let Some((mut scene, fake)) = scene("localhost") else {
        return;
    };
    let (_, words) = scene.failed();
    assert!(
        words.contains("forge::unreachable") && words.contains("UnknownIssuer"),
        "{words}"
    );
    // git would go on here; there is a token in what we send.
    scene
        .env("GIT_SSL_NO_VERIFY", "1")
        .env("GIT_CONFIG_COUNT", "1");
    scene
        .env("GIT_CONFIG_KEY_0", "http.sslVerify")
        .env("GIT_CONFIG_VALUE_0", "false");
    scene.failed();
    assert_eq!(fake.questions().len(), 0);

    let (mut scene, fake) = self::scene("other.example").unwrap();
    scene.env("GIT_SSL_CAINFO", "ca.pem");
    let (_, words) = scene.failed();
    assert!(
        words.contains("forge::unreachable") && words.contains("not valid for name"),
        "{words}"
    );
    assert_eq!(fake.questions().len(), 0);
}

#[test]
fn a_file_of_trust_that_is_not_there_is_told() {
    let Some((mut scene, _)) = scene("localhost") else {
        return;
    };
    scene.env("GIT_SSL_CAINFO", "nowhere.pem");
    let (_, words) = scene.failed();
    assert!(words.contains("nowhere.pem"), "{words}");
}
